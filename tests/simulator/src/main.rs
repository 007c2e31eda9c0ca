//! Doorway of `roomready-simulator`.

/// A rehearsed day makes and drops some hundred million small things in one thread, which this allocator is better at than
/// the system's. The programs themselves keep the system's: theirs is the memory that is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    roomready_simulator::cli::main()
}
