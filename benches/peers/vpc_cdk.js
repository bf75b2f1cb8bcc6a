// The private VPC of `aws-private-vpn` as a program for the AWS CDK: `node vpc_cdk.js FOLDER`.
//
// It uses the constructs that are one resource each, and imports only the modules that it needs, which is the fastest that
// the CDK can be. benches/process checks that it has the same resources as patternbook's template.
"use strict";

const { App, CfnOutput, CfnParameter, DefaultStackSynthesizer, Fn, RemovalPolicy, Stack, Tags } = require("aws-cdk-lib");
const ec2 = require("aws-cdk-lib/aws-ec2");
const iam = require("aws-cdk-lib/aws-iam");
const logs = require("aws-cdk-lib/aws-logs");

const DATACENTER = "192.168.0.0/16";

// Its own validation of the template alone would take several seconds.
const app = new App({ outdir: process.argv[2], analyticsReporting: false, builtinCloudFormationValidation: false });
const stack = new Stack(app, "vpc", {
  description: "Private VPC reached only by VPN",
  synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
});
Tags.of(stack).add("patternbook:stack", "vpc");
Tags.of(stack).add("patternbook:pattern", "aws-private-vpn@1.0.0");
const name = (value) => [{ key: "Name", value }];

const device = new CfnParameter(stack, "VpnDevice", {
  type: "String",
  allowedPattern: "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.|$)){4}$",
  constraintDescription: "An IPv4 address, as in 203.0.113.10",
  description: "Public address of the VPN device on your side.",
});
const zones = ["a", "b"].map((letter, index) =>
  new CfnParameter(stack, `Zone${index + 1}`, {
    type: "String",
    allowedValues: ["a", "b", "c", "d", "e", "f"],
    default: letter,
    description: `Availability zone ${index + 1} of the stack: the letter behind the region's name.`,
  }));

// Network and routing
const vpc = new ec2.CfnVPC(stack, "MainVpc", {
  cidrBlock: "10.0.0.0/16", enableDnsSupport: true, enableDnsHostnames: true, tags: name("vpc"),
});
const table = new ec2.CfnRouteTable(stack, "PrivateRouteTable", { vpcId: vpc.ref, tags: name("vpc-private") });
["10.0.0.0/22", "10.0.4.0/22"].forEach((cidrBlock, index) => {
  const part = `private-${index + 1}`;
  const subnet = new ec2.CfnSubnet(stack, `Private${index + 1}Subnet`, {
    vpcId: vpc.ref,
    availabilityZone: Fn.sub(`\${AWS::Region}\${Zone${index + 1}}`),
    cidrBlock,
    mapPublicIpOnLaunch: false,
    tags: name(`vpc-${part}`),
  });
  new ec2.CfnSubnetRouteTableAssociation(stack, `Private${index + 1}RouteTableAssociation`, {
    routeTableId: table.ref, subnetId: subnet.ref,
  });
  new CfnOutput(stack, `Private${index + 1}SubnetId`, {
    description: `Id of the subnet ${part} (${cidrBlock}).`, value: subnet.ref,
  });
});

// VPN to the datacenter
const gateway = new ec2.CfnVPNGateway(stack, "VpnVpnGateway", {
  type: "ipsec.1", amazonSideAsn: 64512, tags: name("vpc-vpn"),
});
const attachment = new ec2.CfnVPCGatewayAttachment(stack, "VpnVpnGatewayAttachment", {
  vpcId: vpc.ref, vpnGatewayId: gateway.ref,
});
const customer = new ec2.CfnCustomerGateway(stack, "VpnCustomerGateway", {
  type: "ipsec.1", ipAddress: device.valueAsString, bgpAsn: 65000, tags: name("vpc-vpn"),
});
const values = (...list) => list.map((value) => ({ value }));
const tunnel = {
  ikeVersions: values("ikev2"),
  phase1EncryptionAlgorithms: values("AES256-GCM-16"),
  phase1IntegrityAlgorithms: values("SHA2-384", "SHA2-512"),
  phase1DhGroupNumbers: values(19, 20, 21),
  phase1LifetimeSeconds: 28800,
  phase2EncryptionAlgorithms: values("AES256-GCM-16"),
  phase2IntegrityAlgorithms: values("SHA2-384", "SHA2-512"),
  phase2DhGroupNumbers: values(19, 20, 21),
  phase2LifetimeSeconds: 3600,
  dpdTimeoutAction: "restart",
  startupAction: "start",
};
const connection = new ec2.CfnVPNConnection(stack, "VpnVpnConnection", {
  type: "ipsec.1",
  vpnGatewayId: gateway.ref,
  customerGatewayId: customer.ref,
  staticRoutesOnly: true,
  vpnTunnelOptionsSpecifications: [tunnel, tunnel],
  tags: name("vpc-vpn"),
});
new ec2.CfnVPNConnectionRoute(stack, "VpnVpnConnectionRoute", {
  vpnConnectionId: connection.ref, destinationCidrBlock: DATACENTER,
});
const route = new ec2.CfnRoute(stack, "PrivateRoute", {
  routeTableId: table.ref, destinationCidrBlock: DATACENTER, gatewayId: gateway.ref,
});
route.addResourceDependency(attachment);

// Who may reach whom
const rule = (description) => ({ description, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: DATACENTER });
const group = new ec2.CfnSecurityGroup(stack, "ServersSecurityGroup", {
  groupDescription: "The tier servers of vpc",
  vpcId: vpc.ref,
  securityGroupIngress: [rule("Users and administrators in the datacenter.")],
  securityGroupEgress: [rule("Services that stayed in the datacenter.")],
  tags: name("vpc-servers"),
});

// Flow logs
const records = new logs.CfnLogGroup(stack, "FlowLogsLogGroup", { retentionInDays: 365, tags: name("vpc-flow-logs") });
records.applyRemovalPolicy(RemovalPolicy.RETAIN);
const arn = (service, resource) => Fn.sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
const role = new iam.CfnRole(stack, "FlowLogsRole", {
  description: "Writes the flow logs of the VPC.",
  assumeRolePolicyDocument: {
    Version: "2012-10-17",
    Statement: [{
      Effect: "Allow",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": stack.account },
        ArnLike: { "aws:SourceArn": arn("ec2", "vpc-flow-log/*") },
      },
    }],
  },
  policies: [{
    policyName: "flows",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "WriteFlowLogs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: Fn.join("", [records.attrArn, ":*"]),
        },
        { Sid: "FindTheLogGroup", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: arn("logs", "log-group:*") },
      ],
    },
  }],
  tags: name("vpc-flow-logs"),
});
new ec2.CfnFlowLog(stack, "VpcFlowLog", {
  resourceType: "VPC",
  resourceId: vpc.ref,
  trafficType: "ALL",
  logDestinationType: "cloud-watch-logs",
  logDestination: records.attrArn,
  deliverLogsPermissionArn: role.attrArn,
  tags: name("vpc-flow-logs"),
});

// What the next team needs
const output = (id, description, value) => new CfnOutput(stack, id, { description, value });
output("VpcId", "Id of the VPC.", vpc.ref);
output("VpnConnectionId", "Id of the VPN connection.", connection.ref);
output(
  "VpnConfigurationCommand",
  "Prints the tunnels' outside addresses, pre-shared keys and settings for your device.",
  Fn.join("", [
    "aws ec2 describe-vpn-connections --vpn-connection-ids ",
    connection.ref,
    " --query 'VpnConnections[0].CustomerGatewayConfiguration' --output text",
  ]),
);
output("VpnRangesInCloud", "What your device must send into the tunnels.", "10.0.0.0/16");
output("VpnRangesInDatacenter", "What AWS sends into the tunnels, and your device must take.", DATACENTER);
output("ServersSecurityGroupId", "Id of the security group of the tier servers.", group.attrGroupId);
output("FlowLogsGroup", "Name of the log group with the flow logs. It outlives the stack.", records.ref);

app.synth();
