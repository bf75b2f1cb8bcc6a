//! What parts of a pattern were called in its earlier versions.
//!
//! A name is how a ledger knows a block and a template a resource. Where a pattern says what a name was before, both stay what
//! they are.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::fields::Fields;
use super::name::{WORD, check_word};
use super::parameter::Parameter;
use super::pattern::Body;
use super::shape::{Key, Shape, Table};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Kind, Node};

/// `renamed:` of a pattern.
pub(super) static RENAMES: Table = Table {
    what: "`renamed`",
    keys: &[
        Key::may("subnets", NAMES, "What subnets were called before."),
        Key::may("tiers", NAMES, "What tiers were called before."),
        Key::may("services", NAMES, "What services were called before."),
        Key::may("parameters", NAMES, "What parameters were called before."),
    ],
};

/// A former name, and the one behind it that came after.
const NAMES: Shape = Shape::Named(WORD, &Shape::Form(WORD));

/// The names that parts of a pattern had before, by the kind of part.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Renames {
    /// Of subnets.
    pub subnets: Former,
    /// Of tiers.
    pub tiers: Former,
    /// Of services.
    pub services: Former,
    /// Of parameters.
    pub parameters: Former,
}

impl Renames {
    /// Whether every name is what it always was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let kinds = [&self.subnets, &self.tiers, &self.services, &self.parameters];
        kinds.iter().all(|it| it.now.is_empty())
    }

    /// Reads `renamed:` of a pattern. Each name that is given must be one of today, or one that was given up later.
    pub(super) fn read(
        node: &Node,
        body: &Body,
        parameters: &IndexMap<String, Parameter>,
        diags: &mut Diagnostics,
    ) -> Option<Self> {
        let mut fields = Fields::open(node, &RENAMES, diags)?;
        let subnets = fields.get("subnets");
        let tiers = fields.get("tiers");
        let services = fields.get("services");
        let given = fields.get("parameters");
        fields.finish(diags);
        let parameters = parameters.keys().map(String::as_str).collect();
        Some(Self {
            subnets: Former::read(
                subnets,
                "subnet",
                &names(body.network.get("subnets")),
                diags,
            ),
            tiers: Former::read(tiers, "tier", &names(body.tiers.as_ref()), diags),
            services: Former::read(services, "service", &names(body.services.as_ref()), diags),
            parameters: Former::read(given, "parameter", &parameters, diags),
        })
    }
}

/// The names in a map of a pattern, those of parts that some stacks leave out among them.
fn names(node: Option<&Node>) -> BTreeSet<&str> {
    match node.map(|node| &node.kind) {
        Some(Kind::Map(entries)) => entries.iter().map(|(key, _)| key.text.as_str()).collect(),
        _ => BTreeSet::new(),
    }
}

/// Names that parts of one kind had before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Former {
    /// The name that came after each: one of today, or one that was given up later.
    now: BTreeMap<String, String>,
}

impl Former {
    /// What is called today what was called `name` once.
    #[must_use]
    pub fn today(&self, name: &str) -> Option<&str> {
        // INVARIANT: `read` refuses names that lead round in a circle.
        let mut today = self.now.get(name)?;
        while let Some(later) = self.now.get(today) {
            today = later;
        }
        Some(today)
    }

    /// What was called before `name`, and became it.
    #[must_use]
    pub fn before(&self, name: &str) -> Option<&str> {
        let mut pairs = self.now.iter();
        let (before, _) = pairs.find(|(_, now)| *now == name)?;
        Some(before)
    }

    fn read(
        node: Option<&Node>,
        what: &str,
        names: &BTreeSet<&str>,
        diags: &mut Diagnostics,
    ) -> Self {
        let entries = node.and_then(|node| node.entries(diags));
        let entries = entries.unwrap_or_default();
        let olds: BTreeSet<&str> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
        let mut former = Self::default();
        let mut taken: BTreeMap<&str, &Place> = BTreeMap::new();
        for (old, node) in entries {
            let Some(new) = node.text(diags) else {
                continue;
            };
            if let Err(wrong) = check(old, node, what, names, &olds) {
                diags.push(wrong);
            } else if let Some(first) = taken.insert(new, &node.place) {
                let message = format!("two {what}s became `{new}`");
                let wrong = Diagnostic::new(Code::InvalidName, message).at(node.place.clone());
                let wrong = wrong.also(first.clone(), "the other one");
                diags.push(wrong.help("only one of them can be the same thing under another name"));
            } else {
                former
                    .now
                    .insert(old.text.as_str().to_owned(), new.to_owned());
            }
        }
        former.refuse_circles(entries, what, diags);
        former
    }

    /// Refuses names of which none is one of today.
    fn refuse_circles(
        &mut self,
        entries: &[(crate::yaml::Key, Node)],
        what: &str,
        diags: &mut Diagnostics,
    ) {
        for (old, node) in entries {
            let mut name = old.text.as_str();
            let steps = self.now.len();
            let ends = (0..=steps).any(|_| match self.now.get(name) {
                Some(next) => {
                    name = next;
                    false
                }
                None => true,
            });
            if !ends {
                let message = format!("`{}` leads back to itself", old.text);
                let wrong = Diagnostic::new(Code::InvalidName, message).at(node.place.clone());
                diags.push(wrong.help(format!("the last name must be that of a {what}")));
                self.now.remove(old.text.as_str());
            }
        }
    }
}

fn check(
    old: &crate::yaml::Key,
    node: &Node,
    what: &str,
    names: &BTreeSet<&str>,
    olds: &BTreeSet<&str>,
) -> Result<(), Diagnostic> {
    check_word(&old.text, &format!("a {what}"), &old.place)?;
    if names.contains(old.text.as_str()) {
        let message = format!("`{}` is the name of a {what}", old.text);
        return Err(Diagnostic::new(Code::InvalidName, message)
            .at(old.place.clone())
            .help("what was renamed is not there any more under its old name"));
    }
    let new = node.as_text().unwrap_or_default();
    if !names.contains(new) && !olds.contains(new) {
        let mut known: Vec<_> = names.iter().copied().collect();
        known.sort_unstable();
        let message = format!("there is no {what} `{}`", crate::yaml::shorten(new));
        let help = crate::yaml::nearest(new, known.iter().copied()).map_or_else(
            || format!("write what it was called, and behind it the name of a {what} of today"),
            |meant| format!("did you mean `{meant}`?"),
        );
        return Err(Diagnostic::new(Code::UnknownReference, message)
            .at(node.place.clone())
            .help(help));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::spec::Pattern;

    /// A pattern with the subnets `app` and `db`, with this below `renamed`.
    fn read(renamed: &str) -> Result<Renames, String> {
        let text = format!(
            "pattern: a\nversion: 1.0.0\nstate: draft\ntitle: A\nsummary: A.\ncloud: aws\nsources: []\nparameters: {{ size: {{ type: integer, \
             default: 1, help: A. }} }}\nnetwork: {{ cidr: 10.0.0.0/16, subnets: {{ app: {{ hosts: 5 }}, db: {{ hosts: 5, when: $size }} }} }}\n\
             flows: []\nrenamed: {renamed}\n"
        );
        let node = crate::yaml::read(&Source::new("a.yaml", &text)).unwrap();
        let pattern = Pattern::read(&node);
        pattern.map(|it| it.renamed).map_err(|wrong| {
            let wrong = wrong.iter().map(|it| {
                let text = it.primary.as_ref().map_or("", |place| place.text());
                format!("{text}: {}", it.message)
            });
            wrong.collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn a_name_leads_to_that_of_today_and_back_one_by_one() {
        let renames = read("{ subnets: { web: front, front: app }, parameters: { hosts: size } }");
        let renames = renames.unwrap();
        assert_eq!(renames.subnets.today("web"), Some("app"));
        assert_eq!(renames.subnets.today("front"), Some("app"));
        assert_eq!(renames.subnets.today("app"), None);
        assert_eq!(renames.subnets.before("app"), Some("front"));
        assert_eq!(renames.subnets.before("front"), Some("web"));
        assert_eq!(renames.subnets.before("web"), None);
        assert_eq!(renames.parameters.today("hosts"), Some("size"));
        assert!(!renames.is_empty());
        assert!(Renames::default().is_empty());
    }

    #[test]
    fn what_is_no_rename_is_refused_where_it_stands() {
        for (renamed, wrong) in [
            (
                "{ subnets: { db: app } }",
                "db: `db` is the name of a subnet",
            ),
            ("{ subnets: { web: ap } }", "ap: there is no subnet `ap`"),
            ("{ tiers: { web: app } }", "app: there is no tier `app`"),
            (
                "{ subnets: { web: app, front: app } }",
                "app: two subnets became `app`",
            ),
            (
                "{ subnets: { web: front, front: web } }",
                "front: `web` leads back to itself",
            ),
            (
                "{ subnets: { Web: app } }",
                "Web: `Web` is no name for a subnet",
            ),
            ("{ flows: {} }", "flows: `renamed` has no key `flows`"),
        ] {
            assert_eq!(read(renamed).unwrap_err(), wrong, "{renamed}");
        }
    }
}
