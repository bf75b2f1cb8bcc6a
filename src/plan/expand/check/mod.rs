//! What must hold between the parts of a plan: names that exist, actions that fit their services, flows that keep the
//! guarantees.

mod guarantees;
mod names;

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::{Action, Allow, DefaultRoute, Flow, Network, Peer, Plan, Purpose};
use crate::spec::{Pattern, Stack};
use crate::yaml::nearest;
use names::What;

/// Pushes everything that does not hold.
pub(super) fn check(plan: &Plan, pattern: &Pattern, stack: &Stack, diags: &mut Diagnostics) {
    let names = names::names(plan, &pattern.place, diags);
    let mut checker = Checker {
        plan,
        names,
        diags,
        flows: &pattern.body.flows.place,
        stack,
    };
    let tiers = pattern.body.tiers.as_ref();
    checker.tiers(tiers.map_or(&pattern.place, |node| &node.place));
    checker.routes(&pattern.body.network.place);
    for flow in &plan.flows {
        checker.flow(flow);
    }
    checker.probes(&pattern.body.flows.place);
    let guarantees = pattern.body.guarantees.as_ref();
    let place = guarantees.map_or(&pattern.place, |node| &node.place);
    for guarantee in &plan.guarantees {
        checker.guarantee(guarantee, place);
    }
}

struct Checker<'p> {
    plan: &'p Plan,
    names: BTreeMap<&'p str, What>,
    diags: &'p mut Diagnostics,
    flows: &'p Place,
    stack: &'p Stack,
}

impl Checker<'_> {
    fn push(&mut self, code: Code, message: String, place: &Place, help: String) {
        self.diags
            .push(Diagnostic::new(code, message).at(place.clone()).help(help));
    }

    fn unknown(&mut self, name: &str, what: &str, known: &[&str], place: &Place) {
        let help = nearest(name, known.iter().copied()).map_or_else(
            || format!("there are `{}`", known.join("`, `")),
            |meant| format!("did you mean `{meant}`?"),
        );
        self.push(
            Code::UnknownReference,
            format!("there is no {what} `{name}`"),
            place,
            help,
        );
    }

    fn tiers(&mut self, place: &Place) {
        let plan = self.plan;
        for tier in plan.tiers.values() {
            let network = plan
                .networks
                .iter()
                .find(|network| network.name == tier.network);
            let subnets: Vec<_> = network
                .map(|network| {
                    network
                        .subnets
                        .iter()
                        .map(|subnet| subnet.name.as_str())
                        .collect()
                })
                .unwrap_or_default();
            if !subnets.contains(&tier.subnet.as_str()) {
                let place = place_in(place, &tier.subnet);
                self.unknown(&tier.subnet, "subnet", &subnets, &place);
            }
            let reserved = network.and_then(|network| {
                let mut groups = network.subnets.iter();
                groups.find(|group| group.name == tier.subnet && group.purpose.is_reserved())
            });
            if let Some(group) = reserved {
                self.push(
                    Code::UnknownReference,
                    format!(
                        "the tier `{}` is in `{}`, which is for {} alone",
                        tier.name,
                        tier.subnet,
                        whose(group.purpose)
                    ),
                    place,
                    "give the tier a subnet of its own".into(),
                );
            }
            let behind = tier
                .machines
                .as_ref()
                .and_then(|machines| machines.behind.as_deref());
            if let Some(behind) = behind
                && self.names.get(behind) != Some(&What::LoadBalancer)
            {
                let known: Vec<_> = network
                    .map(|network| network.load_balancers.keys().map(String::as_str).collect())
                    .unwrap_or_default();
                let place = place_in(place, behind);
                self.unknown(behind, "load balancer", &known, &place);
            }
        }
    }

    fn routes(&mut self, place: &Place) {
        let to_datacenter = |network: &&Network| {
            let mut subnets = network.subnets.iter();
            network.vpn.is_none()
                && subnets.any(|subnet| subnet.default_route == DefaultRoute::Datacenter)
        };
        if self
            .plan
            .networks
            .iter()
            .any(|network| to_datacenter(&network))
        {
            self.push(
                Code::UnknownReference,
                "a subnet's default route goes to the datacenter, and there is no VPN".into(),
                place,
                "add `vpn` to the network".into(),
            );
        }
    }

    /// A balancer sends nothing to instances that its probes do not reach.
    fn probes(&mut self, place: &Place) {
        let plan = self.plan;
        for tier in plan.tiers.values() {
            let Some(behind) = tier
                .machines
                .as_ref()
                .and_then(|machines| machines.behind.as_ref())
            else {
                continue;
            };
            let balancers = plan
                .networks
                .iter()
                .flat_map(|network| network.load_balancers.values());
            let Some(balancer) = balancers
                .into_iter()
                .find(|balancer| balancer.name == *behind)
            else {
                continue;
            };
            let probes = plan.flows.iter().any(|flow| {
                flow.from == Peer::Named(behind.clone())
                    && flow.to == Peer::Named(tier.name.clone())
                    && matches!(flow.allow, Allow::Traffic(traffic) if traffic.covers(balancer.probe))
            });
            if !probes {
                self.push(
                    Code::UnknownReference,
                    format!(
                        "the probes of `{behind}` do not reach the tier `{}`",
                        tier.name
                    ),
                    place,
                    format!(
                        "add a flow from `{behind}` to `{}` that allows {}",
                        tier.name, balancer.probe
                    ),
                );
            }
        }
    }

    fn peer(&mut self, peer: &Peer) {
        if let Peer::Named(name) = peer {
            let place = self.place_of(name);
            self.peer_at(peer, &place);
        }
    }

    /// Holds a peer that is named at `place` against the names that there are.
    fn peer_at(&mut self, peer: &Peer, place: &Place) {
        let Peer::Named(name) = peer else { return };
        if !self.names.contains_key(name.as_str()) {
            let mut known: Vec<_> = self.names.keys().copied().collect();
            known.extend(["internet", "datacenter"]);
            let place = place_in(place, name);
            self.unknown(name, "tier or service", &known, &place);
        }
    }

    /// Where the flows name something: the word itself if it is there, else the whole list.
    fn place_of(&self, name: &str) -> Place {
        place_in(self.flows, name)
    }

    fn what(&self, peer: &Peer) -> Option<What> {
        match peer {
            Peer::Named(name) => self.names.get(name.as_str()).copied(),
            _ => None,
        }
    }

    fn flow(&mut self, flow: &Flow) {
        self.peer(&flow.from);
        self.peer(&flow.to);
        if let Some(through) = &flow.through
            && through != "datacenter"
            && !self.names.contains_key(through.as_str())
        {
            let known: Vec<_> = self.names.keys().copied().chain(["datacenter"]).collect();
            let place = self.place_of(through);
            self.unknown(through, "gateway", &known, &place);
        }
        let known = |peer: &Peer| !matches!(peer, Peer::Named(_)) || self.what(peer).is_some();
        if known(&flow.from) && known(&flow.to) && !self.fits(flow) {
            let place = self.place_of(&flow.allow.to_string());
            self.push(
                Code::InvalidTraffic,
                format!("`{}` cannot pass from `{}` to `{}`", flow.allow, flow.from, flow.to),
                &place,
                "traffic such as `tcp/443` passes between networks and tiers; an action such as `s3:read` is done to a service".into(),
            );
        }
        self.sender(flow);
        self.ranges(flow);
        self.outside(&flow.from);
        self.outside(&flow.to);
    }

    /// Whether what a flow allows makes sense between its ends.
    fn fits(&self, flow: &Flow) -> bool {
        let (from, to) = (self.what(&flow.from), self.what(&flow.to));
        let outside = |peer: &Peer| !matches!(peer, Peer::Named(_));
        let is_tier = |what| matches!(what, Some(What::Tier | What::OnDemandTier));
        match flow.allow {
            Allow::Traffic(_) => {
                let starts =
                    outside(&flow.from) || is_tier(from) || from == Some(What::LoadBalancer);
                starts && (is_tier(to) || (is_tier(from) && outside(&flow.to)))
            }
            Allow::Action(Action::S3Read | Action::S3Write | Action::S3Archive) => {
                to == Some(What::Bucket)
            }
            Allow::Action(Action::LambdaInvoke) => {
                from == Some(What::Bucket) && to == Some(What::Function)
            }
            Allow::Action(Action::Ec2Launch) => {
                from == Some(What::Function) && to == Some(What::OnDemandTier)
            }
            Allow::Action(Action::SnsPublish) => {
                from == Some(What::Function) && to == Some(What::Topic)
            }
            Allow::Action(Action::SnsDeliver) => {
                from == Some(What::Topic) && flow.to == Peer::Datacenter
            }
        }
    }

    /// A datacenter that uses a service must be known by something.
    fn sender(&mut self, flow: &Flow) {
        let acts = flow.from == Peer::Datacenter && matches!(flow.allow, Allow::Action(_));
        let known = self.plan.datacenter.as_ref().is_some_and(|datacenter| {
            datacenter.addresses.is_some() || datacenter.principals.is_some()
        });
        if acts && !known {
            let place = self.place_of("datacenter");
            self.push(
                Code::MissingKey,
                format!(
                    "nothing says by what the datacenter is known when it does `{}`",
                    flow.allow
                ),
                &place,
                "give the pattern's `datacenter` its `principals`, its `addresses`, or both".into(),
            );
        }
    }

    /// A block of addresses is somebody outside. One that holds the network, the datacenter or everybody would open to them
    /// what was meant for the listed ones.
    fn outside(&mut self, peer: &Peer) {
        let Peer::Block(block) = peer else { return };
        let plan = self.plan;
        let own = plan
            .networks
            .iter()
            .flat_map(Network::space)
            .map(|own| (own, "the network"));
        let ranges = plan
            .datacenter
            .iter()
            .flat_map(|datacenter| datacenter.ranges.iter().copied());
        let clash = own
            .chain(ranges.map(|range| (range, "the datacenter")))
            .find(|(range, _)| range.overlaps(*block));
        let block_text = block.to_string();
        let given = self.stack.given(&block_text);
        let place = given.unwrap_or_else(|| self.place_of(&block_text));
        if block.prefix_len() == 0 {
            self.push(
                Code::Overlap,
                format!("`{block}` is everybody, and not an address outside"),
                &place,
                "list the addresses that are meant".into(),
            );
        } else if let Some((range, whose)) = clash {
            self.push(
                Code::Overlap,
                format!("`{block}` overlaps `{range}` of {whose}"),
                &place,
                "list addresses outside; a tier or the datacenter has flows of its own".into(),
            );
        }
    }

    /// Traffic to or from a datacenter without address ranges would become no rule at all.
    fn ranges(&mut self, flow: &Flow) {
        let passes = matches!(flow.allow, Allow::Traffic(_))
            && (flow.from == Peer::Datacenter || flow.to == Peer::Datacenter);
        let known = self
            .plan
            .datacenter
            .as_ref()
            .is_some_and(|datacenter| !datacenter.ranges.is_empty());
        if passes && !known {
            let place = self.place_of("datacenter");
            self.push(
                Code::MissingKey,
                format!("nothing says which addresses the datacenter has, and `{}` passes to or from it", flow.allow),
                &place,
                "give the pattern's `datacenter` its `ranges`".into(),
            );
        }
    }
}

/// Who has a subnet for itself.
fn whose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Instances => "instances",
        Purpose::VpnGateway => "the VPN gateway",
        Purpose::Bastion => "Azure Bastion",
        Purpose::Firewall => "Azure Firewall",
        Purpose::RouteServer => "Azure Route Server",
        Purpose::NatGateway => "NAT gateways",
    }
}

/// Where `name` stands as a word in the text of `place`; the whole place when it does not.
fn place_in(place: &Place, name: &str) -> Place {
    let text = place.text();
    let found = text.match_indices(name).find(|(at, _)| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        !text[..*at].ends_with(word) && !text[at + name.len()..].starts_with(word)
    });
    let start = place.clamped().start;
    found.map_or_else(
        || place.clone(),
        |(at, name)| Place::new(&place.source, start + at..start + at + name.len()),
    )
}
