//! The close-out sheet of a session, from what the record tells of it.

mod files;
mod lines;

pub use files::{incidents_csv, seats_csv};

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, SessionId};
use roomready_shared::timetable::Timing;

use super::people::called;
use super::{Scene, address, room};
use crate::domain::minutes::{Expected, Past, SeatCount, SeatPast, Sheet, Stream, sheet};
use crate::domain::people::Why;
use crate::domain::plan::{Session, Watched, WhoWatches};
use crate::pages::view::{CloseOutPage, Link, PauseLine, ProctorWasHere, who_watches};

/// What the sheet is drawn from: a session, what its record tells, and whether all of that was read.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The session.
    pub session: &'a SessionId,
    /// What the record tells of it.
    pub past: &'a Past,
    /// Whether there was more than is read for one sheet.
    pub cut: bool,
}

/// The sheet; none when there is no such session.
#[must_use]
pub fn close_out(scene: &Scene<'_>, told: Told<'_>) -> Option<CloseOutPage> {
    let session = scene.district().session(told.session)?;
    let seats = seats_of(scene, session, told.past);
    let (awaited, missing) = awaited(scene, session, &seats);
    let over = over(session, &seats, told.past);
    let state = sheet(&awaited, over, scene.now);
    let (state, state_why) = state_words(scene, state);
    let of_room = &session.room;
    let sheet_url = address::close_out(&of_room.school, &session.id);
    let trail = vec![
        scene.district_link(),
        scene.school_link(&of_room.school),
        scene.room_link(of_room),
    ];
    let app = lines::app(scene, session);
    Some(CloseOutPage {
        frame: scene.frame(
            "Close-out sheet",
            trail,
            &address::school_log(&of_room.school),
            None,
        ),
        session: session.title.to_string(),
        place: format!(
            "{}, {}",
            scene.room_title(of_room),
            scene.school_title(&of_room.school)
        ),
        planned: planned(scene, session),
        times: as_it_was(scene, session, told.past, &seats),
        state,
        state_why,
        as_of: format!(
            "As of {}, {}",
            scene.day(scene.now),
            scene.clock_to_the_second(scene.now)
        ),
        watched_by: watched_by(scene, session),
        proctors: proctors(scene, session),
        incidents: lines::incidents(scene, session, told.past),
        seats: lines::loud(&seats),
        nothing: lines::quiet(&seats),
        not_started: lines::not_started(&seats, app),
        not_watched: lines::not_watched(scene, session),
        pauses: pauses(scene, session, told.past),
        aside: lines::aside(scene, told.past),
        not_heard_again: lines::not_heard_again(scene, &missing),
        limits: lines::limits(scene, session, &seats, told),
        csv_url: format!("{sheet_url}/csv"),
        back: Link::new("To the room", address::room(of_room)),
    })
}

/// Every seat of it with its numbers.
fn seats_of(scene: &Scene<'_>, session: &Session, past: &Past) -> Vec<SeatPast> {
    let expected = scene.district().expected(session).into_iter();
    let expected = expected
        .filter(|seat| seat.device.watched != Watched::Sentinel)
        .map(|seat| Expected {
            name: seat.device.name.clone(),
            device: scene.state.device_named(&seat.device.name).map(|(id, _)| id),
            seat: seat.seat.cloned(),
            watched: seat.device.watched,
            ends: seat.ends,
        });
    let named = |id: DeviceId| scene.state.device(id).map(|device| device.home.name.clone());
    let mut seats = past.seats(session, expected.collect(), named, scene.now);
    seats.sort_by_cached_key(|seat| {
        let label = seat.who.seat.as_ref().map(ToString::to_string);
        let number = label.as_ref().and_then(|label| label.parse::<u32>().ok());
        (
            label.is_none(),
            number.unwrap_or(u32::MAX),
            label,
            seat.who.name.clone(),
        )
    });
    seats
}

/// A seat whose device has not told everything, how far it has come, and when it was last heard.
type Missing<'s> = (&'s SeatPast, Stream, Option<Timestamp>);

/// Devices that were expected and heard, and those of them that have not told everything.
fn awaited<'s>(
    scene: &Scene<'_>,
    session: &Session,
    seats: &'s [SeatPast],
) -> (Vec<Stream>, Vec<Missing<'s>>) {
    let mut streams = Vec::new();
    let mut missing = Vec::new();
    for seat in seats {
        let Some(device) = seat.who.device.and_then(|id| scene.state.device(id)) else {
            continue;
        };
        let came = seat.own.is_some();
        let heard = device.heard.is_some_and(|at| at >= session.timetable.starts());
        if seat.who.watched != Watched::ByAgent || !(came || heard) {
            continue;
        }
        let live = device.live.as_ref();
        let stream = Stream {
            end: seat.own.map_or(seat.who.ends, |own| own.until),
            latest: device.latest_record(),
            beat: device.heard.zip(live.map(|live| live.waiting)),
        };
        streams.push(stream);
        if !stream.is_told() {
            missing.push((seat, stream, device.heard));
        }
    }
    (streams, missing)
}

/// When the last seat was over: by its own end, or because a person said that the room is.
fn over(session: &Session, seats: &[SeatPast], past: &Past) -> Timestamp {
    let last = session.last_end();
    let (_, ended) = past.pressed();
    let Some(ended) = ended.filter(|ended| *ended < last) else {
        return last;
    };
    let own = seats.iter().filter_map(|seat| seat.own);
    own.map(|own| own.until).fold(ended, Timestamp::max)
}

fn state_words(scene: &Scene<'_>, state: Sheet) -> (String, String) {
    let devices = |number: usize, what: &str| match number {
        1 => format!("1 device has {what} what it recorded"),
        many => format!("{many} devices have {what} what they recorded"),
    };
    match state {
        Sheet::Early => (
            "The session goes on".to_owned(),
            "This is what is known so far. Numbers count up to now.".to_owned(),
        ),
        Sheet::Provisional { missing, until } => (
            "Provisional".to_owned(),
            format!(
                "{}. Numbers may still change. Final at the latest {}, 24 h after the end.",
                devices(missing, "not yet sent"),
                scene.written(until)
            ),
        ),
        Sheet::Final { missing: 0 } => (
            "Final".to_owned(),
            "Every device that was heard has sent what it recorded.".to_owned(),
        ),
        Sheet::Final { missing } => (
            "Final".to_owned(),
            format!(
                "24 h have passed since the end. {}; should that still come, the incidents say it.",
                devices(missing, "never sent")
            ),
        ),
    }
}

fn planned(scene: &Scene<'_>, session: &Session) -> String {
    let times = &session.timetable;
    let (day, starts) = (scene.day(times.starts()), scene.clock(times.starts()));
    match times.timing() {
        Timing::Timed => format!("{day}, {starts} to {}", scene.clock(times.ends())),
        Timing::UntilFinished => format!(
            "{day}, from {starts} until finished, at the latest {}",
            scene.clock(times.ends())
        ),
    }
}

/// A start so much after the plan is told as late, in minutes.
const LATE_FROM_MINUTES: i64 = 1;

fn as_it_was(scene: &Scene<'_>, session: &Session, past: &Past, seats: &[SeatPast]) -> Vec<String> {
    let (pressed, ended) = past.pressed();
    let first = seats.iter().filter_map(|seat| seat.own).map(|own| own.from).min();
    let mut lines = Vec::new();
    match (pressed, first) {
        (Some(at), _) => lines.push(format!(
            "Start was pressed at {}{}.",
            scene.clock(at),
            late(session, at)
        )),
        (None, Some(at)) => lines.push(format!(
            "Nobody pressed Start. The first student began at {}{}.",
            scene.clock(at),
            late(session, at)
        )),
        (None, None) => lines.push("No student has begun.".to_owned()),
    }
    if let Some(at) = ended {
        lines.push(format!("End was pressed at {}.", scene.clock(at)));
    } else if scene.now >= session.last_end() {
        lines.push("Nobody pressed End: it ended by the timetable.".to_owned());
    }
    lines
}

fn late(session: &Session, at: Timestamp) -> String {
    let seconds = at.as_second() - session.timetable.starts().as_second();
    match seconds / 60 {
        late if late < LATE_FROM_MINUTES => String::new(),
        1 => ", 1 minute late".to_owned(),
        late => format!(", {late} minutes late"),
    }
}

fn watched_by(scene: &Scene<'_>, session: &Session) -> String {
    let expected = scene.district().expected(session).into_iter();
    let who = WhoWatches::of(expected.map(|expected| expected.device));
    let heard = |name: &roomready_shared::ids::DeviceName| {
        let device = scene.state.device_named(name);
        device.is_some_and(|(_, device)| device.heard.is_some_and(|at| at >= session.timetable.starts()))
    };
    let watcher = who
        .sentinels
        .iter()
        .find(|name| heard(name))
        .map(ToString::to_string);
    let kinds = |counts: &std::collections::BTreeMap<_, usize>| {
        let counts = counts.iter();
        counts
            .map(|(platform, number)| (*number, room::plural(*platform)))
            .collect::<Vec<_>>()
    };
    who_watches(
        &kinds(&who.not_one_by_one),
        watcher.as_deref(),
        &kinds(&who.by_agent),
    )
}

fn proctors(scene: &Scene<'_>, session: &Session) -> Vec<ProctorWasHere> {
    let links = scene.state.links_of(&session.id);
    let mut here: Vec<_> = links
        .iter()
        .flat_map(|link| scene.state.entered_by(link.id))
        .map(|present| &present.proctor)
        .collect();
    here.sort_by_key(|proctor| (proctor.entered_at, proctor.id));
    here.into_iter()
        .map(|proctor| ProctorWasHere {
            name: proctor.name.to_string(),
            role: proctor.capacity.to_string(),
            since: scene.time(proctor.entered_at),
            until: proctor.released_at.map(|at| scene.time(at)),
        })
        .collect()
}

fn pauses(scene: &Scene<'_>, session: &Session, past: &Past) -> Vec<PauseLine> {
    let when = |from, until: Option<Timestamp>| match until {
        Some(until) => format!("{} to {}", scene.clock(from), scene.clock(until)),
        None => format!("since {}", scene.clock(from)),
    };
    let planned = session.timetable.pauses().iter().map(|pause| PauseLine {
        what: "Break by the timetable",
        when: when(pause.from, Some(pause.until)),
        by: String::new(),
    });
    let told = past.pauses(session).into_iter().map(|(stretch, act)| PauseLine {
        what: match stretch.why {
            Why::Break => "Break",
            Why::Pause => "Pause of the room",
            Why::SchoolPause => "Pause of the school",
        },
        when: when(stretch.from, stretch.until),
        by: act.map_or_else(String::new, |act| {
            format!("entered by {}, {}", called(scene, &act.by), scene.clock(act.at))
        }),
    });
    planned.chain(told).collect()
}

/// Whether anything of ours could have counted there.
fn is_counted(seat: &SeatPast) -> bool {
    matches!(seat.count, SeatCount::Minutes(_))
}
