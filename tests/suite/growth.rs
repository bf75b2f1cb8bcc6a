//! Whether a stack has room to grow is known before it is deployed, and what was given moves only when somebody says so.

use crate::run::{Folder, Outcome};

fn what_if(folder: &Folder, stack: &str, changes: &[&str]) -> Outcome {
    let mut arguments = vec!["plan", stack];
    for change in changes {
        arguments.extend(["--what-if", change]);
    }
    folder.run(&arguments)
}

fn vpc(more: &str) -> Folder {
    let folder = Folder::new();
    let parameters =
        format!("stack: vpc\npattern: aws-private-vpn\nparameters: {{ zones: 2{more} }}\n");
    folder.write("vpc.yaml", parameters);
    folder
}

fn shop(more: &str) -> Folder {
    let folder = Folder::new();
    let text = format!(
        "stack: shop\npattern: azure-hybrid-web-app\nparameters: {{ network: 10.20.0.0/22{more} }}\n"
    );
    folder.write("shop.yaml", text);
    folder
}

#[test]
fn a_zone_more_fits_into_the_room_that_is_kept() {
    let folder = vpc("");
    let answer = what_if(&folder, "vpc.yaml", &["zones=3"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(
        answer.stdout,
        "zones=3: fits\n  private-3 would get 10.0.8.0/22\n"
    );
    // Nothing was written, and what is built later is what was said.
    assert_eq!(folder.files(), ["vpc.yaml"]);
    folder.done(&["build", "vpc.yaml"]);
    assert_eq!(
        what_if(&folder, "vpc.yaml", &["zones=3"]).stdout,
        answer.stdout
    );
}

#[test]
fn a_subnet_that_is_added_takes_what_is_free() {
    let folder = shop("");
    let answer = what_if(&folder, "shop.yaml", &["add-subnet=cache:/26"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(
        answer
            .stdout
            .starts_with("add-subnet=cache:/26: fits\n  cache would get 10.20."),
        "{}",
        answer.stdout
    );
    let by_hosts = what_if(&folder, "shop.yaml", &["add-subnet=cache:50"]);
    assert_eq!(by_hosts.stdout.lines().nth(1), answer.stdout.lines().nth(1));
}

#[test]
fn a_subnet_that_outgrows_its_block_moves_and_the_answer_says_what_to_reserve() {
    let folder = shop("");
    let tight = what_if(&folder, "shop.yaml", &["hosts.app=500"]);
    assert_eq!(tight.code, 1, "{}", tight.stderr);
    // The gateway's subnet is in the way of every /23: it would have to go as well.
    let gateway = "  gateway would move from 10.20.2.0/27 to 10.20.3.0/27, and be destroyed\n";
    assert!(tight.stdout.contains(gateway), "{}", tight.stdout);

    let text = folder.read("shop.yaml").replace("/22", "/21");
    folder.write("shop.yaml", text);
    let answer = what_if(&folder, "shop.yaml", &["hosts.app=500"]);
    assert_eq!(
        answer.stdout,
        "hosts.app=500: moves\n  app would move from 10.20.0.0/24 to 10.20.4.0/23, and be destroyed\n  \
         reserve a /23 for app now, and nothing moves later\n"
    );
    // With the room reserved now, the question has another answer.
    let reserved = shop(", app_hosts: 500");
    assert_eq!(what_if(&reserved, "shop.yaml", &["hosts.app=500"]).code, 0);
}

#[test]
fn what_fits_nowhere_says_which_network_would_do() {
    let folder = shop("");
    let answer = what_if(&folder, "shop.yaml", &["hosts.app=1000"]);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    assert!(
        answer.stdout.starts_with("hosts.app=1000: does not fit\n"),
        "{}",
        answer.stdout
    );
    assert!(
        answer
            .stdout
            .contains("smallest network that would do is a /21"),
        "{}",
        answer.stdout
    );
}

#[test]
fn several_changes_are_one_question_and_the_answer_is_also_json() {
    let folder = vpc("");
    let arguments = [
        "plan",
        "vpc.yaml",
        "--what-if",
        "zones=3",
        "--what-if",
        "add-subnet=cache:/26",
        "--format",
        "json",
    ];
    let answer = folder.done(&arguments);
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["schema_version"], 1);
    assert_eq!(answer["answer"], "fits");
    assert_eq!(answer["added"][0]["subnet"], "private-3");
    assert_eq!(answer["added"][1]["subnet"], "cache");
    assert_eq!(answer["moved"], serde_json::json!([]));
}

#[test]
fn what_is_no_question_is_an_error() {
    let folder = vpc("");
    for (change, code, said) in [
        ("zone=3", "PB204", "did you mean `zones`?"),
        ("zones=9", "PB205", "9"),
        ("zones", "PB213", "zones=3"),
        ("hosts.privat=5", "PB207", "did you mean `private`?"),
        ("hosts.private=many", "PB203", "prefix length"),
        ("size.private=/40", "PB203", "prefix length"),
        ("add-subnet=private:/26", "PB206", "already"),
        ("add-subnet=A b:/26", "PB206", "--what-if"),
        ("add-subnet=cache", "PB203", "prefix length"),
    ] {
        let answer = what_if(&folder, "vpc.yaml", &[change]);
        assert_eq!(answer.code, 2, "{change}: {}", answer.stdout);
        assert!(answer.stderr.contains(code), "{change}: {}", answer.stderr);
        assert!(answer.stderr.contains(said), "{change}: {}", answer.stderr);
    }
}

#[test]
fn compact_shows_what_would_move_and_moves_it_only_when_told() {
    let folder = shop(", app_hosts: 200");
    folder.done(&["build", "shop.yaml"]);
    folder.write(
        "shop.yaml",
        folder
            .read("shop.yaml")
            .replace("app_hosts: 200", "app_hosts: 20, web_hosts: 200"),
    );
    folder.done(&["build", "shop.yaml"]);
    let ledger = folder.read("patternbook.lock");
    let shown = folder.done(&["compact", "shop.yaml"]);
    assert!(
        shown.contains("shop: app would move from 10.20.0.0/24 to "),
        "{shown}"
    );
    assert_eq!(folder.read("patternbook.lock"), ledger);
    let moved = folder.done(&["compact", "shop.yaml", "--move"]);
    assert_eq!(moved, shown.replace("would move", "moved"));
    assert_ne!(folder.read("patternbook.lock"), ledger);
    assert_eq!(folder.run(&["build", "shop.yaml", "--check"]).code, 1);
    folder.done(&["build", "shop.yaml"]);
    assert_eq!(
        folder.done(&["compact", "shop.yaml"]),
        "nothing would move\n"
    );
}

#[test]
fn mirrored_environments_are_compacted_together() {
    let folder = Folder::new();
    let text = "stack: web\npattern: azure-public-web\naddressing: mirrored\nparameters: { hosts: 300 }\nenvironments: { dev: {}, prod: {} }\n";
    folder.write("web.yaml", text);
    folder.done(&["build", "web.yaml"]);
    folder.write("web.yaml", text.replace("300", "30"));
    let refused = folder.run(&["compact", "web.yaml", "--env", "dev", "--move"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB307"), "{}", refused.stderr);
    let moved = folder.done(&["compact", "web.yaml", "--move"]);
    assert!(
        moved.contains("web/dev: web moved") && moved.contains("web/prod: web moved"),
        "{moved}"
    );
    folder.done(&["build", "web.yaml"]);
}

#[test]
fn the_addresses_of_a_plan_feed_an_ipam() {
    let folder = vpc("");
    assert_eq!(
        folder.done(&["plan", "vpc.yaml", "--format", "csv"]),
        "kind,cidr,stack,environment,network,subnet,zone,usable,description\n\
         network,10.0.0.0/16,vpc,,main,,,,vpc: Private VPC reached only by VPN\n\
         subnet,10.0.0.0/22,vpc,,main,private,1,1019,vpc: private-1\n\
         subnet,10.0.4.0/22,vpc,,main,private,2,1019,vpc: private-2\n\
         free,10.0.32.0/19,vpc,,main,,,,\n\
         free,10.0.64.0/18,vpc,,main,,,,\n\
         free,10.0.128.0/17,vpc,,main,,,,\n"
    );
}
