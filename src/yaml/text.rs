//! From bytes to a text that is safe to parse and to show.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Source};

use super::Dialect;

/// More forbidden characters than this are counted, not shown: a binary file has millions.
const SHOWN: usize = 20;

/// Turns the bytes of a file into a text that [`read`](super::read) takes. A byte order mark at the start is dropped.
///
/// # Errors
/// `PB101` when the bytes are no UTF-8, `PB102` when there are more than the dialect's most.
pub fn decode(name: &str, bytes: &[u8], dialect: Dialect) -> Result<Arc<Source>, Diagnostic> {
    let nothing = || Place::start_of(&Source::new(name, ""));
    if bytes.len() > dialect.max_bytes {
        return Err(too_large(bytes.len(), dialect).at(nothing()));
    }
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] = bytes {
        let diagnostic = Diagnostic::new(Code::NotText, "the file is UTF-16, not UTF-8");
        return Err(diagnostic.at(nothing()).help("save the file as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(_) if bytes.contains(&0) => {
            let message = "the file is binary, not text";
            Err(Diagnostic::new(Code::NotText, message).at(nothing()))
        }
        Err(error) => {
            // The text up to the error is enough to show where it is.
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let end = before.len();
            let place = Place::new(&Source::new(name, &before), end..end);
            let message = format!("the byte `{:#04X}` is not UTF-8", bytes[end]);
            let diagnostic = Diagnostic::new(Code::NotText, message).at(place);
            Err(diagnostic.help("save the file as UTF-8"))
        }
    }
}

/// The error that a file of this many bytes is too large.
fn too_large(bytes: usize, dialect: Dialect) -> Diagnostic {
    let most = dialect.max_bytes;
    let message =
        format!("the file has at least {bytes} bytes, more than the {most} that are read");
    Diagnostic::new(Code::TooLarge, message)
        .help("what people write is smaller: is it the right file?")
}

/// Refuses a text that is too large or has forbidden characters, before anything looks into it.
pub(super) fn check(source: &Arc<Source>, dialect: Dialect) -> Result<(), Diagnostics> {
    if source.text.len() > dialect.max_bytes {
        return Err(too_large(source.text.len(), dialect)
            .at(Place::start_of(source))
            .into());
    }
    if dialect.hidden || is_printable(&source.text) {
        return Ok(());
    }
    let mut diags = Diagnostics::new();
    let found = source
        .text
        .char_indices()
        .filter(|&(_, char)| is_forbidden(char));
    let total = found.clone().count();
    for (at, char) in found.take(SHOWN) {
        let place = Place::new(source, at..at + char.len_utf8());
        diags.push(forbidden(char, place));
    }
    if total > SHOWN {
        let message = format!("{} more characters like these", total - SHOWN);
        let place = Place::new(source, source.text.len()..source.text.len());
        diags.push(Diagnostic::new(Code::ForbiddenCharacter, message).at(place));
    }
    diags.into_result(())
}

/// Whether a text is printable ASCII in lines, as nearly every file is: told many bytes at a time.
pub(super) fn is_printable(text: &str) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b'\n' | b' '..=b'~');
    let mut chunks = text.as_bytes().chunks(64);
    chunks.all(|chunk| chunk.iter().fold(true, |so, byte| so & is_plain(byte)))
}

/// The error that this character must not be there.
pub(super) fn forbidden(char: char, place: Place) -> Diagnostic {
    let message = format!("the character U+{:04X} is not allowed", u32::from(char));
    let help = match char {
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            "remove it: it makes the text read otherwise than it is"
        }
        _ => "remove it: it cannot be seen, so nobody can approve it",
    };
    Diagnostic::new(Code::ForbiddenCharacter, message)
        .at(place)
        .help(help)
}

/// Whether a character can hide or change what a reader sees, or break the line for another reader of the output.
pub(super) fn is_forbidden(char: char) -> bool {
    let control = char.is_control() && !matches!(char, '\t' | '\n' | '\r');
    // Readers of YAML 1.1, such as CloudFormation, take U+2028 and U+2029 for line breaks.
    let breaks_line = matches!(char, '\u{2028}' | '\u{2029}');
    let reorders = matches!(char, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let private = matches!(char, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    let no_character =
        matches!(char, '\u{FDD0}'..='\u{FDEF}') || u32::from(char) & 0xFFFE == 0xFFFE;
    control || breaks_line || reorders || private || no_character || char == '\u{FEFF}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> Diagnostic {
        decode("a.yaml", bytes, Dialect::SPEC).unwrap_err()
    }

    #[test]
    fn a_byte_order_mark_is_dropped_at_the_start_and_nowhere_else() {
        let source = decode("a.yaml", b"\xEF\xBB\xBFa: 1", Dialect::SPEC).unwrap();
        assert_eq!(&*source.text, "a: 1");
        let inside = Source::new("a.yaml", "a: \u{FEFF}1");
        let diags = check(&inside, Dialect::SPEC).unwrap_err();
        let place = diags.iter().next().unwrap().primary.clone().unwrap();
        assert_eq!((place.column(), place.text()), (4, "\u{FEFF}"));
    }

    #[test]
    fn what_is_not_utf_8_is_refused_where_it_begins() {
        let latin1 = refused(b"a: 1\nb: caf\xE9\n");
        let place = latin1.primary.unwrap();
        assert_eq!(latin1.code, Code::NotText);
        assert_eq!(latin1.message, "the byte `0xE9` is not UTF-8");
        assert_eq!((place.line(), place.column()), (2, 7));
    }

    #[test]
    fn binary_and_utf_16_files_are_called_that() {
        let binary = refused(b"\x7FELF\x00\x02\xFF\xFF");
        assert_eq!(
            (binary.code, &*binary.message),
            (Code::NotText, "the file is binary, not text")
        );
        for bytes in [b"\xFF\xFEa\x00", b"\xFE\xFF\x00a"] {
            assert_eq!(refused(bytes).message, "the file is UTF-16, not UTF-8");
        }
    }

    #[test]
    fn too_large_is_refused_by_its_size_alone() {
        let bytes = vec![0xFF; 10 << 20];
        assert_eq!(refused(&bytes).code, Code::TooLarge);
        let source = Source::new("a.yaml", &"[".repeat(Dialect::SPEC.max_bytes + 1));
        let diags = check(&source, Dialect::SPEC).unwrap_err();
        assert_eq!(diags.iter().next().unwrap().code, Code::TooLarge);
        assert!(
            check(
                &Source::new("a.yaml", &"a".repeat(Dialect::SPEC.max_bytes)),
                Dialect::SPEC
            )
            .is_ok()
        );
    }

    #[test]
    fn every_character_that_hides_is_refused_and_no_letter() {
        for char in [
            '\0',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{feff}',
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{2028}',
            '\u{e000}',
            '\u{f8ff}',
            '\u{f0000}',
            '\u{10ffff}',
            '\u{fdd0}',
            '\u{fffe}',
            '\u{1ffff}',
        ] {
            assert!(is_forbidden(char), "{char:?}");
        }
        for char in "\t\n\r aé漢😀\u{a0}\u{200d}\u{301}\u{fffd}\u{e0020}".chars() {
            assert!(!is_forbidden(char), "{char:?}");
        }
    }

    #[test]
    fn millions_of_forbidden_characters_are_counted() {
        let source = Source::new("a.yaml", &"\0".repeat(1000));
        let diags = check(&source, Dialect::SPEC).unwrap_err();
        assert_eq!(diags.len(), SHOWN + 1);
        let last = diags.into_iter().last().unwrap();
        assert_eq!(last.message, "980 more characters like these");
    }
}
