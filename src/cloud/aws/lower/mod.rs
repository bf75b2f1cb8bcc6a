//! From a plan to AWS resources.
//!
//! Everything follows from what the plan says: networks, tiers, services and flows. No pattern is known by name here, so that
//! a pattern made of known parts needs no line of it.

mod access;
mod acl;
mod buckets;
mod compute;
mod endpoints;
mod filters;
mod internet;
mod ipv6;
mod logs;
mod names;
mod network;
mod services;
mod topics;
mod vpn;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;

use super::{Kind, Resource, limits};
use crate::cloud::{Header, LoweringError, Output, Parameter, Resources, Term};
use crate::cloud::{Resource as _, ResourceId};
use crate::plan::{Action, Allow, Flow, Network, Peer, Plan, Service};
use indexmap::IndexMap;

/// Whose limits the errors are.
pub(super) const AWS: &str = "AWS";

/// The resources that a plan needs on AWS.
///
/// # Errors
/// Everything in the plan that AWS would refuse.
pub fn lower(plan: &Plan) -> Result<Resources<Resource>, Vec<LoweringError>> {
    let mut lowering = Lowering::new(plan);
    for network in &plan.networks {
        lowering.network(network);
    }
    lowering.security_groups();
    for tier in plan.tiers.values() {
        lowering.machines(tier);
    }
    lowering.services();
    let (resources, mut errors) = lowering.finish();
    errors.extend(limits::check(&resources));
    if errors.is_empty() {
        Ok(resources)
    } else {
        Err(errors)
    }
}

/// The resources by which a plan's tiers, endpoints and services are known on AWS, by their names in the plan.
#[must_use]
pub fn names(plan: &Plan) -> IndexMap<String, Vec<ResourceId>> {
    let tiers = plan.tiers.keys();
    let mut names: IndexMap<_, _> = tiers
        .map(|name| (name.clone(), vec![Kind::SecurityGroup.named([name])]))
        .collect();
    for (name, service) in &plan.services {
        let kind = match service {
            Service::Bucket(_) => Kind::Bucket,
            Service::Function(_) => Kind::Function,
            Service::Topic(_) => Kind::Topic,
        };
        names.insert(name.clone(), vec![kind.named([name])]);
    }
    for network in &plan.networks {
        for name in network.endpoints.keys() {
            let id = in_network(network, Kind::VpcEndpoint, name);
            names.entry(name.clone()).or_default().push(id);
        }
    }
    names
}

/// What is known and made so far. Each topic's file adds the methods of its topic.
struct Lowering<'p> {
    plan: &'p Plan,
    stack: String,
    parameters: Vec<Parameter>,
    items: Vec<Resource>,
    outputs: Vec<Output>,
    errors: Vec<LoweringError>,
}

impl<'p> Lowering<'p> {
    fn new(plan: &'p Plan) -> Self {
        let stack = match &plan.environment {
            Some(environment) => format!("{}-{environment}", plan.stack),
            None => plan.stack.clone(),
        };
        Self {
            plan,
            stack,
            parameters: plan.parameters.values().cloned().collect(),
            items: Vec::new(),
            outputs: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn finish(mut self) -> (Resources<Resource>, Vec<LoweringError>) {
        self.items.sort_by_key(Resource::section);
        let (pattern, tags) = (self.pattern(), self.tags());
        let resources = Resources {
            header: Header {
                stack: self.stack,
                pattern,
                title: self.plan.title.clone(),
                region: self.plan.region.clone(),
                tags,
            },
            parameters: self.parameters,
            items: self.items,
            outputs: self.outputs,
        };
        (resources, self.errors)
    }

    /// Id and version of the pattern.
    fn pattern(&self) -> String {
        format!("{}@{}", self.plan.pattern, self.plan.version)
    }

    /// The tags of every resource.
    fn tags(&self) -> IndexMap<String, String> {
        let mut tags = self.plan.tags.clone();
        tags.insert("patternbook:stack".into(), self.stack.clone());
        tags.insert("patternbook:pattern".into(), self.pattern());
        tags
    }

    fn add(&mut self, resource: impl Into<Resource>) {
        self.items.push(resource.into());
    }

    fn output(&mut self, name: String, help: impl Into<String>, value: impl Into<Term>) {
        self.outputs.push(Output {
            name,
            help: help.into(),
            value: value.into(),
            secret: false,
        });
    }

    fn unsupported(&mut self, what: impl Into<String>, help: impl Into<String>) {
        self.errors.push(LoweringError::Unsupported {
            what: what.into(),
            cloud: AWS,
            help: help.into(),
        });
    }

    /// The name tag of a part of the stack.
    fn name(&self, part: &str) -> String {
        format!("{}-{part}", self.stack)
    }

    /// The flows that allow an action, in order, with the action.
    fn actions(&self) -> impl Iterator<Item = (&'p Flow, Action)> + use<'p> {
        self.plan.flows.iter().filter_map(|flow| match flow.allow {
            Allow::Action(action) => Some((flow, action)),
            Allow::Traffic(_) => None,
        })
    }

    /// The actions that `name` itself may do, with whom it may do them to.
    fn actions_of(
        &self,
        name: &'p str,
    ) -> impl Iterator<Item = (&'p Flow, Action, &'p str)> + use<'p> {
        self.actions()
            .filter_map(move |(flow, action)| match (&flow.from, &flow.to) {
                (Peer::Named(from), Peer::Named(to)) if from == name => {
                    Some((flow, action, to.as_str()))
                }
                _ => None,
            })
    }
}

/// The id of something in `network`: with the network's name in front where the pattern has several.
fn in_network(network: &Network, kind: Kind, name: &str) -> ResourceId {
    if network.name == "main" || network.name == name {
        kind.named([name])
    } else {
        kind.named([network.name.as_str(), name])
    }
}
