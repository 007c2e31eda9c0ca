//! How fast one sign-in may ask, and which of it is worth a line: a loop must not fill the record.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use roomready_shared::ids::BrowserSessionId;

use crate::clock::Mono;
use crate::domain::entry::Subject;
use crate::http::Refusal;
use crate::limits;

const WINDOW: Duration = Duration::from_secs(60);
/// Sign-ins that are counted at once. Above it those whose minute is over are forgotten; were all of them busy in one
/// minute, the newest would not be counted.
const MOST_COUNTED: usize = 16_384;

/// What each sign-in has asked for in its present minute.
#[derive(Debug, Default)]
pub(in crate::http) struct Pace(Mutex<HashMap<BrowserSessionId, Minute>>);

#[derive(Debug)]
struct Minute {
    from: Mono,
    asked: u32,
    refusals_written: u32,
    /// What was looked at and is written down already.
    seen: Vec<(&'static str, Subject)>,
}

impl Minute {
    const fn from(now: Mono) -> Self {
        Self {
            from: now,
            asked: 0,
            refusals_written: 0,
            seen: Vec::new(),
        }
    }
}

impl Pace {
    /// Counts one request.
    ///
    /// # Errors
    ///
    /// 429 above [`limits::MOST_VIEWS_A_MINUTE`], with the time until the minute is over.
    pub(super) fn spend(&self, session: BrowserSessionId, now: Mono) -> Result<(), Refusal> {
        self.count(session, now, |minute| {
            minute.asked = minute.asked.saturating_add(1);
            if minute.asked > limits::MOST_VIEWS_A_MINUTE {
                let wait = WINDOW.saturating_sub(now.since(minute.from));
                return Err(Refusal::too_often(
                    "this browser asks too often; wait a moment, then reload",
                    wait,
                ));
            }
            Ok(())
        })
        .unwrap_or(Ok(()))
    }

    /// Whether one more refusal of this sign-in is worth a line.
    pub(super) fn may_write_refusal(&self, session: BrowserSessionId, now: Mono) -> bool {
        self.count(session, now, |minute| {
            minute.refusals_written = minute.refusals_written.saturating_add(1);
            minute.refusals_written <= limits::MOST_REFUSALS_WRITTEN_A_MINUTE
        })
        .unwrap_or(false)
    }

    /// Whether this view is worth a line: a page that is reloaded again and again is one view a minute.
    pub(super) fn may_write_view(
        &self,
        session: BrowserSessionId,
        route: &'static str,
        subject: &Subject,
        now: Mono,
    ) -> bool {
        self.count(session, now, |minute| {
            let known = minute
                .seen
                .iter()
                .any(|(at, seen)| *at == route && seen == subject);
            if !known && minute.seen.len() < limits::MOST_VIEWS_REMEMBERED {
                minute.seen.push((route, subject.clone()));
            }
            !known
        })
        .unwrap_or(true)
    }

    fn count<T>(
        &self,
        session: BrowserSessionId,
        now: Mono,
        work: impl FnOnce(&mut Minute) -> T,
    ) -> Option<T> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MOST_COUNTED && !counted.contains_key(&session) {
            counted.retain(|_, minute| now.since(minute.from) < WINDOW);
            if counted.len() >= MOST_COUNTED {
                return None;
            }
        }
        let minute = counted.entry(session).or_insert_with(|| Minute::from(now));
        if now.since(minute.from) >= WINDOW {
            *minute = Minute::from(now);
        }
        Some(work(minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(number: u128) -> BrowserSessionId {
        BrowserSessionId::new(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_loop_is_told_to_wait_until_its_minute_is_over_and_disturbs_nobody_else() {
        let pace = Pace::default();
        let at = |seconds| Mono::after_start(Duration::from_secs(seconds));
        for _ in 0..limits::MOST_VIEWS_A_MINUTE {
            pace.spend(session(1), at(10)).unwrap();
        }
        let refused = pace.spend(session(1), at(20)).unwrap_err();
        assert_eq!(refused.status(), http::StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.retry_after(), Some(Duration::from_secs(50)));
        pace.spend(session(2), at(20)).unwrap();
        pace.spend(session(1), at(70)).unwrap();
    }

    #[test]
    fn a_page_that_is_reloaded_is_one_view_a_minute_and_another_page_is_another() {
        let pace = Pace::default();
        let at = |seconds| Mono::after_start(Duration::from_secs(seconds));
        let school: Subject = "school:lincoln-ms".parse().unwrap();
        let written = |subject: &Subject, seconds| {
            pace.may_write_view(session(1), "/schools/{school}", subject, at(seconds))
        };
        assert!(written(&school, 0));
        assert!(!written(&school, 30));
        assert!(written(&"school:oak-es".parse().unwrap(), 31));
        assert!(written(&school, 60));
        assert!(pace.may_write_view(session(2), "/schools/{school}", &school, at(60)));
    }
}
