//! Templates at which readers and checkers of templates go wrong, each with what it lets through.

use patternbook::cloud::aws::Resource;
use patternbook::diag::Source;
use patternbook::reach::proof::Verdict;
use patternbook::reach::{self, Matrix};
use patternbook::read::{Reading, cloudformation, terraform};

use crate::stacks::{cloudformation_of, examples, prove_cloudformation, told};

/// A VPC with a public subnet and a machine of the group `Web`, which each test adds.
const PUBLIC: &str = "
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Tie: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Association: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}}
  Server: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!GetAtt Web.GroupId]}}
";

/// The group `Web` with these properties beside its VPC.
fn web(properties: &str) -> String {
    format!(
        "  Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: web, VpcId: !Ref Vpc{properties}}}}}\n"
    )
}

/// What may come in to the group, which has no rule for what goes out.
const HTTPS: &str = ", SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: 127.0.0.1/32}],
    SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]";

/// The same network in Terraform.
const PUBLIC_TF: &str = r#"
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}
resource "aws_route_table" "public" { vpc_id = aws_vpc.main.id }
resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}
resource "aws_route_table_association" "public" {
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public.id
}
resource "aws_instance" "server" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
"#;

fn matrix_of(reading: &Reading<Resource>) -> Matrix {
    reach::aws::matrix(&reading.resources, &reading.unknown)
}

fn cloudformation(text: &str) -> Matrix {
    matrix_of(&cloudformation::read(&Source::new("template.yaml", text)).unwrap())
}

fn in_terraform(more: &str) -> Matrix {
    let text = format!("{PUBLIC_TF}{more}");
    matrix_of(&terraform::read_aws(&[Source::new("main.tf", &text)]).unwrap())
}

/// The public network with more resources.
fn public(more: &str) -> Matrix {
    cloudformation(&format!("{PUBLIC}{more}"))
}

/// What passes with the Internet or with blocks of addresses, in words; what stays between machines is left out.
fn beyond(matrix: &Matrix) -> Vec<String> {
    let flows = reach::flows::flows(matrix, None, None);
    let mut lines: Vec<_> = flows
        .iter()
        .filter(|it| it.from != it.to && it.through.as_deref() != Some("local"))
        .map(|it| format!("{} -> {} {}", it.from, it.to, it.allow))
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Everything that is not understood, in words.
fn unknown(matrix: &Matrix) -> Vec<String> {
    let unknown = matrix.unknown.iter();
    unknown
        .map(|it| format!("{} {}: {}", it.name, it.what, it.why))
        .collect()
}

#[track_caller]
fn assert_passes(matrix: &Matrix, lines: &[&str]) {
    assert_eq!(beyond(matrix), lines);
    assert_eq!(unknown(matrix), [""; 0]);
}

/// What passes to the group of [`HTTPS`] from whoever else is in the VPC.
const INSIDE: &str = "10.0.0.0/16 -> web tcp/443";

/// The template without one resource.
fn without(template: &str, name: &str) -> String {
    let resource = format!("  {name}: ");
    assert!(template.contains(&resource));
    let lines = template.lines().filter(|line| !line.starts_with(&resource));
    lines.map(|line| format!("{line}\n")).collect()
}

fn open_to_https() -> String {
    format!("{PUBLIC}{}", web(HTTPS))
}

#[test]
fn a_group_without_egress_is_open_in_cloudformation_and_closed_in_terraform() {
    assert_passes(&public(&web("")), &["web -> internet all"]);
    let group = "resource \"aws_security_group\" \"web\" { vpc_id = aws_vpc.main.id }\n";
    assert_passes(&in_terraform(group), &[]);
}

#[test]
fn egress_beside_a_group_only_is_ambiguous() {
    let rule = "  Out:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: !GetAtt Web.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 192.0.2.0/24}\n";
    let matrix = public(&format!("{}{rule}", web("")));
    let unknown = unknown(&matrix);
    assert_eq!(unknown.len(), 1);
    assert!(
        unknown[0].starts_with("Web AWS::EC2::SecurityGroup:"),
        "{unknown:?}"
    );
    // Of both readings, the open one is shown: nobody is to be surprised.
    let surprising = beyond(&matrix).iter().any(|line| line.ends_with(" all"));
    assert!(surprising, "{:#?}", beyond(&matrix));
}

#[test]
fn egress_to_nowhere_is_none() {
    for rule in [
        "{IpProtocol: '-1', CidrIp: 127.0.0.1/32}",
        "{IpProtocol: '-1', CidrIpv6: '::1/128'}",
        "{IpProtocol: icmp, FromPort: 252, ToPort: 86, CidrIp: 255.255.255.255/32}",
    ] {
        assert_passes(
            &public(&web(&format!(", SecurityGroupEgress: [{rule}]"))),
            &[],
        );
    }
}

#[test]
fn a_group_itself_beside_the_internet_in_one_block_is_open() {
    let group = |peers: &str| {
        format!(
            "resource \"aws_security_group\" \"web\" {{
  vpc_id = aws_vpc.main.id
  ingress {{
    protocol  = \"tcp\"
    from_port = 22
    to_port   = 22
    {peers}
  }}
}}\n"
        )
    };
    let open = group("self = true\n    cidr_blocks = [\"0.0.0.0/0\"]");
    let lines = ["10.0.0.0/16 -> web tcp/22", "internet -> web tcp/22"];
    assert_passes(&in_terraform(&open), &lines);
    assert_passes(&in_terraform(&group("self = true")), &[]);
}

#[test]
fn a_reference_to_a_group_is_not_open() {
    let matrix = in_terraform(
        r#"
resource "aws_security_group" "web" { vpc_id = aws_vpc.main.id }
resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id            = aws_security_group.web.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}
"#,
    );
    assert_passes(&matrix, &[]);
}

#[test]
fn a_public_range_is_that_range_and_not_the_internet() {
    let group = HTTPS.replace("0.0.0.0/0", "203.0.113.8/29");
    let lines = ["203.0.113.8/29 -> web tcp/443"];
    assert_passes(&public(&web(&group)), &lines);
}

#[test]
fn a_subnet_without_a_table_of_its_own_uses_the_main_one() {
    let all = open_to_https();
    assert_passes(&cloudformation(&all), &[INSIDE, "internet -> web tcp/443"]);
    assert_passes(&cloudformation(&without(&all, "Association")), &[INSIDE]);
}

#[test]
fn a_route_to_a_gateway_that_is_not_attached_is_a_black_hole() {
    let matrix = cloudformation(&without(&open_to_https(), "Tie"));
    assert_passes(&matrix, &[INSIDE]);
}

#[test]
fn an_egress_only_gateway_lets_nobody_in() {
    let table = "  Only: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref Vpc}}
  Route6:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: !Ref Only}
";
    let v6 = "  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: '2001:db8::/64', AssignIpv6AddressOnCreation: true}
  Block: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, Ipv6CidrBlock: '2001:db8::/56'}}
";
    let group =
        ", SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIpv6: '2a00::/16'}],
    SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIpv6: '2a00::/16'}]";
    let template = without(PUBLIC, "Subnet") + v6 + table + &web(group);
    let matrix = cloudformation(&template);
    assert_passes(&matrix, &["web -> 2a00::/16 tcp/443"]);
}

#[test]
fn blocked_public_access_stands_above_routes_and_is_assumed_not_to_be_there() {
    let closed = public(&format!(
        "{}  Block: {{Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: {{InternetGatewayBlockMode: block-bidirectional}}}}\n",
        web(HTTPS)
    ));
    assert_passes(&closed, &[INSIDE]);
    let open = cloudformation(&open_to_https());
    let mut assumed = open.assumptions.iter();
    assert!(assumed.any(|it| it.0.contains("VPC Block Public Access")));
}

/// The group of [`HTTPS`] behind a network ACL that lets everything in, and these entries for what goes out.
fn guarded(entries: &str) -> Matrix {
    public(&format!(
        "{}  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  Guard: {{Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{SubnetId: !Ref Subnet, NetworkAclId: !Ref Acl}}}}
  In:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
{entries}",
        web(HTTPS)
    ))
}

#[test]
fn what_is_not_answered_is_not_reached() {
    assert_passes(&guarded(""), &[INSIDE]);
}

#[test]
fn a_way_back_for_answers_opens_nothing_that_the_group_closes() {
    let answers = "  Out:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      {NetworkAclId: !Ref Acl, RuleNumber: 100, Egress: true, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: 1024, To: 65535}}
";
    let lines = [INSIDE, "internet -> web tcp/443"];
    assert_passes(&guarded(answers), &lines);
}

#[test]
fn who_has_no_route_back_does_not_connect() {
    let narrow = open_to_https().replace(
        "DestinationCidrBlock: 0.0.0.0/0",
        "DestinationCidrBlock: 8.0.0.0/8",
    );
    let lines = [INSIDE, "8.0.0.0/8 -> web tcp/443"];
    assert_passes(&cloudformation(&narrow), &lines);
}

#[test]
fn what_is_not_read_is_unknown_with_its_name() {
    let wall = "  Wall: {Type: AWS::NetworkFirewall::Firewall, Properties: {FirewallName: wall}}\n";
    let matrix = public(&format!("{}{wall}", web(HTTPS)));
    let named = unknown(&matrix);
    assert_eq!(named.len(), 1);
    assert!(
        named[0].starts_with("Wall AWS::NetworkFirewall::Firewall:"),
        "{named:?}"
    );

    let import = ", SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !ImportValue office}]";
    let named = unknown(&public(&web(import)));
    assert_eq!(named.len(), 1);
    assert!(named[0].contains("`SecurityGroupIngress`"), "{named:?}");
}

#[test]
fn nothing_is_proved_beside_what_is_not_read() {
    let (_, plan) = examples()
        .into_iter()
        .find(|(name, _)| name == "vpc")
        .unwrap();
    let wall =
        "  Wall:\n    Type: AWS::NetworkFirewall::Firewall\n    Properties: {FirewallName: wall}\n";
    let text = cloudformation_of(&plan).replacen("Resources:\n", &format!("Resources:\n{wall}"), 1);
    let proof = prove_cloudformation(&plan, &text);
    assert_eq!(proof.verdict(), Verdict::Unknown, "{}", told(&proof));
}
