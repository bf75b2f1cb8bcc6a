//! Configurations that others write: what Terraform means is what is read, and what is not read is said.

use patternbook::cloud::aws::{Direction, Principal, Resource, RouteTarget, Rule, RulePeer, Scope};
use patternbook::cloud::{Attribute, Term};
use patternbook::diag::Source;
use patternbook::read::Reading;

use super::written::{read, read_text};

#[track_caller]
fn reading(text: &str) -> Reading<Resource> {
    read_text(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The reading of a text in which nothing is unknown.
#[track_caller]
fn known(text: &str) -> Vec<Resource> {
    let reading = reading(text);
    assert_eq!(reading.unknown, [], "{text}");
    reading
        .resources
        .into_iter()
        .map(|it| it.resource)
        .collect()
}

fn why(text: &str) -> Vec<String> {
    let unknown = reading(text).unknown.into_iter();
    unknown
        .map(|it| format!("{}: {}", it.name, it.why))
        .collect()
}

fn rules(rules: &[Rule]) -> Vec<String> {
    let shown = rules.iter().map(|rule| {
        let peer = match &rule.peer {
            RulePeer::Cidr(cidr) => cidr.to_string(),
            RulePeer::Group(Term::Attribute(id, _)) => id.path.join("/"),
            other => format!("{other:?}"),
        };
        format!("{} {peer}", rule.traffic)
    });
    shown.collect()
}

/// The rules of the one group of a text, in and out.
#[track_caller]
fn group(text: &str) -> [Vec<String>; 2] {
    let resources = known(text);
    let group = resources.iter().find_map(|resource| match resource {
        Resource::SecurityGroup(group) => Some(group),
        _ => None,
    });
    let group = group.unwrap();
    [rules(&group.ingress), rules(&group.egress)]
}

#[test]
fn a_group_that_says_nothing_lets_nothing_out() {
    let [ingress, egress] = group(r#"resource "aws_security_group" "a" { vpc_id = "vpc-1" }"#);
    assert_eq!((ingress.len(), egress.len()), (0, 0));
}

#[test]
fn blocks_and_the_lists_that_stand_for_them_are_the_same() {
    let block = r#"
        resource "aws_security_group" "a" {
          vpc_id = "vpc-1"
          ingress {
            from_port       = 443
            to_port         = 443
            protocol        = "tcp"
            cidr_blocks     = ["10.0.0.0/8", "192.168.0.0/16"]
            self            = true
            security_groups = [aws_security_group.a.id]
          }
          egress {
            from_port        = 0
            to_port          = 0
            protocol         = "-1"
            cidr_blocks      = ["0.0.0.0/0"]
            ipv6_cidr_blocks = ["::/0"]
          }
        }"#;
    let right = [
        vec![
            "tcp/443 10.0.0.0/8",
            "tcp/443 192.168.0.0/16",
            "tcp/443 a",
            "tcp/443 a",
        ],
        vec!["all 0.0.0.0/0", "all ::/0"],
    ];
    // A group that names itself is refused by Terraform: `self` is how it is said.
    assert!(read_text(block).is_err());
    let block = block.replace("security_groups = [aws_security_group.a.id]", "");
    let [ingress, egress] = group(&block);
    assert_eq!(ingress, right[0][..3]);
    assert_eq!(egress, right[1]);
    let list = block
        .replace("ingress {", "ingress = [{")
        .replace(
            "          }\n          egress {",
            "          }]\n          egress = [{",
        )
        .replace("[\"::/0\"]\n          }", "[\"::/0\"]\n          }]");
    assert_eq!(group(&list), [ingress, egress]);
    assert_eq!(
        group(
            r#"resource "aws_security_group" "a" {
            vpc_id = "v"
            ingress = []
        }"#
        ),
        [Vec::<String>::new(), Vec::new()]
    );
}

#[test]
fn rules_of_every_kind_stand_beside_their_group() {
    let [ingress, egress] = group(
        r#"
        resource "aws_security_group" "a" { vpc_id = "vpc-1" }
        resource "aws_security_group_rule" "old" {
          type              = "ingress"
          security_group_id = aws_security_group.a.id
          from_port         = 8
          to_port           = 0
          protocol          = "icmp"
          cidr_blocks       = ["10.0.0.0/8"]
          self              = true
        }
        resource "aws_vpc_security_group_egress_rule" "new" {
          for_each          = toset(["10.1.0.0/16", "10.2.0.0/16"])
          security_group_id = aws_security_group.a.id
          ip_protocol       = "50"
          cidr_ipv4         = each.value
        }"#,
    );
    assert_eq!(ingress, ["icmp/8/0 10.0.0.0/8", "icmp/8/0 a"]);
    assert_eq!(
        egress,
        ["protocol/50 10.1.0.0/16", "protocol/50 10.2.0.0/16"]
    );
}

#[test]
fn the_group_of_a_vpc_may_have_rules_of_its_own() {
    let resources = known(
        r#"
        resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
        resource "aws_default_security_group" "main" {
          vpc_id = aws_vpc.main.id
          ingress {
            protocol  = "-1"
            from_port = 0
            to_port   = 0
            self      = true
          }
        }
        resource "aws_vpc_security_group_egress_rule" "out" {
          security_group_id = aws_vpc.main.default_security_group_id
          ip_protocol       = "-1"
          cidr_ipv4         = "0.0.0.0/0"
        }"#,
    );
    let rules = resources.iter().filter_map(|resource| match resource {
        Resource::SecurityGroupRule(rule) => Some((rule.direction, rule.group.clone())),
        _ => None,
    });
    let rules: Vec<_> = rules.collect();
    assert_eq!(rules[0].0, Direction::Ingress);
    assert_eq!(rules[1].0, Direction::Egress);
    assert_eq!(rules[0].1, rules[1].1);
}

#[test]
fn entries_inside_and_beside_an_acl_stand_by_their_numbers() {
    let resources = known(
        r#"
        resource "aws_network_acl" "a" {
          vpc_id     = "vpc-1"
          subnet_ids = ["subnet-1"]
          ingress {
            rule_no    = 200
            action     = "deny"
            protocol   = "6"
            from_port  = 22
            to_port    = 22
            cidr_block = "0.0.0.0/0"
          }
        }
        resource "aws_network_acl_rule" "b" {
          network_acl_id = aws_network_acl.a.id
          rule_number    = 100
          rule_action    = "ALLOW"
          protocol       = "-1"
          cidr_block     = "10.0.0.0/8"
        }
        resource "aws_network_acl_association" "c" {
          network_acl_id = aws_network_acl.a.id
          subnet_id      = "subnet-2"
        }"#,
    );
    let Resource::NetworkAcl(acl) = &resources[0] else {
        panic!("no ACL")
    };
    let numbers: Vec<_> = acl.ingress.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [100, 200]);
    assert_eq!(acl.subnets, ["subnet-1".into(), "subnet-2".into()]);
}

/// A VPC as people write it.
const VPC: &str = r#"
        variable "cidr" { default = "10.0.0.0/16" }
        variable "zones" {
          type    = list(string)
          default = ["a", "b"]
        }
        locals {
          name    = "demo"
          subnets = { for at, zone in var.zones : zone => cidrsubnet(var.cidr, 8, at + 10) }
        }
        data "aws_region" "here" {}
        resource "aws_vpc" "main" {
          cidr_block = var.cidr
          tags       = merge({ Team = "x" }, { Name = "${local.name}-vpc" })
        }
        resource "aws_subnet" "public" {
          count                   = length(var.zones)
          vpc_id                  = aws_vpc.main.id
          cidr_block              = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
          availability_zone       = "${data.aws_region.here.name}${var.zones[count.index]}"
          map_public_ip_on_launch = true
        }
        resource "aws_subnet" "private" {
          for_each   = local.subnets
          vpc_id     = aws_vpc.main.id
          cidr_block = each.value
        }
        resource "aws_internet_gateway" "gw" { vpc_id = aws_vpc.main.id }
        resource "aws_eip" "nat" { domain = "vpc" }
        resource "aws_nat_gateway" "nat" {
          allocation_id = aws_eip.nat.id
          subnet_id     = aws_subnet.public[0].id
        }
        resource "aws_route_table" "public" {
          vpc_id = aws_vpc.main.id
          route {
            cidr_block = "0.0.0.0/0"
            gateway_id = aws_internet_gateway.gw.id
          }
        }
        resource "aws_route_table" "private" { vpc_id = aws_vpc.main.id }
        resource "aws_route" "out" {
          route_table_id         = aws_route_table.private.id
          destination_cidr_block = "0.0.0.0/0"
          nat_gateway_id         = aws_nat_gateway.nat.id
        }
        resource "aws_route_table_association" "public" {
          count          = length(aws_subnet.public)
          subnet_id      = element(aws_subnet.public[*].id, count.index)
          route_table_id = aws_route_table.public.id
        }
        resource "aws_instance" "web" {
          ami                    = "ami-1"
          instance_type          = "t3.micro"
          subnet_id              = aws_subnet.private["b"].id
          vpc_security_group_ids = [aws_security_group.web.id]
          user_data              = <<-EOT
            #!/bin/sh
            %{ for zone in var.zones ~}
            echo ${zone}
            %{ endfor ~}
          EOT
        }
        resource "aws_security_group" "web" {
          vpc_id = aws_vpc.main.id
          dynamic "ingress" {
            for_each = [80, 443]
            content {
              from_port   = ingress.value
              to_port     = ingress.value
              protocol    = "tcp"
              cidr_blocks = values(local.subnets)
            }
          }
        }
        output "subnets" { value = join(",", [for s in aws_subnet.public : s.id]) }"#;

#[test]
fn a_vpc_as_people_write_it_is_read_whole() {
    let text = VPC;
    let resources = known(text);
    let cidrs = resources.iter().filter_map(|resource| match resource {
        Resource::Subnet(subnet) => Some((subnet.id.path.join("/"), subnet.cidr.to_string())),
        _ => None,
    });
    let cidrs: Vec<_> = cidrs.collect();
    let right = [
        ("public[0]", "10.0.0.0/24"),
        ("public[1]", "10.0.1.0/24"),
        ("private[\"a\"]", "10.0.10.0/24"),
        ("private[\"b\"]", "10.0.11.0/24"),
    ];
    assert_eq!(
        cidrs,
        right.map(|(id, cidr)| (id.to_owned(), cidr.to_owned()))
    );
    let [ingress, _] = group(text);
    assert_eq!(ingress.len(), 4);
    let targets = resources.iter().filter_map(|resource| match resource {
        Resource::Route(route) => Some(&route.target),
        _ => None,
    });
    let targets: Vec<_> = targets.collect();
    assert!(matches!(
        targets[0],
        RouteTarget::Gateway(Term::Attribute(_, Attribute::Id))
    ));
    assert!(matches!(targets[1], RouteTarget::NatGateway(_)));
    let assumed = reading(text).parameters;
    assert!(assumed.iter().all(|parameter| parameter.assumed));
}

#[test]
fn modules_are_read_where_their_files_are_given() {
    let files = [
        Source::new(
            "site/main.tf",
            r#"
            module "net" {
              source = "./modules/net"
              for_each = { one = "10.1.0.0/16", two = "10.2.0.0/16" }
              cidr = each.value
            }
            resource "aws_subnet" "a" {
              vpc_id     = module.net["two"].vpc_id
              cidr_block = cidrsubnet(module.net["two"].cidr, 8, 1)
            }
            module "far" { source = "terraform-aws-modules/vpc/aws" }
            output "far" { value = module.far.vpc_id }"#,
        ),
        Source::new(
            "site/modules/net/main.tf",
            r#"
            variable "cidr" { type = string }
            variable "more" {
              type    = object({ dns = optional(bool, true) })
              default = {}
            }
            resource "aws_vpc" "this" {
              cidr_block           = var.cidr
              enable_dns_hostnames = var.more.dns
            }
            output "vpc_id" { value = aws_vpc.this.id }
            output "cidr" { value = aws_vpc.this.cidr_block }"#,
        ),
    ];
    let reading = read(&files).unwrap();
    let unknown: Vec<_> = reading.unknown.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(unknown, ["module.far", "far"]);
    let Resource::Subnet(subnet) = &reading.resources[0].resource else {
        panic!("no subnet")
    };
    assert_eq!(subnet.cidr.to_string(), "10.2.1.0/24");
    let Resource::Vpc(two) = &reading.resources[2].resource else {
        panic!("no VPC")
    };
    assert!(two.dns_names);
    assert_eq!(subnet.vpc, two.id.id());
    assert_eq!(two.id.path[..], ["module.net[\"two\"]", "this"]);
}

#[test]
fn policies_of_all_ways_of_writing_are_the_same() {
    let written = [
        r#"jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Sid = "S", Effect = "Allow", Action = "s3:GetObject",
              Principal = { AWS = "*" }, Resource = "${aws_s3_bucket.b.arn}/*"
              Condition = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/8"] } }
            }]
        })"#,
        r#"<<EOF
        {
          "Version": "2012-10-17",
          "Statement": {
            "Sid": "S", "Effect": "Allow", "Action": ["s3:GetObject"],
            "Principal": "*", "Resource": "${aws_s3_bucket.b.arn}/*",
            "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }
          }
        }
EOF
        "#,
        "data.aws_iam_policy_document.d.json",
    ];
    let policies = written.map(|policy| {
        let resources = known(&format!(
            r#"
            resource "aws_s3_bucket" "b" {{ bucket = "b" }}
            resource "aws_s3_bucket_policy" "b" {{
              bucket = aws_s3_bucket.b.id
              policy = {policy}
            }}
            data "aws_iam_policy_document" "d" {{
              statement {{
                sid       = "S"
                actions   = ["s3:GetObject"]
                resources = ["${{aws_s3_bucket.b.arn}}/*"]
                principals {{
                  type        = "*"
                  identifiers = ["*"]
                }}
                condition {{
                  test     = "IpAddress"
                  variable = "aws:SourceIp"
                  values   = ["10.0.0.0/8"]
                }}
              }}
            }}"#
        ));
        let found = resources.into_iter().find_map(|resource| match resource {
            Resource::BucketPolicy(policy) => Some(policy.policy),
            _ => None,
        });
        found.unwrap()
    });
    assert_eq!(policies[0], policies[1]);
    assert_eq!(policies[0], policies[2]);
    let statement = &policies[0].statements[0];
    assert_eq!(statement.principal, Some(Principal::Everyone));
    assert_eq!(statement.actions, Scope::These(vec!["s3:GetObject".into()]));
}

#[test]
fn what_is_not_read_is_said() {
    assert_eq!(
        why(r#"resource "aws_dynamodb_table" "t" { name = "t" }"#),
        ["aws_dynamodb_table.t: resources of this type are not read"]
    );
    assert_eq!(
        why(r#"resource "aws_vpc" "v" {
            cidr_block = "10.0.0.0/16"
            odd        = 1
        }"#),
        ["aws_vpc.v: `odd` is not read"]
    );
    let open = why(r#"
        variable "many" {}
        resource "aws_vpc" "v" {
          count      = var.many
          cidr_block = "10.0.0.0/16"
        }"#);
    assert_eq!(open, ["aws_vpc.v: the variable `many` has no value yet"]);
    let rule = why(r#"
        data "http" "me" { url = "https://example.com" }
        resource "aws_security_group" "g" {
          vpc_id = "v"
          ingress {
            protocol    = "tcp"
            from_port   = 22
            to_port     = 22
            cidr_blocks = [chomp(data.http.me.response_body)]
          }
        }"#);
    assert_eq!(rule.len(), 1, "{rule:?}");
}

#[test]
fn values_of_files_are_known_and_defaults_are_assumed() {
    let main = Source::new(
        "main.tf",
        r#"
        variable "cidr" { default = "10.0.0.0/16" }
        resource "aws_vpc" "v" { cidr_block = var.cidr }"#,
    );
    let reading = read(std::slice::from_ref(&main)).unwrap();
    assert!(reading.parameters[0].assumed);
    let given = Source::new("terraform.tfvars", "cidr = \"10.9.0.0/16\"\n");
    let other = Source::new("other.tfvars", "cidr = \"10.8.0.0/16\"\n");
    let reading = read(&[main, given, other]).unwrap();
    assert!(!reading.parameters[0].assumed);
    let Resource::Vpc(vpc) = &reading.resources[0].resource else {
        panic!("no VPC")
    };
    assert_eq!(vpc.cidr.to_string(), "10.9.0.0/16");
    assert_eq!(vpc.id.name(), "v");
}

#[test]
fn what_is_tried_and_not_understood_stays_unknown() {
    let vpc = |cidr: &str| format!("resource \"aws_vpc\" \"v\" {{\n  cidr_block = {cidr}\n}}\n");
    known(&vpc(r#"try({ a = 1 }.b, "10.0.0.0/16")"#));
    assert_eq!(why(&vpc(r#"try(regex("x", "x"), "10.0.0.0/16")"#)).len(), 1);
    assert_eq!(
        why(&vpc(
            r#"can(regex("x", "x")) ? "10.0.0.0/16" : "10.1.0.0/16""#
        ))
        .len(),
        1
    );
}
