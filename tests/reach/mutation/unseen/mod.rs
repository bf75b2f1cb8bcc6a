//! What no walker can see, because nothing passes by it and nobody gets or loses a permission: each place with its reason.
//!
//! Names, tags, descriptions and the like are not tried at all. Everything else is tried, and has its excuse only when the
//! proof stands and the walkers have nothing to look at: what they see they judge.

mod arm;
mod cloudformation;
mod terraform_aws;
mod terraform_azurerm;

use super::Format;

/// Places that have nothing to do with what passes, and why.
struct Unseen {
    /// The path; `*` is one step, or the rest of one, and `**` any number of them.
    place: &'static str,
    /// What the resource's name has in it.
    of: &'static str,
    /// Whether changes there are tried.
    tried: bool,
    /// Why.
    #[expect(dead_code, reason = "it is there for who reads the list")]
    why: &'static str,
}

/// Why nothing comes of leaving out what is said there.
const DEFAULT: &str = "it is what it would be if nothing were said";

/// Words for people, which are not tried.
const fn words(place: &'static str, why: &'static str) -> Unseen {
    Unseen {
        place,
        of: "",
        tried: false,
        why,
    }
}

/// What a walker has nothing to look at.
const fn at(place: &'static str, why: &'static str) -> Unseen {
    Unseen {
        place,
        of: "",
        tried: true,
        why,
    }
}

/// The same, of resources whose name has something in it.
const fn of(of: &'static str, place: &'static str, why: &'static str) -> Unseen {
    Unseen {
        place,
        of,
        tried: true,
        why,
    }
}

/// The list of a format.
fn list(format: Format) -> &'static [Unseen] {
    match format {
        Format::CloudFormation => cloudformation::UNSEEN,
        Format::TerraformAws => terraform_aws::UNSEEN,
        Format::Arm => arm::UNSEEN,
        Format::TerraformAzurerm => terraform_azurerm::UNSEEN,
    }
}

/// Whether what stands at a place is only words.
pub(super) fn is_untried(format: Format, path: &[&str]) -> bool {
    let mut words = list(format).iter().filter(|it| !it.tried);
    words.any(|it| it.is_at(path))
}

/// Whether nothing at a place has to do with what passes.
pub(super) fn is_unseen(format: Format, path: &[&str], name: &str) -> bool {
    let mut list = list(format).iter();
    list.any(|it| name.contains(it.of) && it.is_at(path))
}

impl Unseen {
    fn is_at(&self, path: &[&str]) -> bool {
        let place: Vec<&str> = self.place.split('/').collect();
        fits(&place, path)
    }
}

fn fits(place: &[&str], path: &[&str]) -> bool {
    match (place, path) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| fits(rest, &path[skipped..])),
        ([step, rest @ ..], [own, path @ ..]) => {
            let begins = step
                .strip_suffix('*')
                .is_some_and(|start| own.starts_with(start));
            (begins || step == own) && fits(rest, path)
        }
        _ => false,
    }
}
