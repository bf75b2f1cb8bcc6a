//! Everything that can be changed in a text, one thing at a time.

use std::collections::BTreeMap;
use std::ops::Range;

use super::change::{Change, changed, other_keys};
use super::references::{References, written};
use super::tree::{Child, Group, Kind, Scalar, Sort, Tree};
use super::{Format, unseen};

/// Another text in the place of a part of the template.
#[derive(Clone)]
struct Edit {
    span: Range<usize>,
    text: String,
}

/// A text with something changed.
pub(super) struct Mutant {
    /// Where, with the types of resources in the place of their names.
    pub(super) path: String,
    /// The resource.
    pub(super) name: String,
    pub(super) change: Change,
    /// What was there, and what is.
    told: String,
    edits: Vec<Edit>,
}

impl Mutant {
    /// The text with the change.
    pub(super) fn apply(&self, text: &str) -> String {
        apply(text, &self.edits)
    }

    /// The type of the resource, or the part of the text.
    pub(super) fn of_type(&self) -> &str {
        let mut steps = self.path.split('/');
        let first = steps.next().unwrap_or_default();
        match first {
            "Resources" | "resources" => steps.next().unwrap_or_default(),
            _ => first,
        }
    }

    pub(super) fn tell(&self) -> String {
        format!(
            "{:?} at {} ({}): {}",
            self.change, self.path, self.name, self.told
        )
    }
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut changed = text.to_owned();
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    for edit in edits {
        changed.replace_range(edit.span, &edit.text);
    }
    changed
}

/// What is copied with something changed: what each is one of many of.
const COPIED: [&str; 18] = [
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "SecurityGroupIngress/#",
    "SecurityGroupEgress/#",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::VPNConnectionRoute",
    "Statement/#",
    "securityRules/#",
    "routes/#",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_network_acl/ingress",
    "aws_network_acl/egress",
    "aws_route",
    "aws_vpn_connection_route",
    "azurerm_network_security_rule",
    "azurerm_route_table/route",
];

/// The numbers that say in which order rules are tried.
const ORDER: [&str; 4] = ["RuleNumber", "priority", "rule_number", "rule_no"];

/// What can be changed in a text.
pub(super) struct Mutants {
    /// The mutants, in the order of the text.
    pub(super) all: Vec<Mutant>,
    /// How many more there are at places that are not tried.
    pub(super) untried: usize,
}

/// The mutants of a text.
pub(super) fn mutants(format: Format, text: &str, root: &Tree) -> Mutants {
    let mut maker = Maker {
        format,
        text,
        untried: 0,
        references: References::of(format, root),
        path: Vec::new(),
        name: String::new(),
        resource: 0,
        found: Vec::new(),
        ordered: BTreeMap::new(),
    };
    maker.walk(root);
    maker.swap();
    Mutants {
        all: maker.found,
        untried: maker.untried,
    }
}

/// A number that says when a rule is tried.
struct Ordered {
    number: i64,
    /// What the rule does.
    effect: String,
    written: Range<usize>,
    path: String,
    name: String,
}

struct Maker<'t> {
    format: Format,
    text: &'t str,
    references: References,
    path: Vec<String>,
    name: String,
    /// Where the resource begins.
    resource: usize,
    found: Vec<Mutant>,
    untried: usize,
    /// The numbers by what they are tried for.
    ordered: BTreeMap<String, Vec<Ordered>>,
}

impl Maker<'_> {
    fn walk(&mut self, tree: &Tree) {
        match &tree.kind {
            Kind::Other => {}
            Kind::Scalar(scalar) => {
                for (change, other) in self.others(scalar) {
                    let told = format!("{} -> {other}", scalar.text);
                    self.add(change, told, vec![self.edit(scalar, &other)]);
                }
            }
            Kind::Group(group) => {
                self.order(group);
                for (at, child) in group.children.iter().enumerate() {
                    let outer = child
                        .name
                        .clone()
                        .map(|name| std::mem::replace(&mut self.name, name));
                    self.path.push(child.step.clone());
                    if self.path.len() == self.format.depth() {
                        self.resource = child.span.start;
                    }
                    self.leave_out(tree, group, at);
                    self.rekey(child);
                    if COPIED.iter().any(|end| self.path.join("/").ends_with(end)) {
                        self.copy(group, at, child);
                    }
                    self.walk(&child.value);
                    self.path.pop();
                    if let Some(outer) = outer {
                        self.name = outer;
                    }
                }
            }
        }
    }

    fn add(&mut self, change: Change, told: String, edits: Vec<Edit>) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if unseen::is_untried(self.format, &path) {
            self.untried += 1;
            return;
        }
        self.found.push(Mutant {
            path: self.path.join("/"),
            name: self.name.clone(),
            change,
            told,
            edits,
        });
    }

    fn edit(&self, scalar: &Scalar, other: &str) -> Edit {
        Edit {
            span: scalar.written.clone(),
            text: written(scalar.sort, self.format, other),
        }
    }

    /// Other values of a scalar.
    fn others(&self, scalar: &Scalar) -> Vec<(Change, String)> {
        let references = |all: Vec<String>| {
            let all = all.into_iter();
            all.map(|other| (Change::Reference, other)).collect()
        };
        match scalar.sort {
            Sort::Reference => references(self.references.others(&scalar.text)),
            Sort::Mixed => references(self.references.mixed(&scalar.text)),
            _ => {
                let key = self.path.iter().rev().find(|step| *step != "#");
                changed(key.map_or("", String::as_str), scalar)
            }
        }
    }

    /// Other keys in the place of a child's own.
    fn rekey(&mut self, child: &Child) {
        let Some((key, span)) = &child.key else {
            return;
        };
        for other in other_keys(key) {
            let quoted = self.text[span.clone()].starts_with('"') || other.contains(':');
            let text = if quoted {
                format!("\"{other}\"")
            } else {
                other.to_owned()
            };
            let edit = Edit {
                span: span.clone(),
                text,
            };
            self.add(Change::Key, format!("{key} -> {other}"), vec![edit]);
        }
    }

    fn leave_out(&mut self, tree: &Tree, group: &Group, at: usize) {
        let told = self.text[group.children[at].span.clone()].to_owned();
        let told = told.lines().next().unwrap_or_default().to_owned();
        if group.children.len() > 1 || !group.separated {
            let edit = Edit {
                span: group.cut(at),
                text: String::new(),
            };
            self.add(Change::LeftOut, told, vec![edit]);
        } else if let Some(empty) = group.empty {
            let edit = Edit {
                span: tree.span.clone(),
                text: empty.into(),
            };
            self.add(Change::Emptied, told, vec![edit]);
        }
    }

    /// The child twice, and something in the first one changed. It is tried before the one that it is a copy of.
    fn copy(&mut self, group: &Group, at: usize, child: &Child) {
        let mut scalars = Vec::new();
        inside(&child.value, &mut Vec::new(), &mut scalars);
        let start = child.span.start;
        let within = |edit: Edit| Edit {
            span: edit.span.start - start..edit.span.end - start,
            text: edit.text,
        };
        let mut always = Vec::new();
        let renames = child.renames.iter().cloned();
        always.extend(renames.map(|(span, text)| within(Edit { span, text })));
        let is_number = |steps: &[&str]| steps.last().is_some_and(|last| ORDER.contains(last));
        for (_, scalar) in scalars.iter().filter(|(steps, _)| is_number(steps)) {
            let number: i64 = scalar.text.parse().unwrap();
            always.push(within(self.edit(scalar, &(number - 1).to_string())));
        }
        let own = &self.text[child.span.clone()];
        let gap = self.gap(group, at);
        let depth = self.path.len();
        for (steps, scalar) in &scalars {
            let mut renames = child.renames.iter();
            let named = renames.any(|(span, _)| *span == scalar.written);
            if is_number(steps) || named {
                continue;
            }
            self.path
                .extend(steps.iter().map(|step| (*step).to_owned()));
            for (change, other) in self.others(scalar) {
                // What lets less pass adds nothing.
                if matches!(change, Change::Half | Change::Text) {
                    continue;
                }
                let mut edits = always.clone();
                edits.push(within(self.edit(scalar, &other)));
                let copy = format!("{}{gap}", apply(own, &edits));
                let told = format!("{change:?} {} -> {other}", scalar.text);
                let edit = Edit {
                    span: start..start,
                    text: copy,
                };
                self.add(Change::Copied, told, vec![edit]);
            }
            self.path.truncate(depth);
        }
    }

    /// What stands between two children.
    fn gap(&self, group: &Group, at: usize) -> String {
        if !group.separated {
            return "\n".into();
        }
        let span = |at: usize| group.children.get(at).map(|child| child.span.clone());
        let own = group.children[at].span.clone();
        if let Some(next) = span(at + 1) {
            return self.text[own.end..next.start].to_owned();
        }
        if let Some(before) = at.checked_sub(1).and_then(span) {
            return self.text[before.end..own.start].to_owned();
        }
        let line = self.text[..own.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.text[line..own.start];
        if before.trim() == "-" {
            format!("\n{before}")
        } else {
            ", ".into()
        }
    }

    /// Notes the number of a rule.
    fn order(&mut self, group: &Group) {
        let number = group
            .children
            .iter()
            .find(|child| ORDER.contains(&child.step.as_str()));
        let Some(Child { step, value, .. }) = number else {
            return;
        };
        let Kind::Scalar(scalar) = &value.kind else {
            return;
        };
        let field = |keys: &[&str]| {
            let mut children = group.children.iter();
            let found = children.find(|child| keys.contains(&child.step.as_str()));
            let text = found.and_then(|child| child.value.text());
            text.unwrap_or_default().to_owned()
        };
        // Rules of one list are tried one after the other; where they stand alone, each says which list it is of.
        let owner = match self.format {
            Format::CloudFormation => field(&["NetworkAclId"]) + &field(&["Egress"]),
            Format::TerraformAzurerm => {
                field(&["network_security_group_name"]) + &field(&["direction"])
            }
            _ => format!(
                "{} {:?} {}",
                self.path.join("/"),
                self.resource,
                field(&["direction"])
            ),
        };
        let path = format!("{}/{step}", self.path.join("/"));
        self.ordered.entry(owner).or_default().push(Ordered {
            number: scalar.text.parse().unwrap(),
            effect: field(&["RuleAction", "access", "action", "rule_action"]),
            written: scalar.written.clone(),
            path,
            name: self.name.clone(),
        });
    }

    /// Swaps the numbers of neighbours that do not do the same.
    fn swap(&mut self) {
        for mut rules in std::mem::take(&mut self.ordered).into_values() {
            rules.sort_by_key(|rule| rule.number);
            for (at, rule) in rules.iter().enumerate() {
                let others = rules[at + 1..].iter();
                let Some(next) = others.into_iter().find(|next| next.effect != rule.effect) else {
                    continue;
                };
                let number = |span: &Range<usize>, number: i64| Edit {
                    span: span.clone(),
                    text: number.to_string(),
                };
                self.found.push(Mutant {
                    path: rule.path.clone(),
                    name: rule.name.clone(),
                    change: Change::Swapped,
                    told: format!("{} <-> {} of {}", rule.number, next.number, next.name),
                    edits: vec![
                        number(&rule.written, next.number),
                        number(&next.written, rule.number),
                    ],
                });
            }
        }
    }
}

/// The scalars of a tree with the keys that they stand at.
fn inside<'t>(
    tree: &'t Tree,
    path: &mut Vec<&'t str>,
    found: &mut Vec<(Vec<&'t str>, &'t Scalar)>,
) {
    if let Kind::Scalar(scalar) = &tree.kind {
        found.push((path.clone(), scalar));
    }
    for child in tree.children() {
        path.push(&child.step);
        inside(&child.value, path, found);
        path.pop();
    }
}
