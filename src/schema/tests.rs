//! What the parser takes, the schema takes; and of a form that an expression can say, nothing else.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::value;
use crate::diag::{Diagnostics, Source};
use crate::spec::{
    Pattern, STACK_NAME, TextForm, Type, VERSION, Version, WORD, check_stack_name, check_word,
};
use crate::yaml;

fn validator(schema: &Json) -> Validator {
    assert!(jsonschema::meta::is_valid(schema), "{schema:#}");
    jsonschema::draft7::new(schema).unwrap()
}

/// A pattern with the one parameter `a`.
fn declared(declaration: &str) -> Pattern {
    let text = format!(
        "pattern: test\nversion: 1.0.0\nstate: draft\ntitle: T\nsummary: S\ncloud: aws\nsources: []\n\
         network: {{}}\nflows: []\nparameters:\n  a: {{ help: H., {declaration} }}\n"
    );
    Pattern::read(&yaml::read(&Source::new("test.yaml", &text)).unwrap()).unwrap()
}

/// Whether a YAML value is one for the parameter, to the parser and to the schema.
struct Both {
    pattern: Pattern,
    schema: Validator,
}

impl Both {
    fn new(declaration: &str) -> Self {
        let pattern = declared(declaration);
        let schema = Json::Object(value::of(&pattern.parameters["a"]));
        Self {
            schema: validator(&schema),
            pattern,
        }
    }

    fn judge(&self, text: &str) -> (bool, bool) {
        let Ok(node) = yaml::read(&Source::new("value.yaml", text)) else {
            return (false, false);
        };
        let parser = self.pattern.parameters["a"].value(&node, &mut Diagnostics::new());
        // As an editor reads it: by the rules of YAML 1.2.
        let read: Json = serde_yaml::from_str(text).unwrap();
        (parser.is_some(), self.schema.is_valid(&read))
    }
}

#[test]
fn every_bound_and_every_form_is_in_the_schema() {
    let cases = [
        (
            "type: integer, min: 2, max: 4",
            "2 | 4",
            "1 | 5 | two | [2] | true",
        ),
        (
            "type: cidr, min_prefix: 16, max_prefix: 24",
            "10.0.0.0/16 | 10.0.0.0/24",
            "10.0.0.0/8 | 10.0.0.0/28 | 10.0.0.0 | 10.0.0/16 | 256.0.0.0/16 | 7 | [] | fd00::/20",
        ),
        (
            "type: cidr, default: []",
            "[] | 10.0.0.0/8",
            "[10.0.0.0/8] | 10.0.0.0/33",
        ),
        (
            "type: cidrs, min_items: 1, max_items: 2",
            "[10.0.0.0/8] | [10.0.0.0/8, 11.0.0.0/8]",
            "[] | 10.0.0.0/8 | [x] | [10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8]",
        ),
        (
            "type: ipv6_cidr, min_prefix: 48",
            "\"\" | fd00::/48",
            "fd00::/40 | 10.0.0.0/8 | x",
        ),
        (
            "type: ip",
            "203.0.113.10",
            "203.0.113.300 | 1.2.3 | x | 10.0.0.0/8",
        ),
        ("type: port", "443 | \"443\"", "0 | 65536 | \"0\" | x | -1"),
        (
            "type: ports, max_items: 1",
            "[443] | []",
            "[0] | [443, 80] | 443",
        ),
        (
            "type: traffic",
            "[all, tcp/443, udp/53, tcp/1024-65535, icmp, icmp/8]",
            "[tcp/0] | [tcp/70000] | [tpc/443] | [tcp] | [icmp/256] | tcp/443 | [all/1]",
        ),
        ("type: boolean", "true | false", "yes | 1 | \"true\""),
        (
            "type: choice, choices: [static, bgp]",
            "static | bgp",
            "rip | 1 | [static]",
        ),
        (
            "type: choice, choices: [1.20, 7, true]",
            "1.20 | \"1.20\" | 7 | true | \"true\"",
            "1.3 | false",
        ),
        ("type: integer, choices: [30, 60]", "30", "31 | x"),
        (
            "type: text, max_length: 3",
            "abc | 12",
            "abcd | \"\" | \" a\" | \"a\\nb\" | [a] | ~",
        ),
        ("type: image", "ami-1", "\"\""),
        ("type: email", "a@b.c", "a | a@b | a@b@c.d | \"@b.c\""),
        (
            "type: principals",
            "[\"arn:aws:iam::123456789012:role/a\"]",
            "[\"*\"] | [\"arn:aws:iam::123456789012:root\"]",
        ),
        (
            "type: kms_key",
            "arn:aws:kms:eu-west-1:123456789012:key/a-1",
            "arn:aws:kms:eu-west-1:123456789012:alias/a",
        ),
        ("type: prefix_list", "pl-63a5400a", "pl-1 | x-63a5400a"),
        ("type: public_key", "ssh-ed25519 AAAA", "AAAA | rsa-ssh"),
        ("type: script", "a | \"\" | |\n  a\n  b\n", "[a]"),
        ("type: secret", "", "x | [x]"),
    ];
    for (declaration, right, wrong) in cases {
        let both = Both::new(declaration);
        let values = |texts: &'static str| texts.split(" | ").filter(|it| !it.is_empty());
        for text in values(right) {
            assert_eq!(both.judge(text), (true, true), "{declaration}: {text}");
        }
        for text in values(wrong) {
            assert_eq!(both.judge(text), (false, false), "{declaration}: {text}");
        }
    }
}

/// Texts that are nearly of some form.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "0",
        "1",
        "9",
        "10",
        "25",
        "255",
        "256",
        "32",
        "33",
        "128",
        "443",
        "65535",
        "65536",
        "00",
        "08",
        ".",
        "/",
        ":",
        "::",
        "-",
        "--",
        "+",
        "_",
        "@",
        "a",
        "z",
        "A",
        "f",
        "fd00",
        "tcp",
        "udp",
        "icmp",
        "all",
        "arn:aws",
        "iam",
        "kms",
        "role/",
        "key/",
        "123456789012",
        "pl-",
        "ssh-",
        "63a5400a",
        " ",
        "10.0.0.0/8",
        "192.168.",
        "é",
    ]);
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

fn likely() -> impl Strategy<Value = String> {
    prop_oneof![
        nearly(),
        r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(/[0-9]{1,3})?",
        "(tcp|udp|icmp)(/[+]?[0-9]{1,6}(-[0-9]{1,6})?)?",
        "[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,8}/[0-9]{1,3}",
        "[a-z]{1,3}@[a-z.]{1,5}",
        r"[a-z0-9]{1,3}([-_.][a-z0-9]{0,3}){0,3}",
        r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}",
    ]
}

/// Types of whose texts an expression can say everything. Of a block it cannot say which bits are set, of ports not which of
/// two is larger, and IPv6 has too many ways to be written.
const EXACT: [Type; 8] = [
    Type::Ip,
    Type::Port,
    Type::Email,
    Type::KmsKey,
    Type::PrefixList,
    Type::PublicKey,
    Type::Text,
    Type::Choice,
];

proptest! {
    #[test]
    fn a_text_is_judged_alike(text in likely()) {
        let quoted = json!(text).to_string();
        for (name, kind) in Type::ALL {
            if kind == Type::Secret {
                continue;
            }
            let both = judge_of(kind);
            let value = if kind.is_list() { format!("[{quoted}]") } else { quoted.clone() };
            let (parser, schema) = both.judge(&value);
            prop_assert!(!parser || schema, "the schema refuses {} as {}", text, name);
            if EXACT.contains(&kind) {
                prop_assert!(parser || !schema, "the schema takes {} as {}", text, name);
            }
        }
    }

    #[test]
    fn a_name_is_judged_alike(text in likely()) {
        let place = crate::diag::Place::start_of(&Source::new("a", "a"));
        let stack = check_stack_name(&text, "a stack", &place).is_ok();
        let word = check_word(&text, "a tier", &place).is_ok();
        let version = text.parse::<Version>().is_ok();
        for (form, parser) in [(STACK_NAME, stack), (WORD, word), (VERSION, version)] {
            prop_assert_eq!(matches(&form, &text), parser, "{}: {}", form.what, text);
        }
    }
}

fn matches(form: &TextForm, text: &str) -> bool {
    let most = form.most.unwrap_or(usize::MAX);
    let schema = json!({ "pattern": form.pattern, "maxLength": most });
    validator(&schema).is_valid(&json!(text))
}

/// The judge of a type without bounds, made once.
fn judge_of(kind: Type) -> &'static Both {
    use std::sync::OnceLock;
    static ALL: OnceLock<Vec<(Type, Both)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let all = Type::ALL.into_iter();
        all.map(|(name, kind)| (kind, Both::new(&format!("type: {name}"))))
            .collect()
    });
    &all.iter().find(|(of, _)| *of == kind).unwrap().1
}
