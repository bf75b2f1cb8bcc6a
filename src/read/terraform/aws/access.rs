//! Roles, users, groups and their policies, and logs.

use super::assembly::Read;
use super::policy::{Found, policy};
use crate::cloud::aws::{
    FlowLog, InstanceProfile, LogGroup, ManagedPolicy, Policy, Role, User, UserGroup,
};
use crate::cloud::{ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role>
pub(super) fn role(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["path", "max_session_duration", "force_detach_policies"]);
    let (trust, _) = policy(of, "assume_role_policy")?;
    let (mut statements, mut places) = (Vec::new(), Vec::new());
    // A role may do what any of its policies allows: they are one.
    for mut part in of.blocks("inline_policy") {
        part.ignore(&["name"]);
        if !part.has("policy") {
            continue;
        }
        match policy(&mut part, "policy") {
            Ok((policy, found)) => {
                statements.extend(policy.statements);
                places.extend(found);
            }
            Err(error) => part.fault(&error),
        }
    }
    let tag = of.name_tag();
    let managed = of.maybe("managed_policy_arns", Context::terms)?;
    let role = Role {
        id,
        name: name(of, tag)?,
        description: of.label("description"),
        trust,
        policy: Policy { statements },
        managed: managed.unwrap_or_default(),
        boundary: of.maybe("permissions_boundary", Context::term)?,
    };
    Ok(Read::from(role).statements(places))
}

/// The name that is given, or what it begins with, or the tag, or the label.
fn name(of: &mut Properties<'_, '_>, tag: Option<Term>) -> Result<Term> {
    let own = Term::from(&*of.owner.label);
    let begins = of.maybe("name_prefix", Context::term)?;
    let name = of.maybe("name", Context::term)?;
    Ok(name.or(tag).or(begins).unwrap_or(own))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_user>
pub(super) fn user(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["path", "force_destroy", "tags", "tags_all"]);
    Ok(User {
        id,
        name: name(of, None)?,
        policy: Policy::default(),
        managed: Vec::new(),
        boundary: of.maybe("permissions_boundary", Context::term)?,
        groups: Vec::new(),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_group>
pub(super) fn group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["path"]);
    Ok(UserGroup {
        id,
        name: name(of, None)?,
        policy: Policy::default(),
        managed: Vec::new(),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy>
pub(super) fn managed_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "path",
        "description",
        "name",
        "name_prefix",
        "tags",
        "tags_all",
    ]);
    let (policy, places) = policy(of, "policy")?;
    Ok(Read::from(ManagedPolicy { id, policy }).statements(places))
}

/// A policy that is written beside whom it belongs to: the name, and what it lets them do.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy>
pub(super) fn policy_beside(of: &mut Properties<'_, '_>) -> Result<(Term, Found)> {
    of.ignore(&["name", "name_prefix"]);
    let key = whom(of);
    let whom = of.need(key, Context::term)?;
    Ok((whom, policy(of, "policy")?))
}

fn whom(of: &Properties<'_, '_>) -> &'static str {
    let keys = ["user", "group"];
    keys.into_iter().find(|key| of.has(key)).unwrap_or("role")
}

/// A policy that is given to somebody: the policy's ARN, and the names.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachment>
pub(super) fn attachment(of: &mut Properties<'_, '_>) -> Result<(Term, Vec<Term>)> {
    of.ignore(&["name"]);
    let arn = of.need("policy_arn", Context::term)?;
    let mut names = Vec::new();
    for key in ["role", "roles", "user", "users", "group", "groups"] {
        names.extend(of.maybe(key, Context::terms)?.unwrap_or_default());
    }
    Ok((arn, names))
}

/// Users in groups: the names of both.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_user_group_membership>
pub(super) fn membership(of: &mut Properties<'_, '_>) -> Result<(Vec<Term>, Vec<Term>)> {
    of.ignore(&["name"]);
    let both = |one, other, of: &mut Properties<'_, '_>| -> Result<Vec<Term>> {
        let key = if of.has(one) { one } else { other };
        of.need(key, Context::terms)
    };
    Ok((both("user", "users", of)?, both("groups", "group", of)?))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_instance_profile>
pub(super) fn profile(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["path", "tags", "tags_all"]);
    let name = name(of, None)?;
    let role = of.need("role", Context::term)?;
    Ok(InstanceProfile { id, name, role }.into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group>
pub(super) fn log_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Read {
    of.ignore(&["name_prefix", "log_group_class", "kms_key_id"]);
    let path = of.maybe("name", Context::text).ok().flatten();
    LogGroup {
        id,
        path,
        days: of.or("retention_in_days", Context::number, 0),
        keep: of.or("skip_destroy", Context::boolean, false),
        name: of.name(),
    }
    .into()
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/flow_log>
pub(super) fn flow_log(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "log_format",
        "max_aggregation_interval",
        "destination_options",
    ]);
    of.fixed("traffic_type", "ALL", false);
    of.fixed("log_destination_type", "cloud-watch-logs", true);
    Ok(FlowLog {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        log_group: of.need("log_destination", Context::term)?,
        role: of.need("iam_role_arn", Context::term)?,
        name: of.name(),
    }
    .into())
}
