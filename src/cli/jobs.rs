//! What a command is asked to do: stacks, each in one of its environments, with its pattern and what stands around it.

use std::path::Path;
use std::sync::Arc;

use super::catalog::Catalog;
use super::forbidden::Ranges;
use super::input;
use super::ledgers::Ledgers;
use super::report::Failure;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::plan::{Plan, Surroundings, expand_in, mirror};
use crate::spec::{Addressing, Pattern, Stack};
use crate::yaml::nearest;

/// What is looked at to plan a stack.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) catalog: &'k Catalog,
    pub(super) ledgers: &'k Ledgers,
    pub(super) ranges: &'k Ranges,
}

/// A stack in one of its environments.
pub(super) struct Job<'a> {
    pub(super) path: &'a Path,
    pub(super) stack: Stack,
    pub(super) pattern: Arc<Pattern>,
    pub(super) surroundings: Surroundings,
}

impl Job<'_> {
    /// What the stack means.
    pub(super) fn plan(&self) -> Result<Plan, Failure> {
        Ok(expand_in(&self.pattern, &self.stack, &self.surroundings)?)
    }
}

/// What is in a stack's file.
pub(super) struct Found<'a> {
    /// The stack in those of its environments that were asked for.
    pub(super) jobs: Vec<Job<'a>>,
    /// The names of all that it has.
    pub(super) environments: Vec<String>,
}

/// The stack in a file, in those of its environments that are named; in all of them when none is.
pub(super) fn read<'a>(
    path: &'a Path,
    environments: &[String],
    known: Known<'_>,
) -> Result<Found<'a>, Failure> {
    of(path, input::stack(path)?, environments, known)
}

/// The same of a stack that was read already.
pub(super) fn of<'a>(
    path: &'a Path,
    stack: Stack,
    environments: &[String],
    known: Known<'_>,
) -> Result<Found<'a>, Failure> {
    let Known {
        catalog,
        ledgers,
        ranges,
    } = known;
    let pattern = catalog.pattern(&stack.pattern, Some(&stack.pattern_place))?;
    let forbidden = ranges.of(path, &stack)?;
    let names = stack.environments.iter();
    let names = names.map(|environment| environment.name.clone()).collect();
    let is_mirrored = matches!(stack.addressing, Some((Addressing::Mirrored, _)));
    let stacks = stack.in_environments();
    let mut shared = None;
    if is_mirrored {
        let mut around = ledgers.around_all(path, &stacks)?;
        around.forbidden.clone_from(&forbidden);
        shared = Some(mirrored(around, &stacks, &pattern)?);
    }
    let wanted = |stack: &Stack| {
        let has = |name: &str| environments.iter().any(|it| it == name);
        environments.is_empty() || stack.environment.as_deref().is_some_and(has)
    };
    let jobs = stacks.into_iter().filter(wanted).map(|stack| Job {
        path,
        surroundings: match &shared {
            // The numbers of rules are each environment's own: nothing is reached by them.
            Some(shared) => Surroundings {
                flows: ledgers.around(path, &stack).flows,
                ..shared.clone()
            },
            None => Surroundings {
                forbidden: forbidden.clone(),
                ..ledgers.around(path, &stack)
            },
        },
        pattern: pattern.clone(),
        stack,
    });
    Ok(Found {
        jobs: jobs.collect(),
        environments: names,
    })
}

/// The one stack in a file, in the environment that is named. `what` is what cannot be said of several at once.
pub(super) fn read_one<'a>(
    path: &'a Path,
    environment: Option<&String>,
    known: Known<'_>,
    what: &str,
) -> Result<Job<'a>, Failure> {
    let mut jobs = read_some(path, environment, known)?;
    match (jobs.pop(), jobs.is_empty()) {
        (Some(job), true) => Ok(job),
        (job, _) => {
            let names = jobs.iter().chain(&job);
            let mut names: Vec<_> = names
                .filter_map(|it| it.stack.environment.as_deref())
                .collect();
            names.sort_unstable();
            let message = format!(
                "`{}` has several environments, and {what} is of one",
                path.display()
            );
            let help = format!("say which with `--env`: it has `{}`", names.join("`, `"));
            Err(Diagnostic::new(Code::Usage, message).help(help).into())
        }
    }
}

/// The stack in a file, in the environment that is named or in all of them: at least one.
pub(super) fn read_some<'a>(
    path: &'a Path,
    environment: Option<&String>,
    known: Known<'_>,
) -> Result<Vec<Job<'a>>, Failure> {
    let named = environment.map(std::slice::from_ref).unwrap_or_default();
    let found = read(path, named, known)?;
    if found.jobs.is_empty() {
        return Err(unknown_environments(named, &found.environments).into());
    }
    Ok(found.jobs)
}

/// Does `work` for each: what it says of all of them, or everything that is wrong with any.
pub(super) fn each<T>(
    jobs: &[Job<'_>],
    work: impl Fn(&Job<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut diags = Diagnostics::new();
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs {
        match work(job) {
            Ok(it) => done.push(it),
            Err(failure) => diags.extend(failure.diagnostics),
        }
    }
    Ok(diags.into_result(done)?)
}

/// The error that no stack has such an environment.
pub(super) fn unknown_environments(named: &[String], known: &[String]) -> Diagnostics {
    let missing = named.iter().filter(|name| !known.contains(name));
    let diagnostics = missing.map(|name| {
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => "there are no environments: leave `--env` out".to_owned(),
            None => format!("there is `{}`", known.join("`, `")),
        };
        let message = format!("there is no environment `{name}`");
        Diagnostic::new(Code::UnknownReference, message).help(help)
    });
    diagnostics.collect()
}

/// What stands around each environment of a stack when they are to have the same addresses.
fn mirrored(
    mut surroundings: Surroundings,
    stacks: &[Stack],
    pattern: &Pattern,
) -> Result<Surroundings, Failure> {
    let plans = plan_all(stacks, pattern, &surroundings)?;
    match mirror::wishes(&plans) {
        Ok(wishes) => surroundings.wishes = wishes,
        Err(error) => return Err(other_network(stacks, &error).into()),
    }
    if let Err(error) = mirror::agree(&plan_all(stacks, pattern, &surroundings)?) {
        let addressing = stacks.iter().find_map(|stack| stack.addressing.as_ref());
        let mut diagnostic = Diagnostic::new(Code::Mirrored, error.to_string())
            .help("pin the same block in all of them, or write `addressing: distinct`");
        diagnostic.primary = addressing.map(|(_, place)| place.clone());
        return Err(diagnostic.into());
    }
    Ok(surroundings)
}

/// The plans of a stack in each of its environments, around the same.
fn plan_all(
    stacks: &[Stack],
    pattern: &Pattern,
    surroundings: &Surroundings,
) -> Result<Vec<Plan>, Diagnostics> {
    let mut diags = Diagnostics::new();
    let mut plans = Vec::with_capacity(stacks.len());
    for stack in stacks {
        match expand_in(pattern, stack, surroundings) {
            Ok(plan) => plans.push(plan),
            Err(wrong) => diags.extend(wrong),
        }
    }
    diags.into_result(plans)
}

fn other_network(stacks: &[Stack], error: &mirror::OtherNetwork) -> Diagnostic {
    let place_of = |name: &str| {
        let found = stacks
            .iter()
            .find(|it| it.environment.as_deref() == Some(name));
        found.map(Stack::place_of_network)
    };
    let mut diagnostic = Diagnostic::new(Code::Mirrored, error.to_string())
        .help("with `addressing: mirrored` all environments have one network: give `network` for the stack, not for an environment");
    diagnostic.primary = place_of(&error.other.0);
    match place_of(&error.one.0) {
        Some(place) => diagnostic.also(place, "the other one"),
        None => diagnostic,
    }
}
