//! The device's clock against the collector's, for a device that is not enrolled and so gets no report's answer.

use std::sync::Arc;

use roomready_shared::facts::{ClockOffset, Outcome, Reading, Source};
use roomready_shared::units::{ShortText, Timestamp};

use crate::ports::Clock;
use crate::uplink::{CollectorAddress, http_date};

/// The Date header has whole seconds, cut off: the truth lies half a second later on average.
const HALF_A_SECOND_MS: u64 = 500;

/// Asks the collector for any page and reads the time that it was sent.
pub async fn collector_clock(
    client: &reqwest::Client,
    collector: &CollectorAddress,
    clock: &Arc<dyn Clock>,
) -> Reading<ClockOffset> {
    let before = clock.now();
    let answer = client.get(collector.at("/livez")).send().await;
    let after = clock.now();
    let outcome = match answer {
        Err(_) => Outcome::Failed(ShortText::fit(
            "the collector does not answer, so there is no clock to compare with",
        )),
        Ok(response) if !response.status().is_success() => Outcome::Failed(ShortText::fit(
            "something else than the collector answers, so there is no clock to compare with",
        )),
        Ok(response) => {
            let date = response
                .headers()
                .get(reqwest::header::DATE)
                .and_then(|value| value.to_str().ok())
                .and_then(http_date);
            match date {
                Some(server) => {
                    let round_trip = after.mono_ms.saturating_sub(before.mono_ms);
                    Outcome::Measured(offset(after.wall, server, round_trip))
                }
                None => Outcome::Unsupported(ShortText::fit("the collector's answer does not say its time")),
            }
        }
    };
    Reading {
        outcome,
        source: Source::Agent,
        at: after.wall,
    }
}

fn offset(received: Timestamp, server: Timestamp, round_trip_ms: u64) -> ClockOffset {
    let later = i64::try_from(round_trip_ms / 2 + HALF_A_SECOND_MS).unwrap_or(i64::MAX);
    let apart = i64::try_from(received.duration_since(server).as_millis()).unwrap_or(i64::MAX);
    ClockOffset {
        ahead_ms: apart.saturating_sub(later),
        uncertainty_ms: u32::try_from(round_trip_ms / 2 + HALF_A_SECOND_MS).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_a_day_off_is_seen_from_a_date_header_alone() {
        let server = http_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("HTTP's own example");
        let received = server
            .checked_add(jiff::SignedDuration::from_hours(24))
            .expect("a time");
        let got = offset(received, server, 40);
        assert_eq!((got.ahead_ms, got.uncertainty_ms), (86_400_000 - 520, 520));
        assert_eq!(http_date("yesterday"), None);
    }
}
