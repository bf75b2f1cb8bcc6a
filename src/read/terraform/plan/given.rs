//! Values as they stand in a plan or a state, and the ids in them that are ids of other resources.

use foldhash::{HashMap, HashMapExt};

use super::Resource;
use crate::read::terraform::tree::{Kind, Reference, Value};
use crate::yaml::{Kind as NodeKind, Node};

/// A value of JSON with its places.
pub(super) fn value(node: &Node) -> Value {
    let kind = match &node.kind {
        NodeKind::Null => Kind::Null,
        NodeKind::Bool(truth) => Kind::Bool(*truth),
        #[expect(clippy::cast_precision_loss, reason = "JSON has no more exact numbers")]
        NodeKind::Int(number) => Kind::Number(*number as f64),
        // A plan and a state have an empty text for what nobody wrote.
        NodeKind::String(text) if text.is_empty() => Kind::Null,
        // A fraction is a text to the reader of YAML.
        NodeKind::String(text) => match text.parse() {
            Ok(number) if !node.quoted => Kind::Number(number),
            _ => Kind::Text(text.as_str().into()),
        },
        NodeKind::List(items) => {
            return Value::list(items.iter().map(value).collect(), &node.place);
        }
        NodeKind::Map(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, node)| (key.text.as_str().into(), value(node)));
            return Value::map(entries.collect(), &node.place);
        }
    };
    Value::new(kind, &node.place)
}

/// Attributes that only the cloud tells, and nobody can write, of all types: a state has them beside the arguments.
const COMPUTED: [&str; 32] = [
    "arn",
    "association_id",
    "availability_zone_id",
    "bucket_domain_name",
    "bucket_regional_domain_name",
    "create_date",
    "default_network_acl_id",
    "default_route_table_id",
    "default_security_group_id",
    "dhcp_options_id",
    "hosted_zone_id",
    "id",
    "instance_state",
    "invoke_arn",
    "ipv6_association_id",
    "ipv6_cidr_block_association_id",
    "last_modified",
    "main_route_table_id",
    "owner",
    "owner_id",
    "prefix_list_id",
    "primary_network_interface_id",
    "private_dns",
    "public_dns",
    "public_ip",
    "qualified_arn",
    "region",
    "security_group_rule_id",
    "state",
    "tags_all",
    "unique_id",
    "version_id",
];

/// Whether an attribute of a state is the cloud's word and nobody's argument.
pub(super) fn is_computed(key: &str) -> bool {
    // A rule that names a list has the list's id as an argument.
    COMPUTED.contains(&key) && key != "prefix_list_id"
}

/// The ids and ARNs that the cloud gave, and whose they are.
pub(super) struct Ids<'t> {
    by_text: HashMap<&'t str, Vec<(&'t str, &'t str, &'static str)>>,
}

/// Arguments that name another resource by its id, and do not end in `id`, `ids` or `arn`.
const NAMES: [&str; 22] = [
    "autoscaling_group_name",
    "bucket",
    "db_subnet_group_name",
    "function_name",
    "group",
    "groups",
    "iam_instance_profile",
    "instance",
    "launch_configuration",
    "name",
    "network_interface",
    "queue_url",
    "role",
    "roles",
    "rule",
    "security_groups",
    "subnet_group_name",
    "subnets",
    "user",
    "users",
    "vpc_zone_identifier",
    "log_destination",
];

impl<'t> Ids<'t> {
    pub(super) fn new(found: &[Resource<'t>]) -> Self {
        let mut by_text: HashMap<_, Vec<_>> = HashMap::new();
        for resource in found.iter().filter(|resource| !resource.is_data()) {
            for (key, node) in resource.values() {
                let attribute = match key.text.as_str() {
                    "id" => "id",
                    "arn" => "arn",
                    _ => continue,
                };
                if let Some(text) = node.as_text() {
                    let whose = (resource.address, resource.text("type"), attribute);
                    by_text.entry(text).or_default().push(whose);
                }
            }
        }
        Self { by_text }
    }

    /// The resource that a text of an argument names, if it is one of these.
    pub(super) fn reference(&self, key: &str, node: &Node, own: &str) -> Option<Reference> {
        let is_name = NAMES.contains(&key) && key != "name";
        let ends = ["_id", "_ids", "_arn", "_arns"];
        if !is_name && key != "id" && key != "arn" && !ends.iter().any(|end| key.ends_with(end)) {
            return None;
        }
        let all = self.by_text.get(node.as_text()?)?;
        let others = || all.iter().filter(|(address, ..)| *address != own);
        // Resources of several types may have one name: the argument says which type is meant.
        let stem = key.trim_end_matches("_name").trim_end_matches('s');
        let of_type = others().find(|(_, kind, _)| kind.ends_with(stem));
        let (address, _, attribute) = match of_type {
            Some(found) => found,
            None if others().count() == 1 => others().next()?,
            None => return None,
        };
        Some(Reference {
            address: (*address).into(),
            path: (*attribute).into(),
        })
    }
}
