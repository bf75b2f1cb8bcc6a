//! Whatever is read quickly, the library reads to the same tree, with the same places.

use proptest::prelude::*;

use super::super::full;

/// Whether a text is read quickly, and then as the library reads it.
#[track_caller]
fn is_quick(text: &str) -> bool {
    let Some(quick) = super::read(text) else {
        return false;
    };
    match full::read(text) {
        Ok(full) => assert_eq!(quick, full, "{text}"),
        Err(error) => panic!("read quickly, though {error}: {text}"),
    }
    true
}

/// Every file that the examples become, with its name.
fn emitted() -> Vec<(String, String)> {
    let mut emitted = Vec::new();
    for entry in std::fs::read_dir("snapshots").unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if !name.ends_with(".terraform.snap") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let body = text.splitn(3, "---\n").nth(2).unwrap_or_default();
        for file in body.split("==> ") {
            let head = file.split_once(" <==\n");
            if let Some((file, text)) =
                head.filter(|(file, _)| file.rsplit_once('.').is_some_and(|(_, end)| end == "tf"))
            {
                emitted.push((format!("{name}, {file}"), text.to_owned()));
            }
        }
    }
    assert!(emitted.len() > 100, "{}", emitted.len());
    emitted
}

#[test]
fn what_we_write_is_quick_to_read() {
    for (name, text) in emitted() {
        assert!(is_quick(&text), "{name}:\n{text}");
    }
}

#[test]
fn each_form_is_read_as_the_library_reads_it() {
    for text in [
        "",
        "# nothing\n",
        "\n\n  // nothing",
        "a = 1",
        "a = 1 # why\nb = 2 // why\n\n# c\nd=3\n",
        "a {}\nb { }\nc {\n}\n",
        "a { b = 1 }\nc { d = [\n1\n] }\n",
        "a { # why\n  b = 1\n}\n",
        "a {\n  b {\n    c = 1\n  }\n  # d\n}",
        "resource \"aws_vpc\" \"main\" {\n\tcidr_block = \"10.0.0.0/16\"\n}\n",
        "a b \"c\" d-1 _e{}\n",
        "a \"b\\\"c\\n\" {}\n",
        "a = null\nb = true\nc = false\nd = any\ne = nullable\n",
        "a = 0\nb = 18446744073709551615\nc = -1\nd = - 2\ne = 1.5\nf = -0.25\ng = -0\nh = 007\n",
        "a = \"\"\nb = \"é漢😀\"\nc = \"\\u00e9\\t\\r\\n\\\\\\\"\"\n",
        "a = \"$\"\nb = \"$$\"\nc = \"%\"\nd = \"{}\"\ne = \"$ {\"\nf = \"$%\"\n",
        "a = \"$${b}\"\nc = \"$$${d}\"\ne = \"%%{if}\"\nf = \"x$${b}y\"\n",
        "a = \"b\nc\"\n",
        "a = \"${b}\"\nc = \"d${e}f${ g }${\nh\n}\"\ni = \"${~ j ~}k${l~}\"\n",
        "a = \"${b[\"c\"]}-${d(\"e${f}\")}\"\n",
        "a = []\nb = [1]\nc = [1,]\nd = [\n  1,\n  2, # two\n  # three\n]\n",
        "a = [[1], [[2]]]\nb = [{}, {}]\n",
        "a = {}\nb = { c = 1 }\nd = { e = 1, f = 2 }\ng = { h = 1, }\n",
        "a = {\n  b = 1\n  \"c\" = 2 # why\n  d : 3,\n  \"e f\": 4 // why\n\n}\n",
        "a = {\n  b = {\n    c = [1, 2]\n  }\n}\n",
        "a = b.c\nd = e.f.g[0]\nh = i[\"j\"].k\nl = m[*].n\no = p.*.q\nr = s[ t .u ]\n",
        "a = [b\n.c\n[d]]\n",
        "a = f()\nb = f(1)\nc = f(1, \"2\", [3])\nd = f(\n  1,\n  2,\n)\ne = f(g...)\nh = f(1, g ... )\n",
        "a = f (1)\nb = [f\n(1)]\n",
        "a = f(1).b[0]\nc = [1][0]\nd = {}.e\nf = \"g\".h\n",
        "a = f(1)\n\n# b\nc = [1]\nd = 2\n",
        "a = f(1)\n  .b\nc = [1]\n  [0]\nd = f(1)\n  + 2\n",
        "a = { b = f(1)\n c = [1]\n d = 2 }\n",
        "a = !b\nc = -d\ne = !f.g[0]\nh = - i\nj = !!k\nl = -(1)\n",
        "a = (1)\nb = (\n  c\n)\nd = ((e)).f\n",
        "a = 1 + 2\nb = 1+2*3\nc = 1*2+3\nd = 1 - 2 - 3\ne = (1 + 2) * 3\n",
        "a = b == c && d != e || !f\ng = 1 < 2\nh = 1 <= 2\ni = 1 > 2\nj = 1 >= 2\nk = 4 / 2 % 3\n",
        "a = 1 + 2 == 3 && 4 * 5 > 6 || 7 < 8 - 9\nb = 1 || 2 && 3 == 4 < 5 + 6 * 7\n",
        "a = b-c\nd = b -c\ne = [b\n- c]\n",
        "a = b ? c : d\ne = f == \"\" ? null : g(f)\nh = i ? j : k ? l : m\nn = o ? p ? q : r : s\n",
        "a = [b ?\nc :\nd]\ne = (f\n? g\n: h)\n",
        "a = 1 + 2 ? 3 + 4 : 5 + 6\n",
        "format = 1\nforeach = [format]\nin = { format = 1 }\n",
        "a = [for b in c : b]\nd = [ for e, f in g : e if f == 1 ]\n",
        "a = [\n  # why\n  for b in c :\n  b\n  + d\n  if e\n]\n",
        "a = { for b in c : b => d }\ne = { for f, g in h : f => g... if g }\n",
        "a = {\n  for b in [1, 2] :\n  b => \"${b}\"\n}\n",
        "a = { for b in c : d => e }\n  .f\n",
        "a = for\nb = { c = 1, for = 2 }\nd = for(e)\nf = [g, for]\nh = [for]\ni = { for: 1 }\n",
        "a = jsonencode({\n  b = \"c\"\n})\n",
    ] {
        assert!(is_quick(text), "{text}");
    }
}

#[test]
fn whatever_is_anything_else_is_left_to_the_library() {
    for text in [
        "a = 1\r\n",
        "a = /* b */ 1\n",
        "a = 1 /* b */\n",
        "/* a */\n",
        "a /* b */ {}\n",
        "a = [/* b */]\n",
        "é = 1\n",
        "aé = 1\n",
        "a = é\n",
        "a = b.é\n",
        "a = <<EOT\nb\nEOT\n",
        "a = <<-EOT\n  ${b}\n  EOT\n",
        "a = \"%{if b}c%{endif}\"\n",
        "a = \"\\U0001F600\"\n",
        "a = 1e3\n",
        "a = 1.5E-3\n",
        "a = 18446744073709551616\n",
        "a = b::c(1)\n",
        "a = [for b in c : d iff]\n",
        "a = b . c\n",
        "a = [b.\nc]\n",
        "a = b.0\n",
        "a = { (b) = 1 }\n",
        "a = { \"${b}\" = 1 }\n",
        "a = { b.c = 1 }\n",
        "a = { null = 1 }\n",
        "a = { 1 = 2 }\n",
        "a = { b = 1, \"b\" = 2 }\n",
    ] {
        assert!(full::read(text).is_ok(), "{text}");
        assert!(!is_quick(text), "{text}");
    }
}

#[test]
fn whatever_is_wrong_is_left_to_the_library() {
    for text in [
        "\u{FEFF}a = 1\n",
        "a = [for (b)]\n",
        "a = [ for\n]\n",
        "a = { for = 1 }\n",
        "a = [for b in c]\n",
        "a = [for b c : d]\n",
        "a = [for b in c : d, e]\n",
        "a = [for b, c, d in e : f]\n",
        "a = [for b in c\n+ d : e]\n",
        "a = [for b in c : d => e]\n",
        "a = [for b in c : d...]\n",
        "a = { for b in c : d }\n",
        "a = { for b in c : d => e, }\n",
        "a = { for b in c : d => e\n+ f }\n",
        "a = \"\\ud83d\"\n",
        "a = \"\\x\"\n",
        "a = \"\\u+123\"\n",
        "a = 1e\n",
        "a = { b = 1, b = 2 }\n",
        "a = 1\na = 2\n",
        "a {\n  b = 1\n  b = 2\n}\n",
        "a = 1 b = 2\n",
        "a = \n",
        "a\n",
        "a =\n  1\n",
        "a == 1\n",
        "a b = 1\n",
        "a {\n",
        "a }\n",
        "}\n",
        "a { b = 1 c = 2 }\n",
        "a { b {} }\n",
        "a { b = 1\n}\n",
        "a {} b {}\n",
        "a \"${b}\" {}\n",
        "a = \"b\n",
        "a = \"${b\"\n",
        "a = \"${}\"\n",
        "a = [1 2]\n",
        "a = [,]\n",
        "a = [1,,]\n",
        "a = f(,)\n",
        "a = f(1 2)\n",
        "a = f(...)\n",
        "a = f(1,...)\n",
        "a = f(1....)\n",
        "a = [1...]\n",
        "a = b...\n",
        "a = { b = 1 c = 2 }\n",
        "a = { b => 1 }\n",
        "a = { b == 1 }\n",
        "a = { b }\n",
        "a = { b = 1 / }\n",
        "a = 1 + \n",
        "a = 1 +\n2\n",
        "a = b ! c\n",
        "a = b & c\n",
        "a = b ? c\n",
        "a = b ? c : \n",
        "a = b\n? c : d\n",
        "a = (b\n",
        "a = b[\n",
        "a = b[]\n",
        "a = b.\n",
        "a = !\n",
        "a = -\n",
        "a = 1 / / 2\n",
        "a = b = c\n",
        "1 = a\n",
        "a = @\n",
        "a\u{b}= 1\n",
    ] {
        assert!(full::read(text).is_err(), "{text}");
        assert!(!is_quick(text), "{text}");
    }
}

#[test]
fn nothing_nests_deeper_than_the_library_reads() {
    let depths = [
        super::MAX_DEPTH - 2,
        super::MAX_DEPTH,
        super::MAX_DEPTH + 2,
        100_000,
    ];
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a=", "}"),
        ("f(", ")"),
        ("!", ""),
        ("\"${", "}\""),
        ("b[", "]"),
        ("c?d:", ""),
        ("c?", ":d"),
    ] {
        let quick = depths.map(|depth| {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            is_quick(&format!("a = {open}1{close}\n"))
        });
        assert_eq!(quick, [true, true, false, false], "{open}");
    }
    let blocks = depths.map(|depth| {
        let (open, close) = ("a {\n".repeat(depth), "}\n".repeat(depth));
        is_quick(&format!("{open}{close}"))
    });
    assert_eq!(blocks, [true, true, false, false]);
    let operators = super::MAX_OPERATORS;
    let chain = |operators| is_quick(&format!("a = 1{}\nb = 1 + 2\n", " + 1".repeat(operators)));
    assert!(chain(operators));
    assert!(!chain(operators + 1));
    assert!(!chain(100_000));
}

#[test]
fn many_names_are_compared_soon() {
    let lines = |keys: usize| {
        let lines: Vec<_> = (0..keys).map(|key| format!("k{key} = 1\n")).collect();
        lines.concat()
    };
    let text = lines(20_000);
    assert!(is_quick(&text));
    assert!(!is_quick(&format!("{text}k7 = 1\n")));
    let object = lines(2_000);
    assert!(is_quick(&format!("a = {{\n{object}}}\n")));
    assert!(!is_quick(&format!("a = {{\n{object}k7 = 1\n}}\n")));
}

/// An expression of all that is quick to read, with white space of any sort.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z_][a-z0-9_-]{0,4}".prop_filter("a word of the language", |word| word != "for"),
        "(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?",
        "\"([a-z $%{}é]|\\\\n|\\\\\"|\\$\\$\\{){0,6}\""
            .prop_filter("no more than a text", |text| {
                !text.replace("$${", "").contains("${") && !text.contains("%{")
            }),
        "(aws_vpc\\.main\\.id|var\\.x|a\\[0\\]|b\\[\\*\\]\\.c|d\\.\\*\\.e|null|true|\\[\\]|\\{\\})",
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            (items(), "(, |,\n|,)")
                .prop_map(|(items, between)| format!("[{}]", items.join(&between))),
            (items(), "(, |\n,)")
                .prop_map(|(items, between)| format!("f({})", items.join(&between))),
            (items(), "( = |=|: |:)", "(, |\n| # why\n|,)").prop_map(|(items, sign, between)| {
                let entries = items.iter().enumerate();
                let entries: Vec<_> = entries.map(|(at, it)| format!("k{at}{sign}{it}")).collect();
                format!("{{ {} }}", entries.join(&between))
            }),
            (
                inner.clone(),
                "( == | != |<|>=| \\+ |-| - |\\*|/| && | \\|\\| |%)",
                inner.clone()
            )
                .prop_map(|(one, sign, other)| format!("{one} {sign} {other}")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(condition, yes, no)| format!("({condition} ? {yes} : {no})")),
            inner.clone().prop_map(|inner| format!("(\n{inner} )")),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            inner
                .clone()
                .prop_map(|inner| format!("\"a${{{inner}}}b${{ {inner} }}\"")),
            inner
                .clone()
                .prop_map(|inner| format!("({inner}).a[{inner}]")),
            (inner.clone(), inner.clone(), "(| if d| if !e\n)")
                .prop_map(|(of, value, choice)| format!("[for a in ({of}) : {value}{choice}]")),
            (inner.clone(), inner.clone(), "(|\\.\\.\\.| if c)").prop_map(
                |(of, value, end)| format!("{{for a, b in ({of}) : a => ({value}){end}}}")
            ),
        ]
    })
}

/// Blocks of what we write, each by itself.
fn blocks() -> Vec<String> {
    let mut blocks = Vec::new();
    for (_, text) in emitted() {
        blocks.extend(text.split_inclusive("\n}\n").map(str::to_owned));
    }
    blocks.sort();
    blocks.dedup();
    blocks
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn every_expression_of_these_is_quick(one in expression(), other in expression()) {
        let text = format!("a = {one}\nb \"c\" {{\n  d = {other} # e\n}}\n");
        prop_assert!(is_quick(&text), "{text}");
    }

    #[test]
    fn no_expression_is_read_otherwise_than_by_the_library(parts in prop::collection::vec(
        "(a|b-1|for|null|1|2\\.5|1e3|\"c\"|\"\\$\\{|\"|\\}\"|\\[|\\]|\\(|\\)|\\{|\\}|,|\\.|\\.\\.\\.|\\*|\\?|:|::|=|==|=>|!|<|>=|-|/|//|#|/\\*|\\*/|&&|%|~|\n| |<<E\n|\nE\n|in|if)",
        1..12,
    )) {
        is_quick(&format!("a = {}\n", parts.concat()));
        is_quick(&format!("a = [{}]\n", parts.concat()));
        is_quick(&format!("a = {{ {} }}\n", parts.concat()));
        is_quick(&format!("a = \"{}\"\n", parts.concat()));
    }

    #[test]
    fn no_block_is_read_otherwise_than_by_the_library(parts in prop::collection::vec(
        "(a|b|\"c\"|d = 1|e = f\\(1\\)|g = \\[1\\]|=|\\{|\\}|\\{\\}|\\{\n|\n\\}|\n| |\t|#|//|/\\*|\\*/|,|\\.|-1|\r\n|é)",
        1..12,
    )) {
        is_quick(&parts.concat());
    }

    #[test]
    fn no_text_is_read_otherwise_than_by_the_library(parts in "[a$%{}\\\\\"nuU0d8é~ \n-]{0,12}") {
        is_quick(&format!("a = \"{parts}\"\n"));
        is_quick(&format!("a = \"{parts}"));
    }

    #[test]
    fn no_change_of_what_we_write_is_read_otherwise(
        block in prop::sample::select(blocks()),
        (at, length) in (any::<prop::sample::Index>(), 0..4_usize),
        put in "(|[a-z]|[ \n]|[\\[\\](){}]|[-+*/!?:=<>&|%.,]|\"|\\$\\{|\\}|/\\*|//|#|for|null|\\.\\.\\.|1e1)",
    ) {
        let start = block.floor_char_boundary(at.index(block.len()));
        let end = block.ceil_char_boundary((start + length).min(block.len()));
        let mut text = block;
        text.replace_range(start..end, &put);
        is_quick(&text);
    }
}
