//! No input makes the reader panic or hang.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use patternbook::read::cloudformation;
use patternbook::yaml::{Dialect, decode};
use proptest::prelude::*;

use crate::written::{examples, read};

/// Long enough for a slow machine without optimisation; a loop that does not end takes longer.
const SOON: Duration = Duration::from_mins(1);

#[track_caller]
fn soon(text: &str) -> bool {
    let start = Instant::now();
    let read = read(text).is_ok();
    let taken = start.elapsed();
    assert!(taken < SOON, "{taken:?}");
    read
}

#[test]
fn chains_and_circles_end() {
    let mut chain = "Conditions:\n  C0: !Equals [a, a]\n".to_owned();
    for at in 1..5000 {
        writeln!(
            chain,
            "  C{at}: !And [!Condition C{}, !Condition C{}]",
            at - 1,
            at - 1
        )
        .unwrap();
    }
    chain += "Resources:\n  A: { Type: T, Condition: C4999 }\n";
    assert!(soon(&chain));

    let mut resources = "Resources:\n".to_owned();
    for at in 0..5000 {
        let next = (at + 1) % 5000;
        writeln!(
            resources,
            "  V{at}: {{ Type: AWS::EC2::VPC, Properties: {{ CidrBlock: !GetAtt V{next}.CidrBlock }} }}"
        )
        .unwrap();
    }
    assert!(!soon(&resources));
    let open = resources.replace("!GetAtt V0.CidrBlock", "10.0.0.0/16");
    assert!(soon(&open));
}

#[test]
fn deep_nesting_is_an_error() {
    let text = format!("Resources: {}1{}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!soon(&text));
    let joins = format!(
        "Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: {}x{}",
        "{'Fn::Join': ['', [".repeat(18),
        "]]}".repeat(18)
    );
    assert!(soon(&joins));
}

#[test]
fn a_billion_laughs_are_an_error() {
    let mut text = "Mappings:\n  l0: &l0 { a: ha }\n".to_owned();
    for at in 1..30 {
        writeln!(
            text,
            "  l{at}: &l{at} {{ a: *l{}, b: *l{} }}",
            at - 1,
            at - 1
        )
        .unwrap();
    }
    text += "Resources: {}\n";
    assert!(!soon(&text));
}

#[test]
fn what_functions_make_is_bounded() {
    let mut text = format!(
        "Mappings: {{ M: {{ k: {{ v: '{}' }} }} }}\nResources:\n",
        "x,".repeat(500_000)
    );
    text += "  A:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      RouteTableIds:\n";
    for _ in 0..20_000 {
        text += "        - !Select [1, !Split [',', !FindInMap [M, k, v]]]\n";
    }
    assert!(soon(&text));
}

#[test]
fn four_megabytes_are_read_and_seventeen_are_not() {
    let mut text = "Resources:\n".to_owned();
    let mut at = 0;
    while text.len() < 4_000_000 {
        at += 1;
        writeln!(
            text,
            "  G{at}:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {{ VpcId: v, GroupDescription: d, SecurityGroupIngress: {{ IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 }}, Odd: 1 }}"
        )
        .unwrap();
    }
    assert!(soon(&text));
    for size in [17 << 20, 50 << 20] {
        let bytes = vec![b' '; size];
        assert!(decode("big.yaml", &bytes, Dialect::TEMPLATE).is_err());
    }
}

/// Subnets under one name and policies for many are written out once for each who has them.
#[test]
fn what_is_named_together_does_not_grow_without_end() {
    let mut text =
        "Resources:\n  G:\n    Type: AWS::RDS::DBSubnetGroup\n    Properties:\n      SubnetIds:\n"
            .to_owned();
    text += &"        - s\n".repeat(50_000);
    for at in 0..5000 {
        writeln!(
            text,
            "  D{at}: {{ Type: AWS::RDS::DBInstance, Properties: {{ DBSubnetGroupName: !Ref G }} }}"
        )
        .unwrap();
    }
    text += "  P:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n      Queues:\n";
    text += &"        - q\n".repeat(50_000);
    text += "      PolicyDocument:\n        Statement:\n";
    text +=
        &"          - { Effect: Allow, Principal: '*', Action: x, Resource: '*' }\n".repeat(5000);
    assert!(soon(&text));
    let reading = read(&text).unwrap();
    let unknown = |what: &str| reading.unknown.iter().filter(|it| it.what == what).count();
    assert_eq!(unknown("AWS::SQS::QueuePolicy"), 1);
    assert_eq!(unknown("AWS::RDS::DBInstance"), 4990);
}

#[test]
fn a_million_mistakes_are_told_in_part() {
    let mut text = "Resources:\n  A:\n    Type: T\n    Properties:\n".to_owned();
    for at in 0..50_000 {
        writeln!(text, "      P{at}: !Ref Nothing{at}").unwrap();
    }
    let errors = read(&text).unwrap_err();
    assert!(errors.len() <= 200);
}

/// Pieces of templates in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = proptest::sample::select(vec![
        "Resources:\n",
        "Parameters:\n",
        "Conditions:\n",
        "Outputs:\n",
        "  A:\n",
        "  B:\n",
        "    Type: ",
        "AWS::EC2::VPC\n",
        "AWS::EC2::SecurityGroup\n",
        "AWS::IAM::Role\n",
        "AWS::EC2::Route\n",
        "String\n",
        "    Properties:\n",
        "      CidrBlock: ",
        "      VpcId: ",
        "!Ref A\n",
        "!Ref B\n",
        "!GetAtt A.Arn\n",
        "!Sub '${A}${",
        "!Sub ['${x}', {x: 1}]\n",
        "!If [A, 1, 2]\n",
        "!Select [9, [1]]\n",
        "!Cidr [10.0.0.0/8, 300, -1]\n",
        "!Join [',', !Ref A]\n",
        "{'Fn::Base64': []}\n",
        "null\n",
        "[]\n",
        "{}\n",
        "10.0.0.0/99\n",
        "- ",
        "'",
        "\n",
        "      SecurityGroupIngress:\n",
        "        - IpProtocol: -1\n",
        "    Condition: A\n",
        "    DependsOn: [A, [B]]\n",
    ]);
    proptest::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(source) = decode("bytes", &bytes, Dialect::TEMPLATE) {
            let _ = cloudformation::read(&source);
        }
    }

    #[test]
    fn pieces_of_templates_never_panic(text in pieces()) {
        let _ = read(&text);
    }
}

#[test]
fn a_template_cut_anywhere_never_panics() {
    let (_, _, text) = examples().swap_remove(0);
    for at in (0..text.len()).step_by(997) {
        let _ = read(&text[..text.floor_char_boundary(at)]);
        let _ = read(&text[text.floor_char_boundary(at)..]);
    }
}
