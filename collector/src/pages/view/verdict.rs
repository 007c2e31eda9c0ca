//! The one sentence in large type, and the one thing to do now.
//!
//! The words live here, in one place, so that every board says the same thing the same way. It never claims more than
//! was seen: devices that nothing can watch are not counted as working.

mod wording;

use super::{
    room::Phase,
    seat::SeatTile,
    standing::{Standing, Tone},
    tally::Tally,
};
pub(super) use wording::still_waiting;
use wording::{Watched, loudest, named_seats, nothing_to_do, open_the_seats, shared_words};

/// The large sentence of a room board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How it is tinted.
    pub tone: VerdictTone,
    /// The sentence: `All 30 working`.
    pub words: String,
    /// The one thing to do now.
    pub next: String,
}

/// How a verdict is tinted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictTone {
    /// Nothing to do.
    Fine,
    /// Nothing to do, and nothing proven.
    Quiet,
    /// Look when there is time.
    Caution,
    /// Somebody needs help now.
    Urgent,
    /// The collector cannot see the room.
    Blind,
}

/// What a verdict is made from.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Phase of the session, if there is one now.
    pub phase: Option<Phase>,
    /// The tiles, in any order.
    pub seats: &'a [SeatTile],
    /// The test app by the name teachers know: `TestNav`.
    pub test_app: &'a str,
    /// Since when the collector cannot see this room (`09:41`), if it cannot.
    pub blind_since: Option<&'a str>,
    /// Since when a person has paused everybody here (`09:10`), if so.
    pub paused_since: Option<&'a str>,
    /// Whether it is the whole school that is paused: its coordinator ends that, and no room.
    pub school_is_paused: bool,
    /// What everything that is loudest here comes from, where that is one thing.
    pub shared: Option<Shared<'a>>,
}

/// One trouble of several devices: said once, with the one thing to do, instead of seat by seat.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// What is wrong.
    pub what: SharedTrouble,
    /// How many devices of this room have it.
    pub devices: usize,
    /// Since when (`09:41`).
    pub since: &'a str,
    /// What to do about it, in the words that the incident has.
    pub to_do: &'a str,
}

/// What devices have in common when the network or the vendor fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedTrouble {
    /// They are not heard.
    NotHeard,
    /// They do not reach the test's servers.
    NoVendor,
    /// They lose the connection again and again.
    ComeAndGo,
    /// Their network is slow.
    Slow,
}

impl VerdictTone {
    /// Name of its style class.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Quiet => "quiet",
            Self::Caution => "caution",
            Self::Urgent => "urgent",
            Self::Blind => "blind",
        }
    }
}

impl Verdict {
    fn new(tone: VerdictTone, words: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            tone,
            words: words.into(),
            next: next.into(),
        }
    }

    /// Judges a room in words.
    #[must_use]
    pub fn of(seen: Seen<'_>) -> Self {
        let tally = Tally::of(seen.seats.iter().map(|seat| seat.standing), |_| None);
        if let Some(since) = seen.blind_since {
            return Self::new(
                VerdictTone::Blind,
                format!("We cannot see this room since {since}"),
                match seen.paused_since {
                    None => "Look around, and note the time and what you see. Nobody has to close a test because of this.".to_owned(),
                    Some(paused) => format!("Everybody here is paused since {paused}. Nobody has to close a test because of this."),
                },
            );
        }
        if tally.total() == 0 {
            return Self::new(
                VerdictTone::Quiet,
                "No device has reported yet",
                "Follow the steps below.",
            );
        }
        if let (Some(since), Some(Phase::Testing | Phase::Break)) = (seen.paused_since, seen.phase) {
            return paused(seen, &tally, since);
        }
        match seen.phase {
            None | Some(Phase::Scheduled | Phase::Sweep) => before(seen, &tally),
            Some(Phase::Testing) => testing(seen, &tally),
            Some(Phase::Break) => pause(seen, &tally),
            Some(Phase::Finished) => after(&tally),
        }
    }
}

fn before(seen: Seen<'_>, tally: &Tally) -> Verdict {
    let watched = Watched::of(tally);
    let ready = tally.devices(Standing::Ready) + tally.devices(Standing::Working);
    let never_heard = tally.devices(Standing::NeverReported);
    if never_heard > 0 && never_heard == tally.total() {
        return Verdict::new(
            VerdictTone::Quiet,
            if never_heard == 1 {
                "1 device, not heard yet".to_owned()
            } else {
                format!("{never_heard} devices, none heard yet")
            },
            "Check them by hand before the test. Chromebooks and iPads cannot be heard by RoomReady.",
        );
    }
    let words = match (watched.devices, ready) {
        (0, _) => return nobody_watched("Devices here are not watched one by one"),
        (all, ready) if all == ready => format!("{} ready", watched.all()),
        (_, ready) => format!("{ready} of {} ready", watched.named()),
    };
    match loudest(tally) {
        Tone::Urgent => Verdict::new(
            VerdictTone::Urgent,
            words,
            open_the_seats(seen.seats, Tone::Urgent),
        ),
        Tone::Caution => Verdict::new(
            VerdictTone::Caution,
            words,
            open_the_seats(seen.seats, Tone::Caution),
        ),
        Tone::Quiet => Verdict::new(VerdictTone::Quiet, words, nothing_to_do(tally, seen.test_app)),
        Tone::Fine => Verdict::new(VerdictTone::Fine, words, nothing_to_do(tally, seen.test_app)),
    }
}

fn testing(seen: Seen<'_>, tally: &Tally) -> Verdict {
    let watched = Watched::of(tally);
    let urgent = tally.with_tone(Tone::Urgent);
    if urgent > 0 {
        return students_need_help(seen, &watched, urgent);
    }
    if watched.devices == 0 {
        return nobody_watched("Testing. Devices here are not watched one by one");
    }
    let working = tally.devices(Standing::Working);
    let words = match working {
        0 if tally.devices(Standing::Ready) > 0 => {
            format!(
                "{} ready, none has opened {} yet",
                tally.devices(Standing::Ready),
                seen.test_app
            )
        }
        0 if tally.devices(Standing::Checking) > 0 => format!("Checking {}", watched.named()),
        all if all == watched.devices => format!("{} working", watched.all()),
        some => format!("{some} of {} working", watched.named()),
    };
    if tally.with_tone(Tone::Caution) > 0 {
        let (words, next) = match seen.shared {
            Some(shared) => (
                shared_words(shared, &watched, seen.test_app),
                shared.to_do.to_owned(),
            ),
            None => (words, open_the_seats(seen.seats, Tone::Caution)),
        };
        return Verdict::new(VerdictTone::Caution, words, next);
    }
    let tone = if working == watched.devices {
        VerdictTone::Fine
    } else {
        VerdictTone::Quiet
    };
    Verdict::new(tone, words, nothing_to_do(tally, seen.test_app))
}

fn pause(seen: Seen<'_>, tally: &Tally) -> Verdict {
    match tally.with_tone(Tone::Urgent) {
        0 => Verdict::new(
            VerdictTone::Quiet,
            "Break",
            "Nothing to do until testing goes on.",
        ),
        urgent => students_need_help(seen, &Watched::of(tally), urgent),
    }
}

/// What goes wrong in a pause is still said: whoever comes back from a fire drill sees it at once.
fn paused(seen: Seen<'_>, tally: &Tally, since: &str) -> Verdict {
    match tally.with_tone(Tone::Urgent) {
        0 => Verdict::new(
            VerdictTone::Quiet,
            format!("Paused since {since}"),
            if seen.school_is_paused {
                "The whole school is paused: your coordinator says when students go on."
            } else {
                "When students go on, press “Students go on now”."
            },
        ),
        urgent => {
            let help = students_need_help(seen, &Watched::of(tally), urgent);
            Verdict::new(
                help.tone,
                format!("Paused since {since}. {}", help.words),
                help.next,
            )
        }
    }
}

fn after(tally: &Tally) -> Verdict {
    match tally.devices(Standing::Lost) {
        0 => Verdict::new(VerdictTone::Quiet, "Session over", "Nothing to do."),
        1 => Verdict::new(
            VerdictTone::Caution,
            "Session over, 1 device not heard again",
            "Before it is put away, let it be switched on once: it may still have something to tell.",
        ),
        lost => Verdict::new(
            VerdictTone::Caution,
            format!("Session over, {lost} devices not heard again"),
            "Before they are put away, let them be switched on once: they may still have something to tell.",
        ),
    }
}

fn students_need_help(seen: Seen<'_>, watched: &Watched, urgent: usize) -> Verdict {
    if let Some(shared) = seen.shared {
        let words = shared_words(shared, watched, seen.test_app);
        return Verdict::new(VerdictTone::Urgent, words, shared.to_do);
    }
    let words = if urgent == 1 {
        "1 student needs help".to_owned()
    } else {
        format!("{urgent} students need help")
    };
    let next = format!(
        "Go to {}. Keep students seated. Do not close the test or restart.",
        named_seats(seen.seats, Tone::Urgent)
    );
    Verdict::new(VerdictTone::Urgent, words, next)
}

fn nobody_watched(words: &str) -> Verdict {
    Verdict::new(
        VerdictTone::Quiet,
        words,
        "Look around the room as you always do: nobody sees more than you.",
    )
}

#[cfg(test)]
mod tests;
