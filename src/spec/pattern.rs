//! A pattern as it is written: its head, its parameters, and a body that waits for values.

use indexmap::IndexMap;

use super::fields::Fields;
use super::form::VERSION;
use super::name::{STACK_NAME, Version, WORD, check_stack_name};
use super::parameter::{PARAMETER, Parameter};
use super::renames::{RENAMES, Renames};
use super::shape::{Key, Shape, Table, words};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Node, nearest};

/// A pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Its id, as in `aws-private-vpn`.
    pub id: String,
    /// Its version.
    pub version: Version,
    /// How far it has come.
    pub state: State,
    /// Its title.
    pub title: String,
    /// What it is for, in a paragraph.
    pub summary: String,
    /// The cloud that it is for: `aws` or `azure`.
    pub cloud: String,
    /// Where it was published.
    pub sources: Vec<Published>,
    /// What the user may choose.
    pub parameters: IndexMap<String, Parameter>,
    /// What it is made of; its values may name parameters.
    pub body: Body,
    /// What it does for which control of a framework.
    pub controls: Vec<Control>,
    /// What its parts were called in earlier versions.
    pub renamed: Renames,
    /// Where it begins.
    pub place: Place,
}

/// How far a pattern has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Being written.
    Draft,
    /// Waiting for approval.
    Proposed,
    /// Approved.
    Approved,
    /// To be left for another pattern.
    Deprecated,
    /// Not to be used.
    Revoked,
}

impl State {
    /// The word for it in a pattern.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        // INVARIANT: `STATES` has every state.
        STATES
            .iter()
            .find(|(_, state)| *state == self)
            .map_or("", |(word, _)| word)
    }
}

/// The publication that a pattern follows.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Published {
    /// Title of the publication.
    pub title: String,
    /// Its author.
    pub author: String,
    /// Its year.
    pub year: i64,
    /// Its address, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where practice has moved since, and how the pattern follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practice: Option<String>,
}

/// A control of a framework that the pattern serves.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Control {
    /// The framework, as in `NIST SP 800-53`.
    pub framework: String,
    /// The control's id in it.
    pub id: String,
    /// How the pattern serves it.
    pub statement: String,
}

/// The parts of a pattern whose values may name parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// The network.
    pub network: Node,
    /// The customer's own side.
    pub datacenter: Option<Node>,
    /// Tiers by name.
    pub tiers: Option<Node>,
    /// Services by name.
    pub services: Option<Node>,
    /// The flows.
    pub flows: Node,
    /// The guarantees.
    pub guarantees: Option<Node>,
}

impl Pattern {
    /// Reads a pattern from its file's tree.
    ///
    /// # Errors
    /// With everything that is wrong in its head and its parameters. The body is checked when it gets its values.
    pub fn read(node: &Node) -> Result<Self, Diagnostics> {
        let mut diags = Diagnostics::new();
        let Some(pattern) = Self::collect(node, &mut diags) else {
            diags.sort();
            return Err(diags);
        };
        diags.into_result(pattern)
    }

    fn collect(node: &Node, diags: &mut Diagnostics) -> Option<Self> {
        let mut fields = Fields::open(node, &PATTERN, diags)?;
        let id = fields.get("pattern");
        let version = fields.get("version");
        let state = fields.get("state");
        let title = text(fields.get("title"), diags);
        let summary = text(fields.get("summary"), diags);
        let cloud = fields.get("cloud");
        let sources = read_list(fields.get("sources"), diags, read_source);
        let parameters = read_parameters(fields.get("parameters"), diags);
        let controls = read_list(fields.get("controls"), diags, read_control);
        let body = Body {
            network: fields
                .get("network")
                .cloned()
                .unwrap_or_else(|| node.clone()),
            datacenter: fields.get("datacenter").cloned(),
            tiers: fields.get("tiers").cloned(),
            services: fields.get("services").cloned(),
            flows: fields.get("flows").cloned().unwrap_or_else(|| node.clone()),
            guarantees: fields.get("guarantees").cloned(),
        };
        let renamed = fields.get("renamed");
        fields.finish(diags);
        let renamed = renamed.and_then(|node| Renames::read(node, &body, &parameters, diags));
        if let (Some(id), Some(name)) = (id, text(id, diags))
            && let Err(diagnostic) = check_stack_name(&name, "a pattern", &id.place)
        {
            diags.push(diagnostic);
        }
        let id = text(id, &mut Diagnostics::new());
        let version = version.and_then(|node| read_version(node, diags));
        let state = state.and_then(|node| one_of(node, &STATES, "a state", diags));
        let cloud = cloud.and_then(|node| one_of(node, &CLOUDS, "a cloud", diags));
        Some(Self {
            id: id?,
            version: version?,
            state: state?,
            title: title?,
            summary: summary?,
            cloud: cloud?.to_owned(),
            sources,
            parameters,
            body,
            controls,
            renamed: renamed.unwrap_or_default(),
            place: node.place.clone(),
        })
    }
}

/// A pattern's file.
pub static PATTERN: Table = Table {
    what: "a pattern",
    keys: &[
        Key::must(
            "pattern",
            Shape::Form(STACK_NAME),
            "Its id, which is also the name of its file.",
        ),
        Key::must(
            "version",
            Shape::Form(VERSION),
            "Its version: raised when something in it changes.",
        ),
        Key::must(
            "state",
            Shape::Word(&words(&STATES)),
            "How far it has come. A revoked pattern is not built any more.",
        ),
        Key::must("title", Shape::Text, "Its title, in a few words."),
        Key::must("summary", Shape::Text, "What it is for, in a paragraph."),
        Key::must(
            "cloud",
            Shape::Word(&words(&CLOUDS)),
            "The cloud that it is for.",
        ),
        Key::must(
            "sources",
            Shape::List(&Shape::Map(&SOURCE)),
            "The publications that it follows.",
        ),
        Key::may(
            "parameters",
            Shape::Named(WORD, &Shape::Map(&PARAMETER)),
            "What a stack may choose.",
        ),
        Key::must(
            "network",
            Shape::Body,
            "The network: its address space, subnets and gateways.",
        ),
        Key::may("datacenter", Shape::Body, "The customer's own side."),
        Key::may(
            "tiers",
            Shape::Body,
            "Groups of machines that do the same, by name.",
        ),
        Key::may(
            "services",
            Shape::Body,
            "Services of the cloud that are peers, by name.",
        ),
        Key::must(
            "flows",
            Shape::Body,
            "Who may reach whom. Nothing is open unless a flow opens it.",
        ),
        Key::may(
            "guarantees",
            Shape::Body,
            "What holds whatever the flows are; a flow that breaks one is refused.",
        ),
        Key::may(
            "controls",
            Shape::List(&Shape::Map(&CONTROL)),
            "The controls of frameworks that it serves.",
        ),
        Key::may(
            "renamed",
            Shape::Map(&RENAMES),
            "What its parts were called in earlier versions.",
        ),
    ],
};

static SOURCE: Table = Table {
    what: "a source",
    keys: &[
        Key::must("title", Shape::Text, "Title of the publication."),
        Key::must("author", Shape::Text, "Its author."),
        Key::must("year", Shape::Integer, "Its year."),
        Key::may("url", Shape::Text, "Its address."),
        Key::may(
            "practice",
            Shape::Text,
            "Where practice has moved since, and how the pattern follows.",
        ),
    ],
};

static CONTROL: Table = Table {
    what: "a control",
    keys: &[
        Key::must(
            "framework",
            Shape::Text,
            "The framework, as in `NIST SP 800-53`.",
        ),
        Key::must("id", Shape::Text, "The control's id in it, as in `SC-7`."),
        Key::must("statement", Shape::Text, "How the pattern serves it."),
    ],
};

const STATES: [(&str, State); 5] = [
    ("draft", State::Draft),
    ("proposed", State::Proposed),
    ("approved", State::Approved),
    ("deprecated", State::Deprecated),
    ("revoked", State::Revoked),
];

const CLOUDS: [(&str, &str); 2] = [("aws", "aws"), ("azure", "azure")];

fn text(node: Option<&Node>, diags: &mut Diagnostics) -> Option<String> {
    node?.text(diags).map(ToOwned::to_owned)
}

/// Reads a word that is one of `words`. Pushes `PB205` with the nearest one otherwise.
pub(crate) fn one_of<T: Copy>(
    node: &Node,
    words: &[(&str, T)],
    what: &str,
    diags: &mut Diagnostics,
) -> Option<T> {
    let given = node.text(diags)?;
    let found = words.iter().find(|(word, _)| *word == given);
    if found.is_none() {
        diags.push(unknown_word(
            given,
            &words.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
            what,
            &node.place,
        ));
    }
    found.map(|(_, value)| *value)
}

/// The error that `given` is none of `words`.
pub(crate) fn unknown_word(given: &str, words: &[&str], what: &str, place: &Place) -> Diagnostic {
    let help = nearest(given, words.iter().copied()).map_or_else(
        || format!("right would be `{}`", words.join("`, `")),
        |meant| format!("did you mean `{meant}`?"),
    );
    Diagnostic::new(
        Code::OutOfRange,
        format!("`{}` is not {what}", crate::yaml::shorten(given)),
    )
    .at(place.clone())
    .help(help)
}

/// Reads a version. Pushes `PB203` when it is none.
pub(crate) fn read_version(node: &Node, diags: &mut Diagnostics) -> Option<Version> {
    let version = node.text(diags)?.parse().ok();
    if version.is_none() {
        diags.push(node.wrong_type("a version such as `1.0.0`"));
    }
    version
}

fn read_list<T>(
    node: Option<&Node>,
    diags: &mut Diagnostics,
    read: fn(&Node, &mut Diagnostics) -> Option<T>,
) -> Vec<T> {
    let Some(nodes) = node.and_then(|node| node.list(diags)) else {
        return Vec::new();
    };
    nodes.iter().filter_map(|node| read(node, diags)).collect()
}

fn read_source(node: &Node, diags: &mut Diagnostics) -> Option<Published> {
    let mut fields = Fields::open(node, &SOURCE, diags)?;
    let title = text(fields.get("title"), diags);
    let author = text(fields.get("author"), diags);
    let year = fields.get("year").and_then(|node| node.int(diags));
    let url = text(fields.get("url"), diags);
    let practice = text(fields.get("practice"), diags);
    fields.finish(diags);
    Some(Published {
        title: title?,
        author: author?,
        year: year?,
        url,
        practice,
    })
}

fn read_control(node: &Node, diags: &mut Diagnostics) -> Option<Control> {
    let mut fields = Fields::open(node, &CONTROL, diags)?;
    let framework = text(fields.get("framework"), diags);
    let id = text(fields.get("id"), diags);
    let statement = text(fields.get("statement"), diags);
    fields.finish(diags);
    Some(Control {
        framework: framework?,
        id: id?,
        statement: statement?,
    })
}

fn read_parameters(node: Option<&Node>, diags: &mut Diagnostics) -> IndexMap<String, Parameter> {
    let Some(entries) = node.and_then(|node| node.entries(diags)) else {
        return IndexMap::new();
    };
    entries
        .iter()
        .filter_map(|(key, node)| Parameter::read(key, node, diags))
        .map(|parameter| (parameter.name.clone(), parameter))
        .collect()
}
