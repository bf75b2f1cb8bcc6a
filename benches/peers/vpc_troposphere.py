"""The private VPC of `aws-private-vpn` as a program for troposphere: `python vpc_troposphere.py FOLDER`.

It writes JSON, which is faster than YAML. benches/process checks that it has the same resources as patternbook's template.
"""

import os
import sys

from troposphere import AccountId, GetAtt, Join, Output, Parameter, Ref, Sub, Tags, Template
from troposphere import ec2, iam, logs

DATACENTER = "192.168.0.0/16"

template = Template(Description="Private VPC reached only by VPN")
template.set_version()


def add(resource):
    return template.add_resource(resource)


def tags(name):
    return Tags(
        {"Name": name, "patternbook:stack": "vpc", "patternbook:pattern": "aws-private-vpn@1.0.0"}
    )


def output(name, description, value):
    template.add_output(Output(name, Description=description, Value=value))


def arn(service, resource):
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")


device = template.add_parameter(
    Parameter(
        "VpnDevice",
        Type="String",
        AllowedPattern=r"^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.|$)){4}$",
        ConstraintDescription="An IPv4 address, as in 203.0.113.10",
        Description="Public address of the VPN device on your side.",
    )
)
for number, letter in enumerate("ab", 1):
    template.add_parameter(
        Parameter(
            f"Zone{number}",
            Type="String",
            AllowedValues=list("abcdef"),
            Default=letter,
            Description=f"Availability zone {number} of the stack: the letter behind the region's name.",
        )
    )

# Network and routing
vpc = add(
    ec2.VPC(
        "MainVpc",
        CidrBlock="10.0.0.0/16",
        EnableDnsSupport=True,
        EnableDnsHostnames=True,
        Tags=tags("vpc"),
    )
)
table = add(ec2.RouteTable("PrivateRouteTable", VpcId=Ref(vpc), Tags=tags("vpc-private")))
for number, cidr in enumerate(["10.0.0.0/22", "10.0.4.0/22"], 1):
    subnet = add(
        ec2.Subnet(
            f"Private{number}Subnet",
            VpcId=Ref(vpc),
            AvailabilityZone=Sub(f"${{AWS::Region}}${{Zone{number}}}"),
            CidrBlock=cidr,
            MapPublicIpOnLaunch=False,
            Tags=tags(f"vpc-private-{number}"),
        )
    )
    add(
        ec2.SubnetRouteTableAssociation(
            f"Private{number}RouteTableAssociation", RouteTableId=Ref(table), SubnetId=Ref(subnet)
        )
    )
    output(f"Private{number}SubnetId", f"Id of the subnet private-{number} ({cidr}).", Ref(subnet))

# VPN to the datacenter
gateway = add(
    ec2.VPNGateway("VpnVpnGateway", Type="ipsec.1", AmazonSideAsn=64512, Tags=tags("vpc-vpn"))
)
attachment = add(
    ec2.VPCGatewayAttachment("VpnVpnGatewayAttachment", VpcId=Ref(vpc), VpnGatewayId=Ref(gateway))
)
customer = add(
    ec2.CustomerGateway(
        "VpnCustomerGateway",
        Type="ipsec.1",
        IpAddress=Ref(device),
        BgpAsn=65000,
        Tags=tags("vpc-vpn"),
    )
)


def tunnel():
    return ec2.VpnTunnelOptionsSpecification(
        IKEVersions=[ec2.IKEVersionsRequestListValue(Value="ikev2")],
        Phase1EncryptionAlgorithms=[
            ec2.Phase1EncryptionAlgorithmsRequestListValue(Value="AES256-GCM-16")
        ],
        Phase1IntegrityAlgorithms=[
            ec2.Phase1IntegrityAlgorithmsRequestListValue(Value=value)
            for value in ["SHA2-384", "SHA2-512"]
        ],
        Phase1DHGroupNumbers=[
            ec2.Phase1DHGroupNumbersRequestListValue(Value=value) for value in [19, 20, 21]
        ],
        Phase1LifetimeSeconds=28800,
        Phase2EncryptionAlgorithms=[
            ec2.Phase2EncryptionAlgorithmsRequestListValue(Value="AES256-GCM-16")
        ],
        Phase2IntegrityAlgorithms=[
            ec2.Phase2IntegrityAlgorithmsRequestListValue(Value=value)
            for value in ["SHA2-384", "SHA2-512"]
        ],
        Phase2DHGroupNumbers=[
            ec2.Phase2DHGroupNumbersRequestListValue(Value=value) for value in [19, 20, 21]
        ],
        Phase2LifetimeSeconds=3600,
        DPDTimeoutAction="restart",
        StartupAction="start",
    )


connection = add(
    ec2.VPNConnection(
        "VpnVpnConnection",
        Type="ipsec.1",
        VpnGatewayId=Ref(gateway),
        CustomerGatewayId=Ref(customer),
        StaticRoutesOnly=True,
        VpnTunnelOptionsSpecifications=[tunnel(), tunnel()],
        Tags=tags("vpc-vpn"),
    )
)
add(
    ec2.VPNConnectionRoute(
        "VpnVpnConnectionRoute", VpnConnectionId=Ref(connection), DestinationCidrBlock=DATACENTER
    )
)
add(
    ec2.Route(
        "PrivateRoute",
        RouteTableId=Ref(table),
        DestinationCidrBlock=DATACENTER,
        GatewayId=Ref(gateway),
        DependsOn=attachment,
    )
)

# Who may reach whom
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": DATACENTER}
group = add(
    ec2.SecurityGroup(
        "ServersSecurityGroup",
        GroupDescription="The tier servers of vpc",
        VpcId=Ref(vpc),
        SecurityGroupIngress=[
            ec2.SecurityGroupRule(
                Description="Users and administrators in the datacenter.", **HTTPS
            )
        ],
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(Description="Services that stayed in the datacenter.", **HTTPS)
        ],
        Tags=tags("vpc-servers"),
    )
)

# Flow logs
records = add(
    logs.LogGroup(
        "FlowLogsLogGroup",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        RetentionInDays=365,
        Tags=tags("vpc-flow-logs"),
    )
)
role = add(
    iam.Role(
        "FlowLogsRole",
        Description="Writes the flow logs of the VPC.",
        AssumeRolePolicyDocument={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": AccountId},
                        "ArnLike": {"aws:SourceArn": arn("ec2", "vpc-flow-log/*")},
                    },
                }
            ],
        },
        Policies=[
            iam.Policy(
                PolicyName="flows",
                PolicyDocument={
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "WriteFlowLogs",
                            "Effect": "Allow",
                            "Action": [
                                "logs:CreateLogStream",
                                "logs:DescribeLogStreams",
                                "logs:PutLogEvents",
                            ],
                            "Resource": Join("", [GetAtt(records, "Arn"), ":*"]),
                        },
                        {
                            "Sid": "FindTheLogGroup",
                            "Effect": "Allow",
                            "Action": "logs:DescribeLogGroups",
                            "Resource": arn("logs", "log-group:*"),
                        },
                    ],
                },
            )
        ],
        Tags=tags("vpc-flow-logs"),
    )
)
add(
    ec2.FlowLog(
        "VpcFlowLog",
        ResourceType="VPC",
        ResourceId=Ref(vpc),
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=GetAtt(records, "Arn"),
        DeliverLogsPermissionArn=GetAtt(role, "Arn"),
        Tags=tags("vpc-flow-logs"),
    )
)

# What the next team needs
output("VpcId", "Id of the VPC.", Ref(vpc))
output("VpnConnectionId", "Id of the VPN connection.", Ref(connection))
output(
    "VpnConfigurationCommand",
    "Prints the tunnels' outside addresses, pre-shared keys and settings for your device.",
    Join(
        "",
        [
            "aws ec2 describe-vpn-connections --vpn-connection-ids ",
            Ref(connection),
            " --query 'VpnConnections[0].CustomerGatewayConfiguration' --output text",
        ],
    ),
)
output("VpnRangesInCloud", "What your device must send into the tunnels.", "10.0.0.0/16")
output(
    "VpnRangesInDatacenter",
    "What AWS sends into the tunnels, and your device must take.",
    DATACENTER,
)
output(
    "ServersSecurityGroupId",
    "Id of the security group of the tier servers.",
    GetAtt(group, "GroupId"),
)
output(
    "FlowLogsGroup",
    "Name of the log group with the flow logs. It outlives the stack.",
    Ref(records),
)

os.makedirs(sys.argv[1], exist_ok=True)
with open(os.path.join(sys.argv[1], "vpc.template.json"), "w", encoding="utf-8") as file:
    file.write(template.to_json())
