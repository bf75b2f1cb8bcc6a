//! What Azure would refuse: each limit by name, with the provider's page.

use super::*;

const LIMITS: &str =
    "azure-resource-manager/management/azure-subscription-service-limits#networking-limits";
const RULES: &str = "virtual-network/network-security-groups-overview";

#[test]
fn too_many_flows() {
    let mut plan = public();
    plan.flows
        .push(flow(2900, "10.0.0.0/8", "web", "tcp/1", "One too many."));
    refused(&plan, &["flows", "30", "29", RULES]);
}

/// That the resources of the first pattern are refused once its filter has these rules.
#[track_caller]
fn refused_rules(change: impl FnOnce(&mut Vec<SecurityRule>), words: &[&str]) {
    let mut resources = lowered(&public());
    for item in &mut resources.items {
        if let Resource::NetworkSecurityGroup(group) = item {
            return {
                change(&mut group.rules);
                let errors: Vec<_> = super::super::check::limits(&resources)
                    .iter()
                    .map(|error| format!("{error:?}"))
                    .collect();
                assert!(
                    errors
                        .iter()
                        .any(|error| words.iter().all(|word| error.contains(word))),
                    "{errors:#?}"
                );
            };
        }
    }
}

#[test]
fn too_many_rules_for_one_filter() {
    refused_rules(
        |rules| rules.resize(1001, rules[0].clone()),
        &["nsg-shop-web", "1001", "1000", LIMITS],
    );
}

#[test]
fn two_rules_of_one_priority_or_name() {
    let double = |rules: &mut Vec<SecurityRule>| rules.push(rules[0].clone());
    refused_rules(double, &["the priority", "204", RULES]);
    refused_rules(
        double,
        &["allow-tcp-from-public-load-balancer", "two rules"],
    );
}

#[test]
fn a_reason_that_is_too_long() {
    let mut plan = public();
    plan.flows[0].why = "x".repeat(141);
    refused(&plan, &["allow-tcp-from-internet", "141", "140", RULES]);
    plan.flows[0].why = "ä".repeat(140);
    lower(&plan).unwrap();
}

#[test]
fn names_that_are_too_long() {
    let mut plan = public();
    plan.stack = format!("s{}", "x".repeat(63));
    refused(&plan, &["vnet-", "69", "64", "resource-name-rules"]);
}

#[test]
fn names_of_other_characters() {
    let mut plan = public();
    plan.stack = "shöp".into();
    refused(
        &plan,
        &["vnet-shöp", "letters, digits", "resource-name-rules"],
    );
}

#[test]
fn names_that_become_the_same() {
    let mut plan = hybrid();
    let mut tier = plan.tiers["app"].clone();
    for name in ["app_x", "app-x"] {
        tier.name = name.into();
        plan.tiers.insert(name.into(), tier.clone());
    }
    refused(&plan, &["asg-shop-app-x", "two resources"]);
}

#[test]
fn subnets_that_are_too_small() {
    let mut plan = hybrid();
    plan.networks[0].subnets[0].members[0].cidr = cidr("10.20.0.0/30");
    refused(&plan, &["snet-web", "30", "29", "virtual-networks-faq"]);
    let mut plan = hybrid();
    plan.networks[0].subnets[2].members[0].cidr = cidr("10.20.2.0/28");
    refused(&plan, &["GatewaySubnet", "28", "27", "#gwsub"]);
}

#[test]
fn a_filter_where_azure_takes_none() {
    let mut resources = lowered(&hybrid());
    for item in &mut resources.items {
        if let Resource::Subnet(subnet) = item {
            subnet.network_security_group = Some("nsg".into());
        }
    }
    let found = super::super::check::limits(&resources);
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("`GatewaySubnet` has a network security group"));
}

#[test]
fn more_instances_than_a_subnet_has_addresses() {
    let with = |max: u32| {
        let mut plan = public();
        plan.networks[0].subnets[0].members[0].usable = 59;
        let machines = plan.tiers["web"].machines.as_mut().unwrap();
        machines.scale = Scale::Automatic { min: 2, max };
        plan
    };
    refused(
        &with(60),
        &["`web`", "60", "59", "Azure", "virtual-networks-faq"],
    );
    lower(&with(59)).unwrap();
}

#[test]
fn ranges_that_azure_keeps() {
    for range in [
        "169.254.0.0/16",
        "127.0.0.0/16",
        "168.63.0.0/16",
        "224.0.0.0/8",
    ] {
        let mut plan = public();
        plan.networks[0].cidrs = vec![cidr(range)];
        refused(&plan, &[range, "virtual-networks-faq"]);
    }
}

#[test]
fn tags_against_the_rules() {
    let page = "tag-resources";
    for (key, value) in [
        ("a<b", "x"),
        ("", "x"),
        ("[x", "x"),
        ("windows-size", "x"),
        ("PATTERNBOOK:Stack", "x"),
        (&*"k".repeat(513), "x"),
        ("k", &*"v".repeat(257)),
    ] {
        let mut plan = public();
        plan.tags.insert(key.into(), value.into());
        refused(&plan, &["tag", page]);
    }
    let mut plan = public();
    plan.tags = (0..49).map(|n| (format!("k{n}"), "v".into())).collect();
    refused(&plan, &["51", "50", page]);
    plan.tags = [("k".to_owned(), "a\nb".to_owned())].into();
    refused(&plan, &["control characters"]);
}

#[test]
fn more_outputs_than_a_template_has() {
    let mut plan = public();
    let tier = plan.tiers["web"].clone();
    for index in 0..40 {
        let name = format!("t{index}");
        let mut tier = tier.clone();
        tier.name.clone_from(&name);
        tier.machines = None;
        plan.tiers.insert(name, tier);
    }
    refused(&plan, &["outputs", "85", "64", "templates/best-practices"]);
}

#[test]
fn scale_sets_that_cannot_be() {
    let with = |change: &dyn Fn(&mut crate::plan::Machines)| {
        let mut plan = public();
        change(plan.tiers["web"].machines.as_mut().unwrap());
        plan
    };
    let many = with(&|machines| machines.scale = Scale::Automatic { min: 1, max: 1001 });
    refused(&many, &["1001", "1000", "placement-groups"]);
    let own = with(&|machines| {
        machines.scale = Scale::Automatic { min: 1, max: 17 };
        machines.public_addresses = true;
    });
    refused(&own, &["17", "16", "public-ip-address-prefix"]);
    let root = with(&|machines| machines.login.as_mut().unwrap().user = "root".into());
    refused(&root, &["\"root\"", "linux/faq"]);
    let path = with(&|machines| machines.login.as_mut().unwrap().user = "a/../b".into());
    refused(&path, &["a/../b"]);
    for taken in ["operator", "www-data", "landscape"] {
        let taken = with(&|machines| machines.login.as_mut().unwrap().user = taken.into());
        refused(&taken, &["Debian", "SystemGroups"]);
    }
    refused(&with(&|machines| machines.login = None), &["account"]);
    let urn = with(&|machines| machines.image = crate::plan::Bound::Known("a:b:c".into()));
    refused(&urn, &["3 parts", "publisher:offer:sku:version"]);
    refused(&with(&|machines| machines.size = "${x}".into()), &["${x}"]);
    let mut alone = with(&|machines| machines.repair = true);
    alone.flows.clear();
    refused(
        &alone,
        &["repair", "no probe", "automatic-instance-repairs"],
    );
    let script = with(&|machines| machines.bootstrap = Some("x".into()));
    refused(&script, &["script"]);
}

#[test]
fn ports_that_collide_or_end() {
    let mut plan = public_all();
    plan.flows[3].per_instance = Some(65_530);
    plan.flows[4].per_instance = Some(65_530);
    refused(&plan, &["65549", "65534", "manage-inbound-nat-rules"]);
    let mut plan = public_all();
    plan.flows[3].per_instance = Some(440);
    plan.flows[4].per_instance = Some(440);
    refused(&plan, &["public_load_balancer", "443"]);
}

#[test]
fn flows_that_no_rule_can_tell() {
    let add = |to: &str, allow: &str, through: Option<&str>| {
        let mut plan = public();
        let mut flow = flow(300, "internet", to, allow, "No.");
        flow.through = through.map(str::to_owned);
        plan.flows.push(flow);
        plan
    };
    refused(&add("web", "icmp/8", None), &["icmp/8", RULES]);
    refused(&add("public_load_balancer", "tcp/1", None), &["one end"]);
    refused(&add("web", "tcp/1", Some("inspection")), &["inspection"]);
    refused(
        &add("web", "tcp/1-9", Some("public_load_balancer")),
        &["one by one"],
    );
    refused(&add("web", "s3:read", None), &["s3:read"]);
}

#[test]
fn traffic_that_a_nat_gateway_drops() {
    for (allow, well) in [("icmp", false), ("all", false), ("udp/123", true)] {
        let mut plan = public_all();
        plan.flows
            .push(flow(302, "web", "internet", allow, "Pings."));
        if well {
            lower(&plan).unwrap();
        } else {
            refused(&plan, &[allow, "NAT gateway", "nat-gateway-resource"]);
        }
    }
}

#[test]
fn what_azure_has_not() {
    let mut plan = public();
    plan.networks[0].isolate_zones = true;
    plan.networks[0].flow_log_days = Some(30);
    plan.networks[0].zones = 4;
    assert_eq!(errors(&plan).len(), 3);
    refused(&plan, &["4", "3", "availability-zones"]);
}

#[test]
fn vpns_without_their_parts() {
    let mut plan = hybrid();
    plan.networks[0].subnets.pop();
    refused(&plan, &["subnet for its gateway"]);
    let mut plan = hybrid();
    plan.networks[0].vpn.as_mut().unwrap().key = None;
    refused(&plan, &["pre-shared key"]);
    let mut plan = hybrid();
    plan.networks[0].vpn.as_mut().unwrap().routing = VpnRouting::Bgp { asn: 65515 };
    refused(&plan, &["65515", "vpn-gateway-bgp-overview"]);
    let mut plan = hybrid();
    plan.networks[0].vpn = None;
    refused(&plan, &["default route through the datacenter"]);
    let mut plan = hybrid();
    plan.networks[0].subnets[0].default_route = DefaultRoute::Datacenter;
    refused(&plan, &["public tier `web`"]);
}

#[test]
fn sides_of_a_vpn_that_azure_does_not_take() {
    let mut plan = hybrid();
    plan.datacenter.as_mut().unwrap().ranges = vec![cidr("169.254.0.0/24")];
    refused(
        &plan,
        &["datacenter", "169.254.0.0/24", "virtual-networks-faq"],
    );
    let with = |device: &str| {
        let mut plan = hybrid();
        plan.networks[0].vpn.as_mut().unwrap().device =
            crate::plan::Bound::Known(device.parse().unwrap());
        plan
    };
    for device in [
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "224.0.0.1",
    ] {
        refused(&with(device), &[device, "VPN device", "vpn-gateway"]);
    }
    lower(&with("203.0.113.10")).unwrap();
}

#[test]
fn a_parameter_with_the_name_of_a_templates_own() {
    let mut plan = public();
    let mut image = plan.parameters["image"].clone();
    image.name = "location".into();
    plan.parameters.insert("location".into(), image);
    plan.tiers["web"].machines.as_mut().unwrap().image =
        crate::plan::Bound::Deploy("location".into());
    refused(&plan, &["`location`", "another name"]);
}
