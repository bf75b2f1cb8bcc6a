//! `reach` and `prove` say who may launch instances from a launch template: whoever is allowed everything that it takes.

use serde_json::Value as Json;

use crate::run::{Folder, project};

/// A function that may launch from a template, with its disks and tags.
const LAUNCH: &str = r#"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16 }
  Private:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 }
  Servers:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: Servers, VpcId: !Ref Vpc }
  Batch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-1
        InstanceType: t3.micro
        SecurityGroupIds: [!GetAtt Servers.GroupId]
        BlockDeviceMappings:
          - { DeviceName: /dev/xvda, Ebs: { VolumeSize: 8, Encrypted: true } }
        TagSpecifications:
          - { ResourceType: instance, Tags: [{ Key: team, Value: data }] }
  Start:
    Type: AWS::Lambda::Function
    Properties:
      Code: { ZipFile: "pass" }
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Starter.Arn
  Starter:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - { Effect: Allow, Action: sts:AssumeRole, Principal: { Service: lambda.amazonaws.com } }
      Policies:
        - PolicyName: own
          PolicyDocument:
            Statement:
              - { Effect: Allow, Action: ec2:RunInstances, Resource: "*" }
              - Effect: Allow
                Action: ec2:CreateTags
                Resource: !Sub arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:*/*
                Condition:
                  StringEquals: { ec2:CreateAction: RunInstances, aws:RequestTag/team: data }
"#;

/// What `reach` says of the function, as in `batch ec2:launch`.
fn said(template: &str) -> Vec<String> {
    let folder = Folder::new();
    folder.write("template.yaml", template);
    let text = folder.done(&[
        "reach",
        "--format",
        "json",
        "template.yaml",
        "--from",
        "start",
    ]);
    let answer: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["unknown"], serde_json::json!([]), "{answer:#}");
    let flows = answer["flows"].as_array().unwrap().iter();
    flows
        .map(|flow| {
            format!(
                "{} {}",
                flow["to"].as_str().unwrap(),
                flow["allow"].as_str().unwrap()
            )
        })
        .collect()
}

/// Whether `reach` says that the function launches, after an edit of the template.
#[track_caller]
fn launches(from: &str, to: &str) -> bool {
    assert!(LAUNCH.contains(from), "{from}");
    let said = said(&LAUNCH.replacen(from, to, 1));
    said.contains(&"batch ec2:launch".to_owned())
}

#[test]
fn a_statement_about_everything_launches_and_is_told_itself() {
    let said = said(LAUNCH);
    for line in [
        "batch ec2:launch",
        "batch ec2:RunInstances",
        "arn:aws:ec2:* ec2:RunInstances",
    ] {
        assert!(said.iter().any(|it| it == line), "{line}: {said:#?}");
    }
    let resource = r#"RunInstances, Resource: "*""#;
    assert!(launches(
        resource,
        r#"RunInstances, NotResource: "arn:aws:ec2:*:*:key-pair/*""#
    ));
    assert!(!launches(
        resource,
        r#"RunInstances, NotResource: "arn:aws:ec2:*:*:subnet/*""#
    ));
    assert!(launches("Action: ec2:RunInstances", r#"Action: "ec2:*""#));
}

#[test]
fn the_tags_of_the_launch_template_must_be_allowed() {
    assert!(launches(
        "Action: ec2:CreateTags",
        "Action: [ec2:CreateTags]"
    ));
    assert!(!launches(
        "Action: ec2:CreateTags",
        "Action: ec2:DeleteTags"
    ));
    assert!(!launches(
        "ec2:CreateAction: RunInstances",
        "ec2:CreateAction: CreateVolume"
    ));
    assert!(!launches(
        "aws:RequestTag/team: data",
        "aws:RequestTag/team: web"
    ));
    assert!(!launches(
        "{ Key: team, Value: data }",
        "{ Key: team, Value: web }"
    ));
    assert!(launches(
        "          - { ResourceType: instance, Tags: [{ Key: team, Value: data }] }\n",
        "          []\n"
    ));
}

#[test]
fn conditions_are_asked_of_what_the_launch_template_says() {
    let when = |condition: &str| {
        let more = format!(
            "Resource: \"*\" }}\n              - {{ Effect: Deny, Action: ec2:RunInstances, Resource: {condition} }}\n"
        );
        launches("Resource: \"*\" }\n", &more)
    };
    let instance = r#""arn:aws:ec2:*:*:instance/*", Condition"#;
    let volume = r#""arn:aws:ec2:*:*:volume/*", Condition"#;
    assert!(when(&format!(
        "{instance}: {{ StringNotEquals: {{ ec2:InstanceType: t3.micro }} }}"
    )));
    assert!(!when(&format!(
        "{instance}: {{ StringNotEquals: {{ ec2:InstanceType: t3.small }} }}"
    )));
    assert!(when(&format!(
        "{volume}: {{ Bool: {{ ec2:Encrypted: \"false\" }} }}"
    )));
    assert!(!when(&format!(
        "{volume}: {{ Bool: {{ ec2:Encrypted: \"true\" }} }}"
    )));
}

/// The analytics loop, which also guarantees who launches, as it is built, with an edit.
fn loop_with(from: &str, to: &str) -> Json {
    let folder = Folder::new();
    let pattern = project().join("patterns/aws-analytics-loop.yaml");
    let guarantee = "guarantees:\n  - { only: [launch], reaches: analysis, by: \"ec2:launch\" }\n";
    let pattern = std::fs::read_to_string(pattern).unwrap();
    let pattern = pattern.replacen("guarantees:\n", guarantee, 1);
    folder.write("patterns/aws-analytics-loop.yaml", pattern);
    folder.write("loop.yaml", "stack: loop\npattern: aws-analytics-loop\n");
    folder.done(&["build", "loop.yaml", "--patterns", "patterns"]);
    let path = "out/loop/cloudformation/template.yaml";
    let text = folder.read(path);
    assert!(text.contains(from), "{text}");
    folder.write(path, text.replacen(from, to, 1));
    let arguments = [
        "loop.yaml",
        path,
        "--patterns",
        "patterns",
        "--format",
        "json",
    ];
    let proof = folder.run(&[&["prove"], &arguments[..]].concat());
    assert_eq!(proof.code, 1, "{}{}", proof.stdout, proof.stderr);
    serde_json::from_str(&proof.stdout).unwrap()
}

#[test]
fn whoever_may_do_everything_breaks_the_guarantee_about_who_launches() {
    let wide = "              - Sid: Everything\n                Effect: Allow\n                Action: \"*\"\n                Resource: \"*\"\n";
    let before = "              - Sid: PublishNotices\n";
    let answer = loop_with(before, &format!("{wide}{before}"));
    assert_eq!(answer["verdict"], "refuted");
    let extra = answer["extra"].as_array().unwrap().iter();
    let launch = |it: &&Json| {
        it["from"] == "notify" && it["to"] == "analysis" && it["allow"] == "ec2:launch"
    };
    assert!(extra.clone().any(|it| launch(&it)), "{answer:#}");
    let wide = |it: &Json| it["allow"] == "ec2:RunInstances" && it["to"] == "arn:aws:ec2:*";
    assert!(extra.clone().any(wide), "{answer:#}");
    let guarantees = answer["guarantees"].as_array().unwrap().iter();
    let broken: Vec<_> = guarantees.filter(|it| it["holds"] == false).collect();
    assert!(
        broken
            .iter()
            .any(|it| it["counterexample"]["allow"] == "ec2:launch"),
        "{answer:#}"
    );
}

#[test]
fn a_launch_without_its_tags_is_missing() {
    let answer = loop_with("Action: ec2:CreateTags", "Action: ec2:DeleteTags");
    let missing = answer["missing"].as_array().unwrap();
    assert!(
        missing.iter().any(|it| it["allow"] == "ec2:launch"),
        "{answer:#}"
    );
}
