//! Networks of several blocks, and subnets whose blocks somebody chose.

use crate::run::{Folder, Outcome};

/// A pattern of two tiers behind a VPN, each in a subnet of its own, the block of one of which may be chosen.
const AWS: &str = "pattern: two-tiers
version: 1.0.0
state: draft
title: Two tiers
summary: Two tiers behind a VPN.
cloud: aws
sources:
  - { title: Our own handbook, author: Network team, year: 2026 }
parameters:
  network: { type: cidrs, default: [10.0.0.0/20], min_items: 1, help: Address space of the VPC. }
  app_block: { type: cidr, default: [], help: The block of the app tier. }
  datacenter: { type: cidrs, default: [192.168.0.0/16], help: Address ranges behind the VPN. }
  vpn_device: { type: ip, bind: deploy, help: Public address of the VPN device on your side. }
network:
  cidr: $network
  avoid: [10.0.3.0/24]
  zones: 2
  max_zones: 2
  subnets:
    app: { hosts: 100, spread: zones, cidr: $app_block }
    db: { hosts: 100, spread: zones }
  vpn: { device: $vpn_device, routing: static }
datacenter:
  ranges: $datacenter
tiers:
  app: { subnet: app }
  db: { subnet: db }
flows:
  - { from: datacenter, to: app, allow: tcp/443, why: The service itself. }
  - { from: app, to: db, allow: tcp/5432, why: The data of the app. }
guarantees:
  - { never: internet, reaches: db }
";

/// A pattern of two subnets on Azure.
const AZURE: &str = "pattern: two-tiers
version: 1.0.0
state: draft
title: Two tiers
summary: Two tiers that talk to each other.
cloud: azure
sources:
  - { title: Our own handbook, author: Network team, year: 2026 }
parameters:
  network: { type: cidrs, default: [10.0.0.0/20], min_items: 1, help: Address space of the network. }
network:
  cidr: $network
  subnets:
    app: { size: /24 }
    db: { size: /23 }
tiers:
  app: { subnet: app }
  db: { subnet: db }
flows:
  - { from: app, to: db, allow: tcp/5432, why: The data of the app. }
guarantees:
  - { never: internet, reaches: db }
";

fn folder(pattern: &str, parameters: &str) -> Folder {
    let folder = Folder::new();
    folder.write("patterns/two-tiers.yaml", pattern);
    stack(&folder, parameters);
    folder
}

fn stack(folder: &Folder, parameters: &str) {
    let text = format!("stack: shop\npattern: two-tiers\nparameters: {{ {parameters} }}\n");
    folder.write("shop.yaml", text);
}

fn run(folder: &Folder, arguments: &[&str]) -> Outcome {
    folder.run(&[arguments, &["--patterns", "patterns"]].concat())
}

#[track_caller]
fn done(folder: &Folder, arguments: &[&str]) -> String {
    let outcome = run(folder, arguments);
    assert_eq!(outcome.code, 0, "{arguments:?}: {}", outcome.stderr);
    outcome.stdout
}

#[track_caller]
fn refused(folder: &Folder, parts: &[&str]) {
    let outcome = run(folder, &["build", "shop.yaml"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stdout);
    for part in parts {
        assert!(
            outcome.stderr.contains(part),
            "`{part}` is not in {}",
            outcome.stderr
        );
    }
}

/// The blocks of a stack's subnets by their names.
fn block(folder: &Folder, name: &str) -> String {
    let plan = done(folder, &["plan", "shop.yaml", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let subnets = plan["networks"][0]["subnets"].as_array().unwrap();
    let found = subnets.iter().find(|subnet| subnet["name"] == name);
    found.unwrap()["cidr"].as_str().unwrap().to_owned()
}

#[test]
fn a_chosen_block_is_the_subnets_own() {
    let folder = folder(AWS, "app_block: 10.0.8.0/22");
    assert_eq!(block(&folder, "app-1"), "10.0.8.0/23");
    assert_eq!(block(&folder, "app-2"), "10.0.10.0/23");
    assert_eq!(block(&folder, "db-1"), "10.0.2.0/25");
    done(&folder, &["build", "shop.yaml"]);
    let ledger = folder.read("patternbook.lock");
    assert!(
        ledger.contains("subnet shop - main app 10.0.8.0/22"),
        "{ledger}"
    );
    // What is left out is found, as if the parameter were not there.
    stack(&folder, "app_block: []");
    assert_eq!(block(&folder, "app-1"), "10.0.8.0/23");
}

#[test]
fn a_chosen_block_that_cannot_be_is_refused_with_both_places() {
    for (block, parts) in [
        (
            "10.0.8.0/25",
            &["PB301", "needs a /24 with room for 2 zones"][..],
        ),
        (
            "10.1.0.0/24",
            &[
                "PB302",
                "outside the network",
                "patterns/two-tiers.yaml:10:",
            ],
        ),
        (
            "10.0.2.0/23",
            &[
                "PB302",
                "overlaps `10.0.3.0/24`, a range to avoid",
                "patterns/two-tiers.yaml:16:",
            ],
        ),
        ("10.0.8.1/24", &["PB212", "`10.0.8.0/24`"]),
    ] {
        let folder = folder(AWS, &format!("app_block: {block}"));
        refused(&folder, &[&["shop.yaml:3:26"], parts].concat());
    }
    let forbidden = folder(
        AWS,
        "app_block: 10.0.8.0/24 }\nforbidden:\n  - { range: 10.0.8.0/26, why: Printers. ",
    );
    refused(
        &forbidden,
        &[
            "PB302",
            "which is forbidden: Printers",
            "shop.yaml:3:26",
            "5 |   - { range",
        ],
    );
}

#[test]
fn two_subnets_do_not_share_a_chosen_block() {
    let both = AWS.replace(
        "db: { hosts: 100, spread: zones }",
        "db: { hosts: 100, spread: zones, cidr: 10.0.8.0/23 }",
    );
    let folder = folder(&both, "app_block: 10.0.8.0/24");
    refused(
        &folder,
        &[
            "PB302",
            "`app` is to have `10.0.8.0/24`, which overlaps `10.0.8.0/23`, which is to be that of `db`",
            "shop.yaml:3:26",
            "patterns/two-tiers.yaml:21:",
        ],
    );
}

#[test]
fn what_is_recorded_does_not_move_to_a_chosen_block() {
    let folder = folder(AWS, "");
    done(&folder, &["build", "shop.yaml"]);
    stack(&folder, "app_block: 10.0.2.0/24");
    done(&folder, &["build", "shop.yaml"]);
    stack(&folder, "app_block: 10.0.8.0/24");
    refused(
        &folder,
        &[
            "PB306",
            "`app` is to have `10.0.8.0/24`, and has `10.0.2.0/24`",
            "shop.yaml:3:26",
            "subnet shop - main app 10.0.2.0/24",
        ],
    );
    // Nor is anything put where a subnet was that is gone.
    let renamed = AWS
        .replace("app:", "web:")
        .replace("subnet: app", "subnet: web");
    let renamed = renamed
        .replace("app, allow", "web, allow")
        .replace("from: app", "from: web");
    folder.write("patterns/two-tiers.yaml", renamed);
    stack(&folder, "app_block: 10.0.2.0/24");
    refused(
        &folder,
        &[
            "`web` is to have `10.0.2.0/24`, which overlaps `10.0.2.0/24`, held by `app`",
            "subnet shop - main app 10.0.2.0/24",
        ],
    );
}

#[test]
fn a_network_of_several_blocks_is_built_and_proved_on_aws() {
    let folder = folder(AWS, "network: [10.0.0.0/24, 10.4.0.0/24]");
    let built = done(&folder, &["build", "shop.yaml"]);
    assert!(built.contains("proved"), "{built}");
    assert_eq!(block(&folder, "db-1"), "10.4.0.0/25");
    let template = folder.read("out/shop/cloudformation/template.yaml");
    assert!(template.contains("CidrBlock: 10.0.0.0/24"), "{template}");
    assert_eq!(template.matches("AWS::EC2::VPCCidrBlock").count(), 1);
    let waits = template
        .matches("DependsOn:\n      - Space10x4x0x0x24VpcCidr\n")
        .count();
    assert_eq!(waits, 2, "{template}");
    // A subnet whose block is none of the network is not believed.
    let own = "      CidrBlock: 10.4.0.0/24\n";
    assert_eq!(template.matches(own).count(), 1, "{template}");
    folder.write(
        "other.yaml",
        template.replace(own, &own.replace("10.4", "10.5")),
    );
    let outcome = run(&folder, &["prove", "shop.yaml", "other.yaml"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(
        outcome.stdout.contains("not in the addresses of its VPC"),
        "{}",
        outcome.stdout
    );
    let terraform = folder.read("out/shop/terraform/main.tf");
    assert!(
        terraform.contains("aws_vpc_ipv4_cidr_block_association"),
        "{terraform}"
    );
    for path in [
        "out/shop/cloudformation/template.yaml",
        "out/shop/terraform",
    ] {
        let proved = done(&folder, &["prove", "shop.yaml", path]);
        assert!(proved.contains("shop: proved"), "{proved}");
    }
}

#[test]
fn a_network_of_several_blocks_is_built_and_proved_on_azure() {
    let folder = folder(AZURE, "network: [10.0.0.0/24, 10.4.0.0/22]");
    done(&folder, &["build", "shop.yaml"]);
    assert_eq!(block(&folder, "app"), "10.0.0.0/24");
    assert_eq!(block(&folder, "db"), "10.4.0.0/23");
    let template = folder.read("out/shop/arm/azuredeploy.json");
    assert!(template.contains("10.4.0.0/22"), "{template}");
    for path in ["out/shop/arm/azuredeploy.json", "out/shop/terraform"] {
        let proved = done(&folder, &["prove", "shop.yaml", path]);
        assert!(proved.contains("shop: proved"), "{proved}");
    }
}

/// The pattern for Azure with these subnets as well.
fn with_subnets(more: &str) -> String {
    AZURE.replace(
        "    app: { size: /24 }\n",
        &format!("    app: {{ size: /24 }}\n{more}"),
    )
}

#[test]
fn azures_own_services_get_their_subnets_by_their_names() {
    let subnets = "    hub: { size: /27, purpose: vpn_gateway }\n    jump: { size: /26, purpose: bastion }\n    \
                   wall: { size: /26, purpose: firewall }\n    talk: { hosts: 50, purpose: route_server }\n";
    let folder = folder(&with_subnets(subnets), "");
    done(&folder, &["build", "shop.yaml"]);
    let arm = folder.read("out/shop/arm/azuredeploy.json");
    let terraform = folder.read("out/shop/terraform/main.tf");
    for name in [
        "GatewaySubnet",
        "AzureBastionSubnet",
        "AzureFirewallSubnet",
        "RouteServerSubnet",
    ] {
        assert!(arm.contains(&format!("/{name}")), "{name}: {arm}");
        assert!(
            terraform.contains(&format!("\"{name}\"")),
            "{name}: {terraform}"
        );
    }
    assert!(!terraform.contains("azurerm_subnet_network_security_group_association"));
    // Of all subnets, only the two with machines send what leads nowhere to nowhere.
    assert_eq!(
        terraform
            .matches("azurerm_subnet_route_table_association")
            .count(),
        2
    );
    for path in ["out/shop/arm/azuredeploy.json", "out/shop/terraform"] {
        let proved = done(&folder, &["prove", "shop.yaml", path]);
        assert!(proved.contains("shop: proved"), "{proved}");
    }
    let ledger = folder.read("patternbook.lock");
    assert!(ledger.contains("subnet shop - main jump "), "{ledger}");
}

#[test]
fn a_subnet_for_a_service_is_as_azure_wants_it() {
    for (subnets, parts) in [
        (
            "jump: { size: /27, purpose: bastion }",
            &[
                "PB303",
                "`AzureBastionSubnet`",
                "/26 or more",
                "azure/bastion",
            ][..],
        ),
        (
            "wall: { size: /28, purpose: firewall }",
            &["PB303", "`AzureFirewallSubnet`", "/26 or more"],
        ),
        (
            "talk: { size: /27, purpose: route_server }",
            &["PB303", "`RouteServerSubnet`", "/26 or more"],
        ),
        (
            "jump: { size: /26, purpose: bastion, spread: zones }",
            &["PB215", "`spread`", "two-tiers.yaml:15:"],
        ),
        (
            "jump: { size: /26, purpose: bastion }\n    hop: { size: /26, purpose: bastion }",
            &["PB403", "both `jump` and `hop`"],
        ),
        (
            "jump: { size: /26, purpose: bastio }",
            &["PB205", "did you mean `bastion`?"],
        ),
    ] {
        refused(
            &folder(&with_subnets(&format!("    {subnets}\n")), ""),
            parts,
        );
    }
    let inside = with_subnets("    jump: { size: /26, purpose: bastion }\n");
    let inside = inside.replace("db: { subnet: db }", "db: { subnet: jump }");
    refused(
        &folder(&inside, ""),
        &["`db` is in `jump`, which is for Azure Bastion alone"],
    );
    let aws = AWS.replace(
        "db: { hosts: 100, spread: zones }",
        "db: { hosts: 100, spread: zones }\n    jump: { size: /26, purpose: bastion }",
    );
    refused(
        &folder(&aws, ""),
        &[
            "PB403",
            "only Azure has subnets for that",
            "two-tiers.yaml:22:",
        ],
    );
}

#[test]
fn blocks_that_do_not_go_together_are_refused() {
    for (network, parts) in [
        (
            "10.0.0.0/20, 10.0.8.0/24",
            &["PB302", "two blocks of the network overlap"][..],
        ),
        (
            "10.0.0.0/20, 172.16.0.0/20",
            &["10.0.0.0/20 and 172.16.0.0/20 together"],
        ),
        (
            "10.1.0.0/20, 10.0.0.0/20",
            &["10.1.0.0/20 and 10.0.0.0/20 together"],
        ),
        (
            "10.2.0.0/20, 10.3.0.0/20, 10.4.0.0/20, 10.5.0.0/20, 10.6.0.0/20, 10.7.0.0/20",
            &["PB401", "would have 6, and AWS allows 5"],
        ),
        (
            "10.2.0.0/20, 192.168.0.0/24",
            &["PB302", "of the datacenter"],
        ),
    ] {
        refused(&folder(AWS, &format!("network: [{network}]")), parts);
    }
}
