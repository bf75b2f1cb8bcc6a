//! Plans and rules to test with, and slow, plain answers to compare with.

use indexmap::IndexMap;

use super::*;
use crate::net::Cidr;
use crate::plan::{Cloud, Endpoint, EndpointService, LoadBalancer, Network, Tier};

pub(super) fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

pub(super) fn traffic(text: &str) -> Traffic {
    text.parse().unwrap()
}

pub(super) fn endpoint(name: &str) -> Endpoint {
    Endpoint {
        name: name.into(),
        service: EndpointService::S3,
        prefix_list: None,
    }
}

/// A network without anything in it.
pub(super) fn network(name: &str) -> Network {
    Network {
        name: name.into(),
        cidrs: vec![cidr("10.0.0.0/16")],
        zones: 1,
        subnets: Vec::new(),
        free: Vec::new(),
        vpn: None,
        load_balancers: IndexMap::new(),
        endpoints: IndexMap::new(),
        isolate_zones: false,
        flow_log_days: None,
    }
}

/// A plan of one network with a load balancer `front`, an endpoint `storage`, and these tiers and flows.
pub(super) fn plan(tiers: &[&str], flows: Vec<Flow>) -> Plan {
    let mut main = network("main");
    let front = LoadBalancer {
        name: "front".into(),
        probe: traffic("tcp/80"),
        probe_path: None,
    };
    main.load_balancers.insert("front".into(), front);
    main.endpoints.insert("storage".into(), endpoint("storage"));
    Plan {
        stack: "test".into(),
        environment: None,
        pattern: "test".into(),
        version: "1.0.0".into(),
        title: "A test".into(),
        cloud: Cloud::Aws,
        region: None,
        tags: IndexMap::new(),
        parameters: IndexMap::new(),
        networks: vec![main],
        datacenter: None,
        tiers: tiers
            .iter()
            .map(|name| ((*name).into(), tier(name)))
            .collect(),
        services: IndexMap::new(),
        flows,
        guarantees: Vec::new(),
    }
}

fn tier(name: &str) -> Tier {
    Tier {
        name: name.into(),
        network: "main".into(),
        subnet: "main".into(),
        machines: None,
    }
}
