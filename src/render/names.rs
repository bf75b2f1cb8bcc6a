//! One name in the habit of each format.

use std::collections::BTreeMap;

use crate::cloud::{Kind, Resource};

/// `app-subnet` as `AppSubnet`, and `10-1-11-0` as `10x1x11x0`: two numbers never become one.
pub(super) fn pascal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    push_pascal(name, &mut out);
    out
}

/// The same, behind what stands in `out`, which goes on with it.
pub(super) fn push_pascal(name: &str, out: &mut String) {
    for word in words(name) {
        let mut letters = word.chars();
        let first = letters.next().unwrap_or_default();
        if first.is_ascii_digit() && out.ends_with(|last: char| last.is_ascii_digit()) {
            out.push('x');
        }
        out.push(first.to_ascii_uppercase());
        out.push_str(letters.as_str());
    }
}

/// `app-subnet` as `appSubnet`.
pub(super) fn camel(name: &str) -> String {
    let mut camel = pascal(name);
    if let Some(first) = camel.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    camel
}

/// `app-subnet` as `app_subnet`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    push_snake([name], &mut out);
    out
}

/// Several names as one of this kind, behind what stands in `out`.
pub(super) fn push_snake<'a>(names: impl IntoIterator<Item = &'a str>, out: &mut String) {
    let mut between = "";
    for word in names.into_iter().flat_map(words) {
        out.push_str(between);
        out.push_str(word);
        between = "_";
    }
}

/// The file stem of a resource type's template: `SecurityGroup` as `security_group`.
pub(super) fn stem(kind: Kind) -> String {
    let mut stem = String::with_capacity(32);
    for letter in kind.name().chars() {
        if letter.is_ascii_uppercase() && !stem.is_empty() {
            stem.push('_');
        }
        stem.push(letter.to_ascii_lowercase());
    }
    stem
}

/// The names of the templates of `resources`, which end with `suffix`, by the types that they are for.
pub(super) fn templates<R: Resource>(resources: &[R], suffix: &str) -> BTreeMap<Kind, String> {
    let mut names = BTreeMap::new();
    for kind in resources.iter().map(|it| it.id().kind) {
        names.entry(kind).or_insert_with(|| stem(kind) + suffix);
    }
    names
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_']).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_the_habit_of_each_format() {
        assert_eq!(pascal("app-subnet_1"), "AppSubnet1");
        assert_eq!(camel("vpn_device"), "vpnDevice");
        assert_eq!(snake("app-subnet-1"), "app_subnet_1");
        assert_eq!(snake("-app--subnet_"), "app_subnet");
        assert_ne!(pascal("10-1-11-0"), pascal("10-11-1-0"));
        let kind = Kind::Aws(crate::cloud::aws::Kind::SecurityGroup);
        assert_eq!(stem(kind), "security_group");
    }
}
