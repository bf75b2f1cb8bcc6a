//! Templates that others write: long forms, conditions, parts written apart, and types that are not read.

use patternbook::cloud::aws::{Decision, Kind, Principal, Resource, Rule, RulePeer, Scope};
use patternbook::cloud::{Attribute, Environment, Term};
use patternbook::diag::Code;
use patternbook::read::Reading;

use crate::written::read;

/// A VPC with a public subnet, as it is written by hand in JSON.
const JSON: &str = r#"{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Parameters": {
    "VpcCidr": { "Type": "String", "Default": "10.9.0.0/16" },
    "AdminPort": { "Type": "Number", "Default": 22 },
    "Ranges": { "Type": "CommaDelimitedList", "Default": "10.1.0.0/16, 10.2.0.0/16" }
  },
  "Resources": {
    "VPC": {
      "Type": "AWS::EC2::VPC",
      "Properties": { "CidrBlock": { "Ref": "VpcCidr" }, "EnableDnsHostnames": "true" }
    },
    "InternetGateway": { "Type": "AWS::EC2::InternetGateway" },
    "AttachGateway": {
      "Type": "AWS::EC2::VPCGatewayAttachment",
      "Properties": { "VpcId": { "Ref": "VPC" }, "InternetGatewayId": { "Ref": "InternetGateway" } }
    },
    "PublicSubnet": {
      "Type": "AWS::EC2::Subnet",
      "Properties": {
        "VpcId": { "Ref": "VPC" },
        "CidrBlock": { "Fn::Select": [1, { "Fn::Cidr": [{ "Fn::GetAtt": ["VPC", "CidrBlock"] }, 4, 8] }] },
        "AvailabilityZone": { "Fn::Select": ["0", { "Fn::GetAZs": "" }] },
        "MapPublicIpOnLaunch": true,
        "Tags": [{ "Key": "Name", "Value": { "Fn::Join": ["-", ["public", { "Ref": "AdminPort" }]] } }]
      }
    },
    "PublicTable": { "Type": "AWS::EC2::RouteTable", "Properties": { "VpcId": { "Ref": "VPC" } } },
    "PublicRoute": {
      "Type": "AWS::EC2::Route", "DependsOn": "AttachGateway",
      "Properties": {
        "RouteTableId": { "Ref": "PublicTable" },
        "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": { "Ref": "InternetGateway" }
      }
    },
    "WebSG": {
      "Type": "AWS::EC2::SecurityGroup",
      "Properties": {
        "GroupDescription": "web", "VpcId": { "Ref": "VPC" },
        "SecurityGroupIngress": [
          { "IpProtocol": "tcp", "FromPort": "443", "ToPort": "443", "CidrIp": "0.0.0.0/0" },
          { "IpProtocol": "tcp", "FromPort": { "Ref": "AdminPort" }, "ToPort": { "Ref": "AdminPort" },
            "CidrIp": { "Fn::Select": [1, { "Ref": "Ranges" }] } },
          { "IpProtocol": "58", "FromPort": -1, "ToPort": -1, "CidrIpv6": "::/0" },
          { "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": { "Fn::ImportValue": "office" } },
          { "IpProtocol": "50", "FromPort": 7, "ToPort": 7, "SourceSecurityGroupId": { "Ref": "Cache" } },
          { "IpProtocol": "icmp", "FromPort": 3, "ToPort": 4, "CidrIp": "10.3.0.0/16" }
        ]
      }
    },
    "Cache": { "Type": "AWS::DAX::Cluster", "Properties": { "SubnetGroupName": "x" } }
  }
}"#;

fn unknown(reading: &Reading<Resource>) -> Vec<(&str, &str)> {
    let all = reading.unknown.iter();
    all.map(|it| (it.name.as_str(), it.what.as_str())).collect()
}

#[test]
fn json_with_long_forms_is_read_and_the_rest_is_named() {
    let reading = read(JSON).unwrap();
    let vpc = Kind::Vpc.named(["vpc"]);
    let subnet = reading
        .resources
        .iter()
        .find_map(|placed| match &placed.resource {
            Resource::Subnet(subnet) => Some(subnet),
            _ => None,
        });
    let subnet = subnet.unwrap();
    assert_eq!(subnet.cidr.to_string(), "10.9.1.0/24");
    assert_eq!((&subnet.vpc, &*subnet.name), (&vpc.id(), "public-22"));
    assert_eq!(
        unknown(&reading),
        [
            ("WebSG", "AWS::EC2::SecurityGroup"),
            ("Cache", "AWS::DAX::Cluster"),
        ]
    );
    let line = JSON
        .lines()
        .position(|line| line.contains("Fn::ImportValue"))
        .unwrap()
        + 1;
    assert_eq!(reading.unknown[0].place.line(), line);
    let given = |it: &&patternbook::read::Parameter| it.kind == "Fn::ImportValue";
    let (outside, own): (Vec<_>, Vec<_>) = reading.parameters.iter().partition(given);
    assert!(own.iter().all(|parameter| parameter.assumed));
    assert_eq!(outside[0].name, "import:office");
}

#[test]
fn a_group_that_says_nothing_of_what_may_go_out_lets_everything_out() {
    let reading = read(JSON).unwrap();
    let [ingress, egress] = rules(&reading, "web-sg");
    let shown = |rules: &[Rule]| {
        let peer = |rule: &Rule| match &rule.peer {
            RulePeer::Cidr(cidr) => cidr.to_string(),
            other => format!("{other:?}"),
        };
        let texts = rules
            .iter()
            .map(|rule| format!("{} {}", peer(rule), rule.traffic));
        texts.collect::<Vec<_>>()
    };
    let cache = format!(
        "{:?} protocol/50",
        RulePeer::Group(Kind::Other.named(["cache"]).id())
    );
    assert_eq!(
        shown(&ingress),
        [
            "0.0.0.0/0 tcp/443",
            "10.2.0.0/16 tcp/22",
            "::/0 icmpv6",
            cache.as_str(),
            "10.3.0.0/16 icmp/3/4",
        ]
    );
    assert_eq!(shown(&egress), ["0.0.0.0/0 all", "::/0 all"]);
}

fn rules(reading: &Reading<Resource>, name: &str) -> [Vec<Rule>; 2] {
    let group = reading
        .resources
        .iter()
        .find_map(|placed| match &placed.resource {
            Resource::SecurityGroup(group) if group.id.name() == name => Some(group),
            _ => None,
        });
    let group = group.unwrap();
    [group.ingress.clone(), group.egress.clone()]
}

/// Groups whose rules stand beside them, some only under a condition.
fn conditional(production: &str) -> String {
    format!(
        r#"
Parameters:
  Stage: {{ Type: String{production} }}
  Vpc: {{ Type: AWS::EC2::VPC::Id }}
Mappings:
  Ports: {{ prod: {{ app: 8443 }}, test: {{ app: 8080 }} }}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
  Both: !And [{{ Condition: IsProd }}, !Or [!Condition IsTest, !Condition IsProd]]
Resources:
  App:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "app in ${{Stage}}"
      VpcId: !Ref Vpc
      SecurityGroupEgress:
        - {{ IpProtocol: "-1", CidrIp: 127.0.0.1/32 }}
        - !If [IsTest, {{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }}, !Ref AWS::NoValue]
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties: {{ GroupDescription: db, VpcId: !Ref Vpc }}
  DatabaseOut:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {{ GroupId: !GetAtt Database.GroupId, IpProtocol: icmp, FromPort: 252, ToPort: 86, CidrIp: 255.255.255.255/32 }}
  AppToDatabase:
    Type: AWS::EC2::SecurityGroupEgress
    Properties:
      GroupId: !GetAtt App.GroupId
      IpProtocol: tcp
      FromPort: !FindInMap [Ports, !Ref Stage, app]
      ToPort: !FindInMap [Ports, !Ref Stage, app]
      DestinationSecurityGroupId: !GetAtt Database.GroupId
  DatabaseFromApp:
    Type: AWS::EC2::SecurityGroupIngress
    Condition: Both
    Properties:
      GroupId: !Ref Database
      IpProtocol: "6"
      FromPort: 0
      ToPort: 65535
      SourceSecurityGroupId: !GetAtt App.GroupId
"#
    )
}

#[test]
fn conditions_count_with_the_defaults_of_parameters() {
    let reading = read(&conditional(", Default: prod")).unwrap();
    let [_, out] = rules(&reading, "app");
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].traffic.to_string(), "tcp/8443");
    let [into, _] = rules(&reading, "database");
    assert_eq!(into[0].traffic.to_string(), "tcp/1-65535");
    let assumed = |name: &str| {
        reading
            .parameters
            .iter()
            .find(|it| it.name == name)
            .unwrap()
            .assumed
    };
    assert!(assumed("stage") && !assumed("vpc"));
    // A group without egress of its own, and an egress rule beside it.
    assert_eq!(unknown(&reading), [("Database", "AWS::EC2::SecurityGroup")]);

    let reading = read(&conditional(", Default: test")).unwrap();
    let [_, out] = rules(&reading, "app");
    assert_eq!(out[0].traffic.to_string(), "tcp/80");
    assert_eq!(out[1].traffic.to_string(), "tcp/8080");
    let [into, _] = rules(&reading, "database");
    assert!(into.is_empty());
}

#[test]
fn what_only_the_deployer_knows_is_unknown() {
    let reading = read(&conditional("")).unwrap();
    let names: Vec<_> = unknown(&reading).into_iter().map(|it| it.0).collect();
    assert_eq!(
        names,
        ["App", "DatabaseFromApp", "App", "AppToDatabase", "Database"]
    );
    // A rule beside its group that is not understood is the group's affair as well.
    assert!(reading.unknown[2].why.contains("AppToDatabase"));
}

#[test]
fn policies_of_a_role_are_one() {
    let text = r#"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: { Effect: Allow, Principal: { AWS: "*" }, Action: "sts:AssumeRole" }
      Policies:
        - PolicyName: a
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - { Effect: Allow, NotAction: "iam:*", Resource: "*" }
              - Effect: Deny
                Action: ["s3:*"]
                Resource: !Join ["", ["arn:", !Ref AWS::Partition, ":s3:::", a, "/*"]]
                Condition: { "ForAnyValue:StringLike": { "aws:TagKeys": [x, y] } }
  Beside:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: b
      Roles: [!Ref Role]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Action: "logs:*", Resource: "*" }]
"#;
    let reading = read(text).unwrap();
    let Resource::Role(role) = &reading.resources[0].resource else {
        panic!("no role");
    };
    assert_eq!(
        role.trust.statements[0].principal,
        Some(Principal::Everyone)
    );
    let [most, deny, logs] = role.policy.statements.as_slice() else {
        panic!("{:?}", role.policy);
    };
    assert_eq!(most.actions, Scope::AllBut(vec!["iam:*".into()]));
    assert_eq!(
        role.managed,
        ["arn:aws:iam::aws:policy/AdministratorAccess".into()]
    );
    assert_eq!(
        (deny.effect, logs.effect),
        (Decision::Deny, Decision::Allow)
    );
    assert_eq!(deny.conditions[0].operator, "ForAnyValue:StringLike");
    assert_eq!(
        deny.resources.named(),
        [Term::Join(vec![
            "arn:".into(),
            Term::Environment(Environment::Partition),
            ":s3:::a/*".into(),
        ])]
    );
    assert_eq!(reading.unknown, []);
}

#[test]
fn references_that_a_vpc_answers_itself_are_followed() {
    let text = "
Resources:
  Net: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.9/16, EnableDnsHostnames: true } }
  Own:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: !Ref Net
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 1, ToPort: 2, SourceSecurityGroupId: !GetAtt Net.DefaultSecurityGroup }
        - { IpProtocol: udp, FromPort: -1, ToPort: -1, CidrIp: !GetAtt Net.CidrBlock }
      SecurityGroupEgress: [{ IpProtocol: -1, CidrIpv6: ::1/128 }]
";
    let reading = read(text).unwrap();
    assert_eq!(reading.unknown, []);
    let [ingress, egress] = rules(&reading, "own");
    let default = Kind::DefaultSecurityGroup.named(["net"]);
    assert_eq!(
        ingress[0].peer,
        RulePeer::Group(default.attribute(Attribute::Id))
    );
    assert_eq!(
        ingress[1].peer,
        RulePeer::Cidr("10.0.0.0/16".parse().unwrap())
    );
    assert!(egress.is_empty());
}

#[test]
fn what_cloudformation_refuses_is_refused_with_its_place() {
    let cases = [
        ("Outputs: {}", Code::MissingKey, 1),
        ("[1, 2]", Code::WrongType, 1),
        ("Resources:\n  A: { Properties: {} }", Code::MissingKey, 2),
        (
            "Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties: { CidrBlock: !Ref Nothing }",
            Code::UnknownReference,
            4,
        ),
        (
            "Resources:\n  A: { Type: T }\nOutputs:\n  B: { Value: !Sub '${A.Id}${C}' }",
            Code::UnknownReference,
            4,
        ),
        (
            "Resources:\n  A: { Type: T, Condition: Nowhere }",
            Code::UnknownReference,
            2,
        ),
        (
            "Resources:\n  A: { Type: T, P: !Ref B }\n  B: { Type: T, DependsOn: [A] }",
            Code::TooComplex,
            2,
        ),
        (
            "Resources:\n  A: { Type: T }\n  A: { Type: T }",
            Code::DuplicateKey,
            3,
        ),
        (
            "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [{Condition: A}]\nResources: {}",
            Code::TooComplex,
            2,
        ),
    ];
    for (text, code, line) in cases {
        let errors = read(text).unwrap_err();
        let first = errors.iter().next().unwrap();
        assert_eq!(first.code, code, "{text}: {errors}");
        assert_eq!(first.primary.as_ref().unwrap().line(), line, "{text}");
    }
}
