//! Typed values of parameters, and how they are read from YAML.

use std::fmt;
use std::net::Ipv4Addr;

use super::arn::{is_kms_key, is_principal};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::net::{Cidr, CidrError, IpVersion, Port, Traffic};
use crate::yaml::{Kind, Node, shorten};

/// What stands in the place of a block of IPv6 that the cloud is to give.
pub const PROVIDED: &str = "provided";

/// What a parameter holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Type {
    /// A CIDR block.
    Cidr,
    /// A list of CIDR blocks.
    Cidrs,
    /// A CIDR block of IPv6, or [`PROVIDED`]; an empty text is none.
    Ipv6Cidr,
    /// An IPv4 address.
    Ip,
    /// A TCP or UDP port.
    Port,
    /// A list of ports.
    Ports,
    /// A list of protocols with their ports, as in `tcp/443`.
    Traffic,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of the parameter's choices.
    Choice,
    /// A line of text.
    Text,
    /// A machine image.
    Image,
    /// An OpenSSH public key.
    PublicKey,
    /// An e-mail address.
    Email,
    /// A list of ARNs of IAM principals.
    Principals,
    /// The ARN of a KMS key.
    KmsKey,
    /// The id of a managed prefix list.
    PrefixList,
    /// A text of any number of lines, which machines run; an empty one is none.
    Script,
    /// A secret. No file holds one.
    Secret,
}

impl Type {
    /// Every type, with the name by which patterns call it.
    pub const ALL: [(&'static str, Self); 19] = [
        ("cidr", Self::Cidr),
        ("cidrs", Self::Cidrs),
        ("ipv6_cidr", Self::Ipv6Cidr),
        ("ip", Self::Ip),
        ("port", Self::Port),
        ("ports", Self::Ports),
        ("traffic", Self::Traffic),
        ("integer", Self::Integer),
        ("boolean", Self::Boolean),
        ("choice", Self::Choice),
        ("text", Self::Text),
        ("image", Self::Image),
        ("public_key", Self::PublicKey),
        ("email", Self::Email),
        ("principals", Self::Principals),
        ("kms_key", Self::KmsKey),
        ("prefix_list", Self::PrefixList),
        ("script", Self::Script),
        ("secret", Self::Secret),
    ];

    /// The name by which patterns call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        // INVARIANT: `ALL` has every type.
        Self::ALL
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether it holds a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Cidrs | Self::Ports | Self::Traffic | Self::Principals
        )
    }

    /// What would be right, for a message.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Cidr => "a CIDR block such as `10.0.0.0/16`",
            Self::Cidrs => "a list of CIDR blocks such as `[10.0.0.0/16]`",
            Self::Ipv6Cidr => "an IPv6 block such as `fd00:1234::/48`",
            Self::Ip => "an IPv4 address such as `203.0.113.10`",
            Self::Port => "a port from 1 to 65535",
            Self::Ports => "a list of ports such as `[443, 8443]`",
            Self::Traffic => "a list such as `[tcp/443, udp/53, tcp/1024-65535, icmp/8]`",
            Self::Integer => "a whole number",
            Self::Boolean => "`true` or `false`",
            Self::Choice => "one of the choices",
            Self::Text => "a line of text",
            Self::Image => "the name of a machine image",
            Self::PublicKey => "an OpenSSH public key",
            Self::Email => "an e-mail address",
            Self::Principals => "a list of ARNs of IAM roles or users",
            Self::KmsKey => "the ARN of a KMS key",
            Self::PrefixList => "the id of a prefix list such as `pl-63a5400a`",
            Self::Script => "a text of any number of lines",
            Self::Secret => "nothing: a secret is given when the template is deployed",
        }
    }
}

impl Type {
    /// A value as it would stand in a stack.
    #[must_use]
    pub fn sample(self) -> &'static str {
        match self {
            Self::Cidr => "10.0.0.0/16",
            Self::Cidrs => "[203.0.113.0/24]",
            Self::Ipv6Cidr => "fd00:1234::/48",
            Self::Ip => "203.0.113.10",
            Self::Port => "443",
            Self::Ports => "[443]",
            Self::Traffic => "[tcp/443]",
            Self::Integer => "1",
            Self::Boolean => "true",
            Self::Choice | Self::Text | Self::Image => "text",
            Self::PublicKey => "ssh-ed25519 AAAA... you",
            Self::Email => "you@example.com",
            Self::Principals => "[\"arn:aws:iam::123456789012:role/sender\"]",
            Self::KmsKey => {
                "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
            }
            Self::PrefixList => "pl-63a5400a",
            // Never shown: no stack holds a secret, and a script has a default.
            Self::Secret | Self::Script => "",
        }
    }
}

/// The value of a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// A text, or what is written like one: an address, a choice.
    Text(String),
    /// A list of those, in canonical form.
    List(Vec<String>),
}

impl Value {
    /// No block, where one block may be left out.
    pub(super) const NO_BLOCK: Self = Self::List(Vec::new());

    /// The value's parts as text: one for a scalar.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.clone(),
            scalar => vec![scalar.to_string()],
        }
    }

    /// Whether it counts as set in a condition: `true`, a number but 0, a text or list with something in it.
    #[must_use]
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Integer(number) => *number != 0,
            Self::Boolean(truth) => *truth,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
        }
    }

    /// Reads a value of type `kind`. Everything that is wrong in it is pushed.
    pub fn read(node: &Node, kind: Type, diags: &mut Diagnostics) -> Option<Self> {
        match kind {
            Type::Integer => match node.kind {
                Kind::Int(number) => Some(Self::Integer(number)),
                _ => wrong(node, kind, diags),
            },
            Type::Boolean => match node.kind {
                Kind::Bool(truth) => Some(Self::Boolean(truth)),
                _ => wrong(node, kind, diags),
            },
            kind if kind.is_list() => {
                let Kind::List(nodes) = &node.kind else {
                    return wrong(node, kind, diags);
                };
                let items = nodes.iter().map(|item| read_item(item, kind, diags));
                // Collected first, so that every wrong item is reported.
                let items: Vec<Option<String>> = items.collect();
                let items: Option<Vec<String>> = items.into_iter().collect();
                items.map(|items| Self::List(distinct(items)))
            }
            kind => read_item(node, kind, diags).map(Self::Text),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Boolean(truth) => truth.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::List(items) => write!(f, "[{}]", items.join(", ")),
        }
    }
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => items.serialize(serializer),
        }
    }
}

/// The items without repetition, each where it stood first.
fn distinct(items: Vec<String>) -> Vec<String> {
    let items: indexmap::IndexSet<String> = items.into_iter().collect();
    items.into_iter().collect()
}

fn wrong<T>(node: &Node, kind: Type, diags: &mut Diagnostics) -> Option<T> {
    diags.push(node.wrong_type(kind.example()));
    None
}

fn read_item(node: &Node, kind: Type, diags: &mut Diagnostics) -> Option<String> {
    let Some(text) = node.as_text() else {
        return wrong(node, kind, diags);
    };
    match check_text(text, kind, &node.place) {
        Ok(canonical) => Some(canonical),
        Err(diagnostic) => {
            diags.push(*diagnostic);
            None
        }
    }
}

/// The canonical form of a scalar, or of one item of a list, of type `kind`.
///
/// # Errors
/// When the text is none.
pub(super) fn check_text(text: &str, kind: Type, place: &Place) -> Result<String, Box<Diagnostic>> {
    let fail = |code, message: String| {
        Box::new(
            Diagnostic::new(code, message)
                .at(place.clone())
                .help(format!("right would be {}", kind.example())),
        )
    };
    let short = shorten(text);
    match kind {
        Type::Cidr | Type::Cidrs => check_cidr(text, IpVersion::V4, place),
        Type::Ipv6Cidr if text.is_empty() || text == PROVIDED => Ok(text.to_owned()),
        Type::Ipv6Cidr => check_cidr(text, IpVersion::V6, place),
        Type::Ip => text
            .parse::<Ipv4Addr>()
            .map(|ip| ip.to_string())
            .map_err(|_| fail(Code::WrongType, format!("`{short}` is not an IPv4 address"))),
        Type::Port | Type::Ports => text
            .parse()
            .ok()
            .and_then(Port::new)
            .map(|port| port.to_string())
            .ok_or_else(|| {
                fail(
                    Code::OutOfRange,
                    format!("`{short}` is not a port from 1 to 65535"),
                )
            }),
        Type::Traffic => text
            .parse::<Traffic>()
            .map(|traffic| traffic.to_string())
            .map_err(|error| fail(Code::InvalidTraffic, error.to_string())),
        Type::Script => {
            let control = |c: char| c.is_control() && !"\n\r\t".contains(c);
            if text.contains(control) {
                let message = "this text has a control character that is no line break or tab";
                return Err(fail(Code::ForbiddenCharacter, message.into()));
            }
            Ok(text.to_owned())
        }
        _ if text.contains(['\n', '\r', '\t']) => Err(fail(
            Code::ForbiddenCharacter,
            format!("`{short}` has a line break or a tab"),
        )),
        _ if text.trim() != text || text.is_empty() => Err(fail(
            Code::WrongType,
            format!("`{short}` is empty, or has a blank at an end"),
        )),
        _ => check_form(text, kind).map_or_else(
            |what| Err(fail(Code::WrongType, format!("`{short}` is not {what}"))),
            |()| Ok(text.to_owned()),
        ),
    }
}

fn check_cidr(text: &str, version: IpVersion, place: &Place) -> Result<String, Box<Diagnostic>> {
    let example = example_of(version);
    match text.parse::<Cidr>() {
        Ok(cidr) if cidr.version() == version => Ok(cidr.to_string()),
        Ok(cidr) => {
            let message = format!("`{cidr}` is an {} block", cidr.version());
            let diagnostic = Diagnostic::new(Code::InvalidCidr, message).at(place.clone());
            Err(Box::new(diagnostic.help(format!(
                "right would be an {version} block such as `{example}`"
            ))))
        }
        Err(error) => Err(Box::new(not_a_block(&error, text, version, place))),
    }
}

fn example_of(version: IpVersion) -> &'static str {
    match version {
        IpVersion::V4 => "10.0.0.0/16",
        IpVersion::V6 => "fd00:1234::/48",
    }
}

/// The error that a text is no CIDR block.
pub(super) fn not_a_block(
    error: &CidrError,
    text: &str,
    version: IpVersion,
    place: &Place,
) -> Diagnostic {
    let example = example_of(version);
    let (message, help) = match error {
        CidrError::HostBits { canonical, .. } => (
            format!("`{text}` has bits set behind its prefix length"),
            format!("the block that holds this address is `{canonical}`"),
        ),
        CidrError::Syntax(_) => {
            let message = format!("`{}` is not a CIDR block", shorten(text));
            let right =
                format!("right would be an address and a prefix length such as `{example}`");
            let help = match version {
                IpVersion::V4 => right,
                IpVersion::V6 => {
                    format!("{right}, or `{PROVIDED}` where the cloud gives a block (AWS)")
                }
            };
            (message, help)
        }
    };
    Diagnostic::new(Code::InvalidCidr, message)
        .at(place.clone())
        .help(help)
}

fn is_lower_hex(c: char) -> bool {
    matches!(c, '0'..='9' | 'a'..='f')
}

/// Checks what is written like text, but has a form of its own.
fn check_form(text: &str, kind: Type) -> Result<(), &'static str> {
    let right = match kind {
        Type::Email => text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.contains('@')
        }),
        Type::Principals => is_principal(text),
        Type::KmsKey => is_kms_key(text),
        Type::PrefixList => text
            .strip_prefix("pl-")
            .is_some_and(|id| (8..=17).contains(&id.len()) && id.chars().all(is_lower_hex)),
        Type::PublicKey => ["ssh-", "ecdsa-", "sk-"]
            .iter()
            .any(|prefix| text.starts_with(prefix)),
        _ => true,
    };
    let what = match kind {
        Type::Email => "an e-mail address",
        Type::Principals => "the ARN of one IAM role or user",
        Type::KmsKey => "the ARN of a KMS key",
        Type::PrefixList => "the id of a prefix list",
        _ => "an OpenSSH public key",
    };
    if right { Ok(()) } else { Err(what) }
}
