//! A network with IPv6 is one for both versions of IP: in its addresses, in what it lets pass, and in what is proved of it.

use serde_json::Value as Json;

use crate::run::{Folder, project};

const WEB: &str = "stack: web\npattern: azure-public-web\n";
const DUAL: &str = "stack: web\npattern: azure-public-web\nparameters: { ipv6: fd00:1234::/48 }\n";

/// A pattern with two tiers that places of IPv6 can be tried with.
const TIERS: &str = "\
pattern: two-tiers
version: 1.0.0
state: draft
title: Two tiers
summary: Two tiers for machines that others place.
cloud: azure
sources:
  - { title: A handbook, author: Network team, year: 2026 }
parameters: {}
network:
  cidr: 10.10.0.0/16
  ipv6: fd00:1234::/48
  subnets:
    web: { size: /24 }
    app: { size: /24 }
tiers:
  web: { subnet: web }
  app: { subnet: app }
flows:
  - { from: web, to: app, allow: tcp/8443, why: The only way into the app tier. }
guarantees:
  - { never: internet, reaches: app }
";

fn built(stack: &str) -> Folder {
    let folder = Folder::new();
    folder.write("web.yaml", stack);
    folder.done(&["build", "web.yaml"]);
    folder
}

/// What the one pattern of a folder says, with a change.
fn with_pattern(id: &str, change: impl Fn(&str) -> String) -> Folder {
    let folder = Folder::new();
    let text = std::fs::read_to_string(project().join(format!("patterns/{id}.yaml"))).unwrap();
    let changed = change(&text);
    assert_ne!(changed, text);
    folder.write(&format!("patterns/{id}.yaml"), changed);
    folder
}

fn line(folder: &Folder, start: &str) -> String {
    let ledger = folder.read("patternbook.lock");
    let found = ledger.lines().find(|line| line.starts_with(start));
    found
        .unwrap_or_else(|| panic!("{start}: {ledger}"))
        .to_owned()
}

/// The words of flows that are missing or too much in a template.
fn refuted(folder: &Folder, path: &str, which: &str) -> Vec<String> {
    let refused = folder.run(&["prove", "web.yaml", path, "--format", "json"]);
    assert_eq!(refused.code, 1, "{}{}", refused.stdout, refused.stderr);
    let answer: Json = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(answer["verdict"], "refuted", "{answer:#}");
    let flows = answer[which].as_array().unwrap().iter();
    let words = |flow: &Json, key: &str| flow[key].as_str().unwrap().to_owned();
    flows
        .map(|flow| {
            ["from", "to", "allow"]
                .map(|key| words(flow, key))
                .join(" ")
        })
        .collect()
}

#[test]
fn every_subnet_has_a_64_which_the_ledger_keeps() {
    let more = |text: &str| {
        let subnets = "  subnets:\n";
        text.replacen(subnets, "  subnets:\n    cache: { size: /26 }\n", 1)
    };
    let folder = with_pattern("azure-public-web", more);
    let build = ["build", "web.yaml", "--patterns", "patterns"];
    folder.write("web.yaml", DUAL);
    folder.done(&["build", "web.yaml"]);
    let web = line(&folder, "subnet web - main web fd");
    assert_eq!(web, "subnet web - main web fd00:1234::/64");
    // By its name `cache` comes first, and would have the first block without a ledger.
    folder.done(&build);
    assert_eq!(line(&folder, "subnet web - main web fd"), web);
    let cache = line(&folder, "subnet web - main cache fd");
    assert_eq!(cache, "subnet web - main cache fd00:1234:0:1::/64");

    folder.done(&["build", "web.yaml"]);
    assert_eq!(
        line(&folder, "gone web - main cache fd"),
        cache.replace("subnet", "gone")
    );
    let freed = folder.done(&["release", "web", "cache"]);
    assert!(
        freed.contains("freed fd00:1234:0:1::/64 of cache\n"),
        "{freed}"
    );
    assert!(!folder.read("patternbook.lock").contains("cache"));
}

#[test]
fn a_recorded_block_outside_of_the_network_is_an_error_at_its_line() {
    let folder = built(DUAL);
    let ledger = folder.read("patternbook.lock");
    folder.write("web.yaml", DUAL.replace("fd00:1234", "fd00:4321"));
    let refused = folder.run(&["build", "web.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .stderr
            .contains("subnet web - main web fd00:1234::/64"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.read("patternbook.lock"), ledger);
}

#[test]
fn the_plan_shows_both_versions_and_adds_fields_only_where_there_is_ipv6() {
    let folder = Folder::new();
    folder.write("web.yaml", DUAL);
    let json = |folder: &Folder| -> Json {
        let text = folder.done(&["plan", "web.yaml", "--format", "json"]);
        serde_json::from_str(&text).unwrap()
    };
    let answer = json(&folder);
    let network = &answer["networks"][0];
    assert_eq!(network["ipv6"]["cidr"], "fd00:1234::/48");
    assert_eq!(network["ipv6"]["free"][0], "fd00:1234:0:1::/64");
    assert_eq!(network["subnets"][0]["cidr"], "10.10.0.0/24");
    assert_eq!(network["subnets"][0]["ipv6"], "fd00:1234::/64");
    let rows = folder.done(&["plan", "web.yaml", "--format", "csv"]);
    assert!(rows.contains("\nnetwork,fd00:1234::/48,web,,main,"));
    assert!(rows.contains("\nsubnet,fd00:1234::/64,web,,main,web,,,web: web\n"));
    folder.write("web.yaml", WEB);
    let network = &json(&folder)["networks"][0];
    assert!(network.get("ipv6").is_none());
    assert!(network["subnets"][0].get("ipv6").is_none());
}

#[test]
fn a_template_that_closes_one_version_is_refuted() {
    let folder = built(DUAL);
    let path = "out/web/terraform/load_balancing.tf";
    let text = folder.read(path);
    for (from, to) in [
        ("\"public-ipv6\"", "\"public\""),
        ("\"public\"", "\"public-ipv6\""),
    ] {
        let key = "frontend_ip_configuration_name = ";
        let (from, to) = (format!("{key}{from}"), format!("{key}{to}"));
        assert!(text.contains(&from), "{text}");
        folder.write(path, text.replacen(&from, &to, 1));
        let missing = refuted(&folder, "out/web/terraform", "missing");
        let internet = "internet web tcp/443".to_owned();
        assert!(missing.contains(&internet), "{missing:?}");
    }
}

#[test]
fn a_template_of_one_version_is_not_what_a_stack_of_both_says_nor_the_other_way_round() {
    let folder = built(DUAL);
    folder.write("web.yaml", WEB);
    for path in ["arm/azuredeploy.json", "terraform"] {
        let extra = refuted(&folder, &format!("out/web/{path}"), "extra");
        assert!(
            extra.contains(&"internet web tcp/443".to_owned()),
            "{extra:?}"
        );
    }
    folder.done(&["build", "web.yaml", "--force"]);
    folder.write("web.yaml", DUAL);
    for path in ["arm/azuredeploy.json", "terraform"] {
        let missing = refuted(&folder, &format!("out/web/{path}"), "missing");
        assert!(
            missing.contains(&"internet web tcp/443".to_owned()),
            "{missing:?}"
        );
    }
}

#[test]
fn tiers_meet_by_both_versions_and_what_is_closed_has_no_default_route_of_either() {
    let folder = Folder::new();
    folder.write("patterns/two-tiers.yaml", TIERS);
    folder.write("web.yaml", "stack: web\npattern: two-tiers\n");
    let build = ["build", "web.yaml", "--patterns", "patterns"];
    assert!(folder.done(&build).contains("proved web"));
    let routing = folder.read("out/web/terraform/routing.tf");
    for prefix in ["0.0.0.0/0", "::/0"] {
        let route = format!("address_prefix = \"{prefix}\"\n    next_hop_type  = \"None\"");
        assert_eq!(routing.matches(&route).count(), 2, "{routing}");
    }
    // A rule for addresses of one version of IP lets half of the flow pass.
    let path = "out/web/terraform/security.tf";
    let text = folder.read(path);
    let rule =
        "source_application_security_group_ids      = [azurerm_application_security_group.web.id]";
    let narrow = "source_address_prefix                      = \"10.10.0.0/16\"";
    let at = text.find("allow_tcp_from_web").unwrap();
    let (before, after) = text.split_at(at);
    assert!(after.contains(rule), "{text}");
    folder.write(path, format!("{before}{}", after.replacen(rule, narrow, 1)));
    let refused = folder.run(&[
        "prove",
        "web.yaml",
        "out/web/terraform",
        "--patterns",
        "patterns",
    ]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    let half = "nothing lets it pass by IPv6";
    assert!(refused.stdout.contains(half), "{}", refused.stdout);
}

#[test]
fn listed_addresses_of_both_versions_have_rules_of_their_own() {
    let listed = |text: &str| {
        text.replacen(
            "from: internet, to: web",
            "from: [198.51.100.0/24, \"2a00:1450::/32\"], to: web",
            1,
        )
        .replacen(
            "only: [internet, public_load_balancer]",
            "only: [198.51.100.0/24, \"2a00:1450::/32\", public_load_balancer]",
            1,
        )
    };
    let folder = with_pattern("azure-public-web", listed);
    folder.write("web.yaml", DUAL);
    let build = ["build", "web.yaml", "--patterns", "patterns"];
    assert!(folder.done(&build).contains("proved web"));
    let rules = folder.read("out/web/terraform/security.tf");
    for (name, block) in [
        ("allow-tcp-from-listed-addresses\"", "198.51.100.0/24"),
        ("allow-tcp-from-listed-addresses-ipv6\"", "2a00:1450::/32"),
    ] {
        assert!(rules.contains(name), "{rules}");
        let prefix = format!("source_address_prefix                      = \"{block}\"");
        assert!(rules.contains(&prefix), "{rules}");
    }
    // Without IPv6 in the network, nobody could come from there.
    folder.write("web.yaml", WEB);
    let refused = folder.run(&build);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB403"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("of IPv6, in a network without it"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_load_balancer_that_only_ipv4_passes_listens_and_asks_by_ipv4() {
    let listed = |text: &str| {
        let from = |who: &str| format!("from: {who}, to: web");
        let only = |who: &str| format!("only: [{who}, public_load_balancer]");
        text.replacen(&from("internet"), &from("198.51.100.0/24"), 1)
            .replacen(&only("internet"), &only("198.51.100.0/24"), 1)
    };
    let folder = with_pattern("azure-public-web", listed);
    folder.write("web.yaml", DUAL);
    let build = ["build", "web.yaml", "--patterns", "patterns"];
    assert!(folder.done(&build).contains("proved web"));
    let text = folder.read("out/web/terraform/load_balancing.tf");
    assert!(!text.contains("ipv6"), "{text}");
}

#[test]
fn administrators_come_by_ipv4_and_everybody_else_by_both() {
    let folder = built(
        "stack: web\npattern: azure-public-web\n\
         parameters: { ipv6: fd00:1234::/56, admin_from: [198.51.100.0/24] }\n",
    );
    let text = folder.read("out/web/terraform/load_balancing.tf");
    assert_eq!(text.matches("\"azurerm_lb_nat_rule\"").count(), 1, "{text}");
}

#[test]
fn ipv6_that_comes_opens_what_it_opens_and_moves_nothing() {
    let folder = Folder::new();
    folder.write("old/web.yaml", WEB);
    folder.write("new/web.yaml", DUAL);
    let changed = |old: &str, new: &str| -> Json {
        let outcome = folder.run(&["diff", old, new, "--format", "json"]);
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        serde_json::from_str(&outcome.stdout).unwrap()
    };
    let answer = changed("old/web.yaml", "new/web.yaml");
    assert_eq!(answer["opened"][0]["from"], "internet");
    assert_eq!(answer["closed"], serde_json::json!([]));
    assert_eq!(answer["moved"], serde_json::json!([]));
    let answer = changed("new/web.yaml", "old/web.yaml");
    assert_eq!(answer["closed"][0]["from"], "internet");
    assert_eq!(answer["moved"][0]["to"], "10.10.0.0/24");
}

#[track_caller]
fn refused(folder: &Folder, parameters: &str, code: &str, why: &str) {
    let stack = format!("stack: web\npattern: azure-public-web\nparameters: {{ {parameters} }}\n");
    folder.write("web.yaml", stack);
    let outcome = folder.run(&["build", "web.yaml"]);
    assert_eq!(outcome.code, 2, "{parameters}: {}", outcome.stderr);
    let error = format!("error[{code}]");
    assert!(outcome.stderr.contains(&error), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("web.yaml:"), "{}", outcome.stderr);
    assert_eq!(folder.files(), ["web.yaml"]);
}

#[test]
fn what_azure_carries_by_ipv4_only_is_refused_and_said() {
    let folder = Folder::new();
    let nat = "ipv6: fd00:1234::/48, outbound: nat";
    refused(
        &folder,
        nat,
        "PB403",
        "a NAT gateway in a network with IPv6",
    );
    let own = "ipv6: fd00:1234::/48, public_instances: true";
    refused(
        &folder,
        own,
        "PB403",
        "public addresses of instances of `web`",
    );

    let vpn = |text: &str| {
        text.replacen(
            "  cidr: $network\n",
            "  cidr: $network\n  ipv6: fd00:1234::/48\n",
            1,
        )
    };
    let folder = with_pattern("azure-hybrid-web-app", vpn);
    folder.write("a.yaml", "stack: a\npattern: azure-hybrid-web-app\n");
    let outcome = folder.run(&["build", "a.yaml", "--patterns", "patterns"]);
    assert_eq!(outcome.code, 2);
    let why = "a VPN gateway in a network with IPv6";
    assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
    refused(
        &Folder::new(),
        "ipv6: provided",
        "PB403",
        "Azure gives a network no block of IPv6",
    );
}

#[test]
fn blocks_that_no_network_can_have_are_refused() {
    let folder = Folder::new();
    refused(&folder, "ipv6: fd00:1234::/40", "PB205", "`/48` to `/64`");
    refused(&folder, "ipv6: fd00:1234::/65", "PB205", "`/48` to `/64`");
    refused(&folder, "ipv6: 10.0.0.0/16", "PB212", "an IPv4 block");
    refused(
        &folder,
        "ipv6: fd00:1234::1/64",
        "PB212",
        "`fd00:1234::/64`",
    );
    refused(&folder, "ipv6: \"fe80::/64\"", "PB212", "`fd00::/8`");
}

#[test]
fn what_is_forbidden_is_left_alone_by_ipv6_too() {
    let folder = Folder::new();
    let forbidden = |range: &str| {
        format!("{DUAL}forbidden:\n  - {{ range: \"{range}\", why: The campus has it. }}\n")
    };
    folder.write("web.yaml", forbidden("fd00:1234::/64"));
    folder.done(&["build", "web.yaml"]);
    assert_eq!(
        line(&folder, "subnet web - main web fd"),
        "subnet web - main web fd00:1234:0:1::/64"
    );
    folder.write("web.yaml", forbidden("fd00::/16"));
    let outcome = folder.run(&["plan", "web.yaml"]);
    assert_eq!(outcome.code, 2);
    let why = "`fd00:1234::/48` is in `fd00::/16`, which is forbidden";
    assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
}

#[test]
fn a_block_with_too_few_subnets_says_which_would_do() {
    let folder = Folder::new();
    folder.write(
        "patterns/two-tiers.yaml",
        TIERS.replace("fd00:1234::/48", "fd00:1234::/64"),
    );
    folder.write("web.yaml", "stack: web\npattern: two-tiers\n");
    let outcome = folder.run(&["plan", "web.yaml", "--patterns", "patterns"]);
    assert_eq!(outcome.code, 2);
    let help = "the smallest network that would do is a /63; or ask for fewer subnets";
    assert!(outcome.stderr.contains(help), "{}", outcome.stderr);
}
