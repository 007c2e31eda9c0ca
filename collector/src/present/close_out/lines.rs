//! Lines of the sheet in words.

use roomready_shared::ids::{RoomRef, SeatLabel};

use super::{Missing, Told, is_counted};
use crate::domain::incident::{
    Detection, Incident, State, cause_name, cause_words, ending_words, headline, ruled_out_words,
    suspect_words,
};
use crate::domain::minutes::{Past, SeatCount, SeatMinutes, SeatPast, covered, in_words, number_in_words};
use crate::domain::people::StillWorking;
use crate::domain::plan::{Session, Watched, WhoWatches};
use crate::pages::time::lasted;
use crate::pages::view::room::one_or_many;
use crate::pages::view::{ClosedIncident, Listed, SeatLine};
use crate::present::seats::natural;
use crate::present::{Scene, address, room};

/// Members that are named on the sheet; the incident's own page has all.
const MEMBERS_NAMED: usize = 40;

/// The test app of a session.
pub(super) fn app<'a>(scene: &Scene<'a>, session: &'a Session) -> &'a str {
    let requirement = scene.requirement_of(session);
    requirement.map_or("the test app", |requirement| requirement.app.name.as_str())
}

pub(super) fn incidents(scene: &Scene<'_>, session: &Session, past: &Past) -> Vec<ClosedIncident> {
    let of = past.incidents().into_iter();
    of.map(|incident| incident_line(scene, session, incident))
        .collect()
}

fn incident_line(scene: &Scene<'_>, session: &Session, incident: &Incident) -> ClosedIncident {
    let app = app(scene, session);
    let out = incident.cause.ruled_out.iter();
    ClosedIncident {
        headline: headline(incident, app, |at| scene.clock(at)),
        url: address::incident(&incident.id),
        when: when(scene, incident),
        cause: cause_words(&incident.cause, app),
        first_taken_for: incident
            .taken_for
            .first()
            .map(|kind| format!("First taken for {}.", cause_name(*kind))),
        ruled_out: out
            .map(|out| {
                let what = suspect_words(out.what, app);
                format!("{what} ({})", ruled_out_words(*out, app))
            })
            .collect(),
        members: members(scene, session, incident),
        seen_by: match incident.seen {
            Detection::Live => "Seen by RoomReady",
            Detection::Replay => "Told by the device afterwards",
            Detection::Stated => "Told by people in the rooms",
        },
    }
}

fn when(scene: &Scene<'_>, incident: &Incident) -> String {
    let since = scene.clock_to_the_second(incident.since());
    match &incident.state {
        State::Open { .. } => format!("Since {since}, not over"),
        State::Ended {
            since: from,
            until,
            how,
        } => format!(
            "{since} to {}, {}, {}",
            scene.clock_to_the_second(*until),
            lasted(*from, *until),
            ending_words(how)
        ),
    }
}

fn members(scene: &Scene<'_>, session: &Session, incident: &Incident) -> String {
    let mut here: Vec<_> = incident
        .members
        .iter()
        .filter(|member| member.session == session.id)
        .collect();
    here.sort_by_cached_key(|member| {
        let seat = member.seat.as_ref().map_or("", SeatLabel::as_str);
        (member.seat.is_none(), natural(seat), member.name.clone())
    });
    let here: Vec<_> = here
        .into_iter()
        .map(|member| match &member.seat {
            Some(seat) => format!("seat {seat} ({})", member.name),
            None => member.name.to_string(),
        })
        .collect();
    let elsewhere = incident.members.len() - here.len();
    let mut words = match here.len() {
        // Of what people tell no device is known, which is not the same as none.
        0 => told_in(scene, session, incident),
        1 => "Here: ".to_owned(),
        many => format!("{many} devices here: "),
    };
    words.push_str(&here[..here.len().min(MEMBERS_NAMED)].join(", "));
    if here.len() > MEMBERS_NAMED {
        words.push_str(&format!(" and {} more", here.len() - MEMBERS_NAMED));
    }
    if elsewhere > 0 {
        words.push_str(&format!(". {elsewhere} in other rooms or sessions"));
    }
    words
}

/// `Told of in Room 101, Room 102, Room 103. Which devices it reached is not known`.
fn told_in(scene: &Scene<'_>, session: &Session, incident: &Incident) -> String {
    let rooms = incident.cause.rooms.iter().map(|room| {
        scene.room_title(&RoomRef {
            school: session.room.school.clone(),
            room: room.clone(),
        })
    });
    let rooms: Vec<_> = rooms.collect();
    format!(
        "Told of in {}. Which devices here it reached is not known",
        rooms.join(", ")
    )
}

pub(super) fn called(seat: &SeatPast) -> String {
    match &seat.who.seat {
        Some(label) => format!("Seat {label}"),
        None => seat.who.name.to_string(),
    }
}

fn minutes(seat: &SeatPast) -> Option<SeatMinutes> {
    match seat.count {
        SeatCount::Minutes(minutes) => Some(minutes),
        SeatCount::NotWatched | SeatCount::NotStarted => None,
    }
}

/// Seats with something to tell.
pub(super) fn loud(seats: &[SeatPast]) -> Vec<SeatLine> {
    let counted = seats
        .iter()
        .filter_map(|seat| minutes(seat).map(|minutes| (seat, minutes)));
    counted
        .filter(|(_, minutes)| !minutes.is_quiet())
        .map(|(seat, minutes)| seat_line(seat, &minutes))
        .collect()
}

fn seat_line(seat: &SeatPast, minutes: &SeatMinutes) -> SeatLine {
    let mut said = Vec::new();
    if minutes.working_as_said_ms > 0 {
        said.push(format!(
            "{} not heard: all working, as people said",
            in_words(minutes.working_as_said_ms)
        ));
    }
    if minutes.some_stopped {
        said.push("A person said that some had stopped".to_owned());
    }
    SeatLine {
        seat: called(seat),
        device: if seat.expected {
            seat.who.name.to_string()
        } else {
            format!("{} (not on the list)", seat.who.name)
        },
        stopped: number_in_words(&minutes.stopped),
        cut_off: number_in_words(&minutes.cut_off),
        unheard: number_in_words(&minutes.unheard),
        said,
        heard: covered(minutes),
    }
}

/// `Seats 1, 2, 3; LIB-2`: every one of them.
fn listed(seats: &[&SeatPast]) -> String {
    let labels: Vec<_> = seats
        .iter()
        .filter_map(|seat| seat.who.seat.as_ref())
        .map(ToString::to_string)
        .collect();
    let numbered = match labels.as_slice() {
        [] => None,
        [one] => Some(format!("Seat {one}")),
        many => Some(format!("Seats {}", many.join(", "))),
    };
    let named: Vec<_> = seats
        .iter()
        .filter(|seat| seat.who.seat.is_none())
        .map(|seat| seat.who.name.to_string())
        .collect();
    let named = (!named.is_empty()).then(|| named.join(", "));
    numbered.into_iter().chain(named).collect::<Vec<_>>().join("; ")
}

/// `27 seats with nothing to tell`.
pub(super) fn quiet(seats: &[SeatPast]) -> Option<Listed> {
    let quiet = seats
        .iter()
        .filter(|seat| minutes(seat).is_some_and(|minutes| minutes.is_quiet()));
    let quiet: Vec<_> = quiet.collect();
    let words = match quiet.len() {
        0 => return None,
        1 => "1 seat with nothing to tell".to_owned(),
        many => format!("{many} seats with nothing to tell"),
    };
    Some(Listed {
        words,
        list: listed(&quiet),
    })
}

/// `2 devices did not start TestNav`.
pub(super) fn not_started(seats: &[SeatPast], app: &str) -> Option<Listed> {
    let idle = seats.iter().filter(|seat| seat.count == SeatCount::NotStarted);
    let idle: Vec<_> = idle.collect();
    let words = match idle.len() {
        0 => return None,
        1 => format!("1 device did not start {app}, so nothing is counted for it"),
        many => format!("{many} devices did not start {app}, so nothing is counted for them"),
    };
    Some(Listed {
        words,
        list: listed(&idle),
    })
}

/// `26 Chromebooks were not watched one by one: for them there are no minutes`.
pub(super) fn not_watched(scene: &Scene<'_>, session: &Session) -> Option<String> {
    let expected = scene.district().expected(session).into_iter();
    let who = WhoWatches::of(expected.map(|expected| expected.device));
    let kinds: Vec<_> = who
        .not_one_by_one
        .iter()
        .map(|(platform, number)| format!("{number} {}", one_or_many(*number, room::plural(*platform))))
        .collect();
    (!kinds.is_empty()).then(|| {
        format!(
            "{}: not watched one by one. There are no minutes for them, which does not mean that nothing happened.",
            kinds.join(", ")
        )
    })
}

pub(super) fn aside(scene: &Scene<'_>, past: &Past) -> Vec<String> {
    let lines = past.swaps().into_iter().map(|swap| {
        let from = swap
            .seat
            .as_ref()
            .map_or_else(String::new, |seat| format!(" from seat {seat}"));
        let at = scene.clock(swap.at);
        let state = match swap.released {
            None => "kept aside, may hold answers".to_owned(),
            Some(at) => format!("released {}", scene.written(at)),
        };
        format!(
            "{}{from}, replaced by {} at {at}: {state}",
            swap.old.name, swap.new.name
        )
    });
    lines.collect()
}

/// Devices that fell silent before their end and have not come back.
pub(super) fn not_heard_again(scene: &Scene<'_>, missing: &[Missing<'_>]) -> Vec<String> {
    let gone = missing.iter().filter(|(_, stream, heard)| {
        scene.now >= stream.end && heard.is_none_or(|heard| heard <= stream.end)
    });
    gone.map(|(seat, _, heard)| {
        let last = heard.map_or_else(
            || "no time is known".to_owned(),
            |at| format!("last heard {}", scene.written(at)),
        );
        format!("{} ({}), {last}", called(seat), seat.who.name)
    })
    .collect()
}

/// What could be seen and what not.
pub(super) fn limits(
    scene: &Scene<'_>,
    session: &Session,
    seats: &[SeatPast],
    told: Told<'_>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let counted: Vec<_> = seats.iter().filter_map(minutes).collect();
    let sum = |of: fn(&SeatMinutes) -> u64| counted.iter().map(of).sum::<u64>();
    let (testing, heard) = (sum(|seat| seat.testing_ms), sum(|seat| seat.heard_ms));
    let watched = seats.iter().filter(|seat| is_counted(seat)).count();
    let full = counted.iter().filter(|seat| seat.heard_ms == seat.testing_ms);
    match watched {
        0 => lines.push("No seat was watched while it tested.".to_owned()),
        1 if heard == testing => lines.push(
            "The one watched seat is known all the time: it was heard, or its own records tell.".to_owned(),
        ),
        _ if heard == testing => {
            lines.push(format!("All {watched} watched seats are known all the time: they were heard, or their own records tell."));
        }
        _ => lines.push(format!(
            "{} of {watched} watched seats are known all the time; the lines of the others say for how long they are.",
            full.count()
        )),
    }
    let (from, until) = (session.timetable.starts(), session.last_end());
    let blind = told
        .past
        .blind()
        .iter()
        .filter(|blind| blind.from < until && from < blind.until);
    let blind: Vec<_> = blind
        .map(|blind| {
            let (from, until) = (blind.from.max(from), blind.until.min(until));
            let stretch = format!(
                "{} to {}",
                scene.clock_to_the_second(from),
                scene.clock_to_the_second(until)
            );
            format!("{stretch} ({})", lasted(from, until))
        })
        .collect();
    if blind.is_empty() {
        lines.push("RoomReady itself was watching all the time.".to_owned());
    } else {
        lines.push(format!(
            "RoomReady itself could see nothing from {}. Silence in that time is not counted as unheard.",
            blind.join(", ")
        ));
    }
    for answer in told.past.answers() {
        let said = match answer.said {
            StillWorking::All => "all students were still working",
            StillWorking::Some => "some students had stopped",
            StillWorking::None => continue,
        };
        lines.push(format!(
            "At {} a person said that {said}.",
            scene.clock(answer.at)
        ));
    }
    if seats.iter().any(|seat| seat.who.watched == Watched::NotOneByOne) {
        lines.push("Devices that are not watched one by one tell nothing of themselves.".to_owned());
    }
    if told.past.unreadable() > 0 {
        lines.push(format!(
            "{} lines of the record could not be read and are left out here.",
            told.past.unreadable()
        ));
    }
    if told.cut {
        lines.push(
            "The record of this school holds more than is read for one sheet: the latest part is missing here."
                .to_owned(),
        );
    }
    lines
}
