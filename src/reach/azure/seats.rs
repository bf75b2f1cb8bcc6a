//! Who is there: every interface, grouped into peers by what guards it.
//!
//! A peer has the name of its application security groups; without any, that of its network security group; without that,
//! that of the machine. A filter that nothing uses yet stands for machines that a team will place: it is judged as if such
//! machines stood in every subnet.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::filter::{Filter, GroupId, Groups};
use super::ground::{Ground, nowhere};
use super::survey::{Survey, called};
use crate::cloud::azure::{
    AddressSku, Interface, LoadBalancer, NetworkInterface, Resource, ScaleSet,
};
use crate::cloud::{ResourceId, Term};
use crate::reach::matrix::{Peer, PeerKind, Seat};
use crate::reach::set::{Addresses, Set};

/// Subnets in which only Azure's own gateways stand.
const RESERVED: [&str; 4] = [
    "GatewaySubnet",
    "AzureBastionSubnet",
    "AzureFirewallSubnet",
    "RouteServerSubnet",
];

/// Machines that are all guarded and reached alike.
pub(super) struct Stand<'a> {
    /// The positions of the peer and of the seat in it.
    pub(super) end: (usize, usize),
    /// The subnet.
    pub(super) ground: usize,
    /// The filters, by their place in the list of filters: the interface's and the subnet's. Both must let a packet pass.
    pub(super) filters: Vec<usize>,
    /// Whether there is a filter more, which the template does not show.
    pub(super) hidden: bool,
    pub(super) groups: Vec<GroupId>,
    /// The pools of load balancers that it is in.
    pub(super) pools: Vec<&'a Term>,
    /// The inbound NAT rules that lead to it.
    pub(super) nat_rules: Vec<&'a Term>,
    /// Each machine's own public address.
    pub(super) public: Option<Address>,
    /// The addresses that the machines may have.
    pub(super) addresses: Addresses,
    /// The resource that describes the machine.
    pub(super) owner: Option<usize>,
    /// Whether there may be more than one machine.
    pub(super) several: bool,
}

/// A public address of a machine's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// Of this make.
    Of(AddressSku),
    /// Of a make that the template does not show.
    Hidden,
}

/// A load balancer.
pub(super) struct Balancer<'a> {
    /// Its position among the peers.
    pub(super) peer: usize,
    /// Its position in what was read.
    pub(super) position: usize,
    pub(super) it: &'a LoadBalancer,
}

/// Everybody who is there.
pub(super) struct Census<'a> {
    pub(super) peers: Vec<Peer>,
    pub(super) stands: Vec<Stand<'a>>,
    pub(super) balancers: Vec<Balancer<'a>>,
    pub(super) filters: Vec<Filter<'a>>,
    pub(super) groups: Groups<'a>,
    pub(super) grounds: Vec<Ground<'a>>,
    /// Whether some are there only as if.
    pub(super) as_if: bool,
}

/// What makes a peer: application security groups and the filter of the interface.
type Key<'a> = (Vec<GroupId>, Option<&'a ResourceId>, Option<&'a Term>);

struct Taker<'s, 'a> {
    survey: &'s Survey<'a>,
    census: Census<'a>,
    filter_at: BTreeMap<usize, usize>,
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
        let used = self.used();
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

    /// The filters that an interface has, and the subnets that one stands in.
    fn used(&self) -> Used<'a> {
        let mut used = Used::default();
        for placed in self.survey.resources() {
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
        } = &set.interface;
        let ground = self.ground(position, subnet);
        let ids = groups.iter();
        let ids = ids
            .map(|term| self.census.groups.id(self.survey, term))
            .collect();
        self.stand(Card {
            owner: Some((position, &set.id)),
            ground,
            filter: network_security_group.as_ref(),
            groups: ids,
            named: groups.iter().collect(),
            pools: pools.iter().collect(),
            nat_rules: Vec::new(),
            // A block of addresses is always of Standard make, and so is each address out of it.
            public: public_address.as_ref().map(|address| match address.prefix {
                Some(_) => Address::Of(AddressSku::Standard),
                None => Address::Hidden,
            }),
            fixed: None,
            several: true,
        });
    }

    /// Each address of an interface stands by itself: it has its own groups, pools and public address.
    fn interface(&mut self, position: usize, it: &'a Interface) {
        for address in &it.configurations {
            let ground = self.ground(position, &address.subnet);
            let ids = address.groups.iter();
            let ids = ids
                .map(|term| self.census.groups.id(self.survey, term))
                .collect();
            let fixed = match &address.address {
                Some(Term::Text(text)) => text.parse().ok(),
                _ => None,
            };
            self.stand(Card {
                owner: Some((position, &it.id)),
                ground,
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

    /// Stands for a filter that no interface has: in every subnet when no subnet has it either, and in those of its subnets
    /// in which nothing stands yet.
    fn unused(&mut self, position: usize, used: &Used<'a>) {
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
            self.as_if(at, ground, groups.clone(), on_subnets);
        }
    }

    fn as_if(&mut self, filter: usize, ground: usize, groups: Vec<GroupId>, on_subnet: bool) {
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
            addresses: self.addresses(ground),
            owner: None,
            several: true,
        });
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
        self.add(Stand {
            end,
            ground: card.ground,
            filters,
            hidden,
            groups: card.groups,
            pools: card.pools,
            nat_rules: card.nat_rules,
            public: card.public,
            addresses: match card.fixed {
                Some(address) => Addresses::one(address),
                None => self.addresses(card.ground),
            },
            owner: card.owner.map(|(position, _)| position),
            several: card.several,
        });
    }

    /// The peer of a key, and the position that its next seat will have.
    fn end(&mut self, key: Key<'a>, make: impl FnOnce() -> Peer) -> (usize, usize) {
        let next = self.census.peers.len();
        let at = *self.peer_at.entry(key).or_insert(next);
        if at == next {
            self.census.peers.push(make());
        }
        let seats = self.census.peers.get(at).map_or(0, |peer| peer.seats.len());
        (at, seats)
    }

    /// Adds machines: to those that stand there already and are guarded and reached alike, or as a seat of their own.
    fn add(&mut self, stand: Stand<'a>) {
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
            });
        }
        self.census.stands.push(stand);
    }

    fn addresses(&self, ground: usize) -> Addresses {
        let ground = self.census.grounds.get(ground);
        ground.map_or_else(Addresses::nothing, |ground| ground.addresses.clone())
    }

    /// The filter of a subnet, and whether it has one that the template does not show.
    fn subnet_filter(&self, ground: usize) -> (Option<usize>, bool) {
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

#[derive(Default)]
struct Used<'a> {
    filters: BTreeSet<&'a Term>,
    subnets: BTreeSet<&'a Term>,
}

/// An interface, as its machine describes it.
struct Card<'a> {
    owner: Option<(usize, &'a ResourceId)>,
    ground: usize,
    filter: Option<&'a Term>,
    groups: Vec<GroupId>,
    named: Vec<&'a Term>,
    pools: Vec<&'a Term>,
    nat_rules: Vec<&'a Term>,
    public: Option<Address>,
    fixed: Option<IpAddr>,
    several: bool,
}

impl<'a> Card<'a> {
    fn key(&self, guard: Option<&'a ResourceId>) -> Key<'a> {
        let alone = self.groups.is_empty() && guard.is_none() && self.filter.is_none();
        let owner = self.owner.filter(|_| alone).map(|(_, id)| id);
        let strange = self.filter.filter(|_| guard.is_none());
        (self.groups.clone(), guard.or(owner), strange)
    }

    fn peer(&self, guard: Option<&ResourceId>) -> Peer {
        let names: Vec<_> = self.named.iter().map(|term| short(term)).collect();
        let own = || {
            let owner = self.owner.map(|(_, id)| id.name());
            guard.map(ResourceId::name).or(owner).unwrap_or_default()
        };
        let ids = self.named.iter().filter_map(|term| match term {
            Term::Attribute(id, _) => Some(id),
            _ => None,
        });
        Peer {
            name: if names.is_empty() {
                own().to_owned()
            } else {
                names.join("+")
            },
            kind: PeerKind::Tier,
            resources: ids.chain(guard).cloned().collect(),
            seats: Vec::new(),
        }
    }
}

fn short(term: &Term) -> String {
    match term {
        Term::Attribute(id, _) => id.name().to_owned(),
        Term::Parameter(name) => name.clone(),
        other => called(other),
    }
}

impl Stand<'_> {
    fn is_like(&self, other: &Self) -> bool {
        self.ground == other.ground
            && self.filters == other.filters
            && self.hidden == other.hidden
            && self.groups == other.groups
            && self.pools == other.pools
            && self.nat_rules == other.nat_rules
            && self.public == other.public
            && self.addresses == other.addresses
    }
}
