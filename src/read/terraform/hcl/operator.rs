//! Operators: <https://developer.hashicorp.com/terraform/language/expressions/operators>.

use super::syntax::{BinaryOperator, UnaryOperator};
use crate::diag::Place;
use crate::read::terraform::tree::{Kind, Value};

/// What `!x` and `-x` give.
pub(super) fn unary(operator: UnaryOperator, value: &Value, place: &Place) -> Value {
    let kind = match operator {
        UnaryOperator::Not => truth(value).map(|truth| Kind::Bool(!truth)),
        UnaryOperator::Neg => number(value).map(|number| Kind::Number(-number)),
    };
    made(kind, &[value], place)
}

/// What `x + y` and its like give.
pub(super) fn binary(operator: BinaryOperator, one: &Value, other: &Value, place: &Place) -> Value {
    use BinaryOperator as Op;
    let compared =
        |holds: fn(f64, f64) -> bool| Some(Kind::Bool(holds(number(one)?, number(other)?)));
    let counted = |sum: fn(f64, f64) -> f64| {
        let sum = sum(number(one)?, number(other)?);
        sum.is_finite().then_some(Kind::Number(sum))
    };
    let kind = match operator {
        Op::Eq => equal(one, other).map(Kind::Bool),
        Op::NotEq => equal(one, other).map(|equal| Kind::Bool(!equal)),
        Op::Less => compared(|one, other| one < other),
        Op::LessEq => compared(|one, other| one <= other),
        Op::Greater => compared(|one, other| one > other),
        Op::GreaterEq => compared(|one, other| one >= other),
        Op::Plus => counted(|one, other| one + other),
        Op::Minus => counted(|one, other| one - other),
        Op::Mul => counted(|one, other| one * other),
        Op::Div => counted(|one, other| one / other),
        Op::Mod => counted(|one, other| one % other),
        Op::And => decided(one, other, false),
        Op::Or => decided(one, other, true),
    };
    made(kind, &[one, other], place)
}

/// `&&` and `||`: one side that decides is enough.
fn decided(one: &Value, other: &Value, deciding: bool) -> Option<Kind> {
    match (truth(one), truth(other)) {
        (Some(truth), _) | (_, Some(truth)) if truth == deciding => Some(Kind::Bool(deciding)),
        (Some(_), Some(_)) => Some(Kind::Bool(!deciding)),
        _ => None,
    }
}

fn made(kind: Option<Kind>, of: &[&Value], place: &Place) -> Value {
    if let Some(kind) = kind {
        return Value::new(kind, place);
    }
    let unknown = of
        .iter()
        .find(|value| matches!(value.kind, Kind::Unknown(_)));
    match unknown {
        Some(value) => Value::clone(value),
        None => Value::unknown(
            "what is compared or counted is known after the deploy only",
            place,
        ),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Bool(truth) => Some(*truth),
        Kind::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// The number that a value is; texts of numbers are numbers.
pub(super) fn number(value: &Value) -> Option<f64> {
    match &value.kind {
        Kind::Number(number) => Some(*number),
        Kind::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// Whether two values are the same, where that is known.
pub(super) fn equal(one: &Value, other: &Value) -> Option<bool> {
    Some(match (&one.kind, &other.kind) {
        (Kind::Null, Kind::Null) => true,
        // What was made is never nothing.
        (Kind::Null, Kind::Unknown(_)) | (Kind::Unknown(_), Kind::Null) => return None,
        (Kind::List(_), Kind::List(_)) => {
            let (one, other) = (one.items()?, other.items()?);
            if one.len() != other.len() {
                return Some(false);
            }
            let pairs = one.iter().zip(other).map(|(one, other)| equal(one, other));
            all(pairs)?
        }
        (Kind::Map(_), Kind::Map(_)) => {
            let (entries, length) = (one.entries()?, other.entries()?.len());
            if entries.len() != length {
                return Some(false);
            }
            let pairs = entries.iter().map(|(key, value)| match other.get(key) {
                Some(other) => equal(value, other),
                None => Some(false),
            });
            all(pairs)?
        }
        (Kind::Null, _)
        | (_, Kind::Null)
        | (Kind::List(_) | Kind::Map(_), Kind::Text(_) | Kind::Bool(_) | Kind::Number(_))
        | (Kind::Text(_) | Kind::Bool(_) | Kind::Number(_), Kind::List(_) | Kind::Map(_)) => false,
        (Kind::Bool(one), Kind::Bool(other)) => one == other,
        (Kind::Number(one), Kind::Number(other)) => (one - other).abs() < f64::EPSILON,
        _ => one.written()? == other.written()?,
    })
}

fn all(mut pairs: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for pair in &mut pairs {
        match pair {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = None,
        }
    }
    known
}
