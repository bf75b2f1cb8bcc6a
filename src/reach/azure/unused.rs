//! Filters that no interface has. They stand for machines that a team will place: they are judged as if such machines stood
//! there already.

use std::collections::BTreeSet;

use super::census::Taker;
use super::filter::GroupId;
use super::ground::Ground;
use super::seats::Stand;
use super::survey::Survey;
use crate::cloud::Term;
use crate::cloud::azure::Resource;
use crate::net::IpVersion;
use crate::reach::matrix::{Peer, PeerKind};
use crate::reach::set::{Addresses, Set};

/// Subnets in which only Azure's own gateways stand.
const RESERVED: [&str; 4] = [
    "GatewaySubnet",
    "AzureBastionSubnet",
    "AzureFirewallSubnet",
    "RouteServerSubnet",
];

/// What interfaces use.
#[derive(Default)]
pub(super) struct Used<'a> {
    filters: BTreeSet<&'a Term>,
    subnets: BTreeSet<&'a Term>,
}

impl<'a> Used<'a> {
    /// The filters that an interface has, and the subnets that one stands in.
    pub(super) fn of(survey: &Survey<'a>) -> Self {
        let mut used = Self::default();
        for placed in survey.resources() {
            match &placed.resource {
                Resource::ScaleSet(set) => {
                    used.filters.extend(&set.interface.network_security_group);
                    used.subnets.insert(&set.interface.subnet);
                }
                Resource::Interface(it) => {
                    used.filters.extend(&it.network_security_group);
                    let subnets = it.configurations.iter();
                    used.subnets.extend(subnets.map(|address| &address.subnet));
                }
                _ => {}
            }
        }
        used
    }
}

impl<'a> Taker<'_, 'a> {
    /// Stands for a filter that no interface has: in every subnet when no subnet has it either, and in those of its subnets
    /// in which nothing stands yet.
    pub(super) fn unused(&mut self, position: usize, used: &Used<'a>) {
        let Some(&at) = self.filter_at.get(&position) else {
            return;
        };
        let is_own = |term: &Term| {
            let filter = self.survey.filter(term);
            filter.is_some_and(|filter| filter.position == position)
        };
        if used.filters.iter().any(|term| is_own(term)) {
            return;
        }
        let of_subnet = |ground: &Ground<'_>| {
            let term = ground
                .subnet
                .and_then(|subnet| subnet.it.network_security_group.as_ref());
            term.is_some_and(is_own)
        };
        let on_subnets = self.census.grounds.iter().any(of_subnet);
        let grounds: Vec<_> = self
            .census
            .grounds
            .iter()
            .enumerate()
            .filter(|(_, ground)| match ground.subnet {
                Some(_) if on_subnets => of_subnet(ground),
                Some(subnet) => !RESERVED.contains(&subnet.it.id.name()),
                None => false,
            })
            .filter(|(_, ground)| {
                let id = ground.subnet.map(|subnet| subnet.it.id.id());
                !on_subnets || id.is_none_or(|id| !used.subnets.contains(&id))
            })
            .map(|(at, _)| at)
            .collect();
        let groups = match self.census.filters.get(at) {
            Some(filter) if !on_subnets => filter.own_groups(),
            _ => Vec::new(),
        };
        for ground in grounds {
            for version in IpVersion::BOTH {
                let addresses = self.addresses(ground, version);
                if !addresses.is_nothing() {
                    let filter = (at, on_subnets);
                    self.as_if(filter, ground, groups.clone(), (version, addresses));
                }
            }
        }
    }

    fn as_if(
        &mut self,
        (filter, on_subnet): (usize, bool),
        ground: usize,
        groups: Vec<GroupId>,
        (version, addresses): (IpVersion, Addresses),
    ) {
        self.census.as_if = true;
        let Some(group) = self.census.filters.get(filter).map(|filter| filter.at.it) else {
            return;
        };
        let name = group.id.name().to_owned();
        let end = self.end((groups.clone(), Some(&group.id), None), || Peer {
            name,
            kind: PeerKind::Tier,
            resources: vec![group.id.clone()],
            seats: Vec::new(),
        });
        let mut filters = if on_subnet { Vec::new() } else { vec![filter] };
        let (own, hidden) = self.subnet_filter(ground);
        filters.extend(own);
        self.add(Stand {
            end,
            ground,
            filters,
            hidden,
            groups,
            pools: Vec::new(),
            nat_rules: Vec::new(),
            public: None,
            version,
            addresses,
            owner: None,
            several: true,
        });
    }
}
