//! Takes a tree apart into what the caller expects, and says of everything else what is wrong with it.

use crate::diag::{Code, Diagnostic, Diagnostics, Place};

use super::{Key, Kind, Node, scalar};

/// How much of the user's text a message repeats.
const QUOTED_CHARS: usize = 40;

impl Node {
    /// The text: a string, or a number or boolean as it was written. Pushes `PB203` otherwise.
    pub fn text(&self, diags: &mut Diagnostics) -> Option<&str> {
        self.expect("a text", self.as_text(), diags)
    }

    /// The integer. Pushes `PB203` otherwise.
    pub fn int(&self, diags: &mut Diagnostics) -> Option<i64> {
        let int = match self.kind {
            Kind::Int(int) => Some(int),
            _ => None,
        };
        self.expect("a whole number", int, diags)
    }

    /// The boolean. Pushes `PB203` otherwise.
    pub fn bool(&self, diags: &mut Diagnostics) -> Option<bool> {
        let bool = match self.kind {
            Kind::Bool(bool) => Some(bool),
            _ => None,
        };
        self.expect("`true` or `false`", bool, diags)
    }

    /// The values of the list. Pushes `PB203` otherwise.
    pub fn list(&self, diags: &mut Diagnostics) -> Option<&[Self]> {
        let list = match &self.kind {
            Kind::List(values) => Some(&**values),
            _ => None,
        };
        self.expect("a list", list, diags)
    }

    /// The entries of the map, for maps whose keys are the user's own names. Pushes `PB203` otherwise.
    pub fn entries(&self, diags: &mut Diagnostics) -> Option<&[(Key, Self)]> {
        self.entries_of("a map", diags)
    }

    fn entries_of(&self, what: &str, diags: &mut Diagnostics) -> Option<&[(Key, Self)]> {
        let map = match &self.kind {
            Kind::Map(entries) => Some(&**entries),
            _ => None,
        };
        self.expect(what, map, diags)
    }

    fn expect<T>(&self, right: &str, found: Option<T>, diags: &mut Diagnostics) -> Option<T> {
        if found.is_none() {
            diags.push(self.wrong_type(right));
        }
        found
    }

    /// The error that this value is not what is right here, such as `a list`.
    #[must_use]
    pub fn wrong_type(&self, right: &str) -> Diagnostic {
        let message = format!("expected {right}, found {}", self.describe());
        let diagnostic = Diagnostic::new(Code::WrongType, message).at(self.place.clone());
        let unquoted = match &self.kind {
            Kind::String(text) if self.quoted => scalar::plain(text),
            _ => return diagnostic,
        };
        if matches!(unquoted, Kind::Bool(_) | Kind::Int(_)) {
            diagnostic.help("remove the quotes")
        } else {
            diagnostic
        }
    }

    /// What was found, for a message: ``the text `x` ``, `a list`, `nothing`.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".into(),
            Kind::Bool(bool) => format!("`{bool}`"),
            Kind::Int(int) => format!("the number `{int}`"),
            Kind::String(text) => format!("the text `{}`", shorten(text)),
            Kind::List(_) => "a list".into(),
            Kind::Map(_) => "a map".into(),
        }
    }
}

/// The start of a text, on one line and short enough for a message.
#[must_use]
pub fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(QUOTED_CHARS).collect();
    if short.len() < text.trim_end().len() {
        short + "…"
    } else {
        short
    }
}

/// The candidate that a misspelt word was probably meant to be.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let near = candidates.into_iter().filter_map(|candidate| {
        let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
        // A third of the letters wrong is a slip; more is another word.
        let slips = length.max(candidate.chars().count()).div_ceil(3);
        (distance <= slips && distance < length).then_some((distance, candidate))
    });
    // Of equally near ones the first, so that the answer does not depend on luck.
    near.min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// A map whose keys are known words. Take each key out, then [`finish`](Self::finish).
#[derive(Debug)]
#[must_use = "only `finish` reports unknown and missing keys"]
pub struct Fields<'a> {
    entries: &'a [(Key, Node)],
    place: &'a Place,
    what: &'a str,
    known: Vec<&'static str>,
    missing: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Opens a map. `what` says in words what it describes, such as `a stack`. Pushes `PB203` if the value is no map.
    pub fn open(node: &'a Node, what: &'a str, diags: &mut Diagnostics) -> Option<Self> {
        let entries = node.entries_of(&format!("a map that describes {what}"), diags)?;
        Some(Self {
            entries,
            place: &node.place,
            what,
            known: Vec::new(),
            missing: Vec::new(),
        })
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Option<&'a Node> {
        let value = self.optional(key);
        if value.is_none() {
            self.missing.push(key);
        }
        value
    }

    /// The value of a key that may be there.
    pub fn optional(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key and the value of a key that may be there, for errors about the key itself.
    pub fn entry(&mut self, key: &'static str) -> Option<&'a (Key, Node)> {
        self.known.push(key);
        self.entries.iter().find(|(name, _)| name.text == key)
    }

    /// Where the map stands.
    #[must_use]
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// Reports every key that was not asked for (`PB201`) and every required key that is not there (`PB202`).
    pub fn finish(self, diags: &mut Diagnostics) {
        for (key, _) in self.entries {
            if !self.known.contains(&&*key.text) {
                diags.push(self.unknown(key));
            }
        }
        for key in &self.missing {
            let message = format!("{} needs the key `{key}`", self.what);
            diags.push(Diagnostic::new(Code::MissingKey, message).at(self.place.clone()));
        }
    }

    fn unknown(&self, key: &Key) -> Diagnostic {
        let message = format!("{} has no key `{}`", self.what, shorten(&key.text));
        let diagnostic = Diagnostic::new(Code::UnknownKey, message).at(key.place.clone());
        // A key that is already there is not what was meant.
        let free = |name: &&str| !self.entries.iter().any(|(key, _)| key.text == *name);
        let free = self.known.iter().copied().filter(free);
        if let Some(meant) = nearest(&key.text, free) {
            return diagnostic.help(format!("did you mean `{meant}`?"));
        }
        let mut known = self.known.clone();
        known.dedup();
        diagnostic.help(format!("the keys are `{}`", known.join("`, `")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::diag::Source;

    fn tree(text: &str) -> Node {
        read(&Source::new("a.yaml", text)).unwrap()
    }

    /// The errors as `code message | underlined | help`.
    fn told(diags: Diagnostics) -> Vec<String> {
        let told = diags.into_result(()).err().into_iter().flatten();
        let told = told.map(|diagnostic| {
            let underlined = diagnostic
                .primary
                .as_ref()
                .map(|place| place.text().to_owned());
            let help = diagnostic.help.clone().unwrap_or_default();
            format!("{diagnostic} | {} | {help}", underlined.unwrap_or_default())
        });
        told.collect()
    }

    #[test]
    fn every_unknown_and_missing_key_is_told_in_one_run() {
        let node = tree("patern: x\nregion: eu\nstages: []\nregoin: us\n");
        let mut diags = Diagnostics::new();
        let mut fields = Fields::open(&node, "a stack", &mut diags).unwrap();
        assert!(fields.required("pattern").is_none());
        assert!(fields.required("name").is_none());
        assert!(fields.optional("values").is_none());
        assert_eq!(
            fields.required("region").unwrap().text(&mut diags),
            Some("eu")
        );
        assert_eq!(fields.entry("region").unwrap().0.place.line(), 2);
        assert_eq!(fields.place(), &node.place);
        fields.finish(&mut diags);
        let all = node.place.text();
        assert_eq!(
            told(diags),
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
    fn values_are_taken_as_what_they_are() {
        let node = tree("{text: 1.10, zip: 80, on: true, list: [a], map: {k: v}}");
        let mut diags = Diagnostics::new();
        let mut fields = Fields::open(&node, "a test", &mut diags).unwrap();
        let mut get = |key| fields.required(key).unwrap();
        assert_eq!(get("text").text(&mut diags), Some("1.10"));
        assert_eq!(get("zip").text(&mut diags), Some("80"));
        assert_eq!(get("zip").int(&mut diags), Some(80));
        assert_eq!(get("on").bool(&mut diags), Some(true));
        assert_eq!(get("list").list(&mut diags).unwrap().len(), 1);
        assert_eq!(get("map").entries(&mut diags).unwrap()[0].0.text, "k");
        fields.finish(&mut diags);
        assert_eq!(told(diags), [""; 0]);
    }

    #[test]
    fn a_wrong_type_says_what_was_found_and_what_would_be_right() {
        let node = tree("[x, 7, '7', yes, \"true\", ~, [], {a: 1}, true, 'a\n\n  b']");
        let mut diags = Diagnostics::new();
        let values = node.list(&mut diags).unwrap();
        assert!(values[0].list(&mut diags).is_none());
        assert!(values[1].entries(&mut diags).is_none());
        assert!(values[2].int(&mut diags).is_none());
        assert!(values[3].bool(&mut diags).is_none());
        assert!(values[4].bool(&mut diags).is_none());
        assert!(values[5].text(&mut diags).is_none());
        assert!(values[6].text(&mut diags).is_none());
        assert!(values[7].text(&mut diags).is_none());
        assert!(values[8].int(&mut diags).is_none());
        assert!(values[9].int(&mut diags).is_none());
        assert!(Fields::open(&values[0], "a flow", &mut diags).is_none());
        let mut told = told(diags);
        assert_eq!(
            told.remove(1),
            "PB203: expected a map that describes a flow, found the text `x` | x | "
        );
        assert_eq!(
            told,
            [
                "PB203: expected a list, found the text `x` | x | ",
                "PB203: expected a map, found the number `7` | 7 | ",
                "PB203: expected a whole number, found the text `7` | '7' | remove the quotes",
                "PB203: expected `true` or `false`, found the text `yes` | yes | ",
                "PB203: expected `true` or `false`, found the text `true` | \"true\" | remove the quotes",
                "PB203: expected a text, found nothing | ~ | ",
                "PB203: expected a text, found a list | [] | ",
                "PB203: expected a text, found a map | {a: 1} | ",
                "PB203: expected a whole number, found `true` | true | ",
                "PB203: expected a whole number, found the text `a…` | 'a\n\n  b' | ",
            ]
        );
    }

    #[test]
    fn a_message_repeats_only_the_start_of_a_text() {
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten(""), "");
        assert_eq!(shorten(&"é".repeat(41)), "é".repeat(40) + "…");
        assert_eq!(shorten("one\ntwo"), "one…");
        assert_eq!(shorten("one\n"), "one");
    }

    #[test]
    fn the_nearest_word_is_a_slip_away_at_most() {
        let words = ["pattern", "parameters", "region", "web"];
        assert_eq!(nearest("patern", words), Some("pattern"));
        assert_eq!(nearest("Region", words), Some("region"));
        assert_eq!(nearest("wbe", words), Some("web"));
        assert_eq!(nearest("app", words), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("", ["a"]), None);
        assert_eq!(nearest("ab", ["aa", "bb"]), Some("aa"));
    }
}
