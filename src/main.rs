//! The `patternbook` binary: everything it does is in the library.

use std::process::ExitCode;

// Reading and proving makes trees of many small values: with the system's allocator a third of the time goes to it. Where the
// linker can put another one in its place for good, that spares the detour by which Rust asks for aligned memory.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
use mimalloc as _;

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    patternbook::cli::main()
}
