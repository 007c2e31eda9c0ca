//! Judging one device at one tick: what is wrong with it, and what is over.

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, SessionId};
use roomready_shared::timetable::Phase;
use roomready_shared::wire::v1::GoodbyeReason;

use super::book::Book;
use super::contact::{Contact, Test};
use super::device::{DeviceWatch, Pending};
use super::people::Voices;
use super::roster::{Sitting, WatchPlan};
use super::table::{RETURN_GRACE_MS, UNSTABLE_GAP_MS, clear_beats, silence_limit_ms};
use super::{Now, signs};
use crate::domain::incident::{Condition, Detection, Ending, Reason};
use crate::domain::plan::phase_until;

/// What is wrong with a device, before anybody is told.
pub(super) fn look(device: &mut DeviceWatch, now: Now) {
    notice_silence(device, now);
    if device.testing() && matches!(device.contact, Contact::Heard(_)) {
        device.present = true;
    }
    suspect(device, now);
    device.look_after(now);
    signs::look(device, now);
}

/// Ends what is over for a device.
pub(super) fn settle(
    id: DeviceId,
    device: &mut DeviceWatch,
    plan: &WatchPlan,
    voices: &Voices,
    book: &mut Book<'_>,
) {
    if !device.open.is_empty() {
        clear(id, device, book);
        signs::clear(id, device, book);
        end_with_session(id, device, plan, voices, book);
    }
}

fn notice_silence(device: &mut DeviceWatch, now: Now) {
    let now_ms = now.mono_ms;
    let since = match device.contact {
        Contact::Heard(run) if now_ms.saturating_sub(run.last_ms) > silence_limit_ms(run.promise_ms) => {
            run.last
        }
        Contact::Checking { since, until_ms } if now_ms >= until_ms => since,
        _ => return,
    };
    device.contact = Contact::Silent {
        since,
        noticed_ms: now_ms,
    };
}

/// Who was there and is silent while students test is suspected of being lost: its tile changes at once.
fn suspect(device: &mut DeviceWatch, now: Now) {
    let finished = matches!(device.test, Test::Closed { .. });
    if !device.testing() || finished || device.said.aside.is_some() {
        // Silence in a break or after the test means nothing; it is judged anew when testing goes on.
        device.pending.remove(&Condition::LostContact);
        return;
    }
    let told = device.pending.contains_key(&Condition::LostContact) || device.absence().is_some();
    if told || !device.present {
        return;
    }
    let Some(current) = &device.current else {
        return;
    };
    let (now_ms, began_ms) = (now.mono_ms, current.phase_from_ms);
    let had_time_to_return = |away_from_ms: u64| {
        device.test.under_way() && now_ms.saturating_sub(away_from_ms.max(began_ms)) >= RETURN_GRACE_MS
    };
    let silent = match device.contact {
        Contact::Silent { since, noticed_ms } if noticed_ms >= began_ms || had_time_to_return(noticed_ms) => {
            Some((since, None))
        }
        Contact::Gone { goodbye, at, at_ms }
            if goodbye != GoodbyeReason::StandsAside && had_time_to_return(at_ms) =>
        {
            Some((at, Some(Reason::Announced { goodbye, at })))
        }
        _ => None,
    };
    if let Some((since, why)) = silent {
        let comes_and_goes = device.open.contains_key(&Condition::Unstable);
        if comes_and_goes {
            device.is_in_a_gap();
        }
        let pending = Pending {
            since,
            broken: now.wall.max(since),
            // Of a device that comes and goes only a long gap is more than one of many.
            from_ms: now_ms + if comes_and_goes { UNSTABLE_GAP_MS } else { 0 },
            why,
            seen: Detection::Live,
        };
        device.pending.insert(Condition::LostContact, pending);
    }
}

/// Ends what is over. A goodbye is no good sign: only beats end an absence.
fn clear(id: DeviceId, device: &mut DeviceWatch, book: &mut Book<'_>) {
    if let (Some((condition, open)), Contact::Heard(run)) = (device.absence(), device.contact)
        && run.beats >= clear_beats(condition)
    {
        let (incident, since) = (open.incident.clone(), open.since);
        device.is_back(&incident, since, run.from.max(since));
        book.end(id, device, condition, run.from, Ending::HeardAgain);
    }
    if let (Some(run), Contact::Heard(_)) = (device.app, device.contact) {
        for condition in [Condition::TestAppCrashed, Condition::TestAppNotRunning] {
            if run.beats >= clear_beats(condition) {
                book.end(id, device, condition, run.from, Ending::AppRunsAgain);
            }
        }
    }
}

/// When the test of a device's seat ends in a sitting.
fn ends_in(
    id: DeviceId,
    device: &DeviceWatch,
    session: &SessionId,
    sitting: &Sitting,
    voices: &Voices,
) -> Timestamp {
    let brought = voices.stands_in(id).find(|(held, _)| *held == session);
    let own = || device.place.seatings.iter().find(|seat| seat.session == *session);
    match brought {
        Some((_, instead)) => sitting.ends_for(&instead.of),
        None => own().map_or(sitting.last_end, |seat| seat.ends),
    }
}

fn end_with_session(
    id: DeviceId,
    device: &mut DeviceWatch,
    plan: &WatchPlan,
    voices: &Voices,
    book: &mut Book<'_>,
) {
    for condition in Condition::ALL {
        let Some(open) = device.open.get(&condition) else {
            continue;
        };
        let (since, incident) = (open.since, open.incident.clone());
        let session = book.session_of(&open.incident, id);
        let sitting = session.as_ref().and_then(|session| plan.sessions.get(session));
        let (until, how) = match (sitting, &session) {
            (Some(sitting), Some(session)) => {
                let current = device.current.as_ref();
                let current = current.filter(|current| current.session == *session);
                let ends = ends_in(id, device, session, sitting, voices);
                let said_over = current.is_some_and(|current| current.phase == Phase::Finished);
                if !said_over && phase_until(&sitting.timetable, ends, book.now.wall) != Phase::Finished {
                    continue;
                }
                let not_heard_again = u32::from(!matches!(device.contact, Contact::Heard(_)));
                (ends, Ending::SessionOver { not_heard_again })
            }
            _ => (book.now.wall, Ending::SessionRemoved),
        };
        if matches!(&how, Ending::SessionOver { not_heard_again: 1 }) && condition.is_absence() {
            device.not_heard_again = Some(since);
        }
        let until = until.min(book.now.wall).max(since);
        if condition.is_absence() {
            device.is_back(&incident, since, until);
        }
        book.end(id, device, condition, until, how);
    }
}
