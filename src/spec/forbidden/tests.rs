//! What is read of files of ranges, and what is told of those that are wrong.

use proptest::prelude::*;

use super::{Form, RANGE_COLUMNS, WHY_COLUMNS};
use crate::diag::Source;

/// The ranges as `range|why|stack|text at its place`, or the errors as `code message|underlined`.
fn read(form: Form, text: &str) -> Vec<String> {
    match form.read(&Source::new("ranges", text)) {
        Ok(found) => found
            .iter()
            .map(|it| {
                let stack = it.stack.as_deref().unwrap_or("-");
                format!("{}|{}|{stack}|{}", it.range, it.why, it.place.text())
            })
            .collect(),
        Err(diags) => diags
            .iter()
            .map(|it| format!("{it}|{}", it.primary.as_ref().unwrap().text()))
            .collect(),
    }
}

#[test]
fn every_column_is_known_by_all_of_its_names() {
    for range in RANGE_COLUMNS {
        for why in WHY_COLUMNS {
            let csv = format!("id,{},{range}\n1,Theirs.,10.0.0.0/8\n", why.to_uppercase());
            let found = ["10.0.0.0/8|Theirs.|-|10.0.0.0/8"];
            assert_eq!(read(Form::Csv, &csv), found, "{csv}");
            let json = format!("[{{\"{range}\": \"10.0.0.0/8\", \"{why}\": \"Theirs.\"}}]");
            let shown = ["10.0.0.0/8|Theirs.|-|\"10.0.0.0/8\""];
            assert_eq!(read(Form::Json, &json), shown, "{json}");
        }
    }
    assert_eq!(
        read(Form::Csv, "CIDR Block;Stack\r\n10.0.0.0/8;shop\r\n"),
        ["10.0.0.0/8|`ranges` has it, and does not say why|shop|10.0.0.0/8"]
    );
}

#[test]
fn both_families_are_read() {
    let csv = "prefix\tdescription\n2001:db8::/32\tSix\n\n10.0.0.0/8\t\"a, \"\"b\"\"\nc\"\n\t\n";
    assert_eq!(
        read(Form::Csv, csv),
        [
            "2001:db8::/32|Six|-|2001:db8::/32",
            "10.0.0.0/8|a, \"b\" c|-|10.0.0.0/8",
        ]
    );
}

#[test]
fn every_line_that_is_wrong_is_named() {
    let csv = "name,cidr\na,10.0.0.9/8\nb,\nc,10.0.0.0/8,x\nd,10.0.0.0\ne,10.0.0.0/8\n";
    assert_eq!(
        read(Form::Csv, csv),
        [
            "PB212: `10.0.0.9/8` has bits set behind its prefix length|10.0.0.9/8",
            "PB202: this line has no range|b,",
            "PB111: this line has 3 values, and the first one names 2|c,10.0.0.0/8,x",
            "PB212: `10.0.0.0` is not a CIDR block|10.0.0.0",
        ]
    );
    assert_eq!(
        read(Form::Csv, "id,name\n1,a\n"),
        ["PB202: no column of `ranges` has ranges|id,name"]
    );
    assert_eq!(read(Form::Csv, "\n"), ["PB106: the file is empty|"]);
    assert_eq!(read(Form::Csv, "cidr\n"), [""; 0]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_nothing() {
    let csv = "cidr,why\n10.0.0.0/8,\"a\n10.1.0.0/16,b\n";
    let found = read(Form::Csv, csv);
    assert!(found[0].starts_with("PB111: a quotation mark"), "{found:?}");
}

#[test]
fn an_answer_of_an_api_is_read_if_it_is_whole() {
    let answer = |next: &str| {
        format!(
            "{{\"count\": 2, \"next\": {next}, \"results\": [{{\"id\": 1, \"prefix\": \"10.0.0.0/8\", \
             \"description\": \"\", \"name\": \"Theirs\", \"tags\": [], \"stack\": null}}]}}"
        )
    };
    assert_eq!(
        read(Form::Json, &answer("null")),
        ["10.0.0.0/8|Theirs|-|\"10.0.0.0/8\""]
    );
    let page = read(Form::Json, &answer("\"https://example.com/?offset=50\""));
    assert!(page[0].starts_with("PB205: this is one page"), "{page:?}");
    for (text, told) in [
        ("7", "PB203: expected a list of objects"),
        ("{}", "PB203: expected a list of objects"),
        (
            "{\"a\": [], \"b\": []}",
            "PB203: expected a list of objects",
        ),
        ("[7]", "PB203: expected an object with a range"),
        ("[{\"cidr\": null}]", "PB202: this object has no range"),
        (
            "[{\"cidr\": \"10.0.0.1/8\"}]",
            "PB212: `10.0.0.1/8` has bits",
        ),
    ] {
        let found = read(Form::Json, text);
        assert!(found[0].starts_with(told), "{text}: {found:?}");
    }
}

#[test]
fn people_say_why() {
    let shared = "ranges:\n  - { range: 10.0.0.0/8, why: Theirs., stack: shop }\n";
    assert_eq!(
        read(Form::Yaml, shared),
        ["10.0.0.0/8|Theirs.|shop|10.0.0.0/8"]
    );
    for (text, told) in [
        ("ranges:\n  - { range: 10.0.0.0/8 }\n", "PB202"),
        ("ranges:\n  - { range: 10.0.0.0/8, why: \" \" }\n", "PB203"),
        (
            "ranges:\n  - { range: 10.0.0.1/8, why: Theirs. }\n",
            "PB212",
        ),
        (
            "ranges:\n  - { range: 10.0.0.0/8, because: Theirs. }\n",
            "PB202",
        ),
        ("- { range: 10.0.0.0/8, why: Theirs. }\n", "PB203"),
    ] {
        let found = read(Form::Yaml, text);
        assert!(found[0].starts_with(told), "{text}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn no_text_makes_it_panic(text in "(cidr,why\n)?([ -~é\n\r\",;]{0,30}\n){0,6}") {
        for form in [Form::Csv, Form::Json, Form::Yaml] {
            let _ = read(form, &text);
        }
    }
}
