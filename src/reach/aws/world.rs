//! The resources of a template by what they are to each other: who stands in which VPC, which table a subnet uses.
//!
//! References are followed once, here. A reference that leads out of the template leads nowhere in the world.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::cloud::aws::{
    AutoScalingGroup, Block, Effect, Interface, Kind, NetworkAcl, Resource, Route, Subnet, VpcCidr,
};
use crate::cloud::{self, Placed, Resource as _, ResourceId, Term, Unknown};
use crate::net::{Cidr, IpVersion};
use crate::reach::set::{Addresses, Set};

/// The resources of one template.
pub(super) struct World<'r> {
    pub(super) items: &'r [Placed<Resource>],
    at: HashMap<&'r ResourceId, usize>,
    /// The position of the table of a subnet.
    tables: HashMap<&'r ResourceId, usize>,
    /// The position of the network ACL of a subnet.
    acls: HashMap<&'r ResourceId, usize>,
    /// The positions of the routes of a table.
    routes: HashMap<&'r ResourceId, Vec<usize>>,
    /// The positions of the subnets of a VPC.
    subnets: HashMap<&'r Term, Vec<usize>>,
    /// The address space of a VPC, as far as the template says it.
    spaces: HashMap<&'r Term, Addresses>,
    /// The VPCs that have a block of IPv6 which AWS picks.
    given: HashSet<&'r Term>,
    /// The groups of instances of a launch template, and whether an interface names it.
    launched: HashMap<&'r ResourceId, (Vec<&'r AutoScalingGroup>, bool)>,
    /// What has a public address that stays the same.
    elastic: HashSet<&'r ResourceId>,
    /// The positions of what is asked for by its kind.
    of: HashMap<Kind, Vec<usize>>,
    /// How a VPC is first called by what stands in it.
    vpcs: HashMap<&'r ResourceId, &'r Term>,
}

impl<'r> World<'r> {
    pub(super) fn new(items: &'r [Placed<Resource>]) -> Self {
        let numbered = items.iter().enumerate();
        let at = numbered
            .map(|(at, placed)| (placed.resource.id(), at))
            .collect();
        let mut world = Self {
            items,
            at,
            tables: HashMap::new(),
            acls: HashMap::new(),
            routes: HashMap::new(),
            subnets: HashMap::new(),
            spaces: HashMap::new(),
            given: HashSet::new(),
            launched: HashMap::new(),
            elastic: HashSet::new(),
            of: HashMap::new(),
            vpcs: HashMap::new(),
        };
        for (at, placed) in items.iter().enumerate() {
            world.follow(at, &placed.resource);
            if let Some(kind) = asked_for(&placed.resource) {
                world.of.entry(kind).or_default().push(at);
            }
            if let Some(vpc) = vpc(&placed.resource)
                && let Some(id) = id_of(vpc)
            {
                world.vpcs.entry(id).or_insert(vpc);
            }
        }
        world
    }

    /// Notes what a resource is to others.
    fn follow(&mut self, at: usize, resource: &'r Resource) {
        match resource {
            Resource::Subnet(subnet) => {
                self.subnets.entry(&subnet.vpc).or_default().push(at);
                self.grow(&subnet.vpc, subnet.cidr);
                if subnet.ipv6.as_ref().is_some_and(is_given) {
                    self.given.insert(&subnet.vpc);
                }
            }
            Resource::VpcCidr(VpcCidr { vpc, block, .. }) => match block {
                Block::Known(block) => self.grow(vpc, *block),
                Block::SomeIpv6(_) | Block::Part { .. } => {
                    self.given.insert(vpc);
                }
            },
            Resource::RouteTableAssociation(it) => {
                let table = id_of(&it.table).and_then(|id| self.position(id));
                if let (Some(subnet), Some(table)) = (id_of(&it.subnet), table) {
                    self.tables.insert(subnet, table);
                }
            }
            Resource::Route(route) => {
                if let Some(table) = id_of(&route.table) {
                    self.routes.entry(table).or_default().push(at);
                }
            }
            Resource::NetworkAcl(acl) => {
                let subnets = acl.subnets.iter().filter_map(id_of);
                self.acls.extend(subnets.map(|subnet| (subnet, at)));
            }
            Resource::AutoScalingGroup(fleet) => {
                if let Some(template) = id_of(&fleet.template) {
                    self.launched.entry(template).or_default().0.push(fleet);
                }
            }
            Resource::Interface(Interface {
                template: Some(template),
                ..
            }) => {
                if let Some(template) = id_of(template) {
                    self.launched.entry(template).or_default().1 = true;
                }
            }
            Resource::ElasticIp(it) => {
                self.elastic.extend(it.target.as_ref().and_then(id_of));
            }
            Resource::ElasticIpAssociation(it) => self.elastic.extend(id_of(&it.target)),
            _ => {}
        }
    }

    fn grow(&mut self, vpc: &'r Term, block: Cidr) {
        let space = self.spaces.entry(vpc).or_insert_with(Addresses::nothing);
        *space = space.union(&block.into());
    }

    /// The position of a resource.
    pub(super) fn position(&self, id: &ResourceId) -> Option<usize> {
        self.at.get(id).copied()
    }

    /// The resource that a term names, with its position.
    pub(super) fn named(&self, term: &Term) -> Option<(usize, &'r Resource)> {
        let at = self.position(id_of(term)?)?;
        Some((at, &self.items.get(at)?.resource))
    }

    /// The resources, with their positions.
    pub(super) fn resources(&self) -> impl Iterator<Item = (usize, &'r Resource)> {
        let items = self.items.iter().enumerate();
        items.map(|(at, placed)| (at, &placed.resource))
    }

    /// The resources of a kind, with their positions: one of those that [`asked_for`] names.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = (usize, &'r Resource)> {
        let positions = self.of.get(&kind).map_or(&[][..], Vec::as_slice);
        let found = positions.iter().map(|&at| Some((at, self.items.get(at)?)));
        found.flatten().map(|(at, placed)| (at, &placed.resource))
    }

    /// The positions of the subnets of a VPC.
    pub(super) fn subnets(&self, vpc: &Term) -> &[usize] {
        self.subnets.get(vpc).map_or(&[], Vec::as_slice)
    }

    /// The routes of the table at a position, with their positions.
    pub(super) fn routes(&self, table: usize) -> impl Iterator<Item = (usize, &'r Route)> {
        let id = self.items.get(table).map(|it| it.resource.id());
        let routes = id.and_then(|id| self.routes.get(id));
        let routes = routes.map_or(&[][..], Vec::as_slice).iter();
        routes.filter_map(|&at| match &self.items.get(at)?.resource {
            Resource::Route(route) => Some((at, route)),
            _ => None,
        })
    }

    /// The groups of instances that start from a template, and whether an interface does.
    pub(super) fn launched(&self, template: &ResourceId) -> (&[&'r AutoScalingGroup], bool) {
        match self.launched.get(template) {
            Some((fleets, named)) => (fleets, *named),
            None => (&[], false),
        }
    }

    /// Whether something has a public address that stays the same.
    pub(super) fn is_elastic(&self, id: &ResourceId) -> bool {
        self.elastic.contains(id)
    }

    /// The term by which what stands in a VPC calls it.
    pub(super) fn vpc_term(&self, vpc: &ResourceId) -> Option<&'r Term> {
        self.vpcs.get(vpc).copied()
    }

    /// The terms of every VPC in which something of the template stands, in the order of the template.
    pub(super) fn vpc_terms(&self) -> impl Iterator<Item = Option<&'r Term>> {
        let subnets = self.resources().filter_map(|(_, resource)| match resource {
            Resource::Subnet(subnet) => Some(&subnet.vpc),
            _ => None,
        });
        subnets.map(Some)
    }

    /// The subnet at a position.
    pub(super) fn subnet(&self, at: usize) -> Option<&'r Subnet> {
        match &self.items.get(at)?.resource {
            Resource::Subnet(subnet) => Some(subnet),
            _ => None,
        }
    }

    /// The table that a subnet uses; nothing when it uses the main one, which has only the routes of the VPC itself
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html>).
    pub(super) fn table(&self, subnet: &Subnet) -> Option<usize> {
        self.tables.get(&subnet.id).copied()
    }

    /// The network ACL of a subnet; nothing when it has the VPC's default one, which lets everything pass
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html>).
    pub(super) fn acl(&self, subnet: &Subnet) -> Option<(usize, &'r NetworkAcl)> {
        let at = *self.acls.get(&subnet.id)?;
        match &self.items.get(at)?.resource {
            Resource::NetworkAcl(acl) => Some((at, acl)),
            _ => None,
        }
    }

    /// The address space of a VPC, as far as the template says it.
    pub(super) fn space(&self, vpc: &Term) -> Addresses {
        let told = self.spaces.get(vpc).cloned();
        let told = told.unwrap_or_else(Addresses::nothing);
        match self.named(vpc) {
            Some((_, Resource::Vpc(vpc))) => told.union(&vpc.cidr.into()),
            _ => told,
        }
    }

    /// Every address that a VPC may have: of IPv6, AWS may pick the block.
    pub(super) fn widest_space(&self, vpc: &Term) -> Addresses {
        self.space(vpc).union(&self.given_space(vpc))
    }

    /// The addresses of which AWS may pick a block for a VPC.
    pub(super) fn given_space(&self, vpc: &Term) -> Addresses {
        if self.given.contains(vpc) {
            public_v6()
        } else {
            Addresses::nothing()
        }
    }

    /// What is not known about a resource.
    pub(super) fn unknown(&self, at: usize, why: impl Into<String>) -> Option<Unknown> {
        let placed = self.items.get(at)?;
        Some(Unknown {
            name: placed.resource.id().path.join("."),
            what: placed.resource.id().kind.name().to_owned(),
            why: why.into(),
            place: placed.place.clone(),
        })
    }
}

/// The kind of a resource that others look for by its kind: few are of them, beside the many that are named.
fn asked_for(resource: &Resource) -> Option<Kind> {
    Some(match resource {
        Resource::DefaultSecurityGroup(_) => Kind::DefaultSecurityGroup,
        Resource::InternetGatewayAttachment(_) => Kind::InternetGatewayAttachment,
        Resource::NatGateway(_) => Kind::NatGateway,
        Resource::RoutePropagation(_) => Kind::RoutePropagation,
        Resource::SecurityGroupRule(_) => Kind::SecurityGroupRule,
        Resource::VpcEndpoint(_) => Kind::VpcEndpoint,
        Resource::VpcPublicAccess(_) => Kind::VpcPublicAccess,
        Resource::VpcPublicAccessExclusion(_) => Kind::VpcPublicAccessExclusion,
        Resource::VpnConnection(_) => Kind::VpnConnection,
        Resource::VpnConnectionRoute(_) => Kind::VpnConnectionRoute,
        Resource::VpnGatewayAttachment(_) => Kind::VpnGatewayAttachment,
        _ => return None,
    })
}

/// The VPC that a resource stands in.
fn vpc(resource: &Resource) -> Option<&Term> {
    match resource {
        Resource::Subnet(it) => Some(&it.vpc),
        Resource::SecurityGroup(it) => Some(&it.vpc),
        Resource::RouteTable(it) => Some(&it.vpc),
        Resource::DefaultSecurityGroup(it) => Some(&it.vpc),
        _ => None,
    }
}

/// The resource that a term is a property of.
pub(super) fn id_of(term: &Term) -> Option<&ResourceId> {
    match term {
        Term::Attribute(id, _) => Some(id),
        _ => None,
    }
}

/// Whether a term is a property of a resource of a type.
pub(super) fn is_a(term: &Term, kind: Kind) -> bool {
    id_of(term).is_some_and(|id| id.kind == cloud::Kind::Aws(kind))
}

/// The addresses of a subnet of a version of IP. A block of IPv6 that AWS picks may be any public one.
pub(super) fn addresses(subnet: &Subnet, version: IpVersion) -> Addresses {
    match (version, &subnet.ipv6) {
        (IpVersion::V4, _) => Addresses::from(subnet.cidr),
        (IpVersion::V6, None) => Addresses::nothing(),
        (IpVersion::V6, Some(Block::Known(cidr))) => (*cidr).into(),
        (IpVersion::V6, Some(Block::SomeIpv6(_) | Block::Part { .. })) => public_v6(),
    }
}

/// Whether AWS picks a block.
fn is_given(block: &Block) -> bool {
    block.known().is_none()
}

/// The public addresses of IPv6.
pub(super) fn public_v6() -> Addresses {
    Addresses::public().only_v6()
}

/// Whether an entry lets pass.
pub(super) fn allows(effect: Effect) -> bool {
    effect == Effect::Allow
}
