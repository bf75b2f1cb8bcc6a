//! Conditions that are not understood, each with its place.

use super::condition::Test;
use super::model::Model;
use super::origin::Origin;
use super::region;
use super::rule::Rule;
use super::who::Who;
use crate::cloud::Unknown;

/// Everything in the policies whose meaning is not known here.
pub(super) fn unread(model: &Model<'_>) -> Vec<Unknown> {
    let mut all = model.unknown.clone();
    for rule in model.rules() {
        let Some(placed) = model.resources.get(rule.resource) else {
            continue;
        };
        let whys = rule.tests.iter().filter_map(why).chain(variables(rule));
        for why in whys {
            all.push(Unknown {
                name: placed.place.text().to_owned(),
                what: "a statement of a policy".to_owned(),
                why,
                place: placed.place_of(rule.part).clone(),
            });
        }
    }
    all
}

fn why(test: &Test) -> Option<String> {
    let known = Origin::has(&test.key)
        || region::is_free(&test.key)
        || Who::Anonymous.fact(&test.key).is_some();
    if test.operator.is_none() {
        Some(format!(
            "the operator of the condition on `{}` is not understood",
            test.key
        ))
    } else if !known {
        Some(format!(
            "the condition key `{}` is not understood",
            test.key
        ))
    } else if test.values.iter().any(super::value::Value::is_unread) {
        Some(format!("the condition on `{}` has a variable", test.key))
    } else {
        None
    }
}

fn variables(rule: &Rule) -> Option<String> {
    let resources = rule.resources.iter().flat_map(super::rule::Scope::named);
    let has = resources.into_iter().any(super::value::Value::is_unread);
    has.then(|| "the resources of the statement have a variable".to_owned())
}
