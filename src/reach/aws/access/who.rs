//! Who may ask: every principal that a template makes or names, and those whom it does not name.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::condition::{Fact, How};
use super::naming;
use super::rule::{Named, Rule, Whom};
use super::tri::Tri;
use super::value::{Section, Value, Wild};

/// Somebody who asks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Who {
    /// A role of the template, by its position among the resources, with its ARN.
    Role(usize, Value),
    /// A principal that the template names and does not make: an ARN, a pattern of ARNs, an account, or a parameter.
    Principal(Value),
    /// A service of AWS.
    Service(Value),
    /// Whoever else is in the account, with every permission that the account can give.
    Account,
    /// Whoever is in an organization that the template names.
    Member(Value),
    /// Whoever else has an identity in AWS.
    Outsider,
    /// Whoever has none.
    Anonymous,
}

impl Who {
    /// Everybody whom the rules tell apart, and the roles.
    pub(super) fn all<'a>(
        roles: impl IntoIterator<Item = (usize, Value)>,
        statements: impl Iterator<Item = &'a Rule>,
    ) -> Vec<Self> {
        let roles: Vec<_> = roles.into_iter().collect();
        let mut named: BTreeSet<Self> = BTreeSet::new();
        let mut services: BTreeSet<Self> = BTreeSet::new();
        let is_role = |value: &Value| roles.iter().any(|(_, arn)| arn == value);
        let account = naming::of_account("iam", false).then("root");
        let is_own = |value: &Value| is_role(value) || *value == account;
        for rule in statements {
            for principal in rule.whom.named() {
                match principal {
                    Named::Service(name) => {
                        services.insert(Self::Service(name.clone()));
                    }
                    Named::Aws(arn) if arn.as_text() == Some("*") => {}
                    Named::Aws(arn) => {
                        let arn = as_arn(arn);
                        if !is_own(&arn) {
                            named.insert(Self::Principal(arn.into_owned()));
                        }
                    }
                }
            }
            for test in &rule.tests {
                if test
                    .operator
                    .is_none_or(|operator| operator.how == How::Null)
                {
                    continue;
                }
                for value in test.values.iter().filter(|value| !value.is_unread()) {
                    match test.key.as_str() {
                        "aws:principalarn" if !is_role(value) && value.as_text() != Some("*") => {
                            named.insert(Self::Principal(value.specimen()));
                        }
                        "aws:principalorgid" => {
                            named.insert(Self::Member(value.specimen()));
                        }
                        "aws:principalaccount" if !naming::is_account(value) => {
                            named.insert(Self::Principal(as_arn(&value.specimen()).into_owned()));
                        }
                        "aws:principalservicename" => {
                            services.insert(Self::Service(value.specimen()));
                        }
                        _ => {}
                    }
                }
            }
        }
        let mut all: Vec<_> = roles
            .into_iter()
            .map(|(at, arn)| Self::Role(at, arn))
            .collect();
        all.extend(named);
        all.extend(services);
        all.extend([Self::Account, Self::Outsider, Self::Anonymous]);
        all
    }

    /// Whether this may be a principal of the account that the template does not make: what such a one may do beside what
    /// resources let it do, the template does not say.
    pub(super) fn is_at_home(&self) -> bool {
        match self {
            Self::Account => true,
            Self::Principal(_) => match self.account() {
                Some(account) => account.fits(&naming::account(), Wild::Glob).possible(),
                None => true,
            },
            _ => false,
        }
    }

    /// The account, where it is known.
    fn account(&self) -> Option<Value> {
        match self {
            Self::Role(..) | Self::Account => Some(naming::account()),
            Self::Principal(arn) => account_of(arn),
            _ => None,
        }
    }

    /// What a request says of who asks:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties>.
    /// Nothing for a key that speaks of something else.
    pub(super) fn fact(&self, key: &str) -> Option<Fact<'_>> {
        let is = |value| Fact::Is(Cow::Borrowed(value));
        let nobody = || is(Value::nobody());
        let signed = !matches!(self, Self::Anonymous | Self::Service(_));
        Some(match key {
            "aws:principalarn" => match self {
                _ if !signed => Fact::Missing,
                Self::Role(_, arn) => is(arn),
                Self::Principal(arn) => Fact::Is(someone_of(arn)),
                Self::Account => {
                    let account = naming::of_account("iam", false);
                    Fact::Is(Cow::Owned(account.join(Value::other())))
                }
                _ => nobody(),
            },
            "aws:principalaccount" => match self.account() {
                _ if !signed => Fact::Missing,
                Some(account) => Fact::Is(Cow::Owned(account)),
                None if matches!(self, Self::Principal(_)) => Fact::Unread,
                None => nobody(),
            },
            "aws:principalorgid" => match self {
                _ if !signed => Fact::Missing,
                Self::Member(organization) => is(organization),
                Self::Outsider => nobody(),
                _ => Fact::Unread,
            },
            "aws:principalisawsservice" => Fact::truth(matches!(self, Self::Service(_))),
            "aws:principalservicename" => match self {
                Self::Service(name) => is(name),
                _ => Fact::Missing,
            },
            _ => return None,
        })
    }

    /// Whether a statement is about this one, and whether it says so of this one alone and not of the whole account. What is
    /// allowed to an account, the account must give on to its principals:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts>.
    pub(super) fn is_meant_by(&self, whom: &Whom) -> Meant {
        match whom {
            Whom::Holder | Whom::Everyone => Meant::itself(Tri::Yes),
            Whom::AllBut(named) => {
                Meant::itself(Tri::any(named.iter().map(|named| self.is(named))).not())
            }
            Whom::These(named) => named.iter().fold(Meant::itself(Tri::No), |meant, named| {
                let so = self.is(named);
                let by_account = so.possible() && self.is_only_by_account(named);
                Meant {
                    at_all: meant.at_all.or(so),
                    itself: if by_account {
                        meant.itself
                    } else {
                        meant.itself.or(so)
                    },
                }
            }),
        }
    }

    /// Whether a name is that of the account of this one.
    fn is_only_by_account(&self, named: &Named) -> bool {
        let Named::Aws(arn) = named else {
            return false;
        };
        matches!(self, Self::Role(..) | Self::Account) && is_account(&as_arn(arn))
    }

    /// Whether a name stands for this one.
    fn is(&self, named: &Named) -> Tri {
        let arn = match (named, self) {
            (Named::Service(named), Self::Service(own)) => return (named == own).into(),
            (Named::Service(_), _) => return Tri::No,
            (Named::Aws(arn), _) if arn.as_text() == Some("*") => return Tri::Yes,
            (Named::Aws(arn), _) => as_arn(arn),
        };
        match self {
            Self::Principal(own) if *arn == *own => Tri::Yes,
            _ if is_account(&arn) => match (account_of(&arn), self.account()) {
                (Some(named), Some(own)) => named.fits(&own, Wild::Plain),
                _ => Tri::No,
            },
            Self::Role(_, own) => arn.fits(own, Wild::Plain),
            _ => Tri::No,
        }
    }
}

/// Whether a statement is about somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Meant {
    /// At all.
    pub(super) at_all: Tri,
    /// By something else than the name of the account.
    pub(super) itself: Tri,
}

impl Meant {
    /// Nobody can tell.
    pub(super) const UNKNOWN: Self = Self {
        at_all: Tri::Maybe,
        itself: Tri::Maybe,
    };

    fn itself(itself: Tri) -> Self {
        Self {
            at_all: itself,
            itself,
        }
    }
}

/// An account's number as its ARN; other names as they are.
fn as_arn(name: &Value) -> Cow<'_, Value> {
    let is_number = name
        .as_text()
        .is_some_and(|text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()));
    if is_number || naming::is_account(name) {
        let arn = Value::from("arn:aws:iam::").join(name.clone());
        return Cow::Owned(arn.then(":root"));
    }
    Cow::Borrowed(name)
}

/// Whether an ARN stands for a whole account.
fn is_account(arn: &Value) -> bool {
    let last = arn.behind_colons(5).and_then(Section::as_text);
    last == Some("root") && arn.behind_colons(6).is_none()
}

/// The account of an ARN, where it has one.
fn account_of(arn: &Value) -> Option<Value> {
    arn.split_colons(6).into_iter().nth(4)
}

/// The ARN of whoever is meant by an ARN: that of an account is nobody's own.
fn someone_of(arn: &Value) -> Cow<'_, Value> {
    if !is_account(arn) {
        return Cow::Borrowed(arn);
    }
    let account = account_of(arn).unwrap_or_default();
    let head = Value::from("arn:aws:iam::").join(account).then(":");
    Cow::Owned(head.join(Value::other()))
}
