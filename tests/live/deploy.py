"""Deploys a template on moto, and does what moto's CloudFormation leaves out.

moto 5.2.1 makes only some of a template's resources and says nothing of the rest; of some it forgets a part. AWS makes
them all. So everything that is left out and lets something pass is made by the calls that CloudFormation makes itself,
with the values of the template: what belongs to the network here, the rest in `services`. What moto has no call for, or
does not tell, is kept in `Kept` and put into what was read. docs/judges.md has the list.
"""

import json
import logging
import re
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import services
from aws import client

sys.path.append(str(Path(__file__).parents[1] / "overrides"))
from without_ipv6 import load, without_ipv6  # noqa: E402

STACK = "live"

# What a deployer would give, as tests/judges does.
GIVEN = {
    "VpnDevice": "203.0.113.10",
    "NotificationAddress": "loop@example.com",
    # One in the account and one in another.
    "SenderPrincipals": "arn:aws:iam::123456789012:role/sender,arn:aws:iam::210987654321:user/transfer/operator",
    "SenderAddresses": "203.0.113.0/24,198.51.100.16/28",
}

# Left out by moto, and nothing passes by it.
ELSEWHERE = {"AWS::AutoScaling::ScalingPolicy"}


def deployable(text):
    """The template that moto can deploy: of one with both versions of IP, what is there of IPv4."""
    template = without_ipv6(load(text))
    return json.dumps(template, default=str) if template else text


@dataclass
class Kept:
    """What AWS tells and moto does not."""

    # By the ACL's id, whether it is about what goes out, and the number.
    icmp: dict = field(default_factory=dict)
    # By the VPN connection's id.
    static_routes_only: dict = field(default_factory=dict)
    routes: dict = field(default_factory=dict)
    # The ARNs of buckets that tell EventBridge of their objects.
    tell_event_bridge: set = field(default_factory=set)

    def put_into(self, state):
        """Makes the answers of describe calls what they are on AWS."""
        for acl in state.acls:
            for entry in acl["Entries"]:
                message = self.icmp.get((acl["NetworkAclId"], entry["Egress"], entry["RuleNumber"]))
                if message:
                    entry["IcmpTypeCode"] = message
        for connection in state.connections:
            name = connection["VpnConnectionId"]
            connection["Options"] = {"StaticRoutesOnly": self.static_routes_only[name]}
            connection["Routes"] = [
                {"DestinationCidrBlock": block, "State": "available"} for block in self.routes.get(name, [])
            ]
        return state

    def put_into_rights(self, rights):
        """Makes the answers of the calls about buckets what they are on AWS."""
        for name in self.tell_event_bridge:
            rights.buckets[name].tells_event_bridge = True
        return rights


def deploy(text):
    """Deploys a template, and returns what moto does not keep of it."""
    with quiet():
        return Deployment(text).run()


@contextmanager
def quiet():
    """moto warns of each resource that it leaves out, whenever it is asked about the stack."""
    logger = logging.getLogger("moto")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Tried to parse")
        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(logging.NOTSET)


class Deployment:
    """A template on its way into the account."""

    def __init__(self, text):
        self.text = text
        template = load(text)
        self.resources = template["Resources"]
        self.ec2 = client("ec2")
        declared = template.get("Parameters", {})
        given = GIVEN | {"S3PrefixList": self.prefix_list("s3")}
        if "KmsKey" in declared:
            given["KmsKey"] = client("kms").create_key()["KeyMetadata"]["Arn"]
        self.given = {name: given[name] for name in declared if name in given}
        # What a name stands for: parameters now, resources when they are made.
        values = {name: it["Default"] for name, it in declared.items() if "Default" in it} | self.given
        lists = {name for name, it in declared.items() if it["Type"] == "CommaDelimitedList"}
        self.ids = {name: it.split(",") if name in lists else it for name, it in values.items()}
        self.ids |= {"AWS::Region": self.ec2.meta.region_name, "AWS::Partition": "aws"}
        self.ids["AWS::AccountId"] = client("sts").get_caller_identity()["Account"]
        self.kept = Kept()

    def run(self):
        made = self.create()
        for name, resource in self.resources.items():
            kind = resource["Type"]
            if kind in self.BY_HAND:
                properties = self.resolved(resource["Properties"])
                made_now = self.BY_HAND[kind](self, properties, self.ids.get(name))
                self.ids.setdefault(name, made_now)
            elif name not in made and kind not in ELSEWHERE:
                raise AssertionError(f"moto leaves out {name}, a {kind}, and so does this test")
        self.launched()
        return self.kept

    def create(self):
        """Lets CloudFormation make what moto knows of."""
        cloudformation = client("cloudformation")
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.given.items()]
        cloudformation.create_stack(
            StackName=STACK, TemplateBody=self.text, Parameters=parameters, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        made = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        # What moto left out is in the list, without a name.
        made = {it["LogicalResourceId"]: it.get("PhysicalResourceId") for it in made if "LogicalResourceId" in it}
        self.ids |= made
        return made

    def prefix_list(self, service):
        name = f"com.amazonaws.{self.ec2.meta.region_name}.{service}"
        lists = self.ec2.describe_managed_prefix_lists()["PrefixLists"]
        return next(it["PrefixListId"] for it in lists if it["PrefixListName"] == name)

    def resolved(self, value):
        """A value with ids for names. What is named must have been made before."""
        match value:
            case {"Ref": name}:
                return self.ids[name]
            case {"Fn::GetAtt": [name, attribute]}:
                return self.attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda it: self.substituted(it[1]), text)
            case dict():
                return {key: self.resolved(it) for key, it in value.items()}
            case list():
                return [self.resolved(it) for it in value]
        return value

    def substituted(self, name):
        name, _, attribute = name.partition(".")
        return self.attribute(name, attribute) if attribute else self.ids[name]

    def attribute(self, name, attribute):
        """A property of a resource: its ARN, or its id, whatever else that is called."""
        made, kind = self.ids[name], self.resources[name]["Type"]
        match kind, attribute:
            case "AWS::S3::Bucket", "Arn":
                return f"arn:aws:s3:::{made}"
            case "AWS::IAM::Role", "Arn":
                return client("iam").get_role(RoleName=made)["Role"]["Arn"]
            case "AWS::EC2::SecurityGroup", "GroupId":
                return made
        raise AssertionError(f"this test does not know {attribute} of {kind}")

    def group(self, properties, group):
        """moto makes no rules for what goes out, and leaves in the one that AWS takes away when there are some."""
        if not properties.get("SecurityGroupEgress"):
            return
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        for rule in properties["SecurityGroupEgress"]:
            self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission(rule)])

    def table_association(self, properties, _):
        self.ec2.associate_route_table(RouteTableId=properties["RouteTableId"], SubnetId=properties["SubnetId"])

    def acl(self, properties, _):
        return self.ec2.create_network_acl(VpcId=properties["VpcId"])["NetworkAcl"]["NetworkAclId"]

    def acl_entry(self, properties, _):
        acl, number, egress = properties["NetworkAclId"], properties["RuleNumber"], properties.get("Egress", False)
        rest = {"PortRange": properties["PortRange"]} if "PortRange" in properties else {}
        if "Icmp" in properties:
            rest["IcmpTypeCode"] = self.kept.icmp[acl, egress, number] = properties["Icmp"]
        self.ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Egress=egress,
            RuleAction=properties["RuleAction"],
            CidrBlock=properties["CidrBlock"],
            Protocol=str(properties["Protocol"]),
            **rest,
        )

    def acl_association(self, properties, _):
        subnet = properties["SubnetId"]
        here = [{"Name": "association.subnet-id", "Values": [subnet]}]
        (acl,) = self.ec2.describe_network_acls(Filters=here)["NetworkAcls"]
        known = {it["SubnetId"]: it["NetworkAclAssociationId"] for it in acl["Associations"]}
        self.ec2.replace_network_acl_association(
            AssociationId=known[subnet], NetworkAclId=properties["NetworkAclId"]
        )

    def customer_gateway(self, properties, _):
        made = self.ec2.create_customer_gateway(
            Type=properties["Type"], BgpAsn=properties["BgpAsn"], PublicIp=properties["IpAddress"]
        )
        return made["CustomerGateway"]["CustomerGatewayId"]

    def vpn_connection(self, properties, _):
        named = {name: properties[name] for name in ("Type", "CustomerGatewayId", "VpnGatewayId")}
        name = self.ec2.create_vpn_connection(**named)["VpnConnection"]["VpnConnectionId"]
        self.kept.static_routes_only[name] = properties.get("StaticRoutesOnly", False)
        return name

    def vpn_route(self, properties, _):
        """moto has no call for it."""
        routes = self.kept.routes.setdefault(properties["VpnConnectionId"], [])
        routes.append(properties["DestinationCidrBlock"])

    def egress_rule(self, properties, _):
        self.ec2.authorize_security_group_egress(
            GroupId=properties["GroupId"], IpPermissions=[permission(properties)]
        )

    def launched(self):
        """moto puts what is launched into the VPC's default group, whatever the launch template says."""
        for fleet in client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
            template = fleet["LaunchTemplate"]
            (version,) = self.ec2.describe_launch_template_versions(
                LaunchTemplateId=template["LaunchTemplateId"], Versions=[template["Version"]]
            )["LaunchTemplateVersions"]
            (interface,) = version["LaunchTemplateData"]["NetworkInterfaces"]
            names = [it["InstanceId"] for it in fleet["Instances"]]
            instances = [{"Name": "attachment.instance-id", "Values": names}]
            for it in self.ec2.describe_network_interfaces(Filters=instances)["NetworkInterfaces"]:
                self.ec2.modify_network_interface_attribute(
                    NetworkInterfaceId=it["NetworkInterfaceId"], Groups=interface["Groups"]
                )

    BY_HAND = services.BY_HAND | {
        "AWS::EC2::CustomerGateway": customer_gateway,
        "AWS::EC2::NetworkAcl": acl,
        "AWS::EC2::NetworkAclEntry": acl_entry,
        "AWS::EC2::SecurityGroup": group,
        "AWS::EC2::SecurityGroupEgress": egress_rule,
        "AWS::EC2::SubnetNetworkAclAssociation": acl_association,
        "AWS::EC2::SubnetRouteTableAssociation": table_association,
        "AWS::EC2::VPNConnection": vpn_connection,
        "AWS::EC2::VPNConnectionRoute": vpn_route,
    }


def permission(rule):
    """A rule of a template as the API has it."""
    made = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
    match rule:
        case {"CidrIp": block}:
            made["IpRanges"] = [{"CidrIp": block}]
        case {"DestinationPrefixListId": name}:
            made["PrefixListIds"] = [{"PrefixListId": name}]
        case {"DestinationSecurityGroupId": name}:
            made["UserIdGroupPairs"] = [{"GroupId": name}]
        case _:
            raise AssertionError(f"this test does not know the other end of {rule}")
    return made
