//! What a launch from a template is asked about, part by part.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-actions-as-permissions>

use super::facts::{self, Facts};
use crate::cloud::Term;
use crate::cloud::aws::{LaunchTemplate, Resource};
use crate::reach::aws::access::model::{Identity, Model};
use crate::reach::aws::access::value::Value;
use crate::reach::aws::access::verb::Verb;
use crate::reach::aws::access::{identity, naming};
use crate::reach::grant::Deed;

/// The action that launches.
pub(super) const RUN: &str = "ec2:RunInstances";

/// Something that must be allowed for a launch.
pub(super) struct Part<'m> {
    pub(super) verb: &'static Verb,
    /// The position of that action in the table.
    pub(super) action: usize,
    /// The kind of thing that it is about, as in `volume`.
    pub(super) kind: &'m str,
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
        self.verb.deed == Deed::Become
    }

    /// Whether it is about the tags of the thing.
    pub(super) fn is_tagging(&self) -> bool {
        self.verb.deed == Deed::Tag
    }
}

/// Every part; nothing where one of the actions is none that is known.
pub(super) fn parts<'m>(model: &Model<'m>, facts: &Facts<'m>) -> Option<Vec<Part<'m>>> {
    let [run, tag, pass] = [RUN, "ec2:CreateTags", "iam:PassRole"].map(Verb::known);
    let (run, tag, pass) = (run?, tag?, pass?);
    let mut all = things(facts, |kind, one_of, open| Part {
        verb: run.1,
        action: run.0,
        kind,
        one_of,
        open,
    });
    all.extend(role(model, facts.template, pass));
    all.push(subnet(model, run));
    // Of a kind without tags, nobody is asked about tags.
    let tagged = facts.template.tagged.iter();
    let tagged = tagged.filter(|it| !(it.tags.is_empty() && it.whole));
    all.extend(tagged.map(|it| Part {
        verb: tag.1,
        action: tag.0,
        kind: &it.kind,
        one_of: vec![naming::any_of_ec2(&it.kind)],
        open: Open::No,
    }));
    Some(all)
}

/// The launch template, and what it names and makes.
fn things<'m>(
    facts: &Facts<'m>,
    part: impl Fn(&'m str, Vec<Value>, Open) -> Part<'m>,
) -> Vec<Part<'m>> {
    let (naming, template) = (facts.naming, facts.template);
    let image = facts.image();
    let of_image = image.as_ref().map_or(Open::Unknown, open);
    let image = image.unwrap_or_else(Value::other);
    let image = naming::of_region("ec2").then(":image/").join(image);
    let mut all = vec![
        part("launch-template", vec![facts.own.clone()], Open::No),
        part("image", vec![image], of_image),
    ];
    let made = ["instance", "network-interface", "volume"];
    all.extend(made.map(|kind| part(kind, vec![naming::any_of_ec2(kind)], Open::No)));
    let group = "security-group";
    let groups = template.groups.iter().map(|it| naming.ec2(group, it));
    all.extend(groups.map(|it| {
        let open = open(&it);
        part(group, vec![it], open)
    }));
    if template.groups.is_empty() {
        // It is the VPC's own.
        all.push(part(group, vec![naming::any_of_ec2(group)], Open::Unknown));
    }
    all
}

/// The role that instances get, where they get one.
fn role<'m>(
    model: &Model<'_>,
    template: &LaunchTemplate,
    (action, verb): (usize, &'static Verb),
) -> Option<Part<'m>> {
    template.profile.as_ref()?;
    let (role, open) = if let Some(role) = role_of(model, template) {
        (role.arn.clone(), Open::No)
    } else {
        let role = naming::of_account("iam", false).then("role/");
        (role.join(Value::other()), Open::Unknown)
    };
    Some(Part {
        verb,
        action,
        kind: "role",
        one_of: vec![role],
        open,
    })
}

/// Some subnet.
fn subnet<'m>(model: &Model<'_>, (action, verb): (usize, &'static Verb)) -> Part<'m> {
    let naming = &model.naming;
    let subnets = model.resources.iter().filter_map(|it| match &it.resource {
        Resource::Subnet(subnet) => Some(naming.ec2_of("subnet", &subnet.id)),
        _ => None,
    });
    Part {
        verb,
        action,
        kind: "subnet",
        one_of: subnets.chain([naming::any_of_ec2("subnet")]).collect(),
        open: Open::Chosen,
    }
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
