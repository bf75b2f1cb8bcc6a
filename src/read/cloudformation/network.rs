//! Networks, subnets, their blocks, and what is refused above all of them.

use super::assembly::Read;
use super::cidr;
use super::function;
use super::properties::{Properties, word};
use super::route::after;
use super::value::{Context, Result};
use crate::cloud::aws::{
    Block, BlockedAccess, PrefixList, Subnet, Vpc, VpcCidr, VpcPublicAccess,
    VpcPublicAccessExclusion,
};
use crate::cloud::{Attribute, ResourceId};
use crate::yaml::Node;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html>
pub(super) fn vpc(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // On whose hardware instances run.
    of.ignore(&["InstanceTenancy"]);
    Ok(Vpc {
        id,
        cidr: of.need("CidrBlock", Context::cidr)?,
        ipv6: None,
        dns_support: of.or("EnableDnsSupport", Context::boolean, true),
        dns_names: of.or("EnableDnsHostnames", Context::boolean, false),
        name: of.name(),
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpccidrblock.html>
pub(super) fn vpc_cidr(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let given = of.maybe("AmazonProvidedIpv6CidrBlock", Context::boolean)?;
    let mut blocks = Vec::new();
    for key in ["CidrBlock", "Ipv6CidrBlock"] {
        blocks.extend(of.maybe(key, Context::cidr)?.map(Block::Known));
    }
    // AWS gives a VPC a /56: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-ipv6
    blocks.extend((given == Some(true)).then_some(Block::SomeIpv6(56)));
    let [block] = blocks.as_slice() else {
        return Err(of.missing("there is not exactly one block that is read here"));
    };
    Ok(VpcCidr {
        id,
        vpc: of.need("VpcId", Context::term)?,
        block: block.clone(),
        // Whose the block is, and not what reaches it.
        pool: of.has("Ipv6Pool").then(|| of.told("Ipv6Pool")),
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html>
pub(super) fn subnet(
    id: ResourceId,
    of: &mut Properties<'_, '_>,
    depends_on: Option<&Node>,
) -> Result<Read> {
    // How names are answered, and how addresses are translated to reach IPv4: neither opens a way.
    of.ignore(&["PrivateDnsNameOptionsOnLaunch", "AvailabilityZoneId"]);
    let no = |of: &mut Properties<'_, '_>, key| of.or(key, Context::boolean, false);
    let vpc = of.need("VpcId", Context::term)?;
    let ipv6 = of.maybe("Ipv6CidrBlock", ipv6)?;
    Ok(Subnet {
        id,
        cidr: of.need("CidrBlock", Context::cidr)?,
        ipv6: ipv6.map(|block| block.in_vpc(&vpc)),
        vpc,
        // Where it stands, not what reaches it.
        zone: of.told("AvailabilityZone"),
        public_addresses: no(of, "MapPublicIpOnLaunch"),
        ipv6_addresses: no(of, "AssignIpv6AddressOnCreation"),
        after: after(of.context, depends_on),
        name: of.name(),
    }
    .into())
}

/// A block of IPv6. A part of the block that AWS gives a VPC is a /64, and known to the deploy only:
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html#subnet-sizing-ipv6>.
fn ipv6<'t>(context: &Context<'t>, node: &'t Node) -> Result<Block> {
    match context.cidr(node) {
        Ok(cidr) => Ok(Block::Known(cidr)),
        Err(_) if function::written(node).contains("Ipv6CidrBlocks") => {
            Ok(part(context, node).unwrap_or(Block::SomeIpv6(64)))
        }
        Err(error) => Err(error),
    }
}

/// The /64 of a number in the first block of IPv6 that a VPC has, as it is written in all templates that name one:
/// `Fn::Select` of `Fn::Cidr`.
fn part<'t>(context: &Context<'t>, node: &'t Node) -> Option<Block> {
    let pair = |node: &'t Node, name: &str| -> Option<[&'t Node; 2]> {
        let call = function::call(node).filter(|call| call.name == name)?;
        <[&Node; 2]>::try_from(call.argument.list()?.iter().collect::<Vec<_>>()).ok()
    };
    let [number, blocks] = pair(node, "Fn::Select")?;
    let call = function::call(blocks).filter(|call| call.name == "Fn::Cidr")?;
    let [whole, count, bits] = call.argument.list()? else {
        return None;
    };
    let [first, all] = pair(whole, "Fn::Select")?;
    let number = context.int(number).ok()?;
    let plain = context.int(first).ok()? == 0 && context.int(bits).ok()? == 64;
    if !plain || !(number + 1..=cidr::MAX_BLOCKS).contains(&context.int(count).ok()?) {
        return None;
    }
    let all = function::call(all).filter(|call| call.name == "Fn::GetAtt")?;
    let (vpc, "Ipv6CidrBlocks") = function::get_att(all.argument)? else {
        return None;
    };
    let vpc = context.template.resources.get(vpc)?;
    Some(Block::Part {
        of: vpc.id.attribute(Attribute::Ipv6Block),
        number: u8::try_from(number).ok()?,
    })
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-prefixlist.html>
pub(super) fn prefix_list(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["AddressFamily", "Tags"]);
    let own = of.owner.name.to_owned();
    let name = of.label("PrefixListName");
    let entries = of.list("Entries").into_iter().map(|mut entry| {
        entry.ignore(&["Description"]);
        entry.need("Cidr", Context::cidr)
    });
    Ok(PrefixList {
        id,
        name: if name.is_empty() { own } else { name },
        entries: entries.collect::<Result<_>>()?,
        max_entries: of.or("MaxEntries", Context::number, 0),
    }
    .into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcblockpublicaccessoptions.html>
pub(super) fn public_access(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let blocked = of.need("InternetGatewayBlockMode", |context, node| {
        let words = [
            ("off", BlockedAccess::Nothing),
            ("block-ingress", BlockedAccess::Ingress),
            ("block-bidirectional", BlockedAccess::Bidirectional),
        ];
        word(context, node, &words)
    })?;
    Ok(VpcPublicAccess { id, blocked }.into())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcblockpublicaccessexclusion.html>
pub(super) fn exclusion(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["Tags"]);
    let key = if of.has("SubnetId") {
        "SubnetId"
    } else {
        "VpcId"
    };
    Ok(VpcPublicAccessExclusion {
        id,
        of: of.need(key, Context::term)?,
        ingress: of.need("InternetGatewayExclusionMode", |context, node| {
            let words = [("allow-bidirectional", true), ("allow-egress", false)];
            word(context, node, &words)
        })?,
    }
    .into())
}
