"""Closes the graph of security groups of a CloudFormation template in JSON: which group leads to which, however far.

    closure.py networkx|rustworkx TEMPLATE
"""

import json
import sys


def main():
    library, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        resources = json.load(file)["Resources"]
    groups = [name for name, it in resources.items() if it["Type"] == "AWS::EC2::SecurityGroup"]
    rules = [it["Properties"] for it in resources.values() if it["Type"] == "AWS::EC2::SecurityGroupIngress"]
    edges = [(named(rule["SourceSecurityGroupId"]), named(rule["GroupId"])) for rule in rules]
    print({"networkx": by_networkx, "rustworkx": by_rustworkx}[library](groups, edges), "pairs")


def named(group):
    return group["Fn::GetAtt"][0]


def by_networkx(groups, edges):
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(groups)
    graph.add_edges_from(edges)
    return networkx.transitive_closure(graph).number_of_edges()


def by_rustworkx(groups, edges):
    import rustworkx

    graph = rustworkx.PyDiGraph()
    numbers = dict(zip(groups, graph.add_nodes_from(groups)))
    graph.add_edges_from_no_data([(numbers[source], numbers[target]) for source, target in edges])
    return sum(len(rustworkx.descendants(graph, node)) for node in numbers.values())


if __name__ == "__main__":
    main()
