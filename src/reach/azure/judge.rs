//! Everything that passages are made of, and the question that all of them ask: what do the filters of some machines let
//! pass.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::balancer::Balancing;
use super::bounds::Bounds;
use super::filter::{Party, Scene};
use super::ground::{Ground, Network};
use super::passage::Passed;
use super::routes::Hop;
use super::seats::{Census, Stand};
use super::survey::{Survey, called};
use crate::cloud::Part;
use crate::cloud::azure::Direction;
use crate::reach::budget::{Budget, TOO_MANY};
use crate::reach::matrix::{Passage, Reason};
use crate::reach::set::{Addresses, PacketBox, Packets, Set};

/// Nobody is in a group from outside of the networks.
pub(super) const STRANGER: &[usize] = &[];

/// The networks of a template and who is in them.
pub(super) struct Judge<'a> {
    pub(super) networks: Vec<Network>,
    pub(super) census: Census<'a>,
    pub(super) balancing: Balancing<'a>,
    pub(super) passages: Vec<Passage>,
    pub(super) budget: RefCell<Budget>,
    /// The positions of what there was too much of to be compared.
    pub(super) exhausted: RefCell<BTreeSet<usize>>,
}

impl<'a> Judge<'a> {
    /// The subnet of some machines.
    pub(super) fn ground(&self, stand: &Stand<'_>) -> Option<&Ground<'a>> {
        self.census.grounds.get(stand.ground)
    }

    /// What the filters of some machines let pass in a direction. On the way in those of the subnet are asked first, on the
    /// way out those of the interface, and both must let a packet pass, also between machines of one subnet; where there is
    /// none, everything passes
    /// (<https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works>).
    pub(super) fn pass(
        &self,
        stand: &Stand<'_>,
        direction: Direction,
        source: Party<'_>,
        destination: Party<'_>,
    ) -> Passed {
        let all = PacketBox {
            source: source.addresses.clone(),
            destination: destination.addresses.clone(),
            ..PacketBox::default()
        };
        let Some(ground) = self.ground(stand) else {
            return Passed::open(all);
        };
        let scene = Scene {
            direction,
            source,
            destination,
            tags: &ground.tags,
            groups: &self.census.groups,
        };
        let filters = stand.filters.iter();
        let filters = filters.filter_map(|&at| self.census.filters.get(at));
        let filters: Vec<_> = filters.collect();
        for filter in &filters {
            if !self.allows(filter.pieces(direction)) {
                self.exhausted.borrow_mut().insert(filter.at.position);
                return Passed::open(PacketBox {
                    source: Addresses::nothing(),
                    ..all
                });
            }
        }
        let asked = filters.into_iter().map(|filter| {
            let (permits, every) = filter.pass(&scene);
            let sum = |permits: &[super::filter::Permit]| {
                let mut sum = Packets::nothing();
                for permit in permits {
                    sum.add(&permit.packets);
                }
                sum
            };
            let some = sum(&permits);
            Passed {
                packets: Bounds {
                    every: every.map_or_else(|| some.clone(), |permits| sum(&permits)),
                    some,
                },
                reasons: permits
                    .into_iter()
                    .map(|permit| Reason {
                        resource: filter.at.position,
                        part: permit.rule.map(Part::Rule),
                        packets: Some(permit.packets),
                    })
                    .collect(),
            }
        });
        let mut passed = asked
            .reduce(Passed::and)
            .unwrap_or_else(|| Passed::open(all));
        if stand.hidden {
            // What a filter that is not shown lets pass, nobody can rely on.
            passed.packets.every = Packets::nothing();
        }
        passed
    }

    /// Whether there is time left for some comparisons.
    pub(super) fn allows(&self, comparisons: usize) -> bool {
        self.budget.borrow_mut().allows(comparisons)
    }

    /// Notes what was not compared, because there was too much of it.
    pub(super) fn note_exhausted(&self, survey: &Survey<'_>) {
        for &position in self.exhausted.borrow().iter() {
            survey.note(position, None, TOO_MANY.to_owned());
        }
    }

    /// Notes the pools that no load balancer of the template has.
    pub(super) fn note(&self, survey: &Survey<'_>) {
        for stand in &self.census.stands {
            let strange = stand
                .pools
                .iter()
                .filter(|pool| !self.balancing.knows(pool));
            for (pool, owner) in strange.zip(stand.owner.into_iter().cycle()) {
                let why = format!(
                    "its pool, {}, is of no load balancer of the template",
                    called(pool)
                );
                survey.note(owner, None, why);
            }
        }
    }

    /// The reasons that routes of tables are for some machines' packets to others, or for their answers.
    pub(super) fn routes(
        &self,
        stand: &Stand<'_>,
        hop: Hop,
        packets: impl Fn(&Addresses) -> PacketBox,
    ) -> Vec<Reason> {
        let ground = self.ground(stand).into_iter();
        let written = ground.flat_map(|ground| ground.routes.written(hop));
        written
            .map(|(route, to)| super::passage::route(route, packets(to)))
            .collect()
    }
}
