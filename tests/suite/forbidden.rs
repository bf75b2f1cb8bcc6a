//! Nothing is put where others are: what is forbidden, wherever it is written, with its place and its reason.

use crate::run::{Folder, Outcome};

const VPC: &str = "stack: vpc\npattern: aws-private-vpn\nparameters: { network: 10.0.0.0/16 }\n";

/// A folder with a stack that says this as well.
fn folder(more: &str) -> Folder {
    let folder = Folder::new();
    folder.write("vpc.yaml", format!("{VPC}{more}"));
    folder
}

/// What the binary says when it refuses: all of these.
#[track_caller]
fn refused(outcome: &Outcome, parts: &[&str]) {
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    for part in parts {
        assert!(
            outcome.stderr.contains(part),
            "`{part}` is not in {}",
            outcome.stderr
        );
    }
}

/// The blocks of the subnets of a plan.
fn blocks(plan: &str) -> Vec<&str> {
    let lines = plan.lines().filter(|line| line.contains("private-"));
    let words = lines.filter_map(|line| line.split_whitespace().find(|word| word.contains('/')));
    words.collect()
}

#[test]
fn a_range_of_the_stack_is_kept_free() {
    let plan = folder("").done(&["plan", "vpc.yaml"]);
    assert!(blocks(&plan).contains(&"10.0.0.0/22"), "{plan}");
    let forbidden = "forbidden:\n  - { range: 10.0.0.8/29, why: The partner's printers. }\n";
    let plan = folder(forbidden).done(&["plan", "vpc.yaml"]);
    let first = *blocks(&plan).first().unwrap();
    assert_eq!(first, "10.0.32.0/22", "{plan}");
}

#[test]
fn a_network_in_a_range_is_refused_with_both_places_and_the_reason() {
    let stack = folder("forbidden:\n  - { range: 10.0.0.0/12, why: The partner's network. }\n");
    for command in ["plan", "build", "prove"] {
        refused(
            &stack.run(&[command, "vpc.yaml"]),
            &[
                "error[PB302]: the network `10.0.0.0/16` is in `10.0.0.0/12`, which is forbidden: The partner's network",
                "vpc.yaml:3:24",
                "5 |   - { range: 10.0.0.0/12,",
                "the forbidden range",
            ],
        );
    }
    assert_eq!(stack.files(), ["vpc.yaml"]);
}

#[test]
fn what_is_proposed_instead_is_free() {
    let stack = folder(
        "forbidden:\n  - { range: 10.0.0.0/8, why: Others. }\n  - { range: 172.16.0.0/15, why: Others. }\n",
    );
    let outcome = stack.run(&["plan", "vpc.yaml"]);
    // The datacenter has 192.168.0.0/16, and AWS itself uses 172.17.0.0/16.
    refused(&outcome, &["`172.18.0.0/16` is free"]);
}

#[test]
fn stacks_share_a_file() {
    let folder = Folder::new();
    let file = "forbidden:\n  - { file: ../ranges.yaml }\n";
    folder.write("stacks/vpc.yaml", format!("{VPC}{file}"));
    folder.write(
        "ranges.yaml",
        "ranges:\n  - { range: 10.0.0.0/16, why: The network of vpc., stack: vpc }\n  - { range: 10.1.0.0/16, why: The network of shop. }\n",
    );
    // Its own row forbids nothing to it.
    folder.done(&["plan", "stacks/vpc.yaml"]);
    let copy = VPC.replace("stack: vpc", "stack: copy");
    folder.write("stacks/copy.yaml", format!("{copy}{file}"));
    refused(
        &folder.run(&["plan", "stacks/copy.yaml"]),
        &[
            "the network `10.0.0.0/16` is `10.0.0.0/16`, which is forbidden: The network of vpc",
            "ranges.yaml:2:14",
        ],
    );
}

#[test]
fn an_export_of_an_ipam_is_read() {
    let csv = "Prefix;Status;Description;Stack\n2001:db8::/32;active;Six;\n10.0.0.0/16;active;Building 7;tower\n";
    let json = "{\"next\": null, \"results\": [\n  {\"prefix\": \"10.0.0.0/16\", \"description\": \"Building 7\"}\n]}\n";
    for (name, text, place) in [
        ("ipam.csv", csv, "ipam.csv:3:1"),
        ("ipam.json", json, "ipam.json:2:14"),
    ] {
        let by_stack = folder(&format!("forbidden: [{{ file: {name} }}]\n"));
        by_stack.write(name, text);
        let parts = [place, "which is forbidden: Building 7", "vpc.yaml:3:24"];
        refused(&by_stack.run(&["plan", "vpc.yaml"]), &parts);

        let by_flag = folder("");
        by_flag.write(name, text);
        for command in ["plan", "build", "prove"] {
            let arguments = [command, "vpc.yaml", "--forbidden", name];
            refused(&by_flag.run(&arguments), &parts);
        }
    }
}

#[test]
fn several_files_count_together() {
    let folder = folder("");
    folder.write("a.csv", "cidr\n10.0.0.0/20\n");
    folder.write("b.csv", "cidr\n10.0.32.0/20\n");
    let plan = [
        "plan",
        "vpc.yaml",
        "--forbidden",
        "a.csv",
        "--forbidden",
        "b.csv",
    ];
    let plan = folder.done(&plan);
    assert_eq!(blocks(&plan).first(), Some(&"10.0.64.0/22"), "{plan}");
}

#[test]
fn a_file_that_is_no_good_is_told_with_its_place() {
    let stack = |name: &str, text: Option<&str>| {
        let folder = folder(&format!("forbidden:\n  - {{ file: {name} }}\n"));
        if let Some(text) = text {
            folder.write(name, text);
        }
        folder.run(&["build", "vpc.yaml"])
    };
    let columns = "`range`, `cidr`, `cidr_block`, `prefix`, `network`, `subnet`";
    refused(
        &stack("a.csv", Some("id,vlan\n1,2\n")),
        &["PB202", "a.csv:1:1", columns],
    );
    let bits = Some("cidr,why\n10.0.0.0/8,a\n10.0.0.9/8,b\n");
    refused(&stack("a.csv", bits), &["PB212", "a.csv:3:1", "10.0.0.0/8"]);
    refused(
        &stack("a.csv", Some("cidr,why\n10.0.0.0/8,a,b\n")),
        &["PB111", "a.csv:2:1"],
    );
    refused(
        &stack("a.json", Some("[{\"cidr\": \n")),
        &["PB103", "a.json:"],
    );
    refused(
        &stack("a.yaml", Some("ranges: [{ range: 10.0.0.0/8 }]\n")),
        &["PB202", "`why`"],
    );
    refused(
        &stack("a.csv", None),
        &["PB100", "`a.csv` cannot be read", "vpc.yaml:5:13"],
    );
    refused(
        &stack("a.txt", Some("")),
        &["PB205", "vpc.yaml:5:13", "`.csv`"],
    );
    let flag = folder("").run(&["plan", "vpc.yaml", "--forbidden", "none.csv"]);
    refused(&flag, &["PB100", "`none.csv`"]);
}

#[test]
fn a_broken_file_is_told_once_for_all_stacks() {
    let folder = Folder::new();
    folder.write("ranges.csv", "id\n1\n");
    for name in ["a", "b"] {
        let text = VPC.replace("stack: vpc", &format!("stack: {name}"));
        folder.write(
            &format!("{name}.yaml"),
            format!("{text}forbidden: [{{ file: ranges.csv }}]\n"),
        );
    }
    let outcome = folder.run(&["build", "a.yaml", "b.yaml"]);
    refused(&outcome, &["PB202"]);
    assert_eq!(
        outcome.stderr.matches("error[").count(),
        1,
        "{}",
        outcome.stderr
    );
}

#[test]
fn what_stands_in_a_range_that_is_forbidden_later_is_refused_and_not_moved() {
    let folder = folder("");
    folder.done(&["build", "vpc.yaml"]);
    let ledger = folder.read("patternbook.lock");
    folder.write("ranges.csv", "cidr,why\n10.0.4.0/30,Somebody came later.\n");
    let outcome = folder.run(&["build", "vpc.yaml", "--forbidden", "ranges.csv"]);
    refused(
        &outcome,
        &[
            "error[PB306]: `private` holds `10.0.0.0/19`, which overlaps `10.0.4.0/30`, which is forbidden: Somebody came later",
            "subnet vpc - main private 10.0.0.0/19",
            "ranges.csv:2:1",
            "patternbook release",
        ],
    );
    assert_eq!(folder.read("patternbook.lock"), ledger);
}

#[test]
fn what_is_forbidden_is_named_where_it_makes_the_difference() {
    let small = VPC.replace("10.0.0.0/16", "10.0.0.0/19");
    let stack = |forbidden: &str| {
        let folder = Folder::new();
        folder.write(
            "vpc.yaml",
            format!("{small}forbidden:\n  - {{ range: {forbidden}, why: A door. }}\n"),
        );
        folder.run(&["plan", "vpc.yaml"])
    };
    assert_eq!(stack("10.1.0.0/24").code, 0);
    refused(
        &stack("10.0.31.0/24"),
        &[
            "PB301",
            "it would fit if nothing of the network were forbidden: `10.0.31.0/24` (A door)",
            "5 |   - { range: 10.0.31.0/24",
        ],
    );
    // A network that is too small anyway is told as that alone.
    let folder = Folder::new();
    let tiny = VPC.replace("10.0.0.0/16", "10.0.0.0/24");
    folder.write(
        "vpc.yaml",
        format!("{tiny}forbidden:\n  - {{ range: 10.0.0.0/28, why: A door. }}\n"),
    );
    let outcome = folder.run(&["plan", "vpc.yaml"]);
    refused(&outcome, &["PB301"]);
    assert!(!outcome.stderr.contains("A door)"), "{}", outcome.stderr);
}

#[test]
fn the_clouds_keep_ranges_for_themselves() {
    let plan = |pattern: &str, network: &str| {
        let folder = Folder::new();
        folder.write(
            "a.yaml",
            format!("stack: a\npattern: {pattern}\nparameters: {{ network: {network} }}\n"),
        );
        folder.run(&["plan", "a.yaml"])
    };
    for (pattern, network, why) in [
        ("aws-private-vpn", "172.17.0.0/16", "Cloud9"),
        ("aws-private-vpn", "169.254.0.0/16", "metadata"),
        ("aws-private-vpn", "127.1.0.0/16", "loopback"),
        ("azure-public-web", "168.63.0.0/16", "Azure's own DNS"),
        ("azure-public-web", "224.0.0.0/8", "multicast"),
    ] {
        let outcome = plan(pattern, network);
        refused(
            &outcome,
            &[
                "PB302",
                &format!("the network `{network}`"),
                why,
                "a.yaml:3:",
            ],
        );
    }
    // What AWS keeps for its services is nothing to Azure.
    assert_eq!(plan("azure-public-web", "172.17.0.0/16").code, 0);
}

#[test]
fn it_holds_in_every_environment_and_for_everything_that_is_asked() {
    let folder = Folder::new();
    let stack = "stack: vpc\npattern: aws-private-vpn\nforbidden:\n  - { range: 10.31.0.0/30, why: A door. }\n\
                 environments:\n  dev: { parameters: { network: 10.30.0.0/16 } }\n  prod: { parameters: { network: 10.31.0.0/16 } }\n";
    folder.write("vpc.yaml", stack);
    let prod = folder.done(&["plan", "vpc.yaml", "--env", "prod"]);
    assert!(!prod.contains("10.31.0.0/22"), "{prod}");
    let dev = folder.done(&["plan", "vpc.yaml", "--env", "dev"]);
    assert!(dev.contains("10.30.0.0/22"), "{dev}");
    folder.done(&["build", "vpc.yaml"]);
    let compact = folder.done(&["compact", "vpc.yaml"]);
    assert_eq!(compact, "nothing would move\n");
    folder.write("more.csv", "cidr,why\n10.30.0.0/16,Taken.\n");
    for command in [
        &["plan", "vpc.yaml", "--env", "dev"][..],
        &["plan", "vpc.yaml", "--env", "dev", "--what-if", "zones=3"],
        &["compact", "vpc.yaml"],
        &["build", "vpc.yaml", "--check"],
    ] {
        let outcome = folder.run(&[command, &["--forbidden", "more.csv"]].concat());
        refused(
            &outcome,
            &["PB302", "which is forbidden: Taken", "more.csv:2:1"],
        );
    }
}
