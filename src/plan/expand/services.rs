//! Services that are peers: buckets, functions, topics.

use indexmap::IndexMap;

use super::gateways::read_named;
use super::reader::Reader;
use crate::plan::{Bucket, Function, Service, Topic};
use crate::yaml::{Fields, Key, Node};

#[derive(Clone, Copy)]
enum Kind {
    Bucket,
    Function,
    Topic,
}

pub(super) fn read(node: Option<&Node>, reader: &mut Reader<'_>) -> IndexMap<String, Service> {
    read_named(node, "a service", reader, read_service)
}

fn read_service(key: &Key, node: &Node, reader: &mut Reader<'_>) -> Option<Service> {
    const KINDS: [(&str, Kind); 3] = [
        ("bucket", Kind::Bucket),
        ("function", Kind::Function),
        ("topic", Kind::Topic),
    ];
    let mut fields = reader.open(node, "a service")?;
    let active = reader.active(&mut fields);
    let Some(kind) = fields.required("kind") else {
        reader.finish(fields);
        return None;
    };
    let kind = reader.word(kind, &KINDS, "a kind of service")?;
    let name = key.text.clone();
    let service = match kind {
        Kind::Bucket => read_bucket(name, fields, reader).map(Service::Bucket),
        Kind::Function => read_function(name, fields, reader).map(Service::Function),
        Kind::Topic => read_topic(name, fields, reader).map(Service::Topic),
    };
    service.filter(|_| active)
}

fn read_bucket(name: String, mut fields: Fields<'_>, reader: &mut Reader<'_>) -> Option<Bucket> {
    let kms_key = fields.optional("kms_key");
    let days = fields.required("keep_old_versions_days");
    reader.finish(fields);
    Some(Bucket {
        name,
        kms_key: kms_key.and_then(|node| reader.bound_text(node)),
        keep_old_versions_days: reader.number(days?, 1, 36_500)?,
    })
}

fn read_function(
    name: String,
    mut fields: Fields<'_>,
    reader: &mut Reader<'_>,
) -> Option<Function> {
    let code = fields.required("code");
    let timeout = fields.required("timeout_seconds");
    let log_days = fields.required("log_days");
    reader.finish(fields);
    Some(Function {
        name,
        code: reader.text(code?)?,
        // 15 minutes at most: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
        timeout_seconds: reader.number(timeout?, 1, 900)?,
        log_days: reader.number(log_days?, 1, 36_500)?,
    })
}

fn read_topic(name: String, mut fields: Fields<'_>, reader: &mut Reader<'_>) -> Option<Topic> {
    let subscriber = fields.required("subscriber");
    let kms_key = fields.optional("kms_key");
    reader.finish(fields);
    Some(Topic {
        name,
        subscriber: reader.bound_text(subscriber?)?,
        kms_key: kms_key.and_then(|node| reader.bound_text(node)),
    })
}
