//! Terraform for the provider hashicorp/azurerm.

use smol_str::SmolStr;
use tera::Value;

use super::{Provider, label, render_folder};
use crate::cloud::told::Teller;
use crate::cloud::{Attribute, Environment, Header, Kind, ResourceId, Resources, Term, azure};
use crate::render::context::expression;
use crate::render::engine::{RenderError, written};
use crate::render::{File, Library, hcl};

/// hashicorp/azurerm.
pub(super) struct Azure;

pub(in crate::render) fn render(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    render_folder::<Azure, azure::Resource>(resources, library, "terraform-azurerm")
}

/// The type of a resource's block.
fn block(kind: azure::Kind) -> &'static str {
    match kind {
        azure::Kind::VirtualNetwork => "azurerm_virtual_network",
        azure::Kind::Subnet => "azurerm_subnet",
        azure::Kind::RouteTable => "azurerm_route_table",
        azure::Kind::NatGateway => "azurerm_nat_gateway",
        azure::Kind::PublicIp => "azurerm_public_ip",
        azure::Kind::PublicIpPrefix => "azurerm_public_ip_prefix",
        azure::Kind::VirtualNetworkGateway => "azurerm_virtual_network_gateway",
        azure::Kind::LocalNetworkGateway => "azurerm_local_network_gateway",
        azure::Kind::Connection => "azurerm_virtual_network_gateway_connection",
        azure::Kind::ApplicationSecurityGroup => "azurerm_application_security_group",
        azure::Kind::NetworkSecurityGroup => "azurerm_network_security_group",
        azure::Kind::SecurityRule => "azurerm_network_security_rule",
        azure::Kind::LoadBalancer | azure::Kind::FrontendIp => "azurerm_lb",
        azure::Kind::BackendPool => "azurerm_lb_backend_address_pool",
        azure::Kind::Probe => "azurerm_lb_probe",
        azure::Kind::BalancingRule => "azurerm_lb_rule",
        azure::Kind::NatRule => "azurerm_lb_nat_rule",
        azure::Kind::OutboundRule => "azurerm_lb_outbound_rule",
        azure::Kind::Peering => "azurerm_virtual_network_peering",
        azure::Kind::Interface => "azurerm_network_interface",
        azure::Kind::ScaleSet => "azurerm_linux_virtual_machine_scale_set",
        azure::Kind::AutoscaleSetting => "azurerm_monitor_autoscale_setting",
    }
}

/// Writes the block of its own in which this provider ties two resources together; it has the label of the first.
fn tie(name: &str, id: &ResourceId, out: &mut String) {
    out.push_str("azurerm_");
    out.push_str(name);
    out.push_str("_association.");
    label(id, out);
}

/// Writes labels in the place of names wherever a resource is told: the names without what every name has in common, the
/// abbreviation of its type and the stack.
pub(super) struct Scribe<'a> {
    stack: &'a str,
}

impl Teller for Scribe<'_> {
    type Told = Value;

    fn term(&self, mut term: Term) -> Value {
        shorten(&mut term, self.stack);
        expression::<super::Hcl<Azure>>(&term)
    }

    fn id(&self, id: &ResourceId) -> (&'static str, String) {
        let short = short(id, self.stack);
        ("id", written(|out| label(&short, out)))
    }

    /// A name of its own goes before that of the id.
    fn name<'a>(&self, id: &'a ResourceId) -> Option<&'a str> {
        Some(id.name())
    }
}

impl Provider for Azure {
    type Scribe<'a> = Scribe<'a>;

    fn scribe(header: &Header) -> Scribe<'_> {
        Scribe {
            stack: &header.stack,
        }
    }

    fn attribute(id: &ResourceId, attribute: Attribute, out: &mut String) {
        let Kind::Azure(kind) = id.kind else {
            unreachable!("hashicorp/azurerm is never asked for a resource of AWS");
        };
        // The parts of a load balancer name a front end by its name.
        if kind == azure::Kind::FrontendIp {
            return hcl::quote(id.name(), out);
        }
        let (before, behind) = match attribute {
            Attribute::RouteTableTie => return tie("subnet_route_table", id, out),
            Attribute::NatGatewayTie => return tie("subnet_nat_gateway", id, out),
            Attribute::AddressTie => return tie("nat_gateway_public_ip", id, out),
            Attribute::Itself => ("", ""),
            Attribute::Name => ("", ".name"),
            Attribute::Address => ("", ".ip_address"),
            Attribute::BgpAddress => (
                "join(\", \", flatten(",
                ".bgp_settings[*].peering_addresses[*].default_addresses))",
            ),
            _ => ("", ".id"),
        };
        out.push_str(before);
        out.push_str(block(kind));
        out.push('.');
        label(id, out);
        out.push_str(behind);
    }

    fn environment(environment: Environment) -> &'static str {
        match environment {
            Environment::AccountId => "data.azurerm_client_config.current.subscription_id",
            Environment::Region => "azurerm_resource_group.main.location",
            Environment::Partition => "\"public\"",
        }
    }
}

/// Puts labels in the place of names wherever a term tells a resource.
fn shorten(term: &mut Term, stack: &str) {
    match term {
        Term::Attribute(id, _) => *id = short(id, stack),
        Term::Join(parts) => parts.iter_mut().for_each(|part| shorten(part, stack)),
        Term::Text(_) | Term::Parameter(_) | Term::Environment(_) => {}
    }
}

/// `["vnet-shop", "snet-web"]` as `["web"]`, and `["nsg-shop-web", "deny-all"]` as `["web", "deny-all"]`.
fn short(id: &ResourceId, stack: &str) -> ResourceId {
    let mut path = id.path.iter().map(SmolStr::as_str);
    let outer = path.next().unwrap_or_default();
    let outer = outer
        .split_once('-')
        .and_then(|(_, rest)| rest.strip_prefix(stack))
        .map_or(outer, |rest| rest.trim_start_matches('-'));
    let outer = match outer {
        "" if id.path.len() < 2 => Some("main"),
        "" => None,
        outer => Some(outer),
    };
    let inner = path.map(|name| match name {
        "GatewaySubnet" => "gateway",
        "AzureBastionSubnet" => "bastion",
        "AzureFirewallSubnet" => "firewall",
        "RouteServerSubnet" => "route_server",
        other => other.strip_prefix("snet-").unwrap_or(other),
    });
    ResourceId {
        kind: id.kind,
        path: outer.into_iter().chain(inner).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened_path(kind: azure::Kind, path: &[&str]) -> Vec<SmolStr> {
        short(&kind.named(path.iter().copied()), "shop-prod")
            .path
            .to_vec()
    }

    #[test]
    fn labels_leave_out_what_all_names_share() {
        use azure::Kind::{NetworkSecurityGroup, SecurityRule, Subnet, VirtualNetwork};
        assert_eq!(
            shortened_path(VirtualNetwork, &["vnet-shop-prod"]),
            ["main"]
        );
        assert_eq!(
            shortened_path(Subnet, &["vnet-shop-prod", "snet-web"]),
            ["web"]
        );
        assert_eq!(
            shortened_path(Subnet, &["vnet-shop-prod-hub", "GatewaySubnet"]),
            ["hub", "gateway"]
        );
        assert_eq!(
            shortened_path(NetworkSecurityGroup, &["nsg-shop-prod-web"]),
            ["web"]
        );
        assert_eq!(
            shortened_path(SecurityRule, &["nsg-shop-prod-web", "deny-all-inbound"]),
            ["web", "deny-all-inbound"]
        );
    }
}
