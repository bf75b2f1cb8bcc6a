//! A site-to-site VPN: both sides, the tunnels, and the ranges that are sent through them.

use serde::Serialize;

use crate::cloud::{ResourceId, Term};
use crate::net::Cidr;

/// The AWS side of a VPN.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpnGateway {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// Its own autonomous system number.
    pub asn: u32,
}

/// What ties a VPN gateway to a VPC.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpnGatewayAttachment {
    /// Its id.
    pub id: ResourceId,
    /// The VPC.
    pub vpc: Term,
    /// The gateway.
    pub gateway: Term,
}

/// The customer's side of a VPN.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CustomerGateway {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The device's public address.
    pub address: Term,
    /// The customer's autonomous system number. AWS wants one even where routes are static.
    pub asn: u32,
}

/// The two tunnels between the sides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpnConnection {
    /// Its id.
    pub id: ResourceId,
    /// Its name tag.
    pub name: String,
    /// The AWS side: a VPN gateway or a transit gateway.
    pub gateway: Term,
    /// The customer's side.
    pub customer_gateway: Term,
    /// Whether both sides are told their routes, or learn them by BGP.
    pub static_routes: bool,
    /// What each of the two tunnels may use; nothing where AWS decides, and takes weak ciphers too.
    pub tunnels: Option<[Tunnel; 2]>,
}

/// What a tunnel may use to protect its traffic.
///
/// The values are those of
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-vpnconnection-vpntunneloptionsspecification.html>.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Tunnel {
    /// Versions of IKE.
    pub ike_versions: Vec<String>,
    /// Encryption of phase 1 and of phase 2.
    pub encryption: Vec<String>,
    /// Integrity of phase 1 and of phase 2.
    pub integrity: Vec<String>,
    /// Diffie-Hellman groups of phase 1 and of phase 2.
    pub dh_groups: Vec<u8>,
    /// Seconds after which phase 1 starts anew.
    pub phase1_seconds: u32,
    /// Seconds after which phase 2 starts anew.
    pub phase2_seconds: u32,
    /// What happens when the other side no longer answers.
    pub dpd_action: String,
    /// Which side starts the tunnel: `add` waits for the customer's, `start` does not.
    pub startup_action: String,
}

impl Tunnel {
    /// What a reviewer of today expects: `IKEv2`, authenticated encryption, elliptic-curve groups. Nothing weaker is
    /// accepted. The two tunnels start anew at different times, so that one is always up.
    #[must_use]
    pub fn hardened_pair() -> [Self; 2] {
        let first = Self {
            ike_versions: vec!["ikev2".into()],
            encryption: vec!["AES256-GCM-16".into()],
            integrity: vec!["SHA2-256".into(), "SHA2-384".into(), "SHA2-512".into()],
            dh_groups: vec![19, 20, 21],
            phase1_seconds: 28_800,
            phase2_seconds: 3600,
            dpd_action: "restart".into(),
            startup_action: "start".into(),
        };
        let second = Self {
            phase1_seconds: 27_000,
            phase2_seconds: 3000,
            ..first.clone()
        };
        [first, second]
    }
}

/// A range that is sent through the tunnels, where routes are static.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct VpnConnectionRoute {
    /// Its id.
    pub id: ResourceId,
    /// The connection.
    pub connection: Term,
    /// The range.
    pub destination: Cidr,
}
