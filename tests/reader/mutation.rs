//! Whatever is changed in a template, the reading changes, unless it is in the short list of what lets nothing pass.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use patternbook::cloud::Output;
use patternbook::cloud::aws::Resource;
use patternbook::read::{Parameter, Reading};
use patternbook::yaml::{self, Key, Kind, Node};

use crate::written::{examples, read, resources_of, source};

/// What has no meaning for what passes, by the end of its path, and why.
const WITHOUT_MEANING: [(&str, &str); 20] = [
    ("AWSTemplateFormatVersion", "the version of the format"),
    ("Metadata/*", "says who wrote the template"),
    (
        "Description",
        "for people; descriptions of resources and rules are read all the same",
    ),
    ("ConstraintDescription", "for people"),
    (
        "Tags/*",
        "for people and for bills; the tag that archives is a filter of the bucket",
    ),
    ("TagSpecifications/*", "as tags"),
    ("UpdatePolicy/*", "how instances are replaced"),
    ("HealthCheckType", "when instances are replaced"),
    ("HealthCheckGracePeriod", "when instances are replaced"),
    (
        "Bucket.DeletionPolicy",
        "what is left when the stack is gone",
    ),
    (
        "BucketPolicy.DeletionPolicy",
        "what is left when the stack is gone",
    ),
    (
        "Bucket.UpdateReplacePolicy",
        "what is left when the stack is gone",
    ),
    (
        "BucketPolicy.UpdateReplacePolicy",
        "what is left when the stack is gone",
    ),
    ("LifecycleConfiguration/Rules/#/Id", "a name"),
    ("PolicyName", "a name: the policies of a role are one"),
    ("DeviceName", "a name"),
    ("VolumeType", "how fast a disk is"),
    ("BucketKeyEnabled", "how often the key is asked for"),
    ("EIP.Domain", "all addresses are for VPCs by now"),
    ("EIP.Properties", "the domain and tags, and nothing else"),
];

/// What has no meaning where this value stands: by the end of its path and the value, and why.
const WITHOUT_MEANING_HERE: [(&str, &str, &str); 2] = [
    (
        "SecurityGroupEgress/#/Description",
        "Nothing leaves by this rule.",
        "the rule is for nobody, and stands there so that AWS adds none",
    ),
    (
        "Ipv6CidrBlock/#/#",
        "256",
        "how many parts a block is cut into, of which another number says which one it is",
    ),
];

fn is_without_meaning_here(path: &str, value: &str) -> bool {
    let mut all = WITHOUT_MEANING_HERE.iter();
    all.any(|(end, known, _)| path.ends_with(end) && value == *known)
}

/// Why the value at a path may change unseen. `type_name` is that of the resource around it.
fn without_meaning(path: &str, type_name: &str) -> bool {
    // What a description of a resource says is read: only those of parameters and of the template are not.
    if path.ends_with("Description") && path.starts_with("Resources/") {
        return false;
    }
    WITHOUT_MEANING.iter().any(|(rule, _)| {
        if let Some((kind, key)) = rule.split_once('.') {
            return type_name.ends_with(&format!("::{kind}")) && path.ends_with(&format!("/{key}"));
        }
        match rule.strip_suffix("/*") {
            Some(key) => path.split('/').any(|part| part == key),
            None => path == *rule || path.ends_with(&format!("/{rule}")),
        }
    })
}

/// What a reading says, wherever it stands.
#[derive(PartialEq, Debug)]
struct Said {
    resources: Vec<Resource>,
    unknown: Vec<[String; 3]>,
    parameters: Vec<Parameter>,
    outputs: Vec<Output>,
}

fn said(reading: &Reading<Resource>) -> Said {
    let nowhere = patternbook::diag::Place::start_of(&source("", ""));
    let unknown = reading.unknown.iter();
    let parameters = reading.parameters.iter().cloned();
    Said {
        resources: resources_of(reading),
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

/// Another text in the place of a part of the template.
struct Mutant {
    path: String,
    span: Range<usize>,
    text: String,
}

/// Everything that can be changed in a template, a scalar at a time, and everything that can be left out.
struct Mutants<'t> {
    text: &'t str,
    /// Resources by type.
    types: BTreeMap<&'t str, Vec<&'t str>>,
    found: Vec<Mutant>,
    left_alone: usize,
    /// Changes that were made: the type, the path in it, what was and what is. Nothing where all are tried.
    made: Option<BTreeSet<[String; 4]>>,
    repeated: usize,
    type_name: &'t str,
}

impl<'t> Mutants<'t> {
    fn of(text: &'t str, root: &'t Node) -> Self {
        let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let Some(Kind::Map(resources)) = root.get("Resources").map(|node| &node.kind) else {
            panic!("no resources");
        };
        for (key, node) in resources {
            let type_name = node.get("Type").unwrap().as_text().unwrap();
            types.entry(type_name).or_default().push(&key.text);
        }
        let mut mutants = Self {
            text,
            types,
            found: Vec::new(),
            left_alone: 0,
            made: std::env::var_os("PATTERNBOOK_ALL_MUTANTS")
                .is_none()
                .then(BTreeSet::new),
            repeated: 0,
            type_name: "",
        };
        mutants.walk("", root);
        mutants
    }

    fn walk(&mut self, path: &str, node: &'t Node) {
        match &node.kind {
            Kind::Map(entries) => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    let inside = format!("{path}/{}", key.text);
                    let inside = inside.trim_start_matches('/');
                    if path == "Resources" {
                        self.type_name = value.get("Type").unwrap().as_text().unwrap();
                    }
                    // The first entry of a map in a list begins with the dash of its item.
                    if at > 0 || !path.ends_with('#') {
                        self.leave_out(inside, key, value);
                    }
                    self.walk(inside, value);
                }
            }
            Kind::List(items) => {
                for item in items {
                    let inside = format!("{path}/#");
                    if items.len() > 1 && self.text[..item.place.span.start].ends_with("- ") {
                        self.without_lines(&inside, item.place.span.clone());
                    }
                    self.walk(&inside, item);
                }
            }
            _ => self.scalar(path, node),
        }
    }

    fn add(&mut self, path: &str, span: Range<usize>, text: String) {
        let was = &self.text[span.clone()];
        if without_meaning(path, self.type_name) || is_without_meaning_here(path, was) {
            self.left_alone += 1;
        } else if self.is_repeated(path, &span, &text) {
            self.repeated += 1;
        } else {
            self.found.push(Mutant {
                path: path.to_owned(),
                span,
                text,
            });
        }
    }

    /// Whether the same change was made at the same place of another resource of the type: ninety entries of ACLs are
    /// read by the same lines.
    fn is_repeated(&mut self, path: &str, span: &Range<usize>, text: &str) -> bool {
        let Some(made) = &mut self.made else {
            return false;
        };
        let own = path.splitn(3, '/').last().unwrap_or_default();
        let was = &self.text[span.clone()];
        let change = [self.type_name, own, was, text].map(str::to_owned);
        path.starts_with("Resources/") && !made.insert(change)
    }

    fn leave_out(&mut self, path: &str, key: &Key, value: &Node) {
        // What is left is no template at all.
        if path == "Resources" {
            return;
        }
        // Two that say what happens anyway: see the pages at the types that are read.
        let says_the_default = [
            "/EnableDnsSupport",
            "/MapPublicIpOnLaunch",
            "/VpcEndpointType",
            "/LogDestinationType",
            "/State",
            "/HttpEndpoint",
            "/DeleteOnTermination",
            "/Egress",
            "/StaticRoutesOnly",
            "/InstanceMetadataTags",
            "/AmazonSideAsn",
            "/BgpAsn",
            "/InstanceInitiatedShutdownBehavior",
            "/PublicAccessBlockConfiguration",
            "/BucketEncryption",
            "/EventBridgeEnabled",
            "/MemorySize",
            "/DeletionPolicy",
            "/UpdateReplacePolicy",
            "/OwnershipControls",
            "/Version",
        ];
        let default = says_the_default.iter().any(|end| path.ends_with(end));
        if default && !self.changes_when_left_out(path, value) {
            self.left_alone += 1;
            return;
        }
        self.without_lines(
            path,
            key.place.span.start..value.place.span.end.max(key.place.span.end),
        );
    }

    /// Whether the value is another than what happens when nothing is said.
    fn changes_when_left_out(&self, path: &str, value: &Node) -> bool {
        let text = value.as_text().unwrap_or_default();
        match path.rsplit('/').next().unwrap_or_default() {
            "Egress" | "EventBridgeEnabled" | "StaticRoutesOnly" => text == "true",
            "BgpAsn" => text != "65000",
            "InstanceMetadataTags" => text == "enabled",
            "InstanceInitiatedShutdownBehavior" => text == "terminate",
            "DeletionPolicy" | "UpdateReplacePolicy" => text == "Retain",
            // Without a version, a policy is of the older one, which differs in variables only: it has to be seen where
            // there are any, of which none is IAM's in what is written here.
            "Version" => self.text.contains("${!aws:") || self.text.contains("${aws:"),
            "BucketEncryption" => self.text[value.place.span.clone()].contains("aws:kms"),
            _ => false,
        }
    }

    /// The template without the lines of a span.
    fn without_lines(&mut self, path: &str, span: Range<usize>) {
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[span.end..]
            .find('\n')
            .map_or(self.text.len(), |at| span.end + at + 1);
        // A block ends with its last line break.
        let end = if self.text[..span.end].ends_with('\n') {
            span.end
        } else {
            end
        };
        self.add(path, start..end, String::new());
    }

    fn scalar(&mut self, path: &str, node: &'t Node) {
        let span = node.place.span.clone();
        let text = node.as_text().unwrap_or_default();
        let quote = |text: String| serde_json::Value::from(text).to_string();
        if self.text[span.clone()].starts_with('|') {
            // The end of the first line of a block.
            let first = self.text[span.clone()].find('\n').unwrap() + 1;
            let end = self.text[span.start + first..].find('\n').unwrap() + span.start + first;
            return self.add(path, end..end, "x".into());
        }
        match node.tag.as_deref() {
            Some("!Ref" | "!GetAtt") => {
                for other in self.others(text) {
                    self.add(path, span.clone(), other);
                }
            }
            Some("!Sub") => {
                self.add(path, span.clone(), quote(format!("{text}x")));
                for (at, _) in text.match_indices("${") {
                    let end = text[at..].find('}').unwrap() + at;
                    let other = format!("{}${{AWS::StackName{}", &text[..at], &text[end..]);
                    self.add(path, span.clone(), quote(other));
                }
            }
            _ => {
                for other in changed(node, text) {
                    self.add(path, span.clone(), quote(other));
                }
            }
        }
    }

    /// References to other things: another of its type where there is one, and one of another type.
    fn others(&self, text: &str) -> Vec<String> {
        let (name, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        let own = self.types.values().find(|names| names.contains(&name));
        let same = own.and_then(|names| names.iter().find(|other| **other != name));
        let another = self.types.values().find(|names| !names.contains(&name));
        let another = another.and_then(|names| names.first());
        let found = same.into_iter().chain(another);
        found.map(|other| format!("{other}{rest}")).collect()
    }
}

/// Other values in the place of a scalar.
fn changed(node: &Node, text: &str) -> Vec<String> {
    let opposites = [
        ("Allow", "Deny"),
        ("allow", "deny"),
        ("tcp", "udp"),
        ("true", "false"),
        ("enabled", "disabled"),
        ("required", "optional"),
        ("Retain", "Delete"),
        ("stop", "terminate"),
        ("*", "arn:aws:iam::123456789012:root"),
    ];
    for (one, other) in opposites {
        if text == one || text == other {
            return vec![if text == one { other } else { one }.to_owned()];
        }
    }
    if let Kind::Int(number) = node.kind {
        return vec![(number + 1).to_string(), (number - 1).to_string()];
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

/// How the mutants of one template were seen.
#[derive(Default)]
struct Tally {
    /// The resources, the parameters or the outputs are others.
    differ: usize,
    /// They are the same, and something is unknown.
    unknown: usize,
    /// It is no template any more.
    refused: usize,
    left_alone: usize,
    /// The same change was tried at another resource.
    repeated: usize,
    survivors: Vec<String>,
}

fn tally(name: &str, text: &str) -> Tally {
    let root = yaml::read_as(&source(name, text), yaml::Dialect::TEMPLATE).unwrap();
    let mutants = Mutants::of(text, &root);
    let right = said(&read(text).unwrap());
    let mut tally = Tally {
        left_alone: mutants.left_alone,
        repeated: mutants.repeated,
        ..Tally::default()
    };
    for mutant in &mutants.found {
        let mut changed = text.to_owned();
        changed.replace_range(mutant.span.clone(), &mutant.text);
        match read(&changed).map(|reading| said(&reading)) {
            Err(_) => tally.refused += 1,
            Ok(said) if said == right => {
                let was = &text[mutant.span.clone()];
                let now = &mutant.text;
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
    let examples = examples();
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> = examples
            .iter()
            .map(|(name, _, text)| scope.spawn(move || tally(name, text)))
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
    assert!(tried > 2000, "{tried}");
}
