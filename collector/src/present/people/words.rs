//! Single deeds in words.

use roomready_shared::ids::RoomRef;

use super::super::Scene;
use crate::domain::people::{Act, Deed, StillWorking, Symptom, Trouble};
use crate::pages::view::Meaning;

/// `Seat 4: cannot sign in`.
pub(in crate::present) fn trouble(trouble: &Trouble<'_>) -> String {
    format!(
        "{}: {}",
        capital(&trouble.spot.to_string()),
        symptom(&trouble.act.deed)
    )
}

/// For the seat's own tile: `cannot sign in since 9:41`.
pub(in crate::present) fn at_seat(
    trouble: &Trouble<'_>,
    written: impl Fn(jiff::Timestamp) -> String,
) -> String {
    format!(
        "{} since {}",
        symptom(&trouble.act.deed),
        written(trouble.since())
    )
}

/// `cannot sign in`.
pub(super) fn symptom(deed: &Deed) -> String {
    match deed {
        Deed::Symptom {
            symptom: Symptom::CannotSignIn,
            ..
        } => "cannot sign in".to_owned(),
        Deed::Symptom {
            symptom: Symptom::Frozen,
            ..
        } => "the screen is frozen".to_owned(),
        Deed::Symptom {
            symptom: Symptom::Message { code },
            ..
        } => format!("message {code}"),
        _ => "needs help".to_owned(),
    }
}

/// What the vendor says about the code of a message; none where there is no code.
pub(super) fn meaning(scene: &Scene<'_>, room: &RoomRef, deed: &Deed) -> Option<Meaning> {
    let Deed::Symptom {
        symptom: Symptom::Message { code },
        ..
    } = deed
    else {
        return None;
    };
    let session = super::sitting(scene, room);
    let requirement = match session {
        Some(session) => scene.requirement_of(session),
        None => scene.district().requirement(),
    };
    let known = requirement.and_then(|requirement| requirement.known_error(code.as_str()));
    Some(known.map_or(Meaning::Unknown, |known| Meaning::Known {
        meaning: known.meaning.as_str().trim_end_matches('.').to_owned(),
        action: known.action.as_ref().map(ToString::to_string),
    }))
}

/// The answer to "Are students still working?".
pub(super) const fn still(answer: StillWorking) -> &'static str {
    match answer {
        StillWorking::All => "All students still work:",
        StillWorking::Some => "Some students stopped:",
        StillWorking::None => "",
    }
}

/// `LIN-4 (seat 4)`.
pub(super) fn aside(act: &Act) -> String {
    match &act.deed {
        Deed::Swapped {
            seat: Some(seat),
            old,
            ..
        } => format!("{} (seat {seat})", old.name),
        Deed::Swapped { old, .. } => old.name.to_string(),
        _ => String::new(),
    }
}

/// What can be taken back, in a few words.
pub(super) fn done(deed: &Deed) -> String {
    let seat = |what: &str| match deed.spot() {
        Some(spot) => format!("{}: {what}", capital(&spot.to_string())),
        None => what.to_owned(),
    };
    match deed {
        Deed::Started => "Started".to_owned(),
        Deed::BreakBegun => "Break".to_owned(),
        Deed::BreakEnded | Deed::Resumed { .. } => "Going on".to_owned(),
        Deed::Ended => "Ended".to_owned(),
        Deed::Noted(_) => "Note".to_owned(),
        Deed::Acknowledged(_) => "On my way".to_owned(),
        Deed::Symptom { .. } | Deed::SeatNeedsHelp { .. } => seat(&symptom(deed)),
        Deed::SeatHelped { .. } => seat("student goes on"),
        Deed::SeatFinished { .. } => seat("finished"),
        Deed::Swapped { old, new, .. } => format!("{} swapped for {}", old.name, new.name),
        Deed::Released { device } => format!("{} released", device.name),
        Deed::LeftAlone { device } => format!("{} left alone", device.name),
        Deed::Paused { until: None, .. } => "Pause".to_owned(),
        Deed::Paused { .. } => "Pause with its times".to_owned(),
        Deed::StillWorking(answer) => still(*answer).trim_end_matches(':').to_owned(),
        Deed::HandRaised | Deed::HandLowered | Deed::Undone(_) => String::new(),
    }
}

/// With a capital, as a line begins.
pub(in crate::present) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
