//! Functions of numbers, and what is compared.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-numeric>

use super::super::context::Context;
use super::super::value::Data;

impl Context<'_> {
    /// A function of known numbers.
    #[expect(
        clippy::unused_self,
        reason = "the four rooms of functions are asked alike"
    )]
    pub(super) fn number_function(&self, name: &str, given: &[Data]) -> Option<Data> {
        use Data::{Bool, Int, List, Text};
        Some(match (name, given) {
            ("add", [Int(one), Int(other)]) => Int(one.checked_add(*other)?),
            ("sub", [Int(one), Int(other)]) => Int(one.checked_sub(*other)?),
            ("mul", [Int(one), Int(other)]) => Int(one.checked_mul(*other)?),
            ("div", [Int(one), Int(other)]) => Int(one.checked_div(*other)?),
            ("mod", [Int(one), Int(other)]) => Int(one.checked_rem(*other)?),
            ("int", [Int(number)]) => Int(*number),
            ("int", [Text(text)]) => Int(text.trim().parse().ok()?),
            ("min" | "max", [List(items)]) => {
                let items: Vec<_> = items.iter().map(|item| item.data.clone()).collect();
                extreme(name, &items)?
            }
            ("min" | "max", items) => extreme(name, items)?,
            ("not", [Bool(value)]) => Bool(!value),
            ("bool", [Bool(value)]) => Bool(*value),
            ("bool", [Int(number)]) => Bool(*number != 0),
            ("bool", [Text(text)]) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Bool(true),
                "false" | "0" => Bool(false),
                _ => return None,
            },
            (_, [Int(one), Int(other)]) => Bool(compared(name, one.cmp(other))?),
            (_, [Text(one), Text(other)]) => Bool(compared(name, one.cmp(other))?),
            _ => return None,
        })
    }
}

fn compared(name: &str, ordering: std::cmp::Ordering) -> Option<bool> {
    Some(match name {
        "less" => ordering.is_lt(),
        "lessorequals" => ordering.is_le(),
        "greater" => ordering.is_gt(),
        "greaterorequals" => ordering.is_ge(),
        _ => return None,
    })
}

fn extreme(name: &str, items: &[Data]) -> Option<Data> {
    let numbers = items.iter().map(|item| match item {
        Data::Int(number) => Some(*number),
        _ => None,
    });
    let numbers: Vec<_> = numbers.collect::<Option<_>>()?;
    let found = if name == "min" {
        numbers.iter().min()
    } else {
        numbers.iter().max()
    };
    found.copied().map(Data::Int)
}
