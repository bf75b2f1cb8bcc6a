//! A stack's own file as it is for another version of its pattern: the version, and the names of parameters. Nothing else in it
//! changes, no comment and no space.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diag::Source;
use crate::spec::{Pattern, Stack, Version};

/// A stack's file, before and after.
pub(super) struct Followed {
    /// The version that it names, when it names one.
    pub(super) from: Option<Version>,
    /// What it shall say.
    pub(super) source: Arc<Source>,
    /// Whether it says that already.
    pub(super) is_same: bool,
}

/// The file of a stack as it is for this version of its pattern. One that is for a newer version stays as it is.
pub(super) fn follow(source: &Arc<Source>, stack: &Stack, pattern: &Pattern) -> Followed {
    let mut edits: BTreeMap<usize, (Range<usize>, String)> = BTreeMap::new();
    let mut edit =
        |span: &Range<usize>, text: String| edits.insert(span.start, (span.clone(), text));
    if let Some((version, place)) = &stack.version
        && *version < pattern.version
    {
        edit(&place.span, pattern.version.to_string());
    }
    let environments = stack.environments.iter();
    let environments = environments.flat_map(|environment| &environment.parameters);
    for (key, _) in stack.parameters.iter().chain(environments) {
        if let Some(today) = pattern.renamed.parameters.today(&key.text) {
            edit(&key.place.span, today.to_owned());
        }
    }
    let is_same = edits.is_empty();
    let mut text = source.text.to_string();
    // From the end, so that what comes before stays where it was.
    for (span, new) in edits.into_values().rev() {
        text.replace_range(span, &new);
    }
    Followed {
        from: stack.version.as_ref().map(|(version, _)| *version),
        source: Source::new(&source.name, &text),
        is_same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn followed(text: &str) -> Followed {
        let pattern = "pattern: a\nversion: 1.2.0\nstate: draft\ntitle: A\nsummary: A.\ncloud: aws\nsources: []\nparameters: { room: { type: \
                       integer, default: 1, help: A. } }\nnetwork: { cidr: 10.0.0.0/16, subnets: {} }\nflows: []\nrenamed: { parameters: { \
                       size: hosts, hosts: room } }\n";
        let pattern = yaml::read(&Source::new("a.yaml", pattern)).unwrap();
        let source = Source::new("b.yaml", text);
        let stack = Stack::read(&yaml::read(&source).unwrap()).unwrap();
        follow(&source, &stack, &Pattern::read(&pattern).unwrap())
    }

    #[test]
    fn only_the_version_and_names_of_parameters_change() {
        let old = "# Ours.\nstack: b\npattern: a\nversion:  \"1.0.0\"   # for now\nparameters:\n  'size':  12 # hosts: many\nenvironments:\n  \
                   dev: { parameters: { hosts: 3 } }\n";
        let new = "# Ours.\nstack: b\npattern: a\nversion:  1.2.0   # for now\nparameters:\n  room:  12 # hosts: many\nenvironments:\n  dev: { \
                   parameters: { room: 3 } }\n";
        let followed = followed(old);
        assert_eq!(&*followed.source.text, new);
        assert_eq!(followed.from.unwrap().to_string(), "1.0.0");
        assert!(!followed.is_same);
    }

    #[test]
    fn a_stack_without_a_version_or_of_a_newer_one_stays_as_it_is() {
        for version in ["", "version: 1.2.0\n", "version: 1.3.0\n"] {
            let text = format!("stack: b\npattern: a\n{version}");
            let followed = followed(&text);
            assert_eq!(&*followed.source.text, text);
            assert!(followed.is_same);
        }
    }
}
