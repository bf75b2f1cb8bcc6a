//! Asks for what was not given, and holds every answer against all that is known before it asks on.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::ask::{Asker, Question};
use super::file;
use super::given::{Given, Values};
use super::ground::Ground;
use crate::cli::report::{Failure, Report};
use crate::cli::set;
use crate::diag::{Diagnostic, Diagnostics, Place, Source};
use crate::spec::{Bind, Parameter, Pattern, Type, Value, check_stack_name};

/// A stack that is being asked for.
pub(super) struct Wizard<'w> {
    asker: Asker,
    pattern: Arc<Pattern>,
    ground: Rc<RefCell<Ground>>,
    report: &'w Report,
    name: String,
    /// The values that were given, or answered with something else than the default.
    values: Values,
    /// All that is settled, defaults included.
    settled: Values,
}

impl<'w> Wizard<'w> {
    /// Begins with the values that were given.
    pub(super) fn new(
        pattern: &Arc<Pattern>,
        ground: Ground,
        name: String,
        values: Values,
        report: &'w Report,
    ) -> Self {
        Self {
            asker: Asker::new(report.color()),
            pattern: Arc::clone(pattern),
            ground: Rc::new(RefCell::new(ground)),
            report,
            name,
            settled: values.clone(),
            values,
        }
    }

    /// Asks for everything: the name of the stack and the values.
    pub(super) fn run(
        mut self,
        is_named: bool,
        is_placed: bool,
    ) -> Result<(String, Values), Failure> {
        if !is_named {
            self.ask_name(is_placed)?;
        }
        let pattern = Arc::clone(&self.pattern);
        let asked: Vec<_> = pattern
            .parameters
            .values()
            .filter(|it| it.bind == Bind::Build && !self.values.contains_key(&it.name))
            .collect();
        for parameter in &asked {
            self.ask(parameter)?;
        }
        while let Some(again) = self.look_over()? {
            self.ask(again.as_ref())?;
        }
        Ok((self.name, self.values))
    }

    fn ask_name(&mut self, is_placed: bool) -> Result<(), Failure> {
        let question = Question {
            name: "name of the stack",
            help: "Its templates get a folder of this name.",
            default: Some(self.name.clone()),
        };
        self.name = self.asker.text(&question, move |name| {
            let source = Source::new("name", name);
            let place = Place::new(&source, 0..name.len());
            check_stack_name(name, "a stack", &place).map_err(|it| told(&it))?;
            let file = format!("{name}.yaml");
            if !is_placed && Path::new(&file).exists() {
                return Err(format!("`{file}` is there already"));
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Asks for one value. What is its default needs not be written.
    fn ask(&mut self, parameter: &Parameter) -> Result<(), Failure> {
        let before = self.settled.shift_remove(&parameter.name);
        let before = before
            .map(|given| given.value)
            .or_else(|| parameter.default.clone());
        let options = options(parameter);
        let value = if options.is_empty() {
            self.ask_text(parameter, before.as_ref())?
        } else {
            let start = options.iter().position(|it| Some(it) == before.as_ref());
            let start = start.unwrap_or(0);
            let (name, help) = (&parameter.name, &parameter.help);
            let chosen = self.asker.choose(name, help, options, start)?;
            placed(&parameter.name, chosen)
        };
        if parameter.default.as_ref() == Some(&value.value) {
            self.values.shift_remove(&parameter.name);
        } else {
            self.values.insert(parameter.name.clone(), value.clone());
        }
        self.settled.insert(parameter.name.clone(), value);
        Ok(())
    }

    fn ask_text(&self, parameter: &Parameter, before: Option<&Value>) -> Result<Given, Failure> {
        let help = file::help(parameter);
        let question = Question {
            name: &parameter.name,
            help: &help,
            default: before.map(|value| value.items().join(", ")),
        };
        let (ground, settled) = (Rc::clone(&self.ground), self.settled.clone());
        let (stack, kept) = (self.name.clone(), parameter.clone());
        let answer = self.asker.text(&question, move |answer| {
            let checked = given(&kept.name, answer, &kept)
                .and_then(|value| ground.borrow().check(&stack, &kept.name, &value, &settled));
            checked.map_err(|wrong| wrong.iter().map(told).collect::<Vec<_>>().join("\n"))
        })?;
        Ok(given(&parameter.name, &answer, parameter)?)
    }

    /// Holds all answers against each other. What is wrong is told, and one answer is chosen to be given again; none when
    /// nothing is wrong, or when it is to stay.
    fn look_over(&mut self) -> Result<Option<Box<Parameter>>, Failure> {
        let text = file::text(&self.pattern, &self.name, &self.values);
        let Err(failure) = self.ground.borrow_mut().check_all(&text) else {
            return Ok(None);
        };
        self.report.failure(&failure);
        let parameters = self.pattern.parameters.values();
        let parameters: Vec<_> = parameters.filter(|it| it.bind == Bind::Build).collect();
        let mut choices: Vec<_> = parameters
            .into_iter()
            .map(|it| {
                let value = self
                    .settled
                    .get(&it.name)
                    .map(|given| given.value.to_string());
                Choice {
                    shown: format!("{}: {}", it.name, value.unwrap_or_default()),
                    parameter: Some(Box::new(it.clone())),
                }
            })
            .collect();
        choices.push(Choice {
            shown: "none: write the file as it is".to_owned(),
            parameter: None,
        });
        let help = "With these together, no template could be written.";
        let question = "which answer will you change?";
        let chosen = self.asker.choose(question, help, choices, 0)?;
        Ok(chosen.parameter)
    }
}

/// An answer that can be given again.
struct Choice {
    shown: String,
    parameter: Option<Box<Parameter>>,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// What can be chosen with the arrow keys.
fn options(parameter: &Parameter) -> Vec<Value> {
    if !parameter.bounds.choices.is_empty() {
        return parameter.bounds.choices.clone();
    }
    match parameter.kind {
        Type::Boolean => vec![Value::Boolean(true), Value::Boolean(false)],
        _ => Vec::new(),
    }
}

/// The value of an answer.
fn given(name: &str, answer: &str, parameter: &Parameter) -> Result<Given, Diagnostics> {
    let source = Source::new(name, answer);
    let place = Place::new(&source, 0..answer.len());
    let value = set::value(answer, parameter, &place)?;
    Ok(Given { value, place })
}

fn placed(name: &str, value: Value) -> Given {
    let text = value.to_string();
    let source = Source::new(name, &text);
    let place = Place::new(&source, 0..text.len());
    Given { value, place }
}

/// What is wrong with an answer, in a line or two.
fn told(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}
