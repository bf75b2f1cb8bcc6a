//! Functions of CIDR blocks: <https://developer.hashicorp.com/terraform/language/functions/cidrsubnet>.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Arguments, Result};
use crate::diag::{Code, Diagnostic};
use crate::net::Cidr;
use crate::read::terraform::tree::Value;

pub(super) fn apply(of: &Arguments<'_, '_>) -> Option<Result<Value>> {
    Some(match of.name {
        "cidrsubnet" => subnet(of),
        "cidrsubnets" => subnets(of),
        "cidrhost" => host(of),
        "cidrnetmask" => netmask(of),
        _ => return None,
    })
}

/// The block that a function is called with. What is known to be none is refused, as Terraform refuses it.
fn block(of: &Arguments<'_, '_>) -> Result<Cidr> {
    let text = of.text(0)?;
    let parsed = text.split_once('/').and_then(|(address, length)| {
        Cidr::holding(address.parse().ok()?, length.parse().ok()?).ok()
    });
    parsed.ok_or_else(|| {
        let message = format!("`{}` is not a CIDR block", crate::yaml::shorten(&text));
        let place = of.at(0).map_or(of.place, |value| &value.place);
        of.evaluator
            .refuse(Diagnostic::new(Code::InvalidCidr, message).at(place.clone()));
        of.why("the value is no CIDR block")
    })
}

fn number_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address_of(number: u128, is_v4: bool) -> Option<IpAddr> {
    Some(if is_v4 {
        Ipv4Addr::from(u32::try_from(number).ok()?).into()
    } else {
        Ipv6Addr::from(number).into()
    })
}

/// The block of so many more bits that begins at an address, if it is in `around`.
fn part(around: Cidr, at: u128, length: u8) -> Option<Cidr> {
    let part = Cidr::holding(address_of(at, around.is_v4())?, length).ok()?;
    (around.contains(part) && number_of(part.first()) == at).then_some(part)
}

/// How many addresses a block of this length has, less than all there are.
fn step(around: Cidr, length: u8) -> Option<u128> {
    1_u128.checked_shl(around.address_bits().checked_sub(length)?.into())
}

fn longer(of: &Arguments<'_, '_>, around: Cidr, bits: i64) -> Result<u8> {
    let length = u8::try_from(bits)
        .ok()
        .and_then(|bits| around.prefix_len().checked_add(bits))
        .filter(|length| *length <= around.address_bits());
    length.ok_or_else(|| of.why("the block has no room for so many more bits"))
}

fn subnet(of: &Arguments<'_, '_>) -> Result<Value> {
    let around = block(of)?;
    let length = longer(of, around, of.int(1)?)?;
    let at = u128::try_from(of.int(2)?).ok();
    let found = at.and_then(|at| {
        let first = number_of(around.first());
        part(
            around,
            first.checked_add(step(around, length)?.checked_mul(at)?)?,
            length,
        )
    });
    match found {
        Some(cidr) => Ok(of.made(&cidr.to_string())),
        None if length == around.prefix_len() && at == Some(0) => Ok(of.made(&around.to_string())),
        None => Err(of.why("the block has no such part")),
    }
}

/// One after the other, each at the next place where a block of its length may begin.
fn subnets(of: &Arguments<'_, '_>) -> Result<Value> {
    let around = block(of)?;
    let mut next = number_of(around.first());
    let mut made = Vec::new();
    for at in 1..of.values.len() {
        let length = longer(of, around, of.int(at)?)?;
        let found = step(around, length).and_then(|step| {
            let begin = next.checked_next_multiple_of(step)?;
            Some((part(around, begin, length)?, begin.checked_add(step)?))
        });
        let Some((cidr, after)) = found else {
            return Err(of.why("the block has no room for all of them"));
        };
        next = after;
        made.push(of.made(&cidr.to_string()));
    }
    Ok(of.make_list(made))
}

fn host(of: &Arguments<'_, '_>) -> Result<Value> {
    let (around, at) = (block(of)?, of.int(1)?);
    let base = if at < 0 {
        around.last()
    } else {
        around.first()
    };
    let base = number_of(base);
    let number = match u128::try_from(at) {
        Ok(at) => base.checked_add(at),
        // -1 is the last one.
        Err(_) => base.checked_sub(u128::from(at.unsigned_abs()) - 1),
    };
    let address = number.and_then(|number| address_of(number, around.is_v4()));
    let inside = address.filter(|address| {
        let one = Cidr::holding(*address, around.address_bits());
        one.is_ok_and(|one| around.contains(one))
    });
    match inside {
        Some(address) => Ok(of.made(&address.to_string())),
        None => Err(of.why("the block has no such address")),
    }
}

fn netmask(of: &Arguments<'_, '_>) -> Result<Value> {
    let around = block(of)?;
    let host_bits = around.address_bits() - around.prefix_len();
    let mask = u32::MAX.checked_shl(host_bits.into()).unwrap_or(0);
    if around.is_v4() {
        Ok(of.made(&Ipv4Addr::from(mask).to_string()))
    } else {
        Err(of.why("blocks of IPv6 have no mask"))
    }
}
