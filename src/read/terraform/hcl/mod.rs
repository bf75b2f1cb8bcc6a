//! A folder of HCL into a [`Configuration`].
//!
//! <https://developer.hashicorp.com/terraform/language/syntax/configuration>

mod body;
mod entries;
mod eval;
mod full;
mod function;
mod module;
mod operator;
mod parse;
mod quick;
mod references;
mod scope;
mod shape;
mod steps;
mod syntax;
mod template;
mod traversal;
mod variable;

use std::rc::Rc;
use std::sync::Arc;

use smol_str::format_smolstr;

use self::eval::{Context, Evaluator};
pub(super) use self::function::from_json;
use self::parse::File;
use self::scope::{Children, Expansion, Found, Scope, ScopeId};
use super::tree::{Configuration, Instance, Output};
use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};
use crate::read::Unknown;

/// Reads the files of a configuration: its root module is the folder that is nearest to the top, and modules that it calls
/// by a path are read with it when their files are given too.
///
/// # Errors
/// When there is no `.tf` file, or when Terraform refuses the configuration: a text that is no HCL, a reference to nothing,
/// a circle of references, an address that two things have.
pub(super) fn read(files: &[Arc<Source>]) -> Result<Configuration, Diagnostics> {
    let parsed = parse::parse(files)?;
    let root = root(files, &parsed)?;
    let mut diags = Diagnostics::new();
    let modules = module::modules(&parsed, &mut diags);
    for module in modules.values() {
        references::check(module, &mut diags);
    }
    diags.into_result(())?;
    let Some(module) = modules.get(root) else {
        return Err(nothing(files).into());
    };
    let mut evaluator = Evaluator::new(&modules);
    evaluator.given = variable::given(&evaluator, &parsed, root);
    let mut assembly = Assembly::new(&evaluator);
    evaluator
        .scopes
        .borrow_mut()
        .push(Rc::new(Scope::root(module)));
    assembly.found(0);
    assembly.module(0);
    assembly.finish(files)
}

/// The folder of the root module.
fn root<'t>(files: &[Arc<Source>], parsed: &'t [File<'_>]) -> Result<&'t str, Diagnostics> {
    let configured = parsed.iter().filter(|file| file.is_configuration());
    let depth = |file: &&File| file.folder.split('/').count();
    match configured.min_by_key(depth) {
        Some(file) => Ok(&file.folder),
        None => Err(nothing(files).into()),
    }
}

fn nothing(files: &[Arc<Source>]) -> Diagnostic {
    let message = "there is no `.tf` file here";
    let mut diagnostic = Diagnostic::new(Code::NoConfiguration, message);
    diagnostic.primary = files.first().map(Place::start_of);
    diagnostic.help("name a folder with the files of a Terraform configuration")
}

/// What the configuration is put together from.
struct Assembly<'a, 't> {
    evaluator: &'a Evaluator<'t>,
    instances: Vec<Instance>,
    data: Vec<Instance>,
}

impl<'a, 't> Assembly<'a, 't> {
    fn new(evaluator: &'a Evaluator<'t>) -> Self {
        Self {
            evaluator,
            instances: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Says where the instances of a scope stand, so that their arguments are found whoever asks for them first.
    fn found(&self, id: ScopeId) {
        let scope = self.evaluator.scope(id);
        let resources = &scope.module.resources;
        self.evaluator.found.borrow_mut().reserve(resources.len());
        for (at, (key, declared)) in resources.iter().enumerate() {
            let expanded = self.evaluator.expansion(&scope, id, at, (*key, *declared));
            for (suffix, each) in expanded.expansion.instances(declared) {
                let found = Found {
                    scope: id,
                    declared: *declared,
                    each,
                };
                let address = expanded.address_of(&suffix);
                self.evaluator.found.borrow_mut().insert(address, found);
            }
        }
        for (name, declared) in &scope.module.calls {
            let children = self.evaluator.children(id, name, *declared);
            for child in scopes(&children) {
                self.found(child);
            }
        }
    }

    fn module(&mut self, id: ScopeId) {
        let scope = self.evaluator.scope(id);
        let unknown = scope.module.unknown.iter().cloned();
        self.evaluator.unknown.borrow_mut().extend(unknown);
        for at in 0..scope.module.resources.len() {
            self.resource(id, &scope, at);
        }
        for (name, declared) in &scope.module.calls {
            let children = self.evaluator.children(id, name, *declared);
            if let Children::Unknown(why) = &*children {
                let name = format!("{}module.{name}", scope.prefix);
                self.evaluator.note(&name, "module", why, declared.place());
            }
            for child in scopes(&children) {
                self.module(child);
            }
        }
    }

    /// The instances of a resource, by its position.
    fn resource(&mut self, id: ScopeId, scope: &Scope<'t>, at: usize) {
        let Some((&key, &declared)) = scope.module.resources.get_index(at) else {
            return;
        };
        let expanded = self.evaluator.expansion(scope, id, at, (key, declared));
        if let Expansion::Unknown(why, place) = &expanded.expansion {
            self.evaluator
                .note(&expanded.address, key.1, why, place.clone());
        }
        for (suffix, each) in expanded.expansion.instances(&declared) {
            let context = Context {
                each: each.as_deref(),
                ..Context::new(id, declared.source)
            };
            let instance = Instance {
                address: expanded.address_of(&suffix),
                modules: Arc::clone(&scope.names),
                kind: key.1.into(),
                label: if suffix.is_empty() {
                    key.2.into()
                } else {
                    format_smolstr!("{}{suffix}", key.2)
                },
                body: self.evaluator.body(&context, declared.block, true),
                depends_on: traversal::depends_on(self.evaluator, &context, declared.block),
                place: declared.place(),
            };
            if key.0 {
                self.data.push(instance);
            } else {
                self.instances.push(instance);
            }
        }
    }

    fn finish(self, files: &[Arc<Source>]) -> Result<Configuration, Diagnostics> {
        let evaluator = self.evaluator;
        let root = evaluator.scope(0);
        let outputs = root.module.outputs.iter();
        let outputs = outputs.map(|(name, declared)| {
            let place = declared.place();
            Output {
                name: (*name).to_owned(),
                help: declared.text("description").unwrap_or_default().to_owned(),
                value: evaluator.output(0, name, &place),
                secret: declared.is_true("sensitive"),
                place,
            }
        });
        let outputs = outputs.collect();
        let variables = variable::declared(evaluator);
        evaluator.errors().into_result(())?;
        let mut unknown = evaluator.unknown.take();
        unknown.extend(not_read(files));
        Ok(Configuration::new(
            self.instances,
            self.data,
            variables,
            outputs,
            unknown,
        ))
    }
}

fn scopes(children: &Children) -> Vec<ScopeId> {
    match children {
        Children::One(one) => vec![*one],
        Children::Count(all) => all.clone(),
        Children::Each(all) => all.iter().map(|(_, scope)| *scope).collect(),
        Children::Unknown(_) => Vec::new(),
    }
}

/// Files that belong to a configuration and are not HCL.
fn not_read(files: &[Arc<Source>]) -> impl Iterator<Item = Unknown> {
    let json = |source: &&Arc<Source>| {
        source.name.ends_with(".tf.json") || source.name.ends_with(".tfvars.json")
    };
    files.iter().filter(json).map(|source| Unknown {
        name: String::new(),
        what: source.name.to_string(),
        why: "configurations in JSON are not read".into(),
        place: Place::start_of(source),
    })
}
