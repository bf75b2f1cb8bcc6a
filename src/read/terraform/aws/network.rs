//! Networks, subnets, their blocks, and what is refused above all of them.

use super::assembly::Read;
use super::route::after;
use crate::cloud::aws::{
    Block, BlockedAccess, Kind, PrefixList, Subnet, Vpc, VpcCidr, VpcPublicAccess,
    VpcPublicAccessExclusion,
};
use crate::cloud::{Attribute, ResourceId, Term};
use crate::read::terraform::context::{Context, Result};
use crate::read::terraform::properties::{Properties, word};
use crate::read::terraform::tree::{self, Value};

/// The block of IPv6 that AWS gives a VPC is a /56:
/// <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#vpc-ipv6>.
const GIVEN: Block = Block::SomeIpv6(56);

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc>
pub(super) fn vpc(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // On whose hardware instances run, and what is counted.
    of.ignore(&[
        "instance_tenancy",
        "enable_network_address_usage_metrics",
        "ipv6_cidr_block_network_border_group",
    ]);
    let given = of.or("assign_generated_ipv6_cidr_block", Context::boolean, false);
    let own = of
        .maybe("ipv6_cidr_block", Context::cidr)?
        .map(Block::Known);
    let block = own.or(given.then_some(GIVEN));
    let beside = block.map(|block| VpcCidr {
        id: id.child(crate::cloud::Kind::Aws(Kind::VpcCidr), VpcCidr::IPV6),
        vpc: id.id(),
        block,
        pool: None,
    });
    let vpc = Vpc {
        cidr: of.need("cidr_block", Context::cidr)?,
        ipv6: None,
        dns_support: of.or("enable_dns_support", Context::boolean, true),
        dns_names: of.or("enable_dns_hostnames", Context::boolean, false),
        name: of.name(),
        id,
    };
    let place = of.place().clone();
    Ok(Read::from(vpc).beside(beside, &place))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_ipv4_cidr_block_association>
pub(super) fn vpc_cidr(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let given = of.or("assign_generated_ipv6_cidr_block", Context::boolean, false);
    let mut blocks = Vec::new();
    for key in ["cidr_block", "ipv6_cidr_block"] {
        blocks.extend(of.maybe(key, Context::cidr)?.map(Block::Known));
    }
    // A state says which block AWS gave.
    if blocks.is_empty() {
        blocks.extend(given.then_some(GIVEN));
    }
    let [block] = blocks.as_slice() else {
        return Err(of.missing("there is not exactly one block that is read here"));
    };
    Ok(VpcCidr {
        id,
        vpc: of.need("vpc_id", Context::term)?,
        block: block.clone(),
        // Whose the block is, and not what reaches it.
        pool: of.has("ipv6_pool").then(|| of.told("ipv6_pool")),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/subnet>
pub(super) fn subnet(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    // How names are answered: that opens no way.
    of.ignore(&[
        "availability_zone_id",
        "enable_dns64",
        "enable_resource_name_dns_a_record_on_launch",
        "enable_resource_name_dns_aaaa_record_on_launch",
        "private_dns_hostname_type_on_launch",
    ]);
    let no = |of: &mut Properties<'_, '_>, key| of.or(key, Context::boolean, false);
    let vpc = of.need("vpc_id", Context::term)?;
    let ipv6 = of.maybe("ipv6_cidr_block", ipv6)?;
    Ok(Subnet {
        id,
        cidr: of.need("cidr_block", Context::cidr)?,
        ipv6: ipv6.map(|block| block.in_vpc(&vpc)),
        vpc,
        // Where it stands, not what reaches it.
        zone: of.told("availability_zone"),
        public_addresses: no(of, "map_public_ip_on_launch"),
        ipv6_addresses: no(of, "assign_ipv6_address_on_creation"),
        after: after(of),
        name: of.name(),
    }
    .into())
}

/// A block of IPv6. A part of the block that AWS gives a VPC is a /64, and known to the deploy only:
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html#subnet-sizing-ipv6>.
fn ipv6(context: &Context<'_>, value: &Value) -> Result<Block> {
    let is_known = !matches!(
        value.kind,
        tree::Kind::Unknown(_) | tree::Kind::Reference(_)
    );
    match context.cidr(value) {
        Ok(cidr) => Ok(Block::Known(cidr)),
        Err(_) if !is_known && value.place.text().contains("ipv6_cidr_block") => {
            Ok(part(context, value).unwrap_or(Block::SomeIpv6(64)))
        }
        Err(error) => Err(error),
    }
}

/// The /64 of a number in the block of IPv6 that a VPC is given, as it is written where it is a plain number:
/// `cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 3)`, or of the association that gives the block.
fn part(context: &Context<'_>, value: &Value) -> Option<Block> {
    let arguments = value.place.text().trim();
    let arguments = arguments.strip_prefix("cidrsubnet(")?.strip_suffix(')')?;
    let mut arguments = arguments.split(',').map(str::trim);
    let whole = arguments.next()?.strip_suffix(".ipv6_cidr_block")?;
    let (bits, number) = (arguments.next()?, arguments.next()?);
    if bits != "8" || arguments.next().is_some() {
        return None;
    }
    let instance = context.tree.find(whole)?;
    let id = match (&*instance.kind, context.id(instance)?) {
        ("aws_vpc", id) => id.clone(),
        ("aws_vpc_ipv6_cidr_block_association", _) => {
            let vpc = context.term(instance.body.value("vpc_id")?).ok()?;
            match vpc {
                Term::Attribute(id, _) => id,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Block::Part {
        of: id.attribute(Attribute::Ipv6Block),
        number: number.parse().ok()?,
    })
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_managed_prefix_list>
pub(super) fn prefix_list(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["address_family", "tags", "tags_all"]);
    let own = of.owner.label.to_string();
    let name = of.label("name");
    let entries = of.blocks("entry").into_iter().map(|mut entry| {
        entry.ignore(&["description"]);
        entry.need("cidr", Context::cidr)
    });
    Ok(PrefixList {
        id,
        name: if name.is_empty() { own } else { name },
        entries: entries.collect::<Result<_>>()?,
        max_entries: of.or("max_entries", Context::number, 0),
    }
    .into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_block_public_access_options>
pub(super) fn public_access(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    let blocked = of.need("internet_gateway_block_mode", |context, value| {
        let words = [
            ("off", BlockedAccess::Nothing),
            ("block-ingress", BlockedAccess::Ingress),
            ("block-bidirectional", BlockedAccess::Bidirectional),
        ];
        word(context, value, &words)
    })?;
    Ok(VpcPublicAccess { id, blocked }.into())
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_block_public_access_exclusion>
pub(super) fn exclusion(id: ResourceId, of: &mut Properties<'_, '_>) -> Result<Read> {
    of.ignore(&["tags", "tags_all"]);
    let key = if of.has("subnet_id") {
        "subnet_id"
    } else {
        "vpc_id"
    };
    Ok(VpcPublicAccessExclusion {
        id,
        of: of.need(key, Context::term)?,
        ingress: of.need("internet_gateway_exclusion_mode", |context, value| {
            let words = [("allow-bidirectional", true), ("allow-egress", false)];
            word(context, value, &words)
        })?,
    }
    .into())
}
