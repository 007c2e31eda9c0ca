//! View models: what each page shows, already in words and numbers.
//!
//! Plain data. Whoever fills them decides nothing about looks; whoever renders them decides nothing about rooms.

pub mod access_log;
pub mod account;
pub mod accounts;
pub mod close_out;
pub mod connect;
pub mod device;
pub mod enrollment;
pub mod error;
pub mod form;
pub mod frame;
pub mod identity;
pub mod incident;
pub mod list;
pub mod mine;
pub mod notices;
pub mod people;
pub mod place;
pub mod proctors;
pub mod reach;
pub mod room;
pub mod seat;
pub mod set_up;
pub mod sign_in;
pub mod standing;
pub mod tally;
pub mod unexpected;
pub mod verdict;
pub mod what_to_do;

pub use access_log::{AccessLine, AccessLog};
pub use account::{AccountPage, CodePage, RecoverPage, SecondFactorPage, SessionRow, Way};
pub use accounts::{AccountForm, AccountRow, AccountsPage, LinkMadePage, OneAccountPage};
pub use close_out::{CloseOutPage, ClosedIncident, Listed, PauseLine, ProctorWasHere, SeatLine};
pub use connect::{ComputerRow, ConnectPage, OfferedComputer};
pub use device::{Check, CheckResult, Detail, DeviceHead, DevicePage, Fact, Fix, Unread};
pub use enrollment::{EnrollmentPage, KeyRow, KeyState, MadeKey};
pub use error::{ErrorKind, ErrorPage};
pub use form::{Choice, Field, FieldKind};
pub use frame::{EmptyState, Frame, Link, Step, Viewer};
pub use identity::IdentityTrouble;
pub use incident::{
    IncidentCard, IncidentLog, IncidentPage, IncidentPanel, IncidentState, Member, StoryLine,
};
pub use list::{DeviceList, DeviceRow};
pub use mine::{MatterLine, Matters, MyRoom, MyRoomsPage, SchoolRooms, SharedMatter};
pub use notices::{NoticeRow, NoticesPage, TargetRow, Tested};
pub use people::{
    Actions, AtSeat, ConfirmPage, Gone, Meaning, PeopleStrip, Said, SayPage, SchoolPause, SeatChoice,
    SeatPage, StepForm, SwapPage, TroubleLine, Undo,
};
pub use place::{PlaceBoard, PlaceKind, PlaceRow, SessionLine};
pub use proctors::{BrowserRow, EnterPage, LinkCard, ProctorsPage, SheetKind, SheetPage};
pub use reach::{ReachCertificate, ReachPage};
pub use room::{Phase, PhaseWords, RoomBoard, RoomHead, SessionNow, SessionState, who_watches};
pub use seat::{Battery, SeatOrder, SeatTile};
pub use set_up::{FirstKey, SetUpDevicePage, SetUpDistrictPage, SetUpStartPage};
pub use sign_in::{SignInLinkPage, SignInPage, SignInReason};
pub use standing::{Standing, Tone};
pub use tally::{Count, Tally};
pub use unexpected::{
    ChooseSeatPage, Elsewhere, LeftAlone, Moved, Unexpected, UnexpectedDevice, UnexpectedPage,
};
pub use verdict::{Verdict, VerdictTone};
pub use what_to_do::{TextCard, WhatToDoPage};
