//! The shape of a template: its sections, and what they declare.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax>

use super::names::{self, same};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::read::Ordered;
use crate::read::Unknown;
use crate::yaml::{Key, Kind, Node, shorten};

/// A template with its parts in reach. Nothing in it is evaluated yet. Names are in small letters: capitals make no
/// difference.
pub(super) struct Template<'t> {
    pub(super) root: &'t Node,
    pub(super) parameters: Ordered<String, Given<'t>>,
    pub(super) variables: Ordered<String, Variable<'t>>,
    /// The resources; where they are an object, each with its symbolic name.
    pub(super) resources: Vec<(Option<&'t Key>, &'t Node)>,
    pub(super) outputs: &'t [(Key, Node)],
    /// Parts of the template that are not read.
    pub(super) unknown: Vec<Unknown>,
}

/// A parameter.
pub(super) struct Given<'t> {
    pub(super) key: &'t Key,
    pub(super) node: &'t Node,
    /// What terms call it.
    pub(super) name: String,
    /// Its type in ARM's words, in small letters.
    pub(super) kind: String,
    /// Its value in a file of parameters.
    pub(super) value: Option<&'t Node>,
}

/// How a variable is written.
#[derive(Clone, Copy)]
pub(super) enum Variable<'t> {
    /// As a value.
    Plain(&'t Node),
    /// As an entry of the list `copy`: a list whose items are made one by one.
    Copy(&'t Node),
}

impl<'t> Variable<'t> {
    pub(super) fn node(self) -> &'t Node {
        match self {
            Self::Plain(node) | Self::Copy(node) => node,
        }
    }
}

impl Given<'_> {
    /// Whether its value must not be shown.
    pub(super) fn is_secret(&self) -> bool {
        self.kind.starts_with("secure")
    }

    /// Whether its value is one value that a term can be.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(&*self.kind, "array" | "object" | "secureobject")
    }
}

/// The value of a key. Capitals make no difference inside of resources.
pub(super) fn get<'t>(node: &'t Node, key: &str) -> Option<&'t Node> {
    let Kind::Map(entries) = &node.kind else {
        return None;
    };
    let found = entries.iter().find(|(known, _)| same(&known.text, key));
    found.map(|(_, value)| value)
}

/// The template in a tree.
pub(super) fn shape(root: &Node) -> Result<Template<'_>, Diagnostics> {
    let mut diags = Diagnostics::new();
    let Some(sections) = root.entries(&mut diags) else {
        return Err(diags);
    };
    let schema = root.get("$schema").and_then(Node::as_text);
    if !schema.is_some_and(|it| it.to_ascii_lowercase().contains("deploymenttemplate.json")) {
        let message =
            "the file has no `$schema` of a deployment template, which every ARM template has";
        diags.push(Diagnostic::new(Code::MissingKey, message).at(root.place.clone()));
    }
    let template = inner(root, sections, &mut diags);
    diags.into_result(template)
}

/// A template in a tree, which may stand inside of another one and then has no schema.
pub(super) fn inner<'t>(
    root: &'t Node,
    sections: &'t [(Key, Node)],
    diags: &mut Diagnostics,
) -> Template<'t> {
    let mut template = Template {
        root,
        parameters: Ordered::default(),
        variables: Ordered::default(),
        resources: Vec::new(),
        outputs: &[],
        unknown: Vec::new(),
    };
    let mut has_resources = false;
    for (key, node) in sections {
        match key.text.as_str() {
            "parameters" => template.parameters(node, diags),
            "variables" => template.variables(node, diags),
            "resources" => {
                has_resources = true;
                template.resources(node, diags);
            }
            "outputs" => template.outputs = node.entries(diags).unwrap_or_default(),
            // Functions and types are looked at where they are used; an API profile only gives versions.
            "$schema" | "contentVersion" | "metadata" | "languageVersion" | "functions"
            | "definitions" | "apiProfile" => {}
            _ => template.unknown.push(Unknown {
                name: String::new(),
                what: key.text.as_str().to_owned(),
                why: "the section is not read".into(),
                place: key.place.clone(),
            }),
        }
    }
    if !has_resources {
        let message = "the file has no `resources`, which every ARM template has";
        diags.push(Diagnostic::new(Code::MissingKey, message).at(root.place.clone()));
    }
    template
}

/// The error that a name of a section is there twice.
fn twice(key: &Key) -> Diagnostic {
    let message = format!(
        "the name `{}` is there twice; capitals make no difference",
        shorten(&key.text)
    );
    Diagnostic::new(Code::DuplicateKey, message).at(key.place.clone())
}

impl<'t> Template<'t> {
    fn parameters(&mut self, section: &'t Node, diags: &mut Diagnostics) {
        let entries = section.entries(diags).unwrap_or_default();
        let names = names::parameters(entries.iter().map(|(key, _)| key.text.as_str()));
        for (key, node) in entries {
            let kind = get(node, "type").and_then(Node::as_text);
            let given = Given {
                key,
                node,
                name: names[key.text.as_str()].clone(),
                // A type of the template's own has `$ref` in its place.
                kind: kind.unwrap_or("object").to_ascii_lowercase(),
                value: None,
            };
            let name = key.text.to_ascii_lowercase();
            if self.parameters.insert(name, given).is_some() {
                diags.push(twice(key));
            }
        }
    }

    fn variables(&mut self, section: &'t Node, diags: &mut Diagnostics) {
        for (key, node) in section.entries(diags).unwrap_or_default() {
            if key.text.eq_ignore_ascii_case("copy")
                && let Kind::List(loops) = &node.kind
            {
                self.variable_loops(loops);
                continue;
            }
            let name = key.text.to_ascii_lowercase();
            let variable = Variable::Plain(node);
            if self.variables.insert(name, variable).is_some() {
                diags.push(twice(key));
            }
        }
    }

    fn variable_loops(&mut self, loops: &'t [Node]) {
        for node in loops {
            if let Some(name) = get(node, "name").and_then(Node::as_text) {
                let name = name.to_ascii_lowercase();
                self.variables.insert(name, Variable::Copy(node));
            }
        }
    }

    fn resources(&mut self, section: &'t Node, diags: &mut Diagnostics) {
        match &section.kind {
            Kind::List(items) => {
                self.resources = items.iter().map(|node| (None, node)).collect();
            }
            Kind::Map(entries) => {
                let named = entries.iter().map(|(key, node)| (Some(key), node));
                self.resources = named.collect();
            }
            _ => diags.push(section.wrong_type("a list of resources")),
        }
        for (_, node) in &self.resources {
            if !matches!(node.kind, Kind::Map(_)) {
                diags.push(node.wrong_type("a resource"));
            }
        }
    }

    /// Puts the values of a file of parameters in the places of the defaults.
    /// <https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files>
    pub(super) fn give(&mut self, file: &'t Node) -> Result<(), Diagnostics> {
        let mut diags = Diagnostics::new();
        // The schema may be left out, and then the parameters stand alone.
        let values = file.get("parameters").unwrap_or(file);
        for (key, node) in values.entries(&mut diags).unwrap_or_default() {
            if key.text.starts_with('$') || key.text == "contentVersion" {
                continue;
            }
            if let Some(given) = self.parameters.get_mut(&key.text.to_ascii_lowercase()) {
                given.value = get(node, "value");
                continue;
            }
            let message = format!("the template has no parameter `{}`", shorten(&key.text));
            let error = Diagnostic::new(Code::UnknownParameter, message);
            diags.push(error.at(key.place.clone()));
        }
        diags.into_result(())
    }
}
