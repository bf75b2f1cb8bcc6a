//! What the deployer gives to the template.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

use smol_str::SmolStr;

use super::{CLOUD, Lowering};
use crate::cloud::azure::Resource;
use crate::cloud::told::{Teller, Told};
use crate::cloud::{LoweringError, Parameter, Term};

/// Parameters that the templates have of their own accord.
const OWN: [&str; 2] = ["location", "resource_group_name"];

/// The parameters that a resource uses, in the pattern's order.
pub(super) fn used(lowering: &mut Lowering<'_>, items: &[Resource]) -> Vec<Parameter> {
    let names = Names::default();
    for item in items {
        // A resource is made of plain values, which are always told, and writing does not fail either.
        let _ = serde_json::to_writer(io::sink(), &Told::new(item, &names));
    }
    let names = names.0.into_inner();
    let given = lowering.plan.parameters.values().cloned();
    let parameters: Vec<_> = given
        .filter(|parameter| names.contains(parameter.name.as_str()))
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

/// The names of the parameters that were told of.
#[derive(Default)]
struct Names(RefCell<BTreeSet<SmolStr>>);

impl Teller for Names {
    type Told = ();

    fn term(&self, term: Term) {
        term.each_part(&mut |part| {
            if let Term::Parameter(name) = part {
                self.0.borrow_mut().insert(name.clone());
            }
        });
    }
}
