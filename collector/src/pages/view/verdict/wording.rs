//! Who is counted, which seats are named, what the quiet ones are doing.

use super::{Shared, SharedTrouble};
use crate::pages::view::{
    seat::SeatTile,
    standing::{Standing, Tone},
    tally::Tally,
};

/// Seats named in the "do now" line; more would no longer be one thing to do.
const SEATS_NAMED: usize = 4;

/// The devices a verdict may speak about: all but those nothing can watch.
pub(super) struct Watched {
    pub(super) devices: usize,
    unwatched: usize,
}

impl Watched {
    pub(super) fn of(tally: &Tally) -> Self {
        let unwatched = tally.devices(Standing::NotWatched);
        Self {
            devices: tally.total() - unwatched,
            unwatched,
        }
    }

    pub(super) fn named(&self) -> String {
        match (self.devices, self.unwatched) {
            (1, 0) => "1 device".to_owned(),
            (devices, 0) => devices.to_string(),
            (1, _) => "1 watched device".to_owned(),
            (devices, _) => format!("{devices} watched devices"),
        }
    }

    /// `All 30`, `The 1 watched device`.
    pub(super) fn all(&self) -> String {
        format!(
            "{} {}",
            if self.devices == 1 { "The" } else { "All" },
            self.named()
        )
    }
}

/// The loudest tone of the room; `Quiet` counts only what is quiet although it could be watched.
pub(super) fn loudest(tally: &Tally) -> Tone {
    let quiet_by_nature = tally.devices(Standing::NotWatched);
    [Tone::Urgent, Tone::Caution]
        .into_iter()
        .find(|tone| tally.with_tone(*tone) > 0)
        .unwrap_or(if tally.with_tone(Tone::Quiet) > quiet_by_nature {
            Tone::Quiet
        } else {
            Tone::Fine
        })
}

/// What several devices have in common: `No device here reaches TestNav since 09:41`.
pub(super) fn shared_words(shared: Shared<'_>, watched: &Watched, test_app: &str) -> String {
    let Shared {
        what, devices, since, ..
    } = shared;
    let part = format!("{devices} of {} devices", watched.devices);
    match (what, devices >= watched.devices) {
        (SharedTrouble::NotHeard, true) => format!("No device here has been heard since {since}"),
        (SharedTrouble::NotHeard, false) => format!("{part} have not been heard since {since}"),
        (SharedTrouble::NoVendor, true) => format!("No device here reaches {test_app} since {since}"),
        (SharedTrouble::NoVendor, false) => format!("{part} do not reach {test_app} since {since}"),
        (SharedTrouble::ComeAndGo, true) => {
            format!("Devices here lose the connection again and again since {since}")
        }
        (SharedTrouble::ComeAndGo, false) => {
            format!("{part} lose the connection again and again since {since}")
        }
        (SharedTrouble::Slow, true) => format!("The network here is slow since {since}"),
        (SharedTrouble::Slow, false) => format!("The network is slow for {part} since {since}"),
    }
}

pub(super) fn open_the_seats(seats: &[SeatTile], tone: Tone) -> String {
    format!(
        "Look at {}. Open a seat to see what to do.",
        named_seats(seats, tone)
    )
}

/// `seat 12 (lost) and seat 14 (not ready)`, worst first; beyond a few, the rest as a number.
pub(super) fn named_seats(seats: &[SeatTile], tone: Tone) -> String {
    let mut chosen: Vec<_> = seats.iter().filter(|seat| seat.standing.tone() == tone).collect();
    chosen.sort_by_key(|seat| (seat.standing.rank(), seat.place));
    let mut names: Vec<_> = chosen
        .iter()
        .take(SEATS_NAMED)
        .map(|seat| {
            format!(
                "{} ({})",
                seat.spoken_label(),
                seat.standing.word().to_lowercase()
            )
        })
        .collect();
    if chosen.len() > SEATS_NAMED {
        names.push(format!("{} more", chosen.len() - SEATS_NAMED));
    }
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

pub(super) fn nothing_to_do(tally: &Tally, test_app: &str) -> String {
    let mut words = still_waiting(tally, test_app).map_or_else(
        || "Nothing to do.".to_owned(),
        |devices| format!("Nothing to do: {devices}."),
    );
    match tally.devices(Standing::NotWatched) {
        0 => {}
        1 => words.push_str(" Keep an eye on the other one yourself."),
        others => words.push_str(&format!(" Keep an eye on the other {others} yourself.")),
    }
    words
}

/// What the quiet ones are doing, if there are any: `3 probably finished, 1 never heard`.
pub(in crate::pages::view) fn still_waiting(tally: &Tally, test_app: &str) -> Option<String> {
    let mut parts = Vec::new();
    let mut say = |standing: Standing, words: &str| {
        let devices = tally.devices(standing);
        if devices > 0 {
            parts.push(format!("{devices} {words}"));
        }
    };
    if tally.devices(Standing::Working) > 0 {
        say(Standing::Ready, &format!("not yet in {test_app}"));
    }
    say(Standing::Checking, "being checked");
    say(Standing::Stale, "out of date");
    say(Standing::NeverReported, "never heard");
    say(Standing::FinishedMaybe, "probably finished");
    say(Standing::Away, "switched off or asleep");
    if parts.is_empty() {
        None
    } else {
        Some(parts.join(", "))
    }
}
