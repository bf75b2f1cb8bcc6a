//! Roles, instance profiles and logs.

use super::assembly::Read;
use super::policy::{Found, policy};
use super::properties::Properties;
use super::value::{Context, Result};
use crate::cloud::aws::{FlowLog, InstanceProfile, LogGroup, Policy, Role};
use crate::cloud::{ResourceId, Term};
use crate::yaml::Node;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html>
pub(super) fn role(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path", "MaxSessionDuration"]);
    let (trust, _) = policy(of, "AssumeRolePolicyDocument")?;
    let (mut statements, mut places) = (Vec::new(), Vec::new());
    // A role may do what any of its policies allows: they are one.
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
    let own = Term::Text(of.owner.name.to_owned());
    let tag = of.name_tag("Tags");
    let role = Role {
        id,
        name: of.or("RoleName", Context::term, tag.unwrap_or(own)),
        description: of.label("Description"),
        trust,
        policy: Policy { statements },
        managed: Vec::new(),
        boundary: None,
    };
    Ok(Read::from(role).statements(places))
}

/// A policy that is written beside the roles that it belongs to: their names, and what it lets them do.
pub(super) fn policy_of_roles(of: &mut Properties<'_, '_>) -> Result<(Vec<Term>, Found)> {
    of.ignore(&["PolicyName"]);
    let roles = if of.has("RoleName") {
        of.need("RoleName", Context::terms)?
    } else {
        of.need("Roles", Context::terms)?
    };
    Ok((roles, policy(of, "PolicyDocument")?))
}

pub(super) fn profile(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Path"]);
    let own = Term::Text(of.owner.name.to_owned());
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
