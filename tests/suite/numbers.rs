//! A rule keeps its number: what is added before it, in a list or in the pattern, gets another one.

use std::collections::BTreeSet;

use crate::run::{Folder, project};

/// Every paragraph of a stack's files that says this.
fn paragraphs(folder: &Folder, stack: &str, what: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in folder.files() {
        if path.starts_with(&format!("out/{stack}/")) && !path.ends_with(".sha256") {
            let text = folder.read(&path);
            let paragraphs = text.split("\n\n").filter(|it| it.contains(what));
            found.extend(paragraphs.map(|it| it.trim().to_owned()));
        }
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn a_flow_that_a_pattern_has_before_others_renumbers_no_rule() {
    let folder = Folder::new();
    let pattern =
        std::fs::read_to_string(project().join("patterns/azure-public-web.yaml")).unwrap();
    let first = "\nflows:\n";
    let other = "  - { from: internet, to: web, through: public_load_balancer, allow: tcp/8080, why: Another. }\n";
    let build = [
        "build",
        "web.yaml",
        "--patterns",
        "patterns",
        "--format",
        "terraform",
    ];
    folder.write("web.yaml", "stack: web\npattern: azure-public-web\n");
    folder.write("patterns/azure-public-web.yaml", &pattern);
    folder.done(&build);
    let before = paragraphs(&folder, "web", "\"azurerm_network_security_rule\"");
    let changed = pattern.replacen(first, &format!("{first}{other}"), 1);
    assert_ne!(changed, pattern);
    folder.write("patterns/azure-public-web.yaml", &changed);
    folder.done(&build);
    let after = paragraphs(&folder, "web", "\"azurerm_network_security_rule\"");
    assert!(after.len() > before.len());
    for rule in &before {
        assert!(after.contains(rule), "{rule}\nis not among\n{after:#?}");
    }
    // Without a ledger the order of the pattern decides, as it did at first.
    folder.done(&["release", "web"]);
    folder.done(&build);
    let anew = paragraphs(&folder, "web", "\"azurerm_network_security_rule\"");
    assert!(!before.is_subset(&anew));
}

#[test]
fn a_port_that_a_list_has_before_others_renumbers_no_entry_of_an_acl() {
    let folder = Folder::new();
    let entries = |inbound: &str| {
        let parameters = format!("{{ isolate_zones: true, inbound: [{inbound}] }}");
        let stack = format!("stack: vpc\npattern: aws-private-vpn\nparameters: {parameters}\n");
        folder.write("vpc.yaml", stack);
        folder.done(&["build", "vpc.yaml", "--format", "cloudformation"]);
        paragraphs(&folder, "vpc", "AWS::EC2::NetworkAclEntry")
    };
    let before = entries("tcp/443");
    let after = entries("tcp/22, tcp/443");
    assert!(after.len() > before.len());
    for entry in &before {
        assert!(after.contains(entry), "{entry}\nis not among\n{after:#?}");
    }
}
