//! The `patternbook` binary: everything it does is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Reading and proving makes trees of many small values: with the system's allocator a third of the time goes to it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    patternbook::cli::main()
}
