//! Network interfaces of whatever has one.

use super::assembly::Read;
use super::properties::{Properties, word};
use super::shapes::{self, Public};
use super::value::{Context, Result};
use crate::cloud::aws::{Interface, Kind, SubnetGroup};
use crate::cloud::{ResourceId, Term};

/// Reads a resource of one of these types.
pub(super) fn interface(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let Some(shape) = shapes::of(of.owner.type_name) else {
        return Err(of.missing("resources of this type are not read"));
    };
    let owner = owner(of)?;
    of.ignore(shape.rest);
    let groups = first(of, shape.groups)?;
    let mut read = Interface {
        id,
        what: shape.what.to_owned(),
        owner,
        subnets: first(of, shape.subnets)?.unwrap_or_default(),
        groups: guarded(of, groups)?,
        public_address: public(of, shape.public)?,
        template: template(of)?,
        forwards: !of.or("SourceDestCheck", Context::boolean, true),
        name: of.name(),
    };
    if shape.what != "AWS::EC2::Instance" {
        return Ok(read.into());
    }
    // Without a word, the subnet decides.
    read.public_address = None;
    inline(read, of)
}

/// The cluster that an instance of a database belongs to, and takes its network from.
fn owner(of: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    if of.owner.type_name == "AWS::RDS::DBInstance" {
        return of.maybe("DBClusterIdentifier", Context::term);
    }
    Ok(None)
}

/// The groups that guard it. A Network Load Balancer without any has no guard.
fn guarded(of: &mut Properties<'_, '_>, groups: Option<Vec<Term>>) -> Result<Option<Vec<Term>>> {
    let balancer = of.owner.type_name == "AWS::ElasticLoadBalancingV2::LoadBalancer";
    let kind = if balancer {
        of.maybe("Type", Context::text)?
    } else {
        None
    };
    Ok(match (groups, kind.as_deref()) {
        (None, Some("network" | "gateway")) => None,
        (groups, _) => Some(groups.unwrap_or_default()),
    })
}

fn public(of: &mut Properties<'_, '_>, public: Public) -> Result<Option<bool>> {
    Ok(Some(match public {
        Public::No => false,
        Public::Flag(key) => of.maybe(key, Context::boolean)?.unwrap_or(false),
        Public::Word(key, words, otherwise) => {
            let Some(node) = of.take_at(key) else {
                return Ok(Some(otherwise));
            };
            word(of.context, node, &[(words[0], true), (words[1], false)])?
        }
    }))
}

/// The values of the first of some properties that is there.
fn first(of: &mut Properties<'_, '_>, keys: &[&'static str]) -> Result<Option<Vec<Term>>> {
    for key in keys {
        if let Some((list, inside)) = key.split_once('.')
            && list == "SubnetMappings"
        {
            let mut found = Vec::new();
            for mut item in of.list(list) {
                item.ignore(&["AllocationId", "PrivateIPv4Address", "IPv6Address"]);
                found.push(item.need(inside, Context::term)?);
            }
            return Ok((!found.is_empty()).then_some(found));
        }
        if let Some(node) = of.take_at(key) {
            return of.context.terms(node).map(Some);
        }
    }
    Ok(None)
}

/// The launch template of an instance.
fn template(of: &mut Properties<'_, '_>) -> Result<Option<Term>> {
    let Some(mut template) = of.inside("LaunchTemplate") else {
        return Ok(None);
    };
    // A template of this stack has the one version that stands there.
    template.ignore(&["Version"]);
    let key = if template.has("LaunchTemplateId") {
        "LaunchTemplateId"
    } else {
        "LaunchTemplateName"
    };
    template.need(key, Context::term).map(Some)
}

/// An instance that describes its interfaces: the first is the instance's own, the others stand beside it.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-instance-networkinterface.html>
fn inline(mut first: Interface, of: &mut Properties<'_, '_>) -> Result<Read> {
    let mut beside = Vec::new();
    for (at, mut item) in of.list("NetworkInterfaces").into_iter().enumerate() {
        item.ignore(&[
            "DeleteOnTermination",
            "Description",
            "DeviceIndex",
            "PrivateIpAddress",
            "PrivateIpAddresses",
        ]);
        let subnets = item.maybe("SubnetId", Context::terms)?;
        let groups = item.maybe("GroupSet", Context::terms)?;
        let read = Interface {
            owner: item.maybe("NetworkInterfaceId", Context::term)?,
            // Beside interfaces that are described, an instance has no subnet and no groups of its own.
            subnets: subnets.unwrap_or_default(),
            groups: Some(groups.unwrap_or_default()),
            public_address: item.maybe("AssociatePublicIpAddress", Context::boolean)?,
            id: first.id.clone(),
            name: first.name.clone(),
            what: first.what.clone(),
            template: first.template.clone(),
            forwards: first.forwards,
        };
        if at == 0 {
            first = read;
        } else if read.owner.is_none() {
            let kind = crate::cloud::Kind::Aws(Kind::Interface);
            let id = first.id.child(kind, at.to_string());
            beside.push(Interface { id, ..read });
        }
    }
    Ok(Read::from(first).beside(beside))
}

/// Subnets under one name. Types differ in the name of the list only.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbsubnetgroup.html>
pub(super) fn subnet_group(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&[
        "CacheSubnetGroupName",
        "DBSubnetGroupDescription",
        "DBSubnetGroupName",
        "Description",
        "Tags",
    ]);
    let subnets = of.need("SubnetIds", Context::terms)?;
    Ok(SubnetGroup { id, subnets }.into())
}
