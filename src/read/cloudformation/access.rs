//! Roles, users, groups and their policies, and logs.

use super::assembly::Read;
use super::policy::{Found, policy};
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{
    FlowLog, InstanceProfile, LogGroup, ManagedPolicy, Policy, Role, User, UserGroup,
};
use crate::cloud::{ResourceId, Term};
use crate::yaml::Node;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html>
pub(super) fn role(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path", "MaxSessionDuration"]);
    let (trust, _) = policy(of, "AssumeRolePolicyDocument")?;
    let (policy, places) = inline(of);
    let own = Term::from(of.owner.name);
    let tag = of.name_tag("Tags");
    let role = Role {
        id,
        name: of.or("RoleName", Context::term, tag.unwrap_or(own)),
        description: of.label("Description"),
        trust,
        policy,
        managed: managed(of)?,
        boundary: of.maybe("PermissionsBoundary", Context::term)?,
    };
    Ok(Read::from(role).statements(places))
}

/// The policies that stand inside. One may do what any of them allows: they are one.
fn inline(of: &mut Properties<'_, '_>) -> Found {
    let (mut statements, mut places) = (Vec::new(), Vec::new());
    for mut part in of.list("Policies") {
        part.ignore(&["PolicyName"]);
        match policy(&mut part, "PolicyDocument") {
            Ok((policy, found)) => {
                statements.extend(policy.statements);
                places.extend(found);
            }
            Err(error) => part.fault(&error),
        }
    }
    (Policy { statements }, places)
}

fn managed(of: &mut Properties<'_, '_>) -> Result<Vec<Term>> {
    let arns = of.maybe("ManagedPolicyArns", Context::terms)?;
    Ok(arns.unwrap_or_default())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html>
pub(super) fn user(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path", "LoginProfile", "Tags"]);
    let (policy, places) = inline(of);
    let own = Term::from(of.owner.name);
    let user = User {
        id,
        name: of.or("UserName", Context::term, own),
        policy,
        managed: managed(of)?,
        boundary: of.maybe("PermissionsBoundary", Context::term)?,
        groups: of.maybe("Groups", Context::terms)?.unwrap_or_default(),
    };
    Ok(Read::from(user).statements(places))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-group.html>
pub(super) fn group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path"]);
    let (policy, places) = inline(of);
    let own = Term::from(of.owner.name);
    let group = UserGroup {
        id,
        name: of.or("GroupName", Context::term, own),
        policy,
        managed: managed(of)?,
    };
    Ok(Read::from(group).statements(places))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html>
pub(super) fn managed_policy(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path", "Description", "ManagedPolicyName"]);
    let (policy, places) = policy(of, "PolicyDocument")?;
    let given_to = given_to(of)?;
    let policy = ManagedPolicy { id, policy };
    Ok(Read::from(policy).statements(places).given_to(given_to))
}

/// Whom a policy is given to: roles, users and groups by their names.
fn given_to(of: &mut Properties<'_, '_>) -> Result<Vec<Term>> {
    let mut names = Vec::new();
    let keys = [
        "Roles",
        "RoleName",
        "Users",
        "UserName",
        "Groups",
        "GroupName",
    ];
    for key in keys {
        names.extend(of.maybe(key, Context::terms)?.unwrap_or_default());
    }
    Ok(names)
}

/// A policy that is written beside those whom it is given to: their names, and what it lets them do.
pub(super) fn policy_beside(of: &mut Properties<'_, '_>) -> Result<(Vec<Term>, Found)> {
    of.ignore(&["PolicyName"]);
    let names = given_to(of)?;
    if names.is_empty() {
        return Err(of.missing("the policy is given to nobody"));
    }
    Ok((names, policy(of, "PolicyDocument")?))
}

pub(super) fn profile(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path"]);
    let own = Term::from(of.owner.name);
    let roles = of.need("Roles", Context::terms)?;
    let [role] = roles.as_slice() else {
        return Err(of.missing("an instance profile has a place for one role"));
    };
    Ok(InstanceProfile {
        id,
        name: of.or("InstanceProfileName", Context::term, own),
        role: role.clone(),
    }
    .into())
}

/// A log group. It is kept when it is neither deleted with the stack nor replaced.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
pub(super) fn log_group(
    id: ResourceId,
    of: &mut Properties<'_, '_>,
    resource: &Node,
) -> Result<Read> {
    let path = of.maybe("LogGroupName", Context::text).ok().flatten();
    let days = of.or("RetentionInDays", Context::number, 0);
    let mut keep = Vec::new();
    for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
        keep.push(match resource.get(key).and_then(Node::as_text) {
            Some("Retain") => true,
            Some("Delete") | None => false,
            Some(_) => return Err(of.missing(&format!("the `{key}` is not read here"))),
        });
    }
    if keep.first() != keep.last() {
        let why = "there is no place for a log group that is sometimes kept";
        of.unknown(why, of.owner.place);
    }
    Ok(LogGroup {
        id,
        path,
        days,
        keep: keep.iter().all(|keep| *keep),
        name: of.name(),
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-flowlog.html>
pub(super) fn flow_log(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["LogFormat", "MaxAggregationInterval", "DestinationOptions"]);
    of.fixed("ResourceType", "VPC", false);
    of.fixed("TrafficType", "ALL", false);
    of.fixed("LogDestinationType", "cloud-watch-logs", true);
    Ok(FlowLog {
        id,
        vpc: of.need("ResourceId", Context::term)?,
        log_group: of.need("LogDestination", Context::term)?,
        role: of.need("DeliverLogsPermissionArn", Context::term)?,
        name: of.name(),
    }
    .into())
}
