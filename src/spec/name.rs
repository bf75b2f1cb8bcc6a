//! Names that the user gives, and the rules that every cloud and format can live with.

use super::form::TextForm;
use crate::diag::{Code, Diagnostic, Place};

/// The longest name of a stack or environment. Clouds put more behind it: a bucket's name ends at 63 characters
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
pub const MAX_STACK_NAME: usize = 32;
/// The longest name of a parameter, tier, service or subnet.
const MAX_WORD: usize = 32;

/// What the words of a name may be joined by.
struct Rule {
    joint: char,
    joints: &'static str,
    most: usize,
    example: &'static str,
}

const STACK_RULE: Rule = Rule {
    joint: '-',
    joints: "hyphens",
    most: MAX_STACK_NAME,
    example: "shop-prod",
};
const WORD_RULE: Rule = Rule {
    joint: '_',
    joints: "underscores",
    most: MAX_WORD,
    example: "app_tier",
};

/// The name of a stack or environment, as [`check_stack_name`] takes it.
pub const STACK_NAME: TextForm = TextForm::new(
    "lower-case letters, digits and single hyphens",
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
)
.at_most(MAX_STACK_NAME);
/// The name of a part of a pattern, as [`check_word`] takes it.
pub const WORD: TextForm = TextForm::new(
    "lower-case letters, digits and single underscores",
    "^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
)
.at_most(MAX_WORD);

/// Checks the name of a stack or environment: a lower-case letter, then lower-case letters, digits and single hyphens.
///
/// # Errors
/// `PB206` at `place`.
pub fn check_stack_name(name: &str, what: &str, place: &Place) -> Result<(), Diagnostic> {
    check(name, what, place, &STACK_RULE)
}

/// Checks the name of a parameter, tier, service or subnet: a lower-case letter, then lower-case letters, digits and
/// single underscores.
///
/// # Errors
/// `PB206` at `place`.
pub fn check_word(name: &str, what: &str, place: &Place) -> Result<(), Diagnostic> {
    check(name, what, place, &WORD_RULE)
}

fn check(name: &str, what: &str, place: &Place, rule: &Rule) -> Result<(), Diagnostic> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let right = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= rule.most
        && name
            .split(rule.joint)
            .all(|word| !word.is_empty() && word.chars().all(letter));
    if right {
        return Ok(());
    }
    let message = format!("`{}` is no name for {what}", crate::yaml::shorten(name));
    Err(Diagnostic::new(Code::InvalidName, message)
        .at(place.clone())
        .help(format!(
            "a name is a lower-case letter, then lower-case letters, digits and single {}, at most {} in all, as in `{}`",
            rule.joints, rule.most, rule.example
        )))
}

/// A version of a pattern: three numbers below 1000 with dots between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    /// Raised when what stands has to be replaced.
    pub major: u16,
    /// Raised when something is added.
    pub minor: u16,
    /// Raised when something is put right.
    pub patch: u16,
}

impl Version {
    /// The version as one number that grows with it.
    #[must_use]
    pub fn generation(self) -> u32 {
        (u32::from(self.major) * 1000 + u32::from(self.minor)) * 1000 + u32::from(self.patch)
    }
}

impl std::str::FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |part: Option<&str>| {
            let part = part.ok_or(())?;
            let plain = part.bytes().all(|byte| byte.is_ascii_digit())
                && (part.len() == 1 || !part.starts_with('0'));
            let number: u16 = part.parse().map_err(|_| ())?;
            if plain && number < 1000 {
                Ok(number)
            } else {
                Err(())
            }
        };
        let mut parts = text.split('.');
        let version = Self {
            major: number(parts.next())?,
            minor: number(parts.next())?,
            patch: number(parts.next())?,
        };
        if parts.next().is_some() {
            Err(())
        } else {
            Ok(version)
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn place() -> Place {
        Place::start_of(&Source::new("a.yaml", "a"))
    }

    #[test]
    fn stack_names_fit_every_cloud() {
        for name in ["vpc", "shop-prod", "a1"] {
            assert!(
                check_stack_name(name, "a stack", &place()).is_ok(),
                "{name}"
            );
        }
        let long = "a".repeat(33);
        for name in [
            "", "1a", "Shop", "a_b", "a--b", "a-", "a b", "é", "${x}", &long,
        ] {
            assert!(
                check_stack_name(name, "a stack", &place()).is_err(),
                "{name}"
            );
        }
    }

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!("1.20.3".parse::<Version>().unwrap().to_string(), "1.20.3");
        for text in [
            "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.1000", "+1.2.3",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
