//! Functions of texts.

use super::{Arguments, Result};
use crate::read::terraform::hcl::template::Parts;
use crate::read::terraform::tree::Value;

/// The most that a number is padded to.
const MAX_WIDTH: usize = 64;

pub(super) fn apply(of: &Arguments<'_, '_>) -> Option<Result<Value>> {
    Some(match of.name {
        "join" => join(of),
        "split" => split(of),
        "format" => format(of, &of.values),
        "formatlist" => format_list(of),
        "replace" => replace(of),
        "lower" => changed(of, str::to_lowercase),
        "upper" => changed(of, str::to_uppercase),
        "title" => changed(of, title),
        "trimspace" => changed(of, |text| text.trim().to_owned()),
        "chomp" => changed(of, |text| text.trim_end_matches(['\n', '\r']).to_owned()),
        "strrev" => changed(of, |text| text.chars().rev().collect()),
        "trim" => trimmed(of, |text, cut| text.trim_matches(|c| cut.contains(c))),
        "trimprefix" => trimmed(of, |text, cut| text.strip_prefix(cut).unwrap_or(text)),
        "trimsuffix" => trimmed(of, |text, cut| text.strip_suffix(cut).unwrap_or(text)),
        "startswith" => tested(of, |text, part| text.starts_with(part)),
        "endswith" => tested(of, |text, part| text.ends_with(part)),
        "strcontains" => tested(of, |text, part| text.contains(part)),
        "substr" => substr(of),
        "tostring" => to_string(of),
        _ => return None,
    })
}

fn changed(of: &Arguments<'_, '_>, change: fn(&str) -> String) -> Result<Value> {
    Ok(of.made(&change(&of.text(0)?)))
}

fn trimmed(of: &Arguments<'_, '_>, cut: for<'s> fn(&'s str, &str) -> &'s str) -> Result<Value> {
    let (text, what) = (of.text(0)?, of.text(1)?);
    Ok(of.made(cut(&text, &what)))
}

fn tested(of: &Arguments<'_, '_>, test: fn(&str, &str) -> bool) -> Result<Value> {
    Ok(of.bool(test(&of.text(0)?, &of.text(1)?)))
}

fn title(text: &str) -> String {
    let mut begins = true;
    let letters = text.chars().map(|letter| {
        let made = if begins {
            letter.to_ascii_uppercase()
        } else {
            letter
        };
        begins = letter.is_whitespace();
        made
    });
    letters.collect()
}

fn join(of: &Arguments<'_, '_>) -> Result<Value> {
    let between = of.text(0)?;
    let mut parts = Parts::default();
    let mut is_first = true;
    for at in 1..of.values.len() {
        for item in of.list(at)? {
            if !is_first {
                parts.text(&between);
            }
            is_first = false;
            parts.push(item, of.place)?;
        }
    }
    Ok(parts.value(of.place))
}

fn split(of: &Arguments<'_, '_>) -> Result<Value> {
    let (between, text) = (of.text(0)?, of.text(1)?);
    if !of.evaluator.spend(text.len(), of.place) {
        return Err(of.why("the configuration is too large"));
    }
    let parts: Vec<Value> = if between.is_empty() {
        text.chars()
            .map(|letter| of.made(&letter.to_string()))
            .collect()
    } else if text.is_empty() {
        Vec::new()
    } else {
        text.split(&*between).map(|part| of.made(part)).collect()
    };
    Ok(of.make_list(parts))
}

/// A text with slashes around it is a pattern, which is not read here.
fn replace(of: &Arguments<'_, '_>) -> Result<Value> {
    let (text, what, with) = (of.text(0)?, of.text(1)?, of.text(2)?);
    if what.len() > 1 && what.starts_with('/') && what.ends_with('/') {
        return Err(of.why("what a pattern replaces is not known here"));
    }
    let found = text.matches(&*what).count();
    if !of
        .evaluator
        .spend(text.len() + found * with.len(), of.place)
    {
        return Err(of.why("the configuration is too large"));
    }
    Ok(of.made(&text.replace(&*what, &with)))
}

fn substr(of: &Arguments<'_, '_>) -> Result<Value> {
    let (text, from, length) = (of.text(0)?, of.int(1)?, of.int(2)?);
    let letters: Vec<char> = text.chars().collect();
    let from = usize::try_from(from).unwrap_or_else(|_| {
        let back = usize::try_from(from.unsigned_abs()).unwrap_or(usize::MAX);
        letters.len().saturating_sub(back)
    });
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(of.made(&letters.iter().skip(from).take(length).collect::<String>()))
}

/// What another resource tells is a text already.
fn to_string(of: &Arguments<'_, '_>) -> Result<Value> {
    let value = of.at(0)?;
    if value.is_null() {
        return Ok(value.clone());
    }
    let mut parts = Parts::default();
    parts.push(value.clone(), of.place)?;
    Ok(match of.evaluator.text(value) {
        Some(text) if value.written().is_some() => of.made(&text),
        _ => value.clone(),
    })
}

/// `format`, as far as it is used for names: `%s`, `%v`, `%d`, with a width, and `%q` and `%%`.
/// <https://developer.hashicorp.com/terraform/language/functions/format>
fn format(of: &Arguments<'_, '_>, values: &[Value]) -> Result<Value> {
    let pattern = of.text(0)?;
    let mut values = values.iter().skip(1);
    let mut parts = Parts::default();
    let mut rest = pattern.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        parts.text(before);
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (width, after) = after.split_at(digits);
        let Some(verb) = after.chars().next() else {
            return Err(of.why("the format ends with `%`"));
        };
        rest = &after[verb.len_utf8()..];
        if verb == '%' {
            parts.text("%");
            continue;
        }
        let Some(value) = values.next() else {
            return Err(of.why("the format names more values than there are"));
        };
        match (verb, width) {
            ('s' | 'v' | 'd', "") => parts.push(value.clone(), of.place)?,
            ('d' | 's' | 'v', width) => {
                let text = of.texts(std::slice::from_ref(value))?.concat();
                parts.text(&padded(of, &text, width)?);
            }
            ('q', "") => {
                let text = of.texts(std::slice::from_ref(value))?.concat();
                parts.text(&serde_json::Value::from(text).to_string());
            }
            _ => return Err(of.why(format!("`%{width}{verb}` is not read here"))),
        }
    }
    parts.text(rest);
    Ok(parts.value(of.place))
}

fn padded(of: &Arguments<'_, '_>, text: &str, width: &str) -> Result<String> {
    let wanted: usize = width.parse().unwrap_or(usize::MAX);
    if wanted > MAX_WIDTH {
        return Err(of.why("the width of the format is too large"));
    }
    let fill = if width.starts_with('0') { "0" } else { " " };
    let missing = wanted.saturating_sub(text.chars().count());
    Ok(fill.repeat(missing) + text)
}

fn format_list(of: &Arguments<'_, '_>) -> Result<Value> {
    let mut lists = Vec::new();
    let mut length = 1;
    for at in 1..of.values.len() {
        let value = of.known(at).unwrap_or(of.at(at)?.clone());
        match value.items() {
            Some(items) => {
                length = items.len();
                lists.push(items.to_vec());
            }
            None => lists.push(vec![value]),
        }
    }
    let made = (0..length).map(|at| {
        let values = lists.iter().map(|list| match list.as_slice() {
            [one] => Some(one.clone()),
            many => many.get(at).cloned(),
        });
        let values = std::iter::once(Some(of.at(0)?.clone())).chain(values);
        match values.collect::<Option<Vec<_>>>() {
            Some(values) => format(of, &values),
            None => Err(of.why("the lists are not of the same length")),
        }
    });
    Ok(of.make_list(made.collect::<Result<_>>()?))
}
