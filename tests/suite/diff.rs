//! What a change of a stack or template opens and closes, and what it costs that stands.

use serde_json::Value as Json;

use crate::run::Folder;

const VPC: &str = "stack: vpc\npattern: aws-private-vpn\nparameters: { zones: 2 }\n";

/// A folder with a stack as it was, and as it is now.
fn changed(old: &str, new: &str) -> Folder {
    let folder = Folder::new();
    folder.write("old/vpc.yaml", old);
    folder.write("new/vpc.yaml", new);
    folder
}

fn json(folder: &Folder, arguments: &[&str]) -> (i32, Json) {
    let mut all = vec!["diff"];
    all.extend(arguments);
    all.extend(["--format", "json"]);
    let outcome = folder.run(&all);
    (outcome.code, serde_json::from_str(&outcome.stdout).unwrap())
}

#[test]
fn a_stack_differs_in_nothing_from_what_was_built_of_it() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml"]);
    for built in [
        "out/vpc",
        "out/vpc/terraform",
        "out/vpc/cloudformation/template.yaml",
    ] {
        assert_eq!(
            folder.done(&["diff", "vpc.yaml", built]),
            "nothing changes\n",
            "{built}"
        );
        assert_eq!(
            folder.done(&["diff", built, "vpc.yaml"]),
            "nothing changes\n",
            "{built}"
        );
    }
    // The same flows in another format, whose resources have other names.
    let formats = [
        "diff",
        "out/vpc/terraform",
        "out/vpc/cloudformation/template.yaml",
    ];
    assert_eq!(folder.done(&formats), "nothing changes\n");
    let (code, answer) = json(&folder, &["vpc.yaml", "out/vpc"]);
    assert_eq!(code, 0);
    assert_eq!(answer["schema_version"], 1);
    for list in [
        "opened", "closed", "moved", "replaced", "added", "removed", "unknown",
    ] {
        assert_eq!(answer[list], serde_json::json!([]), "{list}");
    }
}

#[test]
fn a_port_more_is_opened_and_a_port_less_is_closed() {
    let more = VPC.replace("zones: 2", "zones: 2, inbound: [tcp/22, tcp/443]");
    let folder = changed(VPC, &more);
    let (code, answer) = json(&folder, &["old/vpc.yaml", "new/vpc.yaml"]);
    assert_eq!(code, 1);
    assert_eq!(answer["opened"].as_array().unwrap().len(), 1);
    assert_eq!(answer["opened"][0]["from"], "datacenter");
    assert_eq!(answer["opened"][0]["to"], "servers");
    assert_eq!(answer["opened"][0]["allow"], "tcp/22");
    assert_eq!(
        answer["opened"][0]["why"],
        "Users and administrators in the datacenter."
    );
    assert_eq!(answer["closed"], serde_json::json!([]));
    let (_, back) = json(&folder, &["new/vpc.yaml", "old/vpc.yaml"]);
    assert_eq!(back["closed"][0]["allow"], "tcp/22");
    assert_eq!(back["opened"], serde_json::json!([]));
}

#[test]
fn a_wider_range_of_addresses_opens_what_is_new_of_it() {
    let folder = Folder::new();
    folder.write(
        "web.yaml",
        "stack: web\npattern: azure-public-web\nparameters: { admin_from: [198.51.100.0/25] }\n",
    );
    folder.done(&["build", "web.yaml", "-o", "a"]);
    folder.write(
        "web.yaml",
        "stack: web\npattern: azure-public-web\nparameters: { admin_from: [198.51.100.0/24] }\n",
    );
    folder.done(&["build", "web.yaml", "-o", "b"]);
    let (code, answer) = json(&folder, &["a/web", "b/web"]);
    assert_eq!(code, 1);
    let from: Vec<_> = answer["opened"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["from"].as_str().unwrap())
        .collect();
    assert_eq!(from, ["198.51.100.128/25"]);
    assert_eq!(answer["closed"], serde_json::json!([]));
}

#[test]
fn a_network_with_other_addresses_moves_subnets_and_makes_anew_what_hangs_on_it() {
    let folder = changed(
        VPC,
        &VPC.replace("zones: 2", "zones: 2, network: 10.9.0.0/16"),
    );
    let (_, answer) = json(&folder, &["old/vpc.yaml", "new/vpc.yaml"]);
    assert_eq!(
        answer["moved"][0],
        serde_json::json!({ "subnet": "private1", "from": "10.0.0.0/22", "to": "10.9.0.0/22" })
    );
    let replaced: Vec<_> = answer["replaced"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    for resource in [
        "Vpc main",
        "Subnet private1",
        "SecurityGroup servers",
        "RouteTableAssociation private1",
    ] {
        assert!(replaced.contains(&resource), "{resource}: {replaced:?}");
    }
    // The gateway of a VPN is no part of a VPC.
    assert!(
        !replaced.iter().any(|it| it.starts_with("VpnGateway ")),
        "{replaced:?}"
    );
    assert_eq!(answer["opened"], serde_json::json!([]));
}

#[test]
fn a_zone_more_adds_and_replaces_nothing() {
    let folder = changed(VPC, &VPC.replace('2', "3"));
    let (_, answer) = json(&folder, &["old/vpc.yaml", "new/vpc.yaml"]);
    assert_eq!(answer["replaced"], serde_json::json!([]));
    assert_eq!(answer["moved"], serde_json::json!([]));
    assert_eq!(answer["added"][0], "Subnet private3");
}

#[test]
fn what_says_something_else_and_stays_is_told_as_well() {
    let with = |size: &str| VPC.replace("zones: 2", &format!("instances: true, size: {size}"));
    let folder = changed(&with("t3.small"), &with("m7i.large"));
    let outcome = folder.run(&["diff", "old/vpc.yaml", "new/vpc.yaml"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert_eq!(
        outcome.stdout,
        "Changed where it stands\n  LaunchTemplate servers\n"
    );
    let (_, answer) = json(&folder, &["old/vpc.yaml", "new/vpc.yaml"]);
    assert_eq!(
        answer["changed"],
        serde_json::json!(["LaunchTemplate servers"])
    );
    let chosen = ["diff", "old/vpc.yaml", "new/vpc.yaml", "--fail-on"];
    let run = |kind: &str| folder.run(&[chosen.as_slice(), &[kind]].concat()).code;
    assert_eq!(run("changed"), 1);
    assert_eq!(run("opened,replaced,removed"), 0);
}

#[test]
fn azure_makes_anew_what_cannot_change_there() {
    let web = |parameters: &str| {
        format!("stack: web\npattern: azure-public-web\nparameters: {{ {parameters} }}\n")
    };
    let folder = Folder::new();
    folder.write("old.yaml", web("zones: 2"));
    let replaced = |parameters: &str| -> Vec<String> {
        folder.write("new.yaml", web(parameters));
        let (_, answer) = json(&folder, &["old.yaml", "new.yaml"]);
        let replaced = answer["replaced"].as_array().unwrap().iter();
        replaced.map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        replaced("zones: 3"),
        [
            "ScaleSet vmss-web-web",
            "AutoscaleSetting autoscale-web-web"
        ],
        "what grows a scale set goes with it"
    );
    assert_eq!(
        replaced("zones: 2, admin_user: root2"),
        [
            "ScaleSet vmss-web-web",
            "AutoscaleSetting autoscale-web-web"
        ]
    );
    assert!(replaced("zones: 2, size: Standard_D4as_v5, max_instances: 20").is_empty());
}

#[test]
fn what_fails_a_pipeline_can_be_chosen() {
    let folder = changed(VPC, &VPC.replace('2', "3"));
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff", "old/vpc.yaml", "new/vpc.yaml"];
        arguments.extend(more);
        folder.run(&arguments).code
    };
    assert_eq!(diff(&[]), 1);
    assert_eq!(diff(&["--fail-on", "opened,replaced"]), 0);
    assert_eq!(diff(&["--fail-on", "opened,added"]), 1);
    assert_eq!(diff(&["--fail-on", "everything"]), 2);
}

#[test]
fn templates_by_others_are_compared_and_an_egress_that_nobody_wrote_is_seen() {
    let folder = Folder::new();
    let template = |egress: &str| {
        format!(
            "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: {{ CidrBlock: 10.0.0.0/16 }}\n  Subnet:\n    Type: AWS::EC2::Subnet\n    \
             Properties: {{ VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 }}\n  Gateway:\n    Type: AWS::EC2::InternetGateway\n  Attachment:\n    \
             Type: AWS::EC2::VPCGatewayAttachment\n    Properties: {{ VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway }}\n  Table:\n    \
             Type: AWS::EC2::RouteTable\n    Properties: {{ VpcId: !Ref Vpc }}\n  Route:\n    Type: AWS::EC2::Route\n    DependsOn: Attachment\n    \
             Properties: {{ RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway }}\n  Association:\n    \
             Type: AWS::EC2::SubnetRouteTableAssociation\n    Properties: {{ RouteTableId: !Ref Table, SubnetId: !Ref Subnet }}\n  Group:\n    \
             Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: Machines\n      VpcId: !Ref Vpc\n{egress}  Machine:\n    \
             Type: AWS::EC2::Instance\n    Properties:\n      NetworkInterfaces:\n        - DeviceIndex: \"0\"\n          \
             SubnetId: !Ref Subnet\n          GroupSet: [!Ref Group]\n          AssociatePublicIpAddress: true\n"
        )
    };
    let one = "      SecurityGroupEgress:\n        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }\n";
    folder.write("old.yaml", template(one));
    folder.write("new.yaml", template(""));
    let outcome = folder.run(&["diff", "old.yaml", "new.yaml", "--fail-on", "opened"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(
        outcome
            .stdout
            .starts_with("Opened\n  group -> internet  tcp/1-442, tcp/444-65535, "),
        "{}",
        outcome.stdout
    );
    let markdown = folder.run(&["diff", "old.yaml", "new.yaml", "--format", "markdown"]);
    assert!(
        markdown.stdout.starts_with("### Opened ("),
        "{}",
        markdown.stdout
    );
    assert!(
        markdown.stdout.contains("- `group -> internet"),
        "{}",
        markdown.stdout
    );
}

#[test]
fn a_guarantee_that_a_pattern_no_longer_gives_is_lost() {
    let folder = changed(VPC, VPC);
    let pattern =
        std::fs::read_to_string(crate::run::project().join("patterns/aws-private-vpn.yaml"))
            .unwrap();
    let guarantee = "  - { never: servers, reaches: servers }\n";
    assert!(pattern.contains(guarantee), "{pattern}");
    folder.write(
        "p/aws-private-vpn-less.yaml",
        pattern
            .replace(guarantee, "")
            .replace("pattern: aws-private-vpn", "pattern: aws-private-vpn-less"),
    );
    folder.write(
        "new/vpc.yaml",
        VPC.replace("aws-private-vpn", "aws-private-vpn-less"),
    );
    let outcome = folder.run(&["diff", "old/vpc.yaml", "new/vpc.yaml", "--patterns", "p"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert_eq!(
        outcome.stdout,
        "Guarantees lost\n  servers never reaches servers\n"
    );
}

#[test]
fn two_clouds_are_not_compared() {
    let folder = Folder::new();
    folder.write("vpc.yaml", VPC);
    folder.write("web.yaml", "stack: web\npattern: azure-public-web\n");
    let refused = folder.run(&["diff", "vpc.yaml", "web.yaml"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("two clouds"), "{}", refused.stderr);
    let missing = folder.run(&["diff", "vpc.yaml", "nothing.yaml", "--format", "json"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stdout.contains("PB100"), "{}", missing.stdout);
}

/// Runs git in a folder.
fn git(folder: &Folder, arguments: &[&str]) {
    let mut all = vec![
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.com",
        "-c",
        "init.defaultBranch=main",
    ];
    all.extend(arguments);
    let ran = std::process::Command::new("git")
        .args(all)
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// A repository with two commits of what was built: the second has one port more and one stack more.
fn repository() -> Folder {
    let folder = Folder::new();
    git(&folder, &["init", "--quiet"]);
    folder.write("vpc.yaml", VPC);
    folder.done(&["build", "vpc.yaml"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "one"]);
    folder.write(
        "vpc.yaml",
        VPC.replace("zones: 2", "zones: 2, inbound: [tcp/22, tcp/443]"),
    );
    folder.write("web.yaml", "stack: web\npattern: azure-public-web\n");
    folder.done(&["build", "vpc.yaml", "web.yaml"]);
    folder
}

#[test]
fn revisions_of_git_are_compared_with_each_other_and_with_what_is_there() {
    let folder = repository();
    let there = folder.run(&["diff", "--git", "HEAD", "--", "out/"]);
    assert_eq!(there.code, 1, "{}", there.stderr);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "two"]);
    let between = folder.run(&["diff", "--git", "HEAD~1..HEAD", "--", "out/"]);
    assert_eq!(between.stdout, there.stdout);
    let text = &between.stdout;
    assert!(
        text.starts_with("out/vpc\n  Opened\n    192.168.0.0/16 -> servers  tcp/22"),
        "{text}"
    );
    assert!(
        text.contains("out/vpc/cloudformation/template.yaml:"),
        "{text}"
    );
    assert!(
        text.contains("\nout/web\n  Opened\n    internet -> asg-web-web  tcp/443"),
        "{text}"
    );
    let (_, answer) = json(&folder, &["--git", "HEAD~1..", "out"]);
    assert_eq!(answer["opened"][0]["allow"], "tcp/22");
    assert_eq!(
        folder.done(&["diff", "--git", "HEAD", "out"]),
        "nothing changes\n"
    );
    // What went has let pass what nobody can do any more.
    let gone = folder.run(&["diff", "--git", "HEAD..HEAD~1", "out/web"]);
    assert!(
        gone.stdout.starts_with("out/web\n  Closed\n"),
        "{}",
        gone.stdout
    );
    let markdown = folder.run(&[
        "diff",
        "--git",
        "HEAD~1..HEAD",
        "out",
        "--format",
        "markdown",
    ]);
    assert!(
        markdown
            .stdout
            .starts_with("## out/vpc\n\n### Opened (1)\n"),
        "{}",
        markdown.stdout
    );
}

#[test]
fn a_revision_that_does_not_exist_is_an_error() {
    let folder = repository();
    for revisions in ["nowhere", "HEAD..nowhere", "--output=x", ""] {
        let refused = folder.run(&["diff", &format!("--git={revisions}"), "out"]);
        assert_eq!(refused.code, 2, "{revisions}: {}", refused.stdout);
        assert!(
            refused.stderr.contains("PB207"),
            "{revisions}: {}",
            refused.stderr
        );
    }
    let outside = Folder::new();
    assert_eq!(outside.run(&["diff", "--git", "HEAD", "out"]).code, 2);
    assert_eq!(outside.run(&["diff", "one.yaml"]).code, 2);
}
