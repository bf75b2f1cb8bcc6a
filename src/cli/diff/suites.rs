//! What changes, for pipelines: a suite for each difference, in it a case for each change, and one for each kind that there is not.

use std::collections::HashMap;

use clap::ValueEnum;

use super::super::reach::line;
use super::super::template::Template;
use super::Change;
use super::difference::{Difference, blocks};
use crate::cloud::Unknown;
use crate::diag::{Code, Diagnostic, Place};
use crate::findings::{Case, Finding, Severity, Suite};
use crate::reach::words::Found;

/// The suite of a difference. `fail_on` are the changes that end the command with 1; any does when nothing is said.
pub(super) fn of(name: Option<&str>, difference: &Difference, fail_on: &[Change]) -> Suite {
    let between = || {
        let (old, new) = (&difference.old.name, &difference.new.name);
        format!("{old} -> {new}")
    };
    let told = Telling {
        name: name.map_or_else(between, ToOwned::to_owned),
        resources: Resources::of(&difference.new),
        difference,
        fail_on,
    };
    let kinds = Change::value_variants().iter();
    let cases = kinds.flat_map(|&kind| {
        let cases = told.cases(kind);
        if cases.is_empty() {
            vec![Case::good(kind.never())]
        } else {
            cases
        }
    });
    Suite {
        cases: cases.collect(),
        name: told.name.clone(),
    }
}

/// A change of some kind, as it was found.
struct Changed {
    /// What it is about: a flow, a guarantee, a subnet or a resource.
    about: String,
    place: Option<Place>,
    others: Vec<Place>,
    help: Option<String>,
}

impl Changed {
    fn of(about: String, place: Option<Place>) -> Self {
        Self {
            about,
            place,
            others: Vec::new(),
            help: None,
        }
    }
}

/// Where the resources of a template stand: there may be many, and as many changes.
struct Resources {
    /// By type and name, as changes have them.
    by_name: HashMap<String, Place>,
    /// Subnets, by name alone.
    subnets: HashMap<String, Place>,
}

impl Resources {
    fn of(template: &Template) -> Self {
        let (mut by_name, mut subnets) = (HashMap::new(), HashMap::new());
        for (resource, place) in template.standing().iter().zip(template.places()) {
            if resource.subnet.is_some() {
                let name = resource.id.path.join("/");
                subnets.entry(name).or_insert_with(|| place.clone());
            }
            by_name.entry(resource.to_string()).or_insert(place);
        }
        Self { by_name, subnets }
    }
}

struct Telling<'a> {
    name: String,
    resources: Resources,
    difference: &'a Difference,
    fail_on: &'a [Change],
}

impl Telling<'_> {
    fn cases(&self, kind: Change) -> Vec<Case> {
        let changed = self.changed(kind).into_iter();
        changed.map(|it| self.case(kind, it)).collect()
    }

    fn case(&self, kind: Change, changed: Changed) -> Case {
        let message = format!("{}: {}", kind.word(), changed.about);
        let mut what = Diagnostic::new(kind.code(), message.clone());
        // What a stack becomes stands in no file: its changes are told where the stack begins.
        let stack = self.difference.stack.as_ref();
        let planned = stack.filter(|_| self.difference.is_planned);
        what.primary = match planned {
            Some((_, place)) => Some(place.clone()),
            None => changed.place.or_else(|| self.somewhere()),
        };
        if planned.is_none() {
            let others = changed.others.into_iter();
            let label = "passes by this as well".to_owned();
            what.secondary = others.map(|it| (it, label.clone())).collect();
        }
        what.help = changed.help;
        let fails = kind.fails(self.fail_on);
        let finding = Finding {
            severity: kind.severity(self.fail_on),
            fails,
            what,
            pattern: stack.map(|(pattern, _)| pattern.clone()),
            object: format!("{} {}", self.name, changed.about),
        };
        Case::bad(message, finding)
    }

    /// Where the new template begins, or the old one where there is no new one.
    fn somewhere(&self) -> Option<Place> {
        let stack = self
            .difference
            .stack
            .as_ref()
            .map(|(_, place)| place.clone());
        let old = || self.difference.old.start();
        self.difference.new.start().or_else(old).or(stack)
    }

    /// The changes of one kind.
    fn changed(&self, kind: Change) -> Vec<Changed> {
        let (it, resources) = (self.difference, &self.difference.resources);
        match kind {
            Change::Opened => it.opened.iter().map(|flow| self.opened(flow)).collect(),
            // The rules that let it pass are gone with the old text: their lines mean something else now.
            Change::Closed => nowhere(it.closed.iter().map(words)),
            Change::Lost => nowhere(it.lost.iter().cloned()),
            Change::Gained => nowhere(it.gained.iter().cloned()),
            Change::Removed => nowhere(resources.removed.iter().cloned()),
            Change::Changed => self.resources(&resources.changed),
            Change::Added => self.resources(&resources.added),
            Change::Replaced => {
                let replaced = resources.replaced.iter();
                let replaced = replaced.map(|(name, property)| self.replaced(name, property));
                replaced.collect()
            }
            Change::Moved => {
                let moved = resources.moved.iter();
                let moved = moved.map(|(subnet, from, to)| self.moved(subnet, from, to));
                moved.collect()
            }
            Change::Unknown => it.unknown.iter().map(|it| self.unknown(it)).collect(),
        }
    }

    /// A flow with the rules that let it pass.
    fn opened(&self, flow: &Found) -> Changed {
        let template = &self.difference.new;
        let rules = template.rules(&flow.reasons).into_iter();
        let mut places = rules.map(|rule| rule.place);
        let why = template.descriptions(&flow.reasons);
        Changed {
            about: words(flow),
            place: places.next(),
            others: places.collect(),
            help: Some(why).filter(|why| !why.is_empty()),
        }
    }

    fn replaced(&self, name: &str, property: &str) -> Changed {
        let property = property.replace('_', " ");
        Changed {
            help: Some(format!("its {property} cannot change where it stands")),
            ..self.resource(name)
        }
    }

    fn moved(&self, subnet: &str, from: &[String], to: &[String]) -> Changed {
        let place = self.resources.subnets.get(subnet).cloned();
        Changed::of(
            format!("{subnet}  {} -> {}", blocks(from), blocks(to)),
            place,
        )
    }

    /// What is not understood, where it is in the new template.
    fn unknown(&self, unknown: &Unknown) -> Changed {
        let about = format!("{} ({}): {}", unknown.name, unknown.what, unknown.why);
        let place = Some(unknown.place.clone());
        Changed::of(about, place.filter(|it| self.difference.new.holds(it)))
    }

    fn resources(&self, names: &[String]) -> Vec<Changed> {
        names.iter().map(|name| self.resource(name)).collect()
    }

    /// A resource by its name, where the new template has it.
    fn resource(&self, name: &str) -> Changed {
        Changed::of(name.to_owned(), self.resources.by_name.get(name).cloned())
    }
}

/// Changes that no part of the new template shows.
fn nowhere(about: impl Iterator<Item = String>) -> Vec<Changed> {
    about.map(|it| Changed::of(it, None)).collect()
}

/// A flow in one line.
fn words(flow: &Found) -> String {
    line(flow).trim_end().to_owned()
}

impl Change {
    fn code(self) -> Code {
        match self {
            Self::Opened => Code::FlowOpened,
            Self::Unknown => Code::NotUnderstood,
            Self::Lost => Code::GuaranteeLost,
            Self::Closed => Code::FlowClosed,
            Self::Moved => Code::SubnetMoved,
            Self::Replaced => Code::ResourceReplaced,
            Self::Removed => Code::ResourceRemoved,
            Self::Changed => Code::ResourceChanged,
            Self::Added => Code::ResourceAdded,
            Self::Gained => Code::GuaranteeGained,
        }
    }

    /// What is said of such a change.
    fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Unknown => "not understood",
            Self::Lost => "guarantee lost",
            Self::Closed => "closed",
            Self::Moved => "subnet moved",
            Self::Replaced => "made anew by the cloud",
            Self::Removed => "removed",
            Self::Changed => "changed where it stands",
            Self::Added => "added",
            Self::Gained => "guarantee gained",
        }
    }

    /// What is said when there is no such change.
    fn never(self) -> &'static str {
        match self {
            Self::Opened => "nothing is opened",
            Self::Unknown => "everything is understood",
            Self::Lost => "no guarantee is lost",
            Self::Closed => "nothing is closed",
            Self::Moved => "no subnet moves",
            Self::Replaced => "no resource is made anew",
            Self::Removed => "no resource goes",
            Self::Changed => "no resource changes where it stands",
            Self::Added => "no resource comes",
            Self::Gained => "no guarantee is new",
        }
    }

    /// How bad it is. Who says what fails says what is an error: what is named is one, and nothing else.
    fn severity(self, fail_on: &[Self]) -> Severity {
        let severity = match self {
            Self::Opened | Self::Unknown | Self::Lost => Severity::Error,
            Self::Closed | Self::Moved | Self::Replaced => Severity::Warning,
            Self::Removed | Self::Changed | Self::Added | Self::Gained => Severity::Note,
        };
        if fail_on.is_empty() {
            severity
        } else if fail_on.contains(&self) {
            Severity::Error
        } else {
            severity.min(Severity::Warning)
        }
    }
}
