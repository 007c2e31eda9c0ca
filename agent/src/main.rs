//! Doorway.

use std::process::ExitCode;

fn main() -> ExitCode {
    roomready_agent::cli::main()
}
