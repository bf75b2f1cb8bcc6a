"""Who is there: machines by the groups that guard them, and the subnets that they stand in."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """Machines with the same groups, and the subnets that they stand in."""

    name: str
    groups: frozenset
    subnets: tuple


def peers(state):
    """The machines that are there or may be launched, and for a group without any whoever may get it."""
    crowds = defaultdict(dict)
    for it in state.interfaces:
        crowds[frozenset(group["GroupId"] for group in it["Groups"])][it["SubnetId"]] = None
    fleets = {it["LaunchTemplate"]["LaunchTemplateId"]: it["VPCZoneIdentifier"].split(",") for it in state.fleets}
    for name, template in state.templates.items():
        groups = launched_with(template)
        crowds[groups] |= dict.fromkeys(fleets.get(name) or everywhere(state, groups))
    used = frozenset().union(*crowds)
    for name, group in state.groups.items():
        # Nothing is launched into the group that a VPC makes by itself.
        if name not in used and group["GroupName"] != "default":
            crowds[frozenset([name])] = dict.fromkeys(everywhere(state, [name]))
    subnets = {it["SubnetId"]: it for it in state.subnets}
    return [
        Peer("+".join(sorted(called(state.groups[it]) for it in groups)), groups, tuple(subnets[it] for it in there))
        for groups, there in crowds.items()
    ]


def launched_with(template):
    """The groups of what a launch template launches."""
    interfaces = template.get("NetworkInterfaces") or [{"Groups": template["SecurityGroupIds"]}]
    return frozenset(group for it in interfaces for group in it["Groups"])


def everywhere(state, groups):
    """The subnets of the VPC of some groups."""
    (vpc,) = {state.groups[it]["VpcId"] for it in groups}
    return [it["SubnetId"] for it in state.subnets if it["VpcId"] == vpc]


def called(group):
    """The name of a group's machines: that of the group, without the stack's."""
    tags = {it["Key"]: it["Value"] for it in group["Tags"]}
    if "Name" not in tags:
        return group["GroupName"]
    return tags["Name"].removeprefix(tags["patternbook:stack"] + "-")
