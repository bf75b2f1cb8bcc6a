//! Who reaches whom by what: the one form in which every cloud's engine answers.

use super::grant::Grant;
use super::set::{Addresses, Packets};
use crate::cloud::{Part, ResourceId, Unknown};

/// What a set of resources lets through.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// Who is there, in the order of the template.
    pub peers: Vec<Peer>,
    /// What passes on the network. Nothing else does.
    pub passages: Vec<Passage>,
    /// What may be done to services. Nothing else may.
    pub grants: Vec<Grant>,
    /// What is not understood.
    pub unknown: Vec<Unknown>,
    /// What is taken for granted, because no template shows it.
    pub assumptions: Vec<Assumption>,
}

/// A set of machines that the same filters guard, or a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Peer {
    /// Its name: of the security group (AWS), or of the application or network security group (Azure), or of the service.
    pub name: String,
    /// What it is.
    pub kind: PeerKind,
    /// The resources that make it: a tier's groups, a bucket.
    pub resources: Vec<ResourceId>,
    /// Where its machines stand: one for each subnet. A service has none.
    pub seats: Vec<Seat>,
}

/// What a [`Peer`] is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerKind {
    /// Machines, or whatever else has network interfaces.
    Tier,
    /// A load balancer.
    LoadBalancer,
    /// A bucket.
    Bucket,
    /// A function.
    Function,
    /// A topic.
    Topic,
    /// A queue.
    Queue,
    /// A role that nothing in the template takes on.
    Role,
    /// A key that data is encrypted with.
    Key,
    /// Logs.
    Log,
    /// Anything else that a policy names.
    Other,
}

/// Machines of a peer in one subnet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seat {
    /// The subnet's name, where the template says where the machines stand.
    pub subnet: Option<String>,
    /// The addresses that the machines may have.
    pub addresses: Addresses,
    /// Whether each of them surely has one of these. What has not cannot be relied on to be reached.
    pub addressed: bool,
}

/// One end of a [`Passage`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum End {
    /// Machines: the position of the peer, and that of the seat in it.
    Seat(usize, usize),
    /// Somebody outside of the networks of the template.
    Outside(Outside),
}

/// Who is outside of the networks of a template.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outside {
    /// Whoever has the remote addresses: the Internet, the datacenter, a peered network. The way tells them apart.
    Remote,
    /// The load balancer at this position of the peers, asking by itself whether a machine is well.
    Probe(usize),
    /// A service of the cloud, by the name that the cloud has for it, as in `s3`.
    Service(&'static str),
}

/// The way that packets take.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Way {
    /// Inside the network.
    Local,
    /// From and to the Internet by a public address of the machine's own.
    Internet,
    /// To the Internet by a NAT gateway, or whatever else shares addresses and lets nothing in.
    Nat,
    /// From the Internet by the load balancer at this position of the peers.
    Balancer(usize),
    /// From and to the other side of a VPN.
    Vpn,
    /// To a service by a gateway endpoint.
    Endpoint,
    /// From and to a peered network.
    Peering,
}

/// What passes from one end to another by one way.
///
/// In both sets the remote addresses are exact; a seat's own addresses and the port that a connection comes from are
/// forgotten: a machine may get any address of its subnet, and a client any port from 1024 on.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Who starts.
    pub from: End,
    /// Who is reached.
    pub to: End,
    /// By which way.
    pub way: Way,
    /// What passes for at least one of the seats' addresses and one of the client's ports. Nobody is to be surprised by it.
    pub some: Packets,
    /// What passes whatever addresses and client's ports there are. It is what one can rely on.
    pub every: Packets,
    /// The rules and routes that let it pass.
    pub reasons: Vec<Reason>,
}

/// A rule, a route or a statement that lets something pass.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The position of its resource in what was read.
    pub resource: usize,
    /// The part of the resource.
    pub part: Option<Part>,
    /// What it lets pass; nothing when it is about no packets.
    pub packets: Option<Packets>,
}

/// What is taken for granted. Texts are whole sentences for people.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub struct Assumption(pub &'static str);
