//! What a launch from a template is asked about, part by part.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-actions-as-permissions>

use std::borrow::Cow;

use super::facts::{self, Facts};
use crate::cloud::Term;
use crate::cloud::aws::{LaunchTemplate, Resource};
use crate::reach::aws::access::model::{Identity, Model};
use crate::reach::aws::access::value::Value;
use crate::reach::aws::access::verb::Verb;
use crate::reach::aws::access::{identity, naming};

/// Something that must be allowed for a launch.
pub(super) struct Part<'m> {
    pub(super) verb: Cow<'static, Verb>,
    /// The kind of thing that it is about, as in `volume`.
    pub(super) kind: &'m str,
    /// Whether it is about the tags of the thing.
    pub(super) is_tagging: bool,
    /// What it is about: one of these.
    pub(super) one_of: Vec<Value>,
    /// What else it may be about.
    pub(super) open: Open,
}

/// What a part of a launch may be about besides what is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Open {
    /// Nothing.
    No,
    /// Whatever a statement names: whoever launches may choose it.
    Chosen,
    /// It may happen to be what a statement names: nobody can tell.
    Unknown,
}

impl Part<'_> {
    /// Whether it is about the role that the instance gets.
    pub(super) fn is_role(&self) -> bool {
        self.verb.service == "iam"
    }
}

/// Every part; nothing where one of the actions is none that is known.
pub(super) fn parts<'m>(model: &Model<'m>, facts: &Facts<'m>) -> Option<Vec<Part<'m>>> {
    let (naming, template) = (facts.naming, facts.template);
    let [run, tag, pass] = ["ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"]
        .map(|name| Verb::named(&name.into()));
    let (run, tag, pass) = (run?, tag?, pass?);
    let any = |kind: &str| vec![naming.ec2(kind, &"*".into()).specimen()];
    let part = |kind, one_of, open| Part {
        verb: run.clone(),
        kind,
        is_tagging: false,
        one_of,
        open,
    };
    let image = |name: Value| vec![naming::of_region("ec2").then(":image/").join(name)];
    let mut all = vec![
        part("launch-template", vec![facts.own.clone()], Open::No),
        match facts.image() {
            Some(id) => {
                let open = open(&id);
                part("image", image(id), open)
            }
            None => part("image", image(Value::other()), Open::Unknown),
        },
    ];
    all.extend(
        ["instance", "network-interface", "volume"].map(|kind| part(kind, any(kind), Open::No)),
    );
    let group = "security-group";
    let groups = template.groups.iter().map(|it| naming.ec2(group, it));
    all.extend(groups.map(|it| {
        let open = open(&it);
        part(group, vec![it], open)
    }));
    if template.groups.is_empty() {
        // It is the VPC's own.
        all.push(part(group, any(group), Open::Unknown));
    }
    if template.profile.is_some() {
        let (role, open) = if let Some(role) = role_of(model, template) {
            (role.arn.clone(), Open::No)
        } else {
            let role = naming::of_account("iam", false).then("role/");
            (role.join(Value::other()), Open::Unknown)
        };
        let verb = pass.clone();
        all.push(Part {
            verb,
            ..part("role", vec![role], open)
        });
    }
    let subnets = model.resources.iter().filter_map(|it| match &it.resource {
        Resource::Subnet(subnet) => Some(naming.ec2("subnet", &subnet.id.id())),
        _ => None,
    });
    let subnets = subnets.chain(any("subnet")).collect();
    all.push(part("subnet", subnets, Open::Chosen));
    // Of a kind without tags, nobody is asked about tags.
    let tagged = { template.tagged.iter() }.filter(|it| !(it.tags.is_empty() && it.whole));
    all.extend(tagged.map(|it| Part {
        verb: tag.clone(),
        is_tagging: true,
        ..part(&it.kind, any(&it.kind), Open::No)
    }));
    Some(all)
}

/// What else a thing may be, by its name.
fn open(name: &Value) -> Open {
    if facts::is_given(name) {
        Open::Unknown
    } else {
        Open::No
    }
}

/// The role that instances of a template take on, where the template has it.
fn role_of<'m>(model: &'m Model<'_>, template: &LaunchTemplate) -> Option<&'m Identity> {
    let mut profiles = model.resources.iter().filter_map(|it| match &it.resource {
        Resource::InstanceProfile(it) if identity::uses(template, &it.id) => Some(&it.role),
        _ => None,
    });
    let named: &Term = profiles.next()?;
    let at = model.identity(&model.naming.value(named))?;
    model.identities.get(at)
}
