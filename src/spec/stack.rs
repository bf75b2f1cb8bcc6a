//! A stack as it is written: one pattern, values for its parameters, and where it runs.

use indexmap::IndexMap;

use super::environment::{
    ADDRESSINGS, Addressing, ENVIRONMENT, Environment, read_addressing, read_environments,
};
use super::fields::Fields;
use super::forbidden::{FORBIDS, Forbids, read_list};
use super::form::{REGION, TextForm};
use super::name::{STACK_NAME, Version, check_stack_name};
use super::pattern::read_version;
use super::shape::{Key as Known, Shape, Table, words};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Key, Kind, Node};

/// A stack's file.
pub static STACK: Table = Table {
    what: "a stack",
    keys: &[
        Known::must(
            "stack",
            Shape::Form(STACK_NAME),
            "Its name, which is also the name of the folder that its templates are written to.",
        ),
        Known::must(
            "pattern",
            Shape::PatternId,
            "The pattern that it follows, as `patternbook list` prints it.",
        ),
        Known::may(
            "version",
            Shape::PatternVersion,
            "The version of the pattern that it was made for.",
        ),
        REGION_KEY,
        TAGS_KEY,
        PARAMETERS_KEY,
        Known::may(
            "addressing",
            Shape::Word(&words(&ADDRESSINGS)),
            "How the addresses of its environments relate: the same in all of them, or no address in two of them.",
        ),
        Known::may(
            "environments",
            Shape::Named(STACK_NAME, &Shape::OrNothing(&Shape::Map(&ENVIRONMENT))),
            "The same stack several times, each with values of its own, by name.",
        ),
        Known::may(
            "forbidden",
            Shape::OrNothing(&Shape::List(&Shape::OneOf(&FORBIDS))),
            "Ranges in which no subnet may lie, and files of such ranges.",
        ),
    ],
};

pub(super) const REGION_KEY: Known = Known::may(
    "region",
    Shape::Form(REGION),
    "The region or location, as in `eu-west-1` or `westeurope`.",
);
pub(super) const TAGS_KEY: Known = Known::may(
    "tags",
    Shape::OrNothing(&Shape::Named(TAG, &Shape::Text)),
    "Tags for everything that is made.",
);
pub(super) const PARAMETERS_KEY: Known = Known::may(
    "parameters",
    Shape::OrNothing(&Shape::Values),
    "Values for the parameters of the pattern, as `patternbook show` lists them.",
);

/// What the tags begin with that every resource gets. A user's tag of the same name would hide one.
pub const RESERVED_TAGS: &str = "patternbook:";

/// The name of a tag.
const TAG: TextForm = TextForm::new(
    "the name of a tag that does not begin as those do that every resource gets",
    "^(?!patternbook:)",
);

/// A stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// The pattern that it follows.
    pub pattern: String,
    /// The version of the pattern that it was made for, when it names one.
    pub version: Option<(Version, Place)>,
    /// Where it names the pattern.
    pub pattern_place: Place,
    /// Its region or location.
    pub region: Option<String>,
    /// Tags for everything.
    pub tags: IndexMap<String, (String, Place)>,
    /// Values for the pattern's parameters, not yet checked.
    pub parameters: Vec<(Key, Node)>,
    /// How the addresses of its environments relate to each other, when it says so.
    pub addressing: Option<(Addressing, Place)>,
    /// Its environments, in the author's order; none when it stands once.
    pub environments: Vec<Environment>,
    /// The environment that these values are for.
    pub environment: Option<String>,
    /// Ranges that it may not use.
    pub forbidden: Vec<Forbids>,
    /// Where it begins.
    pub place: Place,
}

impl Stack {
    /// Reads a stack from its file's tree.
    ///
    /// # Errors
    /// With everything that is wrong in it but the values of parameters, which only the pattern can judge.
    pub fn read(node: &Node) -> Result<Self, Diagnostics> {
        let mut diags = Diagnostics::new();
        let Some(stack) = Self::collect(node, &mut diags) else {
            diags.sort();
            return Err(diags);
        };
        diags.into_result(stack)
    }

    /// Where the stack gives `text` as a value or as one item of a list.
    #[must_use]
    pub fn given(&self, text: &str) -> Option<Place> {
        let mut nodes = self
            .parameters
            .iter()
            .flat_map(|(_, node)| match &node.kind {
                Kind::List(items) => items.as_slice(),
                _ => std::slice::from_ref(node),
            });
        let found = nodes.find(|node| node.as_text() == Some(text));
        found.map(|node| node.place.clone())
    }

    /// Where the stack says what its network is, or, where it leaves that to the pattern, which pattern it follows.
    #[must_use]
    pub fn place_of_network(&self) -> Place {
        let mut given = self.parameters.iter();
        let network = given.find(|(key, _)| key.text == "network");
        network.map_or_else(
            || self.pattern_place.clone(),
            |(_, node)| node.place.clone(),
        )
    }

    fn collect(node: &Node, diags: &mut Diagnostics) -> Option<Self> {
        let mut fields = Fields::open(node, &STACK, diags)?;
        let name = fields.get("stack");
        let pattern = fields.get("pattern");
        let version = fields.get("version");
        let region = fields.get("region");
        let tags = fields.get("tags");
        let parameters = fields.get("parameters");
        let addressing = fields.get("addressing");
        let environments = fields.get("environments");
        let forbidden = fields.get("forbidden");
        fields.finish(diags);

        let version =
            version.and_then(|node| Some((read_version(node, diags)?, node.place.clone())));
        let region = region.and_then(|node| read_region(node, diags));
        let tags = read_tags(tags, diags);
        let parameters = read_parameters(parameters, diags);
        let addressing = addressing.and_then(|node| read_addressing(node, diags));
        let environments = environments
            .map(|node| read_environments(node, diags))
            .unwrap_or_default();
        let forbidden = forbidden.map(|node| read_list(node, diags));
        if let Some((Addressing::Mirrored, place)) = &addressing
            && environments.is_empty()
        {
            let message = "`addressing: mirrored` has no effect without `environments`";
            let diagnostic = Diagnostic::new(Code::NoEffect, message).at(place.clone());
            diags.push(diagnostic.help("name the environments, or take `addressing` out"));
        }
        let name = name.and_then(|node| read_name(node, "a stack", diags));
        let pattern_text = pattern
            .and_then(|node| node.text(diags))
            .map(ToOwned::to_owned);
        Some(Self {
            name: name?,
            pattern: pattern_text?,
            version,
            pattern_place: pattern?.place.clone(),
            region,
            tags,
            parameters,
            addressing,
            environments,
            environment: None,
            forbidden: forbidden.unwrap_or_default(),
            place: node.place.clone(),
        })
    }
}

fn read_name(node: &Node, what: &str, diags: &mut Diagnostics) -> Option<String> {
    let text = node.text(diags)?;
    match check_stack_name(text, what, &node.place) {
        Ok(()) => Some(text.to_owned()),
        Err(diagnostic) => {
            diags.push(diagnostic);
            None
        }
    }
}

/// Reads a region: a word of lower-case letters, digits and hyphens. Which ones there are, the cloud knows.
pub(super) fn read_region(node: &Node, diags: &mut Diagnostics) -> Option<String> {
    let text = node.text(diags)?;
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(letter)
        && text.len() <= 32
    {
        return Some(text.to_owned());
    }
    let message = format!(
        "`{}` is not the name of a region",
        crate::yaml::shorten(text)
    );
    let diagnostic = Diagnostic::new(Code::InvalidName, message).at(node.place.clone());
    diags.push(
        diagnostic.help("write it as the cloud's tools do, as in `eu-west-1` or `westeurope`"),
    );
    None
}

/// Reads values for parameters. The key with every line below it commented out is nothing, not a mistake.
pub(super) fn read_parameters(node: Option<&Node>, diags: &mut Diagnostics) -> Vec<(Key, Node)> {
    let entries = given(node).and_then(|node| node.entries(diags));
    entries.map(<[_]>::to_vec).unwrap_or_default()
}

/// Reads tags, with the place of each value.
pub(super) fn read_tags(
    node: Option<&Node>,
    diags: &mut Diagnostics,
) -> IndexMap<String, (String, Place)> {
    let Some(entries) = given(node).and_then(|node| node.entries(diags)) else {
        return IndexMap::new();
    };
    let entries = entries.iter().filter_map(|(key, node)| {
        let value = node.text(diags)?.to_owned();
        Some((key.text.as_str().to_owned(), (value, node.place.clone())))
    });
    entries.collect()
}

/// A key's value, unless it has none.
fn given(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| !node.is_null())
}
