//! Calls of functions: those that know of the template and of resources. The rest only computes.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions>

mod lists;
mod networks;
mod numbers;
mod resources;
#[cfg(test)]
mod tests;
mod texts;

pub(super) use resources::{Declaration, declaration};

use std::rc::Rc;

use super::context::{Context, Loop};
use super::expression::Expression;
use super::value::{Data, Pieces, same};
use crate::cloud::{Environment, Term};

impl Context<'_> {
    /// What a call comes to.
    pub(super) fn call(&self, name: &str, arguments: &[Expression], loops: &[Loop]) -> Data {
        match name {
            "if" => return self.choose(arguments, loops),
            "copyindex" => return self.copy_index(arguments, loops),
            _ => {}
        }
        let given = arguments.iter().map(|it| self.expression(it, loops));
        let given: Vec<_> = given.collect();
        match (name, given.as_slice()) {
            ("parameters", [name]) => self.parameter(&self.name(name)),
            ("variables", [name]) => self.variable(&self.name(name)),
            ("null", []) => Data::Null,
            ("true", []) => Data::Bool(true),
            ("false", []) => Data::Bool(false),
            ("concat", _) => self.concat(&given),
            ("format", [format, values @ ..]) => self.format(format, values),
            ("base64", [Data::Text(text)]) => Data::Encoded(Term::Text(text.as_str().into())),
            ("base64", [Data::Term(term)]) => Data::Encoded(term.clone()),
            ("split", [Data::Term(term), Data::Text(separator)]) => Data::Pieces(Rc::new(Pieces {
                whole: term.clone(),
                separator: separator.as_str().into(),
            })),
            ("string" | "tostring", [Data::Term(term)]) => Data::Term(term.clone()),
            ("resourceid", _) => self.resource_id(&given),
            (
                "extensionresourceid"
                | "subscriptionresourceid"
                | "tenantresourceid"
                | "managementgroupresourceid",
                _,
            ) => self.opaque(name, &given, "resources outside of the group are not read"),
            ("reference", [resource, ..]) => self.reference(resource),
            ("resourcegroup", []) => self.resource_group(),
            ("subscription", []) => self.subscription(),
            ("deployment", []) => self.deployment(),
            ("environment", []) => self.environment(),
            ("createobject", _) => self.create_object(&given),
            ("createarray", _) => self.list(given),
            ("array", [one]) => match self.concrete(one) {
                list @ (Data::List(_) | Data::Unknown { .. }) => list,
                one => self.list(vec![one]),
            },
            ("coalesce", _) => self.coalesce(&given),
            ("and", _) => self.every(&given, true),
            ("or", _) => self.every(&given, false),
            _ => self.compute(name, &given),
        }
    }

    /// What needs every argument to be known.
    fn compute(&self, name: &str, given: &[Data]) -> Data {
        let known: Vec<_> = given.iter().map(|data| self.concrete(data)).collect();
        for data in &known {
            if let Data::Unknown { why, .. } = data {
                return self.opaque(name, given, why);
            }
        }
        if let ("equals", [one, other]) = (name, known.as_slice()) {
            return match same(one, other) {
                Some(same) => Data::Bool(same),
                None => self.opaque(name, given, "what is compared is not known"),
            };
        }
        let made = self
            .text_function(name, &known)
            .or_else(|| self.list_function(name, &known))
            .or_else(|| self.number_function(name, &known))
            .or_else(|| self.network_function(name, &known));
        made.unwrap_or_else(|| {
            let why = format!("`{name}` is not evaluated with these values");
            self.opaque(name, given, &why)
        })
    }

    /// What a call gives is not known: it has the same name wherever it has the same arguments.
    fn opaque(&self, name: &str, given: &[Data], why: &str) -> Data {
        let arguments: Vec<_> = given.iter().map(|data| self.name(data)).collect();
        let text = format!("{name}({})", arguments.join(", "));
        if !self.spend(1, text.len()) {
            return Data::unknown(name, "the functions of this template make too much");
        }
        Data::unknown(&text, why)
    }

    /// Only the branch that is taken is evaluated
    /// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical#if>).
    fn choose(&self, arguments: &[Expression], loops: &[Loop]) -> Data {
        let [condition, then, otherwise] = arguments else {
            return Data::unknown("if", "`if` takes three values");
        };
        if let Some(whole) = unless_empty(condition, then, otherwise) {
            return match self.expression(whole, loops) {
                Data::Encoded(Term::Text(text)) if text.is_empty() => Data::Null,
                whole => whole,
            };
        }
        let condition = self.expression(condition, loops);
        match self.concrete(&condition) {
            Data::Bool(true) => self.expression(then, loops),
            Data::Bool(false) => self.expression(otherwise, loops),
            Data::Unknown { why, .. } => {
                let both = [then, otherwise].map(|it| self.expression(it, loops));
                let [then, otherwise] = both;
                self.opaque("if", &[condition, then, otherwise], &why)
            }
            _ => Data::unknown("if", "the condition of `if` is neither true nor false"),
        }
    }

    /// `copyIndex('loop', offset)`, both of which may be left out
    /// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-numeric#copyindex>).
    fn copy_index(&self, arguments: &[Expression], loops: &[Loop]) -> Data {
        let given = arguments.iter().map(|it| self.expression(it, loops));
        let (mut name, mut offset) = (None, 0);
        for data in given {
            match self.concrete(&data) {
                Data::Text(text) => name = Some(text.to_ascii_lowercase()),
                Data::Int(number) => offset = number,
                _ => return Data::unknown("copyIndex", "`copyIndex` takes a name and a number"),
            }
        }
        let found = match &name {
            Some(name) => loops.iter().rev().find(|it| it.name == *name),
            None => loops.last(),
        };
        match found.and_then(|found| found.index.checked_add(offset)) {
            Some(index) => Data::Int(index),
            None => Data::unknown("copyIndex", "there is no such loop around it"),
        }
    }

    /// Whether all are true, or whether one is.
    fn every(&self, given: &[Data], all: bool) -> Data {
        let mut open = None;
        for data in given {
            match self.concrete(data) {
                Data::Bool(value) if value == all => {}
                Data::Bool(value) => return Data::Bool(value),
                Data::Unknown { why, .. } => open = Some(why),
                other => open = Some(format!("{} is neither true nor false", other.describe())),
            }
        }
        let name = if all { "and" } else { "or" };
        match open {
            None => Data::Bool(all),
            Some(why) => self.opaque(name, given, &why),
        }
    }

    fn coalesce(&self, given: &[Data]) -> Data {
        for data in given {
            match self.concrete(data) {
                Data::Null => {}
                Data::Unknown { why, .. } if !matches!(data, Data::Term(_)) => {
                    return self.opaque("coalesce", given, &why);
                }
                _ => return data.clone(),
            }
        }
        Data::Null
    }

    /// <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourcegroup>
    fn resource_group(&self) -> Data {
        const WHY: &str = "the resource group is known to the deployer only";
        self.object(vec![
            ("id", Data::unknown("resourceGroup().id", WHY)),
            ("name", Data::unknown("resourceGroup().name", WHY)),
            (
                "location",
                Data::Term(Term::Environment(Environment::Region)),
            ),
        ])
    }

    fn subscription(&self) -> Data {
        const WHY: &str = "the subscription is known to the deployer only";
        let id = Data::Term(Term::Environment(Environment::AccountId));
        self.object(vec![
            ("id", Data::unknown("subscription().id", WHY)),
            ("subscriptionId", id),
            ("tenantId", Data::unknown("subscription().tenantId", WHY)),
            ("displayName", Data::unknown("subscription().name", WHY)),
        ])
    }

    fn deployment(&self) -> Data {
        const WHY: &str = "the deployment is known to the deployer only";
        self.object(vec![
            ("name", Data::unknown("deployment().name", WHY)),
            (
                "location",
                Data::Term(Term::Environment(Environment::Region)),
            ),
            ("properties", Data::unknown("deployment().properties", WHY)),
        ])
    }

    fn environment(&self) -> Data {
        let name = Data::Term(Term::Environment(Environment::Partition));
        self.object(vec![("name", name)])
    }
}

/// The branch of `if(empty(x), null(), base64(x))`, which says no more than that an empty text is none.
fn unless_empty<'e>(
    condition: &Expression,
    then: &Expression,
    otherwise: &'e Expression,
) -> Option<&'e Expression> {
    let Expression::Call(empty, subject) = condition else {
        return None;
    };
    let (Expression::Call(null, nothing), Expression::Call(base64, text)) = (then, otherwise)
    else {
        return None;
    };
    let names = (empty.as_str(), null.as_str(), base64.as_str());
    let same = names == ("empty", "null", "base64") && nothing.is_empty() && subject == text;
    same.then_some(otherwise)
}
