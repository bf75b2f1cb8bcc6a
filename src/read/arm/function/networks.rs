//! Functions that compute blocks of addresses.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr>

use std::net::IpAddr;

use smol_str::ToSmolStr;

use super::super::context::Context;
use super::super::value::Data;
use crate::net::Cidr;

impl Context<'_> {
    /// A function of known blocks.
    pub(super) fn network_function(&self, name: &str, given: &[Data]) -> Option<Data> {
        use Data::{Int, Text};
        Some(match (name, given) {
            ("cidrsubnet", [Text(block), Int(length), Int(index)]) => {
                Text(subnet(&cidr(block)?, *length, *index)?.to_smolstr())
            }
            ("cidrhost", [Text(block), Int(index)]) => {
                // The first host is the one behind the network's own address.
                let index = u128::try_from(*index).ok()?.checked_add(1)?;
                Text(address(&cidr(block)?, index)?.to_smolstr())
            }
            ("parsecidr", [Text(block)]) => self.parsed(&cidr(block)?)?,
            _ => return None,
        })
    }

    fn parsed(&self, block: &Cidr) -> Option<Data> {
        let text = |address: IpAddr| Data::Text(address.to_smolstr());
        let last = block.size().checked_sub(1)?;
        let mut entries = vec![
            ("network", text(block.first())),
            ("cidr", Data::Int(block.prefix_len().into())),
            ("firstUsable", text(address(block, 1.min(last))?)),
            ("lastUsable", text(address(block, last.saturating_sub(1))?)),
        ];
        if let (IpAddr::V4(_), bits) = (block.first(), block.prefix_len()) {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            entries.push(("netmask", text(IpAddr::V4(mask.into()))));
            entries.push(("broadcast", text(block.last())));
        }
        Some(self.object(entries))
    }
}

fn cidr(text: &str) -> Option<Cidr> {
    let (address, length) = text.split_once('/')?;
    Cidr::holding(address.parse().ok()?, length.parse().ok()?).ok()
}

/// The address so far behind the first of a block.
fn address(block: &Cidr, at: u128) -> Option<IpAddr> {
    if at >= block.size() {
        return None;
    }
    Some(match block.first() {
        IpAddr::V4(first) => {
            IpAddr::V4(first.to_bits().checked_add(u32::try_from(at).ok()?)?.into())
        }
        IpAddr::V6(first) => IpAddr::V6(first.to_bits().checked_add(at)?.into()),
    })
}

fn subnet(block: &Cidr, length: i64, index: i64) -> Option<Cidr> {
    let length = u8::try_from(length).ok()?;
    if length < block.prefix_len() || length > block.address_bits() {
        return None;
    }
    let size = 1_u128.checked_shl(u32::from(block.address_bits() - length))?;
    let at = u128::try_from(index).ok()?.checked_mul(size)?;
    Cidr::holding(address(block, at)?, length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_are_those_of_the_documentation() {
        let block = cidr("10.144.0.0/20").unwrap();
        let made = |index| subnet(&block, 24, index).map(|it| it.to_string());
        assert_eq!(made(0).unwrap(), "10.144.0.0/24");
        assert_eq!(made(4).unwrap(), "10.144.4.0/24");
        assert_eq!(made(16), None);
        assert_eq!(subnet(&block, 8, 0), None);
        assert_eq!(address(&block, 1).unwrap().to_string(), "10.144.0.1");
    }
}
