//! Takes a tree apart into what the caller expects, and says of everything else what is wrong with it.

use crate::diag::{Code, Diagnostic, Diagnostics};

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

    /// The entries of a map that is `what`, as in `a map that describes a stack`. Pushes `PB203` otherwise.
    pub fn entries_of(&self, what: &str, diags: &mut Diagnostics) -> Option<&[(Key, Self)]> {
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
    fn values_are_taken_as_what_they_are() {
        let node = tree("{text: 1.10, zip: 80, on: true, list: [a], map: {k: v}}");
        let mut diags = Diagnostics::new();
        let get = |key| node.get(key).unwrap();
        assert_eq!(get("text").text(&mut diags), Some("1.10"));
        assert_eq!(get("zip").text(&mut diags), Some("80"));
        assert_eq!(get("zip").int(&mut diags), Some(80));
        assert_eq!(get("on").bool(&mut diags), Some(true));
        assert_eq!(get("list").list(&mut diags).unwrap().len(), 1);
        assert_eq!(get("map").entries(&mut diags).unwrap()[0].0.text, "k");
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
        let map = "a map that describes a flow";
        assert!(values[0].entries_of(map, &mut diags).is_none());
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
