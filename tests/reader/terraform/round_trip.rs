//! `read(render(resources)) = resources`, and nothing is unknown.

use std::collections::BTreeMap;

use patternbook::cloud::Resources;
use patternbook::cloud::aws::Resource;
use patternbook::read::Reading;
use proptest::prelude::*;

use super::written::{Folder, comparable, comparable_outputs, examples, folder_of, read, written};
use crate::round_trip::{analytics_loop, private_vpn, with_another_block};
use crate::written::resources_of;

/// The resources by their ids: files have an order of their own.
fn by_id(resources: &[Resource]) -> BTreeMap<String, String> {
    let compared = comparable(resources).into_iter();
    let ids = resources.iter().map(|resource| {
        let id = patternbook::cloud::Resource::id(resource);
        format!("{:?} {}", id.kind, id.path.join("-").replace('_', "-"))
    });
    ids.zip(compared).collect()
}

#[track_caller]
fn assert_same(name: &str, resources: &Resources<Resource>, folder: &Folder) {
    let reading = read(folder).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(reading.unknown, [], "{name}");
    let (written, found) = (by_id(&resources.items), by_id(&resources_of(&reading)));
    for (id, written) in &written {
        assert_eq!(Some(written), found.get(id), "{name}: {id}");
    }
    assert_eq!(resources.items.len(), reading.resources.len(), "{name}");
    assert_eq!(written.len(), found.len(), "{name}");
    assert_eq!(
        comparable_outputs(&resources.outputs),
        comparable_outputs(&reading.outputs),
        "{name}"
    );
    assert_same_parameters(name, resources, &reading);
    for placed in &reading.resources {
        let line = placed
            .place
            .source
            .text
            .lines()
            .nth(placed.place.line() - 1);
        assert!(line.unwrap().starts_with("resource "), "{name}: {line:?}");
        assert!(
            placed
                .parts
                .iter()
                .all(|(_, place)| !place.text().is_empty())
        );
    }
}

/// Parameters that no resource uses are not written.
fn assert_same_parameters(
    name: &str,
    resources: &Resources<Resource>,
    reading: &Reading<Resource>,
) {
    for found in &reading.parameters {
        let mut written = resources.parameters.iter();
        let known = written.find(|known| known.name == found.name).unwrap();
        assert_eq!(known.default, found.default, "{name}: {}", known.name);
        assert!(!found.assumed, "{name}: {}", known.name);
    }
}

#[test]
fn every_example_is_read_as_it_was_written() {
    for (name, resources, folder) in examples() {
        assert_same(&name, &resources, &folder);
    }
}

#[test]
fn a_subnet_waits_for_its_block() {
    let resources = with_another_block();
    assert_same("another block", &resources, &folder_of(&resources));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_stack_is_read_as_it_was_written(stack in prop_oneof![private_vpn(), analytics_loop()]) {
        match written(&stack) {
            Ok(made) => {
                let (resources, folder) = made.unwrap();
                assert_same("made", &resources, &folder);
            }
            // More rules than AWS takes: what is refused is not written.
            Err(error) => prop_assert!(error.contains("Limit"), "{error}\n{stack}"),
        }
    }
}
