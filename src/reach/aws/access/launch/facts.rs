//! What a request to launch says of each thing that it makes or uses, as far as the launch template decides it.

use std::borrow::Cow;

use super::Part;
use crate::cloud::aws::{Image, LaunchTemplate, Tagged};
use crate::cloud::{Attribute, Environment, Term};
use crate::reach::aws::access::condition::Fact;
use crate::reach::aws::access::naming::Naming;
use crate::reach::aws::access::region;
use crate::reach::aws::access::value::Value;

/// Keys that speak of some kinds of things: a request says nothing of them for any other.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-actions-as-permissions>
const SPEAK_OF: &[(&str, &[&str])] = &[
    ("associatepublicipaddress", &["network-interface"]),
    (
        "availabilityzone",
        &["instance", "network-interface", "subnet", "volume"],
    ),
    ("ebsoptimized", &["instance"]),
    ("encrypted", &["volume"]),
    ("imageid", &["image"]),
    ("imagetype", &["image"]),
    ("instancemarkettype", &["instance"]),
    ("instanceprofile", &["instance"]),
    ("instancetype", &["instance"]),
    ("metadatahttpendpoint", &["instance"]),
    ("metadatahttpputresponsehoplimit", &["instance"]),
    ("metadatahttptokens", &["instance"]),
    ("owner", &["image"]),
    ("parentsnapshot", &["volume"]),
    ("placementgroup", &["instance"]),
    ("productcode", &["instance"]),
    ("public", &["image"]),
    ("rootdevicetype", &["image", "instance"]),
    ("securitygroupid", &["security-group"]),
    ("subnet", &["network-interface"]),
    ("subnetid", &["subnet"]),
    ("tenancy", &["instance"]),
    ("volumeiops", &["volume"]),
    ("volumesize", &["volume"]),
    ("volumethroughput", &["volume"]),
    ("volumetype", &["volume"]),
    ("vpc", &["network-interface", "security-group", "subnet"]),
];

/// What a launch template decides.
pub(super) struct Facts<'t> {
    pub(super) naming: &'t Naming<'t>,
    pub(super) template: &'t LaunchTemplate,
    /// The ARN of the launch template.
    pub(super) own: Value,
}

impl Facts<'_> {
    /// What the request may say of a key when it is asked about one part of a launch. Nothing where neither the template nor
    /// EC2 decides it.
    pub(super) fn of(&self, part: &Part<'_>, key: &str) -> Option<Vec<Fact<'_>>> {
        let fact = match key.split_once(':')? {
            // Whoever launches may always take care of that.
            ("aws", "securetransport") => known("true"),
            ("aws", "tagkeys") => self.tag_keys(part.kind),
            ("aws", key) => self.tag(part.kind, key.strip_prefix("requesttag/")?),
            ("iam", "passedtoservice") if part.is_role() => known("ec2.amazonaws.com"),
            ("ec2", key) if !part.is_role() => return self.of_ec2(part, key),
            _ if region::is_free(key) => Fact::Missing,
            _ => return None,
        };
        Some(vec![fact])
    }

    fn of_ec2(&self, part: &Part<'_>, key: &str) -> Option<Vec<Fact<'_>>> {
        let mut table = SPEAK_OF.iter();
        if table.any(|(of, kinds)| *of == key && !kinds.contains(&part.kind)) {
            return Some(vec![Fact::Missing]);
        }
        let it = self.template;
        let guarded = |value| it.metadata_guarded.then(|| known(value));
        let fact = match key {
            "launchtemplate" => Fact::Is(Cow::Borrowed(&self.own)),
            "islaunchtemplateresource" => match part.kind {
                // The template names no subnet: whoever launches does.
                "subnet" => known("false"),
                // What is made for that subnet may be of the template, or not.
                "network-interface" => Fact::Unread,
                _ if part.is_tagging() => Fact::Unread,
                _ => known("true"),
            },
            "createaction" if part.is_tagging() => known("RunInstances"),
            "createaction" => Fact::Missing,
            "region" => told(Value::symbol(Term::Environment(Environment::Region))),
            "encrypted" if it.disk_encrypted => known("true"),
            // The account may encrypt what the template does not:
            // https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
            "encrypted" => return Some([true, false].map(Fact::truth).into()),
            "volumesize" if it.disk_gib > 0 && it.disks == 1 => known(&it.disk_gib.to_string()),
            "instancetype" if !it.size.is_empty() => known(&it.size),
            "instanceprofile" => self.profile(),
            "metadatahttptokens" => guarded("required")?,
            "metadatahttpendpoint" => guarded("enabled")?,
            "metadatahttpputresponsehoplimit" => guarded("1")?,
            "associatepublicipaddress" => known(&it.public_address?.to_string()),
            "imageid" => told(self.image()?),
            _ => return None,
        };
        Some(vec![fact])
    }

    /// The id of the image, where the template has it.
    pub(super) fn image(&self) -> Option<Value> {
        match &self.template.image {
            Image::Id(id) if *id != Term::EMPTY => Some(self.naming.value(id)),
            Image::Id(_) | Image::SsmParameter(_) => None,
        }
    }

    fn profile(&self) -> Fact<'_> {
        match &self.template.profile {
            None => Fact::Missing,
            Some(arn @ Term::Attribute(_, Attribute::Arn)) => {
                Fact::Is(Cow::Owned(self.naming.value(arn)))
            }
            // Its name is not its ARN.
            Some(_) => Fact::Unread,
        }
    }

    /// The tags that are put on things of a kind.
    fn tagged<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Tagged> {
        let all = self.template.tagged.iter();
        all.filter(move |tagged| tagged.kind == kind)
    }

    /// The value of one tag. Its key stands in a condition in letters of any case.
    fn tag(&self, kind: &str, key: &str) -> Fact<'_> {
        let mut tags = self.tagged(kind).flat_map(|it| &it.tags);
        match tags.find(|(known, _)| known.to_ascii_lowercase() == key) {
            Some((_, value)) => told(self.naming.value(value)),
            None if self.tagged(kind).all(|it| it.whole) => Fact::Missing,
            None => Fact::Unread,
        }
    }

    /// The keys of all tags.
    fn tag_keys(&self, kind: &str) -> Fact<'_> {
        let keys = self.tagged(kind).flat_map(|it| it.tags.keys());
        let keys: Vec<_> = keys.map(|key| key.as_str().into()).collect();
        match keys.is_empty() {
            _ if !self.tagged(kind).all(|it| it.whole) => Fact::Unread,
            true => Fact::Missing,
            false => Fact::Are(keys),
        }
    }
}

/// Whether whoever deploys has a say in what a value is.
pub(super) fn is_given(value: &Value) -> bool {
    let mut symbols = value.symbols();
    symbols.any(|symbol| matches!(symbol, Term::Parameter(_)))
}

fn told(value: Value) -> Fact<'static> {
    if is_given(&value) {
        Fact::MayBe(value)
    } else {
        Fact::Is(Cow::Owned(value))
    }
}

fn known(text: &str) -> Fact<'static> {
    Fact::Is(Cow::Owned(text.into()))
}
