//! Names of ARM in our words: resource types, parameters, and the attributes of running resources.

use foldhash::{HashMap, HashSet, HashSetExt};
use smol_str::SmolStr;

use crate::cloud::azure::Kind;
use crate::cloud::{self, Attribute, ResourceId, Term};

/// The types that are read, each into a resource or a part of its own.
const TYPES: [(&str, Kind); 23] = [
    ("Microsoft.Network/virtualNetworks", Kind::VirtualNetwork),
    ("Microsoft.Network/virtualNetworks/subnets", Kind::Subnet),
    (
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        Kind::Peering,
    ),
    ("Microsoft.Network/routeTables", Kind::RouteTable),
    ("Microsoft.Network/natGateways", Kind::NatGateway),
    ("Microsoft.Network/publicIPAddresses", Kind::PublicIp),
    ("Microsoft.Network/publicIPPrefixes", Kind::PublicIpPrefix),
    (
        "Microsoft.Network/virtualNetworkGateways",
        Kind::VirtualNetworkGateway,
    ),
    (
        "Microsoft.Network/localNetworkGateways",
        Kind::LocalNetworkGateway,
    ),
    ("Microsoft.Network/connections", Kind::Connection),
    (
        "Microsoft.Network/applicationSecurityGroups",
        Kind::ApplicationSecurityGroup,
    ),
    (
        "Microsoft.Network/networkSecurityGroups",
        Kind::NetworkSecurityGroup,
    ),
    (
        "Microsoft.Network/networkSecurityGroups/securityRules",
        Kind::SecurityRule,
    ),
    ("Microsoft.Network/loadBalancers", Kind::LoadBalancer),
    (
        "Microsoft.Network/loadBalancers/frontendIPConfigurations",
        Kind::FrontendIp,
    ),
    (
        "Microsoft.Network/loadBalancers/backendAddressPools",
        Kind::BackendPool,
    ),
    ("Microsoft.Network/loadBalancers/probes", Kind::Probe),
    (
        "Microsoft.Network/loadBalancers/loadBalancingRules",
        Kind::BalancingRule,
    ),
    (
        "Microsoft.Network/loadBalancers/inboundNatRules",
        Kind::NatRule,
    ),
    (
        "Microsoft.Network/loadBalancers/outboundRules",
        Kind::OutboundRule,
    ),
    ("Microsoft.Network/networkInterfaces", Kind::Interface),
    ("Microsoft.Compute/virtualMachineScaleSets", Kind::ScaleSet),
    (
        "Microsoft.Insights/autoscalesettings",
        Kind::AutoscaleSetting,
    ),
];

/// The kind of resource that a type is read into. Capitals make no difference.
pub(super) fn kind(type_name: &str) -> Option<Kind> {
    let known = TYPES.iter().find(|(name, _)| same(name, type_name));
    known.map(|(_, kind)| *kind)
}

/// Whether two names are one. Capitals make no difference, though nearly all names are written alike, which is seen at once.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other || one.eq_ignore_ascii_case(other)
}

/// The id of a resource of a kind.
pub(super) fn id(kind: Kind, path: impl IntoIterator<Item = impl Into<SmolStr>>) -> ResourceId {
    kind.named(path)
}

/// The id of a child or a part of a resource.
pub(super) fn child(id: &ResourceId, kind: Kind, name: impl Into<SmolStr>) -> ResourceId {
    id.child(cloud::Kind::Azure(kind), name)
}

/// The id that stands behind a resource's own id and a text such as `/subnets/web`.
pub(super) fn inside(id: &ResourceId, text: &str) -> Option<ResourceId> {
    let cloud::Kind::Azure(kind) = id.kind else {
        return None;
    };
    let (name, _) = TYPES.iter().find(|(_, known)| *known == kind)?;
    let mut words = text.strip_prefix('/')?.split('/');
    let (child, own, None) = (words.next()?, words.next()?, words.next()) else {
        return None;
    };
    let kind = self::kind(&format!("{name}/{child}"))?;
    Some(id.child(cloud::Kind::Azure(kind), own))
}

/// What is known of a running resource's property, by the path that leads to it.
pub(super) fn runtime(id: &ResourceId, path: &[String]) -> Option<Term> {
    let cloud::Kind::Azure(kind) = id.kind else {
        return None;
    };
    let path: Vec<_> = path.iter().map(|step| step.to_ascii_lowercase()).collect();
    let path: Vec<_> = path.iter().map(String::as_str).collect();
    let attribute = match (kind, path.as_slice()) {
        (Kind::PublicIp, ["ipaddress"]) => Attribute::Address,
        (Kind::VirtualNetworkGateway, ["bgpsettings", "bgppeeringaddress"]) => {
            Attribute::BgpAddress
        }
        (_, ["id" | "resourceid"]) => Attribute::Id,
        (_, ["name"]) => Attribute::Name,
        _ => return None,
    };
    Some(id.attribute(attribute))
}

/// `adminKey` as `admin_key`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut letters = name.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(letter) = letters.next() {
        let after = letters.peek();
        let begins = before.is_some_and(|before| !before.is_ascii_uppercase() && before != '_')
            || before.is_some_and(|before| before != '_')
                && after.is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && begins {
            out.push('_');
        }
        out.push(match letter {
            '-' => '_',
            letter => letter.to_ascii_lowercase(),
        });
        before = Some(letter);
    }
    out
}

/// The names of parameters by their names in the template; those that would become one keep their own.
pub(super) fn parameters<'t>(
    names: impl Iterator<Item = &'t str> + Clone,
) -> HashMap<&'t str, String> {
    let mut met = HashSet::new();
    let repeated: HashSet<_> = names
        .clone()
        .map(snake)
        .filter(|name| !met.insert(name.clone()))
        .collect();
    names
        .map(|name| {
            let short = snake(name);
            let taken = repeated.contains(&short);
            (name, if taken { name.to_owned() } else { short })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_are_in_snake_case() {
        for (given, right) in [
            ("adminKey", "admin_key"),
            ("VMName", "vm_name"),
            ("admin_Key", "admin_key"),
            ("subnet1Prefix", "subnet1_prefix"),
            ("vnet-name", "vnet_name"),
        ] {
            assert_eq!(snake(given), right);
        }
        let both = parameters(["adminKey", "AdminKey"].into_iter());
        assert_ne!(both["adminKey"], both["AdminKey"]);
    }

    #[test]
    fn a_text_behind_an_id_leads_inside() {
        let network = id(Kind::VirtualNetwork, ["net"]);
        let subnet = inside(&network, "/subnets/web").unwrap();
        assert_eq!(subnet, id(Kind::Subnet, ["net", "web"]));
        assert_eq!(inside(&network, "/odd/web"), None);
        assert_eq!(inside(&network, "/subnets/web/more"), None);
    }
}
