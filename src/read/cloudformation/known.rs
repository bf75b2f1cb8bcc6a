//! Values that must be known, and conditions.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::function;
use super::value::{Context, Fault, Result, Value, fault, one};
use crate::cloud::Term;
use crate::diag::{Code, Diagnostic};
use crate::net::Cidr;
use crate::yaml::{Kind, Node};

/// Maps where maps belong; most lists have one or two.
type Maps<'t> = SmallVec<[Result<&'t Node>; 2]>;

impl<'t> Context<'t> {
    /// A known text; a parameter counts as its default.
    pub(super) fn text(&self, node: &'t Node) -> Result<String> {
        self.word(node).map(Cow::into_owned)
    }

    /// A known text as [`Self::text`] reads it, to be looked at and not kept.
    pub(super) fn word(&self, node: &'t Node) -> Result<Cow<'t, str>> {
        let known = match self.value(node)? {
            Value::Node(inner) => {
                return match inner.as_text() {
                    Some(text) => Ok(Cow::Borrowed(text)),
                    None => fault(inner, "one value belongs here"),
                };
            }
            Value::Term(Term::Text(text)) => Some(Cow::Owned(text.into())),
            Value::Term(Term::Parameter(name)) => self.default_of(&name, false).map(Cow::Borrowed),
            value => self.known(&one(node, value)?).map(Cow::Owned),
        };
        match known {
            Some(text) => Ok(text),
            None => fault(node, "the value is known after the deploy only"),
        }
    }

    /// The text that a term is, where the template says it.
    pub(super) fn known(&self, term: &Term) -> Option<String> {
        match term {
            Term::Text(text) => Some(text.as_str().to_owned()),
            Term::Parameter(name) => self.default_of(name, false).map(str::to_owned),
            Term::Join(parts) => parts.iter().map(|part| self.known(part)).collect(),
            Term::Attribute(..) | Term::Environment(_) => None,
        }
    }

    /// A whole number. CloudFormation takes numbers as texts as well.
    pub(super) fn int(&self, node: &'t Node) -> Result<i64> {
        match self.word(node)?.parse() {
            Ok(number) => Ok(number),
            Err(_) => fault(node, "a whole number belongs here"),
        }
    }

    /// A whole number from 0 on.
    pub(super) fn number(&self, node: &'t Node) -> Result<u32> {
        match u32::try_from(self.int(node)?) {
            Ok(number) => Ok(number),
            Err(_) => fault(node, "the number is out of range"),
        }
    }

    /// Yes or no.
    pub(super) fn boolean(&self, node: &'t Node) -> Result<bool> {
        let word = self.word(node)?;
        if word.eq_ignore_ascii_case("true") {
            Ok(true)
        } else if word.eq_ignore_ascii_case("false") {
            Ok(false)
        } else {
            fault(node, "`true` or `false` belongs here")
        }
    }

    /// A block. AWS clears bits behind the prefix length:
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>.
    pub(super) fn cidr(&self, node: &'t Node) -> Result<Cidr> {
        let text = self.word(node)?;
        let parsed = text.split_once('/').and_then(|(address, length)| {
            Cidr::holding(address.parse().ok()?, length.parse().ok()?).ok()
        });
        if let Some(cidr) = parsed {
            return Ok(cidr);
        }
        // What a parameter or a function comes to may be another value on deploy.
        if node.as_text().is_some() {
            self.refuse_block(node, &text);
        }
        fault(node, "the value is no CIDR block")
    }

    fn refuse_block(&self, node: &Node, text: &str) {
        let message = format!("`{}` is no CIDR block", crate::yaml::shorten(text));
        let help = "a block is an address and a prefix length, such as `10.0.0.0/16`";
        self.wrong.borrow_mut().push(
            Diagnostic::new(Code::InvalidCidr, message)
                .at(node.place.clone())
                .help(help),
        );
    }

    /// Whether a condition holds, as far as the template alone says.
    ///
    /// Conditions form no circle: that was checked before anything is evaluated.
    pub(super) fn decide(&self, name: &str) -> Option<bool> {
        let (name, node) = self.template.conditions.get_key_value(name)?;
        if let Some(known) = self.decided.borrow().get(name) {
            return *known;
        }
        // A chain of conditions is followed on the stack; what is deeper than this stays unknown.
        let depth = self.chain.get();
        if depth == MAX_CHAIN {
            return None;
        }
        self.chain.set(depth + 1);
        let decided = self.holds(node);
        self.chain.set(depth);
        self.decided.borrow_mut().insert(name, decided);
        decided
    }

    fn holds(&self, node: &'t Node) -> Option<bool> {
        let Some(call) = function::call(node) else {
            let name = node.get("Condition").and_then(function::plain)?;
            return self.decide(name);
        };
        let items = call.argument.list();
        match (&*call.name, items) {
            ("Condition", _) => self.decide(call.argument.text()?),
            ("Fn::Not", Some([one])) => self.holds(one).map(|holds| !holds),
            ("Fn::And", Some(items)) => self.all(items, true),
            ("Fn::Or", Some(items)) => self.all(items, false).map(|none| !none),
            ("Fn::Equals", Some([one, other])) => {
                Some(self.word(one).ok()? == self.word(other).ok()?)
            }
            _ => None,
        }
    }

    /// Whether all the conditions come to `wanted`: one that does not is enough to know.
    fn all(&self, conditions: &'t [Node], wanted: bool) -> Option<bool> {
        let mut all = Some(true);
        for condition in conditions {
            match self.holds(condition) {
                Some(holds) if holds == wanted => {}
                Some(_) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// The entries of a map that stands there or is chosen; nothing for `AWS::NoValue`.
    pub(super) fn map(&self, node: &'t Node) -> Result<Option<&'t Node>> {
        match self.value(node)? {
            Value::Nothing => Ok(None),
            Value::Node(node) if matches!(node.kind, Kind::Map(_)) => Ok(Some(node)),
            _ => fault(node, "a map belongs here"),
        }
    }

    /// The items of a list of maps, or the one map that stands for it.
    pub(super) fn maps(&self, node: &'t Node) -> Maps<'t> {
        let mut found = Maps::new();
        self.collect_maps(node, &mut found);
        found
    }

    fn collect_maps(&self, node: &'t Node, found: &mut Maps<'t>) {
        match self.value(node) {
            Err(error) => found.push(Err(error)),
            Ok(Value::Nothing) => {}
            Ok(Value::Node(node)) => match &node.kind {
                Kind::Map(_) => found.push(Ok(node)),
                Kind::List(items) => items.iter().for_each(|item| self.collect_maps(item, found)),
                _ => found.push(fault(node, "a map belongs here")),
            },
            Ok(_) => found.push(Err(Fault {
                why: "a map belongs here".into(),
                place: node.place.clone(),
            })),
        }
    }
}

/// How many conditions may stand one on the other.
const MAX_CHAIN: usize = 100;
