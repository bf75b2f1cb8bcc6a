//! Calls of intrinsic functions, in their short form (`!Ref X`) and in their long form (`{Ref: X}`).
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::yaml::{Kind, Node};

/// A call of a function.
pub(super) struct Call<'t> {
    /// Its long name: `Ref`, `Condition` or one that begins with `Fn::`.
    pub(super) name: Cow<'t, str>,
    /// What it is called with.
    pub(super) argument: Argument<'t>,
}

/// What a function is called with. In the short form the tag of the node is the function's.
#[derive(Clone, Copy)]
pub(super) struct Argument<'t> {
    pub(super) node: &'t Node,
    tagged: bool,
}

impl<'t> Argument<'t> {
    /// The call that the argument is itself.
    pub(super) fn call(self) -> Option<Call<'t>> {
        if self.tagged {
            long(self.node)
        } else {
            call(self.node)
        }
    }

    /// The items, if it is a list that is written out.
    pub(super) fn list(self) -> Option<&'t [Node]> {
        match &self.node.kind {
            Kind::List(items) if self.call().is_none() => Some(items),
            _ => None,
        }
    }

    /// The text, if it is a scalar that is written out.
    pub(super) fn text(self) -> Option<&'t str> {
        self.node.as_text().filter(|_| self.call().is_none())
    }
}

/// The call that a node is, if it is one.
pub(super) fn call(node: &Node) -> Option<Call<'_>> {
    match node.tag.as_deref().and_then(function_of_tag) {
        Some(name) => Some(Call {
            name,
            argument: Argument { node, tagged: true },
        }),
        None => long(node),
    }
}

/// The text of a scalar that is no call.
pub(super) fn plain(node: &Node) -> Option<&str> {
    node.as_text().filter(|_| call(node).is_none())
}

/// The long name of the function with this tag.
fn function_of_tag(tag: &str) -> Option<Cow<'_, str>> {
    let name = tag.strip_prefix('!')?;
    // `!!str` and its like are of YAML itself.
    if name.is_empty() || name.starts_with('!') {
        return None;
    }
    Some(match name {
        "Ref" | "Condition" => name.into(),
        // A template is full of these, and is asked for them again and again.
        "GetAtt" => "Fn::GetAtt".into(),
        "Join" => "Fn::Join".into(),
        "Select" => "Fn::Select".into(),
        "Split" => "Fn::Split".into(),
        "Sub" => "Fn::Sub".into(),
        _ => format!("Fn::{name}").into(),
    })
}

fn long(node: &Node) -> Option<Call<'_>> {
    let Kind::Map(entries) = &node.kind else {
        return None;
    };
    let [(key, argument)] = entries.as_slice() else {
        return None;
    };
    let is_function = key.text == "Ref" || key.text.starts_with("Fn::");
    is_function.then(|| Call {
        name: key.text.as_str().into(),
        argument: Argument {
            node: argument,
            tagged: false,
        },
    })
}

/// Everything that is written in a node, tags and keys included: a place ends too soon where a scalar has a tag.
pub(super) fn written(node: &Node) -> String {
    let mut text = String::new();
    write(node, &mut text);
    text
}

/// The tree is at most [`MAX_DEPTH`](crate::yaml::MAX_DEPTH) deep.
fn write(node: &Node, text: &mut String) {
    text.push_str(node.tag.as_deref().unwrap_or_default());
    text.push(' ');
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| write(item, text)),
        Kind::Map(entries) => entries.iter().for_each(|(key, item)| {
            text.push_str(&key.text);
            write(item, text);
        }),
        _ => text.push_str(node.as_text().unwrap_or_default()),
    }
}

/// A part of the text of `Fn::Sub`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part<'t> {
    /// Text as it is.
    Text(&'t str),
    /// `${Name}` or `${Name.Attribute}`.
    Variable(&'t str),
}

/// Where the next `${` stands in a text, from some byte on.
fn opening(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut dollars = memchr_iter(b'$', bytes.get(from..)?).map(|at| from + at);
    dollars.find(|at| bytes.get(at + 1) == Some(&b'{'))
}

/// The parts of the text of `Fn::Sub`. `${!Name}` is the text `${Name}`.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut from, mut at) = (Vec::with_capacity(8), 0, 0);
    while let Some(open) = opening(text, at) {
        let Some(length) = memchr(b'}', &text.as_bytes()[open..]) else {
            break;
        };
        let (inside, end) = (&text[open + 2..open + length], open + length + 1);
        if inside.starts_with('!') {
            parts.push(Part::Text(&text[from..open + 2]));
            from = open + 3;
        } else {
            parts.push(Part::Text(&text[from..open]));
            parts.push(Part::Variable(inside.trim()));
            from = end;
        }
        at = end;
    }
    parts.push(Part::Text(&text[from..]));
    parts.retain(|part| *part != Part::Text(""));
    parts
}

/// The names in `Fn::GetAtt`: the resource, and the attribute, which may have dots.
pub(super) fn get_att(argument: Argument<'_>) -> Option<(&str, &str)> {
    match argument.list() {
        Some([resource, attribute]) => Some((plain(resource)?, plain(attribute)?)),
        Some(_) => None,
        None => dotted(argument.text()?),
    }
}

/// A resource and its attribute, where a name is that of an attribute.
pub(super) fn dotted(name: &str) -> Option<(&str, &str)> {
    let dot = memchr(b'.', name.as_bytes())?;
    Some((&name[..dot], &name[dot + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_substitution_falls_apart() {
        use Part::{Text, Variable};
        assert_eq!(
            parts("a${B}${!C}-${D.E}${"),
            [
                Text("a"),
                Variable("B"),
                Text("${"),
                Text("C}-"),
                Variable("D.E"),
                Text("${"),
            ]
        );
        assert_eq!(parts(""), []);
    }
}
