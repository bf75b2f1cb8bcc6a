//! From a pattern and a stack to a plan.
//!
//! Every part of the pattern is read with the stack's values in place. What is wrong is collected, so that one run
//! tells all of it.

mod check;
mod explain;
mod fence;
mod flows;
mod gateways;
mod ipv6;
mod network;
mod place;
mod places;
mod reader;
mod services;
mod subnet;
mod tiers;

use indexmap::IndexMap;

use super::{Cloud, Datacenter, DeployKind, DeployParameter, Network, Plan, Surroundings};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::spec::{
    Addressing, Key, Pattern, RANGE, RESERVED_TAGS, Scope, Shape, Stack, State, Table, Type, WORD,
};
use reader::Reader;

pub use fence::Fenced;
pub use reader::CONDITIONAL;

/// What the parts of a pattern may be that are read here, by their keys.
pub static BODY: [(&str, Shape); 6] = [
    ("network", Shape::Map(&network::NETWORK)),
    ("datacenter", Shape::Map(&DATACENTER)),
    ("tiers", Shape::Named(WORD, &Shape::Map(&tiers::TIER))),
    (
        "services",
        Shape::Named(WORD, &Shape::OneOf(&services::SERVICES)),
    ),
    ("flows", Shape::List(&Shape::Map(&flows::FLOW))),
    ("guarantees", Shape::List(&Shape::OneOf(&flows::GUARANTEES))),
];

static DATACENTER: Table = Table {
    what: "the datacenter",
    keys: &[
        Key::may(
            "ranges",
            Shape::Filled(&Shape::Several(&Shape::Form(RANGE))),
            "The address ranges behind the VPN.",
        ),
        Key::may(
            "addresses",
            Shape::Filled(&Shape::Several(&Shape::Form(RANGE))),
            "The public address ranges by which services know it.",
        ),
        Key::may(
            "principals",
            Shape::Filled(&Shape::Several(&Shape::Text)),
            "The ARNs of IAM principals by which services know it.",
        ),
    ],
};

/// Expands a stack of a pattern that was never built.
///
/// # Errors
/// With everything that is wrong in the stack's values and in the pattern's body.
pub fn expand(pattern: &Pattern, stack: &Stack) -> Result<Plan, Diagnostics> {
    expand_in(pattern, stack, &Surroundings::default())
}

/// Expands a stack of a pattern. What is recorded in its surroundings stays where it is.
///
/// # Errors
/// With everything that is wrong in the stack's values and in the pattern's body, and with every subnet that cannot stay
/// where it is.
pub fn expand_in(
    pattern: &Pattern,
    stack: &Stack,
    surroundings: &Surroundings,
) -> Result<Plan, Diagnostics> {
    let mut diags = Diagnostics::new();
    if let Some((version, place)) = &stack.version
        && *version != pattern.version
    {
        let message = format!("there is no version {version} of `{}`", pattern.id);
        let diagnostic = Diagnostic::new(Code::UnknownPattern, message).at(place.clone());
        let at_hand = pattern.version;
        let help = if *version < at_hand {
            format!(
                "the version at hand is {at_hand}: `patternbook update` shows what it changes, and follows it"
            )
        } else {
            format!("the version at hand is {at_hand}")
        };
        diags.push(diagnostic.help(help));
    }
    if pattern.state == State::Revoked {
        let message = format!("the pattern `{}` is revoked", pattern.id);
        let diagnostic = Diagnostic::new(Code::RevokedPattern, message);
        diags.push(
            diagnostic
                .at(stack.pattern_place.clone())
                .help("follow another pattern"),
        );
    }
    let scope = Scope::new(pattern, stack, &mut diags);
    // Values that are wrong make everything that is computed from them wrong as well.
    if !diags.is_empty() {
        return diags.into_result(()).and(Err(Diagnostics::new()));
    }
    let mut reader = Reader::new(&scope, diags);
    let surroundings = surroundings.renamed(&pattern.renamed);
    let plan = read(pattern, stack, &surroundings, &mut reader);
    let mut diags = reader.diags;
    if diags.is_empty() {
        scope.without_effect(&mut diags);
        reserve_tags(stack, &mut diags);
    }
    if let Some(plan) = &plan
        && diags.is_empty()
    {
        check::check(plan, pattern, stack, &mut diags);
    }
    match plan {
        Some(plan) => diags.into_result(plan),
        None if diags.is_empty() => Err(Diagnostic::new(
            Code::Internal,
            format!("`{}` does not expand, and nothing says why", pattern.id),
        )
        .at(pattern.place.clone())
        .into()),
        None => {
            diags.sort();
            Err(diags)
        }
    }
}

fn read(
    pattern: &Pattern,
    stack: &Stack,
    surroundings: &Surroundings,
    reader: &mut Reader<'_>,
) -> Option<Plan> {
    let datacenter = pattern.body.datacenter.as_ref();
    let datacenter = datacenter.map(|node| read_datacenter(node, reader));
    let datacenter = datacenter.flatten();
    let cloud = Cloud::of(pattern);
    let network = network::read(
        &pattern.body.network,
        datacenter.as_ref(),
        cloud,
        surroundings,
        reader,
    );
    let tied = is_tied(datacenter.as_ref(), network.as_ref(), stack, reader);
    let tiers = tiers::read(pattern.body.tiers.as_ref(), reader);
    let services = services::read(pattern.body.services.as_ref(), reader);
    let flows = flows::read(&pattern.body.flows, &surroundings.flows, reader);
    let guarantees = flows::read_guarantees(pattern.body.guarantees.as_ref(), reader);
    Some(Plan {
        stack: stack.name.clone(),
        environment: stack.environment.clone(),
        pattern: pattern.id.clone(),
        version: pattern.version.to_string(),
        title: pattern.title.clone(),
        cloud,
        region: stack.region.clone(),
        tags: tags(stack),
        parameters: deploy_parameters(reader.scope),
        networks: vec![network?],
        datacenter,
        tied,
        tiers,
        services,
        flows,
        guarantees,
        renamed: pattern.renamed.clone(),
    })
}

/// Whether other networks can be reached from these, or will be.
fn is_tied(
    datacenter: Option<&Datacenter>,
    network: Option<&Network>,
    stack: &Stack,
    reader: &mut Reader<'_>,
) -> bool {
    let ranges = datacenter.is_some_and(|datacenter| !datacenter.ranges.is_empty());
    let vpn = network.is_some_and(|network| network.vpn.is_some());
    match &stack.addressing {
        Some((Addressing::Mirrored, place)) if ranges || vpn => {
            reader.push(
                Code::Mirrored,
                format!(
                    "the environments of `{}` cannot have the same addresses: they are tied to the datacenter",
                    stack.name
                ),
                place,
                "the datacenter can have one way only to an address: write `distinct`, and give each environment a `network` of its own",
            );
            true
        }
        Some((Addressing::Distinct, _)) => true,
        _ => ranges,
    }
}

/// Tags that say what a resource was made from. A user's tag of the same name would hide it.
fn reserve_tags(stack: &Stack, diags: &mut Diagnostics) {
    for (key, (_, place)) in &stack.tags {
        if key.starts_with(RESERVED_TAGS) {
            let message = format!("the tag `{key}` is one of those that every resource gets");
            let diagnostic = Diagnostic::new(Code::InvalidName, message).at(place.clone());
            diags.push(diagnostic.help("give it another name"));
        }
    }
}

fn tags(stack: &Stack) -> IndexMap<String, String> {
    stack
        .tags
        .iter()
        .map(|(key, (value, _))| (key.clone(), value.clone()))
        .collect()
}

fn read_datacenter(node: &crate::yaml::Node, reader: &mut Reader<'_>) -> Option<Datacenter> {
    let mut fields = reader.open(node, &DATACENTER)?;
    let ranges = fields.get("ranges");
    let addresses = fields.get("addresses");
    let principals = fields.get("principals");
    reader.finish(fields);
    Some(Datacenter {
        ranges: ranges.map(|node| reader.cidrs(node)).unwrap_or_default(),
        addresses: addresses.and_then(|node| reader.bound_cidrs(node)),
        principals: principals.and_then(|node| reader.bound_list(node)),
    })
}

/// The parameters of the template: those that some part of the plan left to the deployer.
fn deploy_parameters(scope: &Scope<'_>) -> IndexMap<String, DeployParameter> {
    scope
        .deployed()
        .map(|(parameter, value)| {
            let kind = match parameter.kind {
                Type::Ip => DeployKind::Address,
                Type::Cidr | Type::Cidrs | Type::Ipv6Cidr => DeployKind::Cidrs,
                Type::Secret => DeployKind::Secret,
                Type::Image => DeployKind::Image,
                Type::PublicKey => DeployKind::PublicKey,
                Type::Email => DeployKind::Email,
                Type::Principals => DeployKind::Principals,
                Type::KmsKey => DeployKind::KmsKey,
                Type::PrefixList => DeployKind::PrefixList,
                Type::Script => DeployKind::Script,
                _ => DeployKind::Text,
            };
            let deploy = DeployParameter {
                name: parameter.name.clone(),
                kind,
                help: parameter.help.clone(),
                default: value.map(|value| value.items().join(",")),
            };
            (parameter.name.clone(), deploy)
        })
        .collect()
}
