//! What stands stays: a zone, a subnet or a rule that is added moves none that was there, and no order decides.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::run::{Folder, project};

/// The blocks of a plan, by the names of their subnets.
fn blocks(folder: &Folder, arguments: &[&str]) -> BTreeMap<String, String> {
    let plan: Value = serde_json::from_str(&folder.done(arguments)).unwrap();
    let subnets = plan["networks"][0]["subnets"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    subnets
        .iter()
        .map(|subnet| (text(&subnet["name"]), text(&subnet["cidr"])))
        .collect()
}

#[test]
fn a_zone_that_is_added_moves_no_other() {
    let folder = Folder::new();
    let mut before = BTreeMap::new();
    for zones in 1..=6 {
        folder.write(
            "vpc.yaml",
            format!("stack: vpc\npattern: aws-private-vpn\nparameters: {{ zones: {zones} }}\n"),
        );
        let now = blocks(&folder, &["plan", "vpc.yaml", "--format", "json"]);
        assert_eq!(now.len(), zones);
        for (name, block) in &before {
            assert_eq!(now.get(name), Some(block), "{name} with {zones} zones");
        }
        before = now;
    }
}

fn shop_pattern(change: impl FnOnce(String) -> String) -> Folder {
    let folder = Folder::new();
    let text =
        std::fs::read_to_string(project().join("patterns/azure-hybrid-web-app.yaml")).unwrap();
    folder.write("patterns/azure-hybrid-web-app.yaml", change(text));
    folder.write("shop.yaml", "stack: shop\npattern: azure-hybrid-web-app\n");
    folder
}

const PLAN: [&str; 6] = [
    "plan",
    "shop.yaml",
    "--format",
    "json",
    "--patterns",
    "patterns",
];
const WEB: &str = "    web: { hosts: $web_hosts, default_route: $web_outbound }\n";

#[test]
fn a_subnet_that_a_later_version_adds_moves_no_other() {
    let before = blocks(&shop_pattern(|text| text), &PLAN);
    // Bigger than the others, and with a name before theirs: without `since` it would come first.
    let added = shop_pattern(|text| {
        let text = text.replacen("version: 1.0.0", "version: 1.1.0", 1);
        text.replacen(
            WEB,
            &format!("    analytics: {{ size: /20, since: 1.1.0 }}\n{WEB}"),
            1,
        )
    });
    let after = blocks(&added, &PLAN);
    assert_eq!(after.len(), before.len() + 1);
    for (name, block) in &before {
        assert_eq!(after.get(name), Some(block), "{name}");
    }
}

#[test]
fn the_order_of_the_subnets_decides_nothing() {
    let before = blocks(&shop_pattern(|text| text), &PLAN);
    let gateway = "    gateway: { size: /27, purpose: vpn_gateway }\n";
    let turned = shop_pattern(|text| {
        text.replacen(WEB, "", 1)
            .replacen(gateway, &format!("{gateway}{WEB}"), 1)
    });
    assert_eq!(blocks(&turned, &PLAN), before);
}

/// The priorities of all rules in the ARM template of a folder, by their names.
fn priorities(folder: &Folder) -> BTreeMap<String, i64> {
    folder.done(&["build", "shop.yaml", "--patterns", "patterns", "--force"]);
    let template: Value =
        serde_json::from_str(&folder.read("out/shop/arm/azuredeploy.json")).unwrap();
    let mut found = BTreeMap::new();
    collect_rules(&template, "", &mut found);
    assert!(found.len() > 5, "{found:?}");
    found
}

fn collect_rules(value: &Value, owner: &str, found: &mut BTreeMap<String, i64>) {
    match value {
        Value::Object(fields) => {
            let name = fields
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if let Some(priority) = value
                .pointer("/properties/priority")
                .and_then(Value::as_i64)
            {
                let direction = value
                    .pointer("/properties/direction")
                    .and_then(Value::as_str)
                    .unwrap();
                assert!(
                    found
                        .insert(format!("{owner}/{direction}/{name}"), priority)
                        .is_none()
                );
            }
            let owner = if fields.contains_key("type") {
                name
            } else {
                owner
            };
            fields
                .values()
                .for_each(|field| collect_rules(field, owner, found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_rules(item, owner, found)),
        _ => {}
    }
}

#[test]
fn a_rule_that_is_added_renumbers_no_other() {
    let before = priorities(&shop_pattern(|text| text));
    let first = "  - { from: internet, to: web,";
    let added = shop_pattern(|text| {
        text.replacen("version: 1.0.0", "version: 1.1.0", 1).replacen(
            first,
            &format!("  - {{ from: datacenter, to: app, allow: [tcp/9999, udp/9999], since: 1.1.0, why: Monitoring. }}\n{first}"),
            1,
        )
    });
    let after = priorities(&added);
    assert_eq!(after.len(), before.len() + 2, "{after:#?}");
    for (name, priority) in &before {
        assert_eq!(after.get(name), Some(priority), "{name}");
    }
}

/// A shop with lists, and the priorities of its rules.
fn shop_with(ports: &str, addresses: &str, traffic: &str) -> BTreeMap<String, i64> {
    let folder = shop_pattern(|text| text);
    folder.write(
        "shop.yaml",
        format!(
            "stack: shop\npattern: azure-hybrid-web-app\nparameters:\n  service_ports: [{ports}]\n  \
             admin_from: [{addresses}]\n  app_to_datacenter: [{traffic}]\n"
        ),
    );
    priorities(&folder)
}

#[test]
fn an_item_that_is_added_to_a_list_renumbers_no_rule() {
    let (port, address, traffic) = ("443", "198.51.100.0/24", "tcp/1433");
    let before = shop_with(port, address, traffic);
    for (ports, addresses) in [
        ("80, 443", address),
        ("443, 80", address),
        (port, "203.0.113.7/32, 198.51.100.0/24"),
        (port, "198.51.100.0/24, 203.0.113.7/32"),
        ("80, 443", "192.0.2.0/24, 203.0.113.7/32, 198.51.100.0/24"),
    ] {
        assert_eq!(shop_with(ports, addresses, traffic), before);
    }
    let listed = "udp/53, tcp/9000-9010, tcp/1433";
    let after = shop_with(port, address, listed);
    assert_eq!(after.len(), before.len() + 1, "{after:#?}");
    for (name, priority) in &before {
        assert_eq!(after.get(name), Some(priority), "{name}");
    }
    let turned = shop_with(port, address, "tcp/1433, udp/53, tcp/9000-9010");
    assert_eq!(turned, after);
}

#[test]
fn an_option_that_is_turned_on_renumbers_no_rule() {
    let before = priorities(&shop_pattern(|text| text));
    let after = shop_with("8443, 443", "198.51.100.0/24", "tcp/1433");
    assert_eq!(after.len(), before.len() + 1, "{after:#?}");
    for (name, priority) in &before {
        assert_eq!(after.get(name), Some(priority), "{name}");
    }
}
