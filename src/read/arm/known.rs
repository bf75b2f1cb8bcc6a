//! Values that must be known, and types of resources that let nothing pass.

use std::rc::Rc;

use smol_str::SmolStr;

use super::context::Context;
use super::names;
use super::value::{Data, Result, Value};
use crate::cloud::Term;
use crate::diag::{Code, Diagnostic};
use crate::net::Cidr;
use crate::read::Unknown;
use crate::yaml::shorten;

/// Types of resources that are surely no end of any traffic and change no other resource's, with why. A name that ends in
/// `/` stands for every type of that provider.
const HARMLESS: [(&str, &str); 14] = [
    ("Microsoft.Authorization/locks", "keeps from being deleted"),
    ("Microsoft.Authorization/roleAssignments", "who may manage"),
    ("Microsoft.Resources/tags", "labels"),
    ("Microsoft.Insights/", "watches"),
    ("Microsoft.OperationalInsights/", "keeps logs"),
    ("Microsoft.OperationsManagement/", "reads logs"),
    ("Microsoft.ManagedIdentity/", "who a machine is"),
    ("Microsoft.Compute/availabilitySets", "where machines stand"),
    (
        "Microsoft.Compute/proximityPlacementGroups",
        "where machines stand",
    ),
    ("Microsoft.Compute/disks", "a disk has no address"),
    (
        "Microsoft.Compute/virtualMachines/extensions",
        "runs in a machine",
    ),
    (
        "Microsoft.Compute/virtualMachineScaleSets/extensions",
        "runs in a machine",
    ),
    ("Microsoft.Compute/sshPublicKeys", "who may log in"),
    ("Microsoft.DevTestLab/schedules", "when machines stop"),
];

/// Whether resources of a type let nothing pass.
pub(super) fn is_harmless(type_name: &str) -> bool {
    HARMLESS.iter().any(|(name, _)| {
        let start = type_name.get(..name.len());
        let is_whole = name.ends_with('/') || type_name.len() == name.len();
        is_whole && start.is_some_and(|start| start.eq_ignore_ascii_case(name))
    })
}

impl Context<'_> {
    pub(super) fn note(&self, unknown: Unknown) {
        self.shared.unknown.borrow_mut().push(unknown);
    }

    /// One value, which the template alone may not know.
    pub(super) fn term(&self, value: &Value) -> Result<Term> {
        match &value.data {
            Data::Term(term) => Ok(term.clone()),
            Data::Runtime(of) => match names::runtime(&of.id, &of.path) {
                Some(term) => Ok(term),
                None => value.fault("only the running resource knows it"),
            },
            data => match self.concrete(data) {
                Data::Unknown { why, .. } => value.fault(why),
                data => match data.scalar() {
                    Some(text) => Ok(Term::Text(text)),
                    None => value.fault(format!("one value belongs here, not {}", data.describe())),
                },
            },
        }
    }

    /// A known text; a parameter counts as its default.
    pub(super) fn text(&self, value: &Value) -> Result<SmolStr> {
        match self.concrete(&value.data) {
            Data::Unknown { why, .. } => value.fault(why),
            data => match data.scalar() {
                Some(text) => Ok(text),
                None => value.fault(format!("one value belongs here, not {}", data.describe())),
            },
        }
    }

    /// A whole number from 0 on.
    pub(super) fn number(&self, value: &Value) -> Result<u32> {
        match self.text(value)?.trim().parse() {
            Ok(number) => Ok(number),
            Err(_) => value.fault("a whole number belongs here"),
        }
    }

    /// The number of a port, or 0 where that means all of them.
    pub(super) fn port(&self, value: &Value) -> Result<u16> {
        match self.text(value)?.trim().parse() {
            Ok(number) => Ok(number),
            Err(_) => value.fault("the number of a port belongs here"),
        }
    }

    /// Yes or no.
    pub(super) fn boolean(&self, value: &Value) -> Result<bool> {
        let text = self.text(value)?;
        if text.eq_ignore_ascii_case("true") {
            Ok(true)
        } else if text.eq_ignore_ascii_case("false") {
            Ok(false)
        } else {
            value.fault("`true` or `false` belongs here")
        }
    }

    /// A block of addresses. What is written as one and is none, Azure refuses, and so do we.
    pub(super) fn cidr(&self, value: &Value) -> Result<Cidr> {
        let text = self.text(value)?;
        match text.trim().parse() {
            Ok(cidr) => Ok(cidr),
            Err(error) => {
                if matches!(value.data, Data::Text(_)) {
                    self.refuse_block(value, &text, &error.to_string());
                }
                value.fault("the value is no CIDR block")
            }
        }
    }

    pub(super) fn refuse_block(&self, value: &Value, text: &str, why: &str) {
        let message = format!("`{}` is no CIDR block: {why}", shorten(text));
        self.error(Diagnostic::new(Code::InvalidCidr, message).at(value.place.clone()));
    }

    /// The blocks in a list.
    pub(super) fn cidrs(&self, value: &Value) -> Result<Vec<Cidr>> {
        let items = self.list_of(value)?;
        items.iter().map(|item| self.cidr(item)).collect()
    }

    /// The texts in a list.
    pub(super) fn words(&self, value: &Value) -> Result<Vec<String>> {
        let items = self.list_of(value)?;
        let texts = items.iter().map(|item| Ok(self.text(item)?.into()));
        texts.collect()
    }

    /// The items of a list.
    pub(super) fn list_of(&self, value: &Value) -> Result<Rc<Vec<Value>>> {
        match self.concrete(&value.data) {
            Data::List(items) => Ok(items),
            Data::Unknown { why, .. } => value.fault(why),
            other => value.fault(format!("a list belongs here, not {}", other.describe())),
        }
    }

    /// An object.
    pub(super) fn object_of(&self, value: Value) -> Result<Value> {
        if matches!(value.data, Data::Map(_)) {
            return Ok(value);
        }
        match self.concrete(&value.data) {
            data @ Data::Map(_) => Ok(Value::new(data, &value.place)),
            Data::Unknown { why, .. } => value.fault(why),
            other => value.fault(format!("an object belongs here, not {}", other.describe())),
        }
    }
}
