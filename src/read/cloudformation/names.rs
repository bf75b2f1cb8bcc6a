//! Names of CloudFormation in our words: logical ids and parameters.

use foldhash::{HashMap, HashSet, HashSetExt};

use crate::cloud::ResourceId;
use crate::cloud::aws::Kind;

/// The ids of resources by their logical ids.
///
/// `AppSecurityGroup` is the security group `app`. No two resources get one id: where the short names are the same, each
/// keeps its logical id.
pub(super) fn ids<'t>(
    resources: impl Iterator<Item = (&'t str, Kind)> + Clone,
) -> HashMap<&'t str, ResourceId> {
    let short = |(logical, kind)| (kind, kebab(without_kind(logical, kind)));
    let names: Vec<_> = resources.clone().map(short).collect();
    let mut met = HashSet::with_capacity(names.len());
    let again = names.iter().filter(|name| !met.insert(*name));
    let repeated: HashSet<_> = again.cloned().collect();
    let ids = resources.zip(names).map(|((logical, kind), name)| {
        let is_taken = !repeated.is_empty() && repeated.contains(&name);
        let name = if is_taken { logical.to_owned() } else { name.1 };
        (logical, kind.named([name]))
    });
    ids.collect()
}

/// The logical id without the type at its end. A resource named after its type only, as `VpnGateway`, is called by the
/// first word of it.
fn without_kind(logical: &str, kind: Kind) -> &str {
    let kind = kind.name();
    match logical.strip_suffix(kind) {
        Some("") if kind.starts_with("Vpn") || kind.starts_with("Vpc") => &logical[..3],
        Some("") | None => logical,
        Some(name) => name,
    }
}

/// `AppServer` as `app-server`.
///
/// Capitals only begin words: two names become one only where they differ in capitals alone.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut word = 0;
    for (at, letters) in name.as_bytes().windows(2).enumerate() {
        let (before, letter) = (letters[0], letters[1]);
        let after = name.as_bytes().get(at + 2);
        let begins = !before.is_ascii_uppercase() || after.is_some_and(u8::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && begins {
            out.push_str(&name[word..=at]);
            out.push('-');
            word = at + 1;
        }
    }
    out.push_str(&name[word..]);
    out.make_ascii_lowercase();
    out
}

/// `VpnDevice` as `vpn_device`.
pub(super) fn parameter(name: &str) -> String {
    kebab(name).replace('-', "_")
}

/// The names of parameters: `VpnDevice` is `vpn_device`, unless two would be called so.
pub(super) fn parameters<'t>(
    names: impl Iterator<Item = &'t str> + Clone,
) -> HashMap<&'t str, String> {
    let mut met = HashSet::new();
    let repeated: HashSet<_> = names
        .clone()
        .map(parameter)
        .filter(|name| !met.insert(name.clone()))
        .collect();
    names
        .map(|name| {
            let short = parameter(name);
            let taken = repeated.contains(&short);
            (name, if taken { name.to_owned() } else { short })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(resources: &[(&'static str, Kind)]) -> Vec<String> {
        let ids = ids(resources.iter().copied());
        let names = resources
            .iter()
            .map(|(logical, _)| ids[logical].path.join("/"));
        names.collect()
    }

    #[test]
    fn a_logical_id_loses_its_type() {
        let names = named(&[
            ("AppServerSecurityGroup", Kind::SecurityGroup),
            ("VpnGateway", Kind::VpnGateway),
            ("VpcFlowLog", Kind::FlowLog),
            ("WebServerSG", Kind::SecurityGroup),
            ("VPCPublic1", Kind::Subnet),
        ]);
        let right = ["app-server", "vpn", "vpc", "web-server-sg", "vpc-public1"];
        assert_eq!(names, right);
    }

    #[test]
    fn two_resources_never_have_one_name() {
        let group = Kind::SecurityGroup;
        let names = named(&[
            ("App", group),
            ("app", group),
            ("AppSecurityGroup", group),
            ("AppSubnet", Kind::Subnet),
        ]);
        assert_eq!(names, ["App", "app", "AppSecurityGroup", "app"]);
        assert_eq!(parameters(["Key", "KEY"].into_iter())["Key"], "Key");
        assert_eq!(
            parameters(["VpnDevice"].into_iter())["VpnDevice"],
            "vpn_device"
        );
    }
}
