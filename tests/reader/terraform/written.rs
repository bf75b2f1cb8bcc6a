//! Stacks as folders of HCL, and what of them HCL can carry.

use std::sync::Arc;

use patternbook::cloud::aws::{Block, Resource, RulePeer, VpcCidr};
use patternbook::cloud::{Output, Resources, Term};
use patternbook::diag::{Diagnostics, Source};
use patternbook::read::{Reading, terraform};
use patternbook::render;

use crate::written::{LIBRARY, lowered, normal, stacks};

/// A folder of HCL.
pub(crate) type Folder = Vec<Arc<Source>>;

/// The resources of a stack on AWS and the folder that is written of them; nothing for other clouds.
///
/// # Errors
/// When the plan or AWS refuses what the stack asks for.
pub(crate) fn written(stack: &str) -> Result<Option<(Resources<Resource>, Folder)>, String> {
    let Some(resources) = lowered(stack)? else {
        return Ok(None);
    };
    let folder = folder_of(&resources);
    Ok(Some((resources, folder)))
}

/// The folder that is written of resources.
pub(crate) fn folder_of(resources: &Resources<Resource>) -> Folder {
    let files = render::terraform_aws(resources, &LIBRARY).unwrap();
    let texts = files.into_iter().filter_map(|file| {
        let text = String::from_utf8(file.contents).ok()?;
        Some(Source::new(&file.path, &text))
    });
    texts
        .filter(|source| source.name.ends_with(".tf"))
        .collect()
}

/// Every example on AWS by its name: its resources and its folder.
pub(crate) fn examples() -> Vec<(String, Resources<Resource>, Folder)> {
    let found = stacks().into_iter().filter_map(|(name, stack)| {
        let (resources, folder) = written(&stack).unwrap()?;
        Some((name, resources, folder))
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() >= 4);
    found
}

pub(crate) fn read(folder: &[Arc<Source>]) -> Result<Reading<Resource>, Diagnostics> {
    terraform::read_aws(folder)
}

/// One file.
pub(crate) fn read_text(text: &str) -> Result<Reading<Resource>, Diagnostics> {
    read(&[Source::new("main.tf", text)])
}

/// What HCL can carry of resources. It is the one place that says what it cannot, and why:
///
/// - labels have no dashes but underscores: ids are compared without either;
/// - terms have many forms: `a`+`b` is `ab`;
/// - reasons (`why`, `note`) are comments, which no reader keeps, and names of rules are labels or nothing;
/// - IAM groups conditions by their operators, and so does the JSON that is compared;
/// - a rule names the list of an endpoint, and not how long it is;
/// - where as many instances are wanted as may be, no policy follows the load;
/// - the block of IPv6 that AWS gives stands with its VPC, and nobody waits for it by itself;
/// - a function's code is an archive named after its folder.
pub(crate) fn comparable(resources: &[Resource]) -> Vec<String> {
    resources.iter().cloned().map(one).collect()
}

fn one(mut resource: Resource) -> String {
    match &mut resource {
        Resource::RouteTable(table) => table.note = None,
        Resource::Subscription(subscription) => subscription.why.clear(),
        Resource::NetworkAcl(acl) => {
            let entries = acl.ingress.iter_mut().chain(&mut acl.egress);
            entries.for_each(|entry| entry.why.clear());
        }
        Resource::SecurityGroup(group) => {
            for rule in group.ingress.iter_mut().chain(&mut group.egress) {
                rule.name.clear();
                if let RulePeer::PrefixList {
                    of_endpoint,
                    given,
                    weight,
                } = &mut rule.peer
                {
                    (*given, *weight) = (of_endpoint.clone(), 1);
                }
            }
        }
        Resource::Vpc(vpc) => vpc.ipv6 = None,
        Resource::Subnet(subnet) if matches!(subnet.ipv6, Some(Block::Part { .. })) => {
            let ipv6 =
                |term: &Term| matches!(term, Term::Attribute(id, _) if id.name() == VpcCidr::IPV6);
            subnet.after.retain(|term| !ipv6(term));
        }
        Resource::AutoScalingGroup(group) if group.min == group.max => group.target_cpu = 0,
        Resource::Function(function) => {
            if let Some((folder, _)) = function.code.path.split_once('/') {
                function.code.path = format!("{folder}.zip");
            }
        }
        _ => {}
    }
    // Every field is in the JSON that templates are made of: there is no list of fields that could be forgotten.
    let value = serde_json::to_value(&resource).unwrap();
    let kind = patternbook::cloud::Resource::id(&resource).kind;
    format!("{kind:?} {}", normal(value))
}

pub(crate) fn comparable_outputs(outputs: &[Output]) -> Vec<String> {
    let told = outputs.iter().map(|output| {
        let value = normal(serde_json::to_value(&output.value).unwrap());
        format!(
            "{}: {value} {} # {}",
            output.name, output.secret, output.help
        )
    });
    told.collect()
}
