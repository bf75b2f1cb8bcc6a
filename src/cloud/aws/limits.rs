//! What AWS takes: how many of each, how long, and in which letters.
//!
//! Looked at when everything is lowered, because the limits are about resources and not about plans.

mod network;
mod texts;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

use indexmap::IndexMap;
use serde::Serialize;
use smol_str::SmolStr;

use super::{Block, NetworkAcl, Policy, Resource, Rule, RulePeer, SecurityGroup, VpcCidr};
use crate::cloud::{LoweringError, Resource as _, Resources, Term};
use crate::net::{Cidr, IpVersion};

const AWS: &str = "AWS";
const VPC_QUOTAS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";
const TEMPLATE_QUOTAS: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";
const IAM_QUOTAS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";
const GROUP_RULES: &str =
    "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html";
const BUCKET_POLICIES: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html";
const ENDPOINT_POLICIES: &str =
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html";

/// What CloudFormation replaces by a secret, wherever it stands.
const RESOLVE: &str = "{{resolve:";

/// The longest name of a region, with a hyphen before it.
const REGION: usize = "-ap-southeast-1".len();

/// The most tags that the function `launch` gives an instance: five, and six for parts of the longest key.
const TAGS_AT_LAUNCH: usize = 11;

/// Everything in `resources` that AWS would refuse.
pub(super) fn check(resources: &Resources<Resource>) -> Vec<LoweringError> {
    let mut found = Findings(Vec::new());
    found.template(resources);
    found.tags(resources);
    found.names(resources);
    found.counts(resources);
    found.spaces(resources);
    for item in &resources.items {
        found.resource(item, &resources.header.tags);
    }
    found.dynamic_references(resources);
    found.0
}

/// What is wrong so far.
struct Findings(Vec<LoweringError>);

impl Findings {
    fn limit(&mut self, what: impl Display, count: usize, limit: usize, source_page: &'static str) {
        if count > limit {
            self.0.push(LoweringError::Limit {
                what: what.to_string(),
                count,
                limit,
                cloud: AWS,
                source_page,
            });
        }
    }

    fn text(&mut self, what: String, found: String, help: &str) {
        self.0.push(LoweringError::Text {
            what,
            found,
            cloud: AWS,
            help: help.into(),
        });
    }

    fn size(&mut self, what: String, block: Cidr, help: &str) {
        self.0.push(LoweringError::Size {
            what,
            block,
            cloud: AWS,
            help: help.into(),
        });
    }

    /// Refuses a text with a letter that is not `allowed`.
    fn letters(
        &mut self,
        what: impl Display,
        text: &str,
        allowed: impl Fn(char) -> bool,
        help: &str,
    ) {
        if let Some(letter) = text.chars().find(|letter| !allowed(*letter)) {
            self.text(what.to_string(), format!("the letter {letter:?}"), help);
        }
    }

    fn template(&mut self, resources: &Resources<Resource>) {
        let stack = &resources.header.stack;
        let count = resources.items.iter().map(in_cloudformation).sum();
        self.limit(
            format_args!("the template of the stack `{stack}` in resources"),
            count,
            500,
            TEMPLATE_QUOTAS,
        );
        let parameters = resources.parameters.len();
        self.limit(
            format_args!("the template of the stack `{stack}` in parameters"),
            parameters,
            200,
            TEMPLATE_QUOTAS,
        );
        let outputs = resources.outputs.len();
        self.limit(
            format_args!("the template of the stack `{stack}` in outputs"),
            outputs,
            200,
            TEMPLATE_QUOTAS,
        );
        let title = resources.header.title.len();
        self.limit("the pattern's title in bytes", title, 1024, TEMPLATE_QUOTAS);
    }

    /// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>
    fn tags(&mut self, resources: &Resources<Resource>) {
        const PAGE: &str = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html";
        const HELP: &str = "letters, digits, spaces and _ . : / = + - @";
        let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
        let tags = &resources.header.tags;
        // One of the fifty is the name tag.
        self.limit("a resource in tags", tags.len() + 1, 50, PAGE);
        for (key, value) in tags {
            self.limit(
                format_args!("the tag key `{key}` in characters"),
                key.chars().count(),
                128,
                PAGE,
            );
            self.limit(
                format_args!("the value of the tag `{key}` in characters"),
                value.chars().count(),
                256,
                PAGE,
            );
            self.letters(format_args!("the tag key `{key}`"), key, allowed, HELP);
            self.letters(
                format_args!("the value of the tag `{key}`"),
                value,
                allowed,
                HELP,
            );
            if key.is_empty() || key == "Name" || key.to_ascii_lowercase().starts_with("aws:") {
                self.text(
                    "the tags".into(),
                    format!("the key `{key}`"),
                    "a key that is neither empty nor `Name`, and does not begin with `aws:`",
                );
            }
        }
    }

    /// Names that differ in hyphens only would be one logical id.
    fn names(&mut self, resources: &Resources<Resource>) {
        let mut known = BTreeMap::new();
        for item in &resources.items {
            let id = item.id();
            if let Some(other) = known.insert((id.kind, without_hyphens(&id.path)), &id.path) {
                self.text(
                    format!(
                        "the names `{}` and `{}`",
                        other.join("-"),
                        id.path.join("-")
                    ),
                    "no difference but hyphens".into(),
                    "names that differ in letters or digits",
                );
            }
        }
    }

    fn resource(&mut self, item: &Resource, tags: &IndexMap<String, String>) {
        match item {
            Resource::Vpc(vpc) => self.block("VPC", &vpc.name, vpc.cidr),
            Resource::VpcCidr(VpcCidr {
                id,
                block: Block::Known(block),
                ..
            }) if block.is_v4() => self.block("address space", id.name(), *block),
            Resource::Subnet(subnet) => self.block("subnet", &subnet.name, subnet.cidr),
            Resource::SecurityGroup(group) => self.group(group),
            Resource::NetworkAcl(acl) => self.acl(acl),
            Resource::CustomerGateway(gateway) => self.device(gateway),
            Resource::LaunchTemplate(template) if template.metadata_tags => {
                self.metadata_tags(tags);
            }
            Resource::VpcEndpoint(endpoint) => self.policy(
                format_args!("the policy of the endpoint `{}`", endpoint.name),
                &endpoint.policy,
                20_480,
                ENDPOINT_POLICIES,
            ),
            Resource::BucketPolicy(policy) => self.policy(
                format_args!("the policy of the bucket `{}`", policy.id.name()),
                &policy.policy,
                20_480,
                BUCKET_POLICIES,
            ),
            Resource::Role(role) => {
                self.name("role", &role.name, 64, IAM_QUOTAS);
                self.policy(
                    format_args!("the policy of the role `{}`", role.id.name()),
                    &role.policy,
                    10_240,
                    IAM_QUOTAS,
                );
            }
            Resource::Function(function) => {
                const PAGE: &str =
                    "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html";
                self.name("function", &function.name.as_str().into(), 64, PAGE);
                self.limit(
                    format_args!(
                        "the reason of the function `{}` in characters",
                        function.id.name()
                    ),
                    function.description.chars().count(),
                    256,
                    PAGE,
                );
            }
            Resource::EventRule(rule) => {
                const PAGE: &str =
                    "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html";
                self.name("event rule", &rule.name.as_str().into(), 64, PAGE);
                self.limit(
                    format_args!("the reason of the event `{}` in characters", rule.id.name()),
                    rule.description.chars().count(),
                    512,
                    PAGE,
                );
            }
            _ => {}
        }
    }

    /// An instance that is told its tags takes fewer letters in their keys, and whoever launches it adds its own:
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html>
    fn metadata_tags(&mut self, tags: &IndexMap<String, String>) {
        const PAGE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html";
        let count = tags.len() + 1 + TAGS_AT_LAUNCH;
        self.limit("an instance that reads its tags, in tags", count, 50, PAGE);
        for key in tags.keys() {
            self.letters(
                format_args!("the tag key `{key}` of instances that read their tags"),
                key,
                |c| c.is_ascii_alphanumeric() || "+-=.,_:@".contains(c),
                "letters, digits and + - = . , _ : @",
            );
        }
    }

    fn group(&mut self, group: &SecurityGroup) {
        let name = group.id.name();
        self.limit(
            format_args!("the security group of `{name}` in rules for what comes in"),
            most_of_a_version(&group.ingress),
            60,
            VPC_QUOTAS,
        );
        self.limit(
            format_args!("the security group of `{name}` in rules for what goes out"),
            most_of_a_version(&group.egress),
            60,
            VPC_QUOTAS,
        );
        let rules = group.ingress.iter().chain(&group.egress);
        let texts = rules.map(|rule| (rule.name.as_str(), rule.description.as_str()));
        for (part, text) in texts.chain([("description", group.description.as_str())]) {
            self.limit(
                format_args!("the reason `{text}` of `{name}`, {part}, in characters"),
                text.chars().count(),
                255,
                GROUP_RULES,
            );
            self.letters(
                format_args!("the reason `{text}` of `{name}`, {part},"),
                text,
                |c| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c),
                "a reason of plain letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *",
            );
        }
    }

    fn acl(&mut self, acl: &NetworkAcl) {
        let name = acl.id.name();
        // The default entry, which denies, is one of the twenty.
        self.limit(
            format_args!("the network ACL of `{name}` in entries for what comes in"),
            acl.ingress.len() + 1,
            20,
            VPC_QUOTAS,
        );
        self.limit(
            format_args!("the network ACL of `{name}` in entries for what goes out"),
            acl.egress.len() + 1,
            20,
            VPC_QUOTAS,
        );
    }

    fn policy(&mut self, what: impl Display, policy: &Policy, limit: usize, page: &'static str) {
        // A document with expressions in it is longer than what AWS makes of them.
        let count = length_of(policy);
        self.limit(format_args!("{what} in characters"), count, limit, page);
    }

    fn name(&mut self, kind: &str, name: &Term, limit: usize, page: &'static str) {
        self.limit(
            format_args!("the name of the {kind} `{}` in characters", known(name)),
            length(name),
            limit,
            page,
        );
    }

    /// `CloudFormation` replaces `{{resolve:...}}` in any text by a secret's value; no user's text may ask for that.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
    fn dynamic_references(&mut self, resources: &Resources<Resource>) {
        let parameters = resources.parameters.iter();
        let parameters: Vec<_> = parameters.map(|it| (&it.help, &it.default)).collect();
        let everything = (
            &resources.items,
            &resources.header,
            &resources.outputs,
            &parameters,
        );
        // Nearly no stack has any, which one look at all of it tells much sooner than a tree does.
        if texts::any(&everything, |text| {
            text.contains('{') && text.contains(RESOLVE)
        }) && let Ok(tree) = serde_json::to_value(everything)
        {
            self.dynamic_reference(&tree);
        }
    }

    fn dynamic_reference(&mut self, value: &serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::String(text) => self.no_resolve(text),
            Value::Array(items) => items.iter().for_each(|item| self.dynamic_reference(item)),
            Value::Object(fields) => {
                for (key, field) in fields {
                    self.no_resolve(key);
                    self.dynamic_reference(field);
                }
            }
            _ => {}
        }
    }

    fn no_resolve(&mut self, text: &str) {
        if text.contains(RESOLVE) {
            self.text(
                format!("the text `{text}`"),
                "`{{resolve:`, which CloudFormation would replace by a secret".into(),
                "a text without it",
            );
        }
    }
}

/// The bytes of a value as JSON, which is not kept.
fn length_of(value: &impl Serialize) -> usize {
    let mut length = Length(0);
    // Nothing that is looked at here fails to be JSON, and writing does not fail either.
    let _ = serde_json::to_writer(&mut length, value);
    length.0
}

/// How much was written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0 += piece.len();
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A name as a template that has no hyphens writes it: with capitals for words, and something between two numbers.
fn without_hyphens(path: &[SmolStr]) -> String {
    let mut out = String::with_capacity(32);
    for word in path.iter().flat_map(|name| name.split(['-', '_'])) {
        let mut letters = word.chars();
        let first = letters.next();
        let is_digit = |c: char| c.is_ascii_digit();
        if out.ends_with(is_digit) && first.is_some_and(is_digit) {
            out.push('-');
        }
        out.extend(first.map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// How many rules the rules count for in the version of IP that has more of them: each has a quota of its own, and a rule about
/// no addresses counts for both ([`VPC_QUOTAS`]).
fn most_of_a_version(rules: &[Rule]) -> usize {
    let of = |version: IpVersion| -> usize {
        let weights = rules.iter().map(|rule| match rule.peer {
            RulePeer::PrefixList { weight, .. } => weight,
            RulePeer::Cidr(block) => usize::from(block.version() == version),
            RulePeer::Group(_) => 1,
        });
        weights.sum()
    };
    IpVersion::BOTH.map(of).into_iter().max().unwrap_or(0)
}

/// How many resources `CloudFormation` makes of one: rules between groups, entries and associations are resources there.
fn in_cloudformation(item: &Resource) -> usize {
    match item {
        Resource::SecurityGroup(group) => {
            let rules = group.ingress.iter().chain(&group.egress);
            1 + rules
                .filter(|rule| matches!(rule.peer, RulePeer::Group(_)))
                .count()
        }
        Resource::NetworkAcl(acl) => 1 + acl.ingress.len() + acl.egress.len() + acl.subnets.len(),
        Resource::AutoScalingGroup(group) => 1 + usize::from(group.min < group.max),
        Resource::DefaultSecurityGroup(_) => 0,
        _ => 1,
    }
}

/// The known part of a name.
fn known(name: &Term) -> &str {
    match name {
        Term::Text(text) => text,
        Term::Join(parts) => parts.first().map_or("", known),
        _ => "",
    }
}

/// The longest that a name can get.
fn length(name: &Term) -> usize {
    match name {
        Term::Text(text) => text.chars().count(),
        Term::Join(parts) => parts.iter().map(length).sum(),
        _ => REGION - 1,
    }
}
