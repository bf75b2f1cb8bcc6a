//! Reads typed values out of a pattern's body, with the stack's values in place.

use std::net::IpAddr;
use std::str::FromStr;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::{Cidr, Ports, Traffic};
use crate::plan::Bound;
use crate::spec::{Fields, Key, Resolved, Scope, Shape, Table, UNLESS, WHEN, Within, words};
use crate::yaml::{Kind, Node};

/// A value with a condition. What `value` may be, the place says where it stands.
pub static CONDITIONAL: Table = Table {
    what: "a value with a condition",
    keys: &[
        Key::must("value", Shape::Body, "The value, when the condition holds."),
        WHEN,
        UNLESS,
    ],
};

/// A scope, and the errors found so far.
pub(super) struct Reader<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) diags: Diagnostics,
}

impl<'a> Reader<'a> {
    pub(super) fn new(scope: &'a Scope<'a>, diags: Diagnostics) -> Self {
        Self { scope, diags }
    }

    /// Opens a map whose keys are known words.
    pub(super) fn open<'n>(&mut self, node: &'n Node, table: &'static Table) -> Option<Fields<'n>> {
        Fields::open(node, table, &mut self.diags)
    }

    /// Reports what is unknown or missing in a map.
    pub(super) fn finish(&mut self, fields: Fields<'_>) {
        fields.finish(&mut self.diags);
    }

    /// Whether the part with these fields is there at all.
    pub(super) fn active(&mut self, fields: &mut Fields<'_>) -> bool {
        self.scope.active(fields, &mut self.diags)
    }

    pub(super) fn push(
        &mut self,
        code: Code,
        message: impl Into<String>,
        place: &Place,
        help: impl Into<String>,
    ) {
        let diagnostic = Diagnostic::new(code, message).at(place.clone()).help(help);
        self.diags.push(diagnostic);
    }

    /// The value that stands here: the node itself, or `value` of a map with a condition that holds.
    fn conditional<'n>(&mut self, node: &'n Node) -> Option<&'n Node> {
        if !matches!(node.kind, Kind::Map(_)) {
            return Some(node);
        }
        let mut fields = self.open(node, &CONDITIONAL)?;
        let value = fields.get("value");
        let active = self.active(&mut fields);
        self.finish(fields);
        value.filter(|_| active)
    }

    /// Where the value was given that stands here, with a condition or without.
    pub(super) fn origin(&self, node: &Node) -> Place {
        let value = match &node.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.text == "value"),
            _ => None,
        };
        self.scope.origin(value.map_or(node, |(_, value)| value))
    }

    /// A text that is known now.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        let node = self.conditional(node)?;
        self.scope.one(node, &mut self.diags)
    }

    /// A value with a parser, known now.
    pub(super) fn parse<T: FromStr>(&mut self, node: &Node, what: &str) -> Option<T> {
        let text = self.text(node)?;
        let value = text.parse().ok();
        if value.is_none() {
            let place = self.scope.origin(node);
            let message = format!("`{}` is not {what}", crate::yaml::shorten(&text));
            self.diags
                .push(Diagnostic::new(Code::WrongType, message).at(place));
        }
        value
    }

    /// A whole number between two bounds, both included.
    pub(super) fn number<T: FromStr + TryInto<i64> + Copy + std::fmt::Display>(
        &mut self,
        node: &Node,
        within: Within,
    ) -> Option<T> {
        let Within { min, max } = within;
        let number: T = self.parse(node, "a whole number in range")?;
        if number
            .try_into()
            .is_ok_and(|it: i64| (min..=max).contains(&it))
        {
            return Some(number);
        }
        let place = self.scope.origin(node);
        self.push(
            Code::OutOfRange,
            format!("{number} is out of range"),
            &place,
            format!("it must be from {min} to {max}"),
        );
        None
    }

    pub(super) fn boolean(&mut self, node: &Node) -> Option<bool> {
        self.parse(node, "`true` or `false`")
    }

    /// Texts that are known now; none when their condition does not hold.
    pub(super) fn texts(&mut self, node: &Node) -> Vec<String> {
        let node = self.conditional(node);
        node.and_then(|node| self.scope.known(node, &mut self.diags))
            .unwrap_or_default()
    }

    /// CIDR blocks that are known now.
    pub(super) fn cidrs(&mut self, node: &Node) -> Vec<Cidr> {
        let items = self.texts(node);
        self.parse_cidrs(&items, node)
    }

    /// CIDR blocks that are written at `node`.
    pub(super) fn parse_cidrs(&mut self, items: &[String], node: &Node) -> Vec<Cidr> {
        let mut cidrs = Vec::with_capacity(items.len());
        for item in items {
            match item.parse() {
                Ok(cidr) => cidrs.push(cidr),
                Err(error) => {
                    let error: crate::net::CidrError = error;
                    self.push(
                        Code::InvalidCidr,
                        error.to_string(),
                        &node.place,
                        "right would be a block such as `10.0.0.0/16`",
                    );
                }
            }
        }
        cidrs
    }

    /// A text that is known now, or given by the deployer.
    pub(super) fn bound_text(&mut self, node: &Node) -> Option<Bound<String>> {
        let node = self.conditional(node)?;
        match self.scope.resolve(node, &mut self.diags)? {
            Resolved::Deploy(name) => Some(Bound::Deploy(name)),
            Resolved::Known(mut items) if items.len() == 1 => items.pop().map(Bound::Known),
            Resolved::Known(_) => {
                self.diags.push(node.wrong_type("one value"));
                None
            }
        }
    }

    /// Texts that are known now, or given by the deployer.
    pub(super) fn bound_list(&mut self, node: &Node) -> Option<Bound<Vec<String>>> {
        let node = self.conditional(node)?;
        match self.scope.resolve(node, &mut self.diags)? {
            Resolved::Deploy(name) => Some(Bound::Deploy(name)),
            Resolved::Known(items) => Some(Bound::Known(items)),
        }
    }

    /// CIDR blocks that are known now, or given by the deployer.
    pub(super) fn bound_cidrs(&mut self, node: &Node) -> Option<Bound<Vec<Cidr>>> {
        match self.bound_list(node)? {
            Bound::Deploy(name) => Some(Bound::Deploy(name)),
            Bound::Known(items) => Some(Bound::Known(self.parse_cidrs(&items, node))),
        }
    }

    /// An address that is known now, or given by the deployer.
    pub(super) fn bound_address(&mut self, node: &Node) -> Option<Bound<IpAddr>> {
        match self.bound_text(node)? {
            Bound::Deploy(name) => Some(Bound::Deploy(name)),
            Bound::Known(text) => {
                let address = text.parse().ok();
                if address.is_none() {
                    self.diags.push(node.wrong_type("an IP address"));
                }
                address.map(Bound::Known)
            }
        }
    }

    /// The name of the deploy-time parameter that stands here, for what no pattern can know.
    pub(super) fn deploy_name(&mut self, node: &Node) -> Option<String> {
        match self.bound_text(node)? {
            Bound::Deploy(name) => Some(name),
            Bound::Known(_) => {
                self.diags.push(
                    node.wrong_type("a parameter that is bound when the template is deployed"),
                );
                None
            }
        }
    }

    /// Traffic to one port, as a probe asks for.
    pub(super) fn probe(&mut self, node: &Node) -> Option<Traffic> {
        let traffic: Traffic = self.parse(node, "a TCP port such as `tcp/443`")?;
        if matches!(traffic, Traffic::Tcp(ports) if ports == Ports::one(ports.from())) {
            return Some(traffic);
        }
        self.diags
            .push(node.wrong_type("one TCP port such as `tcp/443`"));
        None
    }

    /// One of `words`, known now.
    pub(super) fn word<T: Copy, const N: usize>(
        &mut self,
        node: &Node,
        known: &[(&'static str, T); N],
        what: &str,
    ) -> Option<T> {
        let text = self.text(node)?;
        let found = known.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let place = self.scope.origin(node);
            self.diags.push(crate::spec::unknown_word(
                &text,
                &words(known),
                what,
                &place,
            ));
        }
        found.map(|(_, value)| *value)
    }
}
