//! What can be wrong with a device during a test.

use jiff::{SignedDuration, Timestamp};
use roomready_shared::wire::v1::GoodbyeReason;
use serde::{Deserialize, Serialize};

use super::{Basis, Counted, Span, between};

/// Devices look at the way out once a minute while students test: an older agent, which does not say when it looked, may
/// have looked so long ago.
pub const LOOKS_APART: SignedDuration = SignedDuration::from_secs(60);

/// What can be wrong with a device during a test. In this order they are told when several hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It promised to be heard and was not.
    LostContact,
    /// It said that it shuts down.
    ShutDown,
    /// It said that it restarts.
    Restarted,
    /// It said that it goes to sleep.
    Slept,
    /// Its test app ended in a way no student ends it.
    TestAppCrashed,
    /// It is back after an interruption and its test app is not.
    TestAppNotRunning,
    /// It is heard, and none of the vendor's hosts answers it.
    VendorUnreachable,
    /// Its battery is nearly empty and runs down.
    BatteryCritical,
    /// Its battery ends before its seat does.
    BatteryWontLast,
    /// It was on its charger and runs on its battery now.
    ChargerUnplugged,
    /// It comes and goes: three drops within ten minutes.
    Unstable,
    /// The way to the vendor is slower, or loses more, than its requirement allows.
    NetworkSlow,
    /// A program runs on it that disturbs the test.
    Intruder,
    /// It is on another network than when its test began.
    NetworkChanged,
    /// Its clock was moved.
    ClockJumped,
    /// Its storage is nearly full.
    StorageFull,
    /// Two machines use its credential.
    CredentialShared,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::LostContact,
        Self::ShutDown,
        Self::Restarted,
        Self::Slept,
        Self::TestAppCrashed,
        Self::TestAppNotRunning,
        Self::VendorUnreachable,
        Self::BatteryCritical,
        Self::BatteryWontLast,
        Self::ChargerUnplugged,
        Self::Unstable,
        Self::NetworkSlow,
        Self::Intruder,
        Self::NetworkChanged,
        Self::ClockJumped,
        Self::StorageFull,
        Self::CredentialShared,
    ];

    /// The word in the record and in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LostContact => "lost_contact",
            Self::ShutDown => "shut_down",
            Self::Restarted => "restarted",
            Self::Slept => "slept",
            Self::TestAppCrashed => "test_app_crashed",
            Self::TestAppNotRunning => "test_app_not_running",
            Self::VendorUnreachable => "vendor_unreachable",
            Self::BatteryCritical => "battery_critical",
            Self::BatteryWontLast => "battery_wont_last",
            Self::ChargerUnplugged => "charger_unplugged",
            Self::Unstable => "unstable",
            Self::NetworkSlow => "network_slow",
            Self::Intruder => "intruder",
            Self::NetworkChanged => "network_changed",
            Self::ClockJumped => "clock_jumped",
            Self::StorageFull => "storage_full",
            Self::CredentialShared => "credential_shared",
        }
    }

    /// The condition that an announced absence is; the agent alone stopping is lost contact with a known reason.
    #[must_use]
    pub const fn announced(reason: GoodbyeReason) -> Self {
        match reason {
            GoodbyeReason::Shutdown => Self::ShutDown,
            GoodbyeReason::Restart => Self::Restarted,
            GoodbyeReason::Sleep => Self::Slept,
            GoodbyeReason::AgentStopped | GoodbyeReason::StandsAside => Self::LostContact,
        }
    }

    /// Whether it means that the device is not there: such conditions exclude each other and end when it is heard.
    #[must_use]
    pub const fn is_absence(self) -> bool {
        matches!(
            self,
            Self::LostContact | Self::ShutDown | Self::Restarted | Self::Slept
        )
    }

    /// Whether it can follow from another trouble of the same device: then it is a symptom of that one while it lasts
    /// and shortly after, and no incident of its own. Battery, charger and intruders never are.
    #[must_use]
    pub const fn can_follow(self) -> bool {
        matches!(
            self,
            Self::TestAppCrashed | Self::TestAppNotRunning | Self::VendorUnreachable | Self::NetworkSlow
        )
    }

    /// What it is for a seat, as long as its own records say nothing else.
    #[must_use]
    pub const fn counts_as(self) -> (Counted, Basis) {
        match self {
            Self::LostContact => (Counted::Unheard, Basis::Inferred),
            Self::ShutDown
            | Self::Restarted
            | Self::Slept
            | Self::TestAppCrashed
            | Self::TestAppNotRunning => (Counted::Stopped, Basis::Measured),
            Self::VendorUnreachable => (Counted::CutOff, Basis::Measured),
            Self::BatteryCritical
            | Self::BatteryWontLast
            | Self::ChargerUnplugged
            | Self::Unstable
            | Self::NetworkSlow
            | Self::Intruder
            | Self::NetworkChanged
            | Self::ClockJumped
            | Self::StorageFull
            | Self::CredentialShared => (Counted::Working, Basis::Measured),
        }
    }

    /// The stretch that begins for a seat with it, somewhere between its last good sign and the first look that found
    /// it. What is told by the device itself begins when it says so.
    #[must_use]
    pub fn span_from(self, since: Timestamp, broken: Option<Timestamp>) -> Span {
        let (counted, basis) = self.counts_as();
        let (from, plus_minus_ms) = match (counted, broken) {
            (Counted::CutOff, Some(broken)) => between(since, broken),
            (Counted::CutOff, None) => (since, LOOKS_APART.as_millis().try_into().unwrap_or(u32::MAX)),
            _ => (since, 0),
        };
        Span {
            from,
            until: None,
            counted,
            basis,
            plus_minus_ms,
        }
    }
}
