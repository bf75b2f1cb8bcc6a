//! Whatever is changed in an ARM template, the reading changes, unless it is in the short list of what lets nothing pass.

use std::collections::BTreeSet;

use patternbook::cloud::Output;
use patternbook::cloud::azure::Resource;
use patternbook::read::{Parameter, Reading};
use serde_json::Value;

use crate::arm::{examples, read, resources_of};
use crate::written::source;

/// What has no meaning for what passes, by the end of its path, and why. `*` stands for everything below.
const WITHOUT_MEANING: &[(&str, &str)] = &[
    ("metadata/description", "for people"),
    ("metadata", "for people"),
    ("metadata/stack", "who wrote the template"),
    ("metadata/pattern", "who wrote the template"),
    ("metadata/prerequisites", "for people"),
    (
        "$schema",
        "the version of the format, which stays one of templates",
    ),
    ("contentVersion", "the version of the template"),
    ("variables/tags/*", "labels"),
    ("resources/#/tags", "labels"),
    (
        "resources/#/location",
        "one template makes everything in one place",
    ),
    (
        "resources/#/apiVersion",
        "only subnets that leave out their way out depend on it",
    ),
    ("dependsOn/*", "the order of making things"),
    (
        "publicIPAllocationMethod",
        "whether an address stays the same",
    ),
    (
        "privateIPAllocationMethod",
        "whether an address stays the same",
    ),
    (
        "idleTimeoutInMinutes",
        "when an idle connection is forgotten",
    ),
    ("dpdTimeoutSeconds", "how soon a dead tunnel is noticed"),
    ("enableTcpReset", "how a connection ends"),
    ("sku/tier", "a name of the make"),
    ("orchestrationMode", "how machines are replaced"),
    ("overprovision", "how machines are replaced"),
    ("platformFaultDomainCount", "where machines stand"),
    ("singlePlacementGroup", "where machines stand"),
    ("upgradePolicy/*", "how machines are replaced"),
    ("gracePeriod", "how machines are replaced"),
    ("repairAction", "how machines are replaced"),
    ("provisionVMAgent", "what runs in a machine"),
    ("disablePasswordAuthentication", "what runs in a machine"),
    ("publicKeys/#/path", "what runs in a machine"),
    ("securityType", "said by the firmware's settings"),
    ("createOption", "where a disk comes from"),
    ("caching", "how fast a disk is"),
    (
        "networkInterfaceConfigurations/#/name",
        "a name that nothing refers to",
    ),
    ("ipConfigurations/#/name", "a name that nothing refers to"),
    (
        "publicIPAddressConfiguration/name",
        "a name that nothing refers to",
    ),
    ("profiles/#/name", "a name that nothing refers to"),
];

/// What may be left out, because it says what happens anyway.
const DEFAULTS: &[&str] = &[
    "publicIPAddressVersion",
    "privateIPAddressVersion",
    "enableIPForwarding",
    "primary",
    "enabled",
    "vpnType",
    "activeActive",
    "connectionProtocol",
    "disableBgpRoutePropagation",
    "enableBgp",
    "bgpSettings",
    "asn",
    "default",
    "type",
    "value",
    "cooldown",
    "timeGrain",
    "statistic",
    "timeWindow",
    "timeAggregation",
    "name",
    "sku",
    "properties",
    "disableOutboundSnat",
];

/// Whether a value may change unseen.
fn without_meaning(path: &[String]) -> bool {
    let path = path.join("/");
    WITHOUT_MEANING.iter().any(|(rule, _)| {
        rule.strip_suffix("/*").map_or_else(
            || path == *rule || path.ends_with(&format!("/{rule}")),
            |rule| {
                path == rule
                    || path.starts_with(&format!("{rule}/"))
                    || path.contains(&format!("/{rule}/"))
                    || path.ends_with(&format!("/{rule}"))
            },
        )
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

/// A step into JSON.
#[derive(Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// Another template: something in it is another value, or is not there.
struct Mutant {
    steps: Vec<Step>,
    /// The path with `#` for the number of an item.
    path: Vec<String>,
    now: Option<Value>,
}

fn apply(root: &Value, mutant: &Mutant) -> Value {
    let mut root = root.clone();
    let (last, before) = mutant.steps.split_last().unwrap();
    let parent = before.iter().fold(&mut root, |value, step| match step {
        Step::Key(key) => &mut value[key],
        Step::Item(at) => &mut value[at],
    });
    match (last, &mutant.now) {
        (Step::Key(key), Some(now)) => parent[key] = now.clone(),
        (Step::Item(at), Some(now)) => parent[at] = now.clone(),
        (Step::Key(key), None) => {
            parent.as_object_mut().unwrap().shift_remove(key);
        }
        (Step::Item(at), None) => {
            parent.as_array_mut().unwrap().remove(*at);
        }
    }
    root
}

fn mutants(value: &Value, steps: &mut Vec<Step>, path: &mut Vec<String>, found: &mut Vec<Mutant>) {
    let mut add = |steps: &[Step], path: &[String], now| {
        found.push(Mutant {
            steps: steps.to_vec(),
            path: path.to_vec(),
            now,
        });
    };
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                steps.push(Step::Key(key.clone()));
                path.push(key.clone());
                let says_nothing = value.as_array().is_some_and(Vec::is_empty);
                if !DEFAULTS.contains(&key.as_str()) && path.len() > 1 && !says_nothing {
                    found.push(Mutant {
                        steps: steps.clone(),
                        path: path.clone(),
                        now: None,
                    });
                }
                mutants(value, steps, path, found);
                steps.pop();
                path.pop();
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                steps.push(Step::Item(at));
                path.push("#".into());
                found.push(Mutant {
                    steps: steps.clone(),
                    path: path.clone(),
                    now: None,
                });
                mutants(item, steps, path, found);
                steps.pop();
                path.pop();
            }
        }
        scalar => {
            for now in changed(scalar).into_iter().filter(|now| now != scalar) {
                add(steps, path, Some(now));
            }
        }
    }
}

/// Other values in the place of a scalar.
fn changed(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(value) => vec![(!value).into()],
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            vec![(number + 1).into(), (number - 1).into()]
        }
        Value::String(text) => changed_text(text).into_iter().map(Value::from).collect(),
        _ => Vec::new(),
    }
}

fn changed_text(text: &str) -> Vec<String> {
    let opposites = [
        ("Allow", "Deny"),
        ("Inbound", "Outbound"),
        ("Tcp", "Udp"),
        ("Standard", "Basic"),
        ("*", "10.9.8.0/24"),
        ("Internet", "VirtualNetwork"),
        ("VirtualNetworkGateway", "None"),
    ];
    for (one, other) in opposites {
        if text == one || text == other {
            return vec![if text == one { other } else { one }.to_owned()];
        }
    }
    if let Ok(cidr) = text.parse::<patternbook::net::Cidr>() {
        let wider = cidr.prefix_len().checked_sub(1);
        let wider = wider.map(|length| {
            let wider = patternbook::net::Cidr::holding(cidr.first(), length);
            wider.unwrap().to_string()
        });
        return wider
            .into_iter()
            .chain(["198.51.100.0/24".into()])
            .collect();
    }
    if text.starts_with('[') {
        // Another name in the last quotes, and no expression at all.
        let inside = text.rfind('\'').map(|at| {
            let (before, behind) = text.split_at(at);
            format!("{before}x{behind}")
        });
        return inside.into_iter().chain(["x".to_owned()]).collect();
    }
    vec![format!("{text}x"), "198.51.100.7".to_owned()]
}

#[derive(Default)]
struct Tally {
    differ: usize,
    unknown: usize,
    refused: usize,
    left_alone: usize,
    repeated: usize,
    survivors: Vec<String>,
}

fn tally(name: &str, text: &str) -> Tally {
    let root: Value = serde_json::from_str(text).unwrap();
    let mut all = Vec::new();
    mutants(&root, &mut Vec::new(), &mut Vec::new(), &mut all);
    let right = said(&read(text).unwrap());
    let mut tally = Tally::default();
    let mut made = BTreeSet::new();
    for mutant in &all {
        if without_meaning(&mutant.path) {
            tally.left_alone += 1;
            continue;
        }
        let mutated = apply(&root, mutant);
        // The same change at another resource of the type is read by the same lines.
        let own = (
            type_of(&root, &mutant.steps),
            mutant.path.clone(),
            format!("{:?}", mutant.now),
        );
        if !made.insert(own) && std::env::var_os("PATTERNBOOK_ALL_MUTANTS").is_none() {
            tally.repeated += 1;
            continue;
        }
        match read(&mutated.to_string()).map(|reading| said(&reading)) {
            Err(_) => tally.refused += 1,
            Ok(said) if said == right => {
                let path = mutant.path.join("/");
                let now = &mutant.now;
                tally.survivors.push(format!("{name}: {path}: {now:?}"));
            }
            Ok(said) if said.unknown != right.unknown => tally.unknown += 1,
            Ok(_) => tally.differ += 1,
        }
    }
    tally
}

/// The type of the resource that a path leads into.
fn type_of(root: &Value, steps: &[Step]) -> String {
    match steps {
        [Step::Key(resources), Step::Item(at), ..] if resources == "resources" => {
            root["resources"][at]["type"].to_string()
        }
        _ => String::new(),
    }
}

/// A change is tried at one resource of each type, and with `PATTERNBOOK_ALL_MUTANTS` set at every one.
#[test]
fn every_change_that_means_something_is_seen() {
    let examples = examples();
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> = examples
            .iter()
            .map(|written| scope.spawn(move || tally(&written.name, &written.template)))
            .collect();
        let tallies = threads.into_iter().map(|thread| thread.join().unwrap());
        tallies.collect()
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
    assert!(tried > 1000, "{tried}");
}
