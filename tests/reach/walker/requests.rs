//! Policies of AWS: one request at a time, judged as IAM's documentation tells it
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>).
//!
//! Names are compared as texts; whatever a template makes or is told has one text for itself.

use std::collections::BTreeMap;
use std::net::IpAddr;

use patternbook::cloud::aws::{
    Decision, Policy, Principal, Principals, Resource, Scope, Statement,
};
use patternbook::cloud::{ResourceId, Term};
use patternbook::net::Cidr;

use super::network::is_in;

/// Who asks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Asker {
    /// A role of the template.
    Role(ResourceId),
    /// Somebody whom the template names.
    Named(String),
    /// A service of AWS.
    Service(String),
    /// Somebody else in the account.
    Account,
    /// Somebody in another account.
    Outsider,
    /// Nobody knows who.
    Anonymous,
}

/// A request. `context` has what is told of it, by keys in small letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) who: &'a Asker,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) context: BTreeMap<String, String>,
    /// The endpoint that it comes through.
    pub(crate) endpoint: Option<&'a str>,
}

/// A statement in texts.
pub(crate) struct Rule {
    allows: bool,
    /// Whom it names, and whether it is about them or about everybody else; nothing where it stands with its holder.
    whom: Option<(bool, Vec<String>)>,
    pub(crate) actions: (bool, Vec<String>),
    pub(crate) resources: (bool, Vec<String>),
    pub(crate) tests: Vec<Test>,
}

/// A condition in texts.
pub(crate) struct Test {
    operator: String,
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// The policies of a template.
pub(crate) struct Policies {
    pub(crate) roles: BTreeMap<ResourceId, Vec<Rule>>,
    /// By the name of what they guard, which the names of what is in it begin with.
    pub(crate) guards: BTreeMap<String, Vec<Rule>>,
    /// By the endpoint.
    pub(crate) endpoints: BTreeMap<String, Vec<Rule>>,
}

/// The text of a term.
pub(crate) fn text(term: &Term) -> String {
    match term {
        Term::Text(text) => text.to_string(),
        Term::Parameter(name) => format!("{{{name}}}"),
        Term::Attribute(id, attribute) => {
            format!("{{{:?} {} {attribute:?}}}", id.kind, id.path.join("/"))
        }
        Term::Environment(environment) => format!("{{{environment:?}}}"),
        Term::Join(terms) => terms.iter().map(text).collect(),
    }
}

/// Whether a text fits a pattern with `*` for any characters and `?` for one.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, seen));
                at += 1;
            }
            Some(&letter) if letter == b'?' || letter == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((behind, from)) = star else {
                    return false;
                };
                star = Some((behind, from + 1));
                (at, seen) = (behind, from + 1);
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

impl Policies {
    pub(crate) fn of(resources: &[Resource]) -> Self {
        let mut all = Self {
            roles: BTreeMap::new(),
            guards: BTreeMap::new(),
            endpoints: BTreeMap::new(),
        };
        for resource in resources {
            match resource {
                Resource::Role(it) => {
                    all.roles.insert(it.id.clone(), rules(&it.policy));
                    all.guards.insert(text(&it.id.arn()), rules(&it.trust));
                }
                Resource::BucketPolicy(it) => {
                    let arn = match &it.bucket {
                        Term::Attribute(id, _) => id.arn(),
                        other => other.clone(),
                    };
                    all.guards.insert(text(&arn), rules(&it.policy));
                }
                Resource::TopicPolicy(it) => {
                    all.guards.insert(text(&it.topic), rules(&it.policy));
                }
                Resource::VpcEndpoint(it) => {
                    all.endpoints.insert(text(&it.id.id()), rules(&it.policy));
                }
                _ => {}
            }
        }
        all
    }

    /// Every rule.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        let guards = self.guards.values().chain(self.endpoints.values());
        self.roles.values().chain(guards).flatten()
    }

    /// What may decide about an action on a resource, whatever the circumstances.
    pub(crate) fn about<'p>(&'p self, who: &'p Asker, action: &str, resource: &str) -> Case<'p> {
        let asked = |rules: &'p [Rule]| -> Vec<&'p Rule> {
            let about = |rule: &&Rule| rule.is_about(who, action, resource);
            rules.iter().filter(about).collect()
        };
        let own = match who {
            Asker::Role(id) => self.roles.get(id).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        let guard = self
            .guards
            .iter()
            .find(|(arn, _)| resource.starts_with(*arn));
        let through = self.endpoints.iter();
        let through = through.map(|(endpoint, rules)| (endpoint.as_str(), asked(rules)));
        Case {
            who,
            becoming: action.starts_with("sts:"),
            own: asked(own),
            guard: guard.map_or(Vec::new(), |(_, rules)| asked(rules)),
            through: through.collect(),
        }
    }
}

/// The rules that may decide about requests.
pub(crate) struct Case<'p> {
    who: &'p Asker,
    /// Whether it is about taking on a role, which only the role's trust decides about.
    becoming: bool,
    own: Vec<&'p Rule>,
    guard: Vec<&'p Rule>,
    through: BTreeMap<&'p str, Vec<&'p Rule>>,
}

impl Case<'_> {
    /// Whether a request is granted: for whoever's own permissions stand elsewhere, without any of them, and with all.
    ///
    /// A deny anywhere decides; what comes through an endpoint must be allowed there as well; and in one account either the
    /// own policy or that of the resource has to allow.
    pub(crate) fn granted(&self, request: &Request<'_>) -> (bool, bool) {
        let through = match request.endpoint {
            Some(endpoint) => match self.through.get(endpoint) {
                Some(rules) => says(rules, request),
                // An endpoint that stands elsewhere lets everything pass.
                None => (true, false),
            },
            None => (true, false),
        };
        let (own, guard) = (says(&self.own, request), says(&self.guard, request));
        let denied = through.1 || own.1 || guard.1 || !through.0;
        let elsewhere = matches!(self.who, Asker::Named(_) | Asker::Account | Asker::Outsider);
        let known = guard.0 || own.0 && !self.becoming;
        // In another account, both have to allow.
        let with_all = match self.who {
            Asker::Outsider => guard.0,
            _ => known || elsewhere && !self.becoming,
        };
        (!denied && known, !denied && with_all)
    }
}

/// Whether rules allow, and whether they deny.
fn says(rules: &[&Rule], request: &Request<'_>) -> (bool, bool) {
    let mut said = (false, false);
    for rule in rules {
        if rule.tests.iter().all(|test| test.holds(request)) {
            said.0 |= rule.allows;
            said.1 |= !rule.allows;
        }
    }
    said
}

impl Rule {
    fn is_about(&self, who: &Asker, action: &str, resource: &str) -> bool {
        let meant = self
            .whom
            .as_ref()
            .is_none_or(|(these, named)| named.iter().any(|name| is_called(who, name)) == *these);
        meant && self.is_about_doing(action, resource)
    }

    /// Whether it is about an action on a resource, whoever asks.
    pub(crate) fn is_about_doing(&self, action: &str, resource: &str) -> bool {
        let names = |(these, named): &(bool, Vec<String>), text: &str, small: bool| {
            let fits = |pattern: &String| {
                if small {
                    fits(&pattern.to_lowercase(), &text.to_lowercase())
                } else {
                    fits(pattern, text)
                }
            };
            named.iter().any(fits) == *these
        };
        // A trust names no resource.
        let none = self.resources.0 && self.resources.1.is_empty();
        names(&self.actions, action, true) && (none || names(&self.resources, resource, false))
    }
}

/// Whether a name of a principal means somebody.
fn is_called(who: &Asker, name: &str) -> bool {
    if name == "*" {
        return true;
    }
    match who {
        Asker::Role(id) => name == text(&id.arn()),
        Asker::Named(own) | Asker::Service(own) => name == own,
        Asker::Account => name.ends_with(":root") || name == "{AccountId}",
        Asker::Outsider | Asker::Anonymous => false,
    }
}

impl Test {
    fn holds(&self, request: &Request<'_>) -> bool {
        let given = request.context.get(&self.key);
        let operator = self.operator.rsplit(':').next().unwrap_or_default();
        let (operator, if_exists) = match operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        if operator == "Null" {
            return self
                .values
                .iter()
                .any(|value| (value == "true") == given.is_none());
        }
        let negated = operator.contains("Not");
        let Some(given) = given else {
            return negated || if_exists;
        };
        let like = operator.contains("Like") || operator.contains("Arn");
        let fit = |value: &String| {
            if operator.ends_with("IpAddress") {
                return value == given || holds(value, given);
            }
            value == given || like && fits(value, given)
        };
        self.values.iter().any(fit) != negated
    }
}

/// Whether an address is in a block, where both are known.
fn holds(block: &str, address: &str) -> bool {
    match (block.parse::<Cidr>(), address.parse::<IpAddr>()) {
        (Ok(block), Ok(address)) => is_in(address, block),
        _ => false,
    }
}

fn rules(policy: &Policy) -> Vec<Rule> {
    policy.statements.iter().map(rule).collect()
}

fn rule(statement: &Statement) -> Rule {
    Rule {
        allows: statement.effect == Decision::Allow,
        whom: statement
            .principal
            .as_ref()
            .map(|principal| match principal {
                Principal::Everyone => (true, vec!["*".into()]),
                Principal::These(these) => (true, names(these)),
                Principal::AllBut(these) => (false, names(these)),
            }),
        actions: (
            is_these(&statement.actions),
            statement.actions.named().to_vec(),
        ),
        resources: (
            is_these(&statement.resources),
            statement.resources.named().iter().map(text).collect(),
        ),
        tests: statement
            .conditions
            .iter()
            .map(|condition| Test {
                operator: condition.operator.to_string(),
                key: condition.key.to_lowercase(),
                values: condition.values.iter().map(text).collect(),
            })
            .collect(),
    }
}

fn is_these<T>(scope: &Scope<T>) -> bool {
    matches!(scope, Scope::These(_))
}

fn names(principals: &Principals) -> Vec<String> {
    let Principals {
        aws,
        services,
        federated,
        canonical,
    } = principals;
    let all = aws.iter().chain(services).chain(federated).chain(canonical);
    all.map(text).collect()
}

/// Whom a template names: principals, and values that are compared with the one who asks.
pub(crate) fn named(rules: &[&Rule]) -> Vec<String> {
    let whom = rules.iter().filter_map(|rule| rule.whom.as_ref());
    let tests = rules.iter().flat_map(|rule| &rule.tests);
    let compared = tests.filter(|test| test.key == "aws:principalarn");
    let names = whom.flat_map(|(_, names)| names);
    let mut all: Vec<_> = names
        .chain(compared.flat_map(|test| &test.values))
        .cloned()
        .collect();
    // What is neither a role nor a user asks for nothing.
    all.retain(|name| !name.starts_with("{Aws(") || name.starts_with("{Aws(Role)"));
    all.sort();
    all.dedup();
    all
}
