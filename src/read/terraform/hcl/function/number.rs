//! Functions of numbers, and conversions to numbers and truths.

use super::{Arguments, Result};
use crate::read::terraform::tree::{Kind, Value};

/// The most that `range` makes: <https://developer.hashicorp.com/terraform/language/functions/range>.
const MAX_RANGE: usize = 1024;

pub(super) fn apply(of: &Arguments<'_, '_>) -> Option<Result<Value>> {
    Some(match of.name {
        "min" => folded(of, f64::min),
        "max" => folded(of, f64::max),
        "abs" => of.number(0).and_then(|number| of.make_number(number.abs())),
        "ceil" => of
            .number(0)
            .and_then(|number| of.make_number(number.ceil())),
        "floor" => of
            .number(0)
            .and_then(|number| of.make_number(number.floor())),
        "pow" => power(of),
        "log" => logarithm(of),
        "sum" => sum(of),
        "range" => range(of),
        "tonumber" => converted(of, |of| {
            of.number(0).and_then(|number| of.make_number(number))
        }),
        "tobool" => converted(of, to_bool),
        "parseint" => parse_int(of),
        _ => return None,
    })
}

fn folded(of: &Arguments<'_, '_>, fold: fn(f64, f64) -> f64) -> Result<Value> {
    let numbers = (0..of.values.len()).map(|at| of.number(at));
    let numbers: Vec<f64> = numbers.collect::<Result<_>>()?;
    match numbers.into_iter().reduce(fold) {
        Some(number) => of.make_number(number),
        None => Err(of.why("there is no number")),
    }
}

fn power(of: &Arguments<'_, '_>) -> Result<Value> {
    of.make_number(of.number(0)?.powf(of.number(1)?))
}

fn logarithm(of: &Arguments<'_, '_>) -> Result<Value> {
    let (number, base) = (of.number(0)?, of.number(1)?);
    // The logarithm of 8 to the base 2 is 3, and not a little less.
    let log = number.ln() / base.ln();
    let near = log.round();
    let is_whole = (base.powf(near) - number).abs() < f64::EPSILON * number.abs();
    of.make_number(if is_whole { near } else { log })
}

fn sum(of: &Arguments<'_, '_>) -> Result<Value> {
    let mut sum = 0.0;
    for item in of.list(0)? {
        let item = of.evaluator.known(item);
        match super::super::operator::number(&item) {
            Some(number) => sum += number,
            None => return Err(of.not_known(&item)),
        }
    }
    of.make_number(sum)
}

fn range(of: &Arguments<'_, '_>) -> Result<Value> {
    let (from, to, step) = match of.values.len() {
        1 => (0.0, of.number(0)?, None),
        2 => (of.number(0)?, of.number(1)?, None),
        _ => (of.number(0)?, of.number(1)?, Some(of.number(2)?)),
    };
    let step = step.unwrap_or(if from <= to { 1.0 } else { -1.0 });
    let mut made = Vec::new();
    let mut next = from;
    while (step > 0.0 && next < to) || (step < 0.0 && next > to) {
        if made.len() == MAX_RANGE {
            return Err(of.why("the range is too long"));
        }
        made.push(of.make_number(next)?);
        next += step;
    }
    Ok(of.make_list(made))
}

/// What is null stays null.
fn converted(
    of: &Arguments<'_, '_>,
    convert: fn(&Arguments<'_, '_>) -> Result<Value>,
) -> Result<Value> {
    match of.at(0)? {
        null if null.is_null() => Ok(null.clone()),
        _ => convert(of),
    }
}

fn to_bool(of: &Arguments<'_, '_>) -> Result<Value> {
    match of.evaluator.truth(of.at(0)?) {
        Some(truth) => Ok(Value::new(Kind::Bool(truth), of.place)),
        None => Err(of.not_known(of.at(0)?)),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "ports and numbers of accounts are small"
)]
fn parse_int(of: &Arguments<'_, '_>) -> Result<Value> {
    let (text, base) = (of.text(0)?, of.int(1)?);
    let base = u32::try_from(base)
        .ok()
        .filter(|base| (2..=36).contains(base));
    match base.and_then(|base| i64::from_str_radix(&text, base).ok()) {
        Some(number) => of.make_number(number as f64),
        None => Err(of.why("the text is no whole number")),
    }
}
