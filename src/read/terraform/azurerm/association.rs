//! What ties two resources together, which this provider writes as a resource of its own.

use super::assembly::{Assembly, Piece};
use super::route;
use crate::cloud::Term;
use crate::cloud::azure::{Kind, Resource};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// A type that says something of another resource.
#[derive(Clone, Copy)]
pub(super) enum Association {
    Subnet(OfSubnet),
    NatAddress,
    NatPrefix,
    InterfaceFilter,
    InterfaceGroup,
    InterfacePool,
    InterfaceNatRule,
    Route,
}

/// What a subnet has.
#[derive(Clone, Copy)]
pub(super) enum OfSubnet {
    Filter,
    Table,
    NatGateway,
}

impl Association {
    pub(super) fn of(type_name: &str) -> Option<Self> {
        Some(match type_name {
            "azurerm_subnet_network_security_group_association" => Self::Subnet(OfSubnet::Filter),
            "azurerm_subnet_route_table_association" => Self::Subnet(OfSubnet::Table),
            "azurerm_subnet_nat_gateway_association" => Self::Subnet(OfSubnet::NatGateway),
            "azurerm_nat_gateway_public_ip_association" => Self::NatAddress,
            "azurerm_nat_gateway_public_ip_prefix_association" => Self::NatPrefix,
            "azurerm_network_interface_security_group_association" => Self::InterfaceFilter,
            "azurerm_network_interface_application_security_group_association" => {
                Self::InterfaceGroup
            }
            "azurerm_network_interface_backend_address_pool_association" => Self::InterfacePool,
            "azurerm_network_interface_nat_rule_association" => Self::InterfaceNatRule,
            "azurerm_route" => Self::Route,
            _ => return None,
        })
    }

    /// Adds what it says to the resource that it says it of.
    pub(super) fn put<'t>(
        self,
        of: &mut Properties<'_, 't>,
        assembly: &mut Assembly<'t>,
    ) -> Result<()> {
        match self {
            Self::Subnet(what) => subnet(what, of, assembly),
            Self::NatAddress => nat_address(of, assembly),
            Self::NatPrefix => Err(of.missing("there is no place for a NAT gateway's block")),
            Self::InterfaceFilter => {
                let filter = of.need("network_security_group_id", Context::term)?;
                let place = &mut assembly.interface(of)?.network_security_group;
                set(place, filter, of)
            }
            Self::InterfaceGroup => {
                // It is put into every address of the interface.
                let group = of.need("application_security_group_id", Context::term)?;
                for configuration in &mut assembly.interface(of)?.configurations {
                    configuration.groups.push(group.clone());
                }
                Ok(())
            }
            Self::InterfacePool => {
                let pool = of.need("backend_address_pool_id", Context::term)?;
                assembly.configuration(of)?.pools.push(pool);
                Ok(())
            }
            Self::InterfaceNatRule => {
                let rule = of.need("nat_rule_id", Context::term)?;
                assembly.configuration(of)?.nat_rules.push(rule);
                Ok(())
            }
            Self::Route => {
                let table = assembly.named(of, "route_table_name", Kind::RouteTable)?;
                let route = route::route(of)?;
                let place = &of.owner.place;
                assembly.piece(table, Piece::Route(route), place, of);
                Ok(())
            }
        }
    }
}

fn subnet(what: OfSubnet, of: &mut Properties<'_, '_>, assembly: &mut Assembly<'_>) -> Result<()> {
    let key = match what {
        OfSubnet::Filter => "network_security_group_id",
        OfSubnet::Table => "route_table_id",
        OfSubnet::NatGateway => "nat_gateway_id",
    };
    let other = of.need(key, Context::term)?;
    let id = assembly.named(of, "subnet_id", Kind::Subnet)?;
    let Some(Resource::Subnet(subnet)) = assembly.resource(&id) else {
        return Err(of.missing("it does not belong to a subnet"));
    };
    let place = match what {
        OfSubnet::Filter => &mut subnet.network_security_group,
        OfSubnet::Table => &mut subnet.route_table,
        OfSubnet::NatGateway => &mut subnet.nat_gateway,
    };
    set(place, other, of)
}

/// Sets what there is one of.
fn set(place: &mut Option<Term>, other: Term, of: &Properties<'_, '_>) -> Result<()> {
    match place {
        Some(before) if *before != other => Err(of.missing("there is a place for one of these")),
        _ => {
            *place = Some(other);
            Ok(())
        }
    }
}

fn nat_address(of: &mut Properties<'_, '_>, assembly: &mut Assembly<'_>) -> Result<()> {
    let address = of.need("public_ip_address_id", Context::term)?;
    let id = assembly.named(of, "nat_gateway_id", Kind::NatGateway)?;
    let Some(Resource::NatGateway(gateway)) = assembly.resource(&id) else {
        return Err(of.missing("it does not belong to a NAT gateway"));
    };
    if !gateway.public_ips.contains(&address) {
        gateway.public_ips.push(address);
    }
    Ok(())
}
