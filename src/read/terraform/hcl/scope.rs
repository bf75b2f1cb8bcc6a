//! Modules as they are called, and how often each resource stands in them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::HashMap;
use smallvec::{SmallVec, smallvec};
use smol_str::{SmolStr, format_smolstr};

use super::eval::{Context, Evaluator};
use super::module::{Declared, Module, ResourceKey};
use super::parse::normal;
use crate::diag::{Code, Diagnostic, Place, Source};
use crate::read::terraform::tree::{Kind, Reference, Value};

/// How many instances one block may make.
const MAX_INSTANCES: usize = 10_000;
/// How many modules may be called in all, and how deep.
const MAX_SCOPES: usize = 2000;
const MAX_MODULES_DEEP: usize = 16;

/// A scope by its position.
pub(super) type ScopeId = usize;

/// A module as one call of it sees it.
pub(super) struct Scope<'t> {
    pub(super) module: &'t Module<'t>,
    /// The names of the calls that lead here, each with its key.
    pub(super) names: Arc<[String]>,
    /// What stands in front of addresses, as in `module.net.`.
    pub(super) prefix: String,
    /// Who called it, and from where; nothing for the root.
    pub(super) call: Option<(ScopeId, Declared<'t>, Option<Rc<Each>>)>,
    pub(super) memo: RefCell<HashMap<(What, &'t str), Slot>>,
    /// Of each resource, by its position, as soon as somebody asks.
    expansions: RefCell<Vec<Option<Rc<Expanded>>>>,
    children: RefCell<HashMap<&'t str, Rc<Children>>>,
}

/// What is evaluated once in a scope.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    Local,
    Variable,
    Output,
}

/// A value that is evaluated once.
#[derive(Clone)]
pub(super) enum Slot {
    /// It is being evaluated: who asks for it now asks in a circle.
    Running,
    Done(Value),
}

/// What `each` and `count` are in one instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Each {
    /// `each.key`, or `count.index`.
    pub(super) key: Option<Value>,
    /// `each.value`.
    pub(super) value: Option<Value>,
}

/// The key behind an address, as it is written there, and what `each` and `count` are with it; both are empty without a key.
pub(super) type Repeated = (SmolStr, Option<Rc<Each>>);

/// How often a block stands there.
pub(super) enum Expansion {
    /// Once, without a key.
    One,
    /// So often, by numbers.
    Count(usize),
    /// Once for each key.
    Each(Vec<(SmolStr, Value)>),
    /// How often, the text alone does not say.
    Unknown(SmolStr, Place),
}

/// A resource of a scope: its address without a key, and how often it stands there.
pub(super) struct Expanded {
    pub(super) address: Arc<str>,
    pub(super) expansion: Expansion,
}

/// The scopes that a call makes, by their keys.
pub(super) enum Children {
    One(ScopeId),
    Count(Vec<ScopeId>),
    Each(Vec<(SmolStr, ScopeId)>),
    /// Its module is not there.
    Unknown(SmolStr),
}

/// A key behind an address, as it is written there.
pub(super) fn quoted(key: &str) -> String {
    format!("[{}]", serde_json::Value::from(key))
}

impl<'t> Scope<'t> {
    pub(super) fn root(module: &'t Module<'t>) -> Self {
        Self::new(module, Arc::new([]), String::new(), None)
    }

    fn new(
        module: &'t Module<'t>,
        names: Arc<[String]>,
        prefix: String,
        call: Option<(ScopeId, Declared<'t>, Option<Rc<Each>>)>,
    ) -> Self {
        Self {
            module,
            names,
            prefix,
            call,
            memo: RefCell::default(),
            expansions: RefCell::new(vec![None; module.resources.len()]),
            children: RefCell::default(),
        }
    }

    /// The address of a resource without its key.
    fn address(&self, (is_data, kind, name): ResourceKey<'_>) -> String {
        let data = if is_data { "data." } else { "" };
        [&self.prefix, data, kind, ".", name].concat()
    }
}

impl Expanded {
    /// The address of the instance whose key stands behind the address so.
    pub(super) fn address_of(&self, suffix: &str) -> Arc<str> {
        if suffix.is_empty() {
            Arc::clone(&self.address)
        } else {
            format!("{}{suffix}", self.address).into()
        }
    }

    /// What naming the resource gives: itself, a list of its instances, or a map of them. Where it is itself, its attribute is
    /// looked up at once; how many operators that is, is the other.
    pub(super) fn value(&self, attribute: Option<&str>, place: &Place) -> (Value, usize) {
        let reference = |suffix: &str, path: &str| {
            let address = self.address_of(suffix);
            let path = path.into();
            Value::new(Kind::Reference(Reference { address, path }), place)
        };
        let all = match &self.expansion {
            // Where nobody knows how often it is there, it is read as if it were there once: what names it names that one.
            Expansion::One | Expansion::Unknown(..) => {
                let used = usize::from(attribute.is_some());
                return (reference("", attribute.unwrap_or_default()), used);
            }
            Expansion::Count(count) => {
                let all = (0..*count).map(|at| reference(&format!("[{at}]"), ""));
                Value::list(all.collect(), place)
            }
            Expansion::Each(entries) => {
                let all = entries.iter();
                let all = all.map(|(key, _)| (key.clone(), reference(&quoted(key), "")));
                Value::map(all.collect(), place)
            }
        };
        (all, 0)
    }
}

impl Expansion {
    /// The keys of a block and what `each` and `count` are with them.
    pub(super) fn instances(&self, of: &Declared<'_>) -> SmallVec<[Repeated; 1]> {
        match self {
            Self::One | Self::Unknown(..) => smallvec![(SmolStr::default(), None)],
            Self::Count(count) => {
                let place = of.place();
                (0..*count).map(|at| numbered(at, &place)).collect()
            }
            Self::Each(entries) => {
                let place = of.place();
                let each = |(key, value): &(SmolStr, Value)| Each {
                    key: Some(Value::text(key, &place)),
                    value: Some(value.clone()),
                };
                let all = entries.iter();
                all.map(|entry| (quoted(&entry.0).into(), Some(Rc::new(each(entry)))))
                    .collect()
            }
        }
    }
}

fn numbered(at: usize, place: &Place) -> Repeated {
    // There are fewer than a double counts exactly.
    #[expect(clippy::cast_precision_loss, reason = "at most MAX_INSTANCES")]
    let number = Kind::Number(at as f64);
    let each = Each {
        key: Some(Value::new(number, place)),
        value: None,
    };
    (format_smolstr!("[{at}]"), Some(Rc::new(each)))
}

impl<'t> Evaluator<'t> {
    /// How often a resource, by its position, stands in a scope, and under which address.
    pub(super) fn expansion(
        &self,
        in_scope: &Scope<'t>,
        scope: ScopeId,
        at: usize,
        (key, declared): (ResourceKey<'t>, Declared<'t>),
    ) -> Rc<Expanded> {
        if let Some(Some(known)) = in_scope.expansions.borrow().get(at) {
            return Rc::clone(known);
        }
        let address = Arc::from(in_scope.address(key));
        let keep = |expansion| {
            let address = Arc::clone(&address);
            let expanded = Rc::new(Expanded { address, expansion });
            if let Some(known) = in_scope.expansions.borrow_mut().get_mut(at) {
                *known = Some(Rc::clone(&expanded));
            }
            expanded
        };
        if !declared.is_repeated() {
            return keep(Expansion::One);
        }
        // Who asks for it while it is being found out asks in a circle.
        keep(Expansion::Unknown(
            "how often it is made depends on itself".into(),
            declared.place(),
        ));
        keep(self.expand(scope, declared))
    }

    fn expand(&self, scope: ScopeId, declared: Declared<'t>) -> Expansion {
        let context = Context::new(scope, declared.source);
        if let Some(count) = declared.argument("count") {
            let value = self.known(self.eval(&context, count));
            return match self.whole(&value) {
                Some(count) if count <= MAX_INSTANCES => Expansion::Count(count),
                Some(count) => self.too_many(count, value.place),
                None => unknown(value, "how often it is made, only the deploy knows"),
            };
        }
        let Some(each) = declared.argument("for_each") else {
            return Expansion::One;
        };
        let value = self.known(self.eval(&context, each));
        if let Some(entries) = value.entries() {
            if entries.len() > MAX_INSTANCES {
                return self.too_many(entries.len(), value.place);
            }
            return Expansion::Each(entries.to_vec());
        }
        let Some(items) = value.items() else {
            return unknown(value, "for which keys it is made, only the deploy knows");
        };
        if items.len() > MAX_INSTANCES {
            return self.too_many(items.len(), value.place);
        }
        let mut keys: Vec<(SmolStr, Value)> = Vec::new();
        for item in items {
            match self.text(item) {
                Some(text) => keys.push((text, item.clone())),
                None => return unknown(value, "its keys are known after the deploy only"),
            }
        }
        keys.sort_by(|one, other| one.0.cmp(&other.0));
        keys.dedup_by(|one, other| one.0 == other.0);
        Expansion::Each(keys)
    }

    fn too_many(&self, count: usize, place: Place) -> Expansion {
        let message =
            format!("{count} instances of one block, more than the {MAX_INSTANCES} that are read");
        self.refuse(Diagnostic::new(Code::TooComplex, message).at(place.clone()));
        Expansion::Unknown("there are too many of it".into(), place)
    }

    /// The scopes of a call.
    pub(super) fn children(
        &self,
        scope: ScopeId,
        name: &'t str,
        declared: Declared<'t>,
    ) -> Rc<Children> {
        let in_scope = self.scope(scope);
        if let Some(known) = in_scope.children.borrow().get(name) {
            return Rc::clone(known);
        }
        let running = Rc::new(Children::Unknown("the module calls itself".into()));
        in_scope.children.borrow_mut().insert(name, running);
        let children = Rc::new(self.call(scope, name, declared));
        let known = Rc::clone(&children);
        in_scope.children.borrow_mut().insert(name, known);
        children
    }

    fn call(&self, scope: ScopeId, name: &str, declared: Declared<'t>) -> Children {
        let Some(module) = self.called(scope, declared) else {
            let why = format!("the module `{name}` is not among the files that are read");
            return Children::Unknown(why.into());
        };
        let expansion = self.expand(scope, declared);
        if let Expansion::Unknown(why, place) = &expansion {
            self.note(&format!("module.{name}"), "module", why, place.clone());
        }
        let scopes = expansion.instances(&declared).into_iter();
        let scopes = scopes.map(|(key, each)| {
            let around = self.scope(scope);
            let own = format!("{name}{key}");
            let prefix = format!("{}module.{own}.", around.prefix);
            let names = around.names.iter().cloned().chain([own]).collect();
            self.add(Scope::new(
                module,
                names,
                prefix,
                Some((scope, declared, each)),
            ))
        });
        let Some(scopes) = scopes.collect::<Option<Vec<_>>>() else {
            let message = "the modules call each other too often";
            self.refuse(Diagnostic::new(Code::TooComplex, message).at(declared.place()));
            return Children::Unknown("the modules call each other too often".into());
        };
        match expansion {
            Expansion::One | Expansion::Unknown(..) => match scopes.first() {
                Some(one) => Children::One(*one),
                None => Children::Count(scopes),
            },
            Expansion::Count(_) => Children::Count(scopes),
            Expansion::Each(entries) => {
                let keys = entries.into_iter().map(|(key, _)| key);
                Children::Each(keys.zip(scopes).collect())
            }
        }
    }

    /// The module that a call names, if it is a folder among the files:
    /// <https://developer.hashicorp.com/terraform/language/modules/sources#local-paths>.
    fn called(&self, scope: ScopeId, declared: Declared<'t>) -> Option<&'t Module<'t>> {
        let source = declared.text("source")?;
        if !source.starts_with("./") && !source.starts_with("../") {
            return None;
        }
        let around = self.scope(scope);
        if around.names.len() >= MAX_MODULES_DEEP {
            return None;
        }
        let folder = format!("{}/{source}", around.module.folder);
        let folder = if around.module.folder.is_empty() {
            normal(source)
        } else {
            normal(&folder)
        };
        self.modules.get(folder.as_str())
    }

    fn add(&self, scope: Scope<'t>) -> Option<ScopeId> {
        let mut scopes = self.scopes.borrow_mut();
        let id = scopes.len();
        (id < MAX_SCOPES).then(|| scopes.push(Rc::new(scope)))?;
        Some(id)
    }
}

fn unknown(value: Value, why: &str) -> Expansion {
    let why = match value.kind {
        Kind::Unknown(why) => why,
        _ => why.into(),
    };
    Expansion::Unknown(why, value.place)
}

/// Where a block of a scope stands, to evaluate its arguments later.
#[derive(Clone)]
pub(super) struct Found<'t> {
    pub(super) scope: ScopeId,
    pub(super) declared: Declared<'t>,
    /// Only where it stands there once for a number or a key.
    pub(super) each: Option<Rc<Each>>,
}

impl<'t> Found<'t> {
    pub(super) fn source(&self) -> &'t Arc<Source> {
        self.declared.source
    }
}
