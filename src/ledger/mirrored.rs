//! What stands around environments that have the same addresses: what one of them was given is given to all.

use litemap::Entry;

use super::Ledger;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::IpVersion;
use crate::plan::{Recorded, Surroundings};

impl Ledger {
    /// What stands around every one of these environments of a stack.
    ///
    /// # Errors
    /// With every subnet that was given one block in one of them and another one in another.
    pub fn surroundings_of_all<'a>(
        &self,
        stack: &str,
        environments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Surroundings, Diagnostics> {
        let mut all = Surroundings::default();
        let mut diags = Diagnostics::new();
        for environment in environments {
            let one = self.surroundings(stack, Some(environment));
            let v4 = one.recorded.into_iter();
            let v4 = v4.map(|(network, rooms)| (IpVersion::V4, network, rooms));
            let v6 = one.recorded_ipv6.into_iter();
            let v6 = v6.map(|(network, rooms)| (IpVersion::V6, network, rooms));
            for (version, network, rooms) in v4.chain(v6) {
                let known = match version {
                    IpVersion::V4 => &mut all.recorded,
                    IpVersion::V6 => &mut all.recorded_ipv6,
                };
                let known = known.entry(network).or_default();
                for (subnet, recorded) in rooms {
                    match known.entry(subnet) {
                        Entry::Vacant(entry) => {
                            entry.insert(recorded);
                        }
                        Entry::Occupied(mut entry) => {
                            if !add(entry.get_mut(), &recorded) {
                                let place = entry.get().place.clone();
                                diags.push(differs(stack, entry.key(), &recorded, place));
                            }
                        }
                    }
                }
            }
        }
        diags.into_result(all)
    }
}

/// Adds the zones of the same block elsewhere, unless something is given twice.
fn add(known: &mut Recorded, recorded: &Recorded) -> bool {
    for (zone, cidr) in &recorded.zones {
        if known
            .zones
            .insert(*zone, *cidr)
            .is_some_and(|it| it != *cidr)
        {
            return false;
        }
    }
    known.room == recorded.room
}

fn differs(stack: &str, subnet: &str, recorded: &Recorded, other: Place) -> Diagnostic {
    let message =
        format!("`{subnet}` of `{stack}` has other addresses in one environment than in another");
    Diagnostic::new(Code::Mirrored, message)
        .at(recorded.place.clone())
        .also(other, "what it has in the other one")
        .help(
            "what stands never moves by itself: take `addressing: mirrored` out of the stack; or free the blocks of the environment \
             that can be built anew with `patternbook release`",
        )
}
