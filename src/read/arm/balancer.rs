//! Load balancers and their parts.
//!
//! <https://learn.microsoft.com/azure/templates/microsoft.network/loadbalancers>

use super::assembly::Read;
use super::context::Context;
use super::names;
use super::network::{sku, version};
use super::properties::{Properties, word};
use super::value::{Result, Value};
use crate::cloud::azure::{
    BackendPool, BalancingRule, Frontend, FrontendAddress, Kind, LoadBalancer, NatRule,
    OutboundRule, Probe, Transport,
};
use crate::cloud::{ResourceId, Term};
use crate::diag::Place;
use crate::net::IpVersion;
use crate::read::Part;

pub(super) fn load_balancer(id: ResourceId, body: &mut Properties<'_, '_>) -> Read {
    let sku = sku(body);
    let mut of = body.inside_or_empty("properties");
    let frontends = entries(&id, "frontendIPConfigurations", Kind::FrontendIp, &mut of);
    let pools = entries(&id, "backendAddressPools", Kind::BackendPool, &mut of);
    let probes = entries(&id, "probes", Kind::Probe, &mut of);
    let rules = entries(&id, "loadBalancingRules", Kind::BalancingRule, &mut of);
    let nat_rules = entries(&id, "inboundNatRules", Kind::NatRule, &mut of);
    let outbound_rules = entries(&id, "outboundRules", Kind::OutboundRule, &mut of);
    let mut places = Vec::new();
    let balancer = LoadBalancer {
        sku,
        frontends: known(frontends, frontend, None, &mut places),
        pools: known(pools, pool, None, &mut places),
        probes: known(probes, probe, None, &mut places),
        rules: known(rules, rule, Some(Part::BalancingRule), &mut places),
        nat_rules: known(nat_rules, nat_rule, Some(Part::NatRule), &mut places),
        outbound_rules: known(
            outbound_rules,
            outbound_rule,
            Some(Part::OutboundRule),
            &mut places,
        ),
        id,
    };
    Read {
        parts: places,
        ..Read::from(balancer)
    }
}

/// A part as it is written: its id, where its name stands, and what is said of it.
type Entry<'a, 't> = (ResourceId, Place, Properties<'a, 't>);

fn entries<'a, 't>(
    id: &ResourceId,
    key: &'static str,
    kind: Kind,
    of: &mut Properties<'a, 't>,
) -> Vec<Entry<'a, 't>> {
    let all = of.list(key).into_iter();
    let all = all.map(|mut entry| {
        let (name, place) = entry.name();
        (names::child(id, kind, name), place, entry)
    });
    all.collect()
}

/// The parts that are understood, with their places where they have some of their own; the others are noted.
fn known<T>(
    entries: Vec<Entry<'_, '_>>,
    read: impl Fn(ResourceId, &mut Properties<'_, '_>) -> Result<T>,
    part: Option<fn(usize) -> Part>,
    places: &mut Vec<(Part, Place)>,
) -> Vec<T> {
    let mut all = Vec::new();
    for (id, place, mut entry) in entries {
        entry.ignore(&["id", "etag", "type"]);
        let mut of = entry.inside_or_empty("properties");
        match read(id, &mut of) {
            Ok(item) => {
                places.extend(part.map(|part| (part(all.len()), place)));
                all.push(item);
            }
            Err(error) => {
                of.give_up();
                of.fault(&error);
            }
        }
        drop(of);
        if entry.has("zones") {
            // The zones that an inner address survives in.
            entry.ignore(&["zones"]);
        }
    }
    all
}

fn frontend(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Frontend> {
    // Which address of the subnet it is, is not known to any rule.
    of.ignore(&["privateIPAllocationMethod", "privateIPAddress"]);
    let version = version(of, "privateIPAddressVersion");
    let (public, subnet) = (of.id("publicIPAddress")?, of.id("subnet")?);
    // The version of a public address stands at the address.
    if subnet.is_some() && version == IpVersion::V6 {
        let why = "there is no place for front ends inside that are of IPv6";
        of.unknown(why, of.place());
    }
    let address = match (public, subnet) {
        (Some(public), None) => FrontendAddress::PublicIp(public),
        (None, Some(subnet)) => FrontendAddress::Subnet(subnet),
        _ => return Err(of.missing("the front end has no address that is read here")),
    };
    Ok(Frontend { id, address })
}

#[expect(clippy::unnecessary_wraps, reason = "all parts are read alike")]
fn pool(id: ResourceId, _of: &mut Properties<'_, '_>) -> Result<BackendPool> {
    Ok(BackendPool { id })
}

fn probe(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Probe> {
    let asks = of.need("protocol", Context::text)?;
    let path = of.maybe("requestPath", Context::text)?;
    if !["Http", "Tcp"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(&asks))
    {
        of.unknown("a probe by HTTPS has no place", of.place());
    }
    let threshold = of.maybe("probeThreshold", Context::number)?;
    let number = of.maybe("numberOfProbes", Context::number)?;
    Ok(Probe {
        id,
        port: of.need("port", Context::port)?,
        path: path
            .filter(|_| !asks.eq_ignore_ascii_case("Tcp"))
            .map(String::from),
        interval_seconds: of.maybe("intervalInSeconds", Context::port)?.unwrap_or(15),
        threshold: u8::try_from(threshold.or(number).unwrap_or(1)).unwrap_or(u8::MAX),
    })
}

fn transport(context: &Context<'_>, value: &Value) -> Result<Transport> {
    let words = [
        ("Tcp", Transport::Tcp),
        ("Udp", Transport::Udp),
        ("All", Transport::All),
        ("*", Transport::All),
    ];
    word(context, value, &words)
}

/// Which machine answers, and how long an idle connection is kept.
const HOW: [&str; 3] = ["loadDistribution", "idleTimeoutInMinutes", "enableTcpReset"];

fn needed(of: &Properties<'_, '_>, key: &str, id: Option<Term>) -> Result<Term> {
    id.ok_or_else(|| of.missing(format!("`{key}` is missing")))
}

fn rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<BalancingRule> {
    of.ignore(&HOW);
    of.fixed("enableFloatingIP", "false", true);
    let frontend = of.id("frontendIPConfiguration")?;
    let mut pools: Vec<_> = of.id("backendAddressPool")?.into_iter().collect();
    for pool in of.ids("backendAddressPools") {
        if !pools.contains(&pool) {
            pools.push(pool);
        }
    }
    let Ok([pool]) = <[Term; 1]>::try_from(pools) else {
        return Err(of.missing("there is a place for one pool"));
    };
    Ok(BalancingRule {
        id,
        protocol: of.need("protocol", transport)?,
        frontend: needed(of, "frontendIPConfiguration", frontend)?,
        frontend_port: of.need("frontendPort", Context::port)?,
        pool,
        backend_port: of.need("backendPort", Context::port)?,
        probe: of.id("probe")?,
        outbound_snat: !of.or("disableOutboundSnat", Context::boolean, false),
    })
}

/// An inbound NAT rule, inside its load balancer or beside it.
pub(super) fn nat_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<NatRule> {
    of.ignore(&HOW);
    of.fixed("enableFloatingIP", "false", true);
    let frontend = of.id("frontendIPConfiguration")?;
    let pool = of.id("backendAddressPool")?;
    let one = of.maybe("frontendPort", Context::port)?;
    let (first_port, last_port) = match one {
        Some(port) => (port, port),
        None => (
            of.need("frontendPortRangeStart", Context::port)?,
            of.need("frontendPortRangeEnd", Context::port)?,
        ),
    };
    Ok(NatRule {
        id,
        protocol: of.need("protocol", transport)?,
        frontend: needed(of, "frontendIPConfiguration", frontend)?,
        first_port,
        last_port,
        pool,
        backend_port: of.need("backendPort", Context::port)?,
    })
}

fn outbound_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<OutboundRule> {
    of.ignore(&HOW);
    of.ignore(&["allocatedOutboundPorts"]);
    let pool = of.id("backendAddressPool")?;
    Ok(OutboundRule {
        id,
        protocol: of.need("protocol", transport)?,
        frontends: of.ids("frontendIPConfigurations"),
        pool: needed(of, "backendAddressPool", pool)?,
    })
}
