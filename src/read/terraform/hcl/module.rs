//! What the files of one folder declare.

use std::sync::Arc;

use indexmap::map::Entry;

use super::parse::{File, place};
use super::syntax::{Attribute, Block, Body, Expression, Form, Structure};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::read::Ordered;
use crate::read::Unknown;

/// A block and the file that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Declared<'t> {
    pub(super) source: &'t Arc<Source>,
    pub(super) block: &'t Block<'t>,
}

/// A local value.
#[derive(Clone, Copy)]
pub(super) struct Local<'t> {
    pub(super) source: &'t Arc<Source>,
    pub(super) attribute: &'t Attribute<'t>,
}

/// Whether a resource is made or looked up, its type and its label.
pub(super) type ResourceKey<'t> = (bool, &'t str, &'t str);

/// A module: everything that is declared in one folder, in the order of its files.
#[derive(Default)]
pub(super) struct Module<'t> {
    pub(super) folder: &'t str,
    pub(super) variables: Ordered<&'t str, Declared<'t>>,
    pub(super) locals: Ordered<&'t str, Local<'t>>,
    /// Resources and data sources.
    pub(super) resources: Ordered<ResourceKey<'t>, Declared<'t>>,
    pub(super) calls: Ordered<&'t str, Declared<'t>>,
    pub(super) outputs: Ordered<&'t str, Declared<'t>>,
    pub(super) unknown: Vec<Unknown>,
}

impl<'t> Declared<'t> {
    /// Where the name of the block is written: its last label.
    pub(super) fn place(&self) -> Place {
        match self.block.labels.last() {
            Some(label) => {
                let mut place = place(self.source, &label.span);
                let quoted = place.text().starts_with('"') && place.span.len() >= 2;
                if quoted {
                    place.span = place.span.start + 1..place.span.end - 1;
                }
                place
            }
            None => place(self.source, &self.block.kind.span),
        }
    }

    /// An argument.
    pub(super) fn argument(&self, key: &str) -> Option<&'t Expression<'t>> {
        self.block.body.get(key)
    }

    /// Whether it says how often it stands there.
    pub(super) fn is_repeated(&self) -> bool {
        self.argument("count").is_some() || self.argument("for_each").is_some()
    }

    /// A text that stands there as it is.
    pub(super) fn text(&self, key: &str) -> Option<&'t str> {
        self.argument(key)?.as_str()
    }

    /// Whether an argument stands there as `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        let argument = self.argument(key);
        argument.is_some_and(|it| matches!(it.form, Form::Bool(true)))
    }
}

impl Local<'_> {
    pub(super) fn place(&self) -> Place {
        place(self.source, &self.attribute.key.span)
    }
}

/// The modules of a configuration, by their folders. Variables that files give values to are not among them.
pub(super) fn modules<'t>(
    files: &'t [File<'t>],
    diags: &mut Diagnostics,
) -> Ordered<&'t str, Module<'t>> {
    let mut modules: Ordered<&str, Module<'_>> = Ordered::default();
    for file in files.iter().filter(|file| file.is_configuration()) {
        let module = modules.entry(&file.folder).or_insert_with(|| Module {
            folder: &file.folder,
            ..Module::default()
        });
        if file.name == "override.tf" || file.name.ends_with("_override.tf") {
            let why = "files that override others are not read";
            module.note("override", why, Place::start_of(file.source));
            continue;
        }
        module.declare(file, diags);
    }
    modules
}

impl<'t> Module<'t> {
    fn note(&mut self, what: &str, why: &str, place: Place) {
        self.unknown.push(Unknown {
            name: String::new(),
            what: what.into(),
            why: why.into(),
            place,
        });
    }

    fn declare(&mut self, file: &'t File<'t>, diags: &mut Diagnostics) {
        let source = file.source;
        self.resources.reserve(file.body.blocks("resource").count());
        for structure in &file.body.structures {
            match structure {
                Structure::Attribute(attribute) => {
                    let message = format!("`{}` does not belong here", attribute.key.text);
                    let diagnostic = Diagnostic::new(Code::UnknownKey, message);
                    let diagnostic = diagnostic.at(place(source, &attribute.key.span));
                    diags.push(diagnostic.help("only blocks stand at the top of a file"));
                }
                Structure::Block(block) => self.block(Declared { source, block }, diags),
            }
        }
    }

    fn block(&mut self, declared: Declared<'t>, diags: &mut Diagnostics) {
        let block = declared.block;
        match (&*block.kind.text, block.labels.as_slice()) {
            ("resource", [kind, name]) => {
                let key = (false, &*kind.text, &*name.text);
                insert(&mut self.resources, key, declared, "resource", diags);
            }
            ("data", [kind, name]) => {
                let key = (true, &*kind.text, &*name.text);
                insert(&mut self.resources, key, declared, "data source", diags);
            }
            ("variable", [name]) => {
                insert(
                    &mut self.variables,
                    &*name.text,
                    declared,
                    "variable",
                    diags,
                );
            }
            ("output", [name]) => insert(&mut self.outputs, &*name.text, declared, "output", diags),
            ("module", [name]) => insert(&mut self.calls, &*name.text, declared, "module", diags),
            ("locals", []) => self.locals(declared.source, &block.body, diags),
            // What is made of these is in other blocks, or is nothing:
            // https://developer.hashicorp.com/terraform/language/block
            ("provider" | "check", [_]) | ("terraform" | "moved" | "import" | "removed", []) => {}
            (other, _) => {
                let why = "blocks of this sort are not read";
                self.note(other, why, place(declared.source, &block.kind.span));
            }
        }
    }

    fn locals(&mut self, source: &'t Arc<Source>, body: &'t Body<'t>, diags: &mut Diagnostics) {
        for attribute in body.attributes() {
            let name = &*attribute.key.text;
            let local = Local { source, attribute };
            match self.locals.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(local);
                }
                Entry::Occupied(entry) => {
                    diags.push(twice(
                        "local value",
                        name,
                        local.place(),
                        entry.get().place(),
                    ));
                }
            }
        }
    }
}

fn insert<'t, K: std::hash::Hash + Eq>(
    map: &mut Ordered<K, Declared<'t>>,
    key: K,
    declared: Declared<'t>,
    what: &str,
    diags: &mut Diagnostics,
) {
    match map.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(declared);
        }
        Entry::Occupied(entry) => {
            let labels = declared.block.labels.iter().map(|label| &*label.text);
            let name = labels.collect::<Vec<_>>().join(".");
            diags.push(twice(what, &name, declared.place(), entry.get().place()));
        }
    }
}

fn twice(what: &str, name: &str, place: Place, first: Place) -> Diagnostic {
    let name = crate::yaml::shorten(name);
    Diagnostic::new(
        Code::DuplicateAddress,
        format!("there are two of the {what} `{name}`"),
    )
    .at(place)
    .also(first, "first written here")
}
