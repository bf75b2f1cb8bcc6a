//! The trees of YAML and JSON: of CloudFormation and ARM.

use patternbook::diag::Source;
use patternbook::yaml::{self, Kind as Yaml, Node};

use super::tree::{Child, Group, Kind, Scalar, Sort, Tree};

/// The tree of a template.
pub(super) fn tree(text: &str) -> Tree {
    let source = Source::new("template", text);
    let root = yaml::read_as(&source, yaml::Dialect::TEMPLATE).unwrap();
    Reader { text }.node("", &root)
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn node(&self, path: &str, node: &Node) -> Tree {
        let span = node.place.span.clone();
        let kind = match &node.kind {
            Yaml::Map(entries) => {
                let children = entries.iter().map(|(key, value)| {
                    let value = self.node(&format!("{path}/{}", key.text), value);
                    let type_name = value.get("Type").and_then(Tree::text);
                    let of_resource = type_name.filter(|_| path == "/Resources");
                    Child {
                        step: of_resource.unwrap_or(&key.text).to_owned(),
                        name: of_resource.map(|_| key.text.to_string()),
                        span: key.place.span.start..value.span.end,
                        renames: of_resource
                            .map(|_| (key.place.span.clone(), format!("{}Copy", key.text)))
                            .into_iter()
                            .collect(),
                        key: Some((key.text.to_string(), key.place.span.clone())),
                        value,
                    }
                });
                group(children.collect(), "{}")
            }
            Yaml::List(items) => {
                let children = items.iter().map(|item| self.item(path, item));
                group(children.collect(), "[]")
            }
            Yaml::Null => Kind::Other,
            _ => self.scalar(node),
        };
        Tree { span, kind }
    }

    /// An item of a list. The resources of ARM stand in one, and so do the parts that have names.
    fn item(&self, path: &str, item: &Node) -> Child {
        let value = self.node(&format!("{path}/#"), item);
        let of_resource = value.get("type").filter(|_| path == "/resources");
        let of_resource = of_resource.and_then(Tree::text);
        let name = value.get("name");
        Child {
            step: of_resource.unwrap_or("#").to_owned(),
            name: name.and_then(Tree::text).map(str::to_owned),
            renames: name
                .map(|name| {
                    let text = name.text().unwrap_or_default();
                    (name.span.clone(), format!("\"{text}-copy\""))
                })
                .into_iter()
                .collect(),
            key: None,
            span: value.span.clone(),
            value,
        }
    }

    fn scalar(&self, node: &Node) -> Kind {
        let mut written = node.place.span.clone();
        if let Some(tag) = &node.tag {
            let behind = self.text[written.clone()].strip_prefix(tag.as_str());
            written.start = written.end - behind.unwrap().trim_start().len();
        }
        let text = node.as_text().unwrap_or_default().to_owned();
        let block = self.text[written.clone()].starts_with(['|', '>']);
        let plain = !node.quoted && !matches!(node.kind, Yaml::String(_));
        let sort = match node.tag.as_deref() {
            Some("!Ref" | "!GetAtt") => Sort::Reference,
            Some(_) => Sort::Mixed,
            None if text.starts_with('[') => Sort::Mixed,
            None if plain => Sort::Plain,
            None => Sort::Text,
        };
        if block {
            return Kind::Other;
        }
        Kind::Scalar(Scalar {
            text,
            sort,
            written,
        })
    }
}

fn group(children: Vec<Child>, empty: &'static str) -> Kind {
    Kind::Group(Group {
        children,
        empty: Some(empty),
        separated: true,
    })
}
