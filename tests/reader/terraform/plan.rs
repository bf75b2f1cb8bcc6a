//! The JSON of a plan and of a state is read as the configuration that it comes from.

use patternbook::cloud::aws::{Resource, RouteTarget, RulePeer};
use patternbook::cloud::{Resource as _, ResourceId, Term};
use patternbook::diag::{Code, Source};
use patternbook::read::{Reading, terraform};

fn read(json: &serde_json::Value) -> Reading<Resource> {
    let text = serde_json::to_string_pretty(json).unwrap();
    terraform::read_aws_plan(&Source::new("plan.json", &text)).unwrap()
}

/// What `terraform show -json` writes for a plan of a network in a module, and what stands in it.
fn plan() -> serde_json::Value {
    serde_json::from_str(include_str!("plan.json")).unwrap()
}

fn find(reading: &Reading<Resource>, name: &str) -> Resource {
    let mut all = reading.resources.iter().map(|placed| &placed.resource);
    let found = all.find(|resource| resource.id().path.join("/") == name);
    found
        .unwrap_or_else(|| panic!("{name}: {reading:#?}"))
        .clone()
}

fn id_of(term: &Term) -> &ResourceId {
    match term {
        Term::Attribute(id, _) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_is_read_with_its_references() {
    let reading = read(&plan());
    assert_eq!(reading.unknown, []);
    let vpc = find(&reading, "module.net/this");
    let Resource::SecurityGroup(group) = find(&reading, "web") else {
        panic!("no group")
    };
    assert_eq!(id_of(&group.vpc), vpc.id());
    assert!(
        matches!(&group.ingress[0].peer, RulePeer::Cidr(cidr) if cidr.to_string() == "10.0.0.0/8")
    );
    let Resource::Subnet(subnet) = find(&reading, "a[1]") else {
        panic!("no subnet")
    };
    assert_eq!(id_of(&subnet.vpc), vpc.id());
    let Resource::Route(route) = find(&reading, "module.net/out") else {
        panic!("no route")
    };
    assert!(matches!(route.target, RouteTarget::Gateway(_)));
    assert_eq!(id_of(route.target.term()).name(), "gw");
    assert_eq!(id_of(&reading.outputs[0].value), vpc.id());
    assert_eq!(reading.outputs[0].help, "The VPC.");
    let place = &reading.resources[0].place;
    assert_eq!(place.text(), "aws_security_group.web");
}

#[test]
fn a_state_is_read_with_its_ids() {
    let state = serde_json::json!({
        "format_version": "1.0",
        "values": { "root_module": { "resources": [
            {
                "address": "aws_vpc.v", "mode": "managed", "type": "aws_vpc", "name": "v",
                "values": {
                    "id": "vpc-0a", "arn": "arn:aws:ec2:x:1:vpc/vpc-0a", "cidr_block": "10.0.0.0/16",
                    "enable_dns_hostnames": true, "enable_dns_support": true, "instance_tenancy": "default",
                    "main_route_table_id": "rtb-1", "owner_id": "1", "tags": { "Name": "V" }, "ipv6_cidr_block": ""
                }
            },
            {
                "address": "aws_subnet.s[\"a\"]", "mode": "managed", "type": "aws_subnet", "name": "s", "index": "a",
                "values": { "id": "subnet-1", "vpc_id": "vpc-0a", "cidr_block": "10.0.0.0/24", "tags": null }
            }
        ] } }
    });
    let reading = read(&state);
    assert_eq!(reading.unknown, []);
    let Resource::Subnet(subnet) = find(&reading, "s[\"a\"]") else {
        panic!("no subnet")
    };
    assert_eq!(id_of(&subnet.vpc).name(), "v");
}

#[test]
fn what_the_apply_alone_tells_is_unknown() {
    let mut plan = plan();
    let group = "/configuration/root_module/resources/0/expressions/vpc_id/references";
    *plan.pointer_mut(group).unwrap() = serde_json::json!(["local.vpc"]);
    let reading = read(&plan);
    assert_eq!(reading.unknown.len(), 1, "{:?}", reading.unknown);
    assert_eq!(reading.unknown[0].name, "aws_security_group.web");
}

#[test]
fn other_json_is_refused() {
    for (text, code) in [
        ("{}", Code::NoConfiguration),
        ("[", Code::YamlSyntax),
        ("", Code::Empty),
    ] {
        let diags = terraform::read_aws_plan(&Source::new("p.json", text)).unwrap_err();
        assert_eq!(diags.iter().next().unwrap().code, code, "{text}");
    }
}
