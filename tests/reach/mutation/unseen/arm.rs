//! What no walker can see in ARM.

use super::{DEFAULT, Unseen, at, words};

pub(super) const UNSEEN: &[Unseen] = &[
    words("$schema", "the version of the format"),
    words("contentVersion", "the version of the format"),
    words("metadata/**", "for people"),
    words("**/metadata/**", "for people"),
    words("**/description", "for people"),
    words("**/tags/**", "for people and for bills"),
    words("variables/tags/**", "for people and for bills"),
    at(
        "**/apiVersion",
        "the version of the interface; what depends on it is always said",
    ),
    at("outputs/**", "what is told when everything is there"),
    at(
        "parameters/**",
        "what is chosen when the stack is made; no rule, route or block of these templates is",
    ),
    at("**/location", "where the stack stands"),
    at("**/name", "a name"),
    at("**/zones/**", "in which buildings things stand"),
    at("**/dependsOn/**", "the order of making things"),
    at(
        "resources/Microsoft.Insights/autoscalesettings/**",
        "how many machines there are",
    ),
    at(
        "**/virtualMachineScaleSets/sku/**",
        "how large and how many machines are",
    ),
    at(
        "**/platformFaultDomainCount",
        "in which buildings machines stand",
    ),
    at(
        "**/singlePlacementGroup",
        "in which buildings machines stand",
    ),
    at("**/orchestrationMode", "how machines are made"),
    at("**/overprovision", "how machines are made"),
    at("**/upgradePolicy/**", "how machines are replaced"),
    at("**/automaticRepairsPolicy/**", "how machines are replaced"),
    at("**/healthProbe/**", "when machines are replaced"),
    at("**/storageProfile/**", "a machine's disks"),
    at(
        "**/osProfile/**",
        "what runs in a machine, and whose key opens it",
    ),
    at(
        "**/securityProfile/**",
        "how a machine starts and encrypts its disks",
    ),
    at(
        "**/primary",
        "which of the addresses is the first: there is one",
    ),
    at("**/privateIPAddressVersion", DEFAULT),
    at("**/publicIPAddressVersion", DEFAULT),
    at("**/publicIPAllocationMethod", "how an address is found"),
    at("**/privateIPAllocationMethod", "how an address is found"),
    at(
        "**/publicIPAddressConfiguration/**",
        "how an address is found",
    ),
    at(
        "**/idleTimeoutInMinutes",
        "when an idle connection is forgotten",
    ),
    at("**/enableTcpReset", "how an idle connection is forgotten"),
    at("**/enableFloatingIP", DEFAULT),
    at("**/enableIPForwarding", DEFAULT),
    at("**/applicationSecurityGroups/properties", DEFAULT),
    at("**/inboundNatRules", DEFAULT),
    at("**/loadDistribution", "which machine a client gets"),
    at("**/probes/**", "when a machine gets no clients"),
    at("**/probe/**", "when a machine gets no clients"),
    at("**/publicIPAddresses/properties", DEFAULT),
    at("**/publicIPAddresses/sku/**", "the make of an address"),
    at("**/publicIPPrefixes/**", "from where addresses are taken"),
    at("**/natGateways/sku/**", "the make of a gateway"),
    at(
        "**/virtualNetworkGateways/properties/sku/**",
        "the make of a gateway",
    ),
    at(
        "**/virtualNetworkGateways/properties/**",
        "the make of a gateway, and what it calls itself",
    ),
    at(
        "**/localNetworkGateways/properties/**",
        "where the other side is, and what it calls itself",
    ),
    at(
        "**/connections/properties/**",
        "how packets in a tunnel are encrypted",
    ),
];
