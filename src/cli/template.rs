//! Templates that come in, by anybody: read, and judged by what they let through.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::input;
use super::report::Failure;
use crate::cloud::{Part, Placed, Resource, Standing, Unknown, aws, azure};
use crate::diag::{Diagnostics, Place, Source};
use crate::plan::Cloud;
use crate::reach::{self, Matrix, Reason};
use crate::read::{Reading, arm, cloudformation, terraform};
use crate::render::Format;

/// A template that was read.
pub(super) struct Template {
    /// What the user calls it.
    pub(super) name: String,
    /// Its format.
    pub(super) format: Format,
    /// What was read, so that the same text is known to be the same.
    sources: Vec<Arc<Source>>,
    reading: Read,
}

/// What was read, in the words of its cloud.
enum Read {
    Aws(Reading<aws::Resource>),
    Azure(Reading<azure::Resource>),
}

/// What the formats call the part of a template that tells what it gives back.
const OUTPUTS: [&str; 3] = ["Outputs", "outputs", "output"];

/// A rule, route or statement where somebody wrote it.
pub(super) struct Rule {
    /// The resource's name.
    pub(super) resource: String,
    /// What of it: `ingress rule`, and nothing for the whole.
    pub(super) part: Option<&'static str>,
    /// Where it stands.
    pub(super) place: Place,
}

impl Template {
    /// Reads templates from the disk: a file, a folder of Terraform, or a folder as `build` writes it for a stack. Where only
    /// a cloud can tell what is meant, `cloud` does.
    pub(super) fn open(path: &Path, cloud: Option<Cloud>) -> Result<Vec<Self>, Failure> {
        Self::open_below(Path::new(""), path, cloud)
    }

    /// The same of a path below `root`, which the user does not know of.
    pub(super) fn open_below(
        root: &Path,
        path: &Path,
        cloud: Option<Cloud>,
    ) -> Result<Vec<Self>, Failure> {
        let built: Vec<_> = Format::ALL
            .into_iter()
            .map(|format| (format, path.join(format.as_str())))
            .filter(|(_, folder)| root.join(folder).is_dir())
            .collect();
        if built.is_empty() {
            return Ok(vec![Self::open_one(root, path, cloud)?]);
        }
        let templates = built.into_iter().map(|(format, folder)| match format {
            Format::CloudFormation => Self::open_one(root, &folder.join("template.yaml"), cloud),
            Format::Arm => Self::open_one(root, &folder.join("azuredeploy.json"), cloud),
            Format::Terraform => Self::open_one(root, &folder, cloud),
        });
        templates.collect()
    }

    fn open_one(root: &Path, path: &Path, cloud: Option<Cloud>) -> Result<Self, Failure> {
        let name = path.display().to_string();
        if root.join(path).is_dir() {
            let sources = input::terraform(root, path)?;
            return Ok(Self::read(name, Format::Terraform, cloud, &sources)?);
        }
        let source = input::template(root, path)?;
        let name = source.name.to_string();
        let format = format_of(&source.text);
        Ok(Self::read(name, format, cloud, &[source])?)
    }

    /// Reads the files of a template.
    pub(super) fn read(
        name: String,
        format: Format,
        cloud: Option<Cloud>,
        sources: &[Arc<Source>],
    ) -> Result<Self, Diagnostics> {
        let reading = match (format, sources) {
            (Format::CloudFormation, [source, ..]) => Read::Aws(cloudformation::read(source)?),
            (Format::Arm, [source, ..]) => Read::Azure(arm::read(source)?),
            (_, [plan]) if is_json(plan) => match cloud.unwrap_or_else(|| cloud_of(sources)) {
                Cloud::Aws => Read::Aws(terraform::read_aws_plan(plan)?),
                Cloud::Azure => Read::Azure(terraform::read_azurerm_plan(plan)?),
            },
            _ => match cloud.unwrap_or_else(|| cloud_of(sources)) {
                Cloud::Aws => Read::Aws(terraform::read_aws(sources)?),
                Cloud::Azure => Read::Azure(terraform::read_azurerm(sources)?),
            },
        };
        Ok(Self {
            name,
            format,
            sources: sources.to_vec(),
            reading,
        })
    }

    /// What it lets through. What it gives back after the deploy lets nothing pass, understood or not.
    pub(super) fn matrix(&self) -> Matrix {
        let mut matrix = match &self.reading {
            Read::Aws(reading) => reach::aws::matrix(&reading.resources, &reading.unknown),
            Read::Azure(reading) => reach::azure::matrix(&reading.resources, &reading.unknown),
        };
        matrix
            .unknown
            .retain(|unknown| !OUTPUTS.contains(&&*unknown.what));
        matrix
    }

    /// A template of the same kind with nothing in it.
    pub(super) fn without_resources(&self) -> Self {
        Self {
            name: self.name.clone(),
            format: self.format,
            sources: Vec::new(),
            reading: match self.cloud() {
                Cloud::Aws => Read::Aws(Reading::default()),
                Cloud::Azure => Read::Azure(Reading::default()),
            },
        }
    }

    /// Whether it says the very same as another one.
    pub(super) fn has_text_of(&self, other: &Self) -> bool {
        let texts = |it: &'_ Self| -> Vec<Arc<str>> {
            let sources = it.sources.iter();
            sources.map(|source| source.text.clone()).collect()
        };
        texts(self) == texts(other)
    }

    /// Whether a place is in it.
    pub(super) fn holds(&self, place: &Place) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|source| Arc::ptr_eq(source, &place.source))
    }

    /// Where it begins: nowhere when it is empty.
    pub(super) fn start(&self) -> Option<Place> {
        self.sources.first().map(Place::start_of)
    }

    /// Where its resources stand, in the order of [`Self::standing`].
    pub(super) fn places(&self) -> Vec<Place> {
        match &self.reading {
            Read::Aws(reading) => reading
                .resources
                .iter()
                .map(|it| it.place.clone())
                .collect(),
            Read::Azure(reading) => reading
                .resources
                .iter()
                .map(|it| it.place.clone())
                .collect(),
        }
    }

    /// The cloud that it is for.
    pub(super) fn cloud(&self) -> Cloud {
        match &self.reading {
            Read::Aws(_) => Cloud::Aws,
            Read::Azure(_) => Cloud::Azure,
        }
    }

    /// Its resources, as they are held against others.
    pub(super) fn standing(&self) -> Vec<Standing> {
        match &self.reading {
            Read::Aws(reading) => {
                let placed = reading.resources.iter();
                placed.map(|placed| (&placed.resource).into()).collect()
            }
            Read::Azure(reading) => {
                let placed = reading.resources.iter();
                placed.map(|placed| (&placed.resource).into()).collect()
            }
        }
    }

    /// Where a reason stands.
    pub(super) fn rule(&self, reason: &Reason) -> Option<Rule> {
        match &self.reading {
            Read::Aws(reading) => rule(&reading.resources, reason),
            Read::Azure(reading) => rule(&reading.resources, reason),
        }
    }

    /// What the rules of reasons say of themselves, each once.
    pub(super) fn descriptions(&self, reasons: &[Reason]) -> String {
        let texts = reasons.iter().filter_map(|reason| match &self.reading {
            Read::Aws(reading) => {
                let resource = &reading.resources.get(reason.resource)?.resource;
                resource.description(reason.part?)
            }
            Read::Azure(reading) => {
                let resource = &reading.resources.get(reason.resource)?.resource;
                resource.description(reason.part?)
            }
        });
        let mut unique: Vec<&str> = Vec::new();
        for text in texts.filter(|text| !text.is_empty()) {
            if !unique.contains(&text) {
                unique.push(text);
            }
        }
        unique.join(" ")
    }

    /// The rules of reasons, each once.
    pub(super) fn rules(&self, reasons: &[Reason]) -> Vec<Rule> {
        let mut seen = HashSet::new();
        let all = reasons.iter().filter_map(|reason| self.rule(reason));
        all.filter(|rule| {
            let key = (rule.resource.clone(), rule.part, rule.place.span.clone());
            seen.insert(key)
        })
        .collect()
    }
}

/// The format of one file, by what only that format has at its top.
fn format_of(text: &str) -> Format {
    if text.contains("deploymentTemplate.json#") {
        Format::Arm
    } else if text.contains("\"terraform_version\"") && text.contains("\"format_version\"") {
        Format::Terraform
    } else {
        Format::CloudFormation
    }
}

/// Whether a text of Terraform is the JSON of a plan or a state.
fn is_json(source: &Source) -> bool {
    source.text.trim_start().starts_with('{')
}

/// The cloud that Terraform is for: that of more of its resources.
fn cloud_of(sources: &[Arc<Source>]) -> Cloud {
    let count = |prefix: &str| -> usize {
        let texts = sources.iter();
        texts
            .map(|source| source.text.matches(prefix).count())
            .sum()
    };
    if count("\"azurerm_") > count("\"aws_") {
        Cloud::Azure
    } else {
        Cloud::Aws
    }
}

fn rule<R: Resource>(resources: &[Placed<R>], reason: &Reason) -> Option<Rule> {
    let placed = resources.get(reason.resource)?;
    Some(Rule {
        resource: placed.place.text().trim_matches('"').to_owned(),
        part: reason.part.map(|part| match part {
            Part::Ingress(_) => "ingress rule",
            Part::Egress(_) => "egress rule",
            Part::Statement(_) => "statement",
            Part::Rule(_) => "rule",
            Part::Route(_) => "route",
            Part::BalancingRule(_) => "load balancing rule",
            Part::NatRule(_) => "inbound NAT rule",
            Part::OutboundRule(_) => "outbound rule",
        }),
        place: placed.place_of(reason.part).clone(),
    })
}

impl Rule {
    pub(super) fn json(&self) -> Json {
        json!({
            "resource": self.resource,
            "part": self.part,
            "file": &*self.place.source.name,
            "line": self.place.line(),
            "column": self.place.column(),
        })
    }

    /// One line for people: where, and what.
    pub(super) fn text(&self) -> String {
        let what = match self.part {
            Some(part) => format!("{part} of {}", self.resource),
            None => self.resource.clone(),
        };
        format!("{}  {what}", position(&self.place))
    }
}

/// A place as editors and terminals open it.
pub(super) fn position(place: &Place) -> String {
    format!("{}:{}:{}", place.source.name, place.line(), place.column())
}

/// What is not understood, as every JSON answer has it.
pub(super) fn unknown_json(unknown: &Unknown) -> Json {
    json!({
        "resource": unknown.name,
        "type": unknown.what,
        "why": unknown.why,
        "file": &*unknown.place.source.name,
        "line": unknown.place.line(),
    })
}

/// What is not understood, in one line for people.
pub(super) fn unknown_text(unknown: &Unknown) -> String {
    format!(
        "{}  {} ({}): {}",
        position(&unknown.place),
        unknown.name,
        unknown.what,
        unknown.why
    )
}
