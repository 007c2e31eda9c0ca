//! "11 of 30 will not last until 11:30. Plug in seats 4, 9 and 12."

use std::collections::BTreeSet;

use roomready_shared::ids::RoomRef;
use roomready_shared::timetable::Timing;

use super::Scene;
use super::seats::SeatNow;
use crate::domain::plan::Session;
use crate::domain::watch::DeviceWatch;

/// Seats named one by one; with more of them the tiles say which.
const MOST_NAMED: usize = 12;

/// Whose batteries will not last, in one line, with what to do about it; none where all will, or nothing is known yet.
pub(super) fn line(
    scene: &Scene<'_>,
    room: &RoomRef,
    session: &Session,
    students: &[SeatNow<'_>],
) -> Option<String> {
    let watch = scene.state.watch(&room.school)?;
    let batteries = watch.batteries(&room.room);
    let short: BTreeSet<_> = batteries.short.iter().map(|(id, _)| *id).collect();
    let here = |seat: &&SeatNow<'_>| seat.device.is_some_and(|(id, _)| short.contains(&id));
    let seats: Vec<_> = students.iter().filter(here).collect();
    if seats.is_empty() {
        return None;
    }
    let times = &session.timetable;
    let own_end = |id| {
        watch
            .device(id)
            .and_then(DeviceWatch::current)
            .map(|seat| seat.ends)
    };
    // A later end of somebody's own would tell that they need more time.
    let all_end_together = short.iter().all(|id| own_end(*id) == Some(times.ends()));
    let until = match times.timing() {
        Timing::UntilFinished => "another hour".to_owned(),
        Timing::Timed if all_end_together => format!("until {}", scene.written(times.ends())),
        Timing::Timed => "until the end".to_owned(),
    };
    let of = batteries.of.max(seats.len());
    Some(sentence(seats.len(), of, &until, &named(&seats)))
}

fn sentence(short: usize, of: usize, until: &str, named: &str) -> String {
    format!("{short} of {of} will not last {until}. Plug in {named}.")
}

/// "seat 4", "seats 4, 9 and 12", "seats 4, 9 and 9 more".
fn named(seats: &[&SeatNow<'_>]) -> String {
    let all_seated = seats.iter().all(|seat| seat.seat.is_some());
    let labels = seats.iter().map(|seat| match &seat.seat {
        Some(label) if all_seated => label.to_string(),
        Some(label) => format!("seat {label}"),
        None => seat.name.to_string(),
    });
    let what = match (all_seated, seats.len()) {
        (true, 1) => "seat ",
        (true, _) => "seats ",
        (false, _) => "",
    };
    format!("{what}{}", listed(labels.collect()))
}

fn listed(mut labels: Vec<String>) -> String {
    let left_out = labels.len().saturating_sub(MOST_NAMED);
    if left_out > 0 {
        labels.truncate(MOST_NAMED);
        labels.push(format!("{left_out} more"));
    }
    match labels.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_listed_as_people_say_them() {
        let of = |count: usize| listed((1..=count).map(|seat| seat.to_string()).collect());
        assert_eq!(of(1), "1");
        assert_eq!(of(2), "1 and 2");
        assert_eq!(of(3), "1, 2 and 3");
        assert_eq!(of(14), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more");
        assert_eq!(
            sentence(2, 30, "until 11:30", "seats 4 and 9"),
            "2 of 30 will not last until 11:30. Plug in seats 4 and 9."
        );
    }
}
