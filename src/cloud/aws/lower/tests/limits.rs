//! What AWS does not take, found before a deploy.

use super::{errors, fixtures};
use crate::cloud::LoweringError;
use crate::plan::{Bound, Peer, Plan, Scale, Service};
use fixtures::{cidr, flow, named};

/// The limits that a plan exceeds: what, how many, how many there may be.
fn limits(plan: &Plan) -> Vec<(String, usize, usize)> {
    errors(plan)
        .into_iter()
        .filter_map(|error| match error {
            LoweringError::Limit {
                what,
                count,
                limit,
                source_page,
                ..
            } => {
                assert!(source_page.starts_with("https://docs.aws.amazon.com/"));
                Some((what, count, limit))
            }
            _ => None,
        })
        .collect()
}

/// What is wrong in the texts of a plan.
fn texts(plan: &Plan) -> Vec<String> {
    errors(plan).iter().map(ToString::to_string).collect()
}

#[test]
fn a_group_has_sixty_rules_each_way() {
    let mut plan = fixtures::vpn();
    plan.flows.clear();
    let ranges = (0..61).map(|number| cidr(&format!("203.0.{number}.0/24")));
    plan.datacenter.as_mut().unwrap().ranges = ranges.collect();
    plan.flows
        .push(flow(100, Peer::Datacenter, named("servers"), "tcp/443"));
    let mut found = limits(&plan);
    found.retain(|(what, ..)| what.contains("group"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].1, found[0].2), (61, 60));
    assert!(found[0].0.contains("comes in"));
}

#[test]
fn a_network_acl_has_twenty_entries_each_way() {
    let mut plan = fixtures::vpn_full();
    for number in 0..10 {
        let allow = format!("tcp/{}", 100 + number * 2);
        plan.flows.push(flow(
            400 + number,
            Peer::Datacenter,
            named("servers"),
            &allow,
        ));
    }
    let found = limits(&plan);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .all(|(what, _, limit)| what.contains("ACL") && *limit == 20)
    );
}

#[test]
fn a_template_has_five_hundred_resources() {
    let mut plan = fixtures::vpn();
    plan.flows.clear();
    for number in 0..490 {
        fixtures::tier(&mut plan, &format!("tier-{number}"), None);
    }
    let found = limits(&plan);
    assert!(
        found
            .iter()
            .any(|(what, _, limit)| what.contains("resources") && *limit == 500)
    );
    assert!(
        found
            .iter()
            .any(|(what, _, limit)| what.contains("outputs") && *limit == 200)
    );
}

#[test]
fn names_have_their_longest() {
    let mut plan = fixtures::analytics();
    plan.stack = "s".repeat(32);
    let found = limits(&plan);
    assert!(
        found
            .iter()
            .any(|(what, _, limit)| what.contains("bucket") && *limit == 63),
        "{found:?}"
    );
    plan.environment = Some("environment-of-some-length".into());
    let found = limits(&plan);
    for (kind, most) in [("role", 64), ("function", 64), ("event rule", 64)] {
        assert!(
            found
                .iter()
                .any(|(what, _, limit)| what.contains(kind) && *limit == most),
            "{kind}: {found:?}"
        );
    }
}

#[test]
fn blocks_have_their_sizes() {
    let mut plan = fixtures::vpn();
    plan.networks[0].cidrs = vec![cidr("10.0.0.0/12")];
    plan.networks[0].subnets[0].members[0].cidr = cidr("10.1.1.0/29");
    let found = texts(&plan);
    assert!(found.iter().any(|text| text.contains("10.0.0.0/12")));
    assert!(found.iter().any(|text| text.contains("10.1.1.0/29")));
}

#[test]
fn reasons_are_of_the_letters_that_a_rule_takes() {
    let mut plan = fixtures::vpn();
    plan.flows[0].why = "The customer's \"own\" side".into();
    assert!(texts(&plan)[0].contains('\''));
    plan.flows[0].why = "w".repeat(256);
    assert_eq!(limits(&plan)[0].2, 255);
}

#[test]
fn tags_are_of_the_letters_and_the_length_that_aws_takes() {
    for (key, value) in [
        ("owner", "a\nb"),
        ("owner", "${AWS::AccountId}"),
        ("aws:owner", "a"),
        ("Name", "a"),
        ("", "a"),
        ("key!", "a"),
    ] {
        let mut plan = fixtures::vpn();
        plan.tags.insert(key.into(), value.into());
        assert!(!texts(&plan).is_empty(), "{key} {value}");
    }
    let mut plan = fixtures::vpn();
    plan.tags.insert("k".repeat(129), "v".repeat(257));
    assert_eq!(
        limits(&plan).iter().map(|it| it.2).collect::<Vec<_>>(),
        [128, 256]
    );
    plan.tags = (0..50)
        .map(|number| (format!("tag-{number}"), "v".into()))
        .collect();
    assert_eq!(limits(&plan)[0].2, 50);
}

#[test]
fn no_text_asks_cloudformation_for_a_secret() {
    let mut plan = fixtures::vpn();
    plan.title = "{{resolve:secretsmanager:root}}".into();
    assert!(texts(&plan)[0].contains("secret"));
}

#[test]
fn names_that_differ_in_hyphens_only_are_refused() {
    let mut plan = fixtures::vpn();
    fixtures::tier(&mut plan, "app-1", None);
    fixtures::tier(&mut plan, "app1", None);
    assert!(
        texts(&plan)
            .iter()
            .any(|text| text.contains("`app-1` and `app1`"))
    );
    let mut plan = fixtures::vpn();
    plan.datacenter.as_mut().unwrap().ranges = vec![cidr("10.21.1.0/24"), cidr("10.2.11.0/24")];
    assert!(crate::cloud::aws::lower(&plan).is_ok());
}

#[test]
fn logs_are_kept_for_days_that_the_cloud_knows() {
    let mut plan = fixtures::analytics();
    plan.networks[0].flow_log_days = Some(100);
    if let Some(Service::Function(function)) = plan.services.get_mut("launch") {
        function.log_days = 5000;
    }
    let found = errors(&plan);
    let helps: Vec<_> = found
        .iter()
        .map(|error| match error {
            LoweringError::Text { help, .. } => help.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(helps, ["120 days come nearest", "3653 days come nearest"]);
}

#[test]
fn an_instance_that_reads_its_tags_takes_fewer_letters_in_their_keys() {
    let tag = |mut plan: Plan| {
        plan.tags.insert("cost center".into(), "1".into());
        crate::cloud::aws::lower(&plan).is_ok()
    };
    assert!(tag(fixtures::vpn_full()));
    assert!(!tag(fixtures::analytics()));
}

#[test]
fn a_network_is_of_addresses_that_a_network_can_have() {
    for block in [
        "169.254.0.0/16",
        "127.1.0.0/16",
        "224.0.0.0/16",
        "0.0.0.0/16",
    ] {
        let mut plan = fixtures::vpn();
        plan.networks[0].cidrs = vec![cidr(block)];
        assert!(texts(&plan)[0].contains(block), "{block}");
    }
}

#[test]
fn a_device_is_where_the_internet_reaches_it() {
    for (address, right) in [
        ([203, 0, 113, 10], true),
        ([8, 8, 8, 8], true),
        ([10, 0, 0, 1], false),
        ([100, 64, 0, 1], false),
        ([127, 0, 0, 1], false),
        ([169, 254, 1, 1], false),
        ([224, 0, 0, 5], false),
        ([255, 255, 255, 255], false),
        ([0, 0, 0, 0], false),
    ] {
        let mut plan = fixtures::vpn();
        plan.networks[0].vpn.as_mut().unwrap().device = Bound::Known(address.into());
        let refused = crate::cloud::aws::lower(&plan).is_err();
        assert_eq!(refused, !right, "{address:?}");
    }
}

#[test]
fn a_table_has_fifty_routes_and_a_vpc_two_hundred_subnets() {
    let mut plan = fixtures::vpn();
    plan.flows.clear();
    let ranges = (0..51).map(|number| cidr(&format!("203.0.{number}.0/24")));
    plan.datacenter.as_mut().unwrap().ranges = ranges.collect();
    let found = limits(&plan);
    assert_eq!((found[0].1, found[0].2), (51, 50), "{found:?}");

    let mut plan = fixtures::vpn();
    let mut group = plan.networks[0].subnets[0].clone();
    for number in 0..100 {
        group.name = format!("more-{number}");
        for (zone, member) in (1..).zip(&mut group.members) {
            member.name = format!("{}-{zone}", group.name);
        }
        plan.networks[0].subnets.push(group.clone());
    }
    let found = limits(&plan);
    assert!(
        found.iter().any(|it| (it.1, it.2) == (202, 200)),
        "{found:?}"
    );
}

#[test]
fn a_group_grows_no_further_than_its_subnets() {
    let mut plan = fixtures::vpn_full();
    let machines = plan.tiers["servers"].machines.as_mut().unwrap();
    machines.scale = Scale::Automatic { min: 1, max: 503 };
    let found = limits(&plan);
    assert_eq!((found[0].1, found[0].2), (503, 502), "{found:?}");
}

#[test]
fn whoever_launches_an_instance_has_room_for_its_tags() {
    let mut plan = fixtures::analytics();
    let tags = |count| (0..count).map(|number| (format!("tag-{number}"), "v".into()));
    // Two tags are the tool's own, and one is the name.
    plan.tags = tags(36).collect();
    assert!(crate::cloud::aws::lower(&plan).is_ok());
    plan.tags = tags(37).collect();
    assert_eq!((limits(&plan)[0].1, limits(&plan)[0].2), (51, 50));
}
