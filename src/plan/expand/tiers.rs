//! Tiers and their machines.

use indexmap::IndexMap;

use super::gateways::read_named;
use super::reader::Reader;
use crate::diag::Code;
use crate::plan::{Login, Machines, Scale, Tier};
use crate::yaml::{Key, Node};

pub(super) fn read(node: Option<&Node>, reader: &mut Reader<'_>) -> IndexMap<String, Tier> {
    read_named(node, "a tier", reader, read_tier)
}

fn read_tier(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<Tier> {
    let mut fields = reader.open(node, "a tier")?;
    let active = reader.active(&mut fields);
    let subnet = fields.required("subnet");
    let machines = fields.optional("machines");
    reader.finish(fields);
    if !active {
        return None;
    }
    Some(Tier {
        name: key.text.clone(),
        network: "main".into(),
        subnet: subnet.and_then(|node| reader.text(node))?,
        machines: machines.and_then(|node| read_machines(node, reader)),
    })
}

fn read_machines(node: &Node, reader: &mut Reader<'_>) -> Option<Machines> {
    let mut fields = reader.open(node, "the machines of a tier")?;
    let active = reader.active(&mut fields);
    let scale = fields.required("scale");
    let image = fields.required("image");
    let size = fields.required("size");
    let disk_gib = fields.required("disk_gib");
    let login = fields.optional("login");
    let public_addresses = fields.optional("public_addresses");
    let bootstrap = fields.optional("bootstrap");
    let cloud_init = fields.optional("cloud_init");
    let behind = fields.optional("behind");
    let repair = fields.optional("repair");
    reader.finish(fields);
    if !active {
        return None;
    }
    let scale = scale.and_then(|node| read_scale(node, reader));
    let image = image.and_then(|node| reader.bound_text(node));
    let size = size.and_then(|node| reader.text(node));
    let disk_gib = disk_gib.and_then(|node| reader.number(node, 1, 65_536));
    let login = login.and_then(|node| read_login(node, reader));
    let public_addresses = public_addresses.and_then(|node| reader.boolean(node));
    let bootstrap = bootstrap.and_then(|node| reader.text(node));
    let cloud_init = cloud_init.and_then(|node| reader.bound_text(node));
    let behind = behind.and_then(|node| reader.text(node));
    let repair = repair.and_then(|node| reader.boolean(node));
    Some(Machines {
        scale: scale?,
        image: image?,
        size: size?,
        disk_gib: disk_gib?,
        login,
        public_addresses: public_addresses.unwrap_or(false),
        bootstrap,
        cloud_init,
        behind,
        repair: repair.unwrap_or(false),
    })
}

fn read_scale(node: &Node, reader: &mut Reader<'_>) -> Option<Scale> {
    let mut fields = reader.open(node, "the scale of a tier")?;
    if let Some(on_demand) = fields.optional("on_demand") {
        let max_minutes = fields.required("max_minutes");
        reader.finish(fields);
        reader.word(on_demand, &[("true", true)], "right for `on_demand`")?;
        let max_minutes = reader.number(max_minutes?, 1, 9999)?;
        return Some(Scale::OnDemand { max_minutes });
    }
    let (min, max) = (fields.required("min"), fields.required("max"));
    reader.finish(fields);
    let (min_node, max_node) = (min?, max?);
    let min = reader.number(min_node, 0, 1000)?;
    let max = reader.number(max_node, 1, 1000)?;
    if min > max {
        let place = reader.scope.origin(min_node);
        reader.push(
            Code::OutOfRange,
            format!("the fewest instances, {min}, are more than the most, {max}"),
            &place,
            format!("it must be at most {max}"),
        );
        return None;
    }
    Some(Scale::Automatic { min, max })
}

fn read_login(node: &Node, reader: &mut Reader<'_>) -> Option<Login> {
    let mut fields = reader.open(node, "a login")?;
    let user = fields.required("user");
    let key = fields.required("key");
    reader.finish(fields);
    let user = user.and_then(|node| reader.text(node));
    let key = key.and_then(|node| reader.bound_text(node));
    Some(Login {
        user: user?,
        key: key?,
    })
}
