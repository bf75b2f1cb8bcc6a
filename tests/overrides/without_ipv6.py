#!/usr/bin/env python3
"""Takes IPv6 out of CloudFormation templates, for a deploy on moto, which knows no block of IPv6 of a VPC in a template.

For copies that are deployed, never for others: see docs/judges.md. A template without IPv6 is left as it is.
"""

import json
import sys
from pathlib import Path

import yaml

# Resources that are about IPv6 alone.
ALONE = {"AWS::EC2::VPCCidrBlock", "AWS::EC2::EgressOnlyInternetGateway"}
# Properties by which a resource that is about IPv4 as well has IPv6.
BESIDE = {"Ipv6CidrBlock", "AssignIpv6AddressOnCreation"}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions."""


def short(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", short)


def load(text):
    """A template as plain data, with the long functions in place of the short ones."""
    return yaml.load(text, Loader)


def is_alone(resource):
    """Whether a resource is about IPv6 and nothing else."""
    properties = resource.get("Properties", {})
    return resource["Type"] in ALONE or "DestinationIpv6CidrBlock" in properties or "CidrIpv6" in properties


def without_ipv6(template):
    """The template with what is there of IPv4; none where nothing is of IPv6."""
    resources = template["Resources"]
    gone = {name for name, it in resources.items() if is_alone(it)}
    if not gone:
        return None
    kept = {name: of_ipv4(it, gone) for name, it in resources.items() if name not in gone}
    parameters = template.get("Parameters", {})
    used = json.dumps(kept)
    parameters = {name: it for name, it in parameters.items() if f'"{name}"' in used or f"${{{name}}}" in used}
    return template | {"Resources": kept, "Parameters": parameters}


def of_ipv4(resource, gone):
    properties = {key: it for key, it in resource.get("Properties", {}).items() if key not in BESIDE}
    for key in ("SecurityGroupIngress", "SecurityGroupEgress"):
        if key in properties:
            properties[key] = [rule for rule in properties[key] if "CidrIpv6" not in rule]
    after = [name for name in resource.get("DependsOn", []) if name not in gone]
    rest = {key: it for key, it in resource.items() if key != "DependsOn"}
    return rest | {"Properties": properties} | ({"DependsOn": after} if after else {})


def main():
    for path in map(Path, sys.argv[1:]):
        template = without_ipv6(load(path.read_text()))
        if template:
            path.write_text(json.dumps(template, indent=2, default=str))


if __name__ == "__main__":
    main()
