//! Evaluates nodes and expressions: loops go round, and steps lead into values.

use std::rc::Rc;

use super::context::{Context, Loop, too_much};
use super::expression::{Expression, Step, Text};
use super::names::same;
use super::template::get;
use super::value::{Data, Key, Runtime, Value};
use crate::yaml::{self, Kind, Node};

/// How often a loop goes round at most:
/// <https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources#limits>.
const MAX_COPIES: i64 = 800;

impl Context<'_> {
    /// What a node comes to.
    pub(super) fn eval(&self, node: &Node, loops: &[Loop]) -> Value {
        if !self.spend(1, 0) {
            return Value::new(too_much(), &node.place);
        }
        let data = match &node.kind {
            Kind::String(text) => match self.shared.expressions.text(text) {
                // What stands there as it is, is shared.
                Text::Literal(whole) if whole.len() == text.len() => Data::Text(text.clone()),
                Text::Literal(text) => Data::Text(text.into()),
                Text::Expression(expression) => {
                    self.here.replace(node.place.clone());
                    self.expression(&expression, loops)
                }
                Text::Malformed(why) => {
                    Data::unknown(text, format!("the expression is not understood: {why}"))
                }
            },
            Kind::List(items) => {
                let items = items.iter().map(|item| self.eval(item, loops));
                Data::List(Rc::new(items.collect()))
            }
            Kind::Map(entries) => self.map(entries, loops),
            _ => return plain(node),
        };
        Value::new(data, &node.place)
    }

    /// An object. Its list `copy` makes properties that are lists
    /// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties>).
    fn map(&self, entries: &[(yaml::Key, Node)], loops: &[Loop]) -> Data {
        let mut made = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            match &node.kind {
                Kind::List(items) if is_copy(key, items) => {
                    for item in items {
                        made.push(self.copied_property(item, loops));
                    }
                }
                _ => made.push((self.key(key, loops), self.eval(node, loops))),
            }
        }
        Data::Map(Rc::new(made))
    }

    /// A key, which may be an expression as well.
    fn key(&self, key: &yaml::Key, loops: &[Loop]) -> Key {
        let text = match self.shared.expressions.text(&key.text) {
            Text::Expression(expression) => self.expression(&expression, loops).label(),
            Text::Literal(text) => text.into(),
            Text::Malformed(_) => key.text.as_str().into(),
        };
        Key::new(text, &key.place)
    }

    fn copied_property(&self, item: &Node, loops: &[Loop]) -> (Key, Value) {
        let name = get(item, "name");
        let place = name.map_or(&item.place, |name| &name.place);
        let key = Key::new(name.and_then(Node::as_text).unwrap_or_default(), place);
        (key, Value::new(self.copies(item, loops), &item.place))
    }

    /// The items that an entry of a list `copy` makes.
    pub(super) fn copies(&self, node: &Node, loops: &[Loop]) -> Data {
        let name = get(node, "name")
            .and_then(Node::as_text)
            .unwrap_or_default();
        let Some(input) = get(node, "input") else {
            return Data::unknown(name, "the loop has no `input`");
        };
        let count = match self.count(node, loops) {
            Ok(count) => count,
            Err(why) => return Data::unknown(name, why),
        };
        let items = (0..count).map(|index| self.eval(input, &with(loops, name, index)));
        Data::List(Rc::new(items.collect()))
    }

    /// How often a loop goes round.
    pub(super) fn count(&self, copy: &Node, loops: &[Loop]) -> Result<i64, String> {
        let Some(node) = get(copy, "count") else {
            return Err("the loop has no `count`".into());
        };
        match self.concrete(&self.eval(node, loops).data) {
            Data::Int(count @ 0..=MAX_COPIES) => Ok(count),
            Data::Int(_) => Err(format!("a loop goes round {MAX_COPIES} times at most")),
            Data::Unknown { why, .. } => Err(why),
            other => Err(format!("the `count` of a loop is {}", other.describe())),
        }
    }

    pub(super) fn expression(&self, expression: &Expression, loops: &[Loop]) -> Data {
        if !self.spend(1, 0) {
            return too_much();
        }
        match expression {
            Expression::Text(text) => Data::Text(text.clone()),
            Expression::Int(number) => Data::Int(*number),
            Expression::Call(name, arguments) => self.call(name, arguments, loops),
            Expression::Access(head, steps) => {
                let mut data = self.expression(head, loops);
                for step in steps {
                    let key = match step {
                        Step::Property(name) => Data::Text(name.clone()),
                        Step::Index(index) => self.expression(index, loops),
                    };
                    data = self.step(&data, &key);
                }
                data
            }
        }
    }

    /// What a step into a value leads to.
    fn step(&self, data: &Data, key: &Data) -> Data {
        let key = self.concrete(key);
        if let (Data::Pieces(pieces), Data::Int(at)) = (data, &key)
            && let Ok(at) = usize::try_from(*at)
        {
            return Data::Piece(Rc::clone(pieces), at);
        }
        if let (Data::Runtime(of), Some(name)) = (data, key.scalar()) {
            if !self.spend(of.path.len(), name.len()) {
                return too_much();
            }
            let mut of = Runtime::clone(of);
            of.path.push(name.into());
            return Data::Runtime(Rc::new(of));
        }
        let text = || format!("{}.{}", data.label(), key.label());
        if matches!(data, Data::Unknown { .. }) && !self.spend(1, text().len()) {
            return too_much();
        }
        match (self.concrete(data), &key) {
            (Data::Map(entries), Data::Text(name)) => {
                let found = entries.iter().find(|(known, _)| same(&known.text, name));
                match found {
                    Some((_, value)) => value.data.clone(),
                    None => Data::unknown(&text(), format!("there is no property `{name}`")),
                }
            }
            (Data::List(items), Data::Int(at)) => {
                let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
                match item {
                    Some(value) => value.data.clone(),
                    None => Data::unknown(&text(), format!("the list has no item {at}")),
                }
            }
            (Data::Unknown { why, .. }, _) => Data::unknown(&text(), why),
            (_, Data::Unknown { why, .. }) => Data::unknown(&text(), why.clone()),
            (other, _) => Data::unknown(&text(), format!("{} has no such part", other.describe())),
        }
    }
}

/// A node in which nothing is an expression.
pub(super) fn plain(node: &Node) -> Value {
    let data = match &node.kind {
        Kind::Null => Data::Null,
        Kind::Bool(value) => Data::Bool(*value),
        Kind::Int(number) => Data::Int(*number),
        Kind::String(text) => Data::Text(text.clone()),
        Kind::List(items) => Data::List(Rc::new(items.iter().map(plain).collect())),
        Kind::Map(entries) => {
            let entries = entries.iter();
            let entries =
                entries.map(|(key, node)| (Key::new(key.text.clone(), &key.place), plain(node)));
            Data::Map(Rc::new(entries.collect()))
        }
    };
    Value::new(data, &node.place)
}

/// The loops with another one inside.
pub(super) fn with(loops: &[Loop], name: &str, index: i64) -> Vec<Loop> {
    let mut loops = loops.to_vec();
    loops.push(Loop {
        name: name.to_ascii_lowercase(),
        index,
    });
    loops
}

fn is_copy(key: &yaml::Key, items: &[Node]) -> bool {
    key.text.eq_ignore_ascii_case("copy")
        && items
            .iter()
            .all(|item| get(item, "count").is_some() && get(item, "input").is_some())
}
