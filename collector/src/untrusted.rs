//! What comes from outside, taken as the collector takes it but without a socket, a file or a store: the way in for
//! the fuzzers of `tests/fuzz`. Nothing here may panic, whatever it is given.

use std::sync::Arc;

use jiff::Timestamp;
use roomready_shared::evaluate::{Occasion, evaluate};
use roomready_shared::requirement::Requirement;
use roomready_shared::wire::v1::{EnrollRequest, NewsBody, Report};

use crate::config;
use crate::http::read_message;
use crate::ingest;

/// Reads the body of a report, checks it, dates its records and judges the facts that it brings. Gives how many
/// records were understood; none when the report was refused.
#[must_use]
pub fn report(body: &[u8], received: [Timestamp; 2], requirement: &Requirement) -> Option<usize> {
    let report: Report = read_message(body).ok()?;
    let news = ingest::look_at(&report, received).ok()?;
    for news in &news {
        if let NewsBody::Facts { facts, .. } = &news.body {
            for now in received {
                let occasion = Occasion::Sitting {
                    starts: received[0],
                    seat_ends: received[1],
                };
                let _judged = evaluate(requirement, facts.as_ref(), &occasion, now);
            }
        }
    }
    Some(news.len())
}

/// Reads the body of an enrolment; whether it was one.
#[must_use]
pub fn enrolment(body: &[u8]) -> bool {
    read_message::<EnrollRequest>(body).is_ok()
}

/// Reads the text of the district's settings, with its roster; whether it is sound. Every fault is written out.
#[must_use]
pub fn settings(text: &str, requirement: &Arc<Requirement>) -> bool {
    match config::load_text("collector.toml", text, requirement) {
        Ok(_district) => true,
        Err(faults) => faults.to_string().is_empty(),
    }
}
