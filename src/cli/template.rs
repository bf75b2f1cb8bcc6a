//! Templates that come in, by anybody: read, and judged by what they let through.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::input;
use super::report::Failure;
use crate::cloud::{Part, Placed, Resource, Unknown, aws, azure};
use crate::diag::{Diagnostics, Place, Source};
use crate::plan::Cloud;
use crate::reach::{self, Matrix, Reason};
use crate::read::{Reading, arm, cloudformation, terraform};
use crate::render::Format;

/// A template that was read.
pub(super) struct Template {
    /// What the user calls it.
    pub(super) name: String,
    reading: Read,
}

/// What was read, in the words of its cloud.
enum Read {
    Aws(Reading<aws::Resource>),
    Azure(Reading<azure::Resource>),
}

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
    /// Reads a template from the disk: a file, or a folder of Terraform. Where only a cloud can tell what is meant, `cloud`
    /// does.
    pub(super) fn open(path: &Path, cloud: Option<Cloud>) -> Result<Self, Failure> {
        let name = path.display().to_string();
        if path.is_dir() {
            let sources = input::terraform(path)?;
            return Ok(Self::read(name, Format::Terraform, cloud, &sources)?);
        }
        let source = input::template(path)?;
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
            _ => match cloud.unwrap_or_else(|| cloud_of(sources)) {
                Cloud::Aws => Read::Aws(terraform::read_aws(sources)?),
                Cloud::Azure => Read::Azure(terraform::read_azurerm(sources)?),
            },
        };
        Ok(Self { name, reading })
    }

    /// What it lets through.
    pub(super) fn matrix(&self) -> Matrix {
        match &self.reading {
            Read::Aws(reading) => reach::aws::matrix(&reading.resources, &reading.unknown),
            Read::Azure(reading) => reach::azure::matrix(&reading.resources, &reading.unknown),
        }
    }

    /// Where a reason stands.
    pub(super) fn rule(&self, reason: &Reason) -> Option<Rule> {
        match &self.reading {
            Read::Aws(reading) => rule(&reading.resources, reason),
            Read::Azure(reading) => rule(&reading.resources, reason),
        }
    }

    /// The rules of reasons, each once.
    pub(super) fn rules(&self, reasons: &[Reason]) -> Vec<Rule> {
        let mut seen = Vec::new();
        let all = reasons.iter().filter_map(|reason| self.rule(reason));
        all.filter(|rule| {
            let key = (rule.resource.clone(), rule.part, rule.place.span.clone());
            let new = !seen.contains(&key);
            seen.push(key);
            new
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
