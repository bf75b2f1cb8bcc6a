//! Network interfaces of whatever has one.

use super::assembly::Read;
use super::shapes::{self, Public, REST};
use crate::cloud::aws::{Interface, SubnetGroup};
use crate::cloud::{ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::Properties;

/// Reads a resource of one of the types that are, first of all, interfaces.
pub(super) fn interface(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let Some(shape) = shapes::of(&of.owner.kind) else {
        return Err(of.missing("resources of this type are not read"));
    };
    of.ignore(REST);
    let public_address = public(of, shape.public)?;
    let groups = first(of, shape.groups)?;
    Ok(Interface {
        what: shape.what.to_owned(),
        // A part of a cluster takes its network from it.
        owner: of
            .maybe("replicate_source_db", Context::term)
            .ok()
            .flatten(),
        subnets: first(of, shape.subnets)?.unwrap_or_default(),
        groups: guarded(of, groups)?,
        public_address,
        template: template(of)?,
        forwards: !of.or("source_dest_check", Context::boolean, true),
        name: of.name(),
        id,
    }
    .into())
}

/// The groups that guard it. A Network Load Balancer without any has no guard.
fn guarded(of: &mut Properties<'_, '_>, groups: Option<Vec<Term>>) -> Result<Option<Vec<Term>>> {
    let kind = of.maybe("load_balancer_type", Context::text)?;
    Ok(match (groups, kind.as_deref()) {
        (None, Some("network" | "gateway")) => None,
        (groups, _) => Some(groups.unwrap_or_default()),
    })
}

fn public(of: &mut Properties<'_, '_>, public: Public) -> Result<Option<bool>> {
    let mut given = |key: &str| -> Result<Option<bool>> {
        match key.split_once('.') {
            Some((block, key)) => match of
                .peek_blocks(block)
                .iter()
                .find_map(|body| body.value(key))
            {
                Some(value) => of.context.boolean(value).map(Some),
                None => Ok(None),
            },
            None => of.maybe(key, Context::boolean),
        }
    };
    Ok(match public {
        Public::No => Some(false),
        Public::Flag(key) => Some(given(key)?.unwrap_or(false)),
        Public::Internal(key) => Some(!given(key)?.unwrap_or(false)),
        Public::OrSubnet(key) => given(key)?,
    })
}

/// The values of the first of some arguments that is there.
fn first(of: &mut Properties<'_, '_>, keys: &[&str]) -> Result<Option<Vec<Term>>> {
    for key in keys {
        let Some((block, inside)) = key.split_once('.') else {
            if let Some(found) = of.maybe(key, Context::terms)? {
                return Ok(Some(found));
            }
            continue;
        };
        let mut found = Vec::new();
        // Both the subnets and the groups of one block are asked for: the block stays where it is.
        for body in of.peek_blocks(block) {
            if let Some(value) = body.value(inside) {
                found.extend(of.context.terms(value)?);
            }
        }
        if !found.is_empty() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The launch template of an instance.
fn template(of: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    of.ignore(&[
        "network_configuration",
        "subnet_mapping",
        "broker_node_group_info",
    ]);
    let Some(mut template) = of.block("launch_template") else {
        return Ok(None);
    };
    // A template of this configuration has the one version that stands there.
    template.ignore(&["version"]);
    let key = if template.has("id") { "id" } else { "name" };
    template.need(key, Context::term).map(Some)
}

/// Subnets under one name. Types differ in their other arguments only.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_subnet_group>
pub(super) fn subnet_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["name", "name_prefix", "description", "tags", "tags_all"]);
    let subnets = of.need("subnet_ids", Context::terms)?;
    Ok(SubnetGroup { id, subnets }.into())
}
