//! What buckets and topics refuse, asked as IAM asks: a statement holds when all of its conditions do, and one that
//! denies decides. Other policies of the account are taken to allow everything, which is the worst that they can do.

use super::{bucket_policy, fixtures, resources, topic_policy};
use crate::cloud::aws::{Condition, Decision, Policy, Principal, Statement};
use crate::cloud::{Attribute, Term};
use crate::plan::{Bound, Plan};
use fixtures::cidr;

const SENDER: &str = "sender";
const OTHER: &str = "other";

/// A request; what it does not have, it has no key for.
#[derive(Clone, Copy, Debug)]
struct Request {
    action: &'static str,
    principal: Option<&'static str>,
    address: Option<&'static str>,
    endpoint: Option<&'static str>,
}

fn word(term: &Term) -> &str {
    match term {
        Term::Text(text) => text,
        Term::Parameter(name) if name == "sender_principals" => SENDER,
        Term::Parameter(name) if name == "sender_addresses" => "203.0.113.0/24",
        Term::Attribute(id, Attribute::Arn | Attribute::Id) => id.name(),
        other => panic!("{other:?}"),
    }
}

fn holds(condition: &Condition, request: &Request) -> bool {
    let of = |value: Option<&str>| {
        value.is_some_and(|value| condition.values.iter().map(word).any(|it| it == value))
    };
    let inside = || {
        request.address.is_some_and(|address| {
            condition
                .values
                .iter()
                .any(|block| cidr(word(block)).contains(cidr(&format!("{address}/32"))))
        })
    };
    match (&*condition.operator, &*condition.key) {
        ("ArnNotLike" | "ArnNotEquals", "aws:PrincipalArn") => !of(request.principal),
        ("StringNotEquals", "aws:SourceVpce") => !of(request.endpoint),
        ("NotIpAddress", "aws:SourceIp") => !inside(),
        ("IpAddress", "aws:SourceIp") => inside(),
        // Every request here uses TLS and says nothing of encryption.
        ("Bool", "aws:SecureTransport") | ("Null", _) => false,
        ("StringNotEquals", key) if key.starts_with("s3:x-amz") => true,
        other => panic!("{other:?}"),
    }
}

fn fits(statement: &Statement, request: &Request) -> bool {
    let action = statement
        .actions
        .named()
        .iter()
        .any(|pattern| match pattern.split_once('*') {
            Some((head, tail)) => {
                request.action.starts_with(head) && request.action.ends_with(tail)
            }
            None => request.action == pattern,
        });
    action
        && statement
            .conditions
            .iter()
            .all(|condition| holds(condition, request))
}

fn denied(policy: &Policy, request: &Request) -> bool {
    let denies = |it: &&Statement| it.effect == Decision::Deny;
    policy
        .statements
        .iter()
        .filter(denies)
        .any(|it| fits(it, request))
}

/// Whether the policy itself gives the right, as a sender of another account needs.
fn granted(policy: &Policy, request: &Request) -> bool {
    policy.statements.iter().any(|it| {
        let named = match &it.principal {
            Some(Principal::These(these)) => these.aws.iter().any(|arn| match arn {
                // The root of the account stands for whoever the account lets.
                Term::Join(_) => request.principal.is_some(),
                arn => request.principal == Some(word(arn)),
            }),
            _ => false,
        };
        it.effect == Decision::Allow && named && fits(it, request)
    })
}

fn requests(action: &'static str) -> Vec<Request> {
    let mut all = Vec::new();
    for principal in [
        None,
        Some(SENDER),
        Some("analysis"),
        Some("notify"),
        Some("launch"),
        Some(OTHER),
    ] {
        for address in [None, Some("203.0.113.9"), Some("198.51.100.9")] {
            for endpoint in [None, Some("storage"), Some("foreign")] {
                all.push(Request {
                    action,
                    principal,
                    address,
                    endpoint,
                });
            }
        }
    }
    all
}

/// Whether a request is one that a flow allows.
type Truth = fn(&Request) -> bool;

/// Plans whose sender is known by principals, by addresses and by both.
fn senders() -> [(&'static str, Plan, Truth); 3] {
    let mut by_address = fixtures::analytics();
    if let Some(datacenter) = &mut by_address.datacenter {
        datacenter.principals = None;
        datacenter.addresses = Some(Bound::Known(vec![cidr("203.0.113.0/24")]));
    }
    let known = |it: &Request| it.principal == Some(SENDER);
    let near = |it: &Request| it.address == Some("203.0.113.9");
    [
        ("principals", fixtures::analytics(), known),
        ("addresses", by_address, near),
        ("both", fixtures::analytics_full(), |it| {
            it.principal == Some(SENDER) && it.address == Some("203.0.113.9")
        }),
    ]
}

fn analysis(request: &Request) -> bool {
    request.principal == Some("analysis") && request.endpoint == Some("storage")
}

#[test]
fn a_bucket_is_open_to_its_flows_and_closed_to_all_others() {
    for (name, plan, sender) in senders() {
        let items = resources(&plan);
        let (intake, results) = (
            bucket_policy(&items, "intake").policy,
            bucket_policy(&items, "results").policy,
        );
        for (policy, action, wanted) in [
            (&intake, "s3:PutObject", sender),
            (&intake, "s3:GetObject", analysis as Truth),
            (&intake, "s3:GetObjectVersion", analysis),
            (&intake, "s3:PutObjectVersionTagging", |it| {
                it.principal == Some("notify")
            }),
            (&results, "s3:PutObject", analysis),
            (&results, "s3:GetObject", sender),
            (&results, "s3:GetObjectVersion", sender),
            (&results, "s3:PutObjectTagging", |_| false),
            (&intake, "s3:DeleteObject", |_| false),
            (&results, "s3:DeleteObjectVersion", |_| false),
        ] {
            for request in requests(action) {
                assert_eq!(
                    !denied(policy, &request),
                    wanted(&request),
                    "{name}: {request:?}"
                );
            }
        }
    }
}

#[test]
fn the_sender_is_granted_what_it_is_not_denied_and_nobody_without_an_identity_is() {
    for (name, plan, sender) in senders() {
        let items = resources(&plan);
        for (bucket, action) in [("intake", "s3:PutObject"), ("results", "s3:GetObject")] {
            let policy = bucket_policy(&items, bucket).policy;
            for request in requests(action) {
                let wanted = sender(&request) && request.principal.is_some();
                assert_eq!(granted(&policy, &request), wanted, "{name}: {request:?}");
            }
        }
    }
}

#[test]
fn whoever_administers_a_bucket_is_not_locked_out() {
    let items = resources(&fixtures::analytics_full());
    for bucket in ["intake", "results"] {
        let policy = bucket_policy(&items, bucket).policy;
        for action in [
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
            "s3:ListBucket",
            "s3:PutLifecycleConfiguration",
        ] {
            assert!(
                requests(action)
                    .iter()
                    .all(|request| !denied(&policy, request)),
                "{action}"
            );
        }
    }
}

#[test]
fn a_topic_takes_messages_of_its_publishers_alone() {
    let policy = topic_policy(&resources(&fixtures::analytics()), "notices").policy;
    for request in requests("sns:Publish") {
        assert_eq!(
            !denied(&policy, &request),
            request.principal == Some("notify"),
            "{request:?}"
        );
    }
}

/// Every policy of up to two clauses of up to three facts, for every request.
#[test]
fn what_fits_no_clause_is_denied_and_nothing_else() {
    use super::super::buckets::{Clause, Fact, deny_others};
    let fact = |bit: usize| match bit {
        0 => Fact::Principals(vec!["sender".into()]),
        1 => Fact::Addresses(vec!["203.0.113.0/24".into()]),
        2 => Fact::Endpoint("storage".into()),
        _ => Fact::Role("analysis".into()),
    };
    let truth = |bit: usize, it: &Request| match bit {
        0 => it.principal == Some("sender"),
        1 => it.address == Some("203.0.113.9"),
        2 => it.endpoint == Some("storage"),
        _ => it.principal == Some("analysis"),
    };
    let bits = |set: usize| (0..4).filter(move |bit| set & (1 << bit) != 0);
    for (first, second) in (1..16).flat_map(|first| (0..16).map(move |second| (first, second))) {
        let sets = [first, second];
        let sets = &sets[..if second == 0 { 1 } else { 2 }];
        let clauses: Vec<Clause> = sets
            .iter()
            .map(|set| bits(*set).map(fact).collect())
            .collect();
        let statements = deny_others("Doing", &["s3:PutObject"], &"*".into(), &clauses);
        let policy = Policy { statements };
        for request in requests("s3:PutObject") {
            let wanted = sets
                .iter()
                .any(|set| bits(*set).all(|bit| truth(bit, &request)));
            assert_eq!(
                !denied(&policy, &request),
                wanted,
                "{clauses:?} {request:?}"
            );
        }
        let mut names: Vec<_> = policy.statements.iter().map(|it| &it.sid).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), policy.statements.len(), "{clauses:?}");
    }
}
