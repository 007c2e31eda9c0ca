//! The log: to standard error, where a service manager collects it. Standard output belongs to the commands.

use tracing_subscriber::EnvFilter;

/// Sets it up once; a second call changes nothing, so that several agents can live in one process.
///
/// Panics contained by the agent are logged as what they are, not printed over a command's output.
pub fn start(level: &str) {
    // The HTTP and TLS libraries have much to say at "debug" that is not about this agent.
    let filter = format!("{level},hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,surge_ping=warn");
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
    if set.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            tracing::error!(%panic, "a part of the agent crashed and was contained");
        }));
    }
}
