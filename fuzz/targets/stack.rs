//! The spec language: a stack, its plan by the pattern that it names, and the resources of it.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use patternbook::cloud::{aws, azure};
use patternbook::diag::{Diagnostics, Source};
use patternbook::plan::{Cloud, expand};
use patternbook::spec::{Pattern, Stack};
use patternbook::yaml::{self, Dialect};
use patternbook_fuzz::{show, sources};

/// The patterns of the library.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../patterns/aws-analytics-loop.yaml"),
        include_str!("../../patterns/aws-private-vpn.yaml"),
        include_str!("../../patterns/azure-hybrid-web-app.yaml"),
        include_str!("../../patterns/azure-public-web.yaml"),
    ];
    let sources = texts.map(|text| Source::new("pattern.yaml", text));
    let nodes = sources.iter().filter_map(|source| yaml::read(source).ok());
    nodes.filter_map(|node| Pattern::read(&node).ok()).collect()
});

fuzz_target!(|bytes: &[u8]| {
    for source in sources("stack.yaml", bytes, Dialect::SPEC) {
        if let Err(errors) = lower(&source) {
            show(&errors);
        }
    }
});

fn lower(source: &Arc<Source>) -> Result<(), Diagnostics> {
    let stack = Stack::read(&yaml::read(source)?)?;
    let pattern = PATTERNS.iter().find(|it| it.id == stack.pattern);
    let Some(pattern) = pattern else {
        return Ok(());
    };
    let plan = expand(pattern, &stack)?;
    // What a cloud refuses has no place in a text that could be shown.
    match plan.cloud {
        Cloud::Aws => drop(aws::lower(&plan)),
        Cloud::Azure => drop(azure::lower(&plan)),
    }
    Ok(())
}
