//! Kinds of entries: a closed list of snake_case words, which stay readable for ever.

use std::fmt;
use std::str::FromStr;

use super::NotAnEntryWord;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of happening an entry records. A word, once released, never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntryKind {
            $($(#[$doc])* $name,)*
        }

        impl EntryKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the record.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// The collector began to run.
    CollectorStarted = "collector_started",
    /// The collector could see nothing for a while.
    BlindInterval = "blind_interval",
    /// A device was let in.
    DeviceEnrolled = "device_enrolled",
    /// A key that lets devices in was made.
    EnrolmentKeyMade = "enrolment_key_made",
    /// A key that lets devices in was ended before its time.
    EnrolmentKeyRevoked = "enrolment_key_revoked",
    /// Somebody wants a device to have another credential.
    CredentialRotationOrdered = "credential_rotation_ordered",
    /// A device used its new credential, and the one before it ended.
    CredentialRotated = "credential_rotated",
    /// A device's credential was ended.
    CredentialRevoked = "credential_revoked",
    /// Two machines were found to use one device's credential.
    CredentialShared = "credential_shared",
    /// Somebody looked into that and says that it is well.
    CredentialShareDismissed = "credential_share_dismissed",
    /// Somebody of the staff signed in.
    StaffSignedIn = "staff_signed_in",
    /// Somebody signed out, or a sign-in was ended.
    StaffSignedOut = "staff_signed_out",
    /// Somebody looked at protected data.
    Viewed = "viewed",
    /// Somebody who was signed in asked for what is not theirs.
    AccessRefused = "access_refused",
    /// Somebody took a copy out.
    Exported = "exported",
    /// An account was made.
    AccountCreated = "account_created",
    /// Somebody could not sign in.
    SignInFailed = "sign_in_failed",
    /// An account has another name, role or schools.
    AccountChanged = "account_changed",
    /// An account was closed.
    AccountClosed = "account_closed",
    /// A link was made by which an account's owner chooses a password.
    RecoveryLinkMade = "recovery_link_made",
    /// Somebody has a new password.
    PasswordChanged = "password_changed",
    /// Somebody set up a second factor.
    SecondFactorSet = "second_factor_set",
    /// Somebody's second factor was taken away, for them to set up anew.
    SecondFactorReset = "second_factor_reset",
    /// Somebody ended sign-ins of theirs on other browsers.
    SessionEnded = "session_ended",
    /// Somebody let a staff computer show notices for them.
    WatchTokenMade = "watch_token_made",
    /// A staff computer may no longer show notices for somebody.
    WatchTokenEnded = "watch_token_ended",
    /// A new installation was given its district.
    DistrictSetUp = "district_set_up",
    /// A session went into another phase.
    SessionPhase = "session_phase",
    /// A seat's test began: its test app was first seen, or a person pressed Start.
    SeatStarted = "seat_started",
    /// A seat's test app was closed in good order.
    SeatFinished = "seat_finished",
    /// An incident opened.
    IncidentOpened = "incident_opened",
    /// More became known about an incident.
    IncidentAmended = "incident_amended",
    /// Somebody said that they take care of an incident.
    IncidentAcknowledged = "incident_acknowledged",
    /// A proctor asked for help.
    HandRaised = "hand_raised",
    /// The help that was asked for is no longer needed.
    HandLowered = "hand_lowered",
    /// A person wrote something down.
    NoteWritten = "note_written",
    /// A person said that the test of a room begins.
    RoomStarted = "room_started",
    /// A person said that a room has a break.
    BreakBegun = "break_begun",
    /// A person said that a room's break is over.
    BreakEnded = "break_ended",
    /// A person said that the test of a room is over.
    RoomEnded = "room_ended",
    /// A person saw something wrong on a student's screen.
    SymptomSeen = "symptom_seen",
    /// A person asked for help at a seat.
    SeatNeedsHelp = "seat_needs_help",
    /// A person said that what was wrong at a seat is over.
    SeatHelped = "seat_helped",
    /// A person said that the student at a seat has finished.
    SeatDone = "seat_done",
    /// A seat was given another device; the old one is kept aside.
    DeviceSwapped = "device_swapped",
    /// A device that was kept aside may be used again.
    DeviceReleased = "device_released",
    /// A person said that a device with the test app open is not at a test that anybody has to look after.
    DeviceLeftAlone = "device_left_alone",
    /// A person said that students of a room or a school do not test, or did not.
    PauseBegun = "pause_begun",
    /// A person said that such a pause is over.
    PauseEnded = "pause_ended",
    /// A person said whether students work in a room that cannot be seen.
    StillWorking = "still_working",
    /// A person took back what was entered a moment before.
    Undone = "undone",
    /// A link by which proctors enter was made.
    ProctorLinkMade = "proctor_link_made",
    /// Such a link was ended, with everybody who had entered by it.
    ProctorLinkRevoked = "proctor_link_revoked",
    /// Somebody entered by such a link.
    ProctorEntered = "proctor_entered",
    /// Somebody had the link and not the room word.
    ProctorRefused = "proctor_refused",
    /// A proctor's browser was let go.
    ProctorReleased = "proctor_released",
    /// Somebody had a test notice sent.
    NoticeTested = "notice_tested",
    /// What was wrong is no longer so, or the session is over.
    IncidentCleared = "incident_cleared",
    /// A text for proctors was approved.
    AdviceApproved = "advice_approved",
    /// Such a text is no longer approved.
    AdviceWithdrawn = "advice_withdrawn",
    /// A backup of everything was made.
    BackupMade = "backup_made",
    /// A backup was put in place: what was recorded after it was made is not in this record.
    BackupRestored = "backup_restored",
}

impl EntryKind {
    /// Whether it belongs to the access log: what people did and saw, and who tried to. Everything does that the
    /// watch, a device or the collector does not write of itself.
    #[must_use]
    pub const fn is_of_access(self) -> bool {
        !matches!(
            self,
            Self::CollectorStarted
                | Self::BlindInterval
                | Self::DeviceEnrolled
                | Self::CredentialRotated
                | Self::CredentialShared
                | Self::SessionPhase
                | Self::SeatStarted
                | Self::SeatFinished
                | Self::IncidentOpened
                | Self::IncidentAmended
                | Self::IncidentCleared
        )
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for EntryKind {
    type Err = NotAnEntryWord;
    fn from_str(text: &str) -> Result<Self, NotAnEntryWord> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.word() == text)
            .ok_or_else(|| NotAnEntryWord::unknown("a kind of entry", text))
    }
}
