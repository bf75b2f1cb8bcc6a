//! Endpoints that lead to services.

use super::assembly::Read;
use super::policy::policy;
use super::properties::{Properties, word};
use super::value::{Context, Result};
use crate::cloud::ResourceId;
use crate::cloud::aws::{EndpointWay, Interface, Kind, Policy, Principal, Statement, VpcEndpoint};

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html>
pub(super) fn endpoint(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let (policy, places) = if of.has("PolicyDocument") {
        policy(of, "PolicyDocument")?
    } else {
        (full_access(), vec![of.place().clone()])
    };
    let interface = EndpointWay::Interface {
        private_names: of.or("PrivateDnsEnabled", Context::boolean, false),
    };
    let ways = [
        ("Gateway", EndpointWay::Gateway),
        ("Interface", interface),
        ("GatewayLoadBalancer", EndpointWay::GatewayLoadBalancer),
    ];
    let way = match of.take("VpcEndpointType") {
        Some(node) => word(of.context, node, &ways)?,
        None => EndpointWay::Gateway,
    };
    let endpoint = VpcEndpoint {
        id,
        vpc: of.need("VpcId", Context::term)?,
        service: of.need("ServiceName", Context::term)?,
        way,
        tables: of
            .maybe("RouteTableIds", Context::terms)?
            .unwrap_or_default(),
        policy,
        name: of.name(),
    };
    let beside = match way {
        EndpointWay::Gateway => None,
        _ => Some(beside(&endpoint, of)?),
    };
    Ok(Read::from(endpoint).statements(places).beside(beside))
}

/// The interface of an endpoint. It has no public address.
fn beside(endpoint: &VpcEndpoint, of: &mut Properties<'_, '_>) -> Result<Interface> {
    of.ignore(&["IpAddressType", "DnsOptions"]);
    let groups = of.maybe("SecurityGroupIds", Context::terms)?;
    let filtered = matches!(endpoint.way, EndpointWay::Interface { .. });
    Ok(Interface {
        id: endpoint
            .id
            .child(crate::cloud::Kind::Aws(Kind::Interface), "interface"),
        name: endpoint.name.clone(),
        what: of.owner.type_name.to_owned(),
        owner: Some(endpoint.id.id()),
        subnets: of.maybe("SubnetIds", Context::terms)?.unwrap_or_default(),
        // Nothing filters what goes to an inspection: groups guard interface endpoints only.
        groups: filtered.then(|| groups.unwrap_or_default()),
        public_address: Some(false),
        template: None,
        forwards: !filtered,
    })
}

/// What an endpoint lets through when nothing is said:
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy>
fn full_access() -> Policy {
    let statement = Statement::allow("", &["*"], vec!["*".into()]);
    Policy {
        statements: vec![statement.to(Principal::Everyone)],
    }
}
