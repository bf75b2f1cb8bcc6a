//! A flow that is permitted only in part is missing.

use super::examples::{example, stack};
use crate::cloud::aws::{Decision, Policy, Resource, Scope, Subscriber};
use crate::reach::aws::access::access;
use crate::reach::proof::actions::compare;
use crate::reach::request::request;

/// The flows of the analytics loop that are missing after a change of its resources, as in `launch -> analysis`.
fn missing(change: impl Fn(&mut Resource)) -> Vec<String> {
    let (plan, mut resources) = stack(&example("loop"));
    for placed in &mut resources {
        change(&mut placed.resource);
    }
    let differences = compare(&plan, &access(&resources).grants);
    let flows = differences.missing.iter().map(|at| &plan.flows[*at]);
    flows
        .map(|flow| format!("{} -> {}", flow.from, flow.to))
        .collect()
}

/// Takes an action out of every statement of a policy that allows it, and a statement that allows nothing else.
fn without(policy: &mut Policy, action: &str) {
    policy.statements.retain_mut(|statement| {
        let mut left = statement.actions.named().to_vec();
        left.retain(|it| it != action);
        let keep = statement.effect == Decision::Deny || !left.is_empty();
        if statement.effect == Decision::Allow {
            statement.actions = left.into();
        }
        keep
    });
}

#[test]
fn nothing_is_missing_where_nothing_is_changed() {
    assert!(missing(|_| ()).is_empty());
}

#[test]
fn a_role_that_nothing_takes_on_does_nothing_for_its_namesake() {
    let other = missing(|resource| {
        if let Resource::Function(it) = resource
            && it.id.name() == "launch"
        {
            it.role = crate::cloud::aws::Kind::Role.named(["analysis"]).arn();
        }
    });
    assert_eq!(other, ["launch -> analysis"]);
    let distrusted = missing(|resource| {
        if let Resource::Role(it) = resource
            && it.id.name() == "launch"
        {
            it.trust.statements[0].effect = Decision::Deny;
        }
    });
    assert_eq!(distrusted, ["launch -> analysis"]);
    let without_profile = missing(|resource| {
        if let Resource::LaunchTemplate(it) = resource {
            it.profile = None;
        }
    });
    assert_eq!(
        without_profile,
        ["analysis -> intake", "analysis -> results"]
    );
}

#[test]
fn what_is_launched_must_be_tagged() {
    let untagged = missing(|resource| {
        if let Resource::Role(it) = resource {
            without(&mut it.policy, "ec2:CreateTags");
        }
    });
    assert_eq!(untagged, ["launch -> analysis"]);
}

#[test]
fn reading_and_writing_take_every_action_that_they_are_made_of() {
    let by_version = missing(|resource| {
        if let Resource::VpcEndpoint(it) = resource {
            without(&mut it.policy, "s3:GetObjectVersion");
        }
    });
    assert_eq!(by_version, ["analysis -> intake"]);
    let in_parts = missing(|resource| {
        if let Resource::BucketPolicy(it) = resource
            && it.id.name() == "intake"
        {
            without(&mut it.policy, "s3:AbortMultipartUpload");
        }
    });
    assert_eq!(in_parts, ["datacenter -> intake"]);
}

#[test]
fn a_message_by_another_protocol_is_not_the_one() {
    let by_web = missing(|resource| {
        if let Resource::Subscription(it) = resource {
            let Subscriber::Email(endpoint) = it.subscriber.clone() else {
                return;
            };
            it.subscriber = Subscriber::Other {
                protocol: "https".into(),
                endpoint,
            };
        }
    });
    assert_eq!(by_web, ["notices -> datacenter"]);
}

#[test]
fn an_upload_may_say_nothing_of_encryption() {
    let must_say = missing(|resource| {
        if let Resource::BucketPolicy(it) = resource
            && it.id.name() == "intake"
        {
            let mut statements = it.policy.statements.iter_mut();
            let other = statements.find(|it| it.sid == "DenyOtherEncryption");
            other.unwrap().conditions.retain(|it| it.operator != "Null");
        }
    });
    assert_eq!(must_say, ["datacenter -> intake"]);
}

#[test]
fn a_part_of_a_bucket_is_not_the_bucket() {
    let some = missing(|resource| {
        if let Resource::Role(it) = resource
            && it.id.name() == "analysis"
        {
            let read = &mut it.policy.statements[0];
            let objects = read.resources.named()[0].clone();
            read.resources = vec![crate::cloud::Term::Join(vec![objects, "x".into()])].into();
        }
    });
    assert_eq!(some, ["analysis -> intake"]);
}

#[test]
fn everything_but_one_thing_is_more_than_that_thing() {
    let (plan, mut resources) = stack(&example("loop"));
    for placed in &mut resources {
        if let Resource::Role(it) = &mut placed.resource
            && it.id.name() == "notify"
        {
            for statement in &mut it.policy.statements {
                if statement.sid == "PublishNotices" {
                    statement.resources = Scope::AllBut(statement.resources.named().to_vec());
                }
            }
        }
    }
    let grants = access(&resources).grants;
    let extra = compare(&plan, &grants).extra;
    let told = extra.iter().map(|at| request(&grants[*at]));
    assert!(
        told.clone().any(|it| it.contains("sns:Publish")),
        "{:?}",
        told.collect::<Vec<_>>()
    );
}

#[test]
fn a_template_of_a_longer_name_is_another_one() {
    let (plan, mut resources) = stack(&example("loop"));
    for placed in &mut resources {
        if let Resource::Role(it) = &mut placed.resource {
            for statement in &mut it.policy.statements {
                if statement.sid == "UseTheTemplate" {
                    let mut named = statement.resources.named().to_vec();
                    named.push(crate::cloud::Term::Join(vec![named[0].clone(), "x".into()]));
                    statement.resources = named.into();
                }
            }
        }
    }
    let differences = compare(&plan, &access(&resources).grants);
    assert!(differences.missing.is_empty() && !differences.extra.is_empty());
}
