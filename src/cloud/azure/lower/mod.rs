//! From a plan to Azure's resources.
//!
//! Nothing here knows a pattern: a flow becomes rules by the kinds of its two ends, a subnet gets routes by where its
//! traffic may go. A pattern made of parts that are known here needs no change of this room.

mod accounts;
mod balancer;
mod check;
mod compute;
mod filter;
mod ipv6;
mod names;
mod network;
mod outputs;
mod parameters;
mod priority;
mod ranges;
mod routing;
#[cfg(test)]
mod tests;
mod vpn;

use super::Resource;
use crate::cloud::{Header, LoweringError, ResourceId, Resources};
use crate::plan::{
    Allow, DefaultRoute, Flow, LoadBalancer, Network, Peer, Plan, SubnetGroup, Tier,
};
use indexmap::IndexMap;
use names::Names;

/// The resources of `plan` on Azure.
///
/// # Errors
/// Everything that Azure would refuse, all of it in one go.
pub fn lower(plan: &Plan) -> Result<Resources<Resource>, Vec<LoweringError>> {
    let mut lowering = Lowering {
        plan,
        names: Names::new(plan),
        errors: Vec::new(),
    };
    lowering.refuse_what_azure_has_not();
    let mut items = Vec::new();
    let mut outputs = Vec::new();
    for network in &plan.networks {
        items.extend(network::lower(&mut lowering, network));
        items.extend(routing::lower(&mut lowering, network));
        items.extend(vpn::lower(&mut lowering, network));
        items.extend(filter::lower(&mut lowering, network));
        items.extend(balancer::lower(&mut lowering, network));
        let machines = compute::lower(&mut lowering, network, &items);
        items.extend(machines);
        outputs.extend(outputs::lower(&lowering, network));
    }
    let resources = Resources {
        parameters: parameters::used(&mut lowering, &items),
        header: lowering.header(),
        items,
        outputs,
    };
    lowering.errors.extend(check::limits(&resources));
    if lowering.errors.is_empty() {
        Ok(resources)
    } else {
        Err(lowering.errors)
    }
}

/// The resources by which a plan's tiers and load balancers are known on Azure, by their names in the plan.
#[must_use]
pub fn names(plan: &Plan) -> IndexMap<String, Vec<ResourceId>> {
    let names = Names::new(plan);
    let mut known: IndexMap<_, Vec<_>> = IndexMap::new();
    for network in &plan.networks {
        for tier in plan
            .tiers
            .values()
            .filter(|tier| tier.network == network.name)
        {
            let ids = vec![
                names.group(network, &tier.name),
                names.filter(network, &tier.name),
            ];
            known.insert(tier.name.clone(), ids);
        }
        for name in network.load_balancers.keys() {
            known.insert(name.clone(), vec![names.load_balancer(network, name)]);
        }
    }
    known
}

/// A plan on its way to resources.
struct Lowering<'a> {
    plan: &'a Plan,
    names: Names,
    errors: Vec<LoweringError>,
}

impl<'a> Lowering<'a> {
    /// What the template says of itself. Every resource can be traced to its stack and pattern by its tags.
    fn header(&self) -> Header {
        let pattern = format!("{}@{}", self.plan.pattern, self.plan.version);
        let mut tags = self.plan.tags.clone();
        tags.insert("patternbook:stack".into(), self.names.stack().into());
        tags.insert("patternbook:pattern".into(), pattern.clone());
        Header {
            stack: self.names.stack().to_owned(),
            pattern,
            title: self.plan.title.clone(),
            region: self.plan.region.clone(),
            tags,
        }
    }

    fn refuse_what_azure_has_not(&mut self) {
        for network in &self.plan.networks {
            if network.isolate_zones {
                self.unsupported(
                    "a stateless filter between zones",
                    "subnets span zones on Azure; keep instances apart by their flows",
                );
            }
            if let Some(name) = network.endpoints.keys().next() {
                self.unsupported(
                    &format!("the gateway endpoint `{name}`"),
                    "leave the endpoint out of a pattern for Azure",
                );
            }
            ipv6::refuse(self, network);
            if network.flow_log_days.is_some() {
                self.unsupported(
                    "a flow log",
                    "turn on virtual network flow logs in Network Watcher, which lives outside of the stack",
                );
            }
        }
        if let Some(name) = self.plan.services.keys().next() {
            self.unsupported(
                &format!("the service `{name}`"),
                "patterns for Azure have tiers only as yet",
            );
        }
        for flow in &self.plan.flows {
            if let Allow::Action(action) = flow.allow {
                self.unsupported(
                    &format!("the action {}", action.as_str()),
                    "a flow on Azure allows traffic, as in `tcp/443`",
                );
            } else if !self.can_pass(flow) {
                let way = flow
                    .through
                    .as_ref()
                    .map_or(String::new(), |through| format!(" through `{through}`"));
                self.unsupported(
                    &format!("a flow from `{}` to `{}`{way}", flow.from, flow.to),
                    "one end of a flow must be a tier; it can pass the load balancer in front of that tier, or the \
                     datacenter or the NAT gateway on its way to the Internet",
                );
            }
        }
    }

    /// Whether Azure has the way that a flow takes.
    fn can_pass(&self, flow: &Flow) -> bool {
        let tier = |peer: &Peer| match peer {
            Peer::Named(name) => self.plan.tiers.get(name),
            _ => None,
        };
        let network = |tier: &Tier| {
            let mut networks = self.plan.networks.iter();
            networks.find(|network| network.name == tier.network)
        };
        match (&flow.through, tier(&flow.from), tier(&flow.to)) {
            (None, from, to) => from.or(to).is_some(),
            (Some(through), _, Some(to)) => {
                network(to).is_some_and(|network| network.load_balancers.contains_key(through))
            }
            (Some(through), Some(from), None) => network(from)
                .and_then(|network| {
                    let mut groups = network.subnets.iter();
                    groups.find(|group| group.name == from.subnet)
                })
                .is_some_and(|group| match group.default_route {
                    DefaultRoute::Datacenter => through == "datacenter",
                    DefaultRoute::Nat => through == "nat",
                    DefaultRoute::None => false,
                }),
            (Some(_), None, None) => false,
        }
    }

    fn unsupported(&mut self, what: &str, help: &str) {
        self.errors.push(LoweringError::Unsupported {
            what: what.to_owned(),
            cloud: CLOUD,
            help: help.to_owned(),
        });
    }

    fn limit(&mut self, what: String, count: usize, limit: usize, source_page: &'static str) {
        self.errors.push(LoweringError::Limit {
            what,
            count,
            limit,
            cloud: CLOUD,
            source_page,
        });
    }

    /// The tiers of a network, in the pattern's order.
    fn tiers(&self, network: &Network) -> impl Iterator<Item = &'a Tier> + use<'a> {
        let name = network.name.clone();
        self.plan
            .tiers
            .values()
            .filter(move |tier| tier.network == name)
    }

    /// The tiers of a subnet group.
    fn tiers_of(
        &self,
        network: &Network,
        group: &SubnetGroup,
    ) -> impl Iterator<Item = &'a Tier> + use<'a> {
        let name = group.name.clone();
        self.tiers(network).filter(move |tier| tier.subnet == name)
    }

    /// The flows that end or begin at a tier.
    fn flows_of(&self, tier: &Tier) -> impl Iterator<Item = &'a Flow> + use<'a> {
        let peer = Peer::Named(tier.name.clone());
        self.plan
            .flows
            .iter()
            .filter(move |flow| flow.from == peer || flow.to == peer)
    }

    /// Whether a load balancer hands anything to a tier.
    fn is_behind(&self, tier: &Tier, balancer: &LoadBalancer) -> bool {
        let placed = tier
            .machines
            .as_ref()
            .is_some_and(|machines| machines.behind.as_ref() == Some(&balancer.name));
        placed
            || self.flows_of(tier).any(|flow| {
                flow.to == Peer::Named(tier.name.clone())
                    && flow.through.as_ref() == Some(&balancer.name)
            })
    }

    /// Whether clients on the Internet get answers from a tier straight away.
    fn is_exposed(&self, network: &Network, tier: &Tier) -> bool {
        let own_address = tier
            .machines
            .as_ref()
            .is_some_and(|machines| machines.public_addresses);
        own_address
            || network
                .load_balancers
                .values()
                .any(|balancer| self.is_behind(tier, balancer))
    }
}

/// The cloud's name in messages.
const CLOUD: &str = "Azure";
