//! Logs and metrics. Both are process-wide by nature, so this room sets them up once, however often it is asked.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For a terminal or a journal.
    Text,
    /// One JSON object per line, for a collector of logs.
    Json,
}

/// A log filter that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log filter {filter:?} cannot be understood; write for example \"info\" or \"info,roomready=debug\""
)]
pub struct BadFilter {
    filter: String,
    source: tracing_subscriber::filter::ParseError,
}

/// Sends logs to standard error (standard output belongs to what the commands print). A second call does nothing.
///
/// # Errors
///
/// When the filter cannot be understood.
pub fn start_logs(filter: &str, format: LogFormat) -> Result<(), BadFilter> {
    let parsed = EnvFilter::try_new(filter).map_err(|source| BadFilter {
        filter: filter.to_owned(),
        source,
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // An error means that logs are already set up, by an earlier call or by a test.
    let _ = match format {
        LogFormat::Text => lines.with_target(false).finish().try_init(),
        LogFormat::Json => lines.json().finish().try_init(),
    };
    Ok(())
}

/// Upper bounds of the request time histogram in seconds: the promise is a 99th percentile under 50 ms.
const REQUEST_SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The metrics of this process, ready to be rendered.
#[derive(Debug, Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts recording on the first call; later calls give the same metrics. (The recorder is global: two
    /// collectors in one test process share it.)
    #[must_use]
    pub fn start() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| {
            let recorder = PrometheusBuilder::new()
                .set_buckets(REQUEST_SECONDS)
                .expect("the list of bounds is not empty")
                .build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is in place; /metrics will stay empty");
            }
            describe();
            handle
        });
        Self(handle.clone())
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds what histograms have gathered. Call each [`crate::limits::METRICS_UPKEEP`].
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "roomready_requests_total",
        "Requests by route, method and status."
    );
    describe_histogram!(
        "roomready_request_seconds",
        "Time from a request's header to its answer's header."
    );
    describe_gauge!("roomready_connections_open", "Connections being served.");
    describe_counter!(
        "roomready_connections_refused_total",
        "Connections refused because all places of a door, or all that one address may take, were taken."
    );
    describe_counter!(
        "roomready_tls_handshakes_failed_total",
        "Connections that ended in their TLS handshake."
    );
    describe_gauge!(
        "roomready_certificate_ends_timestamp_seconds",
        "When the district's own certificate for people's pages ends."
    );
    describe_counter!(
        "roomready_connections_broken_total",
        "Connections that ended with an error."
    );
    describe_counter!(
        "roomready_connections_never_spoke_total",
        "Connections closed for sending no request."
    );
    describe_counter!("roomready_panics_total", "Panics caught in request handlers.");
    describe_counter!(
        "roomready_reach_refused_total",
        "Tries of a network refused because too many were under way."
    );
    describe_gauge!("roomready_live_streams_open", "Live pages being fed.");
    describe_counter!(
        "roomready_live_snapshots_total",
        "Fresh snapshots sent to live pages that fell behind."
    );
    describe_counter!("roomready_news_stored_total", "Records made durable.");
    describe_counter!(
        "roomready_news_refused_total",
        "Records that were not understood and kept aside."
    );
    describe_counter!(
        "roomready_watch_odd_inputs_total",
        "What the watch could not take as it came, by why."
    );
    describe_counter!(
        crate::watching::LINES_LOST,
        "Lines of the record lost because too many waited for the disk."
    );
    describe_counter!(
        "roomready_beats_dropped_total",
        "Signs of life dropped because the watch stood still."
    );
    describe_counter!("roomready_reports_total", "Reports taken.");
    describe_counter!(
        "roomready_notices_written_total",
        "Notices to the staff put into the outbox, by target."
    );
    describe_counter!(
        "roomready_notices_delivered_total",
        "Notices that a target took, by target."
    );
    describe_counter!(
        "roomready_notices_failed_total",
        "Tries of a notice that failed, by target and reason."
    );
    describe_counter!(
        "roomready_notices_given_up_total",
        "Notices that were given up, by target."
    );
}
