//! The spec language: a pattern, and the plan of a stack that says nothing but its name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::diag::{Diagnostics, Source};
use patternbook::plan::expand;
use patternbook::spec::{Pattern, Stack};
use patternbook::yaml::{self, Dialect};
use patternbook_fuzz::{show, sources};

fuzz_target!(|bytes: &[u8]| {
    for source in sources("pattern.yaml", bytes, Dialect::SPEC) {
        if let Err(errors) = plan(&source) {
            show(&errors);
        }
    }
});

fn plan(source: &std::sync::Arc<Source>) -> Result<(), Diagnostics> {
    let pattern = Pattern::read(&yaml::read(source)?)?;
    let stack = format!("stack: fuzz\npattern: {}\n", pattern.id);
    let stack = Stack::read(&yaml::read(&Source::new("stack.yaml", &stack))?)?;
    expand(&pattern, &stack).map(drop)
}
