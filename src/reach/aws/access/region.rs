//! Everything that a case leaves open, tried out: which of it is allowed, in as few boxes as there are differences.
//!
//! What conditions compare with is finite, so that trying every combination is exact. Combinations with the same outcome become
//! one box, side by side in a fixed order of the keys: what is allowed decides the boxes, and not how a policy says it.

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use super::case::Case;
use super::condition::{Fact, How, Test};
use super::judge::{Axis, Hearing, Outcome, Reasons, Verdict};
use super::origin::{self, Address, Origin};
use super::rule::Rule;
use super::value::Value;
use super::who::Who;
use crate::reach::grant::{Demand, Given};

/// How many combinations are tried for one principal, action and resource. Templates that people write stay far below;
/// beyond, keys are taken to say what nobody can tell.
const MAX_COMBINATIONS: usize = 4096;

/// What is allowed: each side of a box is a list of origins or of values, and all combinations of them have one verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    /// Nothing for every origin.
    pub(super) origins: Vec<Origin>,
    /// The keys that must have some of their values, with these.
    pub(super) demands: Vec<Arc<Demand>>,
    pub(super) verdict: Verdict,
    pub(super) reasons: Reasons,
}

/// A key of the request and every value that makes a difference.
pub(super) struct Dimension<'f> {
    pub(super) key: &'f str,
    pub(super) facts: Vec<Fact<'f>>,
}

/// What is known of the requests that are meant: what they may say of a key. Nothing for a key of which nothing is known.
pub(super) type Told<'t, 'f> = &'t dyn Fn(&str) -> Option<Vec<Fact<'f>>>;

/// What is left open by a case, and all of it that is allowed.
pub(super) fn allowed(case: &Case<'_>) -> Vec<Cell> {
    allowed_of(case, &|_| None)
}

/// What is allowed of the requests of which something is told.
pub(super) fn allowed_of<'f>(case: &Case<'f>, told: Told<'_, 'f>) -> Vec<Cell> {
    let origins = if matches!(case.asker.who, Who::Service(_)) {
        // Services call from their own network.
        vec![Origin::Addresses(Address::Rest)]
    } else {
        origin::origins(case.rules(), case.endpoints())
    };
    allowed_from(case, &origins, told)
}

/// What is allowed of the requests that come from some origins.
pub(super) fn allowed_from<'f>(
    case: &Case<'f>,
    origins: &[Origin],
    told: Told<'_, 'f>,
) -> Vec<Cell> {
    let most = MAX_COMBINATIONS / origins.len().max(1);
    let dimensions = dimensions(case.rules(), case.asker.who, told, most);
    let hearing = Hearing::new(case, origins, &dimensions);
    let mut boxes = Boxes {
        hearing: &hearing,
        origins,
        dimensions: &dimensions,
        chosen: SmallVec::new(),
        cells: Vec::new(),
    };
    boxes.cut(&hearing.axes, &hearing.outcomes());
    boxes.cells
}

/// What is allowed, while it is put together.
struct Boxes<'c> {
    hearing: &'c Hearing<'c>,
    origins: &'c [Origin],
    dimensions: &'c [Dimension<'c>],
    /// The values of the first axes that the next box has.
    chosen: SmallVec<[Side; 4]>,
    cells: Vec<Cell>,
}

/// Positions of values on one side of a box.
type Side = SmallVec<[usize; 4]>;

/// Values of one side with the same outcome.
struct Group<'o> {
    /// Their classes.
    classes: Side,
    /// What comes of each request that says one of them: the verdicts are those of every value, the reasons of all together.
    outcomes: Cow<'o, [Outcome]>,
}

impl Boxes<'_> {
    /// Adds the boxes of requests that the axes which are left tell apart, in the order of the values on these.
    fn cut(&mut self, left: &[Axis], outcomes: &[Outcome]) {
        let Some((axis, rest)) = left.split_first() else {
            let cell = outcomes.first().and_then(|it| self.cell(it));
            self.cells.extend(cell);
            return;
        };
        let each = outcomes.len() / axis.first.len().max(1);
        let mut groups: SmallVec<[Group<'_>; 4]> = SmallVec::new();
        for (class, outcomes) in outcomes.chunks_exact(each.max(1)).enumerate() {
            if outcomes.iter().all(|it| it.verdict.is_none()) {
                continue;
            }
            if let Some(group) = groups.iter_mut().find(|it| it.is_like(outcomes)) {
                group.add(class, outcomes);
            } else {
                groups.push(Group {
                    classes: SmallVec::from_slice(&[class]),
                    outcomes: Cow::Borrowed(outcomes),
                });
            }
        }
        for group in groups {
            let values = axis.class.iter().enumerate();
            let values = values.filter(|(_, class)| group.classes.contains(class));
            self.chosen.push(values.map(|(at, _)| at).collect());
            self.cut(rest, &group.outcomes);
            self.chosen.pop();
        }
    }

    /// The box of all values that are chosen.
    fn cell(&self, outcome: &Outcome) -> Option<Cell> {
        let verdict = outcome.verdict?;
        let (of_origin, of_keys) = self.chosen.split_first()?;
        let origins = if of_origin.len() == self.origins.len() {
            Vec::new()
        } else {
            let some = of_origin.iter().filter_map(|at| self.origins.get(*at));
            some.cloned().collect()
        };
        let sides = self.dimensions.iter().zip(of_keys);
        let demands = sides.filter(|(dimension, side)| side.len() < dimension.facts.len());
        let demands = demands.map(|(dimension, side)| {
            let facts = side.iter().filter_map(|at| dimension.facts.get(*at));
            Arc::new(Demand {
                key: dimension.key.to_owned(),
                values: facts.filter_map(given).collect(),
            })
        });
        Some(Cell {
            origins,
            demands: demands.collect(),
            verdict,
            reasons: self.hearing.reasons(&outcome.reasons),
        })
    }
}

impl Group<'_> {
    /// Whether the same comes of other requests, whatever allows them.
    fn is_like(&self, outcomes: &[Outcome]) -> bool {
        let mut pairs = self.outcomes.iter().zip(outcomes);
        pairs.all(|(own, other)| own.verdict == other.verdict)
    }

    /// Adds a class of values, of which the same comes.
    fn add(&mut self, class: usize, outcomes: &[Outcome]) {
        self.classes.push(class);
        for (own, other) in self.outcomes.to_mut().iter_mut().zip(outcomes) {
            own.reasons.add(&other.reasons);
        }
    }
}

/// What a demand says of a fact.
fn given(fact: &Fact<'_>) -> Option<Given> {
    match fact {
        Fact::Missing => Some(Given::Nothing),
        Fact::Is(value) => Some(Given::Value(value.to_term())),
        Fact::Are(_) | Fact::From(_) | Fact::MayBe(_) | Fact::Unread => None,
    }
}

/// The keys that a request may fill in as it likes, with the values that rules tell apart.
fn dimensions<'f>(
    rules: impl Iterator<Item = &'f Rule>,
    who: &Who,
    told: Told<'_, 'f>,
    mut most: usize,
) -> Vec<Dimension<'f>> {
    let mut found: Vec<(Dimension<'f>, bool)> = Vec::new();
    for test in rules.flat_map(|rule| &rule.tests) {
        let known = found.iter().position(|(known, _)| known.key == test.key);
        let at = if let Some(at) = known {
            at
        } else {
            let told = told(&test.key);
            if told.is_none() && !is_free(&test.key) {
                continue;
            }
            let is_told = told.is_some();
            let dimension = Dimension {
                key: &test.key,
                facts: told.unwrap_or_default(),
            };
            found.push((dimension, is_told));
            found.len() - 1
        };
        if let Some((dimension, false)) = found.get_mut(at) {
            push_facts(&mut dimension.facts, test, who);
        }
    }
    // A fixed order, of keys and of what they say.
    found.sort_unstable_by_key(|(dimension, _)| dimension.key);
    let mut dimensions = Vec::with_capacity(found.len());
    for (mut dimension, _) in found {
        dimension.facts.sort_unstable();
        dimension.facts.dedup();
        // What is left out is in no request, and so it is not understood there.
        let count = dimension.facts.len();
        if count > most {
            continue;
        }
        most /= count.max(1);
        dimensions.push(dimension);
    }
    dimensions
}

/// Adds what a request may say of the key of a condition, as far as the condition tells it apart.
fn push_facts<'f>(facts: &mut Vec<Fact<'f>>, test: &'f Test, who: &Who) {
    let of_services = matches!(test.key.as_str(), "aws:sourcearn" | "aws:sourceaccount");
    if of_services && !matches!(who, Who::Service(_)) {
        facts.push(Fact::Missing);
        return;
    }
    if !is_always_there(&test.key) {
        facts.push(Fact::Missing);
    }
    match test.operator.map(|operator| operator.how) {
        Some(How::Bool) => facts.extend([true, false].map(Fact::truth)),
        Some(How::Null) => facts.push(Fact::Is(Cow::Borrowed(Value::nobody()))),
        _ => {
            let named = test.values.iter().filter(|value| !value.is_unread());
            facts.extend(named.map(|value| Fact::Is(value.as_specimen())));
            facts.push(Fact::Is(Cow::Borrowed(Value::nobody())));
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
