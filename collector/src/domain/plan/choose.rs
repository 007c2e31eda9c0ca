//! Which of several sittings is meant at a moment.

use roomready_shared::timetable::{Phase, Timetable};
use roomready_shared::units::Timestamp;

/// How long a sitting stays on the board after its end: long enough to read who was not heard again and to clear
/// the room, short enough that the afternoon does not look like the morning.
pub const SHOWN_AFTER_END: jiff::SignedDuration = jiff::SignedDuration::from_hours(2);

/// The phase of somebody whose test ends at another time than the timetable says.
pub(crate) fn phase_until(timetable: &Timetable, ends: Timestamp, now: Timestamp) -> Phase {
    match timetable.phase_at(now) {
        Phase::Finished if now < ends => Phase::Testing,
        Phase::Testing | Phase::Break if now >= ends => Phase::Finished,
        phase => phase,
    }
}

/// The moments at which what [`choose`] says of a sitting may change: from each of them on something holds that did not
/// hold before it, or no longer. Between two of them nothing changes.
pub(crate) fn turns(timetable: &Timetable, ends: Timestamp) -> impl Iterator<Item = Timestamp> {
    let hidden = ends.checked_add(SHOWN_AFTER_END).unwrap_or(Timestamp::MAX);
    let pauses = timetable.pauses().iter();
    let own = [
        timetable.sweep_from(),
        timetable.starts(),
        timetable.ends(),
        ends,
        hidden,
    ];
    own.into_iter()
        .chain(pauses.flat_map(|pause| [pause.from, pause.until]))
}

/// Chooses the sitting under way, else the soonest being prepared, else the latest that ended within
/// [`SHOWN_AFTER_END`]. Of two that are equal in this the first given is chosen.
pub fn choose<'a, T>(
    sittings: impl Iterator<Item = (T, &'a Timetable, Timestamp)>,
    now: Timestamp,
) -> Option<(T, Phase)> {
    let mut best: Option<(Rank, T, Phase)> = None;
    for (sitting, timetable, ends) in sittings {
        let phase = phase_until(timetable, ends, now);
        let Some(rank) = rank(phase, timetable, ends, now) else {
            continue;
        };
        if best.as_ref().is_none_or(|(held, ..)| rank > *held) {
            best = Some((rank, sitting, phase));
        }
    }
    best.map(|(_, sitting, phase)| (sitting, phase))
}

/// Higher is nearer to now.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    EndedAt(Timestamp),
    StartsAt(std::cmp::Reverse<Timestamp>),
    UnderWay,
}

fn rank(phase: Phase, timetable: &Timetable, ends: Timestamp, now: Timestamp) -> Option<Rank> {
    match phase {
        Phase::Testing | Phase::Break => Some(Rank::UnderWay),
        Phase::Sweep => Some(Rank::StartsAt(std::cmp::Reverse(timetable.starts()))),
        Phase::Finished => (now.duration_since(ends) < SHOWN_AFTER_END).then_some(Rank::EndedAt(ends)),
        Phase::Scheduled => None,
    }
}
