//! Conditions: operators, and what they say of a value, a missing value, or one that is not understood.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::borrow::Cow;
use std::sync::LazyLock;

use super::naming::Naming;
use super::origin::Address;
use super::tri::Tri;
use super::value::{Value, Wild};
use crate::cloud::aws::Condition;
use crate::net::Cidr;

/// A condition in the form in which it is judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Test {
    /// The operator; nothing when it is not understood.
    pub(super) operator: Option<Operator>,
    /// The key in small letters: keys are the same in either case.
    pub(super) key: String,
    /// The values.
    pub(super) values: Vec<Value>,
}

/// An operator taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Operator {
    /// How a value is compared.
    pub(super) how: How,
    /// Whether it holds when nothing is alike.
    pub(super) negated: bool,
    /// What a request without the key does.
    pub(super) missing: Missing,
    /// How many of several values must fit; nothing where the condition is made for one.
    pub(super) many: Option<Many>,
}

/// How many of the values of a key must fit.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Many {
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// How a value is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum How {
    /// `StringEquals`
    Text,
    /// `StringEqualsIgnoreCase`
    TextOfAnyCase,
    /// `StringLike`
    Pattern,
    /// `ArnEquals` and `ArnLike`, which do the same.
    Arn,
    /// `Bool`
    Bool,
    /// `IpAddress`
    Address,
    /// `Null`: whether the key is missing.
    Null,
}

/// What a condition says of a request without its key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Missing {
    /// It does not hold, or it does where the operator is negated.
    Decides,
    /// It holds: `...IfExists`, and `ForAllValues:`, which is true of no values.
    Holds,
    /// It does not hold: `ForAnyValue:`.
    Fails,
}

/// What a request says of a key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Fact<'f> {
    /// It has none.
    Missing,
    /// A value.
    Is(Cow<'f, Value>),
    /// A value that is known before the deploy in part only: another one may turn out to be the same.
    MayBe(Value),
    /// Several values.
    Are(Vec<Value>),
    /// An address.
    From(&'f Address),
    /// Nobody can tell.
    Unread,
}

impl Fact<'_> {
    /// What a key says that is true or false.
    pub(super) fn truth(so: bool) -> Self {
        static TRUTHS: LazyLock<[Value; 2]> = LazyLock::new(|| ["false", "true"].map(Value::from));
        let [no, yes] = &*TRUTHS;
        Self::Is(Cow::Borrowed(if so { yes } else { no }))
    }
}

impl Operator {
    /// Reads the name of an operator.
    fn read(name: &str) -> Option<Self> {
        let (many, missing, name) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Many::All), Missing::Holds, rest),
            Some(("ForAnyValue", rest)) => (Some(Many::Any), Missing::Fails, rest),
            Some(_) => return None,
            None => (None, Missing::Decides, name),
        };
        let (name, missing) = match name.strip_suffix("IfExists") {
            Some(name) => (name, Missing::Holds),
            None => (name, missing),
        };
        let (how, negated) = match name {
            "StringEquals" => (How::Text, false),
            "StringNotEquals" => (How::Text, true),
            "StringEqualsIgnoreCase" => (How::TextOfAnyCase, false),
            "StringNotEqualsIgnoreCase" => (How::TextOfAnyCase, true),
            "StringLike" => (How::Pattern, false),
            "StringNotLike" => (How::Pattern, true),
            "ArnEquals" | "ArnLike" => (How::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (How::Arn, true),
            "Bool" => (How::Bool, false),
            "IpAddress" => (How::Address, false),
            "NotIpAddress" => (How::Address, true),
            "Null" if missing == Missing::Decides => (How::Null, false),
            _ => return None,
        };
        Some(Self {
            how,
            negated,
            missing,
            many,
        })
    }
}

impl Test {
    /// A condition of a statement.
    pub(super) fn of(condition: &Condition, naming: &Naming<'_>) -> Self {
        Self {
            operator: Operator::read(&condition.operator),
            key: condition.key.to_ascii_lowercase(),
            values: condition
                .values
                .iter()
                .map(|term| naming.value(term))
                .collect(),
        }
    }

    /// The condition that a key has this value.
    pub(super) fn that(how: How, key: &str, value: Value) -> Self {
        Self {
            operator: Some(Operator {
                how,
                negated: false,
                missing: Missing::Decides,
                many: None,
            }),
            key: key.to_owned(),
            values: vec![value],
        }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, fact: &Fact<'_>) -> Tri {
        let Some(operator) = self.operator else {
            return Tri::Maybe;
        };
        match fact {
            Fact::Unread => Tri::Maybe,
            _ if operator.how == How::Null => self.holds_for_null(*fact == Fact::Missing),
            Fact::Missing => match operator.missing {
                Missing::Decides => operator.negated.into(),
                Missing::Holds => Tri::Yes,
                Missing::Fails => Tri::No,
            },
            Fact::Is(value) => self.one_of(operator, |wanted| wanted.is(value, operator.how)),
            Fact::MayBe(value) => self.one_of(operator, |wanted| {
                wanted.is(value, operator.how).or(Tri::Maybe)
            }),
            Fact::Are(values) => self.holds_of_many(operator, values),
            Fact::From(address) => self.one_of(operator, |wanted| wanted.holds(address)),
        }
    }

    fn holds_of_many(&self, operator: Operator, values: &[Value]) -> Tri {
        let mut each = values
            .iter()
            .map(|value| self.one_of(operator, |wanted| wanted.is(value, operator.how)));
        match operator.many {
            Some(Many::All) => Tri::all(each),
            Some(Many::Any) => Tri::any(each),
            // A condition that is made for one value says nothing that one could rely on of several.
            None if values.len() > 1 => Tri::Maybe,
            None => each.next().unwrap_or(Tri::Maybe),
        }
    }

    fn holds_for_null(&self, missing: bool) -> Tri {
        let wanted = if missing { "true" } else { "false" };
        Tri::any(self.values.iter().map(|value| match value.as_text() {
            Some(text) => text.eq_ignore_ascii_case(wanted).into(),
            None => Tri::Maybe,
        }))
    }

    fn one_of(&self, operator: Operator, fits: impl Fn(&Value) -> Tri) -> Tri {
        let found = Tri::any(self.values.iter().map(fits));
        if operator.negated { found.not() } else { found }
    }
}

impl Value {
    /// Whether this value of a condition is that of a request.
    fn is(&self, value: &Self, how: How) -> Tri {
        match how {
            How::Text => self.fits(value, Wild::Plain),
            How::TextOfAnyCase | How::Bool => match (self.as_text(), value.as_text()) {
                (Some(one), Some(other)) if one.is_ascii() && other.is_ascii() => {
                    one.eq_ignore_ascii_case(other).into()
                }
                _ => self.lower().fits(&value.lower(), Wild::Plain),
            },
            How::Pattern => self.fits(value, Wild::Glob),
            How::Arn => self.fits_arn(value),
            How::Address | How::Null => Tri::Maybe,
        }
    }

    /// Whether this block of a condition, or the list that a parameter will hold, has an address.
    fn holds(&self, address: &Address) -> Tri {
        match (self.block(), address) {
            (Some(block), Address::Block(other)) => block.contains(*other).into(),
            // A parameter of ours holds IPv4 blocks or IPv6 ones: nobody can tell, unless all of both is meant.
            (Some(block), Address::Given(_)) => match block {
                Cidr::ANY_V4 | Cidr::ANY_V6 => Tri::Maybe,
                _ => Tri::No,
            },
            (Some(_), Address::Rest) => Tri::No,
            (None, Address::Given(name)) if self.as_symbol() == Some(name) => Tri::Yes,
            (None, _) if self.as_symbol().is_some() => Tri::No,
            (None, _) => Tri::Maybe,
        }
    }

    /// The block that a text names. One address is a block as well, and host bits are taken as AWS takes them.
    pub(super) fn block(&self) -> Option<Cidr> {
        let text = self.as_text()?;
        let text: Cow<'_, str> = match text.parse::<std::net::IpAddr>() {
            Ok(address) if address.is_ipv4() => format!("{text}/32").into(),
            Ok(_) => format!("{text}/128").into(),
            Err(_) => text.into(),
        };
        match text.parse() {
            Ok(block) => Some(block),
            Err(crate::net::CidrError::HostBits { canonical, .. }) => Some(canonical),
            Err(_) => None,
        }
    }
}
