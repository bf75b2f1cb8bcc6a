//! Functions of lists, sets and maps.

use foldhash::{HashSet, HashSetExt};
use smol_str::SmolStr;

use super::{Arguments, Result};
use crate::read::Ordered;
use crate::read::terraform::hcl::operator::equal;
use crate::read::terraform::tree::{Kind, Value};

/// How many items `range` and `setproduct` make at most.
const MAX_MADE: usize = 100_000;

pub(super) fn apply(of: &Arguments<'_, '_>) -> Option<Result<Value>> {
    Some(match of.name {
        "concat" => concat(of),
        "merge" => merge(of),
        "length" => length(of),
        "element" => element(of),
        "lookup" => lookup(of),
        "keys" => keys(of),
        "values" => values(of),
        "toset" => set(of, |of| of.list(0)),
        "setunion" => set(of, all_lists),
        "setintersection" => set_of(of, true),
        "setsubtract" => set_of(of, false),
        "tolist" => to_list(of),
        "tomap" => of.entries(0).map(|entries| Value::map(entries, of.place)),
        "contains" => contains(of),
        "coalesce" => coalesce(of),
        "coalescelist" => coalesce_list(of),
        "compact" => compact(of),
        "distinct" => of
            .list(0)
            .and_then(|items| Ok(of.make_list(distinct(of, items)?))),
        "flatten" => flatten(of),
        "slice" => slice(of),
        "sort" => sort(of),
        "reverse" => of
            .list(0)
            .map(|items| of.make_list(items.into_iter().rev().collect())),
        "zipmap" => zipmap(of),
        "setproduct" => product(of),
        "one" => one(of),
        "index" => index(of),
        "alltrue" => all_true(of, true),
        "anytrue" => all_true(of, false),
        "chunklist" => chunks(of),
        _ => return None,
    })
}

fn all_lists(of: &Arguments<'_, '_>) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for at in 0..of.values.len() {
        all.extend(of.list(at)?);
    }
    Ok(all)
}

/// What is not known of one list is not known of all of them; a variable without a default is a list of its own.
fn concat(of: &Arguments<'_, '_>) -> Result<Value> {
    all_lists(of).map(|items| of.make_list(items))
}

fn merge(of: &Arguments<'_, '_>) -> Result<Value> {
    let mut merged: Ordered<SmolStr, Value> = Ordered::default();
    for at in 0..of.values.len() {
        if of.known(at)?.is_null() {
            continue;
        }
        merged.extend(of.entries(at)?);
    }
    Ok(Value::map(merged.into_iter().collect(), of.place))
}

#[expect(clippy::cast_precision_loss, reason = "values are smaller than that")]
fn length(of: &Arguments<'_, '_>) -> Result<Value> {
    let value = of.known(0)?;
    let length = match &value.kind {
        Kind::Text(text) => text.chars().count(),
        _ => match (value.items(), value.entries()) {
            (Some(items), _) => items.len(),
            (_, Some(entries)) => entries.len(),
            _ => return Err(of.not_known(&value)),
        },
    };
    of.make_number(length as f64)
}

fn element(of: &Arguments<'_, '_>) -> Result<Value> {
    let (items, at) = (of.list(0)?, of.int(1)?);
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if length == 0 {
        return Err(of.why("the list is empty"));
    }
    let at = usize::try_from(at.rem_euclid(length)).unwrap_or_default();
    let found = items.into_iter().nth(at);
    found.ok_or_else(|| of.why("the list has no such item"))
}

fn lookup(of: &Arguments<'_, '_>) -> Result<Value> {
    let (map, key) = (of.known(0)?, of.text(1)?);
    if map.entries().is_none() {
        return Err(of.not_known(&map));
    }
    match (map.get(&key), of.values.get(2)) {
        (Some(found), _) => Ok(found.clone()),
        (None, Some(other)) => Ok(other.clone()),
        (None, None) => Err(of.why("the map has no such key")),
    }
}

fn sorted(of: &Arguments<'_, '_>) -> Result<Vec<(SmolStr, Value)>> {
    let mut entries = of.entries(0)?;
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(entries)
}

fn keys(of: &Arguments<'_, '_>) -> Result<Value> {
    let entries = sorted(of)?.into_iter();
    Ok(of.make_list(entries.map(|(key, _)| of.made(&key)).collect()))
}

fn values(of: &Arguments<'_, '_>) -> Result<Value> {
    let entries = sorted(of)?.into_iter();
    Ok(of.make_list(entries.map(|(_, value)| value).collect()))
}

/// A set: each item once, in the order of their texts where all have one.
fn set(
    of: &Arguments<'_, '_>,
    items: fn(&Arguments<'_, '_>) -> Result<Vec<Value>>,
) -> Result<Value> {
    let mut items = distinct(of, items(of)?)?;
    if items.iter().all(|item| item.written().is_some()) {
        items.sort_by_cached_key(Value::written);
    }
    Ok(of.make_list(items))
}

fn set_of(of: &Arguments<'_, '_>, both: bool) -> Result<Value> {
    let (items, others) = (of.list(0)?, of.list(1)?);
    let others: HashSet<_> = of.texts(&others)?.into_iter().collect();
    let texts = of.texts(&items)?;
    let kept = items.into_iter().zip(texts);
    let kept = kept.filter(|(_, text)| others.contains(text) == both);
    Ok(of.make_list(kept.map(|(item, _)| item).collect()))
}

/// The items without those that are there already. What is known after the deploy only is the same when it is written the
/// same.
fn distinct(of: &Arguments<'_, '_>, items: Vec<Value>) -> Result<Vec<Value>> {
    let mut met = HashSet::new();
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if let Kind::Unknown(_) = item.kind {
            return Err(item);
        }
        let key = match (&item.kind, item.to_json()) {
            (_, Some(json)) => json.to_string(),
            (Kind::Reference(reference), _) => format!("{}.{}", reference.address, reference.path),
            (Kind::Variable(name), _) => format!("var.{name}"),
            _ => return Err(of.not_known(&item)),
        };
        if met.insert(key) {
            kept.push(item);
        }
    }
    Ok(kept)
}

fn to_list(of: &Arguments<'_, '_>) -> Result<Value> {
    of.list(0).map(|items| of.make_list(items))
}

fn contains(of: &Arguments<'_, '_>) -> Result<Value> {
    let (items, wanted) = (of.list(0)?, of.known(1)?);
    let mut known = true;
    for item in items {
        match equal(&of.evaluator.known(item), &wanted) {
            Some(true) => return Ok(of.bool(true)),
            Some(false) => {}
            None => known = false,
        }
    }
    if known {
        Ok(of.bool(false))
    } else {
        Err(of.why("whether it is in the list is known after the deploy only"))
    }
}

/// The first that is neither null nor empty. What another resource tells is neither.
fn coalesce(of: &Arguments<'_, '_>) -> Result<Value> {
    for value in &of.values {
        match &value.kind {
            Kind::Null => {}
            Kind::Unknown(_) => return Err(value.clone()),
            Kind::Variable(_) => match of.evaluator.text(value) {
                Some(text) if text.is_empty() => {}
                _ => return Ok(value.clone()),
            },
            Kind::Text(text) if text.is_empty() => {}
            _ => return Ok(value.clone()),
        }
    }
    Err(of.why("all of them are empty"))
}

fn coalesce_list(of: &Arguments<'_, '_>) -> Result<Value> {
    for at in 0..of.values.len() {
        let items = of.list(at)?;
        if !items.is_empty() {
            return Ok(of.make_list(items));
        }
    }
    Ok(of.make_list(Vec::new()))
}

fn compact(of: &Arguments<'_, '_>) -> Result<Value> {
    let mut kept = Vec::new();
    for item in of.list(0)? {
        match of.evaluator.text(&item) {
            Some(text) if text.is_empty() => {}
            _ if item.is_null() => {}
            _ => kept.push(item),
        }
    }
    Ok(of.make_list(kept))
}

fn flatten(of: &Arguments<'_, '_>) -> Result<Value> {
    // What is large in all is found out before anything is made.
    if of.at(0)?.size() > MAX_MADE {
        return Err(of.why("the list is too large to be read"));
    }
    let mut flat = Vec::new();
    for item in of.list(0)? {
        put(item, &mut flat);
    }
    Ok(of.make_list(flat))
}

fn put(item: Value, flat: &mut Vec<Value>) {
    match item.items() {
        Some(items) => items.iter().cloned().for_each(|item| put(item, flat)),
        None => flat.push(item),
    }
}

fn slice(of: &Arguments<'_, '_>) -> Result<Value> {
    let items = of.list(0)?;
    let (from, to) = (usize::try_from(of.int(1)?), usize::try_from(of.int(2)?));
    match (from, to) {
        (Ok(from), Ok(to)) => match items.get(from..to) {
            Some(part) => Ok(of.make_list(part.to_vec())),
            None => Err(of.why("the list is too short to be sliced so")),
        },
        _ => Err(of.why("a list is sliced from 0 on")),
    }
}

fn sort(of: &Arguments<'_, '_>) -> Result<Value> {
    let items = of.list(0)?;
    let mut texts = of.texts(&items)?;
    texts.sort();
    Ok(of.make_list(texts.iter().map(|text| of.made(text)).collect()))
}

fn zipmap(of: &Arguments<'_, '_>) -> Result<Value> {
    let (keys, values) = (of.list(0)?, of.list(1)?);
    let keys = of.texts(&keys)?;
    if keys.len() != values.len() {
        return Err(of.why("there are not as many keys as values"));
    }
    let entries: Ordered<SmolStr, Value> = keys.into_iter().zip(values).collect();
    Ok(Value::map(entries.into_iter().collect(), of.place))
}

fn product(of: &Arguments<'_, '_>) -> Result<Value> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for at in 0..of.values.len() {
        let items = of.list(at)?;
        let made = rows.len().saturating_mul(items.len());
        if made > MAX_MADE || !of.evaluator.spend(made * (at + 1), of.place) {
            return Err(of.why("the product is too large to be read"));
        }
        let extended = rows.iter().flat_map(|row| {
            let items = items.iter();
            items.map(move |item| row.iter().chain([item]).cloned().collect())
        });
        rows = extended.collect();
    }
    let rows = rows.into_iter().map(|row| of.make_list(row));
    Ok(of.make_list(rows.collect()))
}

fn one(of: &Arguments<'_, '_>) -> Result<Value> {
    let mut items = of.list(0)?;
    match items.len() {
        0 => Ok(Value::new(Kind::Null, of.place)),
        1 => Ok(items.remove(0)),
        _ => Err(of.why("`one` is called with more than one")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "values are smaller than that")]
fn index(of: &Arguments<'_, '_>) -> Result<Value> {
    let (items, wanted) = (of.list(0)?, of.text(1)?);
    let texts = of.texts(&items)?;
    match texts.iter().position(|text| *text == wanted) {
        Some(at) => of.make_number(at as f64),
        None => Err(of.why("the list has no such item")),
    }
}

fn all_true(of: &Arguments<'_, '_>, all: bool) -> Result<Value> {
    let items = of.list(0)?;
    let mut truths = Vec::new();
    for item in &items {
        match of.evaluator.truth(item) {
            Some(truth) => truths.push(truth),
            None => return Err(of.not_known(item)),
        }
    }
    let truth = if all {
        truths.iter().all(|truth| *truth)
    } else {
        truths.contains(&true)
    };
    Ok(of.bool(truth))
}

fn chunks(of: &Arguments<'_, '_>) -> Result<Value> {
    let (items, size) = (of.list(0)?, of.int(1)?);
    match usize::try_from(size) {
        Ok(size) if size > 0 => {
            let chunks = items.chunks(size).map(|chunk| of.make_list(chunk.to_vec()));
            Ok(of.make_list(chunks.collect()))
        }
        _ => Ok(of.make_list(vec![of.make_list(items)])),
    }
}
