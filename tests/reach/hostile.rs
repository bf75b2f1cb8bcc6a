//! No template makes the judge panic or hang: what is too much to compare is said to be unknown.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use patternbook::diag::Source;
use patternbook::reach::flows::flows;
use patternbook::reach::{self, Matrix};
use patternbook::read::{arm, cloudformation};
use proptest::prelude::*;

/// Long enough for a slow machine without optimisation; a loop that does not end takes longer.
const SOON: Duration = Duration::from_mins(2);

fn aws(text: &str) -> Option<Matrix> {
    let reading = cloudformation::read(&Source::new("template.yaml", text)).ok()?;
    Some(reach::aws::matrix(&reading.resources, &reading.unknown))
}

fn azure(text: &str) -> Option<Matrix> {
    let reading = arm::read(&Source::new("template.json", text)).ok()?;
    Some(reach::azure::matrix(&reading.resources, &reading.unknown))
}

/// Judges a template, tells what passes, and says whether something was too much.
#[track_caller]
fn soon(judge: fn(&str) -> Option<Matrix>, text: &str) -> bool {
    let start = Instant::now();
    let matrix = judge(text).unwrap();
    let _ = flows(&matrix, None, None);
    let taken = start.elapsed();
    assert!(taken < SOON, "{taken:?}");
    matrix.unknown.iter().any(|it| it.why.contains("too many"))
}

/// A VPC with two subnets, of which one leads to the Internet.
const NETWORK: &str = "Resources:
  V: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  S: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref V, CidrBlock: 10.0.0.0/24 } }
  P: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref V, CidrBlock: 10.0.1.0/24 } }
  I: { Type: AWS::EC2::InternetGateway }
  A: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref V, InternetGatewayId: !Ref I } }
  T: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref V } }
  U: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref S, RouteTableId: !Ref T } }
  R: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref T, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref I } }
";

/// A number that looks random and is the same on every run.
fn number(n: u32) -> u32 {
    let n = n.wrapping_mul(0x9e37_79b9);
    let n = (n ^ (n >> 16)).wrapping_mul(0x85eb_ca6b);
    n ^ (n >> 13)
}

/// Blocks that lie in each other, from /8 to /23, and ranges of ports that overlap.
fn overlapping(at: u32) -> (String, u32, u32) {
    let number = number(at);
    let length = 8 + number % 16;
    let address = 0x0a00_0000 | (number >> 8);
    let address = std::net::Ipv4Addr::from_bits(address & !(u32::MAX >> length));
    let (one, other) = (1 + number % 60_000, 1 + (number >> 7) % 60_000);
    (
        format!("{address}/{length}"),
        one.min(other),
        one.max(other),
    )
}

fn group(name: &str, rules: u32) -> String {
    let mut text = format!(
        "  {name}:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      VpcId: !Ref V\n      GroupDescription: d\n      SecurityGroupIngress:\n"
    );
    for at in 0..rules {
        let (block, from, to) = overlapping(at);
        writeln!(
            text,
            "        - {{ IpProtocol: tcp, FromPort: {from}, ToPort: {to}, CidrIp: {block} }}"
        )
        .unwrap();
    }
    text
}

#[test]
fn a_group_of_thousands_of_rules_is_not_compared() {
    assert!(!soon(aws, &format!("{NETWORK}{}", group("G", 200))));
    assert!(soon(aws, &format!("{NETWORK}{}", group("G", 5000))));
}

#[test]
fn many_groups_of_many_rules_end() {
    let groups: String = (0..100).map(|at| group(&format!("G{at}"), 100)).collect();
    soon(aws, &format!("{NETWORK}{groups}"));
}

#[test]
fn a_network_acl_of_thousands_of_entries_is_not_compared() {
    for (entries, too_many) in [(60, false), (5000, true)] {
        let mut text = format!("{NETWORK}{}", group("G", 20));
        text += "  N: { Type: AWS::EC2::NetworkAcl, Properties: { VpcId: !Ref V } }\n";
        text += "  M: { Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: { SubnetId: !Ref S, NetworkAclId: !Ref N } }\n";
        for at in 0..entries {
            let (block, from, to) = overlapping(at);
            let action = if at % 3 == 0 { "deny" } else { "allow" };
            writeln!(
                text,
                "  E{at}: {{ Type: AWS::EC2::NetworkAclEntry, Properties: {{ NetworkAclId: !Ref N, RuleNumber: {}, Protocol: 6, RuleAction: {action}, Egress: {}, CidrBlock: {block}, PortRange: {{ From: {from}, To: {to} }} }} }}",
                at + 1,
                at % 2 == 0,
            )
            .unwrap();
        }
        assert_eq!(soon(aws, &text), too_many, "{entries}");
    }
}

#[test]
fn everybody_to_everybody_is_not_told() {
    let mut text = NETWORK.to_owned();
    for at in 0..1000 {
        writeln!(
            text,
            "  G{at}: {{ Type: AWS::EC2::SecurityGroup, Properties: {{ VpcId: !Ref V, GroupDescription: d, SecurityGroupIngress: {{ IpProtocol: '-1', CidrIp: 10.0.0.0/16 }} }} }}"
        )
        .unwrap();
    }
    assert!(soon(aws, &text));
}

#[test]
fn a_group_that_everybody_may_reach_is_told() {
    let mut text = NETWORK.to_owned();
    text += &group("Hub", 0).replace("      SecurityGroupIngress:\n", "");
    for at in 0..1000 {
        writeln!(
            text,
            "  G{at}: {{ Type: AWS::EC2::SecurityGroup, Properties: {{ VpcId: !Ref V, GroupDescription: d }} }}\n  R{at}: {{ Type: AWS::EC2::SecurityGroupIngress, Properties: {{ GroupId: !GetAtt Hub.GroupId, SourceSecurityGroupId: !GetAtt G{at}.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443 }} }}"
        )
        .unwrap();
    }
    assert!(!soon(aws, &text));
}

#[test]
fn a_table_of_thousands_of_routes_is_not_compared() {
    let mut text = format!("{NETWORK}{}", group("G", 3));
    for at in 0..5000_u32 {
        let block = std::net::Ipv4Addr::from_bits(0x0b00_0000 | (at << 9));
        writeln!(
            text,
            "  R{at}: {{ Type: AWS::EC2::Route, Properties: {{ RouteTableId: !Ref T, DestinationCidrBlock: {block}/24, GatewayId: !Ref I }} }}"
        )
        .unwrap();
    }
    assert!(soon(aws, &text));
}

/// A network security group with rules, and subnets with it.
fn guarded(rules: u32, subnets: u32) -> String {
    let rules = (0..rules).map(|at| {
        let (block, from, to) = overlapping(at);
        let access = if at % 3 == 0 { "Deny" } else { "Allow" };
        format!(
            r#"{{ "name": "r{at}", "properties": {{ "priority": {}, "direction": "Inbound", "access": "{access}", "protocol": "Tcp", "sourceAddressPrefix": "{block}", "sourcePortRange": "{}-{}", "destinationAddressPrefix": "*", "destinationPortRange": "{from}-{to}" }} }}"#,
            100 + at,
            from / 2,
            to / 2 + 1,
        )
    });
    let rules: Vec<_> = rules.collect();
    let subnets = (0..subnets).map(|at| {
        let (high, low) = (at / 256, at % 256);
        format!(
            r#"{{ "name": "s{at}", "properties": {{ "addressPrefix": "10.{high}.{low}.0/24", "networkSecurityGroup": {{ "id": "[resourceId('Microsoft.Network/networkSecurityGroups', 'n')]" }} }} }}"#
        )
    });
    let subnets: Vec<_> = subnets.collect();
    format!(
        r#"{{ "$schema": "https://x/deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": [
  {{ "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01", "name": "n", "location": "l", "properties": {{ "securityRules": [{}] }} }},
  {{ "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2023-09-01", "name": "v", "location": "l", "dependsOn": ["n"], "properties": {{ "addressSpace": {{ "addressPrefixes": ["10.0.0.0/8"] }}, "subnets": [{}] }} }}
] }}"#,
        rules.join(",\n"),
        subnets.join(",\n"),
    )
}

#[test]
fn a_network_security_group_of_thousands_of_rules_is_not_compared() {
    assert!(!soon(azure, &guarded(60, 2)));
    assert!(soon(azure, &guarded(3900, 2)));
}

#[test]
fn subnets_behind_one_network_security_group_end() {
    soon(azure, &guarded(30, 30));
}

/// Parts of networks in any order, which name each other or nothing.
fn resources() -> impl Strategy<Value = String> {
    let blocks = prop::sample::select(vec![
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.0.0.0/24",
        "10.0.0.128/25",
        "10.0.1.7/32",
        "8.8.8.0/24",
        "127.0.0.1/32",
    ]);
    let ports = (0_u32..70, 0_u32..70).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let which = (0_usize..9, 0_u32..3, 0_u32..3, any::<bool>(), 1_u32..9);
    let one = (which, blocks, ports).prop_map(
        |((kind, a, b, egress, order), block, (from, to))| match kind {
            0 => format!("SecurityGroupIngress, Properties: {{ GroupId: !GetAtt G{a}.GroupId, IpProtocol: tcp, FromPort: {from}, ToPort: {to}, CidrIp: {block} }}"),
            1 => format!("SecurityGroupEgress, Properties: {{ GroupId: !GetAtt G{a}.GroupId, IpProtocol: udp, FromPort: {from}, ToPort: {to}, CidrIp: {block} }}"),
            2 => format!("SecurityGroupIngress, Properties: {{ GroupId: !GetAtt G{a}.GroupId, IpProtocol: '-1', SourceSecurityGroupId: !GetAtt G{b}.GroupId }}"),
            3 => format!("SecurityGroupEgress, Properties: {{ GroupId: !GetAtt G{a}.GroupId, IpProtocol: '-1', DestinationSecurityGroupId: !GetAtt V.DefaultSecurityGroup }}"),
            4 => format!("NetworkAclEntry, Properties: {{ NetworkAclId: !Ref N, RuleNumber: {order}, Protocol: 6, RuleAction: allow, Egress: {egress}, CidrBlock: {block}, PortRange: {{ From: {from}, To: {to} }} }}"),
            5 => format!("NetworkAclEntry, Properties: {{ NetworkAclId: !Ref N, RuleNumber: {order}, Protocol: -1, RuleAction: deny, Egress: {egress}, CidrBlock: {block} }}"),
            6 => format!("Route, Properties: {{ RouteTableId: !Ref T, DestinationCidrBlock: {block}, GatewayId: !Ref I }}"),
            7 => format!("Instance, Properties: {{ SubnetId: !Ref P, SecurityGroupIds: [!Ref G{a}, !Ref G{b}] }}"),
            _ => format!("Subnet, Properties: {{ VpcId: !Ref V, CidrBlock: {block} }}"),
        },
    );
    prop::collection::vec(one, 0..24).prop_map(|all| {
        let mut text = NETWORK.to_owned();
        text += "  N: { Type: AWS::EC2::NetworkAcl, Properties: { VpcId: !Ref V } }\n";
        text += "  M: { Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: { SubnetId: !Ref P, NetworkAclId: !Ref N } }\n";
        for at in 0..3 {
            text += &group(&format!("G{at}"), 0).replace("      SecurityGroupIngress:\n", "");
        }
        for (at, one) in all.iter().enumerate() {
            writeln!(text, "  X{at}: {{ Type: AWS::EC2::{one} }}").unwrap();
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_of_networks_in_any_order_never_panic(text in resources()) {
        let matrix = aws(&text).expect("a template");
        for found in flows(&matrix, None, None) {
            prop_assert!(!found.from.is_empty() && !found.to.is_empty());
        }
        for passage in &matrix.passages {
            prop_assert!(!passage.some.boxes().is_empty());
        }
    }

    #[test]
    fn what_can_be_read_can_be_judged(text in ".{0,200}") {
        if let Some(matrix) = aws(&format!("Resources:\n  A: {text}\n")) {
            let _ = flows(&matrix, None, None);
        }
    }
}
