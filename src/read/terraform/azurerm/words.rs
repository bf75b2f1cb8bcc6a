//! Values that several types of resources have.

use crate::cloud::Term;
use crate::net::{Cidr, IpVersion};
use crate::read::terraform::context::{Context, Result, fault};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::Value;
use crate::yaml::shorten;

/// One of a few words. Capitals make no difference: older versions of the provider took any.
pub(super) fn word<T: Copy>(
    context: &Context<'_>,
    value: &Value,
    words: &[(&str, T)],
) -> Result<T> {
    let text = context.text(value)?;
    let mut known = words.iter();
    match known.find(|(word, _)| word.eq_ignore_ascii_case(&text)) {
        Some((_, meaning)) => Ok(*meaning),
        None => fault(value, format!("`{}` is not read here", shorten(&text))),
    }
}

/// The blocks in a list.
pub(super) fn cidrs(context: &Context<'_>, value: &Value) -> Result<Vec<Cidr>> {
    let items = context.list(value).into_iter();
    items.map(|item| context.cidr(item)).collect()
}

/// The known texts in a list.
pub(super) fn texts(context: &Context<'_>, value: &Value) -> Result<Vec<String>> {
    let items = context.list(value).into_iter();
    items.map(|item| context.text(item)).collect()
}

/// The version of IP in an argument; IPv4 is meant where nothing is said
/// (<https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/public_ip#ip_version-1>).
pub(super) fn version(of: &mut Properties<'_, '_>, key: &str) -> IpVersion {
    let read = |context: &Context<'_>, value: &Value| {
        let words = IpVersion::BOTH.map(|version| (version.as_str(), version));
        word(context, value, &words)
    };
    of.or(key, read, IpVersion::V4)
}

/// A small whole number.
pub(super) fn small(context: &Context<'_>, value: &Value) -> Result<u8> {
    match u8::try_from(context.number(value)?) {
        Ok(number) => Ok(number),
        Err(_) => fault(value, "the number is out of range"),
    }
}

/// The number of a port, or 0 where that means all of them.
pub(super) fn port(context: &Context<'_>, value: &Value) -> Result<u16> {
    match u16::try_from(context.number(value)?) {
        Ok(number) => Ok(number),
        Err(_) => fault(value, "the number of a port belongs here"),
    }
}

/// An id that may be missing: an empty text is none.
pub(super) fn maybe_id(of: &mut Properties<'_, '_>, key: &str) -> Result<Option<Term>> {
    let value = of.take(key).filter(|value| !value.is_empty());
    value.map(|value| of.context.term(value)).transpose()
}

/// A switch that one version of the provider calls so and another otherwise.
pub(super) fn switch(of: &mut Properties<'_, '_>, names: [&str; 2], missing: bool) -> bool {
    let [now, before] = names;
    let before = of.or(before, Context::boolean, missing);
    of.or(now, Context::boolean, before)
}
