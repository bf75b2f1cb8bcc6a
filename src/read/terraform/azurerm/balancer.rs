//! Load balancers and their parts, each of which is a block of its own.

use super::assembly::Read;
use super::names;
use super::network::sku;
use super::words::{maybe_id, port, small, switch, version, word};
use crate::cloud::azure::{
    BackendPool, BalancingRule, Frontend, FrontendAddress, Kind, LoadBalancer, NatRule,
    OutboundRule, Probe, Transport,
};
use crate::cloud::{self, ResourceId, Term};
use crate::net::IpVersion;
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;
use crate::read::terraform::tree::Value;

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb>
pub(super) fn load_balancer(id: ResourceId, of: &mut Properties<'_, '_>) -> Read {
    let sku = sku(of);
    let mut frontends = Vec::new();
    for mut entry in of.blocks("frontend_ip_configuration") {
        let name = entry.label("name");
        match frontend(child(&id, Kind::FrontendIp, name), &mut entry) {
            Ok(frontend) => frontends.push(frontend),
            Err(error) => {
                entry.give_up();
                entry.fault(&error);
            }
        }
    }
    LoadBalancer {
        id,
        sku,
        frontends,
        pools: Vec::new(),
        probes: Vec::new(),
        rules: Vec::new(),
        nat_rules: Vec::new(),
        outbound_rules: Vec::new(),
    }
    .into()
}

fn child(id: &ResourceId, kind: Kind, name: String) -> ResourceId {
    id.child(cloud::Kind::Azure(kind), name)
}

fn frontend(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Frontend> {
    // Which address of the subnet it is, and where it stands, is not known to any rule.
    of.ignore(&[
        "id",
        "availability_zone",
        "private_ip_address",
        "private_ip_address_allocation",
        "zones",
    ]);
    let version = version(of, "private_ip_address_version");
    let (public, subnet) = (
        maybe_id(of, "public_ip_address_id")?,
        maybe_id(of, "subnet_id")?,
    );
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

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb_backend_address_pool>
pub(super) fn pool(id: ResourceId, of: &mut Properties<'_, '_>) -> BackendPool {
    of.ignore(&["loadbalancer_id", "synchronous_mode", "virtual_network_id"]);
    BackendPool { id }
}

/// How a probe asks.
#[derive(Clone, Copy, PartialEq)]
enum Asks {
    Tcp,
    Http,
    Https,
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb_probe>
pub(super) fn probe(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Probe> {
    // The number of probes is there for the portal, and Azure does not heed it.
    of.ignore(&["loadbalancer_id", "number_of_probes"]);
    let asks = of.maybe("protocol", |context, value| {
        let words = [
            ("Tcp", Asks::Tcp),
            ("Http", Asks::Http),
            ("Https", Asks::Https),
        ];
        word(context, value, &words)
    })?;
    let asks = asks.unwrap_or(Asks::Tcp);
    if asks == Asks::Https {
        of.unknown("a probe by HTTPS has no place", of.place());
    }
    let path = of.maybe("request_path", Context::text)?;
    Ok(Probe {
        id,
        port: of.need("port", port)?,
        path: path.filter(|_| asks != Asks::Tcp),
        interval_seconds: of.maybe("interval_in_seconds", port)?.unwrap_or(15),
        threshold: of.maybe("probe_threshold", small)?.unwrap_or(1),
    })
}

fn transport(context: &Context<'_>, value: &Value) -> Result<Transport> {
    let words = [
        ("Tcp", Transport::Tcp),
        ("Udp", Transport::Udp),
        ("All", Transport::All),
    ];
    word(context, value, &words)
}

/// What all rules have that says which machine answers, and how a connection ends; and what none may say.
fn common(of: &mut Properties<'_, '_>) {
    of.ignore(&[
        "enable_tcp_reset",
        "idle_timeout_in_minutes",
        "load_distribution",
        "loadbalancer_id",
        "tcp_reset_enabled",
    ]);
    if switch(of, ["floating_ip_enabled", "enable_floating_ip"], false) {
        of.unknown("there is no place for floating addresses", of.place());
    }
}

/// A front end, which rules name by its name.
fn frontend_of(of: &mut Properties<'_, '_>, rule: &ResourceId) -> Result<Term> {
    let balancer = names::whole(rule, Kind::LoadBalancer);
    let key = "frontend_ip_configuration_name";
    let Some(value) = of.take(key) else {
        return Err(of.missing(&format!("`{key}` is missing")));
    };
    if let Term::Attribute(id, _) = of.context.term(value)?
        && id.kind == cloud::Kind::Azure(Kind::FrontendIp)
    {
        return Ok(id.id());
    }
    let name = of.context.text(value)?;
    Ok(child(&balancer, Kind::FrontendIp, name).id())
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb_rule>
pub(super) fn rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<BalancingRule> {
    common(of);
    let mut pools = of
        .maybe("backend_address_pool_ids", Context::terms)?
        .unwrap_or_default();
    // The provider's name before version 3.
    pools.extend(maybe_id(of, "backend_address_pool_id")?);
    let Ok([pool]) = <[Term; 1]>::try_from(pools) else {
        return Err(of.missing("there is a place for one pool"));
    };
    Ok(BalancingRule {
        protocol: of.need("protocol", transport)?,
        frontend: frontend_of(of, &id)?,
        frontend_port: of.need("frontend_port", port)?,
        pool,
        backend_port: of.need("backend_port", port)?,
        probe: maybe_id(of, "probe_id")?,
        outbound_snat: !of.or("disable_outbound_snat", Context::boolean, false),
        id,
    })
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb_nat_rule>
pub(super) fn nat_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<NatRule> {
    common(of);
    let one = of.maybe("frontend_port", port)?;
    let (first_port, last_port) = match one {
        Some(port) => (port, port),
        None => (
            of.need("frontend_port_start", port)?,
            of.need("frontend_port_end", port)?,
        ),
    };
    Ok(NatRule {
        protocol: of.need("protocol", transport)?,
        frontend: frontend_of(of, &id)?,
        first_port,
        last_port,
        pool: maybe_id(of, "backend_address_pool_id")?,
        backend_port: of.need("backend_port", port)?,
        id,
    })
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb_outbound_rule>
pub(super) fn outbound_rule(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<OutboundRule> {
    common(of);
    of.ignore(&["allocated_outbound_ports"]);
    let balancer = names::whole(&id, Kind::LoadBalancer);
    let mut frontends = Vec::new();
    for mut entry in of.blocks("frontend_ip_configuration") {
        entry.ignore(&["id"]);
        let name = entry.need("name", Context::text)?;
        frontends.push(child(&balancer, Kind::FrontendIp, name).id());
    }
    Ok(OutboundRule {
        id,
        protocol: of.need("protocol", transport)?,
        frontends,
        pool: of.need("backend_address_pool_id", Context::term)?,
    })
}
