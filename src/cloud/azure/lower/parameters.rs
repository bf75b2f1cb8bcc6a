//! What the deployer gives to the template.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value as Json;

use super::{CLOUD, Lowering};
use crate::cloud::azure::Resource;
use crate::cloud::{LoweringError, Parameter, TERM_KEY, Term};

/// Parameters that the templates have of their own accord.
const OWN: [&str; 2] = ["location", "resource_group_name"];

/// The parameters that a resource uses, in the pattern's order.
pub(super) fn used(lowering: &mut Lowering<'_>, items: &[Resource]) -> Vec<Parameter> {
    let mut names = BTreeSet::new();
    for item in items {
        // A resource is made of plain values and always becomes JSON.
        if let Ok(json) = serde_json::to_value(item) {
            collect(&json, &mut names);
        }
    }
    let given = lowering.plan.parameters.values().cloned();
    let parameters: Vec<_> = given
        .filter(|parameter| names.contains(&parameter.name))
        .collect();
    for parameter in &parameters {
        if OWN.contains(&parameter.name.as_str()) {
            lowering.errors.push(LoweringError::Text {
                what: format!("the parameter `{}`", parameter.name),
                found: "the name of one that every template for Azure has".into(),
                cloud: CLOUD,
                help: "give it another name".into(),
            });
        }
    }
    parameters
}

fn collect(json: &Json, names: &mut BTreeSet<String>) {
    match json {
        Json::Object(fields) => match fields.get(TERM_KEY) {
            Some(inner) => {
                if let Ok(term) = Term::deserialize(inner) {
                    collect_term(term, names);
                }
            }
            None => fields.values().for_each(|field| collect(field, names)),
        },
        Json::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

fn collect_term(term: Term, names: &mut BTreeSet<String>) {
    match term {
        Term::Parameter(name) => {
            names.insert(name);
        }
        Term::Join(parts) => parts.into_iter().for_each(|part| collect_term(part, names)),
        Term::Text(_) | Term::Attribute(..) | Term::Environment(_) => {}
    }
}
