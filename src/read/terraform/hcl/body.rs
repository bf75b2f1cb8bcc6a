//! The arguments and blocks of a resource, evaluated, with what dynamic blocks make.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks>

use smol_str::SmolStr;

use super::eval::{Bound, Context, Evaluator, pairs};
use super::parse::place;
use super::syntax::{Block, Form, Structure};
use crate::read::terraform::tree::{Body, Content, Entry, Value};

/// Arguments that are Terraform's own and no provider's:
/// <https://developer.hashicorp.com/terraform/language/meta-arguments>.
const META: [&str; 5] = ["count", "for_each", "depends_on", "provider", "lifecycle"];

impl<'t> Evaluator<'t> {
    /// What a block of a resource says.
    pub(super) fn body(
        &self,
        context: &Context<'_, 't>,
        block: &'t Block<'t>,
        is_outer: bool,
    ) -> Body {
        let mut entries = Vec::with_capacity(block.body.structures.len());
        for structure in &block.body.structures {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = &*attribute.key.text;
                    if is_outer && META.contains(&key) {
                        continue;
                    }
                    entries.push(Entry {
                        key: key.into(),
                        place: place(context.source, &attribute.key.span),
                        content: Content::Value(self.eval(context, &attribute.value)),
                    });
                }
                Structure::Block(inner) => {
                    let key = &*inner.kind.text;
                    // What runs beside the making of a resource is not what is made.
                    let beside = ["lifecycle", "provisioner", "connection"];
                    if is_outer && beside.contains(&key) {
                        continue;
                    }
                    match (key, inner.labels.first()) {
                        ("dynamic", Some(label)) => {
                            self.dynamic(context, &label.text, inner, &mut entries);
                        }
                        _ => entries.push(Entry {
                            key: key.into(),
                            place: place(context.source, &inner.kind.span),
                            content: Content::Block(self.body(context, inner, false)),
                        }),
                    }
                }
            }
        }
        Body {
            entries,
            place: place(context.source, &block.span),
        }
    }

    fn dynamic(
        &self,
        context: &Context<'_, 't>,
        key: &'t str,
        block: &'t Block<'t>,
        entries: &mut Vec<Entry>,
    ) {
        let key_place = || match block.labels.first() {
            Some(label) => place(context.source, &label.span),
            None => place(context.source, &block.kind.span),
        };
        let mut add = |content| {
            entries.push(Entry {
                key: key.into(),
                place: key_place(),
                content,
            });
        };
        let Some(each) = block.body.get("for_each") else {
            let why = "a dynamic block needs `for_each`";
            return add(Content::Value(Value::unknown(why, &key_place())));
        };
        let collection = self.known(self.eval(context, each));
        let iterator = block.body.get("iterator");
        let iterator = match iterator.map(|it| &it.form) {
            Some(Form::Variable(name)) => name,
            _ => key,
        };
        let Some(items) = pairs(&collection) else {
            let unknown = super::eval::undecided(
                collection,
                "how many of them there are",
                &place(context.source, &each.span),
            );
            return add(Content::Value(unknown));
        };
        let is_set = collection.items().is_some();
        for (at, value) in items {
            // The key of an item of a set is the item.
            let at = if is_set { value.clone() } else { at };
            let parts: Vec<(SmolStr, Value)> = vec![("key".into(), at), ("value".into(), value)];
            let bound = Bound {
                name: iterator,
                value: Value::map(parts, &collection.place),
                around: context.bound,
            };
            let context = Context {
                bound: Some(&bound),
                ..*context
            };
            for content in block.body.blocks("content") {
                add(Content::Block(self.body(&context, content, false)));
            }
        }
    }
}
