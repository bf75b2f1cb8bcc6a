//! Reads a map by its [`Table`], and says which of its keys are unknown and which are missing.

use super::shape::{Need, Table};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::yaml::{Key, Kind, Node, nearest, shorten};

/// A map whose keys are known words. Take the value of each key, then [`finish`](Self::finish).
#[derive(Debug)]
#[must_use = "only `finish` reports unknown and missing keys"]
pub struct Fields<'a> {
    entries: &'a [(Key, Node)],
    place: &'a Place,
    table: &'static Table,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Opens a map. Pushes `PB203` if the value is none.
    pub fn open(node: &'a Node, table: &'static Table, diags: &mut Diagnostics) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            diags.push(node.wrong_type(&format!("a map that describes {}", table.what)));
            return None;
        };
        Some(Self {
            entries,
            place: &node.place,
            table,
            asked: Vec::new(),
        })
    }

    /// The value of a key of the table.
    pub fn get(&mut self, name: &'static str) -> Option<&'a Node> {
        debug_assert!(
            self.table.keys.iter().any(|key| key.name == name),
            "the table of {} has no key `{name}`",
            self.table.what
        );
        self.asked.push(name);
        self.entries
            .iter()
            .find(|(key, _)| key.text == name)
            .map(|(_, value)| value)
    }

    /// Where the map stands.
    #[must_use]
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// Reports every key that the table does not have (`PB201`) and every key that must be there and is not (`PB202`).
    pub fn finish(self, diags: &mut Diagnostics) {
        debug_assert!(
            self.table
                .keys
                .iter()
                .all(|key| self.asked.contains(&key.name)),
            "not every key of {} is read: {:?}",
            self.table.what,
            self.asked
        );
        for (key, _) in self.entries {
            if !self.names().any(|name| name == key.text) {
                diags.push(self.unknown(key));
            }
        }
        for key in self.table.keys {
            if key.need == Need::Must && !self.has(key.name) {
                let message = format!("{} needs the key `{}`", self.table.what, key.name);
                diags.push(Diagnostic::new(Code::MissingKey, message).at(self.place.clone()));
            }
        }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.table.keys.iter().map(|key| key.name)
    }

    fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.text == name)
    }

    fn unknown(&self, key: &Key) -> Diagnostic {
        let message = format!("{} has no key `{}`", self.table.what, shorten(&key.text));
        let diagnostic = Diagnostic::new(Code::UnknownKey, message).at(key.place.clone());
        // A key that is already there is not what was meant.
        let free = self.names().filter(|name| !self.has(name));
        if let Some(meant) = nearest(&key.text, free) {
            return diagnostic.help(format!("did you mean `{meant}`?"));
        }
        let names: Vec<_> = self.names().collect();
        diagnostic.help(format!("the keys are `{}`", names.join("`, `")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::{Key, Shape};
    use super::*;
    use crate::diag::Source;

    static STACK: Table = Table {
        what: "a stack",
        keys: &[
            Key::must("pattern", Shape::Text, ""),
            Key::must("name", Shape::Text, ""),
            Key::may("values", Shape::Text, ""),
            Key::must("region", Shape::Text, ""),
        ],
    };

    #[test]
    fn every_unknown_and_missing_key_is_told_in_one_run() {
        let text = "patern: x\nregion: eu\nstages: []\nregoin: us\n";
        let node = crate::yaml::read(&Source::new("a.yaml", text)).unwrap();
        let mut diags = Diagnostics::new();
        let mut fields = Fields::open(&node, &STACK, &mut diags).unwrap();
        assert!(fields.get("pattern").is_none());
        assert!(fields.get("name").is_none());
        assert!(fields.get("values").is_none());
        assert_eq!(fields.get("region").unwrap().text(&mut diags), Some("eu"));
        assert_eq!(fields.place(), &node.place);
        fields.finish(&mut diags);
        let told = diags.into_result(()).unwrap_err().into_iter();
        let told: Vec<_> = told
            .map(|diagnostic| {
                let underlined = diagnostic.primary.as_ref().map(|it| it.text().to_owned());
                let help = diagnostic.help.clone().unwrap_or_default();
                format!("{diagnostic} | {} | {help}", underlined.unwrap_or_default())
            })
            .collect();
        let all = node.place.text();
        assert_eq!(
            told,
            [
                "PB201: a stack has no key `patern` | patern | did you mean `pattern`?".to_owned(),
                format!("PB202: a stack needs the key `pattern` | {all} | "),
                format!("PB202: a stack needs the key `name` | {all} | "),
                "PB201: a stack has no key `stages` | stages | \
                 the keys are `pattern`, `name`, `values`, `region`"
                    .to_owned(),
                "PB201: a stack has no key `regoin` | regoin | \
                 the keys are `pattern`, `name`, `values`, `region`"
                    .to_owned(),
            ]
        );
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "the table of a stack has no key `tags`")]
    fn no_key_is_read_that_the_table_does_not_have() {
        let node = crate::yaml::read(&Source::new("a.yaml", "tags: {}\n")).unwrap();
        let mut fields = Fields::open(&node, &STACK, &mut Diagnostics::new()).unwrap();
        fields.get("tags");
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "not every key of a stack is read: [\"name\"]")]
    fn no_key_of_the_table_is_left_unread() {
        let node = crate::yaml::read(&Source::new("a.yaml", "name: x\n")).unwrap();
        let mut diags = Diagnostics::new();
        let mut fields = Fields::open(&node, &STACK, &mut diags).unwrap();
        fields.get("name");
        fields.finish(&mut diags);
    }
}
