//! What a pattern gives another name stays what it is: its block, the numbers of its rules, and what Terraform made of it.

use crate::run::{Folder, project};

const VPC: &str = "stack: vpc\npattern: aws-private-vpn\nparameters: { isolate_zones: true }\n";

/// The pattern with other names, as its next version would have them.
fn renamed(text: &str) -> String {
    let text = text
        .replace("version: 1.0.0", "version: 1.1.0")
        .replace("    private: {", "    app: {")
        .replace("subnet: private", "subnet: app")
        .replace("  servers:\n", "  hosts:\n")
        .replace("reaches: servers", "reaches: hosts")
        .replace("from: servers", "from: hosts")
        .replace("to: servers", "to: hosts")
        .replace("never: servers", "never: hosts")
        .replace("all: servers", "all: hosts");
    text + "\nrenamed: { subnets: { private: app }, tiers: { servers: hosts } }\n"
}

/// A folder with a stack that was built, and then its pattern got other names.
fn folder() -> (Folder, String) {
    let folder = Folder::new();
    let text = std::fs::read_to_string(project().join("patterns/aws-private-vpn.yaml")).unwrap();
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml"]);
    let ledger = folder.read("patternbook.lock");
    folder.write("patterns/aws-private-vpn.yaml", renamed(&text));
    (folder, ledger)
}

const BUILD: [&str; 4] = ["build", "vpc.yaml", "--patterns", "patterns"];

#[test]
fn blocks_and_numbers_stay_under_the_new_name() {
    let (folder, before) = folder();
    folder.done(&BUILD);
    let expected = before
        .lines()
        .filter(|line| !line.starts_with("pattern "))
        .map(|line| {
            line.replace(" private ", " app ")
                .replace(" servers ", " hosts ")
        });
    let expected: std::collections::BTreeSet<_> = expected.collect();
    let after = folder.read("patternbook.lock");
    let after = after.lines().filter(|line| !line.starts_with("pattern "));
    let after: std::collections::BTreeSet<_> = after.map(str::to_owned).collect();
    assert_eq!(after, expected);
    // And what is recorded now is what is planned next time.
    folder.done(&["build", "vpc.yaml", "--locked", "--patterns", "patterns"]);
}

#[test]
fn terraform_is_told_what_everything_was_called() {
    let (folder, _) = folder();
    let before = folder.read("out/vpc/terraform/main.tf");
    assert!(before.contains("\"aws_subnet\" \"private_1\""), "{before}");
    assert!(!folder.path("out/vpc/terraform/moved.tf").exists());
    folder.done(&BUILD);
    let moved = folder.read("out/vpc/terraform/moved.tf");
    for block in [
        "moved {\n  from = aws_subnet.private_1\n  to   = aws_subnet.app_1\n}\n",
        "moved {\n  from = aws_subnet.private_2\n  to   = aws_subnet.app_2\n}\n",
        "moved {\n  from = aws_security_group.servers\n  to   = aws_security_group.hosts\n}\n",
        "moved {\n  from = aws_network_acl.private_1\n  to   = aws_network_acl.app_1\n}\n",
    ] {
        assert!(moved.contains(block), "{block}\n{moved}");
    }
    assert!(!moved.contains("aws_vpc.main"), "{moved}");
}

#[test]
fn a_value_under_an_old_name_is_told_the_new_one() {
    let (folder, _) = folder();
    let text = folder.read("patterns/aws-private-vpn.yaml");
    let text = text
        .replace("  hosts: { type", "  room: { type")
        .replace("$hosts", "$room")
        .replace(
            "renamed: {",
            "renamed: { parameters: { old_room: hosts, hosts: room },",
        );
    folder.write("patterns/aws-private-vpn.yaml", text);
    for name in ["hosts", "old_room"] {
        folder.write(
            "vpc.yaml",
            format!("stack: vpc\npattern: aws-private-vpn\nparameters: {{ {name}: 20 }}\n"),
        );
        let refused = folder.run(&BUILD);
        assert_eq!(refused.code, 2);
        assert!(
            refused.stderr.contains("it is called `room` now"),
            "{}",
            refused.stderr
        );
    }
}
