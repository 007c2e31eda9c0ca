//! What a board says about one device: a word (the domain brings it), a shape and how loudly to say it.

pub use crate::domain::standing::Standing;

/// How loudly a standing is shown. Only [`Tone::Urgent`] and [`Tone::Caution`] are tinted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// A person is needed now.
    Urgent,
    /// A person should look when there is time.
    Caution,
    /// Nothing to do, and nothing proven either.
    Quiet,
    /// All is well.
    Fine,
}

impl Standing {
    /// What the word means, in one sentence for the legend.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Lost => "It should have been heard by now and was not.",
            Self::TestAppCrashed => "The test app stopped in a way no student stops it.",
            Self::HelpWanted => "Somebody asked for help at this seat.",
            Self::BatteryCritical => "The battery will be empty before this seat ends.",
            Self::NotReady => "Something the test requires is missing.",
            Self::Unstable => "It keeps coming and going.",
            Self::Attention => "Something needs a look; the test may go on.",
            Self::Unknown => "Something the test requires could not be read.",
            Self::Checking => "Waiting to hear from it after a restart of RoomReady.",
            Self::Stale => "What is known about it is too old to rely on.",
            Self::NeverReported => "It is on the list and was never heard.",
            Self::FinishedMaybe => "The test app was closed normally.",
            Self::Away => "It was switched off or put to sleep outside a test.",
            Self::NotWatched => "Nothing can watch this kind of device during a test.",
            Self::Working => "The test app is running.",
            Self::Ready => "It meets everything the test requires.",
        }
    }

    /// Name of its shape in the page's set of symbols; also its name in addresses and style classes.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::TestAppCrashed => "crashed",
            Self::HelpWanted => "help-wanted",
            Self::BatteryCritical => "battery-critical",
            Self::NotReady => "not-ready",
            Self::Unstable => "unstable",
            Self::Attention => "attention",
            Self::Unknown => "unknown",
            Self::Checking => "checking",
            Self::Stale => "stale",
            Self::NeverReported => "never-reported",
            Self::FinishedMaybe => "finished-maybe",
            Self::Away => "away",
            Self::NotWatched => "not-watched",
            Self::Working => "working",
            Self::Ready => "ready",
        }
    }

    /// The standing of that name, for `?show=lost` in an address.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.slug() == slug)
    }

    /// How loudly it is shown.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Lost | Self::TestAppCrashed | Self::HelpWanted | Self::BatteryCritical | Self::NotReady => {
                Tone::Urgent
            }
            Self::Unstable | Self::Attention | Self::Unknown => Tone::Caution,
            Self::Checking
            | Self::Stale
            | Self::NeverReported
            | Self::FinishedMaybe
            | Self::Away
            | Self::NotWatched => Tone::Quiet,
            Self::Working | Self::Ready => Tone::Fine,
        }
    }

    /// Place in "worst first", from 0; working and ready share the last place.
    #[must_use]
    pub fn rank(self) -> usize {
        let working = Self::ALL.len() - 2;
        Self::ALL
            .iter()
            .position(|standing| *standing == self)
            .unwrap_or(working)
            .min(working)
    }
}

impl Tone {
    /// Name of its style class.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Caution => "caution",
            Self::Quiet => "quiet",
            Self::Fine => "fine",
        }
    }
}
