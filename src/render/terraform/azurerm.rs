//! Terraform for the provider hashicorp/azurerm.

use serde::Deserialize;
use serde_json::Value as Json;

use super::{FRAMES, Provider, label, render_folder};
use crate::cloud::{
    Attribute, Environment, Header, Kind, ResourceId, Resources, TERM_KEY, Term, azure,
};
use crate::render::engine::RenderError;
use crate::render::names::templates;
use crate::render::{File, Library, hcl};

/// hashicorp/azurerm.
pub(super) struct Azure;

pub(in crate::render) fn render(
    resources: &Resources<azure::Resource>,
    library: &Library,
) -> Result<Vec<File>, RenderError> {
    let templates = templates(&resources.items, ".tf", &FRAMES);
    let engine = library.engine::<super::Hcl<Azure>>("terraform-azurerm", &templates)?;
    render_folder::<Azure, azure::Resource>(resources, &engine)
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

/// The block of its own in which this provider ties two resources together; it has the label of the first.
fn tie(name: &str, id: &ResourceId) -> String {
    format!("azurerm_{name}_association.{}", label(id))
}

impl Provider for Azure {
    fn attribute(id: &ResourceId, attribute: Attribute) -> String {
        let Kind::Azure(kind) = id.kind else {
            unreachable!("hashicorp/azurerm is never asked for a resource of AWS");
        };
        // The parts of a load balancer name a front end by its name.
        if kind == azure::Kind::FrontendIp {
            return hcl::quoted(id.name());
        }
        let resource = format!("{}.{}", block(kind), label(id));
        match attribute {
            Attribute::Itself => resource,
            Attribute::RouteTableTie => tie("subnet_route_table", id),
            Attribute::NatGatewayTie => tie("subnet_nat_gateway", id),
            Attribute::AddressTie => tie("nat_gateway_public_ip", id),
            Attribute::Name => format!("{resource}.name"),
            Attribute::Address => format!("{resource}.ip_address"),
            Attribute::BgpAddress => format!(
                "join(\", \", flatten({resource}.bgp_settings[*].peering_addresses[*].default_addresses))"
            ),
            _ => format!("{resource}.id"),
        }
    }

    fn environment(environment: Environment) -> &'static str {
        match environment {
            Environment::AccountId => "data.azurerm_client_config.current.subscription_id",
            Environment::Region => "azurerm_resource_group.main.location",
            Environment::Partition => "\"public\"",
        }
    }

    /// Labels are the names without what every name has in common: the abbreviation of its type and the stack.
    fn prepare(json: &mut Json, header: &Header) {
        match json {
            Json::Object(fields) => {
                if let Some(inner) = fields.get_mut(TERM_KEY) {
                    shorten_term(inner, &header.stack);
                    return;
                }
                if let Some(id) = fields
                    .get("id")
                    .and_then(|id| ResourceId::deserialize(id).ok())
                {
                    fields.insert("name".into(), id.name().into());
                    fields.insert("id".into(), label(&short(id, &header.stack)).into());
                }
                for field in fields.values_mut() {
                    Self::prepare(field, header);
                }
            }
            Json::Array(items) => items
                .iter_mut()
                .for_each(|item| Self::prepare(item, header)),
            _ => {}
        }
    }
}

fn shorten_term(json: &mut Json, stack: &str) {
    let term = serde_json::from_value::<Term>(json.take())
        .map_or_else(|_| Term::Text(String::new()), |term| shortened(term, stack));
    if let Ok(Json::Object(mut fields)) = serde_json::to_value(term) {
        *json = fields.swap_remove(TERM_KEY).unwrap_or_default();
    }
}

fn shortened(term: Term, stack: &str) -> Term {
    match term {
        Term::Attribute(id, attribute) => Term::Attribute(short(id, stack), attribute),
        Term::Join(parts) => Term::Join(
            parts
                .into_iter()
                .map(|part| shortened(part, stack))
                .collect(),
        ),
        other => other,
    }
}

/// `["vnet-shop", "snet-web"]` as `["web"]`, and `["nsg-shop-web", "deny-all"]` as `["web", "deny-all"]`.
fn short(id: ResourceId, stack: &str) -> ResourceId {
    let mut path = id.path.into_iter();
    let outer = path.next().unwrap_or_default();
    let outer = outer
        .split_once('-')
        .and_then(|(_, rest)| rest.strip_prefix(stack))
        .map_or(outer.as_str(), |rest| rest.trim_start_matches('-'))
        .to_owned();
    let inner: Vec<String> = path
        .map(|name| match name.as_str() {
            "GatewaySubnet" => "gateway".to_owned(),
            other => other.strip_prefix("snet-").unwrap_or(other).to_owned(),
        })
        .collect();
    let mut path = Vec::new();
    if !outer.is_empty() {
        path.push(outer);
    } else if inner.is_empty() {
        path.push("main".to_owned());
    }
    path.extend(inner);
    ResourceId {
        kind: id.kind,
        path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened_path(kind: azure::Kind, path: &[&str]) -> Vec<String> {
        let id = ResourceId {
            kind: Kind::Azure(kind),
            path: path.iter().map(|&part| part.into()).collect(),
        };
        short(id, "shop-prod").path
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
