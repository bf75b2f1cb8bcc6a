//! Who may do what to which service: every policy of a template, judged as IAM judges it.
//!
//! The answer is exact on the finite set of requests that the template tells apart: every principal that it makes or names and
//! those whom it does not name, every action that a statement names, every resource, every way that a request may come, and
//! every value that a condition compares with. Nothing here knows how a plan becomes policies.

mod answers;
mod asking;
mod bits;
mod case;
mod compose;
mod condition;
mod holder;
mod identity;
mod judge;
mod launch;
mod model;
mod naming;
mod origin;
mod public;
mod region;
mod rule;
mod spot;
mod table;
#[cfg(test)]
mod tests;
mod tri;
mod trigger;
mod unread;
mod value;
mod verb;
mod verbs;
mod who;

use crate::cloud::aws::Resource;
use crate::cloud::{Placed, Unknown};
use crate::plan::Action;
use crate::reach::grant::{Deed, Grant, Origin, Thing, Who};
use crate::reach::matrix::{Assumption, PeerKind, Reason};

use asking::Asking;
use case::Asker;
use holder::Holder;
use judge::Reasons;
use model::{Identity, Model};
use region::Cell;
use spot::{Spot, Spots};
use verb::Verb;

/// What the policies of a template come to.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Who may do what, in a fixed order.
    pub grants: Vec<Grant>,
    /// Conditions that are not understood.
    pub unknown: Vec<Unknown>,
    /// What is taken for granted.
    pub assumptions: Vec<Assumption>,
}

/// What no template shows.
const ASSUMPTIONS: [Assumption; 4] = [
    Assumption(
        "Whoever administers the account can change its policies; what the template leaves open to the account's other \
         principals depends on permissions that stand elsewhere.",
    ),
    Assumption(
        "No service control policy and no permissions boundary outside of the template takes anything away.",
    ),
    Assumption("A parameter names none of the template's own roles, buckets and keys."),
    Assumption(
        "A KMS key that the template does not make lets the account use it as the template's roles need.",
    ),
];

/// Computes who may do what.
#[must_use]
pub fn access(resources: &[Placed<Resource>]) -> Access {
    let model = Model::of(resources);
    let everybody = who::Who::all(
        model
            .identities
            .iter()
            .map(|role| (role.at, role.arn.clone())),
        model.rules(),
    );
    let spots = Spots::of(&model);
    let mut grants = Vec::new();
    for who in &everybody {
        let role = match who {
            who::Who::Role(at, _) => model.identities.iter().find(|role| role.at == *at),
            _ => None,
        };
        let mut asking = Asking::new(&model, &spots, Asker::new(who, role));
        let holders = holders(&model, who, role);
        for at in 0..spots.all.len() {
            asking.about(at, |spot, verb, cell| {
                grants.extend(holders.iter().map(|holder| grant(holder, spot, verb, cell)));
            });
        }
    }
    compose::compose(&mut grants, &model, &spots);
    Access {
        grants,
        unknown: unread::unread(&model),
        assumptions: ASSUMPTIONS.to_vec(),
    }
}

/// In whose name somebody asks: what takes on a role does what the role may do.
fn holders(model: &Model<'_>, who: &who::Who, role: Option<&Identity>) -> Vec<Holder> {
    match role {
        Some(role) => holder::holders(model, role),
        None => vec![Holder {
            who: as_known(who),
            certain: true,
        }],
    }
}

fn as_known(who: &who::Who) -> Who {
    match who {
        who::Who::Principal(arn) | who::Who::Role(_, arn) => Who::Principal(arn.to_term()),
        who::Who::Service(name) => Who::Service(name.to_term()),
        who::Who::Member(organization) => Who::Organization(organization.to_term()),
        who::Who::Account => Who::Account,
        who::Who::Outsider => Who::Outsider,
        who::Who::Anonymous => Who::Anonymous,
    }
}

fn grant(from: &Holder, spot: &Spot<'_>, verb: &Verb, cell: &Cell) -> Grant {
    let mut grant = Grant {
        from: from.who.clone(),
        origins: cell.origins.iter().map(origin_of).collect(),
        to: spot.target(),
        action: None,
        verb: verb.name.to_plain(),
        deed: verb.deed,
        demands: cell.demands.clone(),
        basis: cell.verdict.basis,
        certain: cell.verdict.certain && from.certain,
        reasons: reasons(&cell.reasons),
    };
    grant.action = action_of(&grant);
    grant
}

/// The word that flows have for what a grant is about.
fn action_of(grant: &Grant) -> Option<Action> {
    let thing: &Thing = grant.to.thing()?;
    match (thing.kind, grant.deed) {
        (PeerKind::Bucket, Deed::Read) => Some(Action::S3Read),
        (PeerKind::Bucket, Deed::Write) => Some(Action::S3Write),
        (PeerKind::Function, Deed::Invoke) => Some(Action::LambdaInvoke),
        (PeerKind::Topic, Deed::Publish) => Some(Action::SnsPublish),
        _ => None,
    }
}

fn reasons(found: &Reasons) -> Vec<Reason> {
    let reason = |&(resource, part): &(usize, _)| Reason {
        resource,
        part,
        packets: None,
    };
    found.iter().map(reason).collect()
}

fn origin_of(origin: &origin::Origin) -> Origin {
    match origin {
        origin::Origin::Endpoint(gate) => Origin::Endpoint(gate.id.clone()),
        origin::Origin::NamedEndpoint(name) => Origin::NamedEndpoint(name.to_term()),
        origin::Origin::NamedVpc(name) => Origin::NamedNetwork(name.to_term()),
        origin::Origin::OtherEndpoint => Origin::OtherEndpoint,
        origin::Origin::Addresses(address) => match address {
            origin::Address::Given(name) => Origin::Addresses(name.clone()),
            origin::Address::Block(block) => Origin::Addresses((*block).into()),
            origin::Address::Rest => Origin::Elsewhere,
        },
    }
}
