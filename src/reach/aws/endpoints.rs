//! What passes to services by gateway endpoints.

use super::guards::Guard;
use super::outside::{By, Port};
use super::passages::{Direction, Engine, domain, facing, for_every};
use super::rules::Far;
use super::seats::Stand;
use crate::cloud::Term;
use crate::cloud::aws::{EndpointWay, Kind, Resource};
use crate::reach::set::{Addresses, Intervals, PacketBox, Packets, Set};
use crate::reach::{End, Outside, Passage, Reason, Way};

impl Engine<'_> {
    /// Whether the addresses of prefix lists by parameter may lie anywhere: no endpoint of the table takes them.
    pub(super) fn lists_unknown(&self, stand: &Stand) -> bool {
        self.endpoints(stand).next().is_none()
    }

    /// The services that the table of machines has a gateway endpoint to.
    fn endpoints(&self, stand: &Stand) -> impl Iterator<Item = (usize, &'static str)> {
        let subnet = stand.subnets.first().and_then(|at| self.world.subnet(*at));
        let table = subnet.and_then(|subnet| self.world.table(subnet));
        let resources = self.world.of(Kind::VpcEndpoint);
        resources.filter_map(move |(at, resource)| match resource {
            Resource::VpcEndpoint(it) if it.way == EndpointWay::Gateway => {
                let mut tables = it.tables.iter().filter_map(|term| self.world.named(term));
                tables
                    .any(|(at, _)| Some(at) == table)
                    .then(|| (at, service(&it.service)))
            }
            _ => None,
        })
    }

    /// What passes to services by gateway endpoints. Which addresses a service has, no template says: they are public ones
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    pub(super) fn services(&self, end: End, stand: &Stand, guard: &Guard<'_>) -> Vec<Passage> {
        let mut endpoints = self.endpoints(stand).peekable();
        if endpoints.peek().is_none() {
            return Vec::new();
        }
        let region = Addresses::public().only_v4();
        let domain = domain(&stand.addresses, &region);
        let mut found = Vec::new();
        for (at, service) in endpoints {
            let mut opened = Packets::nothing();
            let mut reasons = vec![Reason {
                resource: at,
                part: None,
                packets: None,
            }];
            for rule in guard.egress.iter() {
                let far = match &rule.far {
                    Far::Service => Addresses::everything(),
                    Far::Blocks(blocks) => blocks.clone(),
                    Far::Group(_) => continue,
                };
                let part = facing(Direction::Outward, far, rule.traffic.clone());
                opened.insert(part);
                reasons.push(rule.reason());
            }
            let opened = domain.intersection(&opened);
            let passing =
                self.through_acls(stand, By::Itself, opened, Direction::Outward, Port::Same);
            let forget = |part: &mut PacketBox| {
                part.source = Addresses::everything();
                part.destination = Addresses::everything();
                part.source_ports = Intervals::everything();
            };
            let some = passing.for_some(forget);
            if some.is_nothing() {
                continue;
            }
            found.push(Passage {
                from: end,
                to: End::Outside(Outside::Service(service)),
                way: Way::Endpoint,
                every: for_every(&domain, &passing, forget),
                some,
                reasons,
            });
        }
        found
    }
}

/// The service at the end of an endpoint's name, as in `com.amazonaws.eu-west-1.s3`.
fn service(name: &Term) -> &'static str {
    let last = match name {
        Term::Text(text) => text.as_str(),
        Term::Join(parts) => match parts.last() {
            Some(Term::Text(text)) => text.as_str(),
            _ => "",
        },
        _ => "",
    };
    match last.rsplit('.').next() {
        Some("s3") => "s3",
        Some("dynamodb") => "dynamodb",
        _ => "service",
    }
}
