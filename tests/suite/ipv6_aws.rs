//! IPv6 on AWS: numbers in a block that AWS gives, or a block that was brought; a way out, and none in.

use serde_json::Value as Json;

use crate::run::{Folder, project};

const PROVIDED: &str =
    "stack: batch\npattern: aws-private-outbound\nparameters: { ipv6: provided }\n";
const OWN: &str = "stack: batch\npattern: aws-private-outbound\n\
                   parameters: { ipv6: \"2600:1f18:ab00::/56\", ipv6_pool: ipv6pool-ec2-0123456789abcdef0 }\n";
const ONLY_IPV4: &str = "stack: batch\npattern: aws-private-outbound\n";

const TEMPLATE: &str = "out/batch/cloudformation/template.yaml";
const TERRAFORM: &str = "out/batch/terraform";

fn built(stack: &str) -> Folder {
    let folder = Folder::new();
    folder.write("batch.yaml", stack);
    folder.done(&["build", "batch.yaml"]);
    folder
}

/// The pattern with a change, in a folder of its own.
fn with_pattern(change: impl Fn(&str) -> String) -> Folder {
    let folder = Folder::new();
    let path = project().join("patterns/aws-private-outbound.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let changed = change(&text);
    assert_ne!(changed, text);
    folder.write("patterns/aws-private-outbound.yaml", changed);
    folder
}

fn ledger_lines(folder: &Folder, with: &str) -> Vec<String> {
    let ledger = folder.read("patternbook.lock");
    let lines = ledger.lines().filter(|line| line.contains(with));
    lines.map(ToOwned::to_owned).collect()
}

/// The number of the /64 that a subnet has in a template.
fn number(folder: &Folder, subnet: &str) -> String {
    let text = folder.read(TEMPLATE);
    let (_, rest) = text.split_once(&format!("  {subnet}:\n")).unwrap();
    let (_, rest) = rest.split_once("Ipv6CidrBlock: !Select [").unwrap();
    rest.split_once(',').unwrap().0.to_owned()
}

#[track_caller]
fn refused(folder: &Folder, code: &str, why: &str) {
    let outcome = folder.run(&["build", "batch.yaml", "--patterns", "patterns"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    let error = format!("error[{code}]");
    assert!(outcome.stderr.contains(&error), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
}

/// What is said of a template in which one text stands for another.
#[track_caller]
fn refuted(folder: &Folder, path: &str, (from, to): (&str, &str)) -> String {
    let text = folder.read(path);
    assert!(text.contains(from), "no `{from}` in\n{text}");
    folder.write(path, text.replacen(from, to, 1));
    let whole = if path == TEMPLATE { path } else { TERRAFORM };
    let outcome = folder.run(&["prove", "batch.yaml", whole]);
    folder.write(path, text);
    assert_eq!(outcome.code, 1, "{from}: {}", outcome.stdout);
    assert!(outcome.stdout.contains("refuted"), "{}", outcome.stdout);
    outcome.stdout
}

#[test]
fn a_subnet_keeps_its_number_whatever_comes_and_goes() {
    let more = |text: &str| {
        let subnets = "  subnets:\n";
        text.replacen(
            subnets,
            "  subnets:\n    cache: { hosts: 20, spread: zones }\n",
            1,
        )
    };
    let folder = with_pattern(more);
    let build = ["build", "batch.yaml", "--patterns", "patterns"];
    folder.write("batch.yaml", PROVIDED);
    folder.done(&["build", "batch.yaml"]);
    let workers = number(&folder, "Workers1Subnet");
    // By its name `cache` comes first, and would have the first numbers without a ledger.
    folder.done(&build);
    assert_eq!(number(&folder, "Workers1Subnet"), workers);
    let cache = number(&folder, "Cache1Subnet");
    assert_ne!(cache, workers);
    // A zone more has a number that was kept for it.
    folder.write(
        "batch.yaml",
        PROVIDED.replace("provided", "provided, zones: 3"),
    );
    folder.done(&build);
    assert_eq!(number(&folder, "Workers1Subnet"), workers);
    let third = workers.parse::<u8>().unwrap() + 2;
    assert_eq!(number(&folder, "Workers3Subnet"), third.to_string());
    // What is gone keeps its numbers until somebody releases them.
    folder.done(&["build", "batch.yaml"]);
    let gone = ledger_lines(&folder, "gone batch - main cache 0:0:0:");
    assert_eq!(gone.len(), 1, "{gone:?}");
    folder.done(&["release", "batch", "cache"]);
    assert!(!folder.read("patternbook.lock").contains("cache"));
}

#[test]
fn the_plan_says_numbers_where_nobody_knows_addresses() {
    let folder = Folder::new();
    folder.write("batch.yaml", PROVIDED);
    let text = folder.done(&["plan", "batch.yaml"]);
    assert!(
        text.contains("IPv6: a /56 that the deploy is given"),
        "{text}"
    );
    assert!(text.contains("├─ workers-1  /64 number 4\n"), "{text}");
    assert!(text.contains("free  248 of 256 subnets\n"), "{text}");
    let answer = folder.done(&["plan", "batch.yaml", "--format", "json"]);
    let answer: Json = serde_json::from_str(&answer).unwrap();
    let network = &answer["networks"][0];
    assert_eq!(network["ipv6"]["cidr"], "provided");
    assert_eq!(network["ipv6"]["free_subnets"], 248);
    assert_eq!(network["subnets"][0]["ipv6_number"], 4);
    assert!(network["subnets"][0].get("ipv6").is_none());
    // An IPAM is told of addresses that somebody knows.
    let rows = folder.done(&["plan", "batch.yaml", "--format", "csv"]);
    assert!(!rows.contains("::"), "{rows}");

    let what_if = folder.done(&["plan", "batch.yaml", "--what-if", "zones=3"]);
    assert!(what_if.starts_with("zones=3: fits\n"), "{what_if}");
    assert!(
        what_if.contains("workers-3 would get /64 number 6\n"),
        "{what_if}"
    );

    folder.write("batch.yaml", OWN);
    let rows = folder.done(&["plan", "batch.yaml", "--format", "csv"]);
    assert!(
        rows.contains("\nnetwork,2600:1f18:ab00::/56,batch,,main,"),
        "{rows}"
    );
    let workers = "\nsubnet,2600:1f18:ab00:4::/64,batch,,main,workers,1,,batch: workers-1\n";
    assert!(rows.contains(workers), "{rows}");
}

#[test]
fn a_rule_or_a_route_of_one_version_more_or_less_is_refuted() {
    let folder = built(PROVIDED);
    let security = "out/batch/terraform/security.tf";
    let from_members = "  referenced_security_group_id = aws_security_group.workers.id\n";
    let from_anywhere = "  cidr_ipv6 = \"::/0\"\n";
    let told = refuted(&folder, security, (from_members, from_anywhere));
    assert!(told.contains("internet -> data  tcp/5432"), "{told}");
    // Members by their addresses of IPv4 alone: half of the flow is gone.
    let told = refuted(
        &folder,
        security,
        (from_members, "  cidr_ipv4 = \"10.40.0.0/22\"\n"),
    );
    assert!(told.contains("nothing lets it pass by IPv6"), "{told}");

    let out = "  cidr_ipv6         = \"::/0\"\n";
    let told = refuted(
        &folder,
        security,
        (out, "  cidr_ipv6         = \"2000::/4\"\n"),
    );
    assert!(told.contains("workers -> internet  tcp/443"), "{told}");

    let route = "      DestinationIpv6CidrBlock: ::/0\n";
    let text = folder.read(TEMPLATE);
    let quoted = if text.contains(route) {
        route
    } else {
        "      DestinationIpv6CidrBlock: \"::/0\"\n"
    };
    let told = refuted(
        &folder,
        TEMPLATE,
        (quoted, "      DestinationIpv6CidrBlock: 2000::/8\n"),
    );
    assert!(told.contains("by IPv6"), "{told}");

    // Through an Internet gateway, nothing comes in that no rule lets in. But the group of workers has none.
    let gateway = "      EgressOnlyInternetGatewayId: !Ref MainEgressOnlyInternetGateway\n";
    let door = "      GatewayId: !Ref MainInternetGateway\n";
    let text = folder.read(TEMPLATE);
    let opened = text.replacen(
        "      SecurityGroupEgress:\n",
        "      SecurityGroupIngress:\n        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIpv6: \"::/0\" }\n      SecurityGroupEgress:\n",
        1,
    );
    folder.write(TEMPLATE, &opened);
    let told = refuted(&folder, TEMPLATE, (gateway, door));
    assert!(told.contains("internet -> workers  tcp/22"), "{told}");
    folder.write(TEMPLATE, &text);
    // Nobody comes in through an egress-only gateway; whoever else is in the network may.
    folder.write(TEMPLATE, &opened);
    let told = refuted(&folder, TEMPLATE, ("FromPort: 22", "FromPort: 21"));
    assert!(
        told.contains("whoever else has such an address in the network"),
        "{told}"
    );
}

#[test]
fn instances_that_get_no_address_of_ipv6_are_told() {
    for (path, line) in [
        (TEMPLATE, "      AssignIpv6AddressOnCreation: true\n"),
        (
            "out/batch/terraform/main.tf",
            "  assign_ipv6_address_on_creation = true\n",
        ),
    ] {
        let told = refuted(&built(PROVIDED), path, (line, ""));
        assert!(told.contains("surely has an address of IPv6"), "{told}");
    }
}

#[test]
fn a_template_of_one_version_is_not_what_a_stack_of_both_says_nor_the_other_way_round() {
    let folder = built(PROVIDED);
    folder.write("batch.yaml", ONLY_IPV4);
    for path in [TEMPLATE, TERRAFORM] {
        let outcome = folder.run(&["prove", "batch.yaml", path]);
        assert_eq!(outcome.code, 1, "{}", outcome.stdout);
        let why = "no addresses of this version of IP";
        assert!(outcome.stdout.contains(why), "{}", outcome.stdout);
    }
    folder.done(&["build", "batch.yaml", "--force"]);
    folder.write("batch.yaml", PROVIDED);
    for path in [TEMPLATE, TERRAFORM] {
        let outcome = folder.run(&["prove", "batch.yaml", path]);
        assert_eq!(outcome.code, 1, "{}", outcome.stdout);
        let why = "no machines of the tier have addresses of IPv6";
        assert!(outcome.stdout.contains(why), "{}", outcome.stdout);
    }
}

#[test]
fn ipv6_that_comes_moves_nothing_and_another_number_is_a_move() {
    let folder = built(ONLY_IPV4);
    let old = folder.read(TEMPLATE);
    folder.write("batch.yaml", PROVIDED);
    folder.done(&["build", "batch.yaml"]);
    let new = folder.read(TEMPLATE);
    folder.write("old.yaml", old);
    folder.write("new.yaml", &new);
    let changed = |old: &str, new: &str| -> Json {
        let outcome = folder.run(&["diff", old, new, "--format", "json"]);
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        serde_json::from_str(&outcome.stdout).unwrap()
    };
    let answer = changed("old.yaml", "new.yaml");
    assert_eq!(answer["moved"], serde_json::json!([]));
    assert_eq!(answer["replaced"], serde_json::json!([]));
    folder.write("other.yaml", new.replacen("!Select [4,", "!Select [9,", 1));
    let answer = changed("new.yaml", "other.yaml");
    let moved = &answer["moved"][0];
    assert_eq!(moved["subnet"], "workers1");
    assert_eq!(moved["from"], "10.40.0.0/24, /64 number 4");
    assert_eq!(moved["to"], "10.40.0.0/24, /64 number 9");
}

#[test]
fn mirrored_environments_have_the_same_numbers_and_distinct_ones_may() {
    let folder = Folder::new();
    let stack = |addressing: &str, prod: &str| {
        format!(
            "{PROVIDED}addressing: {addressing}\nenvironments:\n  dev: {{ parameters: {{ zones: 1 }} }}\n  \
             prod: {{ parameters: {{ zones: 3{prod} }} }}\n"
        )
    };
    folder.write("batch.yaml", stack("mirrored", ""));
    folder.done(&["build", "batch.yaml"]);
    let numbers = |environment: &str| -> Vec<String> {
        let lines = ledger_lines(&folder, &format!("subnet batch {environment} "));
        let lines = lines.into_iter().filter(|line| line.contains("::"));
        lines.map(|line| line.replace(environment, "")).collect()
    };
    assert_eq!(numbers("dev").len(), 2);
    assert_eq!(numbers("dev"), numbers("prod"));

    let apart = Folder::new();
    apart.write("batch.yaml", stack("distinct", ", network: 10.41.0.0/16"));
    apart.done(&["build", "batch.yaml"]);
}

#[test]
fn what_aws_carries_by_ipv4_only_is_refused_and_said() {
    let folder = with_pattern(|text| {
        text.replacen(
            "  flow_log_days: $flow_log_days\n",
            "  flow_log_days: $flow_log_days\n  isolate_zones: true\n  vpn: { device: $device, routing: static }\n",
            1,
        )
        .replacen(
            "parameters:\n",
            "parameters:\n  device: { type: ip, bind: deploy, help: The device. }\n",
            1,
        )
    });
    folder.write("batch.yaml", PROVIDED);
    refused(&folder, "PB403", "a VPN gateway in a network with IPv6");
    refused(
        &folder,
        "PB403",
        "zones that are kept apart in a network with IPv6",
    );
    folder.write(
        "batch.yaml",
        PROVIDED.replace("provided", "provided, outbound: [icmp/8]"),
    );
    refused(
        &folder,
        "PB403",
        "`icmp/8` from `workers` to `internet` in a network with IPv6",
    );

    let loop_text = std::fs::read_to_string(project().join("patterns/aws-analytics-loop.yaml"));
    let endpoint = loop_text
        .unwrap()
        .replacen("  cidr: ", "  ipv6: provided\n  cidr: ", 1);
    folder.write("patterns/aws-analytics-loop.yaml", endpoint);
    folder.write("batch.yaml", "stack: batch\npattern: aws-analytics-loop\n");
    refused(&folder, "PB403", "in a network with IPv6");
}

#[test]
fn a_block_that_is_given_has_room_for_so_many_subnets() {
    let folder = with_pattern(|text| {
        let more = (0..63).map(|at| format!("    more{at}: {{ hosts: 20, spread: zones }}\n"));
        text.replacen(
            "  subnets:\n",
            &format!("  subnets:\n{}", more.collect::<String>()),
            1,
        )
    });
    folder.write("batch.yaml", PROVIDED);
    let why = "the /56 of IPv6 that AWS gives has no room for all subnets";
    refused(&folder, "PB301", why);
}

#[test]
fn blocks_that_aws_does_not_take_are_refused() {
    let folder = Folder::new();
    for (block, code, why) in [
        ("\"2600:1f18:ab00::/57\"", "PB303", "a /48, /52, /56 or /60"),
        ("\"2600:1f18:ab00::/64\"", "PB303", "a /48, /52, /56 or /60"),
        ("fd00:1234::/56", "PB212", "or write `provided`"),
        ("provide", "PB212", "is not a CIDR block"),
        (
            "\"2600:1f18:ab00::/56\"",
            "PB403",
            "without the pool that it is from",
        ),
    ] {
        let text = |text: &str| text.replacen("  ipv6_pool: $ipv6_pool\n", "", 1);
        let folder = with_pattern(text);
        folder.write(
            "batch.yaml",
            ONLY_IPV4.to_owned() + &format!("parameters: {{ ipv6: {block} }}\n"),
        );
        refused(&folder, code, why);
    }
    folder.write(
        "batch.yaml",
        PROVIDED.replace("provided", "provided, ipv6_pool: ipv6pool-ec2-0"),
    );
    let outcome = folder.run(&["plan", "batch.yaml"]);
    assert!(
        outcome.stderr.contains("`ipv6_pool` has no effect"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_block_that_was_brought_is_known_and_kept() {
    let folder = built(OWN);
    let text = folder.read(TEMPLATE);
    for line in [
        "      Ipv6CidrBlock: 2600:1f18:ab00::/56\n",
        "      Ipv6Pool: !Ref Ipv6Pool\n",
        "      Ipv6CidrBlock: 2600:1f18:ab00:4::/64\n",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    // Another block is another network: what is recorded stays where it is.
    folder.write("batch.yaml", PROVIDED);
    let outcome = folder.run(&["build", "batch.yaml"]);
    assert_eq!(outcome.code, 2);
    let why = "holds `2600:1f18:ab00:4::/62`, which is outside the network";
    assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
}

#[test]
fn nat_gateways_have_a_subnet_of_their_own_on_aws_and_nowhere_else() {
    let without = with_pattern(|text| {
        text.replacen(
            "    gateways: { size: /28, spread: zones, purpose: nat_gateway }\n",
            "",
            1,
        )
    });
    without.write("batch.yaml", ONLY_IPV4);
    refused(
        &without,
        "PB403",
        "through NAT without a subnet for NAT gateways",
    );

    let unused = with_pattern(|text| text.replacen(", default_route: nat", "", 1));
    unused.write("batch.yaml", ONLY_IPV4);
    refused(&unused, "PB403", "for NAT gateways, which nothing uses");

    let azure = Folder::new();
    let path = project().join("patterns/azure-public-web.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let subnets = "  subnets:\n    gateways: { size: /28, purpose: nat_gateway }\n";
    azure.write(
        "patterns/azure-public-web.yaml",
        text.replacen("  subnets:\n", subnets, 1),
    );
    azure.write("batch.yaml", "stack: batch\npattern: azure-public-web\n");
    refused(&azure, "PB403", "only AWS has subnets for that");
}

#[test]
fn a_subnet_whose_vpc_has_no_such_block_is_never_proved() {
    let provided = built(PROVIDED);
    let own = built(OWN);
    for (folder, path, from, to) in [
        (
            &provided,
            "out/batch/terraform/main.tf",
            "  assign_generated_ipv6_cidr_block = true\n",
            "",
        ),
        (
            &own,
            TEMPLATE,
            "Ipv6CidrBlock: 2600:1f18:ab00:4::/64",
            "Ipv6CidrBlock: 2600:1f18:cd00:4::/64",
        ),
    ] {
        let text = folder.read(path);
        assert!(text.contains(from), "{text}");
        folder.write(path, text.replacen(from, to, 1));
        let whole = if path == TEMPLATE { path } else { TERRAFORM };
        let outcome = folder.run(&["prove", "batch.yaml", whole]);
        assert_ne!(outcome.code, 0, "{}", outcome.stdout);
        let why = "is not in the addresses of its VPC";
        assert!(outcome.stdout.contains(why), "{}", outcome.stdout);
    }
}
