//! Why subnets do not get their blocks, in the words of whoever wants them, with both places where two things clash.

use super::fence::{self, Fence};
use super::place::{Asked, Ground, Pinned};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::address::{AddressError, HeldProblem};

impl Ground<'_> {
    /// Pushes what an error of the allocator means here.
    pub(super) fn explain(
        &self,
        error: &AddressError,
        asked: &[Asked<'_>],
        diags: &mut Diagnostics,
    ) {
        match error {
            AddressError::DoesNotFit(problem) => {
                let mut diagnostic = Diagnostic::new(Code::DoesNotFit, error.to_string());
                let mut help = self.would_do(problem.would_do);
                // Only what makes the difference is worth a word.
                if !self.fences.is_empty() && self.allocate(asked, &[]).is_ok() {
                    help = format!(
                        "it would fit if nothing of the network were forbidden: {}; {help}",
                        fence::list(self.fences)
                    );
                    let place = self.fences.iter().find_map(|fence| fence.place);
                    diagnostic
                        .secondary
                        .extend(place.map(|place| (place.clone(), "a forbidden range".into())));
                }
                diags.push(diagnostic.at(self.place.clone()).help(help));
            }
            AddressError::Held(problems) => {
                let problems = problems.iter();
                diags.extend(problems.map(|problem| self.cannot_be_there(problem, asked)));
            }
            AddressError::PrefixLen { .. } => diags
                .push(Diagnostic::new(Code::NetworkSize, error.to_string()).at(self.place.clone())),
            _ => {
                let diagnostic = Diagnostic::new(Code::Overlap, error.to_string());
                diags.push(diagnostic.at(self.place.clone()));
            }
        }
    }

    fn would_do(&self, would_do: Option<u8>) -> String {
        let room = match self.max_zones {
            1 => String::new(),
            zones => format!(
                "; each block holds the subnets of up to {zones} zones, so that a zone added later moves nothing"
            ),
        };
        // The size of a subnet is the user's choice with IPv4 only.
        let fewer = if self.cidrs.iter().all(|block| block.is_v4()) {
            "hosts"
        } else {
            "subnets"
        };
        match would_do {
            Some(prefix_len) => format!(
                "the smallest network that would do is a /{prefix_len}; or ask for fewer {fewer}{room}"
            ),
            None => format!("no network would do: ask for fewer {fewer}{room}"),
        }
    }

    /// A recorded or pinned block that cannot be where it is.
    fn cannot_be_there(&self, problem: &HeldProblem, asked: &[Asked<'_>]) -> Diagnostic {
        let pinned = |key: &str| {
            let mut asked = asked.iter().filter(|asked| asked.wanted.name == key);
            asked.find_map(Asked::pinned)
        };
        match problem {
            // What is pinned can be put right, what is recorded cannot.
            HeldProblem::Overlap {
                key,
                block,
                other_key,
                other,
            } if pinned(key).is_none() && pinned(other_key).is_some() => {
                let turned = HeldProblem::Overlap {
                    key: other_key.clone(),
                    block: *other,
                    other_key: key.clone(),
                    other: *block,
                };
                self.told(&turned, &pinned)
            }
            _ => self.told(problem, &pinned),
        }
    }

    fn told<'p>(
        &self,
        problem: &HeldProblem,
        pinned: &impl Fn(&str) -> Option<&'p Pinned>,
    ) -> Diagnostic {
        let place_of = |key: &str| -> Option<Place> {
            let pinned = pinned(key).map(|it| it.place.clone());
            pinned.or_else(|| self.recorded.get(key).map(|it| it.place.clone()))
        };
        let network = (Some(self.place.clone()), "the network");
        let (key, block, why, (place, label)) = match problem {
            HeldProblem::Outside { key, block } => {
                (key, block, "which is outside the network".into(), network)
            }
            HeldProblem::Avoided {
                key,
                block,
                avoided,
            } => {
                let same = |fence: &&Fence<'_>| fence.range == *avoided;
                if let Some(fence) = self.fences.iter().find(same) {
                    let place = fence.place.cloned();
                    let why = format!("which overlaps {fence}");
                    (key, block, why, (place, "the forbidden range"))
                } else {
                    let avoid = self.avoid.iter().find(|it| it.range == *avoided);
                    let place = avoid.map(|it| it.place.clone());
                    let why = format!("which overlaps `{avoided}`, a range to avoid");
                    (key, block, why, (place, "the range to avoid"))
                }
            }
            HeldProblem::Overlap {
                key,
                block,
                other_key,
                other,
            } => {
                let whose = if pinned(other_key).is_some() {
                    "which is to be that of"
                } else {
                    "held by"
                };
                let why = format!("which overlaps `{other}`, {whose} `{other_key}`");
                (key, block, why, (place_of(other_key), "the other block"))
            }
            HeldProblem::Size { key, block, asked } => {
                (key, block, format!("but a /{asked} is asked for"), network)
            }
        };
        let (code, has, help) = if pinned(key).is_some() {
            let help = "pin a block of the network that nobody has; or take `cidr` out, and a free one is found";
            (Code::Overlap, "is to have", help)
        } else {
            let help = "what is recorded never moves by itself: put back what changed; or free the block with `patternbook release`, \
                        and the next build puts the subnet elsewhere, which destroys what is in it";
            (Code::Recorded, "holds", help)
        };
        let mut diagnostic = Diagnostic::new(code, format!("`{key}` {has} `{block}`, {why}"));
        diagnostic.primary = place_of(key);
        diagnostic
            .secondary
            .extend(place.map(|place| (place, label.to_owned())));
        diagnostic.help(help)
    }
}
