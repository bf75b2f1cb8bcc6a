//! References to other things, in the words of each format.

use super::Format;
use super::tree::{Child, Kind, Sort, Tree};

/// What references there can be in a text.
pub(super) struct References {
    format: Format,
    /// Each by the type of what it names.
    all: Vec<(String, String)>,
}

impl References {
    /// Those that name a resource of the text, or stand in it.
    pub(super) fn of(format: Format, root: &Tree) -> Self {
        let mut all = Vec::new();
        for child in resources(format, root) {
            let name = child.name.clone().unwrap_or_default();
            let reference = match format {
                Format::CloudFormation => name,
                Format::TerraformAws | Format::TerraformAzurerm => format!("{}.{name}", child.step),
                Format::Arm => {
                    let names: Vec<_> = name.split('/').map(|it| format!(", '{it}'")).collect();
                    format!("[resourceId('{}'{})]", child.step, names.concat())
                }
            };
            all.push((child.step.clone(), reference));
        }
        let mut found = Self { format, all };
        if format == Format::Arm {
            found.expressions(root);
        }
        found
    }

    /// Parts of resources have no resource of their own: what names them is known from where they are named.
    fn expressions(&mut self, tree: &Tree) {
        if let Some(text) = tree.text()
            && text.starts_with("[resourceId(")
            && !self.all.iter().any(|(_, known)| known == text)
        {
            let kind = text.split('\'').nth(1).unwrap_or_default().to_owned();
            self.all.push((kind, text.to_owned()));
        }
        for child in tree.children() {
            self.expressions(&child.value);
        }
    }

    /// References to other things: another of the same type where there is one, and one of another type.
    pub(super) fn others(&self, text: &str) -> Vec<String> {
        let (own, rest) = self.split(text);
        let Some((kind, _)) = self.all.iter().find(|(_, known)| known == own) else {
            return Vec::new();
        };
        let mut same = self.all.iter();
        let same = same.find(|(other, known)| other == kind && known != own);
        let mut another = self.all.iter();
        let another = another.find(|(other, _)| other != kind);
        let found = same.into_iter().chain(another);
        found.map(|(_, known)| format!("{known}{rest}")).collect()
    }

    /// The name, and what is asked of it.
    fn split<'t>(&self, text: &'t str) -> (&'t str, &'t str) {
        let dots = match self.format {
            Format::Arm => return (text, ""),
            Format::CloudFormation => 1,
            Format::TerraformAws | Format::TerraformAzurerm => 2,
        };
        let at = text.match_indices('.').nth(dots - 1);
        text.split_at(at.map_or(text.len(), |(at, _)| at))
    }

    /// Other texts with references in them.
    pub(super) fn mixed(&self, text: &str) -> Vec<String> {
        if self.format == Format::Arm {
            let others = self.others(text);
            if !others.is_empty() {
                return others;
            }
            // Another name in the last quotes.
            let inside = text.rfind('\'').map(|at| {
                let (before, behind) = text.split_at(at);
                format!("{before}x{behind}")
            });
            inside.into_iter().collect()
        } else {
            let mut all = vec![format!("{text}x")];
            for (at, _) in text.match_indices("${") {
                let end = text[at..].find('}').unwrap() + at;
                let name = &text[at + 2..end];
                let other = self.others(name).into_iter().next();
                let other = other.unwrap_or_else(|| match self.format {
                    Format::CloudFormation => "AWS::StackName".into(),
                    _ => "\"x\"".into(),
                });
                all.push(format!("{}{other}{}", &text[..at + 2], &text[end..]));
            }
            all
        }
    }
}

/// The resources of a text.
pub(super) fn resources(format: Format, root: &Tree) -> impl Iterator<Item = &Child> {
    let section = match format {
        Format::CloudFormation => root.get("Resources"),
        Format::Arm => root.get("resources"),
        Format::TerraformAws | Format::TerraformAzurerm => Some(root),
    };
    let children = section.map_or(&[][..], Tree::children).iter();
    children.filter(move |child| child.name.is_some() && matches!(child.value.kind, Kind::Group(_)))
}

/// A value as the format writes it in the place of a scalar.
pub(super) fn written(sort: Sort, format: Format, text: &str) -> String {
    match (sort, format) {
        (Sort::Plain | Sort::Reference, _) => text.to_owned(),
        // What is in the quotes of HCL is written as it stands.
        (Sort::Mixed, Format::TerraformAws | Format::TerraformAzurerm) => format!("\"{text}\""),
        _ => serde_json::Value::from(text).to_string(),
    }
}
