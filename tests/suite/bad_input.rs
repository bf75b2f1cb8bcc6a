//! Bad input is a clear error with its place; nothing is written, and the exit code is 2.

use std::fmt::Write as _;

use crate::run::Folder;
use crate::schema;

/// Builds `stack`, which must fail with `code` and underline `marked`, and write nothing.
#[track_caller]
fn refused(stack: &[u8], code: &str, marked: &str) -> String {
    let folder = Folder::new();
    folder.write("stack.yaml", stack);
    let outcome = folder.run(&["build", "stack.yaml"]);
    let shown = String::from_utf8_lossy(stack)
        .chars()
        .take(200)
        .collect::<String>();
    assert_eq!(outcome.code, 2, "{shown}: {}", outcome.stderr);
    assert_eq!(folder.files(), ["stack.yaml"], "{shown}");
    assert!(
        outcome.stderr.contains(&format!("error[{code}]")),
        "{shown}: {}",
        outcome.stderr
    );
    if !marked.is_empty() {
        let lines: Vec<_> = outcome.stderr.lines().collect();
        let underlined = lines.windows(2).any(|pair| {
            let start = pair[1].find('^');
            start.is_some_and(|start| {
                let text: String = pair[0]
                    .chars()
                    .skip(start)
                    .take(marked.chars().count())
                    .collect();
                text == marked && pair[1].matches('^').count() == marked.chars().count()
            })
        });
        assert!(
            underlined,
            "`{marked}` is not underlined in\n{}",
            outcome.stderr
        );
    }
    schema::judges_alike(&folder, "stack.yaml", code, marked);
    outcome.stderr
}

fn vpc(parameters: &str) -> Vec<u8> {
    format!("stack: vpc\npattern: aws-private-vpn\nparameters:\n  {parameters}\n").into_bytes()
}

#[test]
fn addresses_that_make_no_sense() {
    let help = refused(&vpc("network: 10.0.0.9/16"), "PB212", "10.0.0.9/16");
    assert!(help.contains("`10.0.0.0/16`"), "{help}");
    refused(&vpc("network: \"fd00::/48\""), "PB212", "\"fd00::/48\"");
    refused(&vpc("network: 10.0.0.0"), "PB212", "10.0.0.0");
    refused(&vpc("network: 10.0.0.0/33"), "PB212", "10.0.0.0/33");
    refused(&vpc("network: 10.0.0.0/8"), "PB205", "10.0.0.0/8");
    refused(&vpc("vpn_device: 203.0.113.300"), "PB203", "203.0.113.300");
    refused(
        &vpc("datacenter: 192.168.0.0/16"),
        "PB203",
        "192.168.0.0/16",
    );
}

#[test]
fn a_network_smaller_than_asked_says_what_would_do() {
    let help = refused(&vpc("network: 10.0.0.0/24"), "PB301", "10.0.0.0/24");
    for part in [
        "`private` does not fit",
        "a /19",
        "largest free block",
        "smallest network that would do is a /19",
    ] {
        assert!(help.contains(part), "`{part}` is not in {help}");
    }
}

#[test]
fn a_datacenter_that_overlaps_the_network() {
    let help = refused(&vpc("datacenter: [10.0.0.0/8]"), "PB302", "");
    assert!(
        help.contains("`10.0.0.0/16` overlaps `10.0.0.0/8` of the datacenter"),
        "{help}"
    );
}

#[test]
fn administrators_who_are_not_outside() {
    let web = |parameters: &str| {
        format!("stack: web\npattern: azure-public-web\nparameters: {{ {parameters} }}\n")
    };
    for block in ["10.10.0.0/24", "10.0.0.0/8"] {
        let stack = web(&format!("admin_from: [198.51.100.0/24, {block}]"));
        refused(stack.as_bytes(), "PB302", block);
    }
    refused(
        web("admin_from: [0.0.0.0/0]").as_bytes(),
        "PB205",
        "[0.0.0.0/0]",
    );
    let shop = "stack: shop\npattern: azure-hybrid-web-app\nparameters: { admin_from: [192.168.5.0/24] }\n";
    refused(shop.as_bytes(), "PB302", "192.168.5.0/24");
}

#[test]
fn a_management_port_that_everybody_may_use() {
    for parameters in [
        "service_ports: [443, 22]",
        "admin_port: 443, admin_from: [198.51.100.0/24]",
    ] {
        let stack =
            format!("stack: web\npattern: azure-public-web\nparameters: {{ {parameters} }}\n");
        let help = refused(stack.as_bytes(), "PB214", "");
        assert!(help.contains("is broken by the flow"), "{help}");
    }
}

#[test]
fn numbers_out_of_bounds() {
    refused(&vpc("zones: 0"), "PB205", "0");
    refused(&vpc("zones: 7"), "PB205", "7");
    refused(&vpc("zones: two"), "PB203", "two");
    refused(&vpc("inbound: [tcp/0]"), "PB211", "tcp/0");
    refused(&vpc("inbound: [tcp/70000]"), "PB211", "tcp/70000");
    refused(&vpc("inbound: [tpc/443]"), "PB211", "tpc/443");
    let web = "stack: web\npattern: azure-public-web\nparameters:\n  ";
    refused(
        format!("{web}service_ports: [0]\n").as_bytes(),
        "PB205",
        "0",
    );
    refused(
        format!("{web}service_ports: [443, 70000]\n").as_bytes(),
        "PB205",
        "70000",
    );
    refused(
        format!("{web}min_instances: 11\n").as_bytes(),
        "PB205",
        "11",
    );
}

#[test]
fn names_that_a_cloud_refuses() {
    for name in ["My-VPC", "1vpc", "vpc_1", "vpc-", "a--b", "ü"] {
        refused(
            format!("stack: {name}\npattern: aws-private-vpn\n").as_bytes(),
            "PB206",
            name,
        );
    }
    let long = "a".repeat(33);
    refused(
        format!("stack: {long}\npattern: aws-private-vpn\n").as_bytes(),
        "PB206",
        &long,
    );
}

#[test]
fn a_pattern_that_nobody_has_brings_the_nearest_to_mind() {
    let help = refused(
        b"stack: vpc\npattern: aws-privat-vpn\n",
        "PB208",
        "aws-privat-vpn",
    );
    assert!(help.contains("did you mean `aws-private-vpn`?"), "{help}");
    refused(
        b"stack: vpc\npattern: aws-private-vpn\nversion: 9.0.0\n",
        "PB208",
        "9.0.0",
    );
}

#[test]
fn keys_that_are_unknown_doubled_or_missing() {
    let help = refused(b"stack: vpc\npatern: aws-private-vpn\n", "PB201", "patern");
    assert!(
        help.contains("did you mean `pattern`?") && help.contains("PB202"),
        "{help}"
    );
    refused(
        b"stack: a\nstack: b\npattern: aws-private-vpn\n",
        "PB104",
        "stack",
    );
    refused(&vpc("zone: 3"), "PB204", "zone");
}

#[test]
fn files_that_are_no_stack() {
    refused(b"", "PB106", "");
    refused(b"\n# nothing\n", "PB106", "");
    refused(b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe", "PB101", "");
    refused(b"stack: [unclosed\n", "PB103", "");
    refused(b"just text\n", "PB203", "just text");
    let mut long = b"stack: vpc\n#".to_vec();
    long.resize(10 << 20, b'x');
    refused(&long, "PB102", "");
    let mut bomb = String::from(
        "stack: vpc\npattern: aws-private-vpn\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n",
    );
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{before}]").unwrap();
    }
    refused(bomb.as_bytes(), "PB105", "");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = Folder::new();
    let outcome = folder.run(&["build", "nowhere.yaml"]);
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stderr.contains("PB100") && outcome.stderr.contains("nowhere.yaml"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn values_that_nothing_would_use() {
    let stack = "stack: loop\npattern: aws-analytics-loop\nparameters: { sender_addresses: [203.0.113.0/24] }\n";
    refused(stack.as_bytes(), "PB215", "sender_addresses");
    let stack = "stack: vpc\npattern: aws-private-vpn\ntags: { \"patternbook:stack\": mine }\n";
    refused(stack.as_bytes(), "PB206", "mine");
}

#[test]
fn a_clouds_limits_are_told_where_a_stack_is_planned() {
    let folder = Folder::new();
    folder.write(
        "vpc.yaml",
        vpc("datacenter: [192.168.0.0/16]\ntags: { owner: \"<b>\" }"),
    );
    for command in ["plan", "build"] {
        let outcome = folder.run(&[command, "vpc.yaml"]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(
            outcome.stderr.contains("PB402") && outcome.stderr.contains("vpc.yaml:2:10"),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn a_secret_in_a_file_is_refused() {
    refused(
        b"stack: shop\npattern: azure-hybrid-web-app\nparameters: { shared_key: hunter2 }\n",
        "PB210",
        "hunter2",
    );
}

#[test]
fn every_error_of_a_file_is_told_in_one_run() {
    let help = refused(
        &vpc(
            "zones: 7\n  netwrk: 10.0.0.0/16\n  hosts: 0\n  inbound: [tcp/0, udp/70000]\n  routing: rip",
        ),
        "PB205",
        "7",
    );
    for part in [
        "`zones` is 7",
        "no parameter `netwrk`",
        "`hosts` is 0",
        "`0` is not a port",
        "`70000` is not a port",
        "`routing` cannot be `rip`",
    ] {
        assert!(help.contains(part), "`{part}` is not in {help}");
    }
    assert_eq!(help.matches("error[").count(), 6, "{help}");
}

/// A pattern of the user's, made from the built-in one by one replacement.
#[track_caller]
fn pattern_refused(from: &str, to: &str, code: &str, marked: &str) -> String {
    let folder = Folder::new();
    let text =
        std::fs::read_to_string(crate::run::project().join("patterns/azure-hybrid-web-app.yaml"))
            .unwrap();
    assert!(text.contains(from), "{from}");
    folder.write(
        "patterns/azure-hybrid-web-app.yaml",
        text.replacen(from, to, 1),
    );
    folder.write("stack.yaml", "stack: shop\npattern: azure-hybrid-web-app\n");
    let outcome = folder.run(&["build", "stack.yaml", "--patterns", "patterns"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(!folder.path("out").exists());
    assert!(
        outcome.stderr.contains(&format!("error[{code}]")),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome.stderr.contains("azure-hybrid-web-app.yaml:") || code == "PB216",
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains(marked), "{}", outcome.stderr);
    schema::judges_alike(&folder, "patterns/azure-hybrid-web-app.yaml", code, marked);
    outcome.stderr
}

#[test]
fn patterns_with_mistakes() {
    let help = pattern_refused(
        "from: web, to: app",
        "from: wep, to: app",
        "PB207",
        "no tier or service `wep`",
    );
    assert!(help.contains("did you mean `web`?"), "{help}");
    pattern_refused(
        ", why: The only way into the app tier from the cloud.",
        "",
        "PB209",
        "does not say why",
    );
    pattern_refused(
        "tcp/$app_port",
        "tcp/$app_prt",
        "PB204",
        "did you mean `app_port`?",
    );
    pattern_refused("subnet: app", "subnet: ap", "PB207", "no subnet `ap`");
    pattern_refused(
        "behind: public_load_balancer",
        "behind: balancer",
        "PB207",
        "no load balancer `balancer`",
    );
    pattern_refused(
        "allow: tcp/$app_port",
        "allow: tpc/$app_port",
        "PB211",
        "`tpc` is not a protocol",
    );
    let probes = "  - { from: public_load_balancer, to: web, allow: tcp/$probe_port, why: Health probes of the load balancer. }\n";
    pattern_refused(
        probes,
        "",
        "PB207",
        "the probes of `public_load_balancer` do not reach the tier `web`",
    );
    pattern_refused(
        "never: internet, reaches: app",
        "never: internt, reaches: app",
        "PB207",
        "no tier or service `internt`",
    );
    pattern_refused(
        "never: internet, reaches: app",
        "never: internet",
        "PB202",
        "`reaches`",
    );
    pattern_refused(
        "subnet: app",
        "subnet: gateway",
        "PB207",
        "for the VPN gateway alone",
    );
    pattern_refused("state: approved", "state: revoked", "PB216", "is revoked");
    pattern_refused(
        "why: The only way into the app tier from the cloud.",
        "why: \"\"",
        "PB209",
        "does not say why",
    );
    pattern_refused(
        "default_route: datacenter",
        "default_rout: datacenter",
        "PB201",
        "did you mean `default_route`?",
    );
    pattern_refused(
        "type: cidr,",
        "type: cdir,",
        "PB205",
        "did you mean `cidr`?",
    );
    pattern_refused(
        "from: web, to: app",
        "from: app, to: app",
        "PB214",
        "app never reaches app",
    );
}
