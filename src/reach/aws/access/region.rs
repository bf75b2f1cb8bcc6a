//! Everything that a case leaves open, tried out: which of it is allowed, in as few boxes as there are differences.
//!
//! What conditions compare with is finite, so that trying every combination is exact. Combinations with the same outcome become
//! one box, side by side in a fixed order of the keys: what is allowed decides the boxes, and not how a policy says it.

use super::case::Case;
use super::condition::{Fact, How, Test};
use super::judge::{Asked, Hearing, Reasons, Request, Verdict};
use super::origin::{self, Address, Origin};
use super::rule::Rule;
use super::value::Value;
use super::who::Who;

/// How many combinations are tried for one principal, action and resource. Templates that people write stay far below;
/// beyond, keys are taken to say what nobody can tell.
const MAX_COMBINATIONS: usize = 4096;

/// What is allowed: each side of a box is a list of origins or of values, and all combinations of them have one verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    /// Nothing for every origin.
    pub(super) origins: Vec<Origin>,
    /// The keys that must have some of their values, with these.
    pub(super) demands: Vec<(String, Vec<Fact>)>,
    pub(super) verdict: Verdict,
    pub(super) reasons: Reasons,
}

/// A key of the request and every value that makes a difference.
pub(super) struct Dimension {
    pub(super) key: String,
    pub(super) facts: Vec<Fact>,
}

/// What is known of the requests that are meant: what they may say of a key. Nothing for a key of which nothing is known.
pub(super) type Told<'a> = &'a dyn Fn(&str) -> Option<Vec<Fact>>;

/// What is left open by a case, and all of it that is allowed.
pub(super) fn allowed(case: &Case<'_>) -> Vec<Cell> {
    allowed_of(case, &|_| None)
}

/// What is allowed of the requests of which something is told.
pub(super) fn allowed_of(case: &Case<'_>, told: Told<'_>) -> Vec<Cell> {
    let origins = if matches!(case.asker.who, Who::Service(_)) {
        // Services call from their own network.
        vec![Origin::Addresses(Address::Rest)]
    } else {
        origin::origins(case.rules(), case.endpoints())
    };
    allowed_from(case, &origins, told)
}

/// What is allowed of the requests that come from some origins.
pub(super) fn allowed_from(case: &Case<'_>, origins: &[Origin], told: Told<'_>) -> Vec<Cell> {
    let most = MAX_COMBINATIONS / origins.len().max(1);
    let dimensions = dimensions(case.rules(), case.asker.who, told, most);
    let hearing = Hearing::new(case, origins, &dimensions);
    let sides: Vec<_> = dimensions
        .iter()
        .enumerate()
        .map(|(at, it)| hearing.alike(Asked::Dimension(at), it.facts.len()))
        .collect();
    let mut cells = Groups::with_room(origins.len());
    for (at, &like) in hearing
        .alike(Asked::Origin, origins.len())
        .iter()
        .enumerate()
    {
        cells.add(at, like, || {
            let mut request = Request {
                origin: at,
                values: Vec::with_capacity(sides.len()),
            };
            try_out(&hearing, &mut request, &sides)
        });
    }
    let mut all = Vec::new();
    for (positions, found) in cells.groups {
        let of_all = positions.len() == origins.len();
        let some = positions.iter().filter_map(|at| origins.get(*at).cloned());
        let origins: Vec<_> = if of_all { Vec::new() } else { some.collect() };
        for found in found {
            let sides = dimensions.iter().zip(&found.sides);
            let demands = sides.filter(|(dimension, side)| side.len() < dimension.facts.len());
            let demands = demands.map(|(dimension, side)| {
                let facts = side
                    .iter()
                    .filter_map(|at| dimension.facts.get(*at).cloned());
                (dimension.key.clone(), facts.collect())
            });
            all.push(Cell {
                origins: origins.clone(),
                demands: demands.collect(),
                verdict: found.verdict,
                reasons: found.reasons,
            });
        }
    }
    all
}

/// A box: for each dimension the positions of its values.
struct Found {
    sides: Vec<Vec<usize>>,
    verdict: Verdict,
    reasons: Reasons,
}

/// Tries out every value of the dimensions that are left: of each, `sides` has what [`Hearing::alike`] says.
fn try_out(hearing: &Hearing<'_>, request: &mut Request, sides: &[Vec<usize>]) -> Vec<Found> {
    let Some((first, rest)) = sides.split_first() else {
        let found = hearing.judge(request).map(|(verdict, reasons)| Found {
            sides: Vec::with_capacity(request.values.len()),
            verdict,
            reasons,
        });
        return found.into_iter().collect();
    };
    let mut groups = Groups::with_room(first.len());
    for (at, &like) in first.iter().enumerate() {
        groups.add(at, like, || {
            request.values.push(at);
            let found = try_out(hearing, request, rest);
            request.values.pop();
            found
        });
    }
    let mut all = Vec::new();
    for (positions, mut found) in groups.groups {
        for found in &mut found {
            found.sides.insert(0, positions.clone());
        }
        if all.is_empty() {
            // Mostly there is no other one.
            all = found;
        } else {
            all.append(&mut found);
        }
    }
    all
}

/// The values of one side, those with the same outcome together.
struct Groups {
    groups: Vec<(Vec<usize>, Vec<Found>)>,
    /// The group of each value so far; nothing where nothing is allowed.
    of: Vec<Option<usize>>,
}

impl Groups {
    /// No groups, for so many values.
    fn with_room(values: usize) -> Self {
        Self {
            groups: Vec::new(),
            of: Vec::with_capacity(values),
        }
    }

    /// Adds the next value, `at`. What it leads to is not asked again when an earlier one, `like`, is like it.
    fn add(&mut self, at: usize, like: usize, found: impl FnOnce() -> Vec<Found>) {
        let group = match self.of.get(like) {
            Some(group) => *group,
            None => self.gather(found()),
        };
        if let Some((positions, _)) = group.and_then(|group| self.groups.get_mut(group)) {
            positions.push(at);
        }
        self.of.push(group);
    }

    /// The group of what a value leads to: that of the same outcome, or a new one.
    fn gather(&mut self, found: Vec<Found>) -> Option<usize> {
        if found.is_empty() {
            return None;
        }
        let same = |(_, known): &(Vec<usize>, Vec<Found>)| {
            known.len() == found.len()
                && known
                    .iter()
                    .zip(&found)
                    .all(|(one, other)| one.sides == other.sides && one.verdict == other.verdict)
        };
        let Some(group) = self.groups.iter().position(same) else {
            self.groups.push((Vec::new(), found));
            return Some(self.groups.len() - 1);
        };
        if let Some((_, known)) = self.groups.get_mut(group) {
            for (known, found) in known.iter_mut().zip(found) {
                known.reasons.extend(found.reasons);
            }
        }
        Some(group)
    }
}

/// The keys that a request may fill in as it likes, with the values that rules tell apart.
fn dimensions<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    who: &Who,
    told: Told<'_>,
    mut most: usize,
) -> Vec<Dimension> {
    let mut found: Vec<(&str, Vec<Fact>)> = Vec::new();
    for test in rules.flat_map(|rule| &rule.tests) {
        let told = told(&test.key);
        if told.is_none() && !is_free(&test.key) {
            continue;
        }
        let known = found.iter().position(|(key, _)| *key == test.key);
        let at = known.unwrap_or_else(|| {
            found.push((&test.key, Vec::new()));
            found.len() - 1
        });
        if let Some((_, facts)) = found.get_mut(at) {
            match told {
                Some(told) => facts.extend(told),
                None => push_facts(facts, test, who),
            }
        }
    }
    // A fixed order, of keys and of what they say.
    found.sort_unstable_by_key(|(key, _)| *key);
    let mut dimensions = Vec::with_capacity(found.len());
    for (key, mut facts) in found {
        facts.sort_unstable();
        facts.dedup();
        // What is left out is in no request, and so it is not understood there.
        if facts.len() > most {
            continue;
        }
        most /= facts.len().max(1);
        dimensions.push(Dimension {
            key: key.to_owned(),
            facts,
        });
    }
    dimensions
}

/// Adds what a request may say of the key of a condition, as far as the condition tells it apart.
fn push_facts(facts: &mut Vec<Fact>, test: &Test, who: &Who) {
    let of_services = matches!(test.key.as_str(), "aws:sourcearn" | "aws:sourceaccount");
    if of_services && !matches!(who, Who::Service(_)) {
        facts.push(Fact::Missing);
        return;
    }
    if !is_always_there(&test.key) {
        facts.push(Fact::Missing);
    }
    match test.operator.map(|operator| operator.how) {
        Some(How::Bool) => {
            facts.extend(["true", "false"].map(|text| Fact::Is(text.into())));
        }
        Some(How::Null) => facts.push(Fact::Is(Value::other())),
        _ => {
            let named = test.values.iter().filter(|value| !value.is_unread());
            facts.extend(named.map(|value| Fact::Is(value.specimen())));
            facts.push(Fact::Is(Value::other()));
        }
    }
}

/// Whether whoever asks, or what is asked for, decides what a key says, and whether that is one value.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(super) fn is_free(key: &str) -> bool {
    const KEYS: [&str; 5] = [
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "iam:passedtoservice",
        "sts:externalid",
    ];
    const FAMILIES: [&str; 7] = [
        "aws:requesttag/",
        "aws:resourcetag/",
        "ec2:",
        "kms:viaservice",
        "lambda:",
        "s3:",
        "sns:",
    ];
    KEYS.contains(&key) || FAMILIES.iter().any(|family| key.starts_with(family))
}

/// Whether every request has a key:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport>.
fn is_always_there(key: &str) -> bool {
    key == "aws:securetransport"
}
