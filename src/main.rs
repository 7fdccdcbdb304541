//! The binary: runs the command line and ends with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    armarius::cli::main()
}
