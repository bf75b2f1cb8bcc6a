//! References and what stands behind them: `var.x`, `aws_vpc.main.id`, `local.x["a"].b[*].c`.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/references>

use super::eval::{Context, Evaluator};
use super::module::ResourceKey;
use super::scope::{Children, Scope, Slot, What};
use super::syntax::{Block, Form, Operator, Traversal};
use crate::diag::{Code, Diagnostic, Place};
use crate::read::terraform::tree::{Kind, Piece, Reference, Value};

impl<'t> Evaluator<'t> {
    /// What is looked up in a value comes to.
    pub(super) fn traversal(
        &self,
        context: &Context<'_, 't>,
        traversal: &'t Traversal<'t>,
        place: &Place,
    ) -> Value {
        if let Some(piece) = self.piece(context, traversal) {
            return Value::new(Kind::Piece(Box::new(piece)), place);
        }
        let value = self.eval(context, &traversal.root);
        self.follow(context, value, &traversal.operators, place)
    }

    /// What a reference comes to.
    pub(super) fn reference(
        &self,
        context: &Context<'_, 't>,
        path: &'t [Operator<'t>],
        place: &Place,
    ) -> Value {
        let Some((Operator::Name(root), operators)) = path.split_first() else {
            // Each begins with its name, so that this is never asked.
            return Value::unknown("nothing is named", place);
        };
        let (value, used) = match context.bound(root) {
            Some(value) => (value.clone(), 0),
            None => self.root(context, root, operators, place),
        };
        self.follow(
            context,
            value,
            operators.get(used..).unwrap_or_default(),
            place,
        )
    }

    /// `split(":", var.x)[0]`, where only the deployer knows `var.x`.
    fn piece(&self, context: &Context<'_, 't>, traversal: &'t Traversal<'t>) -> Option<Piece> {
        let Form::Call(call) = &traversal.root.form else {
            return None;
        };
        let [operator] = traversal.operators.as_slice() else {
            return None;
        };
        let Operator::Index(index) = operator else {
            return None;
        };
        let Form::Number(at) = &index.form else {
            return None;
        };
        let [separator, whole] = call.arguments.as_slice() else {
            return None;
        };
        if call.name != "split" || call.is_namespaced {
            return None;
        }
        let separator = separator.as_str().filter(|it| !it.is_empty())?;
        let Kind::Variable(variable) = self.eval(context, whole).kind else {
            return None;
        };
        Some(Piece {
            variable,
            separator: separator.into(),
            at: usize::try_from(at.as_u64()?).ok()?,
        })
    }

    /// What the beginning of a reference names, and how many operators belong to it.
    fn root(
        &self,
        context: &Context<'_, 't>,
        root: &'t str,
        operators: &'t [Operator<'t>],
        place: &Place,
    ) -> (Value, usize) {
        let names = (name(operators, 0), name(operators, 1));
        match (root, names) {
            ("var", (Some(name), _)) => (self.variable(context, name, place), 1),
            ("local", (Some(name), _)) => (self.local(context, name, place), 1),
            ("each", (Some(part @ ("key" | "value")), _)) => {
                let each = context.each;
                let value = each.and_then(|each| match part {
                    "key" => each.key.as_ref(),
                    _ => each.value.as_ref().or(each.key.as_ref()),
                });
                (there(value, "which key it is", place), 1)
            }
            ("count", (Some("index"), _)) => {
                let value = context.each.and_then(|each| each.key.as_ref());
                (there(value, "which one of them it is", place), 1)
            }
            ("module", (Some(name), _)) => self.module(context, name, operators, place),
            ("path", (Some("module"), _)) => {
                // Where files lie says nothing of what may pass.
                (Value::text("${path.module}", place), 1)
            }
            ("path" | "terraform" | "self", _) => {
                let why = format!("`{root}` is known to the deploy only");
                (Value::unknown(why, place), operators.len())
            }
            ("data", (Some(kind), Some(label))) => {
                let rest = operators.get(2..).unwrap_or_default();
                let (value, used) = self.named(context, (true, kind, label), rest, place);
                (value, 2 + used)
            }
            (kind, (Some(label), _)) => {
                let rest = operators.get(1..).unwrap_or_default();
                let (value, used) = self.named(context, (false, kind, label), rest, place);
                (value, 1 + used)
            }
            _ => (
                Value::unknown(format!("`{root}` alone is no value"), place),
                operators.len(),
            ),
        }
    }

    /// What a resource comes to, with the attribute that is looked up in it, and how many operators that is.
    fn named(
        &self,
        context: &Context<'_, 't>,
        key: ResourceKey<'t>,
        operators: &'t [Operator<'t>],
        place: &Place,
    ) -> (Value, usize) {
        let scope = self.scope(context.scope);
        let Some((at, key, declared)) = scope.module.resources.get_full(&key) else {
            let why = format!("there is no `{}.{}`", key.1, key.2);
            return (Value::unknown(why, place), 0);
        };
        let attribute = match operators.first() {
            Some(Operator::Name(name)) => Some(&**name),
            _ => None,
        };
        let expanded = self.expansion(&scope, context.scope, at, (*key, *declared));
        expanded.value(attribute, place)
    }

    fn local(&self, context: &Context<'_, 't>, name: &str, place: &Place) -> Value {
        let scope = self.scope(context.scope);
        let Some((name, local)) = scope.module.locals.get_key_value(name) else {
            return Value::unknown(format!("there is no `local.{name}`"), place);
        };
        self.once(&scope, (What::Local, name), place, || {
            let own = Context::new(context.scope, local.source);
            self.eval(&own, &local.attribute.value)
        })
    }

    fn variable(&self, context: &Context<'_, 't>, name: &str, place: &Place) -> Value {
        let scope = self.scope(context.scope);
        let Some((name, declared)) = scope.module.variables.get_key_value(name) else {
            return Value::unknown(format!("there is no `var.{name}`"), place);
        };
        let Some((outer, call, each)) = &scope.call else {
            return match self.given.get(name) {
                Some(value) => value.clone(),
                None => Value::new(Kind::Variable((*name).into()), place),
            };
        };
        self.once(&scope, (What::Variable, name), place, || {
            let given = call.argument(name).map(|expr| {
                let around = Context {
                    each: each.as_deref(),
                    ..Context::new(*outer, call.source)
                };
                self.eval(&around, expr)
            });
            let given = given.filter(|value| !value.is_null());
            let value = match (given, declared.argument("default")) {
                (Some(value), _) => value,
                (None, Some(default)) => {
                    let own = Context::new(context.scope, declared.source);
                    self.eval(&own, default)
                }
                (None, None) => {
                    return Value::unknown(format!("nothing is given for `var.{name}`"), place);
                }
            };
            match declared.argument("type") {
                Some(shape) => self.converted(value, shape, declared.source),
                None => value,
            }
        })
    }

    /// A value that is evaluated once for its scope.
    pub(super) fn once(
        &self,
        scope: &Scope<'t>,
        key: (What, &'t str),
        place: &Place,
        eval: impl FnOnce() -> Value,
    ) -> Value {
        let known = scope.memo.borrow().get(&key).cloned();
        match known {
            Some(Slot::Done(value)) => return value,
            Some(Slot::Running) => {
                let message = format!("`{}` waits for itself", key.1);
                self.refuse(Diagnostic::new(Code::TooComplex, message).at(place.clone()));
                return Value::unknown("the value depends on itself", place);
            }
            None => {}
        }
        scope.memo.borrow_mut().insert(key, Slot::Running);
        let value = eval();
        scope
            .memo
            .borrow_mut()
            .insert(key, Slot::Done(value.clone()));
        value
    }

    /// `module.net.x`, `module.net["a"].x` and `module.net[*].x`: the outputs of a module.
    fn module(
        &self,
        context: &Context<'_, 't>,
        called: &str,
        operators: &'t [Operator<'t>],
        place: &Place,
    ) -> (Value, usize) {
        let scope = self.scope(context.scope);
        let Some((called, declared)) = scope.module.calls.get_key_value(called) else {
            let why = format!("there is no `module.{called}`");
            return (Value::unknown(why, place), operators.len());
        };
        let children = self.children(context.scope, called, *declared);
        match &*children {
            Children::One(child) => match name(operators, 1) {
                Some(output) => (self.output(*child, output, place), 2),
                None => (self.outputs(*child, place), 1),
            },
            Children::Count(all) => {
                let all = all.iter().map(|child| self.outputs(*child, place));
                (Value::list(all.collect(), place), 1)
            }
            Children::Each(all) => {
                let all = all.iter();
                let all = all.map(|(key, child)| (key.clone(), self.outputs(*child, place)));
                (Value::map(all.collect(), place), 1)
            }
            Children::Unknown(why) => (Value::unknown(why.clone(), place), operators.len()),
        }
    }

    fn outputs(&self, scope: usize, place: &Place) -> Value {
        let module = self.scope(scope).module;
        let names = module.outputs.keys();
        let all = names.map(|name| ((*name).into(), self.output(scope, name, place)));
        Value::map(all.collect(), place)
    }

    /// The value of an output of a module.
    pub(super) fn output(&self, scope: usize, name: &str, place: &Place) -> Value {
        let inside = self.scope(scope);
        let Some((name, declared)) = inside.module.outputs.get_key_value(name) else {
            let message = format!("the module has no output `{}`", crate::yaml::shorten(name));
            self.refuse(Diagnostic::new(Code::UnknownReference, message).at(place.clone()));
            return Value::unknown("the module has no such output", place);
        };
        self.once(&inside, (What::Output, name), place, || {
            let own = Context::new(scope, declared.source);
            match declared.argument("value") {
                Some(expr) => self.eval(&own, expr),
                None => Value::unknown("the output has no value", place),
            }
        })
    }
}

/// The name at a position behind the root.
fn name<'t>(operators: &'t [Operator<'t>], at: usize) -> Option<&'t str> {
    match operators.get(at)? {
        Operator::Name(name) => Some(name),
        Operator::Index(index) => index.as_str(),
        _ => None,
    }
}

fn there(value: Option<&Value>, what: &str, place: &Place) -> Value {
    match value {
        Some(value) => value.clone(),
        None => Value::unknown(format!("{what} is not known"), place),
    }
}

/// The addresses that `depends_on` names, as far as they are resources of the same module.
pub(super) fn depends_on<'t>(
    evaluator: &Evaluator<'t>,
    context: &Context<'_, 't>,
    block: &'t Block<'t>,
) -> Vec<Reference> {
    let Some(Form::List(items)) = block.body.get("depends_on").map(|it| &it.form) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        let value = evaluator.eval(context, item);
        collect(&value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Vec<Reference>) {
    match &value.kind {
        Kind::Reference(reference) => found.push(reference.clone()),
        Kind::List(_) => {
            let items = value.items().unwrap_or_default();
            for item in items {
                collect(item, found);
            }
        }
        Kind::Map(_) => {
            let entries = value.entries().unwrap_or_default();
            for (_, item) in entries {
                collect(item, found);
            }
        }
        _ => {}
    }
}
