//! The arguments and blocks of a resource, evaluated, with what dynamic blocks make.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks>

use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Structure};

use super::eval::{Bound, Context, Evaluator, pairs};
use super::parse::{self, place};
use crate::diag::Place;
use crate::read::terraform::tree::{Body, Content, Entry, Value};

/// Arguments that are Terraform's own and no provider's:
/// <https://developer.hashicorp.com/terraform/language/meta-arguments>.
const META: [&str; 5] = ["count", "for_each", "depends_on", "provider", "lifecycle"];

impl<'t> Evaluator<'t> {
    /// What a block of a resource says.
    pub(super) fn body(&self, context: &Context<'_, 't>, block: &'t Block, is_outer: bool) -> Body {
        let mut entries = Vec::with_capacity(block.body.len());
        for structure in &block.body {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = attribute.key.as_str();
                    if is_outer && META.contains(&key) {
                        continue;
                    }
                    entries.push(Entry {
                        key: key.into(),
                        place: place(context.source, &attribute.key),
                        content: Content::Value(self.eval(context, &attribute.value)),
                    });
                }
                Structure::Block(inner) => {
                    let key = inner.ident.as_str();
                    // What runs beside the making of a resource is not what is made.
                    let beside = ["lifecycle", "provisioner", "connection"];
                    if is_outer && beside.contains(&key) {
                        continue;
                    }
                    match (key, inner.labels.first()) {
                        ("dynamic", Some(label)) => {
                            self.dynamic(context, label.as_str(), inner, &mut entries);
                        }
                        _ => entries.push(Entry {
                            key: key.into(),
                            place: place(context.source, &inner.ident),
                            content: Content::Block(self.body(context, inner, false)),
                        }),
                    }
                }
            }
        }
        Body {
            entries,
            place: self.block_place(context, block),
        }
    }

    #[expect(clippy::unused_self, reason = "read as the rest")]
    fn block_place(&self, context: &Context<'_, 't>, block: &Block) -> Place {
        Place::new(context.source, block.span().unwrap_or_default())
    }

    fn dynamic(
        &self,
        context: &Context<'_, 't>,
        key: &'t str,
        block: &'t Block,
        entries: &mut Vec<Entry>,
    ) {
        let key_place = || match block.labels.first() {
            Some(label) => place(context.source, label),
            None => place(context.source, &block.ident),
        };
        let mut add = |content| {
            entries.push(Entry {
                key: key.into(),
                place: key_place(),
                content,
            });
        };
        let block_body: &'t hcl_edit::structure::Body = &block.body;
        let Some(each) = block_body.get_attribute("for_each") else {
            let why = "a dynamic block needs `for_each`";
            return add(Content::Value(Value::unknown(why, &key_place())));
        };
        let collection = self.known(self.eval(context, &each.value));
        let iterator = block_body.get_attribute("iterator");
        let iterator = match iterator.map(|attribute| &attribute.value) {
            Some(Expression::Variable(name)) => name.as_str(),
            _ => key,
        };
        let Some(items) = pairs(&collection) else {
            let unknown = super::eval::undecided(
                collection,
                "how many of them there are",
                &parse::place(context.source, &each.value),
            );
            return add(Content::Value(unknown));
        };
        let is_set = collection.items().is_some();
        for (at, value) in items {
            // The key of an item of a set is the item.
            let at = if is_set { value.clone() } else { at };
            let parts: Vec<(Arc<str>, Value)> = vec![("key".into(), at), ("value".into(), value)];
            let bound = Bound {
                name: iterator,
                value: Value::map(parts, &collection.place),
                around: context.bound,
            };
            let context = Context {
                bound: Some(&bound),
                ..*context
            };
            for content in block_body.get_blocks("content") {
                add(Content::Block(self.body(&context, content, false)));
            }
        }
    }
}
