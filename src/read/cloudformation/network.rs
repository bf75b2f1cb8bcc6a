//! Networks, subnets, routes, gateway endpoints and VPNs.

use super::assembly::Read;
use super::policy::policy;
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{
    CustomerGateway, EndpointWay, Policy, Principal, Route, RouteDestination, RouteTable,
    RouteTableAssociation, RouteTarget, Statement, Subnet, Tunnel, Vpc, VpcEndpoint, VpnConnection,
    VpnConnectionRoute, VpnGateway, VpnGatewayAttachment,
};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::yaml::Node;

pub(super) fn vpc(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html
    of.fixed("EnableDnsSupport", "true", true);
    of.fixed("EnableDnsHostnames", "true", false);
    of.fixed("InstanceTenancy", "default", true);
    let cidr = of.need("CidrBlock", Context::cidr)?;
    Ok(Vpc {
        id,
        cidr,
        dns_support: true,
        dns_names: true,
        name: of.name(),
    }
    .into())
}

pub(super) fn subnet(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(Subnet {
        id,
        vpc: of.need("VpcId", Context::term)?,
        cidr: of.need("CidrBlock", Context::cidr)?,
        ipv6: None,
        ipv6_addresses: false,
        // Only where it stands, not what reaches it: an unknown zone is noted, and the subnet is read.
        zone: of.or("AvailabilityZone", Context::term, Term::Text(String::new())),
        public_addresses: of
            .maybe("MapPublicIpOnLaunch", Context::boolean)?
            .unwrap_or(false),
        name: of.name(),
    }
    .into())
}

pub(super) fn route_table(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RouteTable {
        id,
        vpc: of.need("VpcId", Context::term)?,
        note: None,
        name: of.name(),
    }
    .into())
}

pub(super) fn association(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(RouteTableAssociation {
        id,
        table: of.need("RouteTableId", Context::term)?,
        subnet: of.need("SubnetId", Context::term)?,
    }
    .into())
}

pub(super) fn route(
    id: ResourceId,
    of: &mut Properties<'_, '_>,
    depends_on: Option<&Node>,
) -> Result<Read> {
    let key = if of.has("DestinationIpv6CidrBlock") {
        "DestinationIpv6CidrBlock"
    } else {
        "DestinationCidrBlock"
    };
    Ok(Route {
        id,
        table: of.need("RouteTableId", Context::term)?,
        destination: RouteDestination::Cidr(of.need(key, Context::cidr)?),
        target: RouteTarget::Gateway(of.need("GatewayId", Context::term)?),
        after: after(of.context, depends_on),
    }
    .into())
}

/// What a resource waits for. What is not read is left out: the order of making things lets nothing pass.
fn after(context: &Context<'_>, depends_on: Option<&Node>) -> Vec<Term> {
    let names = match depends_on.map(|node| (&node.kind, node)) {
        Some((crate::yaml::Kind::List(items), _)) => items.iter().collect(),
        Some((_, node)) => vec![node],
        None => Vec::new(),
    };
    let resources = &context.template.resources;
    let known = names.into_iter().filter_map(|node| {
        let (_, id) = resources.get(node.as_text()?)?.known.as_ref()?;
        Some(id.attribute(Attribute::Itself))
    });
    known.collect()
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html>
pub(super) fn endpoint(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("VpcEndpointType", "Gateway", true);
    let (policy, places) = if of.has("PolicyDocument") {
        policy(of, "PolicyDocument")?
    } else {
        (full_access(), vec![of.place().clone()])
    };
    let endpoint = VpcEndpoint {
        id,
        vpc: of.need("VpcId", Context::term)?,
        service: of.need("ServiceName", Context::term)?,
        way: EndpointWay::Gateway,
        tables: of
            .maybe("RouteTableIds", Context::terms)?
            .unwrap_or_default(),
        policy,
        name: of.name(),
    };
    Ok(Read::from(endpoint).statements(places))
}

/// What an endpoint lets through when nothing is said:
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy>
fn full_access() -> Policy {
    let statement = Statement::allow("", &["*"], vec!["*".into()]);
    Policy {
        statements: vec![statement.to(Principal::Everyone)],
    }
}

pub(super) fn vpn_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Type", "ipsec.1", false);
    Ok(VpnGateway {
        id,
        // https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html#VPNGateway
        asn: of.maybe("AmazonSideAsn", Context::number)?.unwrap_or(64512),
        name: of.name(),
    }
    .into())
}

pub(super) fn attachment(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(VpnGatewayAttachment {
        id,
        vpc: of.need("VpcId", Context::term)?,
        gateway: of.need("VpnGatewayId", Context::term)?,
    }
    .into())
}

pub(super) fn customer_gateway(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Type", "ipsec.1", false);
    let extended = of.maybe("BgpAsnExtended", Context::number)?;
    let asn = of.maybe("BgpAsn", Context::number)?;
    Ok(CustomerGateway {
        id,
        address: of.need("IpAddress", Context::term)?,
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-customergateway.html
        asn: asn.or(extended).unwrap_or(65000),
        name: of.name(),
    }
    .into())
}

pub(super) fn connection(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.fixed("Type", "ipsec.1", false);
    let tunnels = of.list("VpnTunnelOptionsSpecifications").into_iter();
    let tunnels: Vec<_> = tunnels
        .map(|mut of| tunnel(&mut of))
        .collect::<Result<_>>()?;
    let Ok(tunnels) = tunnels.try_into() else {
        let why = "there is a place for two tunnels whose options are all written";
        return Err(of.missing(why));
    };
    Ok(VpnConnection {
        id,
        gateway: of.need("VpnGatewayId", Context::term)?,
        customer_gateway: of.need("CustomerGatewayId", Context::term)?,
        static_routes: of.or("StaticRoutesOnly", Context::boolean, false),
        tunnels: Some(tunnels),
        name: of.name(),
    }
    .into())
}

fn tunnel(of: &mut Properties<'_, '_>) -> Result<Tunnel> {
    let encryption = values(of, "Phase1EncryptionAlgorithms")?;
    let integrity = values(of, "Phase1IntegrityAlgorithms")?;
    let groups = values(of, "Phase1DHGroupNumbers")?;
    same(of, "Phase2EncryptionAlgorithms", &encryption)?;
    same(of, "Phase2IntegrityAlgorithms", &integrity)?;
    same(of, "Phase2DHGroupNumbers", &groups)?;
    let dh_groups = groups.iter().map(|group| group.parse());
    Ok(Tunnel {
        ike_versions: values(of, "IKEVersions")?,
        encryption,
        integrity,
        dh_groups: match dh_groups.collect::<std::result::Result<_, _>>() {
            Ok(groups) => groups,
            Err(_) => return Err(of.missing("`Phase1DHGroupNumbers` are no numbers")),
        },
        phase1_seconds: of.need("Phase1LifetimeSeconds", Context::number)?,
        phase2_seconds: of.need("Phase2LifetimeSeconds", Context::number)?,
        dpd_action: of.need("DPDTimeoutAction", Context::text)?,
        startup_action: of.need("StartupAction", Context::text)?,
    })
}

/// A list of `{Value: …}`.
fn values(of: &mut Properties<'_, '_>, key: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for mut item in of.list(key) {
        found.push(item.need("Value", Context::text)?);
    }
    if found.is_empty() {
        return Err(of.missing(&format!("`{key}` is missing")));
    }
    Ok(found)
}

/// Both phases are read as one.
fn same(of: &mut Properties<'_, '_>, key: &str, first: &[String]) -> Result<()> {
    if values(of, key)? == first {
        Ok(())
    } else {
        Err(of.missing(&format!("`{key}` is not the same as in phase 1")))
    }
}

pub(super) fn connection_route(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    Ok(VpnConnectionRoute {
        id,
        connection: of.need("VpnConnectionId", Context::term)?,
        destination: of.need("DestinationCidrBlock", Context::cidr)?,
    }
    .into())
}
