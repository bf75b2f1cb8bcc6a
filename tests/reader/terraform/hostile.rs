//! No input makes the reader panic or hang.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use patternbook::diag::Source;
use patternbook::read::terraform::read_aws_plan;
use proptest::prelude::*;

use super::written::{examples, read, read_text};

/// Long enough for a slow machine without optimisation; a loop that does not end takes longer.
const SOON: Duration = Duration::from_mins(1);

#[track_caller]
fn soon(text: &str) -> bool {
    let start = Instant::now();
    let read = read_text(text).is_ok();
    let taken = start.elapsed();
    assert!(taken < SOON, "{taken:?}");
    read
}

#[test]
fn too_many_instances_are_an_error() {
    assert!(!soon(
        "resource \"aws_vpc\" \"v\" {\n  count = 1000000000\n}\n"
    ));
    let nested = "locals {\n  a = [for x in range(1000) : [for y in range(1000) : [for z in range(1000) : z]]]\n}\noutput \"o\" {\n  value = local.a\n}\n";
    assert!(!soon(nested));
}

#[test]
fn a_billion_laughs_end() {
    let mut text = "locals {\n  l0 = [\"ha\", \"ha\"]\n".to_owned();
    for at in 1..60 {
        writeln!(
            text,
            "  l{at} = concat(local.l{}, local.l{})",
            at - 1,
            at - 1
        )
        .unwrap();
        writeln!(
            text,
            "  m{at} = \"${{jsonencode(local.l{at})}}${{jsonencode(local.l{at})}}\""
        )
        .unwrap();
    }
    text += "}\noutput \"o\" {\n  value = local.m59\n}\n";
    soon(&text);
}

#[test]
fn chains_end() {
    let mut text = "locals {\n  l0 = 1\n".to_owned();
    for at in 1..5000 {
        writeln!(text, "  l{at} = [local.l{}, local.l{}]", at - 1, at - 1).unwrap();
    }
    text += "}\noutput \"o\" {\n  value = local.l4999\n}\n";
    assert!(soon(&text));
    let mut circle = String::new();
    for at in 0..5000 {
        let next = (at + 1) % 5000;
        writeln!(
            circle,
            "resource \"aws_vpc\" \"v{at}\" {{\n  cidr_block = aws_vpc.v{next}.cidr_block\n}}"
        )
        .unwrap();
    }
    assert!(!soon(&circle));
    assert!(soon(&circle.replacen(
        "aws_vpc.v1.cidr_block",
        "\"10.0.0.0/16\"",
        1
    )));
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a=", "}"),
        ("!", ""),
        ("\"${", "}\""),
    ] {
        let text = format!(
            "locals {{\n  a = {}1{}\n}}\n",
            open.repeat(20_000),
            close.repeat(20_000)
        );
        assert!(!soon(&text), "{open}");
    }
    let blocks = format!("{}{}", "a {\n".repeat(20_000), "}\n".repeat(20_000));
    assert!(!soon(&blocks));
}

#[test]
fn modules_that_call_themselves_end() {
    let own = Source::new(
        "main.tf",
        "module \"a\" {\n  source = \"./\"\n}\nmodule \"b\" {\n  source = \"./\"\n}\n",
    );
    let _ = read(&[own]);
}

#[test]
fn a_large_configuration_is_read() {
    let mut text = "resource \"aws_security_group\" \"g\" {\n  vpc_id = \"v\"\n}\n".to_owned();
    let mut at = 0;
    while text.len() < 1_000_000 {
        at += 1;
        writeln!(
            text,
            "resource \"aws_vpc_security_group_ingress_rule\" \"r{at}\" {{\n  security_group_id = aws_security_group.g.id\n  ip_protocol = \"tcp\"\n  from_port = {}\n  to_port = {}\n  cidr_ipv4 = \"10.0.0.0/8\"\n}}",
            at % 60_000 + 1,
            at % 60_000 + 1
        )
        .unwrap();
    }
    assert!(soon(&text));
}

/// Pieces of configurations in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = proptest::sample::select(vec![
        "resource \"aws_vpc\" \"a\" {\n",
        "resource \"aws_security_group\" \"a\" {\n",
        "resource \"aws_iam_role\" \"b\" {\n",
        "data \"aws_iam_policy_document\" \"d\" {\n",
        "variable \"v\" {\n",
        "locals {\n",
        "module \"m\" {\n  source = \"./\"\n",
        "output \"o\" {\n",
        "}\n",
        "  ingress {\n",
        "  dynamic \"ingress\" {\n",
        "  content {\n",
        "  for_each = ",
        "  count = ",
        "  value = ",
        "  cidr_block = ",
        "  vpc_id = ",
        "  x = ",
        "var.v\n",
        "local.x\n",
        "aws_vpc.a.id\n",
        "aws_vpc.a[*].id\n",
        "each.value\n",
        "count.index\n",
        "module.m.o\n",
        "[1, \"a\", null]\n",
        "{ a = 1, (local.x) = 2 }\n",
        "[for k, v in local.x : v... if k]\n",
        "{ for k, v in local.x : k => v... }\n",
        "cidrsubnet(\"10.0.0.0/8\", 300, -1)\n",
        "format(\"%d%%%05s\", 1, var.v)\n",
        "\"${local.x}-%{ if true }a%{ endif }\"\n",
        "<<-EOT\n  a ${var.v}\nEOT\n",
        "substr(\"é\", -5, -1)\n",
        "chunklist([1], -1)\n",
        "range(1, 0, 0)\n",
        "jsondecode(\"{\")\n",
        "1 / 0\n",
        "-1\n",
        "1e400\n",
        "null\n",
    ]);
    proptest::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = read_text(&text);
        let _ = read_aws_plan(&Source::new("plan.json", &text));
    }

    #[test]
    fn pieces_of_configurations_never_panic(text in pieces()) {
        let _ = read_text(&text);
    }
}

#[test]
fn a_file_cut_anywhere_never_panics() {
    let (_, _, folder) = examples().swap_remove(0);
    for file in &folder {
        for at in (0..file.text.len()).step_by(997) {
            let at = file.text.floor_char_boundary(at);
            let _ = read_text(&file.text[..at]);
            let _ = read_text(&file.text[at..]);
        }
    }
}
