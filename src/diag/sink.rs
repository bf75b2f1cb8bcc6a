//! Where errors are collected, so that one run tells all of them.

use std::collections::BTreeSet;
use std::fmt;

use super::Diagnostic;

/// The errors found so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No errors yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many errors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The errors in the order in which they now stand.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Puts the errors into the order of their files and of the places in them; those without a place come first,
    /// those with the same place keep their order.
    pub fn sort(&mut self) {
        let key = |diagnostic: &Diagnostic| {
            let place = diagnostic.primary.as_ref();
            place.map(|place| (place.source.name.clone(), place.span.start))
        };
        self.0.sort_by_cached_key(key);
    }

    /// Leaves every error there once. What is shared by several environments of a stack is wrong in each of them.
    #[must_use]
    pub fn each_once(mut self) -> Self {
        let mut seen = BTreeSet::new();
        self.0.retain(|diagnostic| {
            let place = diagnostic.primary.as_ref();
            let place = place.map(|place| (place.source.name.clone(), place.span.start));
            seen.insert((place, diagnostic.code, diagnostic.message.clone()))
        });
        self
    }

    /// The value if nothing is wrong, and otherwise the errors, sorted.
    ///
    /// # Errors
    /// When an error was pushed.
    pub fn into_result<T>(mut self, value: T) -> Result<T, Self> {
        if self.is_empty() {
            Ok(value)
        } else {
            self.sort();
            Err(self)
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Code, Place, Source};

    #[test]
    fn errors_come_out_by_file_and_place_and_else_as_they_came() {
        let (a, b) = (
            Source::new("a.yaml", "123456"),
            Source::new("b.yaml", "123456"),
        );
        let mut diagnostics = Diagnostics::new();
        for (message, place) in [
            ("5", Some(Place::new(&b, 0..1))),
            ("3", Some(Place::new(&a, 4..5))),
            ("2", Some(Place::new(&a, 0..9))),
            ("4", Some(Place::new(&a, 4..4))),
            ("1", None),
        ] {
            let mut diagnostic = Diagnostic::new(Code::WrongType, message);
            diagnostic.primary = place;
            diagnostics.push(diagnostic);
        }
        let sorted = diagnostics.into_result(()).unwrap_err();
        let messages: String = sorted
            .iter()
            .map(|diagnostic| &*diagnostic.message)
            .collect();
        assert_eq!(messages, "12345");
    }

    #[test]
    fn without_errors_the_value_comes_out() {
        assert_eq!(Diagnostics::new().into_result(7), Ok(7));
    }
}
