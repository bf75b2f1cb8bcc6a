//! Whether two templates grant the same requests.

use std::collections::{BTreeMap, BTreeSet};

use patternbook::cloud::aws::{Policy, Principal, Resource};
use patternbook::net::Cidr;

use crate::walker::requests::{Asker, Policies, Request, Rule, named, text};

/// A request that one grants and the other does not.
pub(super) fn difference(one: &[Resource], other: &[Resource]) -> Option<String> {
    let sides = [Policies::of(one), Policies::of(other)];
    let rules: Vec<&Rule> = sides.iter().flat_map(Policies::rules).collect();
    let askers = askers(one, &rules);
    let endpoints: BTreeSet<&str> = sides
        .iter()
        .flat_map(|it| it.endpoints.keys())
        .map(String::as_str)
        .collect();
    for action in actions(&sides) {
        for resource in instances(rules.iter().flat_map(|rule| &rule.resources.1)) {
            if !is_possible(&action, &resource) {
                continue;
            }
            let about = |rule: &&&Rule| rule.is_about_doing(&action, &resource);
            let about: Vec<_> = rules.iter().filter(about).copied().collect();
            if about.is_empty() {
                continue;
            }
            let circumstances = circumstances(&about, &endpoints);
            for who in &askers {
                let cases = [0, 1].map(|at| sides[at].about(who, &action, &resource));
                // Who breaks off an upload moves no data, and whoever else is of the account may do it anyway, by
                // whatever way.
                let anyway = action == "s3:AbortMultipartUpload" && !matches!(who, Asker::Role(_));
                for (endpoint, context) in &circumstances {
                    if anyway && endpoint.is_some() {
                        continue;
                    }
                    let request = Request {
                        who,
                        action: &action,
                        resource: &resource,
                        context: told(context.clone(), who),
                        endpoint: *endpoint,
                    };
                    let granted = [0, 1].map(|at| cases[at].granted(&request));
                    if granted[0] != granted[1] {
                        return Some(format!("{request:?}: {granted:?}"));
                    }
                }
            }
        }
    }
    None
}

/// One that fits each pattern. What stands in the place of its stars is named by nobody.
fn instances<'p>(patterns: impl Iterator<Item = &'p String>) -> BTreeSet<String> {
    let plain = patterns.map(|it| it.replace('*', "any"));
    // What is written to logs is nobody's data.
    plain.filter(|it| !it.starts_with("logs:")).collect()
}

/// Every action that the original names, and one that nobody names for each pattern: what a change makes up is none.
fn actions(sides: &[Policies; 2]) -> BTreeSet<String> {
    let all = |side: &Policies| -> Vec<String> {
        let rules = side.rules();
        rules.flat_map(|rule| rule.actions.1.clone()).collect()
    };
    let (one, other) = (all(&sides[0]), all(&sides[1]));
    let patterns = other.iter().filter(|action| action.contains('*'));
    instances(one.iter().chain(patterns))
}

/// Whether there is such a request: what is done to objects is not done to a bucket, and the other way round.
fn is_possible(action: &str, resource: &str) -> bool {
    let Some(action) = action.strip_prefix("s3:") else {
        return true;
    };
    let of_objects = action.contains("Object") || action.contains("MultipartUpload");
    action == "any" || of_objects == resource.contains('/')
}

fn askers(resources: &[Resource], rules: &[&Rule]) -> Vec<Asker> {
    let own = resources.iter().filter_map(|resource| match resource {
        Resource::Role(it) => Some(&it.id),
        _ => None,
    });
    let arns: BTreeSet<_> = own.clone().map(|id| text(&id.arn())).collect();
    let strangers = named(rules).into_iter();
    let strangers = strangers.filter(|name| name != "*" && !arns.contains(name));
    let strangers = strangers.map(|name| {
        if name.ends_with(".amazonaws.com") {
            Asker::Service(name)
        } else {
            Asker::Named(name.replace('*', "any"))
        }
    });
    let others = [Asker::Account, Asker::Outsider, Asker::Anonymous];
    own.cloned()
        .map(Asker::Role)
        .chain(strangers)
        .chain(others)
        .collect()
}

type Context = BTreeMap<String, String>;

/// Everything that may be told of requests which conditions look at.
fn circumstances<'e>(
    about: &[&Rule],
    endpoints: &BTreeSet<&'e str>,
) -> Vec<(Option<&'e str>, Context)> {
    let mut values: BTreeMap<&str, BTreeSet<Option<String>>> = BTreeMap::new();
    for test in about.iter().flat_map(|rule| &rule.tests) {
        let known = values.entry(&test.key).or_default();
        known.extend([None, Some("elsewhere".to_owned())]);
        for value in &test.values {
            known.extend(corners(value).into_iter().map(Some));
        }
    }
    values.remove("aws:principalarn");
    let through = values.remove("aws:sourcevpce").unwrap_or_default();
    let mut all = Vec::new();
    let strange = through
        .iter()
        .flatten()
        .filter(|it| !endpoints.contains(it.as_str()));
    for endpoint in [None]
        .into_iter()
        .chain(endpoints.iter().copied().map(Some))
    {
        let told = endpoint.map(|it| ("aws:sourcevpce".to_owned(), it.to_owned()));
        all.push((endpoint, Context::from_iter(told)));
    }
    for endpoint in strange {
        let told = ("aws:sourcevpce".to_owned(), endpoint.clone());
        all.push((None, Context::from([told])));
    }
    for (key, values) in values {
        let before = std::mem::take(&mut all);
        for (endpoint, context) in before {
            for value in &values {
                // Through an endpoint nobody has a public address.
                if key == "aws:sourceip"
                    && context.contains_key("aws:sourcevpce") == value.is_some()
                {
                    continue;
                }
                let mut context = context.clone();
                context.extend(value.clone().map(|value| (key.to_owned(), value)));
                all.push((endpoint, context));
            }
        }
    }
    all
}

/// A value that fits one of a condition; the ends of a block.
fn corners(value: &str) -> Vec<String> {
    match value.parse::<Cidr>() {
        Ok(block) => vec![block.first().to_string(), block.last().to_string()],
        Err(_) => vec![value.replace('*', "any")],
    }
}

/// What a request tells of who asks.
fn told(mut context: Context, who: &Asker) -> Context {
    let arn = match who {
        Asker::Role(id) => Some(text(&id.arn())),
        Asker::Named(name) => Some(name.clone()),
        Asker::Account => Some("somebody of the account".into()),
        Asker::Outsider => Some("somebody else".into()),
        Asker::Service(_) | Asker::Anonymous => None,
    };
    context.extend(arn.map(|arn| ("aws:principalarn".to_owned(), arn)));
    context
}

/// Resources without what only says who writes logs.
pub(super) fn without_logs(resources: &[Resource]) -> Vec<Resource> {
    let mut all = resources.to_vec();
    for resource in &mut all {
        if let Resource::Role(role) = resource {
            leave_out(&mut role.policy);
            leave_out(&mut role.trust);
        }
    }
    all
}

fn leave_out(policy: &mut Policy) {
    policy.statements.retain_mut(|statement| {
        let mut left = statement.actions.named().to_vec();
        left.retain(|action| !action.starts_with("logs:"));
        let only_logs = left.is_empty();
        if left.len() < statement.actions.named().len() {
            statement.actions = left.into();
        }
        let by_flow_logs = match &statement.principal {
            Some(Principal::These(it)) => {
                it.services
                    == [patternbook::cloud::Term::from(
                        "vpc-flow-logs.amazonaws.com",
                    )]
            }
            _ => false,
        };
        !only_logs && !by_flow_logs
    });
}
