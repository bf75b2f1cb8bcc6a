//! Endpoints: ways from a VPC to a service that do not cross the Internet.

use serde::Serialize;

use super::Policy;
use crate::cloud::{ResourceId, Term};

/// A way to a service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpcEndpoint {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// The service's name, as in `com.amazonaws.eu-west-1.s3`.
    pub service: Term,
    /// How it is reached.
    pub way: EndpointWay,
    /// The tables that get the route, where it is reached by routes.
    pub tables: Vec<Term>,
    /// What may be done through it.
    pub policy: Policy,
}

/// How a [`VpcEndpoint`] is reached:
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html#concepts-vpc-endpoints>.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointWay {
    /// By a route to the service's prefix list, which costs nothing.
    Gateway,
    /// By an interface with an address in each of its subnets. The interface is a resource beside it.
    Interface {
        /// Whether the service's public names lead to it from inside the VPC.
        private_names: bool,
    },
    /// By routes of one's own, to what inspects packets behind a Gateway Load Balancer.
    GatewayLoadBalancer,
}
