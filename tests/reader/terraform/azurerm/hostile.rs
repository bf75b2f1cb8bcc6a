//! No input makes the reader panic or hang.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use patternbook::diag::Source;
use proptest::prelude::*;

use super::{examples, read, read_text};

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
fn names_that_lead_in_circles_end() {
    let one = "resource \"azurerm_public_ip\" \"a\" {\n  name = azurerm_public_ip.b.name\n}\n";
    let other = "resource \"azurerm_public_ip\" \"b\" {\n  name = azurerm_public_ip.a.name\n}\n";
    soon(&format!("{one}{other}"));
    soon(
        "resource \"azurerm_virtual_network\" \"a\" {\n  name = azurerm_virtual_network.a.name\n}\n",
    );
    let mut chain = String::new();
    for at in 0..3000 {
        let next = at + 1;
        writeln!(
            chain,
            "resource \"azurerm_lb\" \"l{at}\" {{\n  name = \"${{azurerm_lb.l{next}.name}}${{azurerm_lb.l{next}.name}}\"\n}}"
        )
        .unwrap();
    }
    writeln!(
        chain,
        "resource \"azurerm_lb\" \"l3000\" {{\n  name = \"x\"\n}}"
    )
    .unwrap();
    soon(&chain);
}

#[test]
fn many_rules_are_read_soon() {
    let mut text =
        "resource \"azurerm_network_security_group\" \"g\" {\n  name = \"g\"\n}\n".to_owned();
    for at in 0..4000 {
        writeln!(
            text,
            "resource \"azurerm_network_security_rule\" \"r{at}\" {{\n  name = \"r{at}\"\n  priority = {}\n  \
             direction = \"Inbound\"\n  access = \"Allow\"\n  protocol = \"*\"\n  source_port_range = \"*\"\n  \
             destination_port_range = \"*\"\n  source_address_prefix = \"*\"\n  destination_address_prefix = \"*\"\n  \
             network_security_group_name = azurerm_network_security_group.g.name\n}}",
            at % 4000 + 97
        )
        .unwrap();
    }
    assert!(soon(&text));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_folder_that_was_cut_or_changed_is_read_or_refused(
        example in 0_usize..4, file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        put in prop_oneof!["[\\[\\]{}\"=.*$]{0,3}", "[a-z0-9_./ \\n]{0,6}"], cut in 0_usize..40,
    ) {
        let mut folder = examples().swap_remove(example).folder;
        let file = file.index(folder.len());
        let text = folder[file].text.to_string();
        let at = at.index(text.len());
        let end = (at + cut).min(text.len());
        if text.is_char_boundary(at) && text.is_char_boundary(end) {
            let text = format!("{}{put}{}", &text[..at], &text[end..]);
            folder[file] = Source::new(&folder[file].name, &text);
            let _ = read(&folder);
        }
    }
}
