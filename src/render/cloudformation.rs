//! CloudFormation: YAML 1.1 as AWS reads it, with the short forms of the intrinsic functions.

use std::collections::BTreeSet;

use memchr::{memchr_iter, memchr2_iter};
use serde::de::value::Error;
use tera::{Context, Value};

use super::context::{context, expression, value};
use super::engine::{RenderError, Syntax, drafted, written};
use super::frame::{AROUND, Frame, Output, Parameter};
use super::names::{pascal, push_pascal, templates};
use super::{File, Library, yaml};
use crate::cloud::told::Teller;
use crate::cloud::{Attribute, Environment, Kind, Resource, ResourceId, Resources, Term, aws};

const FOLDER: &str = "cloudformation";
/// The template around the resources, and the file that is written.
const FRAME: &str = "template.yaml";

/// YAML scalars and CloudFormation's intrinsic functions.
pub(super) struct CloudFormation;

/// Writes terms as CloudFormation does. Only whole resources of AWS have ids, and these have logical ids.
struct Scribe;

impl Teller for Scribe {
    type Told = Value;

    fn term(&self, term: Term) -> Value {
        expression::<CloudFormation>(&term)
    }

    fn id(&self, id: &ResourceId) -> (&'static str, String) {
        ("id", written(|out| logical_id(id, out)))
    }
}

pub(super) fn render(
    resources: &Resources<aws::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let templates = templates(&resources.items, ".yaml");
    let engine = library.engine::<CloudFormation>(FOLDER, &templates, &[FRAME])?;
    let frame_error = |error| RenderError::new(FRAME, error);
    let header = value(&resources.header, &Scribe).map_err(frame_error)?;
    let mut sections: Vec<(&'static str, Vec<Value>)> = Vec::new();
    let mut length = AROUND;
    for resource in &resources.items {
        let name = &templates[&resource.id().kind];
        let fields = context(resource, &Scribe);
        let mut fields = fields.map_err(|error| RenderError::new(name, error))?;
        fields.insert_value("header", header.clone());
        let text = engine.render(name, &fields)?;
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
) -> Result<Context, Error> {
    let outputs: Vec<_> = resources
        .outputs
        .iter()
        .filter(|output| is_known(&output.value))
        .collect();
    let terms: Vec<String> = outputs
        .iter()
        .map(|output| written(|out| CloudFormation::term(&output.value, out)))
        .collect();
    let texts = sections.iter().flat_map(|(_, resources)| resources);
    let texts = texts.filter_map(Value::as_str);
    let used: BTreeSet<&str> = texts
        .chain(terms.iter().map(String::as_str))
        .flat_map(named)
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
    context(&frame, &Scribe)
}

/// The logical ids that `!Ref` and the braces of `!Sub` name in a text.
fn named(text: &str) -> impl Iterator<Item = &str> {
    memchr2_iter(b'!', b'$', text.as_bytes()).filter_map(|at| {
        let rest = &text[at..];
        let (rest, after) = match rest.strip_prefix("!Ref ") {
            Some(rest) => (rest, ""),
            None => (rest.strip_prefix("${")?, "}"),
        };
        let mut bytes = rest.bytes();
        let end = bytes.position(|byte| !byte.is_ascii_alphanumeric());
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

/// Writes the logical id of a resource: its name, then its type, as in `AppSecurityGroup`. A VPN named `vpn` has no
/// `VpnVpnConnection` but a `VpnConnection`.
fn logical_id(id: &ResourceId, out: &mut String) {
    let Kind::Aws(kind) = id.kind else {
        unreachable!("CloudFormation is never asked for a resource of Azure");
    };
    let start = out.len();
    for name in &*id.path {
        push_pascal(name, out);
    }
    let behind = out.len();
    out.push_str(kind.name());
    let (own, kind) = out[start..].split_at(behind - start);
    if matches!(own, "Vpn" | "Vpc") && kind.starts_with(own) {
        out.drain(start..behind);
    }
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
    fn text(text: &str, out: &mut String) {
        yaml::text(text, out);
    }

    fn term(term: &Term, out: &mut String) {
        match term {
            Term::Text(text) => yaml::text(text, out),
            Term::Attribute(id, Attribute::Itself) => logical_id(id, out),
            Term::Attribute(id, Attribute::Arn) if is_log_group(id) => {
                Self::term(&log_group_arn(id), out);
            }
            Term::Attribute(id, attribute) if get_att(id, *attribute).is_some() => {
                out.push_str("!GetAtt ");
                reference(term, out);
            }
            Term::Parameter(_) | Term::Attribute(..) | Term::Environment(_) => {
                out.push_str("!Ref ");
                reference(term, out);
            }
            Term::Join(parts) => {
                out.push_str("!Sub ");
                drafted(|text| substitute(parts, text), |text| yaml::text(text, out));
            }
        }
    }

    fn tree(value: &Value, indent: usize, out: &mut String) {
        yaml::tree::<Self>(value, indent, out);
    }

    fn block(text: &str, indent: usize, out: &mut String) {
        yaml::block(text, indent, out);
    }
}

/// What `!Ref`, `!GetAtt` and the braces of `!Sub` name.
fn reference(term: &Term, out: &mut String) {
    match term {
        Term::Parameter(name) => push_pascal(name, out),
        Term::Attribute(id, attribute) => {
            logical_id(id, out);
            if let Some(name) = get_att(id, *attribute) {
                out.push('.');
                out.push_str(name);
            }
        }
        Term::Environment(environment) => out.push_str(pseudo_parameter(*environment)),
        Term::Text(_) | Term::Join(_) => {}
    }
}

/// The text of a `!Sub` that puts the parts one after the other.
fn substitute(parts: &[Term], out: &mut String) {
    for part in parts {
        match part {
            Term::Text(text) if text.contains('$') => out.push_str(&text.replace("${", "${!")),
            Term::Text(text) => out.push_str(text),
            Term::Attribute(id, Attribute::Arn) if is_log_group(id) => {
                substitute(&[log_group_arn(id)], out);
            }
            Term::Parameter(_) | Term::Attribute(..) | Term::Environment(_) => {
                out.push_str("${");
                reference(part, out);
                out.push('}');
            }
            Term::Join(inner) => substitute(inner, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_names_is_found_where_it_stands() {
        let text = "A: !Ref Zone\nB: !Sub ${Owner}-${AWS::Region} ${!Ref} $!Ref Last";
        assert_eq!(named(text).collect::<Vec<_>>(), ["Zone", "Owner", "Last"]);
        assert_eq!(named("!Ref").count() + named("${Open").count(), 0);
    }

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
