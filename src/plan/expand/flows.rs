//! Flows and guarantees, with every list in them expanded.

use super::places::{self, SLOTS};
use super::reader::Reader;
use crate::diag::Code;
use crate::plan::{Allow, Flow, Guarantee, Peer, RecordedFlow};
use crate::spec::Version;
use crate::yaml::{Fields, Node};

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
    let Some(mut fields) = reader.open(node, "a flow") else {
        return written;
    };
    let since = fields.optional("since");
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
            from: fields.required("from"),
            to: fields.required("to"),
            allow: fields.required("allow"),
            // Its absence has an error of its own.
            why: fields.optional("why"),
            through: fields.optional("through"),
            per_instance: fields.optional("per_instance"),
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
            .and_then(|node| reader.number(node, 1024, 65_000));
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
    let mut fields = reader.open(node, "a guarantee")?;
    let active = reader.active(&mut fields);
    let guarantee = if let Some(never) = fields.optional("never") {
        let reaches = fields.required("reaches");
        let (from, to) = (one_peer(Some(never), reader), one_peer(reaches, reader));
        from.zip(to).map(|(from, to)| Guarantee::Never { from, to })
    } else if let Some(only) = fields.optional("only") {
        let reaches = fields.required("reaches");
        let allow = fields
            .optional("by")
            .and_then(|node| allows(node, reader).pop());
        let only = peers(only, reader);
        one_peer(reaches, reader).map(|to| Guarantee::Only { only, to, allow })
    } else if let Some(all) = fields.optional("all") {
        let through = fields.required("leaves_through");
        let (all, through) = (one_peer(Some(all), reader), one_peer(through, reader));
        all.zip(through)
            .map(|(all, through)| Guarantee::LeavesThrough { all, through })
    } else {
        reader.push(
            Code::MissingKey,
            "this guarantee says nothing",
            &node.place,
            "write `never: A, reaches: B`, or `only: [A], reaches: B`, or `all: A, leaves_through: B`",
        );
        None
    };
    reader.finish(fields);
    guarantee.filter(|_| active)
}

fn one_peer(node: Option<&Node>, reader: &mut Reader<'_>) -> Option<Peer> {
    let node = node?;
    let text = reader.text(node)?;
    Some(Peer::from(text.as_str()))
}
