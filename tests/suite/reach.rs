//! `reach` shows what a template lets through, whoever wrote it.

use serde_json::Value as Json;

use crate::run::Folder;

/// A VPC with a public subnet, a private one, and a group that says nothing of what goes out.
const PUBLIC: &str = r#"
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16 }
  Gateway:
    Type: AWS::EC2::InternetGateway
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway }
  Public:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true }
  PublicTable:
    Type: AWS::EC2::RouteTable
    Properties: { VpcId: !Ref Vpc }
  PublicRoute:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties: { RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway }
  PublicAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { RouteTableId: !Ref PublicTable, SubnetId: !Ref Public }
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Web servers
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0, Description: The service itself. }
        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 203.0.113.0/29 }
  Server:
    Type: AWS::EC2::Instance
    Properties: { ImageId: ami-1, SubnetId: !Ref Public, SecurityGroupIds: [!GetAtt Web.GroupId] }
"#;

fn answer(folder: &Folder, arguments: &[&str]) -> Json {
    let mut all = vec!["reach", "--format", "json"];
    all.extend(arguments);
    serde_json::from_str(&folder.done(&all)).unwrap()
}

fn flows(answer: &Json) -> Vec<String> {
    let flows = answer["flows"].as_array().unwrap().iter();
    let text = |flow: &Json, key: &str| flow[key].as_str().unwrap().to_owned();
    flows
        .map(|flow| {
            format!(
                "{} -> {} {}",
                text(flow, "from"),
                text(flow, "to"),
                text(flow, "allow")
            )
        })
        .collect()
}

#[test]
fn a_foreign_template_is_told_flow_by_flow() {
    let folder = Folder::new();
    folder.write("template.yaml", PUBLIC);
    let answer = answer(&folder, &["template.yaml"]);
    let flows = flows(&answer);
    for flow in [
        "internet -> web tcp/443",
        "203.0.113.0/29 -> web tcp/22",
        "web -> internet all",
        "web -> web tcp/443",
    ] {
        assert!(
            flows.iter().any(|it| it == flow),
            "{flow} not in {flows:#?}"
        );
    }
    assert!(!flows.iter().any(|it| it == "internet -> web tcp/22"));
    assert_eq!(answer["unknown"].as_array().unwrap().len(), 0, "{answer:#}");
}

#[test]
fn a_reviewer_asks_what_the_internet_may_start_and_sees_the_rules() {
    let folder = Folder::new();
    folder.write("template.yaml", PUBLIC);
    let text = folder.done(&["reach", "template.yaml", "--from", "internet"]);
    assert!(text.contains("internet -> web  tcp/443"), "{text}");
    assert!(text.contains("203.0.113.0/29 -> web  tcp/22"), "{text}");
    assert!(!text.contains("web -> "), "{text}");
    let rule = PUBLIC.lines().position(|line| line.contains("ToPort: 443"));
    let rule = format!("template.yaml:{}:", rule.unwrap() + 1);
    assert!(text.contains(&rule), "{rule} in {text}");
}

#[test]
fn the_reason_in_a_template_is_told_with_its_flow() {
    let folder = Folder::new();
    folder.write("template.yaml", PUBLIC);
    let answer = answer(
        &folder,
        &["template.yaml", "--from", "internet", "--to", "web"],
    );
    let why: Vec<_> = answer["flows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["why"].clone())
        .collect();
    assert!(why.contains(&"The service itself.".into()), "{why:?}");
}

#[test]
fn what_is_not_read_is_named_with_its_line() {
    let folder = Folder::new();
    let firewall = "  Wall:\n    Type: AWS::NetworkFirewall::Firewall\n    Properties: { FirewallName: wall }\n";
    folder.write("template.yaml", format!("{PUBLIC}{firewall}"));
    let answer = answer(&folder, &["template.yaml"]);
    let unknown = &answer["unknown"][0];
    assert_eq!(unknown["resource"], "Wall");
    assert_eq!(unknown["type"], "AWS::NetworkFirewall::Firewall");
    let line = PUBLIC.lines().count() + 1;
    assert_eq!(unknown["line"], line);
}

#[test]
fn what_is_no_template_gets_no_verdict() {
    let folder = Folder::new();
    folder.write("broken.yaml", "Resources: [");
    folder.write("list.yaml", "- 1\n");
    folder.write("empty/readme.txt", "nothing\n");
    folder.write("cidr.yaml", PUBLIC.replace("10.0.0.0/16", "10.0.0.0/61"));
    folder.write(
        "nothing.yaml",
        PUBLIC.replace("SubnetId: !Ref Public }", "SubnetId: !Ref Publik }"),
    );
    for path in [
        "broken.yaml",
        "list.yaml",
        "empty",
        "cidr.yaml",
        "nothing.yaml",
        "missing.yaml",
    ] {
        let refused = folder.run(&["reach", path]);
        assert_eq!(refused.code, 2, "{path}: {}", refused.stderr);
        assert_eq!(refused.stdout, "", "{path}");
        assert!(refused.stderr.contains(path), "{path}: {}", refused.stderr);
    }
}

/// A bucket that one role of another account may read, by two endpoints and from some addresses.
const WAYS: &str = r#"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16 }
  Near:
    Type: AWS::EC2::VPCEndpoint
    Properties: { VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.s3" }
  Far:
    Type: AWS::EC2::VPCEndpoint
    Properties: { VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.s3" }
  Data:
    Type: AWS::S3::Bucket
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Data
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { AWS: "arn:aws:iam::111122223333:role/reader" }
            Action: [s3:GetObject, s3:GetObjectVersion]
            Resource: !Sub "${Data.Arn}/*"
            Condition:
              StringEquals: { aws:SourceVpce: [!Ref Near, !Ref Far] }
          - Effect: Allow
            Principal: { AWS: "arn:aws:iam::111122223333:role/reader" }
            Action: [s3:GetObject, s3:GetObjectVersion]
            Resource: !Sub "${Data.Arn}/*"
            Condition:
              IpAddress: { aws:SourceIp: 203.0.113.0/24 }
"#;

/// The ways by which the bucket is read; nothing for those that are no endpoint of the template.
fn ways(template: &str) -> Vec<Option<String>> {
    let folder = Folder::new();
    folder.write("template.yaml", template);
    let answer = answer(&folder, &["template.yaml"]);
    let flows = answer["flows"].as_array().unwrap().iter();
    let reads = flows.filter(|it| it["allow"] == "s3:read");
    reads
        .map(|it| it["through"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn each_way_to_a_service_is_told() {
    let (near, far) = (Some("near".to_owned()), Some("far".to_owned()));
    let all = ways(WAYS);
    assert_eq!(all.len(), 3, "{all:?}");
    for way in [&near, &far, &None] {
        assert!(all.contains(way), "{way:?} is not in {all:?}");
    }
    let by_near = WAYS.replace(", !Ref Far]", "]");
    assert_eq!(ways(&by_near), [near.clone(), None]);
    let from_nowhere = by_near.replace("203.0.113.0/24", "[]");
    assert_eq!(ways(&from_nowhere), [near]);
}

/// Two buckets that tell EventBridge of their objects, one that does not, and a rule that starts a function.
const EVENTS: &str = r#"
Resources:
  Told:
    Type: AWS::S3::Bucket
    Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } }
  Also:
    Type: AWS::S3::Bucket
    Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } }
  Silent:
    Type: AWS::S3::Bucket
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Code: { ZipFile: "pass" }
      Handler: index.handler
      Runtime: python3.13
      Role: arn:aws:iam::111122223333:role/worker
  Created:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { source: [aws.s3], detail-type: [Object Created] }
      Targets: [{ Id: work, Arn: !GetAtt Work.Arn }]
  May:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Work
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
      SourceArn: !GetAtt Created.Arn
"#;

/// Who starts the function.
fn starters(template: &str) -> Vec<String> {
    let folder = Folder::new();
    folder.write("template.yaml", template);
    let flows = flows(&answer(&folder, &["template.yaml"])).into_iter();
    let starts = flows.filter_map(|flow| {
        flow.strip_suffix(" -> work lambda:invoke")
            .map(str::to_owned)
    });
    starts.collect()
}

#[test]
fn a_rule_about_every_bucket_leads_from_each_that_tells_of_its_objects() {
    assert_eq!(starters(EVENTS), ["told", "also"]);
    let pattern = "detail-type: [Object Created] }";
    let of = |bucket| {
        format!(
            "detail-type: [Object Created], detail: {{ bucket: {{ name: [!Ref {bucket}] }} }} }}"
        )
    };
    assert_eq!(starters(&EVENTS.replace(pattern, &of("Also"))), ["also"]);
    // Of what no bucket tells, the service alone is left.
    let service = ["events.amazonaws.com"];
    assert_eq!(starters(&EVENTS.replace(pattern, &of("Silent"))), service);
    assert_eq!(
        starters(&EVENTS.replace("Object Created", "Object Deleted")),
        service
    );
    let terraform = r#"
resource "aws_s3_bucket" "told" {}
resource "aws_s3_bucket_notification" "told" {
  bucket      = aws_s3_bucket.told.id
  eventbridge = true
}
resource "aws_lambda_function" "work" {
  function_name = "work"
  role          = "arn:aws:iam::111122223333:role/worker"
}
resource "aws_cloudwatch_event_rule" "created" {
  name          = "created"
  event_pattern = jsonencode({ source = ["aws.s3"], "detail-type" = ["Object Created"] })
}
resource "aws_cloudwatch_event_target" "work" {
  rule = aws_cloudwatch_event_rule.created.name
  arn  = aws_lambda_function.work.arn
}
resource "aws_lambda_permission" "work" {
  function_name = aws_lambda_function.work.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.created.arn
}
"#;
    let starts = |detail: &str| {
        let folder = Folder::new();
        let pattern = format!("[\"Object Created\"]{detail}");
        let written = terraform.replace("[\"Object Created\"]", &pattern);
        folder.write("made/main.tf", &written);
        let flows = flows(&answer(&folder, &["made"]));
        flows.contains(&"told -> work lambda:invoke".to_owned())
    };
    assert!(starts(""));
    let bucket = "name = [aws_s3_bucket.told.id]";
    assert!(starts(&format!(", detail = {{ bucket = {{ {bucket} }} }}")));
    // What picks some of the bucket's objects is another event than the bucket's.
    let narrower =
        format!(", detail = {{ bucket = {{ {bucket} }}, object = {{ key = [\"a\"] }} }}");
    assert!(!starts(&narrower));
}

/// A flow log with its role.
const LOGGED: &str = r#"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16 }
  Group:
    Type: AWS::Logs::LogGroup
  Flows:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceId: !Ref Vpc
      ResourceType: VPC
      TrafficType: ALL
      LogDestinationType: cloud-watch-logs
      LogDestination: !GetAtt Group.Arn
      DeliverLogsPermissionArn: !GetAtt Writer.Arn
  Writer:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: { Service: vpc-flow-logs.amazonaws.com }
            Condition:
              StringEquals: { aws:SourceAccount: !Ref AWS::AccountId }
              ArnLike: { aws:SourceArn: !Sub "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*" }
      Policies:
        - PolicyName: own
          PolicyDocument:
            Statement:
              - { Effect: Allow, Action: logs:PutLogEvents, Resource: !GetAtt Group.Arn }
"#;

/// Who writes to the log group.
fn writers(template: &str) -> Vec<String> {
    let folder = Folder::new();
    folder.write("template.yaml", template);
    let flows = flows(&answer(&folder, &["template.yaml"])).into_iter();
    let writes = flows.filter_map(|flow| {
        flow.strip_suffix(" -> group logs:PutLogEvents")
            .map(str::to_owned)
    });
    writes.collect()
}

#[test]
fn what_does_not_meet_the_trust_of_a_role_does_nothing_by_it() {
    assert_eq!(writers(LOGGED), ["flows"]);
    let of_instances = LOGGED.replace(":vpc-flow-log/*", ":instance/*");
    assert_eq!(writers(&of_instances), ["writer"]);
    let by_secret = LOGGED.replace("StringEquals: {", "StringEquals: { sts:ExternalId: secret,");
    assert_eq!(writers(&by_secret), ["writer"]);
    // The account may have that number.
    let of_number = LOGGED.replace("Account: !Ref AWS::AccountId", "Account: '111122223333'");
    assert_eq!(writers(&of_number), ["flows"]);
}
