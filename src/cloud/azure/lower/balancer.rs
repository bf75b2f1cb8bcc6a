//! Load balancers: a front end, a pool for each tier behind, and a rule for each flow through.
//!
//! Each serves IPv4; what passes by IPv6 as well has a front end, pools and rules of its own, because a load balancer
//! translates no version of IP into the other
//! (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#capabilities>).

use super::names::{child, kebab, traffic};
use super::{Lowering, ipv6};
use crate::cloud::ResourceId;
use crate::cloud::azure::{
    AddressSku, BackendPool, BalancingRule, Frontend, FrontendAddress, Kind, LoadBalancer, NatRule,
    Probe, Resource, Transport,
};
use crate::net::{IpVersion, Ports, Traffic};
use crate::plan::{self, Allow, Flow, Network, Peer, Scale, Tier};

/// The last front-end port that a rule can have
/// (<https://learn.microsoft.com/azure/load-balancer/manage-inbound-nat-rules>).
const LAST_PORT: usize = 65534;
/// What the front end is called.
const PUBLIC: &str = "public";
const PORTS_PAGE: &str = "https://learn.microsoft.com/azure/load-balancer/manage-inbound-nat-rules";

pub(super) fn lower(lowering: &mut Lowering<'_>, network: &Network) -> Vec<Resource> {
    let balancers = network.load_balancers.values();
    balancers
        .map(|balancer| Resource::LoadBalancer(load_balancer(lowering, network, balancer)))
        .collect()
}

/// A name of what a load balancer has for each version of IP.
fn of(name: &str, version: IpVersion) -> String {
    match version {
        IpVersion::V4 => name.to_owned(),
        IpVersion::V6 => format!("{name}-ipv6"),
    }
}

/// The pool of a tier behind a load balancer.
pub(super) fn pool(balancer: &ResourceId, tier: &Tier, version: IpVersion) -> ResourceId {
    let name = of(&kebab(&tier.name), version);
    child(balancer, Kind::BackendPool, &name)
}

/// The public address of a load balancer.
pub(super) fn address(
    lowering: &Lowering<'_>,
    network: &Network,
    balancer: &plan::LoadBalancer,
    version: IpVersion,
) -> ResourceId {
    lowering
        .names
        .public_ip(network, &of(&balancer.name, version))
}

/// The versions of IP in which a load balancer listens.
pub(super) fn versions(
    lowering: &Lowering<'_>,
    network: &Network,
    balancer: &plan::LoadBalancer,
) -> impl Iterator<Item = IpVersion> + use<> {
    let served = |version: &IpVersion| {
        let mut tiers = lowering.tiers(network);
        *version == IpVersion::V4
            || tiers.any(|tier| serves(lowering, network, balancer, tier, *version))
    };
    let versions: Vec<_> = IpVersion::BOTH.into_iter().filter(served).collect();
    versions.into_iter()
}

/// Whether a load balancer hands anything to a tier that is behind it by a version of IP.
pub(super) fn serves(
    lowering: &Lowering<'_>,
    network: &Network,
    balancer: &plan::LoadBalancer,
    tier: &Tier,
    version: IpVersion,
) -> bool {
    let mut flows = through(lowering, balancer, tier);
    version == IpVersion::V4
        || flows.any(|flow| ipv6::versions(network, flow).any(|it| it == version))
}

/// The probe of a load balancer.
pub(super) fn probe(balancer: &ResourceId) -> ResourceId {
    child(balancer, Kind::Probe, "health")
}

/// Whether a load balancer spreads any flow over a tier.
pub(super) fn spreads(lowering: &Lowering<'_>, balancer: &plan::LoadBalancer, tier: &Tier) -> bool {
    through(lowering, balancer, tier).any(|flow| flow.per_instance.is_none())
}

fn load_balancer(
    lowering: &mut Lowering<'_>,
    network: &Network,
    balancer: &plan::LoadBalancer,
) -> LoadBalancer {
    let id = lowering.names.load_balancer(network, &balancer.name);
    let frontends = versions(lowering, network, balancer).map(|version| Frontend {
        id: child(&id, Kind::FrontendIp, &of(PUBLIC, version)),
        address: FrontendAddress::PublicIp(address(lowering, network, balancer, version).id()),
    });
    let mut made = LoadBalancer {
        frontends: frontends.collect(),
        pools: Vec::new(),
        probes: probes(lowering, balancer, &id),
        rules: Vec::new(),
        nat_rules: Vec::new(),
        outbound_rules: Vec::new(),
        sku: AddressSku::Standard,
        id,
    };
    let tiers: Vec<_> = lowering.tiers(network).collect();
    for tier in tiers {
        if !lowering.is_behind(tier, balancer) {
            continue;
        }
        for version in IpVersion::BOTH {
            if serves(lowering, network, balancer, tier, version) {
                let id = pool(&made.id, tier, version);
                made.pools.push(BackendPool { id });
            }
        }
        let flows: Vec<_> = through(lowering, balancer, tier).collect();
        for flow in flows {
            for version in ipv6::versions(network, flow) {
                add_flow(lowering, &mut made, tier, flow, version);
            }
        }
    }
    check_ports(lowering, balancer, &made);
    made
}

fn through<'a>(
    lowering: &Lowering<'a>,
    balancer: &plan::LoadBalancer,
    tier: &Tier,
) -> impl Iterator<Item = &'a Flow> + use<'a> {
    let (name, to) = (balancer.name.clone(), Peer::Named(tier.name.clone()));
    lowering
        .flows_of(tier)
        .filter(move |flow| flow.to == to && flow.through.as_ref() == Some(&name))
}

fn probes(
    lowering: &mut Lowering<'_>,
    balancer: &plan::LoadBalancer,
    id: &ResourceId,
) -> Vec<Probe> {
    let one_port = match balancer.probe {
        Traffic::Tcp(ports) => one(ports),
        _ => None,
    };
    if one_port.is_none() {
        lowering.unsupported(
            &format!("the probe `{}` of `{}`", balancer.probe, balancer.name),
            "a probe asks one TCP port, as in `tcp/443`",
        );
    }
    let probe = one_port.map(|port| Probe {
        id: probe(id),
        port,
        path: balancer.probe_path.clone(),
        interval_seconds: 5,
        threshold: 2,
    });
    probe.into_iter().collect()
}

fn one(ports: Ports) -> Option<u16> {
    (ports.from() == ports.to()).then(|| ports.from().number())
}

fn rule_id(
    balancer: &ResourceId,
    kind: Kind,
    tier: &Tier,
    flow: &Flow,
    version: IpVersion,
) -> ResourceId {
    let passes = match flow.allow {
        Allow::Traffic(passes) => traffic(passes),
        Allow::Action(_) => String::new(),
    };
    let name = format!("{}-{passes}", kebab(&tier.name));
    child(balancer, kind, &of(&name, version))
}

fn add_flow(
    lowering: &mut Lowering<'_>,
    made: &mut LoadBalancer,
    tier: &Tier,
    flow: &Flow,
    version: IpVersion,
) {
    let carried = match flow.allow {
        Allow::Traffic(Traffic::Tcp(ports)) => one(ports).map(|port| (Transport::Tcp, port)),
        Allow::Traffic(Traffic::Udp(ports)) => one(ports).map(|port| (Transport::Udp, port)),
        _ => None,
    };
    let Some((protocol, port)) = carried else {
        lowering.unsupported(
            &format!("`{}` through a load balancer", flow.allow),
            "each rule of a load balancer carries one TCP or UDP port; list them one by one",
        );
        return;
    };
    let frontend = child(&made.id, Kind::FrontendIp, &of(PUBLIC, version)).id();
    let pool = pool(&made.id, tier, version).id();
    if let Some(first_port) = flow.per_instance {
        let id = rule_id(&made.id, Kind::NatRule, tier, flow, version);
        let last_port = last_port(lowering, tier, first_port);
        // The addresses that may use it are the rules' matter: several flows share one range of ports.
        if !made.nat_rules.iter().any(|known| known.id == id) {
            made.nat_rules.push(NatRule {
                id,
                protocol,
                frontend,
                first_port,
                last_port,
                pool: Some(pool),
                backend_port: port,
            });
        }
        return;
    }
    let id = rule_id(&made.id, Kind::BalancingRule, tier, flow, version);
    if !made.rules.iter().any(|known| known.id == id) {
        made.rules.push(BalancingRule {
            id,
            protocol,
            frontend,
            frontend_port: port,
            pool,
            backend_port: port,
            probe: Some(probe(&made.id).id()),
            outbound_snat: false,
        });
    }
}

/// The end of the range that gives each machine a port: two for each at most that there may be, because a machine that is
/// being replaced keeps its port until it is gone.
fn last_port(lowering: &mut Lowering<'_>, tier: &Tier, first: u16) -> u16 {
    let most = match tier.machines.as_ref().map(|machines| machines.scale) {
        Some(Scale::Automatic { max, .. }) => max as usize,
        _ => 1,
    };
    let last = usize::from(first) + 2 * most - 1;
    if last > LAST_PORT {
        lowering.limit(
            format!(
                "the range of front-end ports for instances of `{}`",
                tier.name
            ),
            last,
            LAST_PORT,
            PORTS_PAGE,
        );
    }
    u16::try_from(last).unwrap_or(u16::MAX)
}

/// No two rules of a load balancer may listen at one port of a front end.
fn check_ports(lowering: &mut Lowering<'_>, balancer: &plan::LoadBalancer, made: &LoadBalancer) {
    let rules = made.rules.iter().map(|rule| {
        let port = rule.frontend_port;
        (&rule.frontend, rule.protocol, port, port)
    });
    let nat = made.nat_rules.iter().map(|rule| {
        (
            &rule.frontend,
            rule.protocol,
            rule.first_port,
            rule.last_port,
        )
    });
    let mut taken: Vec<_> = rules.chain(nat).collect();
    taken.sort_unstable();
    for pair in taken.windows(2) {
        if let [(frontend, protocol, _, last), (at, other, first, _)] = pair
            && (frontend, protocol) == (at, other)
            && first <= last
        {
            lowering.unsupported(
                &format!(
                    "two rules of the load balancer `{}` that both listen at port {first}",
                    balancer.name
                ),
                "give each flow through it a port of its own",
            );
        }
    }
}
