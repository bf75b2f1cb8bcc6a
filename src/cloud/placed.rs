//! Resources that somebody wrote: each with its place, and what is not understood beside them.

use crate::diag::Place;

/// A resource and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed<R> {
    /// The resource.
    pub resource: R,
    /// Its name in the template.
    pub place: Place,
    /// Where its parts stand, which a format may write elsewhere.
    pub parts: Vec<(Part, Place)>,
}

impl<R> Placed<R> {
    /// Where a part stands, or the whole where the part has no place of its own.
    #[must_use]
    pub fn place_of(&self, part: Option<Part>) -> &Place {
        let part = part.and_then(|part| self.parts.iter().find(|(known, _)| *known == part));
        part.map_or(&self.place, |(_, place)| place)
    }
}

/// A part of a resource, by its position in the typed resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// A rule or an entry for what comes in.
    Ingress(usize),
    /// A rule or an entry for what goes out.
    Egress(usize),
    /// A statement of a policy.
    Statement(usize),
    /// A rule of a network security group.
    Rule(usize),
    /// A route of a table.
    Route(usize),
    /// A rule of a load balancer.
    BalancingRule(usize),
    /// An inbound NAT rule of a load balancer.
    NatRule(usize),
    /// An outbound rule of a load balancer.
    OutboundRule(usize),
}

/// Something in a template that is not understood: what it lets through is not known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown {
    /// The name of the resource that it belongs to, as the template has it; empty for the template itself.
    pub name: String,
    /// The type of the resource, as in `AWS::EC2::Instance`, or the part of the template.
    pub what: String,
    /// Why it is not understood: a fragment without a final period.
    pub why: String,
    /// Where it stands.
    pub place: Place,
}
