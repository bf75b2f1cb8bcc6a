//! Whatever is changed in a statement of the examples, what is allowed changes, unless the change is in the short list of
//! those that change nothing.

use super::examples::{example, stack};
use crate::cloud::aws::{Decision, Policy, Principal, Resource, Scope, Statement};
use crate::cloud::{Placed, Resource as _, Term};
use crate::reach::aws::access::access;
use crate::reach::request::request;

/// Changes that change nothing: a part of the resource's and the statement's name, the change, and why. Most are a second
/// wall behind a first one, which stands when either is taken away.
const EQUIVALENT: &[(&str, &str, &str)] = &[
    (
        "",
        ": twice",
        "a statement that stands there twice says it once",
    ),
    (
        "Policy) ",
        ": any resource",
        "the policy of a bucket or a topic is about that one thing, and these actions about its objects",
    ),
    (
        "DenyPlainHttp",
        ": any action",
        "a bucket is asked about the actions of S3 only",
    ),
    (
        "VpcEndpoint) storage",
        ": any action",
        "the role may do nothing else with these objects",
    ),
    (
        "VpcEndpoint) storage",
        ": any resource",
        "the role may do this nowhere else",
    ),
    (
        "VpcEndpoint) storage",
        ": without condition ArnEquals",
        "the bucket refuses everybody else",
    ),
    (
        "intake DenyReadingByOthers",
        ": removed",
        "nothing is read past the endpoint, whose policy lets one role read",
    ),
    (
        "intake DenyReadingByOthers",
        ": another resource",
        "as removed",
    ),
    (
        "results DenyWritingByOthers",
        ": removed",
        "nothing is written past the endpoint, whose policy lets one role write",
    ),
    (
        "results DenyWritingByOthers",
        ": another resource",
        "as removed",
    ),
    (
        "results DenyWritingByOthers",
        ": without s3:",
        "as removed, for one action",
    ),
    (
        "results DenyWritingPastTheEndpoint",
        ": without s3:ReplicateObject",
        "others are refused, and the role may not replicate",
    ),
    (
        "results ReadFromTheDatacenter",
        ": everyone",
        "others are refused",
    ),
    (
        "results ReadFromTheDatacenter",
        ": without condition IpAddress",
        "what comes from elsewhere is refused",
    ),
    (
        "notices Publish",
        ": removed",
        "the role's own policy suffices",
    ),
    ("notices Publish", ": another resource", "as removed"),
    ("notices Publish", ": everyone", "others are refused"),
    (
        "notify PublishNotices",
        ": removed",
        "the topic's own policy suffices",
    ),
    ("notify PublishNotices", ": another resource", "as removed"),
    (
        "analysis DecryptThroughS3",
        ": removed",
        "the statement about writing allows it as well",
    ),
    (
        "analysis DecryptThroughS3",
        ": another resource",
        "as removed",
    ),
    (
        "analysis EncryptThroughS3",
        ": without kms:Decrypt",
        "the statement about reading allows it as well",
    ),
];

struct Mutant {
    name: String,
    resources: Vec<Placed<Resource>>,
}

fn policies(resource: &mut Resource) -> Vec<&mut Policy> {
    match resource {
        Resource::Role(role) => vec![&mut role.trust, &mut role.policy],
        Resource::BucketPolicy(it) => vec![&mut it.policy],
        Resource::TopicPolicy(it) => vec![&mut it.policy],
        Resource::VpcEndpoint(it) => vec![&mut it.policy],
        _ => Vec::new(),
    }
}

/// Every change of one field of a statement, with a name.
fn changes(statement: &Statement) -> Vec<(String, Statement)> {
    let mut all = Vec::new();
    let mut add = |name: String, change: &dyn Fn(&mut Statement)| {
        let mut changed = statement.clone();
        change(&mut changed);
        all.push((name, changed));
    };
    add("effect".into(), &|it| {
        it.effect = match it.effect {
            Decision::Allow => Decision::Deny,
            Decision::Deny => Decision::Allow,
        };
    });
    for (at, action) in statement.actions.named().iter().enumerate() {
        let mut others: Vec<_> = statement.actions.named().to_vec();
        others.remove(at);
        if !others.is_empty() {
            add(format!("without {action}"), &|it| {
                it.actions = others.clone().into();
            });
        }
    }
    add("all actions but".into(), &|it| {
        it.actions = Scope::AllBut(it.actions.named().to_vec());
    });
    add("any action".into(), &|it| {
        it.actions = vec!["*".to_owned()].into();
    });
    let resources = statement.resources.named();
    if !resources.is_empty() {
        add("any resource".into(), &|it| {
            it.resources = vec![Term::from("*")].into();
        });
        add("another resource".into(), &|it| {
            it.resources = vec![Term::from("arn:aws:s3:::other/*")].into();
        });
    }
    for at in 0..resources.len() {
        let mut others = resources.to_vec();
        others.remove(at);
        if !others.is_empty() {
            add(format!("without resource {at}"), &|it| {
                it.resources = others.clone().into();
            });
        }
    }
    if let Some(principal) = &statement.principal {
        let other = Principal::aws(vec!["arn:aws:iam::999999999999:role/other".into()]);
        add("another principal".into(), &|it| {
            it.principal = Some(other.clone());
        });
        if *principal != Principal::Everyone {
            add("everyone".into(), &|it| {
                it.principal = Some(Principal::Everyone);
            });
        }
    }
    for (at, condition) in statement.conditions.iter().enumerate() {
        let name = format!("condition {} {}", condition.operator, condition.key);
        add(format!("without {name}"), &|it| {
            it.conditions.remove(at);
        });
        add(format!("{name} of another value"), &|it| {
            it.conditions[at].values = vec!["203.0.113.77/32".into()];
        });
        add(format!("{name} negated"), &|it| {
            let operator = it.conditions[at].operator.to_string();
            it.conditions[at].operator = negated(&operator).into();
            if matches!(operator.as_str(), "Bool" | "Null") {
                let flip = it.conditions[at].values == ["true".into()];
                it.conditions[at].values = vec![if flip { "false" } else { "true" }.into()];
            }
        });
        add(format!("{name} of another key"), &|it| {
            it.conditions[at].key = "aws:SourceVpc".into();
        });
    }
    all
}

fn negated(operator: &str) -> String {
    match operator {
        "Bool" | "Null" => operator.to_owned(),
        "IpAddress" => "NotIpAddress".to_owned(),
        "NotIpAddress" => "IpAddress".to_owned(),
        other if other.contains("Not") => other.replace("Not", ""),
        other => other
            .replace("String", "StringNot")
            .replace("Arn", "ArnNot"),
    }
}

fn mutants(of: &[Placed<Resource>]) -> Vec<Mutant> {
    let mut all = Vec::new();
    let mut add = |name: String, at: usize, policy: usize, change: &dyn Fn(&mut Vec<Statement>)| {
        let mut resources = of.to_vec();
        change(&mut policies(&mut resources[at].resource)[policy].statements);
        all.push(Mutant { name, resources });
    };
    for (at, placed) in of.iter().enumerate() {
        let mut resource = placed.resource.clone();
        let name = format!("{:?} {}", resource.id().kind, resource.id().name());
        for (policy, it) in policies(&mut resource).into_iter().enumerate() {
            for (number, statement) in it.statements.iter().enumerate() {
                let name = |change: &str| format!("{name} {}: {change}", statement.sid);
                add(name("removed"), at, policy, &|all| {
                    all.remove(number);
                });
                add(name("twice"), at, policy, &|all| {
                    all.push(statement.clone());
                });
                for (change, changed) in changes(statement) {
                    add(name(&change), at, policy, &|all| {
                        all[number] = changed.clone();
                    });
                }
            }
        }
    }
    all
}

/// What is allowed, without the reasons.
fn said(resources: &[Placed<Resource>]) -> Vec<String> {
    let access = access(resources);
    let grants = access.grants.iter().map(|grant| {
        format!(
            "{} {:?} {:?} {}",
            request(grant),
            grant.action,
            grant.basis,
            grant.certain
        )
    });
    let mut all: Vec<_> = grants.collect();
    all.extend(access.unknown.iter().map(|it| it.why.clone()));
    all.sort();
    all.dedup();
    all
}

fn survivors(of: &[Placed<Resource>]) -> (usize, Vec<String>) {
    let expected = said(of);
    // Some of them, evenly, or all.
    let all = std::env::var_os("PATTERNBOOK_ALL_MUTANTS").is_some();
    let step = if all { 1 } else { 7 };
    let mutants: Vec<_> = mutants(of).into_iter().step_by(step).collect();
    let halves = mutants.chunks(mutants.len().div_ceil(2));
    let alive = std::thread::scope(|scope| {
        let judges: Vec<_> = halves
            .map(|half| {
                scope.spawn(|| {
                    let alive = half.iter().filter(|it| said(&it.resources) == expected);
                    alive.map(|it| it.name.clone()).collect::<Vec<_>>()
                })
            })
            .collect();
        judges
            .into_iter()
            .flat_map(|judge| judge.join().unwrap())
            .collect()
    });
    (mutants.len(), alive)
}

#[test]
fn a_statement_that_is_changed_changes_what_is_allowed() {
    let (_, resources) = stack(&example("loop-full"));
    let (count, alive) = survivors(&resources);
    let is_known = |name: &&String| {
        let mut known = EQUIVALENT.iter();
        known.any(|(statement, change, _)| name.contains(statement) && name.contains(change))
    };
    let (known, unknown): (Vec<_>, Vec<_>) = alive.iter().partition(is_known);
    println!(
        "{} of {count} mutants killed, {} equivalent",
        count - alive.len(),
        known.len()
    );
    assert!(unknown.is_empty(), "{unknown:#?}");
}
