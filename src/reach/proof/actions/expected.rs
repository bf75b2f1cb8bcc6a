//! What a flow stands for in the words of a cloud.

use super::values::{ends_with, holds, is_text, key_of, kind_in, named, only, same, thing_in};
use crate::cloud::{Environment, ResourceId, Term};
use crate::plan::{Action, Bound, Flow, Peer, Plan, Service};
use crate::reach::grant::{Basis, Deed, Given, Grant, Origin, Target, Who};
use crate::reach::matrix::PeerKind;

/// What an upload or a message needs of a key: an upload in parts decrypts what it has begun.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions>
const USE: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

/// Something that one must be able to do to follow a flow.
pub(super) struct Need {
    /// What, in the cloud's own words.
    verb: &'static str,
    /// On what sort of thing, where the verb does not tell.
    sort: Option<&'static str>,
}

/// Everything that must be possible so that a flow is more than permitted: that it can happen. An upload must be possible to
/// break off, and an object that has versions is asked for by its version.
pub(super) fn needs(plan: &Plan, flow: &Flow, action: Action) -> Vec<Need> {
    let (verbs, of_key): (&[&str], &[&str]) = match action {
        Action::S3Read => (&["s3:GetObject", "s3:GetObjectVersion"], &["kms:Decrypt"]),
        Action::S3Write => (&["s3:PutObject", "s3:AbortMultipartUpload"], USE),
        Action::S3Archive => (&["s3:PutObjectTagging", "s3:PutObjectVersionTagging"], &[]),
        Action::LambdaInvoke => (&["lambda:InvokeFunction"], &[]),
        Action::Ec2Launch => (&["ec2:RunInstances"], &[]),
        Action::SnsPublish => (&["sns:Publish"], USE),
        Action::SnsDeliver => (&["sns:Subscribe"], &[]),
    };
    let key = match (&flow.from, &flow.to) {
        // What whoever is outside may do with a key, policies say that stand elsewhere.
        (Peer::Named(_), Peer::Named(to)) => key_of(plan, to),
        _ => None,
    };
    let of_key = of_key.iter().filter(|_| key.is_some());
    // Where the account itself decides who may, only what the flow is named for is asked: it stands in no policy.
    let datacenter = plan.datacenter.as_ref();
    let by_account = flow.from == Peer::Datacenter
        && datacenter.is_some_and(|datacenter| datacenter.principals.is_none());
    let verbs = verbs.iter().take(if by_account { 1 } else { verbs.len() });
    let of_any_sort = |&verb| Need { verb, sort: None };
    let mut needs: Vec<_> = verbs.chain(of_key).map(of_any_sort).collect();
    if action == Action::Ec2Launch {
        // Whatever is launched is tagged while it is made.
        needs.extend(
            ["instance", "network-interface", "volume"].map(|sort| Need {
                verb: "ec2:CreateTags",
                sort: Some(sort),
            }),
        );
    }
    needs
}

/// Whether a grant is what a flow needs.
pub(super) fn delivers(
    plan: &Plan,
    flow: &Flow,
    action: Action,
    need: &Need,
    grant: &Grant,
) -> bool {
    // The account's own principals are let in by the account.
    let granted = grant.basis == Basis::Granted || grant.from == Who::Account;
    let is_main = |verb: &str| verb != "ec2:RunInstances" || grant.action == Some(action);
    granted
        && grant.certain
        && grant.verb == need.verb
        && is_main(need.verb)
        && need
            .sort
            .is_none_or(|sort| kind_in(grant.to.name()).as_deref() == Some(sort))
        && is_about_all(grant)
        && (grant.verb != "s3:PutObject" || may_ask_for_encryption(plan, &flow.to, grant))
        && explains(plan, flow, action, grant)
        && comes_as_needed(plan, flow, grant)
}

/// Whether a grant is about every object of a bucket, and every machine, where it is about some: not only about those whose
/// names end in some way.
fn is_about_all(grant: &Grant) -> bool {
    !grant.verb.starts_with("s3:") && grant.verb != "ec2:CreateTags"
        || ends_with(grant.to.name(), "/*")
}

/// Whether a flow explains that somebody may do something.
pub(super) fn explains(plan: &Plan, flow: &Flow, action: Action, grant: &Grant) -> bool {
    if !is_from(plan, &flow.from, grant) || !comes_as_allowed(plan, flow, grant) {
        return false;
    }
    let Peer::Named(to) = &flow.to else {
        return action == Action::SnsDeliver && is_delivered(plan, flow, grant);
    };
    match action {
        Action::S3Read => {
            let reads = matches!(grant.verb.as_str(), "s3:GetObject" | "s3:GetObjectVersion");
            (is_on(grant, to) && reads && is_by_tls(grant))
                || uses_key(plan, to, grant, "s3", &["kms:Decrypt"])
        }
        Action::S3Write => {
            let writes = match grant.verb.as_str() {
                "s3:PutObject" => is_encrypted(plan, to, grant),
                "s3:AbortMultipartUpload" | "s3:ReplicateObject" => true,
                _ => false,
            };
            (is_on(grant, to) && writes && is_by_tls(grant)) || uses_key(plan, to, grant, "s3", USE)
        }
        Action::S3Archive => {
            is_on(grant, to) && grant.action == Some(Action::S3Archive) && is_by_tls(grant)
        }
        Action::LambdaInvoke => is_on(grant, to) && grant.action == Some(action),
        Action::SnsPublish => {
            (is_on(grant, to) && grant.verb == "sns:Publish" && is_by_tls(grant))
                || uses_key(plan, to, grant, "sns", USE)
        }
        Action::Ec2Launch => launches(plan, to, grant),
        Action::SnsDeliver => false,
    }
}

/// Whether a grant is what every stack needs for itself: functions that write their logs, services that take on the roles
/// made for them. What the template leaves to the account is taken for granted where no data is touched.
pub(super) fn belongs_to_the_stack(plan: &Plan, grant: &Grant) -> bool {
    let to = grant.to.thing();
    let of_bucket = to.is_some_and(|thing| thing.kind == PeerKind::Bucket);
    if grant.basis == Basis::LeftOpen && matches!(grant.deed, Deed::Look | Deed::Subscribe) {
        return !of_bucket || is_by_tls(grant);
    }
    let functions = plan.services.iter();
    let mut functions = functions.filter(|(_, service)| matches!(service, Service::Function(_)));
    match (&grant.from, grant.to.thing()) {
        (Who::Service(Term::Text(service)), Some(role)) if role.kind == PeerKind::Role => {
            grant.verb == "sts:AssumeRole"
                && match service.as_str() {
                    "lambda.amazonaws.com" => functions.any(|(name, _)| named(&role.id, name)),
                    "ec2.amazonaws.com" => plan.tiers.keys().any(|name| named(&role.id, name)),
                    "vpc-flow-logs.amazonaws.com" => is_of_own_flow_logs(grant),
                    _ => false,
                }
        }
        (Who::Thing(writer), Some(log)) if log.kind == PeerKind::Log => {
            let own = functions.any(|(name, _)| named(&writer.id, name) && named(&log.id, name));
            let puts = matches!(
                grant.verb.as_str(),
                "logs:CreateLogStream" | "logs:PutLogEvents"
            );
            let looks = matches!(
                grant.verb.as_str(),
                "logs:DescribeLogGroups" | "logs:DescribeLogStreams"
            );
            (puts && own) || (writer.kind == PeerKind::Log && (puts || looks))
        }
        (Who::Thing(writer), None) => {
            writer.kind == PeerKind::Log && grant.verb == "logs:DescribeLogGroups"
        }
        _ => false,
    }
}

/// Only flow logs of the account itself:
/// <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>.
fn is_of_own_flow_logs(grant: &Grant) -> bool {
    let account = Term::Environment(Environment::AccountId);
    let of_account = only(grant, "aws:sourceaccount", |value| *value == account);
    let of_flow_log = only(grant, "aws:sourcearn", |value| {
        let Term::Join(parts) = value else {
            return false;
        };
        let is_flow_log =
            |part: &Term| matches!(part, Term::Text(text) if text.contains(":vpc-flow-log/"));
        parts.contains(&account) && parts.iter().any(is_flow_log)
    });
    of_account && of_flow_log
}

/// Whether somebody who may do something is a peer of the plan.
pub(super) fn is_from(plan: &Plan, peer: &Peer, grant: &Grant) -> bool {
    match (peer, &grant.from) {
        // A role that nothing takes on does nothing for whoever has the same name.
        (Peer::Named(name), Who::Thing(thing)) => {
            thing.kind != PeerKind::Role && named(&thing.id, name)
        }
        (Peer::Datacenter, from) => {
            let Some(datacenter) = &plan.datacenter else {
                return false;
            };
            let signs = match (&datacenter.principals, from) {
                (Some(principals), Who::Principal(term)) => holds(principals, term),
                (None, Who::Account) => true,
                _ => false,
            };
            let lives = datacenter.addresses.as_ref().is_none_or(|addresses| {
                let listed = |origin: &Origin| matches!(origin, Origin::Addresses(term) if holds(addresses, term));
                !grant.origins.is_empty() && grant.origins.iter().all(listed)
            });
            signs && lives
        }
        _ => false,
    }
}

/// Whether something is done to a peer of the plan.
pub(super) fn is_on(grant: &Grant, name: &str) -> bool {
    let thing = grant.to.thing();
    thing.is_some_and(|thing| named(&thing.id, name) && thing.kind != PeerKind::Log)
}

/// Whether all requests come by the way that the flow must take.
fn comes_as_allowed(plan: &Plan, flow: &Flow, grant: &Grant) -> bool {
    let Some(through) = &flow.through else {
        return true;
    };
    // A key is asked by the service itself, wherever the request for the data came from.
    let of_data = grant.to.thing().is_some();
    let mut networks = plan.networks.iter();
    let is_endpoint = networks.any(|network| network.endpoints.contains_key(through));
    let by = |origin: &Origin| matches!(origin, Origin::Endpoint(id) if named(id, through));
    // Whoever breaks off an upload moves no data.
    let of_data = of_data && grant.deed != Deed::Other;
    !of_data || !is_endpoint || (!grant.origins.is_empty() && grant.origins.iter().all(by))
}

/// Whether requests may come by every way that the flow needs.
fn comes_as_needed(plan: &Plan, flow: &Flow, grant: &Grant) -> bool {
    if grant.origins.is_empty() {
        return true;
    }
    if let Some(through) = &flow.through {
        let by = |origin: &Origin| matches!(origin, Origin::Endpoint(id) if named(id, through));
        return grant.to.thing().is_none() || grant.origins.iter().any(by);
    }
    let addresses = match (&flow.from, &plan.datacenter) {
        (Peer::Datacenter, Some(datacenter)) => datacenter.addresses.as_ref(),
        _ => None,
    };
    let has = |wanted: &Term| {
        let mut origins = grant.origins.iter();
        origins.any(|origin| matches!(origin, Origin::Addresses(term) if same(term, wanted)))
    };
    match addresses {
        Some(Bound::Deploy(name)) => has(&Term::Parameter(name.into())),
        Some(Bound::Known(blocks)) => blocks.iter().all(|block| has(&(*block).into())),
        None => grant.origins.contains(&Origin::Elsewhere),
    }
}

fn is_by_tls(grant: &Grant) -> bool {
    only(grant, "aws:securetransport", |value| is_text(value, "true"))
}

const ALGORITHM: &str = "s3:x-amz-server-side-encryption";
const CUSTOMER: &str = "s3:x-amz-server-side-encryption-customer-algorithm";
const KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/// The algorithm that a bucket encrypts with.
fn algorithm(key: Option<&Term>) -> Term {
    if key.is_some() { "aws:kms" } else { "AES256" }.into()
}

/// Whether an upload may say nothing of encryption as well as ask for the bucket's own.
fn may_ask_for_encryption(plan: &Plan, bucket: &Peer, grant: &Grant) -> bool {
    let Peer::Named(bucket) = bucket else {
        return true;
    };
    let key = key_of(plan, bucket);
    let right = algorithm(key.as_ref());
    let own: [(&str, Option<&Term>); 3] = [
        (ALGORITHM, Some(&right)),
        (CUSTOMER, None),
        (KEY, key.as_ref()),
    ];
    grant.demands.iter().all(|demand| {
        let asked = own.iter().find(|(key, _)| demand.key == *key);
        asked.is_none_or(|(_, right)| {
            let is_right = |right: &&Term| {
                let mut values = demand.values.iter();
                values.any(|given| matches!(given, Given::Value(value) if same(value, right)))
            };
            demand.values.contains(&Given::Nothing) && right.iter().all(is_right)
        })
    })
}

/// An upload says nothing of encryption, and then gets the bucket's own, or it asks for just that.
fn is_encrypted(plan: &Plan, bucket: &str, grant: &Grant) -> bool {
    let key = key_of(plan, bucket);
    let algorithm = algorithm(key.as_ref());
    let at_most = |key: &str, right: Option<&Term>| {
        let mut demands = grant.demands.iter();
        demands.any(|demand| {
            demand.key == key
                && demand.values.iter().all(|given| match (given, right) {
                    (Given::Nothing, _) => true,
                    (Given::Value(value), Some(right)) => same(value, right),
                    (Given::Value(_), None) => false,
                })
        })
    };
    at_most(ALGORITHM, Some(&algorithm))
        && at_most(CUSTOMER, None)
        && key.is_none_or(|key| at_most(KEY, Some(&key)))
}

/// Whether somebody uses the key of a bucket or a topic, through its service and not by itself.
fn uses_key(plan: &Plan, of: &str, grant: &Grant, service: &str, verbs: &[&str]) -> bool {
    if !verbs.contains(&grant.verb.as_str()) {
        return false;
    }
    let is_host = |value: &Term| match value {
        Term::Join(parts) => match parts.as_slice() {
            [
                Term::Text(own),
                Term::Environment(Environment::Region),
                rest,
            ] => own.strip_suffix('.') == Some(service) && is_text(rest, ".amazonaws.com"),
            _ => false,
        },
        _ => false,
    };
    key_of(plan, of).is_some_and(|key| same(grant.to.name(), &key))
        && only(grant, "kms:viaservice", is_host)
}

/// Launching is asked about each thing that an instance is made of; every one must be tied to the template of the tier.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>
fn launches(plan: &Plan, tier: &str, grant: &Grant) -> bool {
    let on_tier = is_on(grant, tier);
    if grant.action == Some(Action::Ec2Launch) {
        return on_tier;
    }
    let from_template = || {
        only(grant, "ec2:launchtemplate", |value| {
            kind_in(value).as_deref() == Some("launch-template")
                && thing_in(value).is_some_and(|id| named(id, tier))
        })
    };
    let is = |key, text: &str| only(grant, key, |value| is_text(value, text));
    let verb = grant.verb.as_str();
    // Nothing else is about things of EC2.
    let of_ec2 = Some(grant.to.name()).filter(|_| verb.starts_with("ec2:"));
    let kind = of_ec2.and_then(kind_in);
    match (verb, kind.as_deref()) {
        ("ec2:RunInstances", Some("launch-template")) => {
            on_tier && thing_in(grant.to.name()).is_some()
        }
        ("ec2:RunInstances", Some("instance" | "network-interface")) => from_template(),
        ("ec2:RunInstances", Some("volume")) => from_template() && is("ec2:encrypted", "true"),
        ("ec2:RunInstances", Some("image")) => {
            from_template() && is("ec2:islaunchtemplateresource", "true")
        }
        ("ec2:RunInstances", Some("security-group")) => {
            from_template() && on_tier && thing_in(grant.to.name()).is_some()
        }
        ("ec2:RunInstances", Some("subnet")) => {
            from_template()
                && thing_in(grant.to.name()).is_some_and(|id| is_subnet_of(plan, tier, id))
        }
        ("ec2:CreateTags", Some("instance" | "network-interface" | "volume")) => {
            is("ec2:createaction", "RunInstances")
        }
        ("iam:PassRole", _) => on_tier && is("iam:passedtoservice", "ec2.amazonaws.com"),
        _ => false,
    }
}

fn is_subnet_of(plan: &Plan, tier: &str, id: &ResourceId) -> bool {
    let subnet = plan.tiers.get(tier).map(|tier| tier.subnet.as_str());
    let groups = plan.networks.iter().flat_map(|network| &network.subnets);
    let mut members = groups
        .filter(|group| Some(group.name.as_str()) == subnet)
        .flat_map(|group| &group.members);
    members.any(|member| named(id, &member.name))
}

fn is_delivered(plan: &Plan, flow: &Flow, grant: &Grant) -> bool {
    let Peer::Named(topic) = &flow.from else {
        return false;
    };
    let Some(Service::Topic(topic)) = plan.services.get(topic) else {
        return false;
    };
    let subscriber = Term::from(topic.subscriber.clone());
    let to = matches!(&*grant.to, Target::Outside(term) if same(term, &subscriber));
    // By e-mail, for which nothing is demanded.
    to && grant.action == Some(Action::SnsDeliver) && grant.demands.is_empty()
}
