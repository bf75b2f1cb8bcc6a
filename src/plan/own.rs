//! The clouds' own ranges: addresses that a cloud keeps for itself, whoever has a network in it.
//!
//! Knows which cloud it is, and blocks. What a cloud does with them is its own matter.

use super::Cloud;
use crate::net::Cidr;

/// A range that a cloud keeps for itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnRange {
    /// The range.
    pub range: Cidr,
    /// What it is kept for.
    pub why: &'static str,
    /// What becomes of a network that has it.
    pub keeps: Keeps,
}

/// What becomes of a network that has a part of a cloud's own range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeps {
    /// The cloud refuses it, or it does not work.
    Refused,
    /// It works, and services of the cloud may clash with what is put there.
    Avoided,
}

/// The ranges that a cloud keeps for itself.
#[must_use]
pub fn own_ranges(cloud: Cloud) -> &'static [OwnRange] {
    match cloud {
        Cloud::Aws => &AWS,
        Cloud::Azure => &AZURE,
    }
}

const fn refused(range: Cidr, why: &'static str) -> OwnRange {
    OwnRange {
        range,
        why,
        keeps: Keeps::Refused,
    }
}

/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html>,
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
const AWS: [OwnRange; 6] = [
    refused(
        Cidr::v4([0, 0, 0, 0], 8),
        "AWS takes no addresses of \"this network\"",
    ),
    refused(
        Cidr::v4([127, 0, 0, 0], 8),
        "AWS takes no loopback addresses",
    ),
    refused(
        Cidr::v4([169, 254, 0, 0], 16),
        "AWS keeps link-local addresses for its metadata, DNS and time services",
    ),
    OwnRange {
        range: Cidr::v4([172, 17, 0, 0], 16),
        why: "services of AWS such as Cloud9 and SageMaker use it for themselves",
        keeps: Keeps::Avoided,
    },
    refused(
        Cidr::v4([224, 0, 0, 0], 4),
        "AWS takes no multicast addresses",
    ),
    refused(
        Cidr::v4([240, 0, 0, 0], 4),
        "AWS takes no addresses that are kept for later",
    ),
];

/// <https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq>,
/// <https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16>
const AZURE: [OwnRange; 5] = [
    refused(
        Cidr::v4([127, 0, 0, 0], 8),
        "Azure takes no loopback addresses",
    ),
    refused(
        Cidr::v4([168, 63, 129, 16], 32),
        "Azure's own DNS, probes and agent have this address",
    ),
    refused(
        Cidr::v4([169, 254, 0, 0], 16),
        "Azure keeps link-local addresses for its metadata service",
    ),
    refused(
        Cidr::v4([224, 0, 0, 0], 4),
        "Azure takes no multicast addresses",
    ),
    refused(
        Cidr::v4([255, 255, 255, 255], 32),
        "Azure takes no broadcast address",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_of_a_cloud_are_in_order_and_apart() {
        for cloud in [Cloud::Aws, Cloud::Azure] {
            for pair in own_ranges(cloud).windows(2) {
                assert!(pair[0].range < pair[1].range, "{pair:?}");
                assert!(!pair[0].range.overlaps(pair[1].range), "{pair:?}");
            }
        }
    }
}
