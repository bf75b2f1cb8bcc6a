//! What the deployer gives to the template.

use std::collections::BTreeSet;

use super::{CLOUD, Lowering};
use crate::cloud::azure::Resource;
use crate::cloud::{LoweringError, Node, Parameter, Term};

/// Parameters that the templates have of their own accord.
const OWN: [&str; 2] = ["location", "resource_group_name"];

/// The parameters that a resource uses, in the pattern's order.
pub(super) fn used(lowering: &mut Lowering<'_>, items: &[Resource]) -> Vec<Parameter> {
    let mut names = BTreeSet::new();
    for item in items {
        // A resource is made of plain values and always becomes a tree.
        if let Ok(node) = Node::of(item) {
            node.each_term(&mut |term| {
                if let Term::Parameter(name) = term {
                    names.insert(name.clone());
                }
            });
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
