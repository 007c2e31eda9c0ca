//! When students of a sitting did not test because people said so.

use jiff::Timestamp;
use roomready_shared::timetable::Timing;

use super::{Acts, Deed};
use crate::domain::plan::Session;

/// A stretch of time in which students did not test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// First moment of it.
    pub from: Timestamp,
    /// First moment after it; none while it goes on.
    pub until: Option<Timestamp>,
    /// Why.
    pub why: Why,
}

/// Why students do not test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A break of the room.
    Break,
    /// Everybody in the room was paused.
    Pause,
    /// Everybody in the school was paused.
    SchoolPause,
}

/// The stretches of a sitting in which students did not test because people said so: breaks and pauses of the room,
/// and pauses of the whole school. In the order of time, none overlapping another, inside the sitting; what was taken
/// back is not among them. Of two that overlap, the one that began first keeps the time that they share.
#[must_use]
pub fn pauses(room: &Acts, school: Option<&Acts>, session: &Session) -> Vec<Stretch> {
    let mut all = of_room(room, session);
    all.extend(school.into_iter().flat_map(of_school));
    all.sort();
    let mut apart: Vec<Stretch> = Vec::new();
    for stretch in all.into_iter().filter_map(|stretch| inside(stretch, session)) {
        let from = match apart.last() {
            // What began before goes on still: nothing is left to say.
            Some(Stretch { until: None, .. }) => break,
            Some(Stretch { until: Some(end), .. }) => stretch.from.max(*end),
            None => stretch.from,
        };
        let rest = Stretch { from, ..stretch };
        if rest.until.is_none_or(|until| from < until) {
            apart.push(rest);
        }
    }
    apart
}

fn of_room(acts: &Acts, session: &Session) -> Vec<Stretch> {
    let mut open = Open::default();
    for act in acts.standing(Some(&session.id)) {
        match act.deed {
            Deed::BreakBegun => open.begin(act.when(), Why::Break),
            Deed::Started | Deed::BreakEnded => open.end(Why::Break, act.when()),
            Deed::Paused { from, until: None } => open.begin(from, Why::Pause),
            Deed::Paused {
                from,
                until: Some(until),
            } => open.past(from, until, Why::Pause),
            Deed::Resumed { from } => open.end(Why::Pause, from),
            Deed::Ended => {
                open.end(Why::Break, act.when());
                open.end(Why::Pause, act.when());
            }
            _ => {}
        }
    }
    open.all()
}

fn of_school(acts: &Acts) -> Vec<Stretch> {
    let mut open = Open::default();
    for act in acts.standing(None) {
        match act.deed {
            Deed::Paused { from, until: None } => open.begin(from, Why::SchoolPause),
            Deed::Paused {
                from,
                until: Some(until),
            } => open.past(from, until, Why::SchoolPause),
            Deed::Resumed { from } => open.end(Why::SchoolPause, from),
            _ => {}
        }
    }
    open.all()
}

/// Stretches as they are told, some not over yet.
#[derive(Debug, Default)]
struct Open(Vec<Stretch>);

impl Open {
    /// Said again, it began when it was said first.
    fn begin(&mut self, from: Timestamp, why: Why) {
        let goes_on = self
            .0
            .iter_mut()
            .find(|held| held.why == why && held.until.is_none());
        match goes_on {
            Some(held) => held.from = held.from.min(from),
            None => self.0.push(Stretch {
                from,
                until: None,
                why,
            }),
        }
    }

    fn end(&mut self, why: Why, at: Timestamp) {
        for held in &mut self.0 {
            if held.why == why && held.until.is_none() {
                held.until = Some(at.max(held.from));
            }
        }
    }

    fn past(&mut self, from: Timestamp, until: Timestamp, why: Why) {
        self.0.push(Stretch {
            from,
            until: Some(until),
            why,
        });
    }

    fn all(self) -> Vec<Stretch> {
        self.0
    }
}

/// The part of it inside the sitting. A sitting until finished has no end but what people say.
fn inside(stretch: Stretch, session: &Session) -> Option<Stretch> {
    let from = stretch.from.max(session.timetable.starts());
    let end = (session.timetable.timing() == Timing::Timed).then(|| session.last_end());
    let until = match (stretch.until, end) {
        (Some(until), Some(end)) => Some(until.min(end)),
        (until, _) => until,
    };
    let empty = until.is_some_and(|until| until <= from) || end.is_some_and(|end| end <= from);
    (!empty).then_some(Stretch {
        from,
        until,
        ..stretch
    })
}
