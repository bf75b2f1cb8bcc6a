//! Endpoints that lead to services.

use super::assembly::Read;
use super::policy::policy;
use crate::cloud::ResourceId;
use crate::cloud::aws::{EndpointWay, Interface, Kind, Policy, Principal, Statement, VpcEndpoint};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::{Properties, word};

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint>
pub(super) fn endpoint(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["auto_accept", "dns_options", "ip_address_type"]);
    let (policy, places) = if of.has("policy") {
        policy(of, "policy")?
    } else {
        (full_access(), vec![of.place().clone()])
    };
    let interface = EndpointWay::Interface {
        private_names: of.or("private_dns_enabled", Context::boolean, false),
    };
    let ways = [
        ("Gateway", EndpointWay::Gateway),
        ("Interface", interface),
        ("GatewayLoadBalancer", EndpointWay::GatewayLoadBalancer),
    ];
    let way = match of.take("vpc_endpoint_type") {
        Some(value) => word(of.context, value, &ways)?,
        None => EndpointWay::Gateway,
    };
    let endpoint = VpcEndpoint {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        service: of.need("service_name", Context::term)?,
        way,
        tables: of
            .maybe("route_table_ids", Context::terms)?
            .unwrap_or_default(),
        policy,
        name: of.name(),
    };
    let beside = match way {
        EndpointWay::Gateway => None,
        _ => Some(beside(&endpoint, of)?),
    };
    let place = of.place().clone();
    Ok(Read::from(endpoint)
        .statements(places)
        .beside(beside, &place))
}

/// The interface of an endpoint. It has no public address.
fn beside(endpoint: &VpcEndpoint, of: &mut Properties<'_, '_>) -> Result<Interface> {
    let groups = of.maybe("security_group_ids", Context::terms)?;
    let filtered = matches!(endpoint.way, EndpointWay::Interface { .. });
    Ok(Interface {
        id: endpoint
            .id
            .child(crate::cloud::Kind::Aws(Kind::Interface), "interface"),
        name: endpoint.name.clone(),
        what: "AWS::EC2::VPCEndpoint".into(),
        owner: Some(endpoint.id.id()),
        subnets: of.maybe("subnet_ids", Context::terms)?.unwrap_or_default(),
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
