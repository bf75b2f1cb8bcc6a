//! What is wrong, where, and what would be right: the one shape in which every room reports to the user.
//!
//! Knows texts and places in them. Knows nothing of YAML, patterns or clouds, and prints nothing itself.

mod code;
mod explain;
mod json;
mod place;
mod render;
mod sink;

pub use code::Code;
pub use json::to_json;
pub use place::{Place, Source};
pub use render::render;
pub use sink::Diagnostics;

/// One error: its code, what is wrong in the user's words, where, and what would be right.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Diagnostic {
    /// What kind of error it is.
    pub code: Code,
    /// What is wrong: a lowercase fragment without a final period, the user's words in backticks.
    pub message: String,
    /// Where it is wrong.
    pub primary: Option<Place>,
    /// Other places that matter, each with its label, such as the first of two keys.
    pub secondary: Vec<(Place, String)>,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            help: None,
        }
    }

    /// Says where it is wrong.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.primary = Some(place);
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.secondary.push((place, label.into()));
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
