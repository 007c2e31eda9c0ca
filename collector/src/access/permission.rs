//! What can be permitted.

/// One thing that a route may ask for. What each [`Role`](super::Role) has of them stands beside the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Boards of places, and their incidents.
    SeeBoards,
    /// Devices one by one, with what was read of them.
    SeeDevices,
    /// Taking part in a sitting: raising a hand, acknowledging, noting, starting and ending.
    TakePart,
    /// Pausing everybody in a school.
    PauseSchool,
    /// Making and ending the links by which proctors enter.
    ManageLinks,
    /// Letting devices in, changing and ending what they speak with.
    ManageDevices,
    /// Reading the record of who did and saw what.
    ReadRecord,
    /// Making, changing and closing people's accounts.
    ManageAccounts,
    /// The district's own settings.
    ManageSettings,
    /// Seeing whom of the staff is told of incidents, and sending them a test.
    ManageNotices,
    /// Approving what proctors are told to do.
    ApproveTexts,
    /// Numbers for monitoring.
    SeeMetrics,
    /// Notices on a staff computer: letting one show them.
    GetNotices,
    /// One's own account: password, second factor, sign-ins.
    OwnAccount,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::SeeBoards,
        Self::SeeDevices,
        Self::TakePart,
        Self::PauseSchool,
        Self::ManageLinks,
        Self::ManageDevices,
        Self::ReadRecord,
        Self::ManageAccounts,
        Self::ManageSettings,
        Self::ManageNotices,
        Self::ApproveTexts,
        Self::SeeMetrics,
        Self::GetNotices,
        Self::OwnAccount,
    ];

    /// For the published table.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::SeeBoards => "see boards and incidents",
            Self::SeeDevices => "see devices one by one",
            Self::TakePart => "take part in a sitting",
            Self::PauseSchool => "pause everybody in a school",
            Self::ManageLinks => "manage proctor links",
            Self::ManageDevices => "manage devices",
            Self::ReadRecord => "read the access log",
            Self::ManageAccounts => "manage accounts",
            Self::ManageSettings => "manage settings",
            Self::ManageNotices => "look after notices to the staff",
            Self::ApproveTexts => "approve texts for proctors",
            Self::SeeMetrics => "see metrics",
            Self::GetNotices => "get notices on a staff computer",
            Self::OwnAccount => "manage one's own account",
        }
    }
}
