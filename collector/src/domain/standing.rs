//! What a board shows for a device: one word, the worst that is true.

use roomready_shared::timetable::Phase;
use roomready_shared::verdict::{Assessment, Demand, Finding, Readiness, Verdict};
use roomready_shared::wire::v1::GoodbyeReason;
use serde::{Deserialize, Serialize};

use super::plan::Watched;

mod fault;
mod sight;

#[cfg(test)]
mod tests;

pub use fault::{Empty, Fault, about_words};
pub use sight::Sight;

/// The status of a device, worst first: a smaller one is worse. Working and ready are equally fine; the order between
/// them only makes lists stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It promised to be heard during a test and was not, or said that it goes away.
    Lost,
    /// The test app ended in a way no student ends it.
    TestAppCrashed,
    /// Somebody raised a hand for this seat.
    HelpWanted,
    /// The battery is about to end, and the seat is not.
    BatteryCritical,
    /// A required check is missed.
    NotReady,
    /// It comes and goes too often to rely on.
    Unstable,
    /// Usable, and something should be looked at.
    Attention,
    /// Something required is not known.
    Unknown,
    /// The collector was blind and has not heard it yet.
    Checking,
    /// What is known about it is too old, or it missed a promise outside of a test.
    Stale,
    /// On the roster, never heard.
    NeverReported,
    /// The test app was closed in good order: probably finished.
    FinishedMaybe,
    /// It said goodbye outside of a test.
    Away,
    /// Nothing of ours can watch it during a test.
    NotWatched,
    /// Its test is running.
    Working,
    /// It meets everything required.
    Ready,
}

impl Standing {
    /// All of them, worst first.
    pub const ALL: [Self; 16] = [
        Self::Lost,
        Self::TestAppCrashed,
        Self::HelpWanted,
        Self::BatteryCritical,
        Self::NotReady,
        Self::Unstable,
        Self::Attention,
        Self::Unknown,
        Self::Checking,
        Self::Stale,
        Self::NeverReported,
        Self::FinishedMaybe,
        Self::Away,
        Self::NotWatched,
        Self::Working,
        Self::Ready,
    ];

    /// The plain word for pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lost => "Lost",
            Self::TestAppCrashed => "Test app crashed",
            Self::HelpWanted => "Help wanted",
            Self::BatteryCritical => "Battery critical",
            Self::NotReady => "Not ready",
            Self::Unstable => "Unstable",
            Self::Attention => "Attention",
            Self::Unknown => "Unknown",
            Self::Checking => "Checking",
            Self::Stale => "Out of date",
            Self::NeverReported => "Never reported",
            Self::FinishedMaybe => "Finished?",
            Self::Away => "Away",
            Self::NotWatched => "Not watched",
            Self::Working => "Working",
            Self::Ready => "Ready",
        }
    }
}

/// A device's checks in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The device as a whole.
    pub readiness: Readiness,
    /// It is unknown only because readings are older than they may be.
    pub only_old: bool,
}

impl Judged {
    /// Draws it from the full assessment.
    #[must_use]
    pub fn of(assessment: &Assessment) -> Self {
        let mut unsettled = assessment
            .findings
            .iter()
            .filter(|finding| finding.demand == Demand::Required && finding.verdict == Verdict::Unknown)
            .peekable();
        let only_old = unsettled.peek().is_some() && unsettled.all(|finding| finding.stale);
        Self {
            readiness: assessment.readiness,
            only_old,
        }
    }
}

/// The finding that speaks loudest, for a tile's one short reason: required before shown, then the worst verdict,
/// then the profile's order. None when everything passed.
#[must_use]
pub fn loudest_finding(assessment: &Assessment) -> Option<&Finding> {
    let weight = |finding: &Finding| {
        let required = finding.demand == Demand::Required;
        match (finding.verdict, required) {
            (Verdict::Fail, true) => 4,
            (Verdict::Unknown, true) => 3,
            (Verdict::Warn, true) => 2,
            (Verdict::Fail | Verdict::Warn, false) => 1,
            (Verdict::Pass, _) | (Verdict::Unknown, false) => 0,
        }
    };
    let loudest = assessment
        .findings
        .iter()
        .map(weight)
        .max()
        .filter(|weight| *weight > 0)?;
    assessment
        .findings
        .iter()
        .find(|finding| weight(finding) == loudest)
}

/// All that decides a standing.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// How the device is watched.
    pub watched: Watched,
    /// What the watch knows about it now.
    pub sight: Sight,
    /// The worst that is wrong with it while it is there.
    pub fault: Option<Fault>,
    /// Its checks; none while nothing was ever read.
    pub judged: Option<Judged>,
    /// The phase of its sitting; none without one.
    pub phase: Option<Phase>,
    /// Two machines use its identity, so that nothing of the above is certain.
    pub shared: bool,
}

impl Standing {
    /// The same where somebody raised a hand for this seat, or saw something wrong on its screen: what is worse stays.
    #[must_use]
    pub fn with_help_wanted(self) -> Self {
        self.min(Self::HelpWanted)
    }
}

/// Derives a standing. The moment is already in its parts: the watch judged silence by it, the checks their age.
///
/// While a test runs, a missed check can be repaired by nobody in the room: `not ready` is then `attention`, and
/// anything less is `working`.
#[must_use]
pub fn standing(look: Look) -> Standing {
    let seen = as_seen(look);
    // What is not there has no battery to speak of.
    let there = matches!(
        look.sight,
        Sight::Here | Sight::Working { .. } | Sight::AppNotBack { .. }
    );
    let seen = match look.fault {
        Some(fault) if there && look.watched != Watched::NotOneByOne => seen.min(fault.standing()),
        _ => seen,
    };
    if look.shared {
        seen.min(Standing::Attention)
    } else {
        seen
    }
}

fn as_seen(look: Look) -> Standing {
    let in_test = matches!(look.phase, Some(Phase::Testing | Phase::Break));
    if look.watched == Watched::NotOneByOne {
        return match (in_test, look.judged) {
            (true, _) => Standing::NotWatched,
            (false, Some(judged)) => by_checks(judged),
            (false, None) => Standing::NeverReported,
        };
    }
    match look.sight {
        Sight::Lost { .. } => Standing::Lost,
        Sight::AppCrashed { .. } => Standing::TestAppCrashed,
        Sight::NeverHeard => Standing::NeverReported,
        Sight::Checking => Standing::Checking,
        Sight::Silent { .. } => Standing::Stale,
        // The district chose that nothing of ours runs while students test.
        Sight::Away {
            goodbye: GoodbyeReason::StandsAside,
            ..
        } if in_test => Standing::NotWatched,
        Sight::Away { .. } => Standing::Away,
        Sight::FinishedMaybe { .. } => Standing::FinishedMaybe,
        Sight::AppNotBack { .. } => look
            .judged
            .map_or(Standing::Attention, by_checks)
            .min(Standing::Attention),
        Sight::Working { .. } => match look.judged.map(|judged| judged.readiness) {
            Some(Readiness::NotReady) => Standing::Attention,
            _ => Standing::Working,
        },
        // A staff machine sits no test: being heard is all that is asked of it.
        Sight::Here if look.watched == Watched::Sentinel => look.judged.map_or(Standing::Ready, by_checks),
        Sight::Here => look.judged.map_or(Standing::Unknown, by_checks),
    }
}

fn by_checks(judged: Judged) -> Standing {
    match judged.readiness {
        Readiness::NotReady => Standing::NotReady,
        Readiness::Attention => Standing::Attention,
        Readiness::Unknown if judged.only_old => Standing::Stale,
        Readiness::Unknown => Standing::Unknown,
        Readiness::Ready => Standing::Ready,
    }
}
