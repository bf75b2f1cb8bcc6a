//! What may be changed without letting anything else pass, and why: the only mutants that may live.

mod cloudformation;
mod terraform;

use super::Format;
use super::change::Change;
use super::mutants::Mutant;

/// A place where changes let the same pass.
pub(super) struct Equivalent {
    /// The example that it holds for, where it does not hold for all.
    example: Option<&'static str>,
    /// The path; `*` is one step, `**` any number of them.
    pub(super) place: &'static str,
    /// The kinds of change that let the same pass there; none where no change is worth trying.
    changes: &'static [Change],
    /// Why.
    #[expect(dead_code, reason = "it is there for who reads the list")]
    why: &'static str,
}

impl Equivalent {
    fn is_about(&self, example: &str, path: &[&str]) -> bool {
        let place: Vec<&str> = self.place.split('/').collect();
        self.example.is_none_or(|it| it == example) && fits(&place, path)
    }

    /// Whether it is about changes that are tried.
    pub(super) fn is_for_survivors(&self) -> bool {
        !self.changes.is_empty()
    }
}

const fn at(place: &'static str, why: &'static str) -> Equivalent {
    only(place, &[], why)
}

const fn only(place: &'static str, changes: &'static [Change], why: &'static str) -> Equivalent {
    Equivalent {
        example: None,
        place,
        changes,
        why,
    }
}

const fn within(
    example: &'static str,
    place: &'static str,
    changes: &'static [Change],
    why: &'static str,
) -> Equivalent {
    Equivalent {
        example: Some(example),
        ..only(place, changes, why)
    }
}

/// The list of a format.
pub(super) fn of(format: Format) -> &'static [Equivalent] {
    match format {
        Format::CloudFormation => cloudformation::EQUIVALENT,
        Format::Terraform => terraform::EQUIVALENT,
        Format::Arm => &[],
    }
}

/// Whether nothing at a place has to do with what passes.
pub(super) fn is_untried(format: Format, example: &str, path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut list = of(format).iter();
    list.any(|it| it.changes.is_empty() && it.is_about(example, &path))
}

/// Why a mutant lets the same pass, where the list says so.
pub(super) fn why(format: Format, example: &str, mutant: &Mutant) -> Option<&'static Equivalent> {
    let path: Vec<&str> = mutant.path.split('/').collect();
    let mut list = of(format).iter();
    list.find(|it| it.changes.contains(&mutant.change) && it.is_about(example, &path))
}

fn fits(place: &[&str], path: &[&str]) -> bool {
    match (place, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| fits(rest, &path[skipped..])),
        ([step, rest @ ..], [own, path @ ..]) => (*step == "*" || step == own) && fits(rest, path),
        _ => false,
    }
}
