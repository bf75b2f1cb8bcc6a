"""What stands in an account: the answers of describe calls, and nothing else."""

from dataclasses import dataclass

from aws import client


@dataclass
class State:
    """The network of an account, in the words of its API."""

    vpcs: dict
    subnets: list
    tables: list
    acls: list
    groups: dict
    interfaces: list
    fleets: list
    templates: dict
    gateways: dict
    internet_gateways: dict
    nat_gateways: dict
    connections: list
    endpoints: dict
    lists: dict


def read():
    """Everything that stands in the account, except the VPC that comes with one."""
    ec2 = client("ec2")

    def described(call, key, filters=()):
        return getattr(ec2, f"describe_{call}")(Filters=list(filters))[key]

    vpcs = by_id(described("vpcs", "Vpcs", [{"Name": "is-default", "Values": ["false"]}]), "VpcId")
    within = [{"Name": "vpc-id", "Values": list(vpcs)}]
    return State(
        vpcs=vpcs,
        subnets=described("subnets", "Subnets", within),
        tables=described("route_tables", "RouteTables", within),
        acls=described("network_acls", "NetworkAcls", within),
        groups=by_id(described("security_groups", "SecurityGroups", within), "GroupId"),
        interfaces=described("network_interfaces", "NetworkInterfaces", within),
        fleets=client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"],
        templates={
            it["LaunchTemplateId"]: launched_by(ec2, it["LaunchTemplateId"])
            for it in described("launch_templates", "LaunchTemplates")
        },
        gateways=by_id(described("vpn_gateways", "VpnGateways"), "VpnGatewayId"),
        internet_gateways=by_id(described("internet_gateways", "InternetGateways"), "InternetGatewayId"),
        nat_gateways=by_id(described("nat_gateways", "NatGateways"), "NatGatewayId"),
        connections=described("vpn_connections", "VpnConnections"),
        endpoints=by_id(described("vpc_endpoints", "VpcEndpoints", within), "VpcEndpointId"),
        lists={
            it["PrefixListId"]: entries(ec2, it["PrefixListId"])
            for it in described("managed_prefix_lists", "PrefixLists")
            if it["AddressFamily"] == "IPv4"
        },
    )


def by_id(found, name):
    return {it[name]: it for it in found}


def launched_by(ec2, template):
    """What a launch template says of what it launches, in its default version."""
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=["$Default"])
    (version,) = versions["LaunchTemplateVersions"]
    return version["LaunchTemplateData"]


def entries(ec2, prefix_list):
    return [it["Cidr"] for it in ec2.get_managed_prefix_list_entries(PrefixListId=prefix_list)["Entries"]]
