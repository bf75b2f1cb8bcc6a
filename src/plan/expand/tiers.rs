//! Tiers and their machines.

use indexmap::IndexMap;

use super::gateways::read_named;
use super::reader::Reader;
use crate::diag::Code;
use crate::plan::{Login, Machines, Scale, Tier};
use crate::spec::{Key as Known, Shape, Table, UNLESS, WHEN, Within, words};
use crate::yaml::{Key, Node};

pub(super) static TIER: Table = Table {
    what: "a tier",
    keys: &[
        Known::must(
            "subnet",
            Shape::Filled(&Shape::Text),
            "The subnet that its machines are in.",
        ),
        Known::may(
            "machines",
            Shape::Map(&MACHINES),
            "Its machines; without them, you place your own.",
        ),
        WHEN,
        UNLESS,
    ],
};

static MACHINES: Table = Table {
    what: "the machines of a tier",
    keys: &[
        Known::must("scale", Shape::OneOf(&SCALES), "How many there are."),
        Known::must("image", Shape::Filled(&Shape::Text), "The machine image."),
        Known::must("size", Shape::Filled(&Shape::Text), "The type of instance."),
        Known::must(
            "disk_gib",
            Shape::Filled(&Shape::Number(DISK)),
            "The system disk, in GiB.",
        ),
        Known::may("login", Shape::Map(&LOGIN), "Who may log in."),
        Known::may(
            "public_addresses",
            Shape::Filled(&Shape::Boolean),
            "Whether each has an address of the Internet.",
        ),
        Known::may(
            "bootstrap",
            Shape::Filled(&Shape::Text),
            "A script under `templates/functions/` that each runs first.",
        ),
        Known::may(
            "cloud_init",
            Shape::Filled(&Shape::Text),
            "A script of the user's that each runs first.",
        ),
        Known::may(
            "behind",
            Shape::Filled(&Shape::Text),
            "The load balancer that they are behind.",
        ),
        Known::may(
            "repair",
            Shape::Filled(&Shape::Boolean),
            "Whether one that does not answer is made anew.",
        ),
        WHEN,
        UNLESS,
    ],
};

static SCALES: [&Table; 2] = [&AUTOMATIC, &ON_DEMAND];

static AUTOMATIC: Table = Table {
    what: "the scale of a tier",
    keys: &[
        Known::must(
            "min",
            Shape::Filled(&Shape::Number(FEWEST)),
            "The fewest at any time.",
        ),
        Known::must(
            "max",
            Shape::Filled(&Shape::Number(MOST)),
            "The most at any time.",
        ),
    ],
};

static ON_DEMAND: Table = Table {
    what: "the scale of a tier",
    keys: &[
        Known::must(
            "on_demand",
            Shape::Filled(&Shape::Word(&words(&ONLY_TRUE))),
            "One for each request, which ends itself.",
        ),
        Known::must(
            "max_minutes",
            Shape::Filled(&Shape::Number(MINUTES)),
            "Minutes after which it ends at the latest.",
        ),
    ],
};

static LOGIN: Table = Table {
    what: "a login",
    keys: &[
        Known::must("user", Shape::Filled(&Shape::Text), "The name of the user."),
        Known::must(
            "key",
            Shape::Filled(&Shape::Text),
            "The user's OpenSSH public key.",
        ),
    ],
};

const DISK: Within = Within {
    min: 1,
    max: 65_536,
};
const FEWEST: Within = Within { min: 0, max: 1000 };
const MOST: Within = Within { min: 1, max: 1000 };
const MINUTES: Within = Within { min: 1, max: 9999 };
const ONLY_TRUE: [(&str, bool); 1] = [("true", true)];

pub(super) fn read(node: Option<&Node>, reader: &mut Reader<'_>) -> IndexMap<String, Tier> {
    read_named(node, "a tier", reader, read_tier)
}

fn read_tier(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<Tier> {
    let mut fields = reader.open(node, &TIER)?;
    let active = reader.active(&mut fields);
    let subnet = fields.get("subnet");
    let machines = fields.get("machines");
    reader.finish(fields);
    if !active {
        return None;
    }
    Some(Tier {
        name: key.text.as_str().to_owned(),
        network: "main".into(),
        subnet: subnet.and_then(|node| reader.text(node))?,
        machines: machines.and_then(|node| read_machines(node, reader)),
    })
}

fn read_machines(node: &Node, reader: &mut Reader<'_>) -> Option<Machines> {
    let mut fields = reader.open(node, &MACHINES)?;
    let active = reader.active(&mut fields);
    let scale = fields.get("scale");
    let image = fields.get("image");
    let size = fields.get("size");
    let disk_gib = fields.get("disk_gib");
    let login = fields.get("login");
    let public_addresses = fields.get("public_addresses");
    let bootstrap = fields.get("bootstrap");
    let cloud_init = fields.get("cloud_init");
    let behind = fields.get("behind");
    let repair = fields.get("repair");
    reader.finish(fields);
    if !active {
        return None;
    }
    let scale = scale.and_then(|node| read_scale(node, reader));
    let image = image.and_then(|node| reader.bound_text(node));
    let size = size.and_then(|node| reader.text(node));
    let disk_gib = disk_gib.and_then(|node| reader.number(node, DISK));
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
    if node.get("on_demand").is_some() {
        return read_on_demand(node, reader);
    }
    let mut fields = reader.open(node, &AUTOMATIC)?;
    let (min, max) = (fields.get("min"), fields.get("max"));
    reader.finish(fields);
    let (min_node, max_node) = (min?, max?);
    let min = reader.number(min_node, FEWEST)?;
    let max = reader.number(max_node, MOST)?;
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

fn read_on_demand(node: &Node, reader: &mut Reader<'_>) -> Option<Scale> {
    let mut fields = reader.open(node, &ON_DEMAND)?;
    let on_demand = fields.get("on_demand");
    let max_minutes = fields.get("max_minutes");
    reader.finish(fields);
    reader.word(on_demand?, &ONLY_TRUE, "right for `on_demand`")?;
    let max_minutes = reader.number(max_minutes?, MINUTES)?;
    Some(Scale::OnDemand { max_minutes })
}

fn read_login(node: &Node, reader: &mut Reader<'_>) -> Option<Login> {
    let mut fields = reader.open(node, &LOGIN)?;
    let user = fields.get("user");
    let key = fields.get("key");
    reader.finish(fields);
    let user = user.and_then(|node| reader.text(node));
    let key = key.and_then(|node| reader.bound_text(node));
    Some(Login {
        user: user?,
        key: key?,
    })
}
