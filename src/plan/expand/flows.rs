//! Flows and guarantees, with every list in them expanded.

use super::places::{self, SLOTS};
use super::reader::Reader;
use crate::diag::Code;
use crate::plan::{Allow, Flow, Guarantee, Peer, RecordedFlow};
use crate::spec::{
    Fields, Key, SAYS_SOMETHING, Shape, Table, UNLESS, VERSION, Version, WHEN, Within,
};
use crate::yaml::Node;

pub(super) static FLOW: Table = Table {
    what: "a flow",
    keys: &[
        Key::must(
            "from",
            Shape::Filled(&Shape::Several(&Shape::Text)),
            "Who starts it: `internet`, `datacenter`, a tier, a service or a CIDR block.",
        ),
        Key::must(
            "to",
            Shape::Filled(&Shape::Several(&Shape::Text)),
            "Who is reached.",
        ),
        Key::must(
            "allow",
            ALLOW,
            "What passes: traffic such as `tcp/443`, or an action such as `s3:read`.",
        ),
        // Its absence has an error of its own.
        Key::told(
            "why",
            Shape::Filled(&Shape::Form(SAYS_SOMETHING)),
            "Why it is needed. The reason goes into the description of every rule.",
        ),
        Key::may(
            "through",
            Shape::Filled(&Shape::Text),
            "The load balancer, gateway or endpoint that it must pass.",
        ),
        Key::may(
            "per_instance",
            Shape::Filled(&Shape::Number(FRONT_PORTS)),
            "The first of the balancer's ports that lead to one instance each.",
        ),
        Key::may(
            "since",
            Shape::Form(VERSION),
            "The version of the pattern that added it, so that no rule is renumbered.",
        ),
        WHEN,
        UNLESS,
    ],
};

/// What a guarantee may say.
pub(super) static GUARANTEES: [&Table; 3] = [&NEVER, &ONLY, &ALL];

static NEVER: Table = Table {
    what: "a guarantee",
    keys: &[
        Key::must(
            "never",
            Shape::Filled(&Shape::Text),
            "Who never reaches anything of `reaches`.",
        ),
        REACHES,
        WHEN,
        UNLESS,
    ],
};

static ONLY: Table = Table {
    what: "a guarantee",
    keys: &[
        Key::must(
            "only",
            Shape::Filled(&Shape::Several(&Shape::Text)),
            "Who alone reaches anything of `reaches`.",
        ),
        REACHES,
        Key::may("by", ALLOW, "By what; by anything, when nothing is said."),
        WHEN,
        UNLESS,
    ],
};

static ALL: Table = Table {
    what: "a guarantee",
    keys: &[
        Key::must(
            "all",
            Shape::Filled(&Shape::Text),
            "Whose traffic to the rest of the world takes one way.",
        ),
        Key::must("leaves_through", Shape::Filled(&Shape::Text), "The way."),
        WHEN,
        UNLESS,
    ],
};

const REACHES: Key = Key::must("reaches", Shape::Filled(&Shape::Text), "Who is reached.");
const ALLOW: Shape = Shape::Filled(&Shape::Several(&Shape::Allow));
const FRONT_PORTS: Within = Within {
    min: 1024,
    max: 65_000,
};

/// One flow of the pattern, with all that it expands to.
pub(super) struct Written {
    /// The version of the pattern that added it, as a number that grows.
    pub(super) since: u32,
    /// What it expands to; nothing for one that this stack does not have.
    pub(super) flows: Option<Vec<Flow>>,
}

pub(super) fn read(node: &Node, recorded: &[RecordedFlow], reader: &mut Reader<'_>) -> Vec<Flow> {
    let Some(nodes) = node.list(&mut reader.diags) else {
        return Vec::new();
    };
    let mut written: Vec<Written> = nodes.iter().map(|node| read_flow(node, reader)).collect();
    places::number(&mut written, recorded);
    written
        .into_iter()
        .filter_map(|written| written.flows)
        .flatten()
        .collect()
}

fn read_flow(node: &Node, reader: &mut Reader<'_>) -> Written {
    let mut written = Written {
        since: 0,
        flows: None,
    };
    let Some(mut fields) = reader.open(node, &FLOW) else {
        return written;
    };
    let since = fields.get("since");
    written.since = since
        .and_then(|node| crate::spec::read_version(node, &mut reader.diags))
        .map_or(0, Version::generation);
    let active = reader.active(&mut fields);
    let parts = Parts::take(&mut fields);
    let blank =
        |node: &Node| node.is_null() || node.as_text().is_some_and(|text| text.trim().is_empty());
    if parts.why.is_none_or(blank) {
        reader.push(
            Code::MissingWhy,
            "this flow does not say why it is needed",
            &node.place,
            "add `why`: the reason travels into the description of every rule that is made from the flow",
        );
    }
    reader.finish(fields);
    if active {
        written.flows = parts.expand(node, reader);
    }
    written
}

/// A flow as it is written.
struct Parts<'n> {
    from: Option<&'n Node>,
    to: Option<&'n Node>,
    allow: Option<&'n Node>,
    why: Option<&'n Node>,
    through: Option<&'n Node>,
    per_instance: Option<&'n Node>,
}

impl<'n> Parts<'n> {
    fn take(fields: &mut Fields<'n>) -> Self {
        Self {
            from: fields.get("from"),
            to: fields.get("to"),
            allow: fields.get("allow"),
            why: fields.get("why"),
            through: fields.get("through"),
            per_instance: fields.get("per_instance"),
        }
    }

    fn expand(self, node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Flow>> {
        let from = self.from.map(|node| peers(node, reader));
        let to = self.to.map(|node| peers(node, reader));
        let allow = self.allow.map(|node| allows(node, reader));
        let why = self.why.and_then(|node| reader.text(node));
        let through = self.through.and_then(|node| reader.text(node));
        let per_instance = self
            .per_instance
            .and_then(|node| reader.number(node, FRONT_PORTS));
        let (from, to, allow, why) = (from?, to?, allow?, why?);
        let count = from.len() * to.len() * allow.len();
        if count > SLOTS as usize {
            reader.push(
                Code::LimitExceeded,
                format!("this flow expands to {count} rules, and {SLOTS} is the most"),
                &node.place,
                "name larger ranges, or write several flows",
            );
            return None;
        }
        let mut flows = Vec::with_capacity(count);
        for from in &from {
            for to in &to {
                for allow in &allow {
                    flows.push(Flow {
                        from: from.clone(),
                        to: to.clone(),
                        allow: *allow,
                        why: why.clone(),
                        through: through.clone(),
                        per_instance,
                        slot: 0,
                    });
                }
            }
        }
        Some(flows)
    }
}

fn peers(node: &Node, reader: &mut Reader<'_>) -> Vec<Peer> {
    let items = reader
        .scope
        .known(node, &mut reader.diags)
        .unwrap_or_default();
    items.iter().map(|item| Peer::from(item.as_str())).collect()
}

fn allows(node: &Node, reader: &mut Reader<'_>) -> Vec<Allow> {
    let items = reader
        .scope
        .known(node, &mut reader.diags)
        .unwrap_or_default();
    let mut allows = Vec::with_capacity(items.len());
    for item in items {
        match item.parse() {
            Ok(allow) => allows.push(allow),
            Err(error) => {
                let error: crate::net::TrafficError = error;
                let actions = crate::plan::Action::ALL.map(crate::plan::Action::as_str);
                let help = crate::yaml::nearest(&item, actions).map_or_else(
                    || {
                        "right would be traffic such as `tcp/443`, or an action such as `s3:read`"
                            .to_owned()
                    },
                    |meant| format!("did you mean `{meant}`?"),
                );
                reader.push(Code::InvalidTraffic, error.to_string(), &node.place, help);
            }
        }
    }
    allows
}

pub(super) fn read_guarantees(node: Option<&Node>, reader: &mut Reader<'_>) -> Vec<Guarantee> {
    let Some(nodes) = node.and_then(|node| node.list(&mut reader.diags)) else {
        return Vec::new();
    };
    nodes
        .iter()
        .filter_map(|node| read_guarantee(node, reader))
        .collect()
}

fn read_guarantee(node: &Node, reader: &mut Reader<'_>) -> Option<Guarantee> {
    node.entries_of("a map that describes a guarantee", &mut reader.diags)?;
    let says = |key| node.get(key).is_some();
    let read = if says("never") {
        read_never
    } else if says("only") {
        read_only
    } else if says("all") {
        read_all
    } else {
        reader.push(
            Code::MissingKey,
            "this guarantee says nothing",
            &node.place,
            "write `never: A, reaches: B`, or `only: [A], reaches: B`, or `all: A, leaves_through: B`",
        );
        return None;
    };
    read(node, reader)
}

fn read_never(node: &Node, reader: &mut Reader<'_>) -> Option<Guarantee> {
    let mut fields = reader.open(node, &NEVER)?;
    let active = reader.active(&mut fields);
    let (never, reaches) = (fields.get("never"), fields.get("reaches"));
    reader.finish(fields);
    let (from, to) = (one_peer(never, reader), one_peer(reaches, reader));
    let guarantee = from.zip(to).map(|(from, to)| Guarantee::Never { from, to });
    guarantee.filter(|_| active)
}

fn read_only(node: &Node, reader: &mut Reader<'_>) -> Option<Guarantee> {
    let mut fields = reader.open(node, &ONLY)?;
    let active = reader.active(&mut fields);
    let (only, reaches, by) = (fields.get("only"), fields.get("reaches"), fields.get("by"));
    reader.finish(fields);
    let allow = by.and_then(|node| allows(node, reader).pop());
    let only = peers(only?, reader);
    let guarantee = one_peer(reaches, reader).map(|to| Guarantee::Only { only, to, allow });
    guarantee.filter(|_| active)
}

fn read_all(node: &Node, reader: &mut Reader<'_>) -> Option<Guarantee> {
    let mut fields = reader.open(node, &ALL)?;
    let active = reader.active(&mut fields);
    let (all, through) = (fields.get("all"), fields.get("leaves_through"));
    reader.finish(fields);
    let (all, through) = (one_peer(all, reader), one_peer(through, reader));
    let guarantee = all
        .zip(through)
        .map(|(all, through)| Guarantee::LeavesThrough { all, through });
    guarantee.filter(|_| active)
}

fn one_peer(node: Option<&Node>, reader: &mut Reader<'_>) -> Option<Peer> {
    let node = node?;
    let text = reader.text(node)?;
    Some(Peer::from(text.as_str()))
}
