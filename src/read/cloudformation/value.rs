//! What values of a template are: intrinsic functions evaluated, as far as the template alone says.
//!
//! A reference stays a [`Term`]. Where a known value is wanted (a block, a port), a parameter counts as its default, and
//! the reading says that it was assumed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use smol_str::SmolStr;

use super::function::{self, Argument};
use super::template::{Given, Template};
use crate::cloud::aws::Kind as AwsKind;
use crate::cloud::{Attribute, Environment, Joined, Term};
use crate::diag::{Diagnostics, Place};
use crate::read::{Parameter, Unknown};
use crate::yaml::{Kind, Node};

/// How many bytes of text the functions of a template may make in all; a template itself has at most a million:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
const MAX_MADE: usize = 32 << 20;

/// Why a value is not known, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) place: Place,
}

/// A value that is or is not known.
pub(super) type Result<T> = std::result::Result<T, Fault>;

/// What a node comes to.
#[derive(Clone)]
pub(super) enum Value<'t> {
    /// It stands there: no call.
    Node(&'t Node),
    /// One value.
    Term(Term),
    /// A list that a function made.
    Terms(Vec<Term>),
    /// `AWS::NoValue`: as if it were not there.
    Nothing,
}

/// An item of a list, evaluated when it is used.
pub(super) enum Item<'t> {
    Node(&'t Node),
    Term(Term),
}

/// The template, and what was found out on the way.
pub(super) struct Context<'t> {
    pub(super) template: &'t Template<'t>,
    pub(super) unknown: RefCell<Vec<Unknown>>,
    /// What CloudFormation would refuse.
    pub(super) wrong: RefCell<Diagnostics>,
    /// Parameters whose default was taken for their value.
    pub(super) assumed: RefCell<BTreeSet<&'t str>>,
    pub(super) decided: RefCell<HashMap<&'t str, Option<bool>>>,
    /// How many conditions stand one on the other just now.
    pub(super) chain: Cell<usize>,
    /// Parameters by the names that terms have for them.
    by_name: HashMap<&'t str, &'t Given<'t>>,
    made: Cell<usize>,
    /// What comes from outside without being a parameter, by the names that terms have for it.
    pub(super) outside: RefCell<BTreeMap<String, Parameter>>,
    /// How many properties of other resources are asked for just now.
    pub(super) steps: Cell<usize>,
}

pub(super) fn fault<T>(node: &Node, why: impl Into<String>) -> Result<T> {
    Err(Fault {
        why: why.into(),
        place: node.place.clone(),
    })
}

/// The one value that a node came to.
pub(super) fn one(node: &Node, value: Value<'_>) -> Result<Term> {
    match value {
        Value::Term(term) => Ok(term),
        Value::Node(node) => match node.as_text() {
            Some(text) => Ok(text.into()),
            None => fault(node, "one value belongs here"),
        },
        Value::Terms(_) | Value::Nothing => fault(node, "one value belongs here"),
    }
}

impl<'t> Context<'t> {
    pub(super) fn new(template: &'t Template<'t>) -> Self {
        let by_name = template.parameters.values();
        let by_name = by_name.map(|given| (given.name.as_str(), given));
        Self {
            template,
            unknown: RefCell::default(),
            wrong: RefCell::default(),
            assumed: RefCell::default(),
            decided: RefCell::default(),
            chain: Cell::new(0),
            by_name: by_name.collect(),
            made: Cell::new(0),
            outside: RefCell::default(),
            steps: Cell::new(0),
        }
    }

    /// What a node comes to.
    pub(super) fn value(&self, node: &'t Node) -> Result<Value<'t>> {
        match function::call(node) {
            Some(call) => self.apply(&call),
            None => Ok(Value::Node(node)),
        }
    }

    /// Whether a node is `AWS::NoValue`, as if it were not there.
    pub(super) fn is_nothing(&self, node: &'t Node) -> bool {
        let Some(call) = function::call(node) else {
            return false;
        };
        // Most calls name a parameter or a resource, which are something whatever they come to.
        let name = call.argument.text().filter(|_| call.name == "Ref");
        let is_something = name.is_some_and(|name| {
            let template = self.template;
            template.parameters.contains_key(name) || template.resources.contains_key(name)
        });
        !is_something && matches!(self.apply(&call), Ok(Value::Nothing))
    }

    pub(super) fn argument(&self, argument: Argument<'t>) -> Result<Value<'t>> {
        match argument.call() {
            Some(call) => self.apply(&call),
            None => Ok(Value::Node(argument.node)),
        }
    }

    /// The items of a list, evaluated later.
    pub(super) fn items(&self, node: &'t Node) -> Result<Vec<Item<'t>>> {
        match self.value(node)? {
            Value::Node(Node {
                kind: Kind::List(items),
                ..
            }) => Ok(items.iter().map(Item::Node).collect()),
            Value::Terms(terms) => Ok(terms.into_iter().map(Item::Term).collect()),
            Value::Term(Term::Parameter(name)) => {
                let Some(text) = self.default_of(&name, true) else {
                    return fault(node, "the list is known to the deployer only");
                };
                self.charge(node, text.len())?;
                Ok(text
                    .split(',')
                    .map(|item| Item::Term(item.trim().into()))
                    .collect())
            }
            _ => fault(node, "a list belongs here"),
        }
    }

    pub(super) fn item_term(&self, item: Item<'t>) -> Result<Term> {
        match item {
            Item::Node(node) => self.term(node),
            Item::Term(term) => Ok(term),
        }
    }

    /// One value.
    pub(super) fn term(&self, node: &'t Node) -> Result<Term> {
        one(node, self.value(node)?)
    }

    /// The one value that a function is called with.
    pub(super) fn argument_term(&self, argument: Argument<'t>) -> Result<Term> {
        match self.argument(argument)? {
            Value::Term(term) => Ok(term),
            _ => fault(argument.node, "one value belongs here"),
        }
    }

    /// The same, where the function may also be called with a text.
    pub(super) fn argument_or_text(&self, argument: Argument<'t>) -> Result<Term> {
        match argument.text() {
            Some(text) => Ok(text.into()),
            None => self.argument_term(argument),
        }
    }

    /// A value that another stack or CloudFormation gives: to the template it is as a parameter is.
    pub(super) fn given_outside(&self, node: &Node, name: String, kind: &str) -> Term {
        let mut outside = self.outside.borrow_mut();
        outside.entry(name.clone()).or_insert_with(|| Parameter {
            name: name.clone(),
            kind: kind.to_owned(),
            default: None,
            secret: false,
            constraints: Vec::new(),
            assumed: false,
            place: node.place.clone(),
        });
        Term::Parameter(name.into())
    }

    /// Whether a parameter, by the name that terms have for it, holds the path of what is looked up in SSM.
    pub(super) fn is_looked_up(&self, name: &str) -> bool {
        self.by_name
            .get(name)
            .is_some_and(|given| given.is_looked_up())
    }

    /// One value or a list of them. A parameter that holds a list is one value.
    pub(super) fn terms(&self, node: &'t Node) -> Result<Vec<Term>> {
        match self.value(node)? {
            Value::Term(term) => Ok(vec![term]),
            Value::Terms(terms) => Ok(terms),
            Value::Nothing => Ok(Vec::new()),
            Value::Node(node) => {
                let Kind::List(items) = &node.kind else {
                    return Ok(vec![self.term(node)?]);
                };
                let mut terms = Vec::with_capacity(items.len());
                for item in items {
                    match self.value(item)? {
                        Value::Nothing => {}
                        Value::Terms(more) => terms.extend(more),
                        Value::Term(term) => terms.push(term),
                        Value::Node(item) => terms.push(self.term(item)?),
                    }
                }
                Ok(terms)
            }
        }
    }

    /// Terms one after the other, in their one normal form: texts side by side are one, and the ARN of a log group that is
    /// written out is its ARN.
    pub(super) fn concat(
        &self,
        node: &Node,
        terms: impl IntoIterator<Item = Term>,
    ) -> Result<Term> {
        let mut parts = Joined::from_iter(terms).into_parts();
        let size = |part: &Term| match part {
            Term::Text(text) => text.len(),
            _ => 64,
        };
        self.charge(node, parts.iter().map(size).sum())?;
        log_group_arn(&mut parts);
        Ok(parts.into())
    }

    /// Counts what functions make, so that no template makes more than it can hold.
    pub(super) fn charge(&self, node: &Node, bytes: usize) -> Result<()> {
        if self.has_room(bytes) {
            return Ok(());
        }
        fault(node, "the functions of this template make too much text")
    }

    /// Counts what is made of little text, as [`Self::charge`] does.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        let made = self.made.get().saturating_add(bytes);
        self.made.set(made);
        made <= MAX_MADE
    }

    /// The default of a parameter, by the name that terms have for it, which from now on is assumed.
    pub(super) fn default_of(&self, name: &str, list: bool) -> Option<&'t str> {
        let given = self.by_name.get(name)?;
        let default = given.default?;
        // What is looked up is not what is written. 4,096 bytes are the most that a value may have:
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
        if given.is_looked_up() || given.is_list() != list || default.len() > 4096 {
            return None;
        }
        self.assumed.borrow_mut().insert(&given.key.text);
        Some(default)
    }
}

/// `arn:…:log-group:NAME` with the name of a log group of the template is the ARN of that group.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html>
fn log_group_arn(parts: &mut Vec<Term>) {
    let [
        Term::Text(arn),
        Term::Environment(Environment::Partition),
        Term::Text(logs),
        Term::Environment(Environment::Region),
        Term::Text(colon),
        Term::Environment(Environment::AccountId),
        Term::Text(group),
        Term::Attribute(id, Attribute::Name),
        rest @ ..,
    ] = parts.as_slice()
    else {
        return;
    };
    let head = [arn, logs, colon, group].map(SmolStr::as_str);
    let is_group = id.kind == crate::cloud::Kind::Aws(AwsKind::LogGroup);
    if is_group && head == ["arn:", ":logs:", ":", ":log-group:"] {
        let (group, end) = (id.arn(), parts.len() - rest.len());
        parts.splice(..end, [group]);
    }
}
