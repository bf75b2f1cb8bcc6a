//! The `patternbook` binary: everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    patternbook::cli::main()
}
