//! Errors of the collector as a whole, worded for the person who started it.

use std::fmt::Write as _;

/// An error and its causes in one line, outermost first.
#[must_use]
pub fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Some libraries repeat their cause in their own text.
        if !line.ends_with(&text) {
            let _ = write!(line, ": {text}");
        }
        cause = inner.source();
    }
    line
}

/// Why the collector could not start, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A listener that is not on loopback and not encrypted.
    #[error(
        "refusing to listen on {address} without encryption: whoever is on the way could read students' test rooms; give \
         it a certificate, or listen on 127.0.0.1 or [::1]"
    )]
    Overheard {
        /// Where it was asked to listen.
        address: std::net::SocketAddr,
    },
    /// A task without which the collector is not a collector has ended.
    #[error("stopping because a part that must not end has ended: {name} {ending}")]
    PartEnded {
        /// The task.
        name: &'static str,
        /// How it ended.
        ending: String,
    },
    /// The store no longer answers.
    #[error("stopping because nothing can be remembered any more: the store {why}")]
    StoreDied {
        /// What the store said last.
        why: String,
    },
    /// The start failed.
    #[error("cannot start: {doing} failed")]
    Start {
        /// What was being done.
        doing: String,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl RunError {
    /// Wraps an error of the start.
    pub(crate) fn starting<E>(doing: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |cause| Self::Start {
            doing: doing.to_owned(),
            source: cause.into(),
        }
    }
}
