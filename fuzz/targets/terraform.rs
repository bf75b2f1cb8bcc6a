//! HCL into resources of AWS, and what they let through.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::reach::aws::matrix;
use patternbook::read::terraform::read_aws;
use patternbook::yaml::Dialect;
use patternbook_fuzz::{show, sources, tell};

fuzz_target!(|bytes: &[u8]| {
    match read_aws(&sources("main.tf", bytes, Dialect::TEMPLATE)) {
        Ok(reading) => tell(&matrix(&reading.resources, &reading.unknown)),
        Err(errors) => show(&errors),
    }
});
