//! Stacks as the program writes them, and what of them a format can carry.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use patternbook::cloud::aws::{self, Resource, RulePeer};
use patternbook::cloud::{Attribute, ResourceId, Resources, Term};
use patternbook::diag::{Diagnostics, Source};
use patternbook::plan::{Cloud, expand};
use patternbook::read::{Reading, cloudformation};
use patternbook::render::{self, Library};
use patternbook::spec::{Pattern, Stack};
use patternbook::yaml;
use sha2::{Digest, Sha256};

pub(crate) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::new(BTreeMap::new()));

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn source(name: &str, text: &str) -> Arc<Source> {
    Source::new(name, text)
}

/// The resources of a stack on AWS and the template that is written of them; nothing for other clouds.
///
/// # Errors
/// When the plan or AWS refuses what the stack asks for.
pub(crate) fn written(stack: &str) -> Result<Option<(Resources<Resource>, String)>, String> {
    let Some(resources) = lowered(stack)? else {
        return Ok(None);
    };
    let files = render::cloudformation(&resources, &LIBRARY).unwrap();
    let [file] = files.as_slice() else {
        panic!("a template is one file");
    };
    let text = String::from_utf8(file.contents.clone()).unwrap();
    Ok(Some((resources, text)))
}

/// The resources of a stack on AWS; nothing for other clouds.
///
/// # Errors
/// When the plan or AWS refuses what the stack asks for.
pub(crate) fn lowered(stack: &str) -> Result<Option<Resources<Resource>>, String> {
    let stack = yaml::read(&source("stack.yaml", stack)).and_then(|node| Stack::read(&node));
    let stack = stack.map_err(|error| error.to_string())?;
    let path = project().join(format!("patterns/{}.yaml", stack.pattern));
    let text = std::fs::read_to_string(path).unwrap();
    let pattern = yaml::read(&source("pattern.yaml", &text)).and_then(|node| Pattern::read(&node));
    let plan = expand(&pattern.unwrap(), &stack).map_err(|error| error.to_string())?;
    if plan.cloud != Cloud::Aws {
        return Ok(None);
    }
    let resources = aws::lower(&plan).map_err(|errors| format!("{errors:?}"))?;
    Ok(Some(resources))
}

/// The stacks of all examples by their names.
pub(crate) fn stacks() -> Vec<(String, String)> {
    let files = std::fs::read_dir(project().join("examples")).unwrap();
    let paths = files.map(|entry| entry.unwrap().path());
    // The ledger lies beside the stacks.
    let mut stacks: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    stacks.sort();
    stacks
}

/// Every example on AWS by its name: its resources and its template.
pub(crate) fn examples() -> Vec<(String, Resources<Resource>, String)> {
    let stacks = stacks().into_iter();
    let found = stacks.filter_map(|(name, stack)| {
        let (resources, template) = written(&stack).unwrap()?;
        Some((name, resources, template))
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() >= 4);
    found
}

pub(crate) fn read(text: &str) -> Result<Reading<Resource>, Diagnostics> {
    cloudformation::read(&source("template.yaml", text))
}

pub(crate) fn resources_of(reading: &Reading<Resource>) -> Vec<Resource> {
    let all = reading.resources.iter();
    all.map(|placed| placed.resource.clone()).collect()
}

/// What CloudFormation can carry of resources. It is the one place that says what it cannot, and why:
///
/// - the group that a VPC makes by itself has no resource there;
/// - a logical id has no dashes: ids are compared without them, parameters without underscores;
/// - terms have many forms: `a`+`b` is `ab`;
/// - reasons (`why`, `note`) are comments, which no reader keeps, and names of rules are parts of logical ids or of nothing;
/// - IAM groups conditions by their operators, and so does the JSON that is compared;
/// - a rule names a prefix list by its id alone, and not whose list it is or how long;
/// - an instance profile is named by CloudFormation;
/// - a VPC says nothing of its block of IPv6, which is a resource beside it;
/// - code stands in the template without its path: it is compared by its checksum.
pub(crate) fn comparable(resources: &[Resource]) -> Vec<String> {
    let carried = resources
        .iter()
        .filter(|resource| !matches!(resource, Resource::DefaultSecurityGroup(_)));
    carried.cloned().map(one).collect()
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
                    (*of_endpoint, *weight) = (given.clone(), 1);
                }
            }
        }
        Resource::Vpc(vpc) => vpc.ipv6 = None,
        // CloudFormation gives log groups their names.
        Resource::LogGroup(group) => group.path = None,
        Resource::InstanceProfile(profile) => profile.name = "".into(),
        Resource::Function(function) => checksum(&mut function.code.path),
        Resource::LaunchTemplate(template) => {
            template
                .user_data
                .iter_mut()
                .for_each(|asset| checksum(&mut asset.path));
        }
        _ => {}
    }
    // Every field is in the JSON that templates are made of: there is no list of fields that could be forgotten.
    let value = serde_json::to_value(&resource).unwrap();
    let kind = patternbook::cloud::Resource::id(&resource).kind;
    format!("{kind:?} {}", normal(value))
}

fn checksum(path: &mut String) {
    if let Some(text) = LIBRARY.text(&format!("functions/{path}")) {
        let bytes = Sha256::digest(text.as_bytes());
        *path = bytes.iter().fold("sha256:".to_owned(), |text, byte| {
            format!("{text}{byte:02x}")
        });
    }
}

/// JSON in which every id and every term has its normal form.
pub(crate) fn normal(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    if let Some(term) = value.get(patternbook::cloud::TERM_KEY) {
        let term: Term = serde_json::from_value(term.clone()).unwrap();
        let mut parts = Vec::new();
        flatten(term, &mut parts);
        return match parts.as_slice() {
            [Term::Text(text)] => Value::from(text.as_str()),
            _ => Value::from(format!("{parts:?}")),
        };
    }
    if let Ok(id) = serde_json::from_value::<ResourceId>(value.clone()) {
        return Value::from(format!("{:?}", plain(&id)));
    }
    match value {
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(entries) => Value::Object(
            entries
                .into_iter()
                .map(|(key, value)| (key, normal(value)))
                .collect(),
        ),
        value => value,
    }
}

fn flatten(term: Term, parts: &mut Vec<Term>) {
    match term {
        Term::Join(inner) => inner.into_iter().for_each(|term| flatten(term, parts)),
        Term::Text(text) => match parts.last_mut() {
            Some(Term::Text(before)) => *before = format!("{before}{text}").into(),
            _ => parts.push(Term::Text(text)),
        },
        Term::Parameter(name) => parts.push(Term::Parameter(name.replace('_', "").into())),
        Term::Attribute(id, attribute) => parts.push(Term::Attribute(plain(&id), attribute)),
        term @ Term::Environment(_) => parts.push(term),
    }
}

/// An id without what a logical id leaves out. Between two digits the dash becomes an `x`.
fn plain(id: &ResourceId) -> ResourceId {
    let name = id.path.join("-");
    let mut out = String::new();
    for word in name.split('-') {
        let digits = |c: char| c.is_ascii_digit();
        if out.ends_with(digits) && word.starts_with(digits) {
            out.push('x');
        }
        out.push_str(word);
    }
    ResourceId {
        kind: id.kind,
        path: out.into(),
    }
}

/// What CloudFormation tells of outputs: not the addresses of a VPN's tunnels.
pub(crate) fn comparable_outputs(outputs: &[patternbook::cloud::Output]) -> Vec<String> {
    let hidden = |value: &Term| {
        let hidden = [
            Attribute::Tunnel1Address,
            Attribute::Tunnel2Address,
            Attribute::PrefixList,
        ];
        matches!(value, Term::Attribute(_, attribute) if hidden.contains(attribute))
    };
    let told = outputs.iter().filter(|output| !hidden(&output.value));
    told.map(|output| {
        let name = output.name.replace('_', "");
        let value = normal(serde_json::to_value(&output.value).unwrap());
        format!("{name}: {value} # {}", output.help)
    })
    .collect()
}

/// The template in JSON, with the long forms of the functions.
pub(crate) fn as_json(text: &str) -> String {
    let root = yaml::read_as(&source("template.yaml", text), yaml::Dialect::TEMPLATE).unwrap();
    json(&root).to_string()
}

fn json(node: &yaml::Node) -> serde_json::Value {
    use serde_json::{Value, json};
    let value = match &node.kind {
        yaml::Kind::Null => Value::Null,
        yaml::Kind::Bool(value) => Value::from(*value),
        yaml::Kind::Int(value) => Value::from(*value),
        yaml::Kind::String(text) => Value::from(text.as_str()),
        yaml::Kind::List(items) => items.iter().map(json).collect(),
        yaml::Kind::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.text.to_string(), json(value)));
            Value::Object(entries.collect())
        }
    };
    match node.tag.as_deref() {
        Some("!Ref") => json!({ "Ref": value }),
        Some("!GetAtt") => {
            let parts: Vec<_> = value.as_str().unwrap().splitn(2, '.').collect();
            json!({ "Fn::GetAtt": parts })
        }
        Some(tag) => json!({ (format!("Fn::{}", &tag[1..])): value }),
        None => value,
    }
}
