//! Security groups and network ACLs.

use serde::{Serialize, Serializer};

use crate::cloud::{ResourceId, Term};
use crate::net::{Cidr, Traffic};

/// The group that a VPC makes by itself, and that everything gets which is launched without one.
///
/// Terraform can empty it. CloudFormation has no resource for it
/// (<https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/658>).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DefaultSecurityGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
}

/// A security group with its rules. Nothing else passes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// What may come in: from addresses first, then from groups.
    pub ingress: Vec<Rule>,
    /// What may go out: to addresses first, then to groups.
    pub egress: Vec<Rule>,
}

/// A rule of a security group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Rule {
    /// Its name among the rules of its direction, made of the peer and the traffic.
    pub name: String,
    /// The other end.
    pub peer: RulePeer,
    /// What passes.
    #[serde(serialize_with = "written")]
    pub traffic: Traffic,
    /// The reason.
    pub description: String,
}

/// The other end of a [`Rule`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RulePeer {
    /// A block of addresses.
    Cidr(Cidr),
    /// The members of a group.
    Group(Term),
    /// The addresses of a service of AWS.
    PrefixList {
        /// The list's id, of the endpoint that leads to the service.
        of_endpoint: Term,
        /// The list's id, from the deployer: CloudFormation does not tell the endpoint's.
        given: Term,
        /// How many rules it counts for.
        weight: usize,
    },
}

/// A network ACL: a filter without memory at the edge of subnets. What no entry allows is denied.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NetworkAcl {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: Term,
    /// The subnets that it guards, with a name for each.
    pub subnets: Vec<Term>,
    /// Entries for what comes in, by number.
    pub ingress: Vec<AclEntry>,
    /// Entries for what goes out, by number.
    pub egress: Vec<AclEntry>,
}

/// An entry of a network ACL.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AclEntry {
    /// The lowest number that fits decides.
    pub number: u16,
    /// What happens.
    pub effect: Effect,
    /// The other end.
    pub cidr: Cidr,
    /// What passes or does not.
    pub traffic: AclTraffic,
    /// The reason.
    pub why: String,
}

/// What an entry of a network ACL is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AclTraffic {
    /// What flows speak of.
    Of(Traffic),
    /// The one ICMP message (type 3, code 4) by which a sender learns that its packets are too long for the path.
    FragmentationNeeded,
}

impl AclTraffic {
    /// Whether everything that `other` is about is covered.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Of(own), Self::Of(other)) => own.covers(other),
            (Self::Of(own), Self::FragmentationNeeded) => own.covers(Traffic::Icmp(Some(3))),
            (Self::FragmentationNeeded, other) => other == Self::FragmentationNeeded,
        }
    }
}

impl Serialize for AclTraffic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Of(traffic) => Written::from(*traffic),
            Self::FragmentationNeeded => Written {
                code: Some(4),
                ..Written::from(Traffic::Icmp(Some(3)))
            },
        }
        .serialize(serializer)
    }
}

/// What an entry of a network ACL does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Lets it pass.
    Allow,
    /// Drops it.
    Deny,
}

/// Traffic in the words of EC2: a protocol by name and by number, and its ports, or an ICMP type and code. -1 is any.
#[derive(Serialize)]
struct Written {
    protocol: &'static str,
    number: i8,
    from: Option<u16>,
    to: Option<u16>,
    icmp: Option<i16>,
    code: Option<i16>,
}

impl From<Traffic> for Written {
    fn from(traffic: Traffic) -> Self {
        let (protocol, number, ports, icmp) = match traffic {
            Traffic::All => ("-1", -1, None, None),
            Traffic::Tcp(ports) => ("tcp", 6, Some(ports), None),
            Traffic::Udp(ports) => ("udp", 17, Some(ports), None),
            Traffic::Icmp(kind) => ("icmp", 1, None, Some(kind.map_or(-1, i16::from))),
        };
        Self {
            protocol,
            number,
            from: ports.map(|ports| ports.from().number()),
            to: ports.map(|ports| ports.to().number()),
            icmp,
            code: icmp.map(|_| -1),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives a field by reference"
)]
fn written<S: Serializer>(traffic: &Traffic, serializer: S) -> Result<S::Ok, S::Error> {
    Written::from(*traffic).serialize(serializer)
}
