//! Whatever is changed in a folder of HCL, the reading changes, unless it is in the short list of what lets nothing pass.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{BlockLabel, Body, Structure};
use hcl_edit::template::Element;
use patternbook::diag::{Diagnostics, Place, Source};
use patternbook::read::{Parameter, Reading};

use super::written::{Folder, examples, read};

/// What has no meaning for what passes, by the end of its path, and why.
const WITHOUT_MEANING: [(&str, &str); 33] = [
    ("terraform/*", "which versions of programs there must be"),
    ("provider/*", "the region and the tags of everything"),
    ("aws_vpc/lifecycle", "what the provider leaves alone"),
    ("aws_eip/domain", "all addresses are for VPCs by now"),
    ("variable/description", "for people"),
    ("validation/error_message", "for people"),
    (
        "tag_specifications/*",
        "for people; the name tag is read where it stands first",
    ),
    (
        "aws_launch_template/tags",
        "for people; the tags of what is launched are read",
    ),
    ("tag/key", "a tag; the name is read"),
    ("tag/value", "a tag; the name is read"),
    ("propagate_at_launch", "a tag"),
    ("health_check_type", "when instances are replaced"),
    ("health_check_grace_period", "when instances are replaced"),
    ("instance_refresh/*", "how instances are replaced"),
    ("force_destroy", "what is left when the stack is gone"),
    ("lifecycle_configuration/rule/id", "a name"),
    (
        "aws_iam_role_policy/name",
        "a name: the policies of a role are one",
    ),
    ("aws_autoscaling_policy/name", "a name"),
    ("aws_autoscaling_group/name", "a name; the name tag is read"),
    ("aws_security_group/name", "a name; the name tag is read"),
    ("aws_sns_topic/name", "a name; the name tag is read"),
    (
        "aws_cloudwatch_event_rule/name",
        "a name; the name tag is read",
    ),
    ("name_prefix", "a name; the name tag is read"),
    ("device_name", "a name"),
    ("volume_type", "how fast a disk is"),
    ("bucket_key_enabled", "how often the key is asked for"),
    (
        "source_code_hash",
        "whether the code has changed; where it is, is read",
    ),
    ("statement_id", "a name"),
    (
        "aws_iam_role/name",
        "a name; the name tag is read where there is none",
    ),
    (
        "aws_iam_role/tags",
        "for people; the role's own name is read",
    ),
    (
        "aws_s3_bucket_policy/depends_on",
        "the order of making things; only a route has a place for it",
    ),
    ("aws_flow_log/depends_on", "the order of making things"),
    (
        "aws_lambda_function/depends_on",
        "the order of making things",
    ),
];

/// What happens when nothing is said: see the pages at the types that are read.
const DEFAULTS: [(&str, &str); 17] = [
    ("enable_dns_support", "true"),
    ("map_public_ip_on_launch", "false"),
    ("vpc_endpoint_type", "Gateway"),
    ("log_destination_type", "cloud-watch-logs"),
    ("http_endpoint", "enabled"),
    ("delete_on_termination", "true"),
    ("static_routes_only", "false"),
    ("instance_metadata_tags", "disabled"),
    ("amazon_side_asn", "64512"),
    ("bgp_asn", "65000"),
    ("skip_destroy", "false"),
    ("device_index", "0"),
    ("memory_size", "128"),
    ("sensitive", "false"),
    // Ports of every protocol, and of ICMP, are not looked at.
    ("from_port", "0"),
    ("to_port", "0"),
    // A rule has one code for all there are.
    ("to_port", "-1"),
];

/// What a provider's folders say, and what of it has no meaning.
pub(super) struct Judge {
    /// What has no meaning for what passes, by the end of its path, and why.
    pub(super) without_meaning: &'static [(&'static str, &'static str)],
    /// What happens when nothing is said, by the argument.
    pub(super) defaults: &'static [(&'static str, &'static str)],
    /// Blocks that say what happens when nothing is said, by the end of their path.
    pub(super) default_blocks: &'static [&'static str],
    /// What a folder says.
    pub(super) read: fn(&Folder) -> Result<Said, Diagnostics>,
}

const AWS: Judge = Judge {
    without_meaning: &WITHOUT_MEANING,
    defaults: &DEFAULTS,
    default_blocks: &[],
    read: |folder| read(folder).map(|reading| said(&reading)),
};

fn without_meaning(judge: &Judge, path: &str) -> bool {
    let path = format!("/{path}/");
    judge.without_meaning.iter().any(|(rule, _)| {
        if let Some(key) = rule.strip_suffix("/*") {
            return path.contains(&format!("/{key}/"));
        }
        // The label of the block stands between its type and what is in it.
        let mut rest = path.as_str();
        rule.split('/').all(|part| {
            let found = rest.find(&format!("{part}/"));
            rest = &rest[found.map_or(rest.len(), |at| at + part.len())..];
            found.is_some()
        })
    })
}

/// What a reading says, wherever it stands.
#[derive(PartialEq, Debug)]
pub(super) struct Said {
    resources: Vec<String>,
    unknown: Vec<[String; 3]>,
    parameters: Vec<Parameter>,
    outputs: Vec<patternbook::cloud::Output>,
}

pub(super) fn said<R: std::fmt::Debug>(reading: &Reading<R>) -> Said {
    let nowhere = Place::start_of(&Source::new("", ""));
    let unknown = reading.unknown.iter();
    let parameters = reading.parameters.iter().cloned();
    let resources = reading.resources.iter();
    Said {
        resources: resources
            .map(|placed| format!("{:?}", placed.resource))
            .collect(),
        unknown: unknown
            .map(|it| [it.name.clone(), it.what.clone(), it.why.clone()])
            .collect(),
        parameters: parameters
            .map(|it| Parameter {
                place: nowhere.clone(),
                ..it
            })
            .collect(),
        outputs: reading.outputs.clone(),
    }
}

/// Another text in the place of a part of a file.
struct Mutant {
    path: String,
    file: usize,
    span: Range<usize>,
    text: String,
}

/// Everything that can be changed in a folder, a literal at a time, and everything that can be left out.
struct Mutants<'t> {
    judge: &'t Judge,
    folder: &'t Folder,
    file: usize,
    /// Resources by type.
    types: &'t BTreeMap<String, Vec<String>>,
    found: Vec<Mutant>,
    left_alone: usize,
    /// Changes that were made: the path without labels, what was and what is. Nothing where all are tried.
    made: Option<BTreeSet<[String; 3]>>,
    repeated: usize,
}

impl Mutants<'_> {
    fn text(&self) -> &str {
        &self.folder[self.file].text
    }

    fn add(&mut self, path: &str, span: Range<usize>, text: String) {
        if without_meaning(self.judge, path) {
            self.left_alone += 1;
            return;
        }
        let was = self.text()[span.clone()].to_owned();
        if was == text {
            return;
        }
        let change = [path.to_owned(), was, text.clone()];
        if self.made.as_mut().is_some_and(|made| !made.insert(change)) {
            self.repeated += 1;
            return;
        }
        self.found.push(Mutant {
            path: path.to_owned(),
            file: self.file,
            span,
            text,
        });
    }

    fn body(&mut self, path: &str, body: &Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let inside = format!("{path}/{}", attribute.key.as_str());
                    // Without its tags, a resource is called by its name, which is the same.
                    let named = ["aws_security_group/tags", "aws_cloudwatch_event_rule/tags"];
                    let repeats = named.iter().any(|end| inside.ends_with(end));
                    if !repeats && !says_the_default(self.judge.defaults, &inside, &attribute.value)
                    {
                        let span = attribute.span().unwrap();
                        self.without(&inside, span);
                    }
                    self.expr(&inside, &attribute.value);
                }
                Structure::Block(block) => {
                    // Resources are told apart by their type only: one of each is changed.
                    let mut inside = path.to_owned();
                    for part in [block.ident.as_str()].into_iter().chain(
                        block
                            .labels
                            .first()
                            .filter(|_| path.is_empty())
                            .map(BlockLabel::as_str),
                    ) {
                        let is_name = matches!(block.ident.as_str(), "variable" | "output");
                        if inside.is_empty() {
                            part.clone_into(&mut inside);
                        } else if !is_name || part == block.ident.as_str() {
                            inside = format!("{inside}/{part}");
                        }
                    }
                    // Blocks that say nothing, or what AWS does without them.
                    let same = [
                        "filter",
                        "tag",
                        "aws_s3_bucket_public_access_block",
                        "aws_s3_bucket_ownership_controls",
                    ];
                    let s3_keys = inside.ends_with("server_side_encryption_configuration")
                        && !self.text()[block.span().unwrap()].contains("aws:kms");
                    let default = self.judge.default_blocks.iter();
                    let mut same = same.iter().chain(default);
                    if same.any(|end| inside.ends_with(end)) || s3_keys {
                        self.left_alone += 1;
                    } else {
                        self.without(&inside, block.span().unwrap());
                    }
                    self.body(&inside, &block.body);
                }
            }
        }
    }

    fn without(&mut self, path: &str, span: Range<usize>) {
        self.add(path, span, String::new());
    }

    fn expr(&mut self, path: &str, expr: &Expression) {
        let span = expr.span().unwrap();
        match expr {
            Expression::String(text) => {
                for other in changed(text.as_str()) {
                    self.add(
                        path,
                        span.clone(),
                        serde_json::Value::from(other).to_string(),
                    );
                }
            }
            // Entries for every protocol, and for ICMP, have ports that nobody looks at.
            Expression::Number(_) if is_idle_port(path, expr) => self.left_alone += 1,
            Expression::Number(number) => {
                let number = number.value().as_i64().unwrap();
                self.add(path, span.clone(), (number + 1).to_string());
                self.add(path, span, (number - 1).to_string());
            }
            Expression::Bool(truth) => self.add(path, span, (!truth.value()).to_string()),
            Expression::Array(items) => {
                for item in items {
                    if items.len() > 1 {
                        self.without_item(path, item.span().unwrap());
                    }
                    self.expr(path, item);
                }
            }
            Expression::Object(entries) => {
                for (key, value) in entries {
                    let name = match key {
                        hcl_edit::expr::ObjectKey::Ident(name) => name.as_str().to_owned(),
                        hcl_edit::expr::ObjectKey::Expression(key) => {
                            key.as_str().unwrap_or_default().to_owned()
                        }
                    };
                    let inside = format!("{path}/{name}");
                    let start = key.span().unwrap().start;
                    // The older version of the language, which counts without a word, lacks variables only.
                    if name == "Version" {
                        self.left_alone += 1;
                    } else {
                        self.without(&inside, start..value.expr().span().unwrap().end);
                    }
                    self.expr(&inside, value.expr());
                }
            }
            Expression::FuncCall(call) => {
                let is_join = call.name.name.as_str() == "join";
                for (at, arg) in call.args.iter().enumerate() {
                    if is_join && at == 0 {
                        self.expr(&format!("{path}/separator"), arg);
                    } else {
                        self.expr(path, arg);
                    }
                }
            }
            Expression::StringTemplate(template) => {
                let end = span.end - 1;
                self.add(path, end..end, "x".into());
                for element in template {
                    if let Element::Interpolation(inner) = element {
                        self.expr(path, &inner.expr);
                    }
                }
            }
            Expression::Traversal(_) => {
                for other in self.others(&self.text()[span.clone()]) {
                    self.add(path, span.clone(), other);
                }
            }
            _ => {}
        }
    }

    /// A list without an item and the comma behind it.
    fn without_item(&mut self, path: &str, span: Range<usize>) {
        let behind = self.text()[span.end..]
            .find(|c: char| c != ',' && c != ' ')
            .unwrap();
        self.without(path, span.start..span.end + behind);
    }

    /// References to other things: another of its type where there is one, and one of another type.
    fn others(&self, text: &str) -> Vec<String> {
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        let [kind, name, rest] = parts.as_slice() else {
            return vec![format!("\"{}\"", "x")];
        };
        if *kind == "data" {
            return vec!["\"x\"".into()];
        }
        let own = self.types.get(*kind).into_iter().flatten();
        let same = own.filter(|other| other != name).take(1);
        let same = same.map(|other| format!("{kind}.{other}.{rest}"));
        let another = self.types.iter().find(|(other, _)| other != kind);
        let another = another.map(|(other, names)| format!("{other}.{}.{rest}", names[0]));
        same.chain(another).collect()
    }
}

fn is_idle_port(path: &str, value: &Expression) -> bool {
    path.contains("network_acl")
        && path.ends_with("_port")
        && says_the_default(&DEFAULTS, path, value)
}

/// Whether an argument says what happens when nothing is said: see the pages at the types that are read.
fn says_the_default(defaults: &[(&str, &str)], path: &str, value: &Expression) -> bool {
    let end = path.rsplit('/').next().unwrap_or_default();
    let text = match value {
        Expression::String(text) => text.as_str().to_owned(),
        Expression::Bool(truth) => truth.value().to_string(),
        Expression::Number(number) => number.value().to_string(),
        _ => return false,
    };
    defaults.contains(&(end, text.as_str()))
}

/// Other values in the place of a text.
fn changed(text: &str) -> Vec<String> {
    let opposites = [
        ("Allow", "Deny"),
        ("allow", "deny"),
        ("tcp", "udp"),
        ("true", "false"),
        ("enabled", "disabled"),
        ("required", "optional"),
        ("stop", "terminate"),
        ("*", "arn:aws:iam::123456789012:root"),
    ];
    for (one, other) in opposites {
        if text == one || text == other {
            return vec![if text == one { other } else { one }.to_owned()];
        }
    }
    if let Ok(cidr) = text.parse::<patternbook::net::Cidr>() {
        let wider = cidr.prefix_len().checked_sub(1);
        let wider = wider.map(|length| format!("{}/{length}", cidr.first()));
        return wider
            .into_iter()
            .chain(["198.51.100.0/24".to_owned()])
            .collect();
    }
    vec![format!("{text}x"), "198.51.100.7".to_owned()]
}

/// How the mutants of one folder were seen.
#[derive(Default)]
struct Tally {
    differ: usize,
    unknown: usize,
    refused: usize,
    left_alone: usize,
    repeated: usize,
    survivors: Vec<String>,
}

fn mutants(judge: &Judge, folder: &Folder) -> (Vec<Mutant>, usize, usize) {
    let bodies: Vec<Body> = folder
        .iter()
        .map(|source| hcl_edit::parser::parse_body(&source.text).unwrap())
        .collect();
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for block in bodies.iter().flat_map(|body| body.get_blocks("resource")) {
        let [kind, name] = block.labels.as_slice() else {
            panic!("a resource has two labels")
        };
        let names = types.entry(kind.as_str().to_owned()).or_default();
        names.push(name.as_str().to_owned());
    }
    let mut mutants = Mutants {
        judge,
        folder,
        file: 0,
        types: &types,
        found: Vec::new(),
        left_alone: 0,
        made: std::env::var_os("PATTERNBOOK_ALL_MUTANTS")
            .is_none()
            .then(BTreeSet::new),
        repeated: 0,
    };
    for (file, body) in bodies.iter().enumerate() {
        mutants.file = file;
        mutants.body("", body);
    }
    (mutants.found, mutants.left_alone, mutants.repeated)
}

fn with(judge: &Judge, folder: &Folder, mutant: &Mutant) -> Result<Said, Diagnostics> {
    let mut changed = folder.clone();
    let source = &folder[mutant.file];
    let mut text = source.text.to_string();
    text.replace_range(mutant.span.clone(), &mutant.text);
    changed[mutant.file] = Source::new(&source.name, &text);
    (judge.read)(&changed)
}

fn tally(judge: &Judge, name: &str, folder: &Folder) -> Tally {
    let (found, left_alone, repeated) = mutants(judge, folder);
    let right = (judge.read)(folder).unwrap();
    let mut tally = Tally {
        left_alone,
        repeated,
        ..Tally::default()
    };
    for mutant in &found {
        match with(judge, folder, mutant) {
            Err(_) => tally.refused += 1,
            Ok(said) if said == right => {
                let source: &Arc<Source> = &folder[mutant.file];
                let (was, now) = (&source.text[mutant.span.clone()], &mutant.text);
                tally
                    .survivors
                    .push(format!("{name}: {}: {was:?} -> {now:?}", mutant.path));
            }
            Ok(said) if said.unknown != right.unknown => tally.unknown += 1,
            Ok(_) => tally.differ += 1,
        }
    }
    tally
}

/// A change is tried at one resource of each type, and with `PATTERNBOOK_ALL_MUTANTS` set at every one.
#[test]
fn every_change_that_means_something_is_seen() {
    let folders = examples().into_iter();
    let folders: Vec<_> = folders.map(|(name, _, folder)| (name, folder)).collect();
    let tried = assert_all_seen(&AWS, &folders);
    assert!(tried > 1500, "{tried}");
}

/// How many changes were tried; all of them must be seen.
#[track_caller]
pub(super) fn assert_all_seen(judge: &Judge, folders: &[(String, Folder)]) -> usize {
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> = folders
            .iter()
            .map(|(name, folder)| scope.spawn(move || tally(judge, name, folder)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (differ, unknown) = (sum(|it| it.differ), sum(|it| it.unknown));
    let (refused, left_alone) = (sum(|it| it.refused), sum(|it| it.left_alone));
    let repeated = sum(|it| it.repeated);
    let survivors: Vec<_> = tallies.iter().flat_map(|it| it.survivors.clone()).collect();
    let killed = differ + unknown + refused;
    let tried = killed + survivors.len();
    println!(
        "{tried} mutants, {killed} seen: {differ} read as something else, {unknown} as unknown, {refused} refused; \
         {repeated} not repeated at other resources, {left_alone} left alone as without meaning"
    );
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
    tried
}
