//! Doorway of `roomready-simulator`.

fn main() -> std::process::ExitCode {
    roomready_simulator::cli::main()
}
