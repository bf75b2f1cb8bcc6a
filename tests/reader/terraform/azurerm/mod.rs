//! Terraform for Azure: what is written is what is read.

mod foreign;
mod hostile;
mod mutation;

use std::collections::BTreeMap;

use patternbook::cloud::azure::Resource;
use patternbook::cloud::{Output, Resources};
use patternbook::diag::{Diagnostics, Source};
use patternbook::read::{Part, Reading, terraform};
use patternbook::render;

use super::written::Folder;
use crate::arm::{self, lowered, resources_of};
use crate::written::{LIBRARY, stacks};

/// A stack on Azure: its name, its resources, and its folder of HCL.
pub(super) struct Written {
    pub(super) name: String,
    pub(super) resources: Resources<Resource>,
    pub(super) folder: Folder,
}

/// Every example on Azure.
pub(super) fn examples() -> Vec<Written> {
    let found = stacks().into_iter().filter_map(|(name, stack)| {
        let resources = lowered(&stack)?;
        let files = render::terraform_azurerm(&resources, &LIBRARY).unwrap();
        let texts = files.into_iter().map(|file| {
            let text = String::from_utf8(file.contents).unwrap();
            Source::new(&file.path, &text)
        });
        let folder = texts
            .filter(|source| source.name.ends_with(".tf"))
            .collect();
        Some(Written {
            name,
            resources,
            folder,
        })
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() >= 4);
    found
}

pub(super) fn read(folder: &Folder) -> Result<Reading<Resource>, Diagnostics> {
    terraform::read_azurerm(folder)
}

/// One file.
pub(crate) fn read_text(text: &str) -> Result<Reading<Resource>, Diagnostics> {
    read(&vec![Source::new("main.tf", text)])
}

/// The resources by their ids: files have an order of their own.
fn by_id(resources: &[Resource]) -> BTreeMap<String, Resource> {
    let ids = resources.iter().map(|resource| {
        let id = patternbook::cloud::Resource::id(resource);
        (format!("{:?} {:?}", id.kind, id.path), resource.clone())
    });
    ids.collect()
}

fn outputs(outputs: &[Output]) -> Vec<String> {
    let texts = outputs.iter().map(|output| {
        let Output {
            name,
            value,
            help,
            secret,
        } = output;
        format!("{name}: {value:?} {help} {secret}")
    });
    texts.collect()
}

#[test]
fn every_example_is_read_as_it_was_written() {
    for written in examples() {
        let Written {
            name,
            resources,
            folder,
        } = &written;
        let reading = read(folder).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(reading.unknown, [], "{name}");
        let (right, found) = (by_id(&resources.items), by_id(&resources_of(&reading)));
        for (id, right) in &right {
            assert_eq!(Some(right), found.get(id), "{name}: {id}");
        }
        assert_eq!(resources.items.len(), reading.resources.len(), "{name}");
        assert_eq!(outputs(&resources.outputs), outputs(&reading.outputs));
        // The location and the resource group are variables of every folder that we write.
        assert_eq!(reading.parameters.len(), resources.parameters.len() + 2);
        for (known, found) in resources.parameters.iter().zip(&reading.parameters[2..]) {
            assert_eq!(known.name, found.name);
            assert_eq!(known.default, found.default, "{}", known.name);
            assert!(!found.assumed, "{}", known.name);
        }
    }
}

#[test]
fn it_is_the_same_as_in_arm() {
    for written in examples() {
        let mut all = arm::examples().into_iter();
        let arm = all.find(|arm| arm.name == written.name).unwrap();
        let arm = arm::read(&arm.template).unwrap();
        let terraform = read(&written.folder).unwrap();
        let arm = by_id(&resources_of(&arm));
        let terraform = by_id(&arm::comparable(&resources_of(&terraform)));
        assert_eq!(arm, terraform, "{}", written.name);
    }
}

#[test]
fn every_rule_and_every_route_has_its_line() {
    for written in examples() {
        for placed in read(&written.folder).unwrap().resources {
            let (rules, routes) = match &placed.resource {
                Resource::NetworkSecurityGroup(group) => (group.rules.len(), 0),
                Resource::RouteTable(table) => (0, table.routes.len()),
                _ => continue,
            };
            assert_eq!(placed.parts.len(), rules + routes);
            for (part, place) in &placed.parts {
                let line = place.source.text.lines().nth(place.line() - 1).unwrap();
                let start = match part {
                    Part::Rule(_) => "resource \"azurerm_network_security_rule\"",
                    Part::Route(_) => "  route {",
                    other => panic!("{other:?}"),
                };
                assert!(line.starts_with(start), "{line}");
            }
        }
    }
}
