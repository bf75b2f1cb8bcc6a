//! CloudFormation: YAML 1.1 as AWS reads it, with the short forms of the intrinsic functions.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use memchr::memchr_iter;
use memchr::memmem::find_iter;
use tera::{Context, Value};

use super::engine::{RenderError, Syntax, Tree, context, value};
use super::frame::{AROUND, Frame, Output, Parameter};
use super::names::{pascal, stem, templates};
use super::{File, Library, blanks, json_string};
use crate::cloud::{
    Attribute, Environment, Kind, Node, NodeError, Resource, ResourceId, Resources, Term, aws,
};

const FOLDER: &str = "cloudformation";
/// The template around the resources, and the file that is written.
const FRAME: &str = "template.yaml";

/// YAML scalars and CloudFormation's intrinsic functions.
pub(super) struct CloudFormation;

pub(super) fn render(
    resources: &Resources<aws::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let templates = templates(&resources.items, ".yaml", &[FRAME]);
    let engine = library.engine::<CloudFormation>(FOLDER, &templates)?;
    let frame_error = |error| RenderError::new(FRAME, error);
    let header = value::<CloudFormation>(&resources.header).map_err(frame_error)?;
    let mut sections: Vec<(&'static str, Vec<Value>)> = Vec::new();
    let mut length = AROUND;
    for resource in &resources.items {
        let name = format!("{}.yaml", stem(resource.id().kind));
        let node = Node::of(resource).map_err(|error| RenderError::new(&name, error))?;
        let mut fields = context::<CloudFormation>(node);
        fields.insert("id", &logical_id(resource.id()));
        fields.insert_value("header", header.clone());
        let text = engine.render(&name, &fields)?;
        let title = resource.section().title();
        let text = text.trim_matches('\n').trim_end();
        length += text.len() + 1;
        let text = Value::safe_string(text);
        match sections.iter_mut().find(|(known, _)| *known == title) {
            Some((_, texts)) => texts.push(text),
            None => sections.push((title, vec![text])),
        }
    }
    let mut frame = frame(resources, &sections).map_err(frame_error)?;
    frame.insert_value("header", header);
    let sections: Vec<Value> = sections
        .into_iter()
        .map(|(title, resources)| {
            let mut section = tera::Map::new();
            section.insert("title".into(), Value::safe_string(title));
            section.insert("resources".into(), Value::from(resources));
            Value::from(section)
        })
        .collect();
    frame.insert_value("sections", Value::from(sections));
    let text = engine.render_long(FRAME, &frame, length)?;
    Ok(vec![File {
        path: FRAME.into(),
        contents: tidy(text).into_bytes(),
    }])
}

/// What stands around the resources: only parameters that something uses, and outputs that can be had.
fn frame(
    resources: &Resources<aws::Resource>,
    sections: &[(&'static str, Vec<Value>)],
) -> Result<Context, NodeError> {
    let outputs: Vec<_> = resources
        .outputs
        .iter()
        .filter(|output| is_known(&output.value))
        .collect();
    let terms: Vec<String> = outputs
        .iter()
        .map(|output| CloudFormation::term(&output.value))
        .collect();
    let texts = sections.iter().flat_map(|(_, resources)| resources);
    let texts = texts.filter_map(Value::as_str);
    let used: BTreeSet<&str> = texts
        .chain(terms.iter().map(String::as_str))
        .flat_map(|text| words(text, "!Ref ", "").chain(words(text, "${", "}")))
        .collect();
    let parameters = resources.parameters.iter();
    let outputs = outputs.into_iter();
    let frame = Frame {
        parameters: parameters
            .filter(|parameter| used.contains(&*pascal(&parameter.name)))
            .map(|parameter| Parameter::new(parameter, pascal))
            .collect(),
        outputs: outputs.map(|output| Output::new(output, pascal)).collect(),
    };
    Ok(context::<CloudFormation>(Node::of(&frame)?))
}

/// The logical ids that stand between `before` and `after`.
fn words<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    find_iter(text.as_bytes(), before).filter_map(move |at| {
        let rest = &text[at + before.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
        let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
        rest.starts_with(after).then_some(word)
    })
}

/// Whether CloudFormation tells the value at all: of a VPN connection it tells no addresses.
fn is_known(term: &Term) -> bool {
    !matches!(
        term,
        Term::Attribute(
            _,
            Attribute::Tunnel1Address | Attribute::Tunnel2Address | Attribute::PrefixList
        )
    )
}

/// Ends every line at its last visible character, and the text with its last visible line.
fn tidy(mut text: String) -> String {
    text.truncate(text.trim_ascii_end().len());
    text.push('\n');
    if is_tidy(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in super::lines(&text) {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Whether the lines of a text are tidy already, as nearly all are.
fn is_tidy(text: &str) -> bool {
    let before = |end: usize| text.as_bytes().get(end.checked_sub(1)?);
    let is_right =
        |end: usize| before(end).is_some_and(|last| *last == b'\n' || !last.is_ascii_whitespace());
    memchr_iter(b'\n', text.as_bytes()).all(is_right)
}

/// The logical id of a resource: its name, then its type, as in `AppSecurityGroup`. A VPN named `vpn` has no
/// `VpnVpnConnection` but a `VpnConnection`.
pub(super) fn logical_id(id: &ResourceId) -> String {
    let Kind::Aws(kind) = id.kind else {
        unreachable!("CloudFormation is never asked for a resource of Azure");
    };
    let mut name = match id.path.as_slice() {
        [name] => pascal(name),
        path => pascal(&path.join("-")),
    };
    let behind = name.len();
    // Writing to a string does not fail.
    let _ = write!(name, "{kind:?}");
    let (own, kind) = name.split_at(behind);
    if matches!(own, "Vpn" | "Vpc") && kind.starts_with(own) {
        return kind.to_owned();
    }
    name
}

/// How CloudFormation gives an attribute: by `Ref`, or by `GetAtt` with this name.
fn get_att(id: &ResourceId, attribute: Attribute) -> Option<&'static str> {
    let Kind::Aws(kind) = id.kind else {
        return None;
    };
    match (kind, attribute) {
        (aws::Kind::SecurityGroup, Attribute::Id) => Some("GroupId"),
        (aws::Kind::ElasticIp, Attribute::Id) => Some("AllocationId"),
        (aws::Kind::Vpc, Attribute::Ipv6Block) => Some("Ipv6CidrBlocks"),
        // What has one id for all purposes gives its ARN for it.
        (aws::Kind::Topic, Attribute::Arn) => None,
        (_, Attribute::Arn) => Some("Arn"),
        (aws::Kind::LaunchTemplate, Attribute::LatestVersion) => Some("LatestVersionNumber"),
        _ => None,
    }
}

fn is_log_group(id: &ResourceId) -> bool {
    id.kind == Kind::Aws(aws::Kind::LogGroup)
}

/// The ARN of a log group. `GetAtt` gives it with `:*` at its end, which flow logs do not take:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html>
fn log_group_arn(id: &ResourceId) -> Term {
    Term::Join(vec![
        "arn:".into(),
        Term::Environment(Environment::Partition),
        ":logs:".into(),
        Term::Environment(Environment::Region),
        ":".into(),
        Term::Environment(Environment::AccountId),
        ":log-group:".into(),
        id.attribute(Attribute::Name),
    ])
}

fn pseudo_parameter(environment: Environment) -> &'static str {
    match environment {
        Environment::AccountId => "AWS::AccountId",
        Environment::Region => "AWS::Region",
        Environment::Partition => "AWS::Partition",
    }
}

impl Syntax for CloudFormation {
    fn text(text: &str) -> String {
        if is_plain(text) {
            text.to_owned()
        } else {
            quoted(text)
        }
    }

    fn term(term: &Term) -> String {
        match term {
            Term::Text(text) => Self::text(text),
            Term::Parameter(name) => format!("!Ref {}", pascal(name)),
            Term::Attribute(id, Attribute::Itself) => logical_id(id),
            Term::Attribute(id, Attribute::Arn) if is_log_group(id) => {
                Self::term(&log_group_arn(id))
            }
            Term::Attribute(id, attribute) => match get_att(id, *attribute) {
                Some(name) => format!("!GetAtt {}.{name}", logical_id(id)),
                None => format!("!Ref {}", logical_id(id)),
            },
            Term::Environment(environment) => format!("!Ref {}", pseudo_parameter(*environment)),
            Term::Join(parts) => {
                let mut text = String::new();
                substitute(parts, &mut text);
                format!("!Sub {}", Self::text(&text))
            }
        }
    }

    fn tree(value: &Tree<'_>, indent: usize, out: &mut String) {
        write_tree(value, indent, out);
    }

    fn block(text: &str, indent: usize) -> String {
        literal_block(text, indent).unwrap_or_else(|| quoted(text))
    }
}

/// The text of a `!Sub` that puts the parts one after the other.
fn substitute(parts: &[Term], out: &mut String) {
    for part in parts {
        // Writing to a string does not fail.
        let _ = match part {
            Term::Text(text) => {
                out.push_str(&text.replace("${", "${!"));
                Ok(())
            }
            Term::Parameter(name) => write!(out, "${{{}}}", pascal(name)),
            Term::Attribute(id, Attribute::Arn) if is_log_group(id) => {
                substitute(&[log_group_arn(id)], out);
                Ok(())
            }
            Term::Attribute(id, attribute) => match get_att(id, *attribute) {
                Some(name) => write!(out, "${{{}.{name}}}", logical_id(id)),
                None => write!(out, "${{{}}}", logical_id(id)),
            },
            Term::Environment(environment) => {
                write!(out, "${{{}}}", pseudo_parameter(*environment))
            }
            Term::Join(inner) => {
                substitute(inner, out);
                Ok(())
            }
        };
    }
}

/// Words that YAML 1.1, which CloudFormation reads, takes for booleans or null.
const YAML_WORDS: [&str; 10] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none",
];

/// Whether a text is a plain YAML scalar that every reader takes for this text, in block and in flow context.
fn is_plain(text: &str) -> bool {
    let allowed = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'_'
                    | b'.'
                    | b'/'
                    | b'-'
                    | b'+'
                    | b'('
                    | b')'
                    | b'@'
                    | b':'
                    | b'$'
                    | b'\''
                    | b'*'
            )
    };
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else {
        return false;
    };
    // A number, a date or `12:30` starts with a digit; a CIDR block does too, and only it has a slash.
    let starts = first.is_ascii_alphabetic() || (first.is_ascii_digit() && bytes.contains(&b'/'));
    // Behind a colon and a blank stands what a key has.
    let is_key = |pair: &[u8]| pair == b": ";
    starts
        && bytes.iter().all(allowed)
        && !bytes.windows(2).any(is_key)
        && !text.ends_with([':', ' '])
        && !(YAML_WORDS.iter()).any(|word| word.eq_ignore_ascii_case(text))
}

/// A double-quoted scalar: what JSON escapes is what YAML escapes.
fn quoted(text: &str) -> String {
    json_string(text)
}

/// A literal block, when the text survives it: it has lines, none of which is only blanks or begins the text with one.
fn literal_block(text: &str, indent: usize) -> Option<String> {
    let body = text.strip_suffix('\n')?;
    let printable = body
        .chars()
        .all(|c| c == '\n' || c == '\t' || !c.is_control());
    let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
    if body.is_empty()
        || body.starts_with([' ', '\n'])
        || body.ends_with('\n')
        || !printable
        || body.lines().any(blank)
    {
        return None;
    }
    let pad = " ".repeat(indent);
    let lines = body.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!("{pad}{line}")
        }
    });
    Some(format!("|\n{}", lines.collect::<Vec<_>>().join("\n")))
}

fn write_tree(value: &Tree<'_>, indent: usize, out: &mut String) {
    match value {
        Tree::Scalar(text) => out.push_str(text),
        Tree::List(items) if items.is_empty() => out.push_str("[]"),
        Tree::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push('\n');
                    blanks(indent, out);
                }
                out.push_str("- ");
                write_tree(item, indent + 2, out);
            }
        }
        Tree::Map(entries) => {
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push('\n');
                    blanks(indent, out);
                }
                out.push_str(&CloudFormation::text(key));
                out.push(':');
                let nested = match item {
                    Tree::Scalar(_) => false,
                    Tree::List(items) => !items.is_empty(),
                    Tree::Map(entries) => !entries.is_empty(),
                };
                if nested {
                    out.push('\n');
                    blanks(indent + 2, out);
                } else {
                    out.push(' ');
                }
                write_tree(item, indent + 2, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_every_line_and_itself_where_something_is_seen() {
        for (text, tidied) in [
            ("a:\n  b\n", "a:\n  b\n"),
            ("a: \n\n  b\n", "a:\n\n  b\n"),
            ("a\t\nb\r\n", "a\nb\n"),
            ("\na\n", "a\n"),
            ("a\n\n", "a\n"),
            ("a", "a\n"),
            ("a\n  \nb ", "a\n\nb\n"),
        ] {
            assert_eq!(tidy(text.to_owned()), tidied, "{text:?}");
        }
    }
}
