//! The trees of HCL: of Terraform.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};

use super::tree::{Child, Group, Kind, Scalar, Sort, Tree};

/// The tree of a folder whose files stand one behind the other.
pub(super) fn tree(text: &str) -> Tree {
    let body = hcl_edit::parser::parse_body(text).unwrap();
    Reader { text }.body(&body, true)
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn body(&self, body: &Body, top: bool) -> Tree {
        let children = body.iter().map(|structure| match structure {
            Structure::Attribute(attribute) => Child {
                step: attribute.key.as_str().to_owned(),
                name: None,
                span: attribute.span().unwrap(),
                renames: Vec::new(),
                key: None,
                value: self.expr(&attribute.value),
            },
            Structure::Block(block) => self.block(block, top),
        });
        Tree {
            span: body.span().unwrap_or_default(),
            kind: Kind::Group(Group {
                children: children.collect(),
                empty: None,
                separated: false,
            }),
        }
    }

    fn block(&self, block: &Block, top: bool) -> Child {
        let labels: Vec<_> = block
            .labels
            .iter()
            .map(hcl_edit::structure::BlockLabel::as_str)
            .collect();
        let (step, name) = match labels.as_slice() {
            [kind, name] if top && block.ident.as_str() == "resource" => (*kind, Some(*name)),
            _ => (block.ident.as_str(), None),
        };
        let value = self.body(&block.body, false);
        let label = name.and_then(|name| {
            let span = block.labels.last()?.span()?;
            Some((span, format!("\"{name}_copy\"")))
        });
        // Azure tells things apart by their names, which stand inside.
        let own = value.get("name").and_then(|name| {
            let text = name.text()?;
            Some((name.span.clone(), format!("\"{text}-copy\"")))
        });
        Child {
            step: step.to_owned(),
            name: name.map(str::to_owned),
            span: block.span().unwrap(),
            renames: label.into_iter().chain(own).collect(),
            key: None,
            value,
        }
    }

    fn expr(&self, expr: &Expression) -> Tree {
        let span = expr.span().unwrap();
        let written = &self.text[span.clone()];
        let scalar = |text: &str, sort| {
            Kind::Scalar(Scalar {
                text: text.to_owned(),
                sort,
                written: span.clone(),
            })
        };
        let kind = match expr {
            Expression::String(text) => scalar(text.as_str(), Sort::Text),
            Expression::Number(_) | Expression::Bool(_) => scalar(written, Sort::Plain),
            Expression::Traversal(_) => scalar(written, Sort::Reference),
            Expression::StringTemplate(_) => scalar(written.trim_matches('"'), Sort::Mixed),
            Expression::Array(items) => list(items.iter().map(|item| self.expr(item)), Some("[]")),
            Expression::FuncCall(call) => list(call.args.iter().map(|arg| self.expr(arg)), None),
            Expression::Object(entries) => {
                let children = entries.iter().map(|(key, value)| {
                    let name = match key {
                        ObjectKey::Ident(name) => name.as_str(),
                        ObjectKey::Expression(key) => key.as_str().unwrap_or_default(),
                    };
                    let value = self.expr(value.expr());
                    Child {
                        step: name.to_owned(),
                        name: None,
                        span: key.span().unwrap().start..value.span.end,
                        renames: Vec::new(),
                        key: Some((name.to_owned(), key.span().unwrap())),
                        value,
                    }
                });
                Kind::Group(Group {
                    children: children.collect(),
                    empty: Some("{}"),
                    separated: true,
                })
            }
            _ => Kind::Other,
        };
        Tree { span, kind }
    }
}

fn list(items: impl Iterator<Item = Tree>, empty: Option<&'static str>) -> Kind {
    let children = items.map(|value| Child {
        step: "#".into(),
        name: None,
        span: value.span.clone(),
        renames: Vec::new(),
        key: None,
        value,
    });
    Kind::Group(Group {
        children: children.collect(),
        empty,
        separated: true,
    })
}
