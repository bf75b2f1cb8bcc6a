//! A stack in several environments: each has values and templates of its own, and addresses that are the same everywhere or
//! nowhere.

use crate::run::Folder;

const WEB: &str = "\
stack: web
pattern: azure-public-web
addressing: mirrored
environments:
  dev: { parameters: { hosts: 20 } }
  prod: { region: westeurope, tags: { team: shop }, parameters: { hosts: 300 } }
";

const VPC: &str = "\
stack: vpc
pattern: aws-private-vpn
parameters: { zones: 2 }
environments:
  dev: { parameters: { network: 10.30.0.0/16 } }
  prod: { parameters: { network: 10.31.0.0/16, zones: 3 } }
";

/// The blocks in the ledger of an environment, as the words behind its name.
fn blocks(folder: &Folder, environment: &str) -> Vec<String> {
    let ledger = folder.read("patternbook.lock");
    let lines = ledger.lines().filter(|line| {
        let mut words = line.split(' ');
        words.next() != Some("pattern") && words.nth(1) == Some(environment)
    });
    let blocks = lines.map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        format!("{} {}", words[0], words[3..].join(" "))
    });
    blocks.collect()
}

#[test]
fn each_environment_has_its_folder_and_its_values() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    let said = folder.done(&["build", "vpc.yaml"]);
    assert!(said.contains("proved vpc/dev: "), "{said}");
    assert!(said.contains("proved vpc/prod: "), "{said}");
    let dev = folder.read("out/vpc/dev/cloudformation/template.yaml");
    let prod = folder.read("out/vpc/prod/cloudformation/template.yaml");
    assert!(
        dev.contains("10.30.0.0/16") && !dev.contains("10.31."),
        "{dev}"
    );
    assert!(
        prod.contains("10.31.0.0/16") && !prod.contains("10.30."),
        "{prod}"
    );
    // What the stack says for all of them holds where an environment says nothing else.
    assert!(
        dev.contains("Private2") && !dev.contains("Private3"),
        "{dev}"
    );
    assert!(prod.contains("Private3"), "{prod}");
    assert!(dev.contains("vpc-dev") && prod.contains("vpc-prod"));
    folder.done(&["build", "vpc.yaml", "--check"]);
    folder.done(&["build", "vpc.yaml", "--locked"]);
}

#[test]
fn one_environment_is_built_and_shown_alone() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml", "--env", "dev"]);
    assert!(folder.path("out/vpc/dev").exists());
    assert!(!folder.path("out/vpc/prod").exists());
    assert!(blocks(&folder, "prod").is_empty());
    let plan = folder.done(&["plan", "vpc.yaml", "--env", "prod", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["environment"], "prod");
    assert_eq!(plan["networks"][0]["cidrs"][0], "10.31.0.0/16");
    let both = folder.done(&["plan", "vpc.yaml"]);
    assert!(
        both.contains("vpc/dev: ") && both.contains("vpc/prod: "),
        "{both}"
    );
    let template = "out/vpc/dev/cloudformation/template.yaml";
    folder.done(&["prove", "vpc.yaml", template, "--env", "dev"]);
    let which = folder.run(&["prove", "vpc.yaml", template]);
    assert_eq!(which.code, 2);
    assert!(which.stderr.contains("`dev`, `prod`"), "{}", which.stderr);
    assert_eq!(
        folder.run(&["plan", "vpc.yaml", "--format", "json"]).code,
        2
    );
}

#[test]
fn an_environment_that_nobody_has_is_an_error_and_one_that_another_has_is_left_out() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.write("web.yaml", "stack: web\npattern: azure-public-web\n");
    let unknown = folder.run(&["build", "vpc.yaml", "web.yaml", "--env", "prdo"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("`prod`?"), "{}", unknown.stderr);
    let built = folder.run(&["build", "vpc.yaml", "web.yaml", "--env", "prod"]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    assert!(
        built.stderr.contains("left out web.yaml"),
        "{}",
        built.stderr
    );
    assert!(!folder.path("out/web").exists());
}

#[test]
fn mirrored_environments_have_the_same_addresses_whatever_each_asks_for() {
    let folder = Folder::new();
    folder.write("web.yaml", WEB);
    folder.done(&["build", "web.yaml"]);
    let (dev, prod) = (blocks(&folder, "dev"), blocks(&folder, "prod"));
    assert!(!dev.is_empty());
    assert_eq!(dev, prod);
    // 300 hosts, which only one of them asks for, do not fit into a /24.
    assert!(
        dev.iter()
            .any(|line| line.starts_with("subnet") && line.ends_with("/23")),
        "{dev:?}"
    );
}

#[test]
fn a_mirror_that_is_built_later_is_still_the_same() {
    let alone = Folder::new();
    alone.write("web.yaml", WEB);
    alone.done(&["build", "web.yaml", "--env", "prod"]);
    alone.done(&["build", "web.yaml", "--env", "dev"]);
    assert_eq!(blocks(&alone, "dev"), blocks(&alone, "prod"));
    let together = Folder::new();
    together.write("web.yaml", WEB);
    together.done(&["build", "web.yaml"]);
    assert_eq!(
        alone.read("patternbook.lock"),
        together.read("patternbook.lock")
    );
    // A third one is the mirror of what stands.
    let stage = WEB.replace("  dev:", "  stage:\n  dev:");
    together.write("web.yaml", stage);
    together.done(&["build", "web.yaml"]);
    assert_eq!(blocks(&together, "stage"), blocks(&together, "prod"));
}

#[test]
fn a_stack_with_a_vpn_is_not_mirrored() {
    let folder = Folder::new();
    folder.write("vpc.yaml", format!("{VPC}addressing: mirrored\n"));
    let refused = folder.run(&["build", "vpc.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB307"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("vpc.yaml:7:13"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("tied to the datacenter"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        refused.stderr.matches("PB307").count(),
        1,
        "{}",
        refused.stderr
    );
    assert_eq!(folder.files(), ["vpc.yaml"]);
}

#[test]
fn environments_behind_one_datacenter_do_not_overlap() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC.replace("10.31.0.0/16", "10.30.0.0/16"));
    let refused = folder.run(&["build", "vpc.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB302"), "{}", refused.stderr);
    for said in [
        "`vpc` in `prod`",
        "`vpc` in `dev`",
        "vpc.yaml:6:",
        "5 |   dev",
    ] {
        assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
    }
    assert_eq!(folder.files(), ["vpc.yaml"]);
}

#[test]
fn environments_that_are_to_be_distinct_do_not_overlap_though_nothing_ties_them() {
    let folder = Folder::new();
    folder.write("web.yaml", WEB.replace("mirrored", "distinct"));
    let refused = folder.run(&["build", "web.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB302"), "{}", refused.stderr);
    let apart = WEB
        .replace("mirrored", "distinct")
        .replace("hosts: 300", "hosts: 300, network: 10.77.0.0/16");
    folder.write("web.yaml", apart);
    folder.done(&["build", "web.yaml"]);
}

#[test]
fn mirrored_environments_have_one_network() {
    let folder = Folder::new();
    folder.write(
        "web.yaml",
        WEB.replace("hosts: 300", "network: 10.77.0.0/16"),
    );
    let refused = folder.run(&["build", "web.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB307"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("10.77.0.0/16"),
        "{}",
        refused.stderr
    );
}

#[test]
fn environments_that_stand_apart_are_not_mirrored_afterwards() {
    let folder = Folder::new();
    let apart = WEB.replace("addressing: mirrored\n", "");
    folder.write("web.yaml", apart);
    folder.done(&["build", "web.yaml"]);
    assert_ne!(blocks(&folder, "dev"), blocks(&folder, "prod"));
    let ledger = folder.read("patternbook.lock");
    folder.write("web.yaml", WEB);
    let refused = folder.run(&["build", "web.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("PB307"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("patternbook.lock:"),
        "{}",
        refused.stderr
    );
    assert_eq!(folder.read("patternbook.lock"), ledger);
    folder.done(&["release", "web", "--env", "dev"]);
    folder.done(&["build", "web.yaml"]);
    assert_eq!(blocks(&folder, "dev"), blocks(&folder, "prod"));
}

#[test]
fn what_is_wrong_in_all_environments_is_said_once() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC.replace("zones: 2", "zones: 2, bogus: 1"));
    let refused = folder.run(&["build", "vpc.yaml"]);
    assert_eq!(refused.code, 2);
    assert_eq!(
        refused.stderr.matches("PB204").count(),
        1,
        "{}",
        refused.stderr
    );
}

#[test]
fn a_name_or_a_key_that_cannot_be_is_shown_where_it_stands() {
    let folder = Folder::new();
    for (environments, code, place) in [
        ("  Dev: {}\n", "PB206", "web.yaml:4:3"),
        ("  terraform: {}\n", "PB206", "web.yaml:4:3"),
        ("  dev: { regoin: x }\n", "PB201", "web.yaml:4:10"),
        ("  {}\n", "PB202", "web.yaml:4:3"),
    ] {
        let text = format!("stack: web\npattern: azure-public-web\nenvironments:\n{environments}");
        folder.write("web.yaml", text);
        let refused = folder.run(&["build", "web.yaml"]);
        assert_eq!(refused.code, 2, "{environments}");
        assert!(
            refused.stderr.contains(code),
            "{environments}: {}",
            refused.stderr
        );
        assert!(
            refused.stderr.contains(place),
            "{environments}: {}",
            refused.stderr
        );
    }
}

#[test]
fn blocks_are_released_in_the_environment_that_is_named() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml"]);
    let which = folder.run(&["release", "vpc"]);
    assert_eq!(which.code, 2);
    assert!(which.stderr.contains("`dev`, `prod`"), "{}", which.stderr);
    folder.done(&["release", "vpc", "--env", "dev"]);
    assert!(blocks(&folder, "dev").is_empty());
    assert!(!blocks(&folder, "prod").is_empty());
}

#[test]
fn mirrored_environments_pin_the_same_block() {
    let folder = Folder::new();
    folder.write(
        "p/tiny.yaml",
        "pattern: tiny\nversion: 1.0.0\nstate: approved\ntitle: Tiny\nsummary: A network.\ncloud: aws\nsources: []\n\
         parameters:\n  block: { type: cidr, default: [], help: The block. }\n\
         network:\n  cidr: 10.0.0.0/16\n  subnets:\n    main: { hosts: 50, spread: zones, cidr: $block }\nflows: []\n",
    );
    let stack = |dev: &str, prod: &str| {
        format!(
            "stack: tiny\npattern: tiny\naddressing: mirrored\nenvironments:\n  dev: {{ parameters: {{ block: {dev} }} }}\n  \
             prod: {{ parameters: {{ block: {prod} }} }}\n"
        )
    };
    folder.write("tiny.yaml", stack("10.0.4.0/24", "10.0.8.0/24"));
    let refused = folder.run(&["plan", "tiny.yaml", "--patterns", "p"]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    let said = "`main` has `10.0.4.0/24` in `dev` and `10.0.8.0/24` in `prod`";
    assert!(refused.stderr.contains("PB307"), "{}", refused.stderr);
    assert!(refused.stderr.contains(said), "{}", refused.stderr);
    folder.write("tiny.yaml", stack("10.0.4.0/24", "10.0.4.0/24"));
    folder.done(&["plan", "tiny.yaml", "--patterns", "p"]);
}
