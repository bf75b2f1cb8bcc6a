//! ARM into resources, and what they let through.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::reach::azure::matrix;
use patternbook::read::arm::read;
use patternbook::yaml::Dialect;
use patternbook_fuzz::{show, sources, tell};

fuzz_target!(|bytes: &[u8]| {
    let Some(source) = sources("template", bytes, Dialect::TEMPLATE)
        .into_iter()
        .next()
    else {
        return;
    };
    match read(&source) {
        Ok(reading) => tell(&matrix(&reading.resources, &reading.unknown)),
        Err(errors) => show(&errors),
    }
});
