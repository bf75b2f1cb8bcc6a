//! Whole templates of the kinds that others publish: all of them is read, and what is left is named.

use patternbook::cloud::aws::{
    Block, Caller, Direction, EndpointWay, Interface, Kind, Notification, Principal,
    PublicAccessBlock, Resource, RouteDestination, RouteTarget, Scope, Subscriber,
};
use patternbook::cloud::{Attribute, ResourceId, Term};
use patternbook::read::Reading;

use crate::written::{read, resources_of};

fn only<T>(reading: &Reading<Resource>, pick: impl Fn(Resource) -> Option<T>) -> T {
    let found: Vec<_> = resources_of(reading).into_iter().filter_map(pick).collect();
    let count = found.len();
    let [one] = <[T; 1]>::try_from(found).unwrap_or_else(|_| panic!("{count} instead of one"));
    one
}

fn interfaces(reading: &Reading<Resource>) -> Vec<Interface> {
    let all = resources_of(reading).into_iter();
    all.filter_map(|it| match it {
        Resource::Interface(interface) => Some(interface),
        _ => None,
    })
    .collect()
}

fn id(kind: Kind, name: &str) -> ResourceId {
    kind.named([name])
}

#[track_caller]
fn whole(text: &str) -> Reading<Resource> {
    let reading = read(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(reading.unknown, []);
    reading
}

/// A VPC with one public and one private subnet in both families, and a bastion.
const PUBLIC: &str = r#"
Parameters:
  Image: { Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/x }
Resources:
  Net: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.20.0.0/16, InstanceTenancy: default } }
  NetV6: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Net, AmazonProvidedIpv6CidrBlock: true } }
  Door: { Type: AWS::EC2::InternetGateway }
  DoorTie: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Net, InternetGatewayId: !Ref Door } }
  DoorOut: { Type: AWS::EC2::EgressOnlyInternetGateway, Properties: { VpcId: !Ref Net } }
  Front:
    Type: AWS::EC2::Subnet
    DependsOn: NetV6
    Properties:
      VpcId: !Ref Net
      AvailabilityZone: !Select [0, !GetAZs ""]
      CidrBlock: !Select [0, !Cidr [!GetAtt Net.CidrBlock, 2, 8]]
      Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Net.Ipv6CidrBlocks], 2, 64]]
      MapPublicIpOnLaunch: true
  Back:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Net, CidrBlock: 10.20.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""] }
  FrontTable: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Net } }
  BackTable: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Net } }
  FrontOut:
    Type: AWS::EC2::Route
    DependsOn: DoorTie
    Properties: { RouteTableId: !Ref FrontTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Door }
  BackOut:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref BackTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat }
  BackOutV6:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref BackTable, DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: !Ref DoorOut }
  Address: { Type: AWS::EC2::EIP, Properties: { Domain: vpc } }
  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Front, AllocationId: !GetAtt Address.AllocationId } }
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: ssh
      GroupName: !Sub "${AWS::StackName}-ssh"
      VpcId: !Ref Net
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }]
  Ping:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: { GroupId: !GetAtt Net.DefaultSecurityGroup, IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 10.0.0.0/8 }
  Bastion:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: !Ref Image
      InstanceType: t3.micro
      UserData: { "Fn::Base64": !Sub "echo ${Address.NoSuch} && cfn-signal --stack ${AWS::StackName} --resource Bastion" }
      NetworkInterfaces:
        - { DeviceIndex: "0", SubnetId: !Ref Front, GroupSet: [!Ref Open], AssociatePublicIpAddress: true }
        - { DeviceIndex: "1", SubnetId: !Ref Back, GroupSet: [!GetAtt Net.DefaultSecurityGroup] }
  BastionAddress: { Type: AWS::EC2::EIP, Properties: { InstanceId: !Ref Bastion } }
  Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { MetricName: x } }
  Refused: { Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: { InternetGatewayBlockMode: block-ingress } }
"#;

#[test]
fn a_vpc_with_a_public_subnet_is_read_whole() {
    let reading = whole(PUBLIC);
    let routes: Vec<_> = resources_of(&reading)
        .into_iter()
        .filter_map(|it| match it {
            Resource::Route(route) => Some(route),
            _ => None,
        })
        .collect();
    let door = id(Kind::InternetGateway, "door").id();
    assert_eq!(routes[0].target, RouteTarget::Gateway(door.clone()));
    let nat = id(Kind::NatGateway, "nat").id();
    assert_eq!(routes[1].target, RouteTarget::NatGateway(nat));
    let out = id(Kind::EgressOnlyInternetGateway, "door-out").id();
    assert_eq!(routes[2].target, RouteTarget::EgressOnlyGateway(out));
    let anywhere = RouteDestination::Cidr("::/0".parse().unwrap());
    assert_eq!(routes[2].destination, anywhere);
    let tie = only(&reading, |it| match it {
        Resource::InternetGatewayAttachment(tie) => Some(tie),
        _ => None,
    });
    assert_eq!((tie.vpc, tie.gateway), (id(Kind::Vpc, "net").id(), door));
    let nat = only(&reading, |it| match it {
        Resource::NatGateway(nat) => Some(nat),
        _ => None,
    });
    assert!(nat.public);
    assert_eq!(nat.subnet, id(Kind::Subnet, "front").id());
}

#[test]
fn addresses_that_only_aws_knows_have_their_place() {
    let reading = whole(PUBLIC);
    let block = only(&reading, |it| match it {
        Resource::VpcCidr(block) => Some(block),
        _ => None,
    });
    assert_eq!(block.block, Block::SomeIpv6(56));
    let front = only(&reading, |it| match it {
        Resource::Subnet(subnet) if subnet.public_addresses => Some(subnet),
        _ => None,
    });
    let part = Block::Part {
        of: id(Kind::Vpc, "net").attribute(Attribute::Ipv6Block),
        number: 0,
    };
    assert_eq!(front.ipv6, Some(part));
    assert_eq!(front.cidr.to_string(), "10.20.0.0/24");
}

#[test]
fn each_interface_of_an_instance_has_its_own_subnet_and_groups() {
    let reading = whole(PUBLIC);
    let all = interfaces(&reading);
    let [first, second] = all.as_slice() else {
        panic!("{all:?}");
    };
    let bastion = id(Kind::Interface, "bastion");
    assert_eq!(first.id, bastion);
    assert_eq!(first.subnets, [id(Kind::Subnet, "front").id()]);
    assert_eq!(
        first.groups,
        Some(vec![id(Kind::SecurityGroup, "open").id()])
    );
    assert_eq!(first.public_address, Some(true));
    let default = id(Kind::DefaultSecurityGroup, "net");
    assert_eq!(second.groups, Some(vec![default.id()]));
    assert_eq!(second.public_address, None);
    let addressed = resources_of(&reading).into_iter().any(
        |it| matches!(it, Resource::ElasticIp(address) if address.target == Some(bastion.id())),
    );
    assert!(addressed);
    // A rule for the group that the VPC makes by itself.
    let rule = only(&reading, |it| match it {
        Resource::SecurityGroupRule(rule) => Some(rule),
        _ => None,
    });
    assert_eq!(
        (rule.group, rule.direction),
        (default.id(), Direction::Ingress)
    );
    assert_eq!(rule.rule.traffic.to_string(), "icmp/8");
}

/// A load balancer, instances behind it, and a database with a replica of Aurora.
const TIERS: &str = r#"{
  "Parameters": {
    "Vpc": { "Type": "AWS::EC2::VPC::Id" },
    "Front": { "Type": "List<AWS::EC2::Subnet::Id>" },
    "Back": { "Type": "List<AWS::EC2::Subnet::Id>" },
    "Password": { "Type": "String", "NoEcho": true }
  },
  "Resources": {
    "BalancerGroup": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
      "GroupDescription": "b", "VpcId": { "Ref": "Vpc" },
      "SecurityGroupIngress": { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0" } } },
    "WebGroup": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
      "GroupDescription": "w", "VpcId": { "Ref": "Vpc" },
      "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
        "SourceSecurityGroupId": { "Fn::GetAtt": ["BalancerGroup", "GroupId"] } }] } },
    "DataGroup": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
      "GroupDescription": "d", "VpcId": { "Ref": "Vpc" },
      "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306,
        "SourceSecurityGroupId": { "Ref": "WebGroup" } }] } },
    "Balancer": { "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {
      "Subnets": { "Ref": "Front" }, "SecurityGroups": [{ "Ref": "BalancerGroup" }] } },
    "Inside": { "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {
      "Type": "network", "Scheme": "internal", "SubnetMappings": [{ "SubnetId": "subnet-1" }] } },
    "Targets": { "Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": { "Port": 80 } },
    "Listener": { "Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
      "LoadBalancerArn": { "Ref": "Balancer" }, "Port": 443 } },
    "Launch": { "Type": "AWS::EC2::LaunchTemplate", "Properties": { "LaunchTemplateData": {
      "ImageId": "ami-1", "InstanceType": "t3.small", "SecurityGroupIds": [{ "Ref": "WebGroup" }] } } },
    "Web": { "Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {
      "MinSize": "1", "MaxSize": "4", "VPCZoneIdentifier": { "Ref": "Back" },
      "TargetGroupARNs": [{ "Ref": "Targets" }],
      "LaunchTemplate": { "LaunchTemplateId": { "Ref": "Launch" }, "Version": { "Fn::GetAtt": ["Launch", "LatestVersionNumber"] } } } },
    "Load": { "Type": "AWS::AutoScaling::ScalingPolicy", "Properties": {
      "AutoScalingGroupName": { "Ref": "Web" }, "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1 } },
    "DataSubnets": { "Type": "AWS::RDS::DBSubnetGroup", "Properties": {
      "DBSubnetGroupDescription": "d", "SubnetIds": ["subnet-3", "subnet-4"] } },
    "Data": { "Type": "AWS::RDS::DBInstance", "Properties": {
      "Engine": "mysql", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20", "MasterUsername": "root",
      "MasterUserPassword": { "Ref": "Password" }, "DBSubnetGroupName": { "Ref": "DataSubnets" },
      "VPCSecurityGroups": [{ "Ref": "DataGroup" }], "PubliclyAccessible": false } },
    "Cluster": { "Type": "AWS::RDS::DBCluster", "Properties": {
      "Engine": "aurora-mysql", "DBSubnetGroupName": { "Ref": "DataSubnets" },
      "VpcSecurityGroupIds": [{ "Ref": "DataGroup" }] } },
    "Reader": { "Type": "AWS::RDS::DBInstance", "Properties": {
      "Engine": "aurora-mysql", "DBInstanceClass": "db.r5.large", "DBClusterIdentifier": { "Ref": "Cluster" },
      "PubliclyAccessible": true } }
  }
}"#;

#[test]
fn three_tiers_are_read_whole() {
    let reading = whole(TIERS);
    let all = interfaces(&reading);
    let by = |name: &str| all.iter().find(|it| it.id.name() == name).unwrap();
    let group = |name: &str| Some(vec![id(Kind::SecurityGroup, name).id()]);
    // Without a scheme, a load balancer is public; without groups, one for packets has no guard.
    let balancer = by("balancer");
    assert_eq!(balancer.public_address, Some(true));
    assert_eq!(balancer.subnets, [Term::Parameter("front".into())]);
    assert_eq!(balancer.groups, group("balancer-group"));
    let inside = by("inside");
    assert_eq!(
        (&inside.groups, inside.public_address),
        (&None, Some(false))
    );
    assert_eq!(inside.subnets, ["subnet-1".into()]);
    // A subnet group is spelt out, and a member of a cluster stands where the cluster does.
    for (name, public) in [("data", false), ("cluster", false), ("reader", true)] {
        let database = by(name);
        assert_eq!(database.subnets, ["subnet-3".into(), "subnet-4".into()]);
        assert_eq!(database.groups, group("data-group"));
        assert_eq!(database.public_address, Some(public), "{name}");
    }
}

const SERVICES: &str = r#"
Parameters:
  Subnet: { Type: AWS::EC2::Subnet::Id }
  Group: { Type: AWS::EC2::SecurityGroup::Id }
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Code: { S3Bucket: code, S3Key: !Sub "${AWS::StackName}.zip" }
      Role: !GetAtt WorkRole.Arn
      VpcConfig: { SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group] }
      Environment: { Variables: { TABLE: !GetAtt Mystery.StreamArn } }
  WorkRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: [lambda.amazonaws.com, edgelambda.amazonaws.com] }, Action: sts:AssumeRole }]
      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref WorkRole]
      PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:Get*", NotResource: !GetAtt Store.Arn }] }
  Store:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: { BlockPublicAcls: true }
      LifecycleConfiguration: { Rules: [{ Status: Enabled, ExpirationInDays: 30 }] }
      NotificationConfiguration:
        QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: !GetAtt Jobs.Arn }]
        LambdaConfigurations: [{ Event: "s3:ObjectRemoved:*", Function: !GetAtt Work.Arn }]
  Plain: { Type: AWS::S3::Bucket }
  StorePolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Store
      PolicyDocument:
        Statement:
          - { Effect: Deny, NotPrincipal: { AWS: !GetAtt WorkRole.Arn }, NotAction: "s3:List*", Resource: "*" }
          - { Effect: Allow, Principal: { AWS: "123456789012", Service: s3.amazonaws.com, CanonicalUser: x, Federated: y }, Action: "s3:*", Resource: "*" }
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }
  Dead: { Type: AWS::SQS::Queue }
  JobsPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs, !Ref Dead]
      PolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: s3.amazonaws.com }, Action: sqs:SendMessage, Resource: !GetAtt Jobs.Arn }]
  News: { Type: AWS::SNS::Topic, Properties: { Subscription: [{ Protocol: sqs, Endpoint: !GetAtt Jobs.Arn }] } }
  Anyone: { Type: AWS::Lambda::Permission, Properties: { FunctionName: !Ref Work, Action: lambda:InvokeFunction, Principal: "*" } }
  ByBucket:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !GetAtt Work.Arn
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceAccount: !Ref AWS::AccountId
  Hourly:
    Type: AWS::Events::Rule
    Properties: { ScheduleExpression: rate(1 hour), Targets: [{ Id: a, Arn: !GetAtt Work.Arn }, { Id: b, Arn: !GetAtt Jobs.Arn }] }
  Key: { Type: AWS::KMS::Key, Properties: { EnableKeyRotation: true } }
  Mystery: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST } }
"#;

#[test]
fn services_are_read_and_what_is_left_is_named() {
    let reading = read(SERVICES).unwrap();
    let unknown: Vec<_> = reading
        .unknown
        .iter()
        .map(|it| (it.name.as_str(), it.what.as_str()))
        .collect();
    assert_eq!(unknown, [("Mystery", "AWS::DynamoDB::Table")]);
    let interface = interfaces(&reading).remove(0);
    let work = id(Kind::Function, "work");
    assert_eq!(interface.owner, Some(work.arn()));
    assert_eq!(interface.subnets, [Term::Parameter("subnet".into())]);
    assert_eq!(interface.public_address, Some(false));
    let role = only(&reading, |it| match it {
        Resource::Role(role) => Some(role),
        _ => None,
    });
    let shared = id(Kind::ManagedPolicy, "shared");
    assert_eq!(role.managed[1], shared.attribute(Attribute::Arn));
    assert!(format!("{:?}", role.managed[0]).contains("AWSLambdaVPCAccessExecutionRole"));
}

#[test]
fn a_bucket_says_what_is_open_and_whom_it_tells() {
    let reading = read(SERVICES).unwrap();
    let buckets: Vec<_> = resources_of(&reading)
        .into_iter()
        .filter_map(|it| match it {
            Resource::Bucket(bucket) => Some(bucket),
            _ => None,
        })
        .collect();
    // A switch that is left out beside others is off; where nothing is said, all of them are on.
    let open = PublicAccessBlock {
        ignore_acls: false,
        block_policy: false,
        restrict_buckets: false,
        ..PublicAccessBlock::ALL
    };
    assert_eq!(buckets[0].public_access, open);
    assert_eq!(buckets[1].public_access, PublicAccessBlock::ALL);
    let told = |event: &str, target: Term| Notification {
        event: event.into(),
        target,
    };
    assert_eq!(
        buckets[0].notifications,
        [
            told("s3:ObjectRemoved:*", id(Kind::Function, "work").arn()),
            told("s3:ObjectCreated:*", id(Kind::Queue, "jobs").arn()),
        ]
    );
    let policy = only(&reading, |it| match it {
        Resource::BucketPolicy(policy) => Some(policy.policy),
        _ => None,
    });
    let [deny, allow] = policy.statements.as_slice() else {
        panic!("{policy:?}");
    };
    assert_eq!(deny.actions, Scope::AllBut(vec!["s3:List*".into()]));
    assert!(matches!(&deny.principal, Some(Principal::AllBut(these)) if these.aws.len() == 1));
    let Some(Principal::These(these)) = &allow.principal else {
        panic!("{allow:?}");
    };
    let sorts = [
        &these.aws,
        &these.services,
        &these.federated,
        &these.canonical,
    ];
    assert!(sorts.iter().all(|names| names.len() == 1), "{these:?}");
}

#[test]
fn who_may_start_a_function_is_told_apart() {
    let reading = read(SERVICES).unwrap();
    let callers: Vec<_> = resources_of(&reading)
        .into_iter()
        .filter_map(|it| match it {
            Resource::Permission(it) => {
                Some((it.caller, it.source.is_some(), it.source_account.is_some()))
            }
            _ => None,
        })
        .collect();
    let s3 = Caller::Service("s3.amazonaws.com".into());
    assert_eq!(
        callers,
        [(Caller::Everyone, false, false), (s3, false, true)]
    );
    let hourly = only(&reading, |it| match it {
        Resource::EventRule(rule) => Some(rule),
        _ => None,
    });
    assert_eq!(hourly.target, id(Kind::Function, "work").arn());
    assert_eq!(hourly.more_targets, [id(Kind::Queue, "jobs").arn()]);
    let queue = only(&reading, |it| match it {
        Resource::Subscription(it) => Some(it.subscriber),
        _ => None,
    });
    assert_eq!(queue, Subscriber::Queue(id(Kind::Queue, "jobs").arn()));
    let policies = resources_of(&reading)
        .into_iter()
        .filter(|it| matches!(it, Resource::QueuePolicy(_)));
    assert_eq!(policies.count(), 2);
}

#[test]
fn peering_and_endpoints_are_read() {
    let reading = whole(
        r#"
Resources:
  One: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.1.0.0/16 } }
  Two: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.2.0.0/16 } }
  Bridge: { Type: AWS::EC2::VPCPeeringConnection, Properties: { VpcId: !Ref One, PeerVpcId: !Ref Two } }
  Ranges:
    Type: AWS::EC2::PrefixList
    Properties: { PrefixListName: r, AddressFamily: IPv4, MaxEntries: 5, Entries: [{ Cidr: 10.2.0.0/17 }] }
  Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref One } }
  Over:
    Type: AWS::EC2::Route
    Properties: { RouteTableId: !Ref Table, DestinationPrefixListId: !Ref Ranges, VpcPeeringConnectionId: !Ref Bridge }
  Hub: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: tgw-1 } }
  Learnt: { Type: AWS::EC2::VPNGatewayRoutePropagation, Properties: { RouteTableIds: [!Ref Table], VpnGatewayId: vgw-1 } }
  Secrets:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      ServiceName: !Sub "com.amazonaws.${AWS::Region}.secretsmanager"
      VpcId: !Ref One
      SubnetIds: [!ImportValue subnet]
      PrivateDnsEnabled: true
"#,
    );
    let route = only(&reading, |it| match it {
        Resource::Route(route) if matches!(route.target, RouteTarget::Peering(_)) => Some(route),
        _ => None,
    });
    let ranges = id(Kind::PrefixList, "ranges").id();
    assert_eq!(route.destination, RouteDestination::PrefixList(ranges));
    let endpoint = only(&reading, |it| match it {
        Resource::VpcEndpoint(endpoint) => Some(endpoint),
        _ => None,
    });
    let way = EndpointWay::Interface {
        private_names: true,
    };
    assert_eq!(endpoint.way, way);
    let interface = interfaces(&reading).remove(0);
    // What is not said is the default group of the VPC.
    assert_eq!(interface.groups, Some(Vec::new()));
    assert_eq!(interface.owner, Some(endpoint.id.id()));
    assert_eq!(interface.subnets, [Term::Parameter("import:subnet".into())]);
}

#[test]
fn what_macros_and_loops_make_is_unknown() {
    let reading = read(
        r#"
Transform: AWS::LanguageExtensions
Resources:
  "Fn::ForEach::Rooms": [Room, [a, b], { "Net${Room}": { Type: AWS::EC2::VPC } }]
  Included: { "Fn::Transform": { Name: AWS::Include, Parameters: { Location: s3://x } }, Type: AWS::EC2::VPC }
  Net:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16, "Fn::Transform": { Name: AWS::Include } }
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Net
      GroupDescription: !Ref AWS::NoValue
      SecurityGroupEgress: !Ref AWS::NoValue
"#,
    )
    .unwrap();
    let names: Vec<_> = reading.unknown.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        ["", "Fn::ForEach::Rooms", "Included", "Included", "Net"]
    );
    // An egress that is no value is none, and AWS opens the group.
    let group = only(&reading, |it| match it {
        Resource::SecurityGroup(group) => Some(group),
        _ => None,
    });
    assert_eq!(group.egress.len(), 2);
}
