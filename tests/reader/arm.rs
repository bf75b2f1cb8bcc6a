//! ARM: what is written is what is read.

use std::path::Path;

use patternbook::cloud::azure::{self, Resource};
use patternbook::cloud::{Output, Parameter, Resources};
use patternbook::diag::Diagnostics;
use patternbook::plan::{Cloud, expand};
use patternbook::read::{Part, Reading, arm};
use patternbook::render;
use patternbook::spec::{Pattern, Stack};
use patternbook::yaml;

use crate::written::{LIBRARY, source};

/// A stack on Azure: its name, its resources, its template and the file of its parameters.
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) resources: Resources<Resource>,
    pub(crate) template: String,
    pub(crate) parameters: String,
}

/// The resources of a stack; nothing for other clouds.
pub(crate) fn lowered(stack: &str) -> Option<Resources<Resource>> {
    let stack = yaml::read(&source("stack.yaml", stack)).and_then(|node| Stack::read(&node));
    let stack = stack.unwrap();
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = project.join(format!("patterns/{}.yaml", stack.pattern));
    let text = std::fs::read_to_string(path).unwrap();
    let pattern = yaml::read(&source("pattern.yaml", &text)).and_then(|node| Pattern::read(&node));
    let plan = expand(&pattern.unwrap(), &stack).unwrap();
    if plan.cloud != Cloud::Azure {
        return None;
    }
    Some(azure::lower(&plan).unwrap())
}

/// What is written of a stack; nothing for other clouds.
fn written(name: &str, stack: &str) -> Option<Written> {
    let resources = lowered(stack)?;
    let files = render::arm(&resources, &LIBRARY).unwrap();
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path).unwrap();
        String::from_utf8(file.contents.clone()).unwrap()
    };
    Some(Written {
        name: name.to_owned(),
        template: text("azuredeploy.json"),
        parameters: text("azuredeploy.parameters.json"),
        resources,
    })
}

/// Every example on Azure by its name.
pub(crate) fn examples() -> Vec<Written> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The ledger lies beside the stacks.
        if path.extension().is_none_or(|it| it != "yaml") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).unwrap();
        found.extend(written(&name, &text));
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(found.len() >= 4);
    found
}

pub(crate) fn read(text: &str) -> Result<Reading<Resource>, Diagnostics> {
    arm::read(&source("azuredeploy.json", text))
}

pub(crate) fn resources_of(reading: &Reading<Resource>) -> Vec<Resource> {
    let all = reading.resources.iter();
    all.map(|placed| placed.resource.clone()).collect()
}

/// What ARM can carry of resources. What a scale set waits for is written as an order of making things, which lets nothing
/// pass and is not read.
pub(crate) fn comparable(resources: &[Resource]) -> Vec<Resource> {
    let carried = resources.iter().cloned().map(|mut resource| {
        if let Resource::ScaleSet(set) = &mut resource {
            set.after.clear();
        }
        resource
    });
    carried.collect()
}

#[track_caller]
fn assert_same(written: &Written, reading: &Reading<Resource>) {
    let name = &written.name;
    assert_eq!(reading.unknown, [], "{name}");
    let (right, found) = (comparable(&written.resources.items), resources_of(reading));
    for (right, found) in right.iter().zip(&found) {
        assert_eq!(right, found, "{name}");
    }
    assert_eq!(right.len(), found.len(), "{name}");
    assert_eq!(
        outputs(&written.resources.outputs),
        outputs(&reading.outputs)
    );
    assert_same_parameters(&written.resources.parameters, reading);
}

/// Outputs, whose names lose their underscores in ARM.
fn outputs(outputs: &[Output]) -> Vec<String> {
    let texts = outputs.iter().map(|output| {
        let name = output.name.replace('_', "");
        format!(
            "{name}: {:?} {} {}",
            output.value, output.help, output.secret
        )
    });
    texts.collect()
}

/// The location is a parameter of every template that we write.
fn assert_same_parameters(written: &[Parameter], reading: &Reading<Resource>) {
    assert_eq!(reading.parameters.len(), written.len() + 1);
    assert_eq!(reading.parameters[0].name, "location");
    for (known, found) in written.iter().zip(&reading.parameters[1..]) {
        assert_eq!(known.name, found.name);
        assert_eq!(known.default, found.default, "{}", known.name);
        assert!(!found.assumed, "{}", known.name);
    }
}

#[test]
fn every_example_is_read_as_it_was_written() {
    for written in examples() {
        assert_same(&written, &read(&written.template).unwrap());
        let (template, parameters) = (
            source("azuredeploy.json", &written.template),
            source("azuredeploy.parameters.json", &written.parameters),
        );
        let reading = arm::read_with(&template, Some(&parameters)).unwrap();
        assert_same(&written, &reading);
    }
}

#[test]
fn every_rule_and_every_route_has_its_line() {
    for written in examples() {
        for placed in read(&written.template).unwrap().resources {
            assert!(placed.place.text().starts_with('"'));
            let (rules, routes) = match &placed.resource {
                Resource::NetworkSecurityGroup(group) => (group.rules.as_slice(), &[][..]),
                Resource::RouteTable(table) => (&[][..], table.routes.as_slice()),
                _ => continue,
            };
            assert_eq!(placed.parts.len(), rules.len() + routes.len());
            for (part, place) in &placed.parts {
                let name = match part {
                    Part::Rule(at) => rules[*at].id.name(),
                    Part::Route(at) => &routes[*at].name,
                    other => panic!("{other:?}"),
                };
                assert_eq!(place.text(), format!("{name:?}"));
            }
        }
    }
}
