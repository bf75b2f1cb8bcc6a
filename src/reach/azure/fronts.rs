//! Front ends of load balancers that Azure refuses: of what is never made, nobody can say what it hands on.

use super::seats::Balancer;
use super::survey::Survey;
use crate::cloud::azure::{FrontendAddress, Kind, Resource};
use crate::cloud::{self, Term};

/// Notes load balancers whose rules name front ends that they do not have, and front ends whose address is none or is taken:
/// a public address belongs to one thing alone
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses>).
pub(super) fn note(survey: &Survey<'_>, balancers: &[Balancer<'_>]) {
    let taken = taken(survey);
    for balancer in balancers {
        let rules = balancer.it.rules.iter().map(|rule| &rule.frontend);
        let nat = balancer.it.nat_rules.iter().map(|rule| &rule.frontend);
        let out = balancer.it.outbound_rules.iter();
        let mut named = rules.chain(nat).chain(out.flat_map(|rule| &rule.frontends));
        let has = |term: &Term| {
            let mut own = balancer.it.frontends.iter();
            own.any(|frontend| frontend.id.id() == *term)
        };
        if named.any(|term| !has(term)) {
            let why = "a rule of it names a front end that it does not have";
            survey.note(balancer.position, None, why.to_owned());
        }
        for frontend in &balancer.it.frontends {
            let FrontendAddress::PublicIp(term) = &frontend.address else {
                continue;
            };
            let users = taken.iter().filter(|other| *other == &term).count();
            let why = if !is_address(term) {
                "a front end of it has no public address"
            } else if users > 1 {
                "a front end of it has a public address that something else has too"
            } else {
                continue;
            };
            survey.note(balancer.position, None, why.to_owned());
        }
    }
}

/// Whether a term may be a public address: it is one, or stands elsewhere.
fn is_address(term: &Term) -> bool {
    match term {
        Term::Attribute(id, _) => id.kind == cloud::Kind::Azure(Kind::PublicIp),
        _ => true,
    }
}

/// The public addresses that anything has, once for each that has it.
fn taken<'a>(survey: &Survey<'a>) -> Vec<&'a Term> {
    let mut taken = Vec::new();
    for placed in survey.resources() {
        match &placed.resource {
            Resource::NatGateway(it) => taken.extend(&it.public_ips),
            Resource::VirtualNetworkGateway(it) => taken.push(&it.public_ip),
            Resource::Interface(it) => {
                let own = it.configurations.iter();
                taken.extend(own.filter_map(|own| own.public_ip.as_ref()));
            }
            Resource::LoadBalancer(it) => {
                taken.extend(it.frontends.iter().filter_map(|own| match &own.address {
                    FrontendAddress::PublicIp(term) => Some(term),
                    FrontendAddress::Subnet(_) => None,
                }));
            }
            _ => {}
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::ResourceId;

    #[test]
    fn only_a_public_address_or_one_from_elsewhere_is_an_address() {
        let of = |kind| ResourceId::new(cloud::Kind::Azure(kind), "it").id();
        assert!(is_address(&of(Kind::PublicIp)));
        assert!(is_address(&Term::Parameter("address".into())));
        assert!(!is_address(&of(Kind::VirtualNetwork)));
    }
}
