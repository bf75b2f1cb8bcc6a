//! YAML and JSON into trees, in both dialects.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::yaml::{Dialect, read_as};
use patternbook_fuzz::{show, sources};

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::SPEC, Dialect::TEMPLATE] {
        for source in sources("input.yaml", bytes, dialect) {
            if let Err(errors) = read_as(&source, dialect) {
                show(&errors);
            }
        }
    }
});
