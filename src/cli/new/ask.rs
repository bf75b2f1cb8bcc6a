//! Questions on a terminal: what is typed, and what is chosen with the arrow keys. They are drawn on standard error.

use std::fmt::Display;

use inquire::ui::RenderConfig;
use inquire::validator::Validation;
use inquire::{InquireError, Select, Text};

use crate::cli::report::{Exit, Failure};
use crate::diag::{Code, Diagnostic, Diagnostics};

/// How many choices are shown at once.
const PAGE: usize = 10;

/// How a person is asked.
#[derive(Clone, Copy)]
pub(super) struct Asker {
    config: RenderConfig<'static>,
}

/// A question whose answer is typed.
pub(super) struct Question<'q> {
    pub(super) name: &'q str,
    pub(super) help: &'q str,
    /// What an empty line stands for.
    pub(super) default: Option<String>,
}

impl Asker {
    pub(super) fn new(color: bool) -> Self {
        let config = if color {
            RenderConfig::default_colored()
        } else {
            RenderConfig::empty()
        };
        Self { config }
    }

    /// Asks until `check` finds nothing wrong with the answer.
    pub(super) fn text<C>(&self, question: &Question<'_>, check: C) -> Result<String, Failure>
    where
        C: Fn(&str) -> Result<(), String> + Clone + 'static,
    {
        let default = question.default.clone();
        let message = match &default {
            Some(default) if default.is_empty() => format!("{} [none]", question.name),
            Some(default) => format!("{} [{default}]", question.name),
            None => question.name.to_owned(),
        };
        let whole = move |answer: &str| match (answer.trim(), &default) {
            ("", Some(default)) => default.clone(),
            (answer, _) => answer.to_owned(),
        };
        let shown = whole.clone();
        let shown = move |answer: &str| shown(answer);
        let told = whole.clone();
        let prompt = Text::new(&message)
            .with_help_message(question.help)
            .with_formatter(&shown)
            .with_render_config(self.config)
            .with_validator(move |answer: &str| {
                Ok(match check(&told(answer)) {
                    Ok(()) => Validation::Valid,
                    Err(wrong) => Validation::Invalid(wrong.into()),
                })
            });
        prompt.prompt().map(|answer| whole(&answer)).map_err(ended)
    }

    /// Lets choose one of `options`, beginning at `start`.
    pub(super) fn choose<T: Display>(
        &self,
        name: &str,
        help: &str,
        options: Vec<T>,
        start: usize,
    ) -> Result<T, Failure> {
        let help = format!("{help} ↑↓ to move, Enter to choose.");
        let prompt = Select::new(name, options)
            .with_help_message(&help)
            .with_page_size(PAGE)
            .with_starting_cursor(start)
            .with_render_config(self.config);
        prompt.prompt().map_err(ended)
    }
}

/// Why there is no answer.
fn ended(error: InquireError) -> Failure {
    match error {
        InquireError::OperationInterrupted | InquireError::OperationCanceled => Failure {
            exit: Exit::Failed,
            diagnostics: Diagnostics::new(),
        },
        error => {
            let message = format!("the terminal cannot be read: {error}");
            Diagnostic::new(Code::FileUnreadable, message)
                .help("give the values with `--set KEY=VALUE` and `--no-input`")
                .into()
        }
    }
}
