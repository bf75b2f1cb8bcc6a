//! What Azure would refuse on deploy, found before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::names::RESERVED;
use super::{CLOUD, accounts};
use crate::cloud::azure::{
    Kind, NetworkSecurityGroup, Resource, ScaleSet, Side, Subnet, VirtualNetwork,
};
use crate::cloud::{self, Header, LoweringError, Resource as _, ResourceId, Resources};
use crate::net::{Cidr, IpVersion};
use crate::plan::{Cloud, Keeps, own_ranges};

const TEMPLATE_PAGE: &str = "https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits";
const NAMES_PAGE: &str =
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules";
const NETWORK_PAGE: &str = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#networking-limits";
const SUBNET_PAGE: &str = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq";
const RULE_PAGE: &str =
    "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview";
const TAGS_PAGE: &str =
    "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations";
const SCALE_PAGE: &str = "https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups";

const IPV6_PAGE: &str =
    "https://learn.microsoft.com/azure/virtual-network/ip-services/ipv6-overview";

/// The one size that a subnet of IPv6 has ([`IPV6_PAGE`]).
const IPV6_SUBNET: u8 = 64;

/// Everything in `resources` that is over a limit of Azure or against its rules for texts.
pub(super) fn limits(resources: &Resources<Resource>) -> Vec<LoweringError> {
    let mut found = Found(Vec::new());
    // The template's own parameter for the location counts as well.
    let parameters = resources.parameters.len() + 1;
    found.limit(
        "the template's list of resources",
        resources.items.len(),
        800,
        TEMPLATE_PAGE,
    );
    found.limit(
        "the template's list of parameters",
        parameters,
        256,
        TEMPLATE_PAGE,
    );
    found.limit(
        "the template's list of outputs",
        resources.outputs.len(),
        64,
        TEMPLATE_PAGE,
    );
    tags(&mut found, &resources.header);
    let mut names = BTreeSet::new();
    for item in &resources.items {
        name(&mut found, item.id());
        if !names.insert((
            item.id().kind,
            item.id().path.join("-").to_ascii_lowercase(),
        )) {
            let what = format!("the name `{}`", item.id().path.join("/"));
            found.text(&what, "two resources of one type that want it", NAMES_PAGE);
        }
        match item {
            Resource::VirtualNetwork(network) => addresses(&mut found, network),
            Resource::Subnet(subnet) => subnet_size(&mut found, subnet),
            Resource::NetworkSecurityGroup(group) => rules(&mut found, group),
            Resource::RouteTable(table) => {
                let what = format_args!("the route table `{}`", table.id.name());
                found.limit(what, table.routes.len(), 400, NETWORK_PAGE);
            }
            Resource::LoadBalancer(balancer) => {
                for probe in &balancer.probes {
                    let path = probe.path.as_deref().unwrap_or("/");
                    if !path.starts_with('/') {
                        found.text("the path of a probe", path, "begin it with `/`");
                    }
                }
            }
            Resource::ScaleSet(set) => scale_set(&mut found, set),
            Resource::AutoscaleSetting(setting) => found.limit(
                format_args!("the scale set of `{}`", setting.id.name()),
                setting.maximum as usize,
                1000,
                SCALE_PAGE,
            ),
            _ => {}
        }
    }
    found.0
}

struct Found(Vec<LoweringError>);

impl Found {
    fn limit(&mut self, what: impl Display, count: usize, limit: usize, source_page: &'static str) {
        if count > limit {
            self.0.push(LoweringError::Limit {
                what: what.to_string(),
                count,
                limit,
                cloud: CLOUD,
                source_page,
            });
        }
    }

    fn text(&mut self, what: impl Display, found: &str, help: &str) {
        self.0.push(LoweringError::Text {
            what: what.to_string(),
            found: found.to_owned(),
            cloud: CLOUD,
            help: help.to_owned(),
        });
    }
}

/// The length and the characters of a name ([`NAMES_PAGE`]).
fn name(found: &mut Found, id: &ResourceId) {
    let cloud::Kind::Azure(kind) = id.kind else {
        return;
    };
    let longest = match kind {
        Kind::VirtualNetwork | Kind::ScaleSet => 64,
        Kind::AutoscaleSetting => 260,
        _ => 80,
    };
    let name = id.name();
    let what = format_args!("the name `{name}`");
    found.limit(what, name.chars().count(), longest, NAMES_PAGE);
    let letters = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let ends = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if !letters || !ends {
        found.text(
            what,
            "other characters than letters, digits, `_`, `.` and `-`, or one of the last three at an end",
            &format!("choose names of these characters ({NAMES_PAGE})"),
        );
    }
}

fn addresses(found: &mut Found, network: &VirtualNetwork) {
    for block in &network.address_space {
        found.0.extend(forbidden("the network", *block));
    }
}

/// What is wrong with a block that overlaps one of Azure's own.
pub(super) fn forbidden(whose: &str, block: Cidr) -> Option<LoweringError> {
    let own = own_ranges(Cloud::Azure).iter();
    let clash = own
        .filter(|own| own.keeps == Keeps::Refused)
        .map(|own| own.range)
        .find(|forbidden| forbidden.overlaps(block));
    clash.map(|forbidden| LoweringError::Unsupported {
        what: format!("{whose} {block}, which overlaps {forbidden},"),
        cloud: CLOUD,
        help: format!("take a private range ({SUBNET_PAGE})"),
    })
}

fn subnet_size(found: &mut Found, subnet: &Subnet) {
    let name = subnet.id.name();
    let reserved = RESERVED.iter().find(|reserved| reserved.name == name);
    if let Some(reserved) = reserved
        && !reserved.filtered
        && subnet.network_security_group.is_some()
    {
        let what = format!("the subnet `{name}`");
        let help = format!("leave it without one ({})", reserved.page);
        found.text(&what, "a network security group", &help);
    }
    let of_ipv6 = |block: &&Cidr| block.version() == IpVersion::V6;
    for block in subnet.prefixes.iter().filter(of_ipv6) {
        if block.prefix_len() != IPV6_SUBNET {
            let what = format!("the prefix length of the subnet `{name}`");
            let help = format!("a subnet has exactly a /{IPV6_SUBNET} of IPv6 ({IPV6_PAGE})");
            found.text(&what, &format!("a /{}", block.prefix_len()), &help);
        }
    }
    for block in subnet.prefixes.iter().filter(|block| block.is_v4()) {
        match reserved {
            Some(reserved) if block.prefix_len() > reserved.longest_prefix => {
                found.0.push(LoweringError::Size {
                    what: format!("the subnet `{name}`"),
                    block: *block,
                    cloud: CLOUD,
                    help: format!(
                        "give it a /{} or more ({})",
                        reserved.longest_prefix, reserved.page
                    ),
                });
            }
            Some(_) => {}
            None => {
                let what = format_args!("the prefix length of the subnet `{name}`");
                found.limit(what, block.prefix_len().into(), 29, SUBNET_PAGE);
            }
        }
    }
}

fn rules(found: &mut Found, group: &NetworkSecurityGroup) {
    let what = format_args!("the network security group `{}`", group.id.name());
    found.limit(what, group.rules.len(), 1000, NETWORK_PAGE);
    let (mut taken, mut names) = (BTreeMap::new(), BTreeSet::new());
    for rule in &group.rules {
        name(found, &rule.id);
        if !names.insert(rule.id.name()) {
            let what = format!("the name `{}`", rule.id.name());
            found.text(&what, "two rules of one group that want it", NAMES_PAGE);
        }
        if [&rule.source, &rule.destination].into_iter().any(is_mixed) {
            let what = format!("the rule `{}`", rule.id.name());
            let help = format!("name blocks of one version of IP in a rule ({IPV6_PAGE})");
            found.text(&what, "blocks of both versions of IP", &help);
        }
        let what = format_args!(
            "the description of the rule `{}`, in characters,",
            rule.id.name()
        );
        found.limit(what, rule.description.chars().count(), 140, RULE_PAGE);
        if let Some(other) = taken.insert((rule.direction, rule.priority), rule.id.name()) {
            found.text(
                format_args!(
                    "the priority of the rules `{other}` and `{}`",
                    rule.id.name()
                ),
                &rule.priority.to_string(),
                &format!("two rules of one group and direction need two priorities ({RULE_PAGE})"),
            );
        }
    }
}

/// Whether a side of a rule has blocks of both versions of IP, which no rule can ([`IPV6_PAGE`]).
fn is_mixed(side: &Side) -> bool {
    match side {
        Side::Blocks(blocks) | Side::Mixed { blocks, .. } => {
            let v4 = |block: &Cidr| block.is_v4();
            blocks.iter().any(v4) && !blocks.iter().all(v4)
        }
        Side::Any | Side::Tag(_) | Side::Groups(_) => false,
    }
}

/// The number, the length and the characters of tags ([`TAGS_PAGE`]).
fn tags(found: &mut Found, header: &Header) {
    found.limit("the list of tags", header.tags.len(), 50, TAGS_PAGE);
    let mut keys = BTreeMap::new();
    for (key, value) in &header.tags {
        let what = format_args!("the tag `{key}`");
        found.limit(what, key.chars().count(), 512, TAGS_PAGE);
        found.limit(what, value.chars().count(), 256, TAGS_PAGE);
        if key.is_empty()
            || key.starts_with('[')
            || key.contains(['<', '>', '%', '&', '\\', '?', '/'])
            || has_controls(key)
        {
            let help = format!(
                "begin it with no bracket and leave out `<`, `>`, `%`, `&`, `\\`, `?` and `/` ({TAGS_PAGE})"
            );
            found.text(what, "a name of other characters", &help);
        }
        if has_controls(value) {
            found.text(what, "a value with control characters", "leave them out");
        }
        let reserved = ["microsoft", "azure", "windows"];
        let lower = key.to_ascii_lowercase();
        if reserved.iter().any(|prefix| lower.starts_with(prefix)) {
            found.text(what, "a prefix that Azure keeps for itself", TAGS_PAGE);
        }
        if let Some(other) = keys.insert(lower, key) {
            let clash = format!("the same name as `{other}` but for its case");
            found.text(what, &clash, &format!("choose another name ({TAGS_PAGE})"));
        }
    }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(char::is_control)
}

fn scale_set(found: &mut Found, set: &ScaleSet) {
    found.limit(
        format_args!(
            "the prefix `{}` of computer names",
            set.computer_name_prefix
        ),
        set.computer_name_prefix.chars().count(),
        58,
        NAMES_PAGE,
    );
    found.0.extend(accounts::check(&set.admin_user));
    let size = set
        .size
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !size || set.size.is_empty() {
        found.text(
            "the size of machines",
            &format!("{:?}", set.size),
            "take a size as in `Standard_D2as_v5` (https://learn.microsoft.com/azure/virtual-machines/sizes)",
        );
    }
}
