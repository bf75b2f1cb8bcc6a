//! What Azure has not for IPv6. Each flow of a network of both versions of IP holds for both, so that what carries one of
//! them only is refused there
//! (<https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations>).

use super::Lowering;
use crate::net::{IpVersion, Traffic};
use crate::plan::{Allow, Flow, Network, Peer, Tier};

const PAGE: &str =
    "https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview#limitations";

/// The versions of IP in which a flow passes at a tier of `network`.
pub(super) fn versions<'n>(
    network: &'n Network,
    flow: &Flow,
) -> impl Iterator<Item = IpVersion> + use<'n> {
    let named = [&flow.from, &flow.to].map(|peer| match peer {
        Peer::Block(block) => Some(block.version()),
        _ => None,
    });
    let all = network.versions().iter().copied();
    all.filter(move |version| named.iter().flatten().all(|named| named == version))
}

pub(super) fn refuse(lowering: &mut Lowering<'_>, network: &Network) {
    let tiers: Vec<_> = lowering.tiers(network).collect();
    for tier in tiers {
        let flows: Vec<_> = lowering.flows_of(tier).collect();
        for flow in flows {
            refuse_flow(lowering, network, flow);
        }
        if network.ipv6.is_some() {
            refuse_addresses(lowering, tier);
        }
    }
    if network.ipv6.is_none() {
        return;
    }
    if network.vpn.is_some() {
        lowering.unsupported(
            "a VPN gateway in a network with IPv6",
            &format!("a VPN gateway carries IPv4 only: leave out `ipv6` ({PAGE})"),
        );
    }
    if super::routing::has_nat(network) {
        lowering.unsupported(
            "a NAT gateway in a network with IPv6",
            "a NAT gateway of Standard make carries IPv4 only, and instances would reach the Internet by one version of IP alone: \
             leave out `ipv6`, or the way out (https://learn.microsoft.com/azure/nat-gateway/nat-overview)",
        );
    }
}

fn refuse_flow(lowering: &mut Lowering<'_>, network: &Network, flow: &Flow) {
    let passes = format!("`{}` from `{}` to `{}`", flow.allow, flow.from, flow.to);
    if versions(network, flow).next().is_none() {
        lowering.unsupported(
            &format!("{passes}, which is of IPv6, in a network without it"),
            "give the network a block of IPv6 with `ipv6`, or list addresses of IPv4",
        );
    }
    let ipv6 = versions(network, flow).any(|version| version == IpVersion::V6);
    if ipv6 && flow.per_instance.is_some() {
        lowering.unsupported(
            &format!("{passes}, with a port for each instance, by IPv6"),
            "inbound NAT rules are made for IPv4 only: list addresses of IPv4",
        );
    }
    if ipv6 && matches!(flow.allow, Allow::Traffic(Traffic::Icmp(_))) {
        lowering.unsupported(
            &format!("{passes} in a network with IPv6"),
            &format!("security rules know no ICMP of IPv6: list ports of TCP and UDP ({PAGE})"),
        );
    }
}

/// A block of public addresses is of one version of IP, and a machine takes one address out of it.
fn refuse_addresses(lowering: &mut Lowering<'_>, tier: &Tier) {
    let own = tier
        .machines
        .as_ref()
        .is_some_and(|machines| machines.public_addresses);
    if own {
        lowering.unsupported(
            &format!(
                "public addresses of instances of `{}` in a network with IPv6",
                tier.name
            ),
            "they would be of IPv4 alone: let clients come through a load balancer, or leave out `ipv6`",
        );
    }
}
