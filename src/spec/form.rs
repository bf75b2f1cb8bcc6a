//! Forms of texts as regular expressions (ECMA 262), for those who cannot run the checks themselves: editors.
//!
//! Each says what a check of this room takes, as exactly as an expression can: no right text is refused. The tests of `schema`
//! hold both against each other.

use std::fmt::Write as _;

use super::parameter::Bounds;
use super::value::{PROVIDED, Type};

/// A form that a text may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextForm {
    /// What a text of the form is, such as `a version such as 1.0.0`.
    pub what: &'static str,
    /// The regular expression that it matches.
    pub pattern: &'static str,
    /// The most characters that it has.
    pub most: Option<usize>,
    /// Whether what YAML takes for a number or a boolean may be such a text.
    pub is_free: bool,
}

impl TextForm {
    /// A form of any length.
    #[must_use]
    pub const fn new(what: &'static str, pattern: &'static str) -> Self {
        Self {
            what,
            pattern,
            most: None,
            is_free: false,
        }
    }

    /// A form of at most so many characters.
    #[must_use]
    pub const fn at_most(self, most: usize) -> Self {
        Self {
            most: Some(most),
            ..self
        }
    }
}

/// A number from 0 to 255 without zeros before it.
const OCTET: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/// A number from 1 to 65535, which may have zeros before it.
const PORT: &str =
    "0*(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})";

/// An IPv4 address.
fn address() -> String {
    format!("^{}$", four_octets())
}

/// An IPv4 block whose prefix length is within these bounds. That no bits are set behind it, no expression can say.
fn block(min: Option<i64>, max: Option<i64>) -> String {
    format!("^{}/{}$", four_octets(), lengths(min, max, 32))
}

/// An IPv6 block whose prefix length is within these bounds, the word for one that the cloud gives, or nothing.
fn block_of_ipv6(min: Option<i64>, max: Option<i64>) -> String {
    format!(
        "^([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/{}|{PROVIDED})?$",
        lengths(min, max, 128)
    )
}

/// A port.
fn port() -> String {
    // `+443` is a number to the reader.
    format!("^\\+?{PORT}$")
}

/// Traffic.
fn traffic() -> String {
    format!("^(all|(tcp|udp)/{PORT}(-{PORT})?|icmp(/\\+?0*{OCTET})?)$")
}

fn four_octets() -> String {
    format!("({OCTET}\\.){{3}}{OCTET}")
}

/// The prefix lengths within bounds.
fn lengths(min: Option<i64>, max: Option<i64>, bits: i64) -> String {
    let mut all = String::new();
    for length in min.unwrap_or(0).max(0)..=max.unwrap_or(bits).min(bits) {
        let joint = if all.is_empty() { "(" } else { "|" };
        // Writing to a string does not fail.
        let _ = write!(all, "{joint}{length}");
    }
    if all.is_empty() {
        // Bounds that no length keeps.
        return "(?!)".to_owned();
    }
    all.push(')');
    all
}

impl Type {
    /// The expression that a text of this type matches, or each item of a list of them, where the type has a form.
    #[must_use]
    pub fn form(self, bounds: &Bounds) -> Option<String> {
        let (min, max) = (bounds.min_prefix, bounds.max_prefix);
        Some(match self {
            Self::Cidr | Self::Cidrs => block(min, max),
            Self::Ipv6Cidr => block_of_ipv6(min, max),
            Self::Ip => address(),
            Self::Port | Self::Ports => port(),
            Self::Traffic => traffic(),
            Self::Email => EMAIL.to_owned(),
            Self::Principals => PRINCIPAL.to_owned(),
            Self::KmsKey => KMS_KEY.to_owned(),
            Self::PrefixList => PREFIX_LIST.to_owned(),
            Self::PublicKey => PUBLIC_KEY.to_owned(),
            Self::Choice | Self::Text | Self::Image => LINE.to_owned(),
            Self::Integer | Self::Boolean | Self::Script | Self::Secret => return None,
        })
    }
}

/// A line of text: no line break or tab, and no blank at an end.
const LINE: &str = r"^[^\s]([^\n\r\t]*[^\s])?$";
/// An e-mail address, with a dot behind its one `@`.
const EMAIL: &str = r"^[^@]+@[^@]*\.[^@]*$";
/// The ARN of one IAM role or user.
const PRINCIPAL: &str = r"^arn:aws[a-z\-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/\-]+$";
/// The ARN of a KMS key.
const KMS_KEY: &str = r"^arn:aws[a-z\-]*:kms:[a-z0-9\-]+:[0-9]{12}:key/[A-Za-z0-9\-]+$";
/// The id of a managed prefix list.
const PREFIX_LIST: &str = "^pl-[0-9a-f]{8,17}$";
/// An OpenSSH public key.
const PUBLIC_KEY: &str = "^(ssh-|ecdsa-|sk-)";

/// A text that says something.
pub const SAYS_SOMETHING: TextForm = TextForm {
    is_free: true,
    ..TextForm::new("a text that says something", r"\S")
};
/// A version of a pattern.
pub const VERSION: TextForm = TextForm::new(
    "a version such as 1.0.0",
    r"^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})$",
);
/// A region or location.
pub(super) const REGION: TextForm = TextForm::new(
    "the name of a region such as eu-west-1 or westeurope",
    "^[a-z][a-z0-9-]*$",
)
.at_most(32);
/// A block of either version of IP, with blanks around it.
pub const RANGE: TextForm = TextForm::new(
    "a CIDR block such as 10.20.0.0/16",
    r"^\s*[0-9A-Fa-f:.]+/[0-9]{1,3}\s*$",
);
