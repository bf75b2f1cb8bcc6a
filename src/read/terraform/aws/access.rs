//! Roles, instance profiles and logs.

use super::assembly::Read;
use super::policy::{Found, policy};
use crate::cloud::aws::{FlowLog, InstanceProfile, LogGroup, Policy, Role};
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
    let own = Term::Text(of.owner.label.to_string());
    let tag = of.name_tag();
    let given = of.maybe("name", Context::term)?;
    let begins = of.maybe("name_prefix", Context::term)?;
    let role = Role {
        id,
        name: given.or(tag).or(begins).unwrap_or(own),
        description: of.label("description"),
        trust,
        policy: Policy { statements },
    };
    Ok(Read::from(role).statements(places))
}

/// A policy that is written beside the role that it belongs to: the role's name, and what it lets it do.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy>
pub(super) fn role_policy(of: &mut Properties<'_, '_>) -> Result<(Term, Found)> {
    of.ignore(&["name", "name_prefix"]);
    let role = of.need("role", Context::term)?;
    Ok((role, policy(of, "policy")?))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_instance_profile>
pub(super) fn profile(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["path", "tags", "tags_all"]);
    let own = Term::Text(of.owner.label.to_string());
    let begins = of.maybe("name_prefix", Context::term)?;
    let name = of.maybe("name", Context::term)?;
    Ok(InstanceProfile {
        id,
        name: name.or(begins).unwrap_or(own),
        role: of.need("role", Context::term)?,
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group>
pub(super) fn log_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name_prefix", "log_group_class"]);
    let path = of.maybe("name", Context::text).ok().flatten();
    Ok(LogGroup {
        id,
        path,
        days: of.or("retention_in_days", Context::number, 0),
        keep: of.or("skip_destroy", Context::boolean, false),
        name: of.name(),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/flow_log>
pub(super) fn flow_log(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
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
