//! One line of a template edited by hand, and the proof fails, naming the flow.

use patternbook::reach::proof::Verdict;

use crate::stacks::{cloudformation_of, examples, prove_cloudformation, told};

/// Replaces `old`, which stands somewhere after `after`, and tells what the proof says.
#[track_caller]
fn edited(example: &str, after: &str, old: &str, new: &str) -> (Verdict, String) {
    let mut examples = examples().into_iter();
    let (_, plan) = examples.find(|(name, _)| name == example).unwrap();
    let text = cloudformation_of(&plan);
    let from = text
        .find(after)
        .unwrap_or_else(|| panic!("no `{after}` in\n{text}"));
    let at = text[from..]
        .find(old)
        .unwrap_or_else(|| panic!("no `{old}` after `{after}`"));
    let at = from + at;
    let text = format!("{}{new}{}", &text[..at], &text[at + old.len()..]);
    let proof = prove_cloudformation(&plan, &text);
    (proof.verdict(), told(&proof))
}

#[track_caller]
fn assert_refuted(edit: &(Verdict, String), line: &str) {
    assert_eq!(edit.0, Verdict::Refuted, "{}", edit.1);
    assert!(edit.1.contains(line), "no `{line}` in\n{}", edit.1);
}

#[test]
fn a_port_that_was_changed_is_missing_and_extra() {
    let edit = edited("vpc", "SecurityGroupIngress", "ToPort: 443", "ToPort: 444");
    assert_refuted(&edit, "extra datacenter -> servers tcp/444");
    let edit = edited(
        "vpc",
        "SecurityGroupIngress",
        "FromPort: 443",
        "FromPort: 442",
    );
    assert_refuted(&edit, "extra datacenter -> servers tcp/442");
}

#[test]
fn a_wider_block_is_extra_even_where_no_route_leads_back() {
    let edit = edited(
        "vpc",
        "SecurityGroupIngress",
        "CidrIp: 192.168.0.0/16",
        "CidrIp: 192.0.0.0/8",
    );
    assert_refuted(&edit, "-> servers tcp/443");
}

#[test]
fn a_narrower_block_is_missing() {
    let edit = edited(
        "vpc",
        "SecurityGroupIngress",
        "CidrIp: 192.168.0.0/16",
        "CidrIp: 192.168.0.0/17",
    );
    assert_refuted(&edit, "missing datacenter -> servers tcp/443");
}

#[test]
fn a_route_that_leads_elsewhere_is_missing() {
    let edit = edited(
        "vpc",
        "Type: AWS::EC2::Route\n",
        "DestinationCidrBlock: 192.168.0.0/16",
        "DestinationCidrBlock: 192.169.0.0/16",
    );
    assert_refuted(&edit, "missing servers -> datacenter tcp/443");
}

#[test]
fn another_protocol_is_missing_and_extra() {
    let edit = edited(
        "vpc",
        "SecurityGroupEgress",
        "IpProtocol: tcp",
        "IpProtocol: udp",
    );
    assert_refuted(&edit, "extra servers -> datacenter udp/443");
}
