//! Doorway.

use std::process::ExitCode;

fn main() -> ExitCode {
    roomready_collector::cli::main()
}
