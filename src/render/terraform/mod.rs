//! Terraform: one folder of HCL for the provider of the resources' cloud.

pub(super) mod aws;
pub(super) mod azurerm;
pub(super) mod moved;

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem::Finder;
use serde::Serialize;
use serde::de::value::Error;
use smol_str::SmolStr;
use tera::{Context, Value};

use super::context::{context, value};
use super::engine::{Engine, RenderError, Syntax};
use super::frame::{Output, Parameter};
use super::names::{push_snake, stem, templates};
use super::{File, Library, hcl};
use crate::cloud::told::Teller;
use crate::cloud::{Attribute, Environment, Header, Kind, Resource, ResourceId, Resources, Term};

/// The templates of the files that every folder has.
const FRAMES: [&str; 4] = ["versions.tf", "variables.tf", "main.tf", "outputs.tf"];

/// What differs from provider to provider.
pub(super) trait Provider: Send + Sync + 'static {
    /// Writes the address of a resource's attribute, as in `aws_vpc.main.id`.
    fn attribute(id: &ResourceId, attribute: Attribute, out: &mut String);
    /// The expression for what the cloud knows.
    fn environment(environment: Environment) -> &'static str;
    /// How terms and ids are written.
    type Scribe<'a>: Teller<Told = Value>;
    /// The one for a stack.
    fn scribe(header: &Header) -> Self::Scribe<'_>;
}

/// HCL with the expressions of one provider.
pub(super) struct Hcl<P>(std::marker::PhantomData<fn() -> P>);

/// Writes the label of a resource's block: its name, with its parents' names in front.
pub(super) fn label(id: &ResourceId, out: &mut String) {
    push_snake(id.path.iter().map(SmolStr::as_str), out);
}

impl<P: Provider> Syntax for Hcl<P> {
    fn text(text: &str, out: &mut String) {
        hcl::quote(text, out);
    }

    fn term(term: &Term, out: &mut String) {
        match term {
            Term::Text(text) => hcl::quote(text, out),
            Term::Join(parts) => {
                out.push('"');
                template::<P>(parts, out);
                out.push('"');
            }
            Term::Parameter(name) => {
                out.push_str("var.");
                out.push_str(name);
            }
            Term::Attribute(id, attribute) => P::attribute(id, *attribute, out),
            Term::Environment(environment) => out.push_str(P::environment(*environment)),
        }
    }

    fn tree(value: &Value, indent: usize, out: &mut String) {
        hcl::tree::<Self>(value, indent, out);
    }

    fn block(text: &str, _indent: usize, out: &mut String) {
        hcl::quote(text, out);
    }

    fn encoded(expression: &str) -> String {
        format!("{expression} == \"\" ? null : base64encode({expression})")
    }

    fn part(expression: &str, index: usize) -> String {
        format!("split(\":\", {expression})[{index}]")
    }
}

/// The inside of a quoted template that puts the parts one after the other.
fn template<P: Provider>(parts: &[Term], out: &mut String) {
    for part in parts {
        match part {
            Term::Text(text) => hcl::escape(text, out),
            Term::Join(inner) => template::<P>(inner, out),
            other => {
                out.push_str("${");
                Hcl::<P>::term(other, out);
                out.push('}');
            }
        }
    }
}

/// Renders a folder: `versions.tf`, `variables.tf`, one file for each section that has resources, `outputs.tf`.
fn render_folder<P: Provider, R: Resource>(
    resources: &Resources<R>,
    library: &Library,
    folder: &str,
) -> Result<Vec<File>, RenderError> {
    let templates = templates(&resources.items, ".tf");
    let engine = library.engine::<Hcl<P>>(folder, &templates, &FRAMES)?;
    let failed = |error| RenderError::new("versions.tf", error);
    let mut frame = frame::<P, R>(resources, &templates).map_err(failed)?;
    let mut bodies: Vec<(&'static str, String)> = Vec::new();
    for resource in &resources.items {
        let name = &templates[&resource.id().kind];
        let text = render_resource::<P, R>(resource, &resources.header, name, &frame, &engine)?;
        let text = text.trim_matches('\n');
        // What a provider has no block for, it says of another resource.
        if text.is_empty() {
            continue;
        }
        let file = resource.section().file_stem();
        match bodies.iter_mut().find(|(known, _)| *known == file) {
            Some((_, body)) => {
                body.push_str("\n\n");
                body.push_str(text);
            }
            None => bodies.push((file, text.to_owned())),
        }
    }
    let outputs = engine.render("outputs.tf", &frame)?;
    let texts: Vec<&str> = bodies
        .iter()
        .map(|(_, body)| body.as_str())
        .chain([outputs.as_str()])
        .collect();
    let used = used::<P, R>(resources, &texts).map_err(failed)?;
    frame.extend(used);
    let mut files = vec![
        file("versions.tf", &engine.render("versions.tf", &frame)?),
        file("variables.tf", &engine.render("variables.tf", &frame)?),
    ];
    for (stem, body) in bodies {
        let text = if stem == "main" {
            format!("{}\n\n{body}", engine.render("main.tf", &frame)?)
        } else {
            body
        };
        files.push(file(&format!("{stem}.tf"), &text));
    }
    files.push(file("outputs.tf", &outputs));
    Ok(files)
}

fn render_resource<P: Provider, R: Resource>(
    resource: &R,
    header: &Header,
    name: &str,
    frame: &Context,
    engine: &Engine,
) -> Result<String, RenderError> {
    let fields = context(resource, &P::scribe(header));
    let mut fields = fields.map_err(|error| RenderError::new(name, error))?;
    if let Some(header) = frame.get("header") {
        fields.insert_value("header", header.clone());
    }
    engine.render(name, &fields)
}

/// What every file of the folder may name.
fn frame<P: Provider, R: Resource>(
    resources: &Resources<R>,
    templates: &BTreeMap<Kind, String>,
) -> Result<Context, Error> {
    #[derive(Serialize)]
    struct Everywhere<'a> {
        outputs: Vec<Output<'a>>,
        kinds: BTreeSet<String>,
    }
    let outputs = resources.outputs.iter();
    let everywhere = Everywhere {
        outputs: outputs.map(|it| Output::new(it, str::to_owned)).collect(),
        kinds: templates.keys().map(|kind| stem(*kind)).collect(),
    };
    let scribe = P::scribe(&resources.header);
    let mut frame = context(&everywhere, &scribe)?;
    frame.insert_value("header", value(&resources.header, &scribe)?);
    Ok(frame)
}

/// What the texts use of the parameters and of what the cloud knows. A variable that nothing uses would ask for a value in vain.
fn used<P: Provider, R>(resources: &Resources<R>, texts: &[&str]) -> Result<Context, Error> {
    #[derive(Serialize)]
    struct Used<'a> {
        parameters: Vec<Parameter<'a>>,
        environment: Vec<Environment>,
    }
    let var = Finder::new("var.");
    let variables = texts.iter().flat_map(|text| names_after(text, &var));
    let variables: BTreeSet<&str> = variables.collect();
    let parameters = resources.parameters.iter();
    let parameters = parameters.filter(|parameter| variables.contains(&*parameter.name));
    let names = |word: &'static str| {
        let word = Finder::new(word);
        let mut rests = texts.iter().flat_map(|text| names_after(text, &word));
        rests.any(str::is_empty)
    };
    let environment = [
        Environment::AccountId,
        Environment::Region,
        Environment::Partition,
    ];
    let used = Used {
        parameters: parameters
            .map(|it| Parameter::with_lists(it, str::to_owned))
            .collect(),
        environment: (environment.into_iter())
            .filter(|known| names(P::environment(*known)))
            .collect(),
    };
    context(&used, &P::scribe(&resources.header))
}

/// The rest of the name behind every `word`.
fn names_after<'a>(text: &'a str, word: &'a Finder<'_>) -> impl Iterator<Item = &'a str> {
    word.find_iter(text.as_bytes()).map(|at| {
        let rest = &text[at + word.needle().len()..];
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        rest.find(ends).map_or(rest, |end| &rest[..end])
    })
}

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        contents: hcl::format(text).into_bytes(),
    }
}
