//! Who is there: every interface, grouped into peers by what guards it.
//!
//! A peer has the name of its application security groups; without any, that of its network security group; without that,
//! that of the machine.

use std::collections::BTreeMap;

use super::card::{Card, Key};
use super::filter::{Filter, GroupId, Groups};
use super::ground::{Ground, nowhere};
use super::seats::{Address, Balancer, Census, Stand};
use super::survey::{Survey, called};
use super::unused::Used;
use crate::cloud::Term;
use crate::cloud::azure::{
    AddressSku, Interface, LoadBalancer, NetworkInterface, Resource, ScaleSet,
};
use crate::net::IpVersion;
use crate::reach::matrix::{Peer, PeerKind, Seat};
use crate::reach::set::{Addresses, Set};

/// Whoever counts.
pub(super) struct Taker<'s, 'a> {
    pub(super) survey: &'s Survey<'a>,
    pub(super) census: Census<'a>,
    pub(super) filter_at: BTreeMap<usize, usize>,
    ground_at: BTreeMap<usize, usize>,
    strange_grounds: BTreeMap<&'a Term, usize>,
    peer_at: BTreeMap<Key<'a>, usize>,
    stands_of: BTreeMap<usize, Vec<usize>>,
}

/// Counts everybody.
pub(super) fn census<'a>(survey: &Survey<'a>, grounds: Vec<Ground<'a>>) -> Census<'a> {
    let mut groups = Groups::default();
    let filters: Vec<_> = survey
        .filters()
        .map(|at| Filter::new(survey, &mut groups, at))
        .collect();
    let filter_at = filters.iter().enumerate();
    let filter_at = filter_at
        .map(|(at, filter)| (filter.at.position, at))
        .collect();
    let ground_at = grounds.iter().enumerate();
    let ground_at = ground_at
        .filter_map(|(at, ground)| Some((ground.subnet?.position, at)))
        .collect();
    let mut taker = Taker {
        survey,
        census: Census {
            peers: Vec::new(),
            stands: Vec::new(),
            balancers: Vec::new(),
            filters,
            groups,
            grounds,
            as_if: false,
        },
        filter_at,
        ground_at,
        strange_grounds: BTreeMap::new(),
        peer_at: BTreeMap::new(),
        stands_of: BTreeMap::new(),
    };
    taker.take();
    taker.census
}

impl<'a> Taker<'_, 'a> {
    fn take(&mut self) {
        let used = Used::of(self.survey);
        for (position, placed) in self.survey.resources().iter().enumerate() {
            match &placed.resource {
                Resource::ScaleSet(set) => self.scale_set(position, set),
                Resource::Interface(it) => self.interface(position, it),
                Resource::LoadBalancer(it) => self.balancer(position, it),
                Resource::NetworkSecurityGroup(_) => self.unused(position, &used),
                _ => {}
            }
        }
    }

    fn balancer(&mut self, position: usize, it: &'a LoadBalancer) {
        let peer = self.census.peers.len();
        self.census.peers.push(Peer {
            name: it.id.name().to_owned(),
            kind: PeerKind::LoadBalancer,
            resources: vec![it.id.clone()],
            seats: Vec::new(),
        });
        self.census.balancers.push(Balancer { peer, position, it });
    }

    fn scale_set(&mut self, position: usize, set: &'a ScaleSet) {
        let NetworkInterface {
            subnet,
            network_security_group,
            groups,
            pools,
            public_address,
            ipv6,
        } = &set.interface;
        let card = |ground, groups: &'a [Term], ids, pools: &'a [Term]| Card {
            owner: Some((position, &set.id)),
            ground,
            version: IpVersion::V4,
            filter: network_security_group.as_ref(),
            groups: ids,
            named: groups.iter().collect(),
            pools: pools.iter().collect(),
            nat_rules: Vec::new(),
            public: None,
            fixed: None,
            several: true,
        };
        let (ground, ids) = (self.ground(position, subnet), self.ids(groups));
        self.stand(Card {
            // A block of addresses is always of Standard make, and so is each address out of it.
            public: public_address.as_ref().map(|address| match address.prefix {
                Some(_) => Address::Of(AddressSku::Standard),
                None => Address::Hidden,
            }),
            ..card(ground, groups, ids, pools)
        });
        if let Some(ipv6) = ipv6 {
            let ground = self.ground(position, &ipv6.subnet);
            let ids = self.ids(&ipv6.groups);
            self.stand(Card {
                version: IpVersion::V6,
                ..card(ground, &ipv6.groups, ids, &ipv6.pools)
            });
        }
    }

    fn ids(&mut self, groups: &'a [Term]) -> Vec<GroupId> {
        let ids = groups.iter();
        ids.map(|term| self.census.groups.id(self.survey, term))
            .collect()
    }

    /// Each address of an interface stands by itself: it has its own groups, pools and public address.
    fn interface(&mut self, position: usize, it: &'a Interface) {
        for address in &it.configurations {
            let ground = self.ground(position, &address.subnet);
            let ids = self.ids(&address.groups);
            let fixed = match &address.address {
                Some(Term::Text(text)) => text.parse().ok(),
                _ => None,
            };
            self.stand(Card {
                owner: Some((position, &it.id)),
                ground,
                version: address.version,
                filter: it.network_security_group.as_ref(),
                groups: ids,
                named: address.groups.iter().collect(),
                pools: address.pools.iter().collect(),
                nat_rules: address.nat_rules.iter().collect(),
                public: address
                    .public_ip
                    .as_ref()
                    .map(|term| self.public(position, term)),
                fixed,
                several: false,
            });
        }
    }

    fn public(&self, owner: usize, term: &Term) -> Address {
        let Some(address) = self.survey.public_ip(term) else {
            let why = format!(
                "its public address, {}, is not in the template",
                called(term)
            );
            self.survey.note(owner, None, why);
            return Address::Hidden;
        };
        Address::Of(address.it.sku)
    }

    fn stand(&mut self, card: Card<'a>) {
        let mut filters = Vec::new();
        let mut hidden = false;
        let own = card.filter.and_then(|term| self.survey.filter(term));
        if let Some(term) = card.filter {
            let at = own.and_then(|own| self.filter_at.get(&own.position).copied());
            filters.extend(at);
            hidden = at.is_none();
            if let (true, Some((position, _))) = (hidden, card.owner) {
                let term = called(term);
                let why = format!("its network security group, {term}, is not in the template");
                self.survey.note(position, None, why);
            }
        }
        let (of_subnet, hidden_too) = self.subnet_filter(card.ground);
        filters.extend(of_subnet);
        hidden |= hidden_too;
        let guard = own.map(|own| &own.it.id).or_else(|| {
            let at = of_subnet.filter(|_| card.groups.is_empty())?;
            Some(&self.census.filters.get(at)?.at.it.id)
        });
        let end = self.end(card.key(guard), || card.peer(guard));
        if let (Some((_, id)), Some(peer)) = (card.owner, self.census.peers.get_mut(end.0)) {
            peer.resources.push(id.clone());
        }
        let addresses = match card.fixed {
            Some(address) => Addresses::one(address),
            None => self.addresses(card.ground, card.version),
        };
        if let (true, Some((position, _))) = (addresses.is_nothing(), card.owner) {
            let why = format!("its subnet has no addresses of {}", card.version);
            self.survey.note(position, None, why);
        }
        self.add(Stand {
            end,
            ground: card.ground,
            version: card.version,
            filters,
            hidden,
            groups: card.groups,
            pools: card.pools,
            nat_rules: card.nat_rules,
            public: card.public,
            addresses,
            owner: card.owner.map(|(position, _)| position),
            several: card.several,
        });
    }

    /// The peer of a key, and the position that its next seat will have.
    pub(super) fn end(&mut self, key: Key<'a>, make: impl FnOnce() -> Peer) -> (usize, usize) {
        let next = self.census.peers.len();
        let at = *self.peer_at.entry(key).or_insert(next);
        if at == next {
            self.census.peers.push(make());
        }
        let seats = self.census.peers.get(at).map_or(0, |peer| peer.seats.len());
        (at, seats)
    }

    /// Adds machines: to those that stand there already and are guarded and reached alike, or as a seat of their own.
    pub(super) fn add(&mut self, stand: Stand<'a>) {
        let all = self.stands_of.entry(stand.end.0).or_default();
        for &at in all.iter() {
            if let Some(known) = self.census.stands.get_mut(at)
                && known.is_like(&stand)
            {
                known.several |= known.owner != stand.owner;
                return;
            }
        }
        all.push(self.census.stands.len());
        let ground = self.census.grounds.get(stand.ground);
        let peer = self.census.peers.get_mut(stand.end.0);
        if let Some((ground, peer)) = ground.zip(peer) {
            peer.seats.push(Seat {
                subnet: ground.subnet.map(|subnet| subnet.it.id.name().to_owned()),
                addresses: stand.addresses.clone(),
                // An interface names each address that it has.
                addressed: true,
            });
        }
        self.census.stands.push(stand);
    }

    /// The addresses of a version of IP that a subnet has.
    pub(super) fn addresses(&self, ground: usize, version: IpVersion) -> Addresses {
        let ground = self.census.grounds.get(ground);
        let all = Addresses::of_version(version);
        ground.map_or_else(Addresses::nothing, |ground| {
            ground.addresses.intersection(&all)
        })
    }

    /// The filter of a subnet, and whether it has one that the template does not show.
    pub(super) fn subnet_filter(&self, ground: usize) -> (Option<usize>, bool) {
        let Some(ground) = self.census.grounds.get(ground) else {
            return (None, true);
        };
        let Some(subnet) = ground.subnet else {
            // A subnet that the template does not show may have any filter.
            return (None, true);
        };
        let Some(term) = &subnet.it.network_security_group else {
            return (None, false);
        };
        let filter = self.survey.filter(term);
        let at = filter.and_then(|filter| self.filter_at.get(&filter.position).copied());
        if at.is_none() {
            let term = called(term);
            let why = format!("its network security group, {term}, is not in the template");
            self.survey.note(subnet.position, None, why);
        }
        (at, at.is_none())
    }

    fn ground(&mut self, owner: usize, term: &'a Term) -> usize {
        let subnet = self.survey.subnet(term);
        if let Some(&at) = subnet.and_then(|subnet| self.ground_at.get(&subnet.position)) {
            return at;
        }
        let why = format!("its subnet, {}, is not in the template", called(term));
        self.survey.note(owner, None, why);
        let next = self.census.grounds.len();
        let at = *self.strange_grounds.entry(term).or_insert(next);
        if at == next {
            self.census.grounds.push(nowhere());
        }
        at
    }
}
