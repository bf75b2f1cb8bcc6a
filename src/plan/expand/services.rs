//! Services that are peers: buckets, functions, topics.

use indexmap::IndexMap;

use super::gateways::read_named;
use super::reader::Reader;
use crate::plan::{Bucket, Function, Service, Topic};
use crate::spec::{Fields, Key as Known, Shape, Table, UNLESS, WHEN, Within, words};
use crate::yaml::{Key, Node};

#[derive(Clone, Copy)]
enum Kind {
    Bucket,
    Function,
    Topic,
}

const KINDS: [(&str, Kind); 3] = [
    ("bucket", Kind::Bucket),
    ("function", Kind::Function),
    ("topic", Kind::Topic),
];

/// What a service may be.
pub(super) static SERVICES: [&Table; 3] = [&BUCKET, &FUNCTION, &TOPIC];

/// A service that does not say what it is.
static UNKNOWN: Table = Table {
    what: "a service",
    keys: &[kind(&words(&KINDS)), WHEN, UNLESS],
};

static BUCKET: Table = Table {
    what: "a bucket",
    keys: &[
        kind(&["bucket"]),
        Known::may(
            "kms_key",
            Shape::Filled(&Shape::Text),
            "The KMS key that it is encrypted with; without one, the service's own.",
        ),
        Known::must(
            "keep_old_versions_days",
            Shape::Filled(&Shape::Number(DAYS)),
            "Days for which an object that was superseded is kept.",
        ),
        WHEN,
        UNLESS,
    ],
};

static FUNCTION: Table = Table {
    what: "a function",
    keys: &[
        kind(&["function"]),
        Known::must(
            "code",
            Shape::Filled(&Shape::Text),
            "Its folder under `templates/functions/`.",
        ),
        Known::must(
            "timeout_seconds",
            Shape::Filled(&Shape::Number(TIMEOUT)),
            "Seconds that it may take.",
        ),
        Known::must(
            "log_days",
            Shape::Filled(&Shape::Number(DAYS)),
            "Days for which its logs are kept.",
        ),
        WHEN,
        UNLESS,
    ],
};

static TOPIC: Table = Table {
    what: "a topic",
    keys: &[
        kind(&["topic"]),
        Known::must(
            "subscriber",
            Shape::Filled(&Shape::Text),
            "The e-mail address that it delivers to.",
        ),
        Known::may(
            "kms_key",
            Shape::Filled(&Shape::Text),
            "The KMS key that it is encrypted with; without one, the cloud's own.",
        ),
        WHEN,
        UNLESS,
    ],
};

/// A century: nothing is kept for longer.
pub(super) const DAYS: Within = Within {
    min: 1,
    max: 36_500,
};

/// 15 minutes at most: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const TIMEOUT: Within = Within { min: 1, max: 900 };

const fn kind(words: &'static [&'static str]) -> Known {
    Known::must("kind", Shape::Word(words), "What it is.")
}

pub(super) fn read(node: Option<&Node>, reader: &mut Reader<'_>) -> IndexMap<String, Service> {
    read_named(node, "a service", reader, read_service)
}

fn read_service(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<Service> {
    let Some(kind) = node.get("kind") else {
        let mut fields = reader.open(node, &UNKNOWN)?;
        fields.get("kind");
        reader.active(&mut fields);
        reader.finish(fields);
        return None;
    };
    let kind = reader.word(kind, &KINDS, "a kind of service")?;
    let table = match kind {
        Kind::Bucket => &BUCKET,
        Kind::Function => &FUNCTION,
        Kind::Topic => &TOPIC,
    };
    let mut fields = reader.open(node, table)?;
    fields.get("kind");
    let active = reader.active(&mut fields);
    let name = key.text.as_str().to_owned();
    let service = match kind {
        Kind::Bucket => read_bucket(name, fields, reader).map(Service::Bucket),
        Kind::Function => read_function(name, fields, reader).map(Service::Function),
        Kind::Topic => read_topic(name, fields, reader).map(Service::Topic),
    };
    service.filter(|_| active)
}

fn read_bucket(name: String, mut fields: Fields<'_>, reader: &mut Reader<'_>) -> Option<Bucket> {
    let kms_key = fields.get("kms_key");
    let days = fields.get("keep_old_versions_days");
    reader.finish(fields);
    Some(Bucket {
        name,
        kms_key: kms_key.and_then(|node| reader.bound_text(node)),
        keep_old_versions_days: reader.number(days?, DAYS)?,
    })
}

fn read_function(
    name: String,
    mut fields: Fields<'_>,
    reader: &mut Reader<'_>,
) -> Option<Function> {
    let code = fields.get("code");
    let timeout = fields.get("timeout_seconds");
    let log_days = fields.get("log_days");
    reader.finish(fields);
    Some(Function {
        name,
        code: reader.text(code?)?,
        timeout_seconds: reader.number(timeout?, TIMEOUT)?,
        log_days: reader.number(log_days?, DAYS)?,
    })
}

fn read_topic(name: String, mut fields: Fields<'_>, reader: &mut Reader<'_>) -> Option<Topic> {
    let subscriber = fields.get("subscriber");
    let kms_key = fields.get("kms_key");
    reader.finish(fields);
    Some(Topic {
        name,
        subscriber: reader.bound_text(subscriber?)?,
        kms_key: kms_key.and_then(|node| reader.bound_text(node)),
    })
}
