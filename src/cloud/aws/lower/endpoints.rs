//! Gateway endpoints: the way from subnets to a service, and all that may be done on it.

use super::network::{table_id, tables, vpc_id};
use super::{Lowering, access, buckets, in_network, names};
use crate::cloud::Environment;
use crate::cloud::Term;
use crate::cloud::aws::{Condition, EndpointWay, Kind, Policy, Principal, Statement, VpcEndpoint};
use crate::plan::{Allow, Endpoint, EndpointService, Network, Peer};

impl Lowering<'_> {
    pub(super) fn endpoint(&mut self, network: &Network, endpoint: &Endpoint) {
        let id = in_network(network, Kind::VpcEndpoint, &endpoint.name);
        let service = match endpoint.service {
            EndpointService::S3 => ".s3",
        };
        let tables = network
            .subnets
            .iter()
            .flat_map(tables)
            .map(|(name, _)| table_id(network, name).id());
        let statements = self.endpoint_statements(endpoint);
        self.add(VpcEndpoint {
            id: id.clone(),
            name: self.name(&endpoint.name),
            vpc: vpc_id(network).id(),
            service: names::join([
                "com.amazonaws.".into(),
                Term::Environment(Environment::Region),
                service.into(),
            ]),
            way: EndpointWay::Gateway,
            tables: tables.collect(),
            policy: Policy { statements },
        });
        self.output(
            format!("{}_endpoint_id", names::output(&endpoint.name)),
            format!("Id of the endpoint {}.", endpoint.name),
            id.id(),
        );
    }

    /// What the flows through the endpoint do, each by its own role. A gateway endpoint's policy names everyone as its
    /// principal, and the role in a condition:
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
    fn endpoint_statements(&mut self, endpoint: &Endpoint) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        let plan = self.plan;
        for flow in &plan.flows {
            if flow.through.as_ref() != Some(&endpoint.name) {
                continue;
            }
            let (Allow::Action(action), Peer::Named(from), Peer::Named(to)) =
                (flow.allow, &flow.from, &flow.to)
            else {
                self.unsupported(
                    format!("{} through the endpoint `{}`", flow.allow, endpoint.name),
                    "let a tier's action on a service go through it",
                );
                continue;
            };
            let (verb, actions) = buckets::granted(action);
            let statement = Statement::allow(
                format!("{verb}{}As{}", names::sid(to), names::sid(from)),
                actions,
                vec![buckets::objects(to)],
            )
            .to(Principal::Everyone)
            .when(Condition::one(
                "ArnEquals",
                "aws:PrincipalArn",
                access::role_id(from).arn(),
            ));
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
        if statements.is_empty() {
            self.unsupported(
                format!("the endpoint `{}` that no flow goes through", endpoint.name),
                "leave it out, or name it in a flow's `through`",
            );
        }
        statements
    }
}
