//! The JSON of a plan and of a state is read as the configuration that it comes from.

use patternbook::cloud::aws::{Resource, RouteTarget, RulePeer};
use patternbook::cloud::{Resource as _, ResourceId, Term};
use patternbook::diag::{Code, Source};
use patternbook::read::{Reading, terraform};

fn read(json: &serde_json::Value) -> Reading<Resource> {
    let text = serde_json::to_string_pretty(json).unwrap();
    terraform::read_aws_plan(&Source::new("plan.json", &text)).unwrap()
}

fn plan() -> serde_json::Value {
    serde_json::json!({
        "format_version": "1.2",
        "planned_values": {
            "outputs": { "vpc": { "sensitive": false } },
            "root_module": {
                "resources": [
                    {
                        "address": "aws_security_group.web", "mode": "managed",
                        "type": "aws_security_group", "name": "web",
                        "values": {
                            "description": "d", "name": "web", "tags": null, "timeouts": null,
                            "revoke_rules_on_delete": false,
                            "ingress": [{
                                "cidr_blocks": ["10.0.0.0/8"], "description": "", "from_port": 443,
                                "ipv6_cidr_blocks": [], "prefix_list_ids": [], "protocol": "tcp",
                                "security_groups": [], "self": false, "to_port": 443
                            }]
                        }
                    },
                    {
                        "address": "aws_subnet.a[1]", "mode": "managed",
                        "type": "aws_subnet", "name": "a", "index": 1,
                        "values": { "cidr_block": "10.0.1.0/24", "assign_ipv6_address_on_creation": false }
                    }
                ],
                "child_modules": [{
                    "address": "module.net",
                    "resources": [
                        {
                            "address": "module.net.aws_vpc.this", "mode": "managed",
                            "type": "aws_vpc", "name": "this",
                            "values": { "cidr_block": "10.0.0.0/16", "enable_dns_support": true }
                        },
                        {
                            "address": "module.net.aws_route.out", "mode": "managed",
                            "type": "aws_route", "name": "out",
                            "values": { "destination_cidr_block": "0.0.0.0/0", "gateway_id": null }
                        },
                        {
                            "address": "module.net.aws_route_table.t", "mode": "managed",
                            "type": "aws_route_table", "name": "t", "values": {}
                        },
                        {
                            "address": "module.net.aws_internet_gateway.gw", "mode": "managed",
                            "type": "aws_internet_gateway", "name": "gw", "values": {}
                        }
                    ]
                }]
            }
        },
        "configuration": {
            "root_module": {
                "outputs": {
                    "vpc": {
                        "description": "The VPC.",
                        "expression": { "references": ["module.net.vpc_id", "module.net"] }
                    }
                },
                "resources": [
                    {
                        "address": "aws_security_group.web", "mode": "managed",
                        "type": "aws_security_group", "name": "web",
                        "expressions": {
                            "name": { "constant_value": "web" },
                            "description": { "constant_value": "d" },
                            "ingress": {},
                            "vpc_id": { "references": ["module.net.vpc_id", "module.net"] }
                        }
                    },
                    {
                        "address": "aws_subnet.a", "mode": "managed",
                        "type": "aws_subnet", "name": "a",
                        "expressions": {
                            "cidr_block": { "references": ["count.index"] },
                            "vpc_id": { "references": ["module.net.vpc_id", "module.net"] }
                        }
                    }
                ],
                "module_calls": {
                    "net": {
                        "source": "./net",
                        "expressions": {},
                        "module": {
                            "outputs": {
                                "vpc_id": { "expression": { "references": ["aws_vpc.this.id", "aws_vpc.this"] } }
                            },
                            "resources": [
                                {
                                    "address": "aws_vpc.this", "mode": "managed", "type": "aws_vpc", "name": "this",
                                    "expressions": { "cidr_block": { "constant_value": "10.0.0.0/16" } }
                                },
                                {
                                    "address": "aws_route.out", "mode": "managed", "type": "aws_route", "name": "out",
                                    "expressions": {
                                        "route_table_id": { "references": ["aws_route_table.t.id", "aws_route_table.t"] },
                                        "destination_cidr_block": { "constant_value": "0.0.0.0/0" },
                                        "gateway_id": { "references": ["aws_internet_gateway.gw.id", "aws_internet_gateway.gw"] }
                                    }
                                },
                                {
                                    "address": "aws_route_table.t", "mode": "managed",
                                    "type": "aws_route_table", "name": "t",
                                    "expressions": { "vpc_id": { "references": ["aws_vpc.this.id", "aws_vpc.this"] } }
                                },
                                {
                                    "address": "aws_internet_gateway.gw", "mode": "managed",
                                    "type": "aws_internet_gateway", "name": "gw",
                                    "expressions": { "vpc_id": { "references": ["aws_vpc.this.id", "aws_vpc.this"] } }
                                }
                            ]
                        }
                    }
                }
            }
        }
    })
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
