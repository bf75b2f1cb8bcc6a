//! The shape of a template: its sections, its parameters, and what it declares.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

use foldhash::{HashMap, HashMapExt};

use super::{function, names, types};
use crate::cloud::ResourceId;
use crate::cloud::aws::Kind as AwsKind;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::read::Ordered;
use crate::read::Unknown;
use crate::yaml::{Key, Node};

/// The longest name that a template may give to anything:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
pub(super) const MAX_NAME: usize = 255;

/// A template with its parts in reach. Nothing in it is evaluated yet.
pub(super) struct Template<'t> {
    pub(super) parameters: Ordered<&'t str, Given<'t>>,
    pub(super) mappings: HashMap<&'t str, &'t Node>,
    pub(super) conditions: Ordered<&'t str, &'t Node>,
    pub(super) resources: Ordered<&'t str, Declared<'t>>,
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
    /// Its type in CloudFormation's words.
    pub(super) kind: &'t str,
    /// Its value when the deployer gives none.
    pub(super) default: Option<&'t str>,
}

/// A resource.
pub(super) struct Declared<'t> {
    pub(super) key: &'t Key,
    pub(super) node: &'t Node,
    /// Its type in CloudFormation's words.
    pub(super) type_name: &'t str,
    /// The kind of resource that it is read into.
    pub(super) kind: AwsKind,
    /// What terms call it.
    pub(super) id: ResourceId,
}

impl Given<'_> {
    /// Whether the value is a list.
    pub(super) fn is_list(&self) -> bool {
        self.kind == "CommaDelimitedList" || self.kind.contains("List<")
    }

    /// Whether the value is the path of a parameter of SSM, and a reference gives what stands there.
    pub(super) fn is_looked_up(&self) -> bool {
        self.kind.starts_with("AWS::SSM::Parameter::Value")
    }
}

/// The template in a tree.
pub(super) fn shape(root: &Node) -> Result<Template<'_>, Diagnostics> {
    let mut diags = Diagnostics::new();
    let Some(sections) = root.entries(&mut diags) else {
        return Err(diags);
    };
    let mut template = Template {
        parameters: Ordered::default(),
        mappings: HashMap::new(),
        conditions: Ordered::default(),
        resources: Ordered::default(),
        outputs: &[],
        unknown: Vec::new(),
    };
    for (key, node) in sections {
        match key.text.as_str() {
            "Parameters" => template.parameters(node, &mut diags),
            "Mappings" => template.mappings = named(node, &mut diags).collect(),
            "Conditions" => template.conditions = named(node, &mut diags).collect(),
            "Resources" => template.resources(node, &mut diags),
            "Outputs" => template.outputs = node.entries(&mut diags).unwrap_or_default(),
            // Rules only refuse values that the deployer gives.
            "AWSTemplateFormatVersion" | "Description" | "Metadata" | "Rules" => {}
            _ => template.unknown.push(section(key)),
        }
    }
    if root.get("Resources").is_none() {
        let message = "the file has no `Resources`, which every CloudFormation template has";
        diags.push(Diagnostic::new(Code::MissingKey, message).at(root.place.clone()));
    }
    diags.into_result(template)
}

fn section(key: &Key) -> Unknown {
    let why = match key.text.as_str() {
        "Transform" => "macros change the template while it is deployed",
        _ => "the section is not read",
    };
    Unknown {
        name: String::new(),
        what: key.text.as_str().to_owned(),
        why: why.into(),
        place: key.place.clone(),
    }
}

/// The entries of a section, by their names.
fn named<'t>(
    node: &'t Node,
    diags: &mut Diagnostics,
) -> impl Iterator<Item = (&'t str, &'t Node)> + use<'t> {
    let entries = node.entries(diags).unwrap_or_default();
    for (key, _) in entries {
        if key.text.len() > MAX_NAME {
            let message = format!("a name is longer than {MAX_NAME} bytes");
            diags.push(Diagnostic::new(Code::InvalidName, message).at(key.place.clone()));
        }
    }
    entries.iter().map(|(key, node)| (key.text.as_str(), node))
}

/// The text of a key that must be there.
fn text<'t>(owner: &Key, node: &'t Node, key: &str, diags: &mut Diagnostics) -> Option<&'t str> {
    if let Some(value) = node.get(key) {
        return value.text(diags);
    }
    let message = format!("`{}` has no `{key}`", owner.text);
    diags.push(Diagnostic::new(Code::MissingKey, message).at(owner.place.clone()));
    None
}

impl<'t> Template<'t> {
    fn parameters(&mut self, section: &'t Node, diags: &mut Diagnostics) {
        let names: Vec<_> = named(section, diags).map(|(name, _)| name).collect();
        let mut names = names::parameters(names.into_iter());
        for (key, node) in section.entries(diags).unwrap_or_default() {
            let Some(kind) = text(key, node, "Type", diags) else {
                continue;
            };
            let given = Given {
                key,
                node,
                name: names.remove(key.text.as_str()).unwrap_or_default(),
                kind,
                default: node.get("Default").and_then(function::plain),
            };
            self.parameters.insert(&key.text, given);
        }
    }

    fn resources(&mut self, section: &'t Node, diags: &mut Diagnostics) {
        let _ = named(section, diags);
        let mut declared = Vec::new();
        for (key, node) in section.entries(diags).unwrap_or_default() {
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
            if key.text.starts_with("Fn::") {
                self.unknown.push(Unknown {
                    name: key.text.as_str().to_owned(),
                    what: "Resources".into(),
                    why: "resources made by a function are not read".into(),
                    place: key.place.clone(),
                });
                continue;
            }
            let Some(type_name) = text(key, node, "Type", diags) else {
                continue;
            };
            declared.push((key, node, type_name, types::kind(type_name, node)));
        }
        let kinds = declared.iter();
        let mut ids = names::ids(kinds.map(|(key, _, _, kind)| (key.text.as_str(), *kind)));
        for (key, node, type_name, kind) in declared {
            // Each has one, for no key is there twice.
            let Some(id) = ids.remove(key.text.as_str()) else {
                continue;
            };
            let declared = Declared {
                key,
                node,
                type_name,
                kind,
                id,
            };
            self.resources.insert(&key.text, declared);
        }
    }
}
