//! Networks that must not overlap: those that are tied to others, and so can be reached by one address from one place.

use super::{Ledger, StackKey};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::Cidr;
use crate::plan::Ipv6Space;

/// A block of a network that is tied to others.
struct Tied<'a> {
    cidr: Cidr,
    key: &'a StackKey,
    place: Option<&'a Place>,
}

impl Ledger {
    /// Checks that no two networks overlap that are tied to a datacenter. `places` says where a stack is written.
    ///
    /// # Errors
    /// With every network that overlaps another one.
    pub fn check_tied(
        &self,
        place_of: impl Fn(&str, Option<&str>) -> Option<Place>,
    ) -> Result<(), Diagnostics> {
        let mut all: Vec<_> = self.tied().collect();
        all.sort_by(|a, b| (a.cidr, a.key).cmp(&(b.cidr, b.key)));
        let mut diags = Diagnostics::new();
        // Blocks nest or are apart: of those before a block, only the outermost that is still open can overlap it.
        let mut outer: Option<&Tied<'_>> = None;
        for tied in &all {
            match outer {
                Some(other) if other.cidr.contains(tied.cidr) && other.key != tied.key => {
                    diags.push(overlap(tied, other, &place_of));
                }
                Some(other) if other.cidr.contains(tied.cidr) => {}
                _ => outer = Some(tied),
            }
        }
        diags.into_result(())
    }

    /// The blocks of the networks of other stacks than this one that are tied to a datacenter.
    #[must_use]
    pub fn tied_of_others(&self, stack: &str) -> Vec<Cidr> {
        let others = self.tied().filter(|tied| tied.key.stack != stack);
        others.map(|tied| tied.cidr).collect()
    }

    /// What is wrong with `block` as the network of a new stack that will be tied to a datacenter: with whose it overlaps.
    #[must_use]
    pub fn clash(&self, block: Cidr, stack: &str) -> Option<Diagnostic> {
        let mut others = self.tied().filter(|tied| tied.key.stack != stack);
        let other = others.find(|tied| tied.cidr.overlaps(block))?;
        let (theirs, whose) = (other.cidr, other.key.shown());
        let message = format!("the network `{block}` overlaps `{theirs}` of {whose}");
        let diagnostic = Diagnostic::new(Code::Overlap, message);
        Some(match other.place {
            Some(place) => diagnostic.also(place.clone(), "the other network"),
            None => diagnostic,
        })
    }

    fn tied(&self) -> impl Iterator<Item = Tied<'_>> {
        let networks = self.stacks.iter().flat_map(|(key, entry)| {
            let networks = entry.networks.values().filter(|given| given.tied);
            networks.map(move |given| (key, given))
        });
        networks.flat_map(|(key, given)| {
            // What a cloud gives is nobody else's, whatever it will be.
            let known = given.cidrs.iter();
            let known = known.filter(|cidr| **cidr != Ipv6Space::COUNTED);
            known.map(move |&cidr| Tied {
                cidr,
                key,
                place: given.place.as_ref(),
            })
        })
    }
}

fn overlap(
    tied: &Tied<'_>,
    other: &Tied<'_>,
    place_of: &impl Fn(&str, Option<&str>) -> Option<Place>,
) -> Diagnostic {
    let written = |of: &Tied<'_>| place_of(&of.key.stack, of.key.environment.as_deref());
    // The stack at hand is shown first: its own line is the one that can be put right.
    let ((one, place), (two, also)) = match (written(tied), written(other)) {
        (None, Some(place)) => ((other, Some(place)), (tied, tied.place.cloned())),
        (place, also) => (
            (tied, place.or_else(|| tied.place.cloned())),
            (other, also.or_else(|| other.place.cloned())),
        ),
    };
    let message = format!(
        "the network `{}` of {} overlaps `{}` of {}",
        one.cidr,
        one.key.shown(),
        two.cidr,
        two.key.shown()
    );
    let mut diagnostic = Diagnostic::new(Code::Overlap, message).help(
        "both are tied to a datacenter, which can have one way only to an address: give one of them another network; \
         what a stack that is gone had is freed by `patternbook release`",
    );
    diagnostic.primary = place;
    match also {
        Some(also) => diagnostic.also(also, "the other network"),
        None => diagnostic,
    }
}

impl StackKey {
    fn shown(&self) -> String {
        match &self.environment {
            Some(environment) => format!("`{}` in `{environment}`", self.stack),
            None => format!("`{}`", self.stack),
        }
    }
}
