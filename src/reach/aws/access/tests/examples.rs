//! The analytics loop: its templates allow what its flows say, and nothing else.

use std::path::Path;

use crate::cloud::aws::Resource;
use crate::cloud::{Placed, Resource as _, aws};
use crate::diag::{Place, Source};
use crate::plan::{Plan, expand};
use crate::reach::aws::access::{Access, access};
use crate::reach::proof::actions::{compare, counterexample};
use crate::reach::request::request;
use crate::spec::{Pattern, Stack};
use crate::yaml;

/// A stack's plan, and its resources as if they had been read.
pub(super) fn stack(text: &str) -> (Plan, Vec<Placed<Resource>>) {
    let node = yaml::read(&Source::new("stack.yaml", text)).unwrap();
    let stack = Stack::read(&node).unwrap();
    let path = format!("patterns/{}.yaml", stack.pattern);
    let pattern = project(&path);
    let node = yaml::read(&Source::new("pattern.yaml", &pattern)).unwrap();
    let plan = expand(&Pattern::read(&node).unwrap(), &stack).unwrap();
    let resources = aws::lower(&plan).unwrap().items;
    (plan, resources.into_iter().map(placed).collect())
}

pub(super) fn placed(resource: Resource) -> Placed<Resource> {
    let source = Source::new("template.yaml", resource.id().name());
    Placed {
        place: Place::new(&source, 0..source.text.len()),
        resource,
        parts: Vec::new(),
    }
}

fn project(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).unwrap()
}

pub(super) fn example(name: &str) -> String {
    project(&format!("examples/{name}.yaml"))
}

/// A stack with some parameters.
pub(super) fn analytics_loop(parameters: &str) -> String {
    format!(
        "stack: made\npattern: aws-analytics-loop\nversion: 1.0.0\nparameters: {{ {parameters} }}\n"
    )
}

/// Every way to know the sender and to encrypt.
pub(super) fn variants() -> Vec<String> {
    let mut all = vec![example("loop"), example("loop-full")];
    for sender in ["principals", "addresses", "both"] {
        for encryption in ["s3", "kms"] {
            all.push(analytics_loop(&format!(
                "sender: {sender}, encryption: {encryption}"
            )));
        }
    }
    all.push(analytics_loop(
        "sender: addresses, sender_addresses: [203.0.113.0/24, 203.0.113.128/25]",
    ));
    all
}

#[track_caller]
pub(super) fn explain(plan: &Plan, access: &Access) -> String {
    let differences = compare(plan, &access.grants);
    let missing = differences.missing.iter().map(|at| {
        let flow = &plan.flows[*at];
        format!("missing: {} {} {}\n", flow.from, flow.allow, flow.to)
    });
    let extra = differences.extra.iter().map(|at| {
        let grant = &access.grants[*at];
        format!("extra: {:?} {}\n", grant.basis, request(grant))
    });
    missing.chain(extra).collect()
}

#[test]
fn the_loop_allows_what_its_flows_say_and_nothing_else() {
    for text in variants() {
        let (plan, resources) = stack(&text);
        let access = access(&resources);
        assert_eq!(access.unknown, [], "{text}");
        assert_eq!(explain(&plan, &access), "", "{text}");
        for guarantee in &plan.guarantees {
            let broken = counterexample(&plan, guarantee, &access.grants);
            assert_eq!(
                broken.map(|at| request(&access.grants[at])),
                None,
                "{guarantee}"
            );
        }
    }
}
