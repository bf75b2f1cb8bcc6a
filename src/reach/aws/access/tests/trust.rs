//! Who takes on a role: what the template gives it to, if what its service says of it meets the role's trust.

use super::examples::{example, stack};
use crate::cloud::aws::{Condition, Resource};
use crate::cloud::{Environment, Term};
use crate::reach::aws::access::access;
use crate::reach::grant::Who;
use crate::reach::matrix::PeerKind;

/// Who has what a role may do, where its trust has a condition more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holder {
    /// What the template gives it to.
    Thing,
    /// The same, perhaps.
    Perhaps,
    /// Nobody but the role itself.
    Nobody,
}

use Holder::{Nobody, Perhaps, Thing};

/// Who holds a role of the analytics loop, of which `verb` is granted to that one alone.
#[track_caller]
fn holder(
    role: &str,
    verb: &str,
    operator: &'static str,
    key: &'static str,
    value: Term,
) -> Holder {
    let (_, mut resources) = stack(&example("loop"));
    let condition = Condition::one(operator, key, value);
    let mut changed = 0;
    for placed in &mut resources {
        if let Resource::Role(it) = &mut placed.resource
            && it.id.name() == role
        {
            let condition = condition.clone();
            it.trust.statements[0].conditions.push(condition);
            changed += 1;
        }
    }
    assert_eq!(changed, 1, "{role}");
    let grants = access(&resources).grants;
    let is_held = |kind: PeerKind| kind != PeerKind::Role;
    let mut found: Vec<_> = grants
        .iter()
        .filter(|grant| grant.verb == verb)
        .filter_map(|grant| match &grant.from {
            Who::Thing(thing) => Some((is_held(thing.kind), grant.certain)),
            _ => None,
        })
        .collect();
    found.dedup();
    match found.as_slice() {
        [(true, true)] => Thing,
        [(true, false)] => Perhaps,
        [(false, true)] => Nobody,
        other => panic!("{other:?}"),
    }
}

fn flow_log(operator: &'static str, key: &'static str, value: Term) -> Holder {
    holder("flow-logs", "logs:DescribeLogGroups", operator, key, value)
}

fn function(operator: &'static str, key: &'static str, value: Term) -> Holder {
    holder("notify", "sns:Publish", operator, key, value)
}

fn instance(operator: &'static str, key: &'static str, value: Term) -> Holder {
    holder("analysis", "s3:AbortMultipartUpload", operator, key, value)
}

fn account() -> Term {
    Term::Environment(Environment::AccountId)
}

/// The ARN of something in this account and region.
fn here(service: &str, rest: &str) -> Term {
    Term::Join(vec![
        format!("arn:aws:{service}:").into(),
        Term::Environment(Environment::Region),
        ":".into(),
        account(),
        format!(":{rest}").into(),
    ])
}

#[test]
fn a_flow_log_tells_of_its_account_and_of_itself() {
    assert_eq!(
        flow_log("StringEquals", "aws:SourceAccount", account()),
        Thing
    );
    assert_eq!(
        flow_log("StringNotEquals", "aws:SourceAccount", account()),
        Nobody
    );
    // The number may be the own one, and so may what a parameter holds.
    let parameter = Term::Parameter("some_account".into());
    assert_eq!(
        flow_log("StringEquals", "aws:SourceAccount", parameter),
        Perhaps
    );
    assert_eq!(
        flow_log("StringEquals", "aws:SourceAccount", "111122223333".into()),
        Perhaps
    );
    let own = here("ec2", "vpc-flow-log/*");
    assert_eq!(flow_log("ArnLike", "aws:SourceArn", own), Thing);
    let another = here("ec2", "vpc-flow-log/fl-0123456789abcdef0");
    assert_eq!(flow_log("ArnEquals", "aws:SourceArn", another), Nobody);
    let instances = here("ec2", "instance/*");
    assert_eq!(flow_log("ArnLike", "aws:SourceArn", instances), Nobody);
    assert_eq!(flow_log("Null", "aws:SourceArn", "true".into()), Nobody);
}

#[test]
fn what_another_service_tells_may_be_nothing() {
    for of in [function, instance] {
        assert_eq!(of("StringEquals", "aws:SourceAccount", account()), Perhaps);
        assert_eq!(
            of("StringEqualsIfExists", "aws:SourceAccount", account()),
            Thing
        );
        assert_eq!(
            of("StringNotEquals", "aws:SourceAccount", account()),
            Perhaps
        );
        assert_eq!(of("Null", "aws:SourceAccount", "false".into()), Perhaps);
    }
    let notify = crate::cloud::aws::Kind::Function.named(["notify"]).arn();
    let launch = crate::cloud::aws::Kind::Function.named(["launch"]).arn();
    assert_eq!(function("ArnEquals", "aws:SourceArn", notify), Perhaps);
    assert_eq!(function("ArnEquals", "aws:SourceArn", launch), Nobody);
    assert_eq!(
        instance("ArnLike", "aws:SourceArn", here("ec2", "instance/*")),
        Perhaps
    );
    assert_eq!(
        instance("ArnLike", "aws:SourceArn", here("ec2", "volume/*")),
        Nobody
    );
}

#[test]
fn a_service_tells_nothing_that_people_tell() {
    for of in [flow_log, function, instance] {
        assert_eq!(
            of("StringEquals", "sts:ExternalId", "secret".into()),
            Nobody
        );
        assert_eq!(
            of("StringEquals", "ec2:InstanceType", "t3.micro".into()),
            Nobody
        );
        assert_eq!(of("Bool", "aws:SecureTransport", "true".into()), Thing);
        assert_eq!(
            of("Bool", "aws:PrincipalIsAWSService", "true".into()),
            Thing
        );
        assert_eq!(of("StringEquals", "aws:Moon", "full".into()), Perhaps);
    }
}
