//! A school as the pages show it: made up, complete, a little unlucky.

mod account;
mod close_out;
mod device;
mod incident;
mod mine;
mod notices;
mod people;
mod place;
mod room;
mod unexpected;

use jiff::{Timestamp, tz::TimeZone};

use crate::access::Role;
use crate::pages::{
    self,
    time::{LocalTime, local_time, local_time_to_the_second},
    view::*,
};
pub(super) use account::*;
pub(super) use close_out::*;
pub(super) use device::*;
pub(super) use incident::*;
pub(super) use mine::*;
pub(super) use notices::*;
pub(super) use people::*;
pub(super) use place::*;
pub(super) use room::*;
pub(super) use unexpected::*;

/// Every kind of page by a short name, rendered.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    vec![
        ("district", pages::place::render(&district())),
        ("district-empty", pages::place::render(&district_empty())),
        ("school", pages::place::render(&school())),
        ("room", pages::room::render(&room())),
        ("room-ready", pages::room::render(&room_ready())),
        ("room-chromebooks", pages::room::render(&room_chromebooks())),
        ("room-blind", pages::room::render(&room_blind())),
        ("room-empty", pages::room::render(&room_empty())),
        ("room-every-standing", pages::room::render(&room_every_standing())),
        ("room-proctor", pages::room::render(&room_of_a_proctor())),
        ("confirm", pages::people::confirm(&confirm())),
        ("seat", pages::people::seat(&seat_page())),
        (
            "seat-gone",
            pages::people::seat(&SeatPage {
                now: gone(),
                ..seat_page()
            }),
        ),
        ("swap", pages::people::swap(&swap_page(1))),
        ("swap-several", pages::people::swap(&swap_page(3))),
        ("swap-none", pages::people::swap(&swap_page(0))),
        ("unexpected", pages::unexpected::render(&unexpected(4))),
        ("unexpected-one", pages::unexpected::render(&unexpected(1))),
        ("unexpected-none", pages::unexpected::render(&unexpected(0))),
        ("choose-seat", pages::unexpected::choose_seat(&choose_seat(3))),
        ("choose-room", pages::unexpected::choose_seat(&choose_seat(0))),
        ("notices", pages::notices::render(&notices())),
        ("say", pages::people::say(&say())),
        ("enter", pages::proctors::enter(&enter())),
        ("proctors", pages::proctors::of_session(&proctors())),
        (
            "proctors-paper",
            pages::proctors::of_session(&proctors_on_paper()),
        ),
        ("sheet", pages::proctors::sheet(&sheet())),
        ("sheet-paper", pages::proctors::sheet(&sheet_on_paper())),
        ("device", pages::device::render(&device())),
        ("device-silent", pages::device::render(&device_silent())),
        ("device-not-watched", pages::device::render(&device_not_watched())),
        ("devices", pages::devices::render(&devices())),
        ("log", pages::log::render(&log())),
        ("log-empty", pages::log::render(&log_empty())),
        ("incident", pages::incident::render(&incident())),
        ("what-to-do", pages::what_to_do::render(&what_to_do())),
        ("close-out", pages::close_out::render(&close_out())),
        (
            "close-out-quiet",
            pages::close_out::render(&close_out_of_a_quiet_day()),
        ),
        ("sign-in", pages::sign_in::render(&sign_in(SignInReason::Needed))),
        (
            "sign-in-spent",
            pages::sign_in::render(&sign_in(SignInReason::Spent)),
        ),
        (
            "sign-in by link",
            pages::sign_in::render_link(&SignInLinkPage {
                name: "Ada Byron".to_owned(),
                token: "0".repeat(64),
            }),
        ),
        ("reach", reach(ReachCertificate::NotNeeded)),
        ("reach-untrusted", reach(ReachCertificate::Untrusted)),
        ("reach-to-be-seen", reach(ReachCertificate::ToBeSeen)),
        (
            "sign-in-too-early",
            pages::sign_in::render(&sign_in(SignInReason::TooEarly { seconds: 32 })),
        ),
        ("sign-in-code", pages::account::code(&code())),
        ("recover", pages::account::recover(&recover())),
        ("account", pages::account::own(&own_account())),
        ("connect", pages::connect::render(&connect(false))),
        ("connect-asked", pages::connect::render(&connect(true))),
        ("my-rooms", pages::mine::render(&my_rooms())),
        ("my-rooms-empty", pages::mine::render(&my_rooms_empty())),
        ("second-factor", pages::account::second_factor(&second_factor())),
        ("accounts", pages::account::all(&accounts())),
        ("account-of", pages::account::one(&account_of())),
        ("account-closed", pages::account::one(&account_closed())),
        ("link-made", pages::account::link_made(&link_made())),
        ("set-up-start", pages::set_up::start(&set_up_start())),
        ("set-up-district", pages::set_up::district(&set_up_district())),
        ("set-up-device", pages::set_up::device(&set_up_device(false))),
        ("set-up-device-key", pages::set_up::device(&set_up_device(true))),
        ("not-found", pages::error::render(&error(ErrorKind::NotFound))),
        ("forbidden", pages::error::render(&error(ErrorKind::Forbidden))),
        ("failed", pages::error::render(&error(ErrorKind::Failed))),
        (
            "unavailable",
            pages::error::render(&error(ErrorKind::Unavailable)),
        ),
    ]
}

fn reach(certificate: ReachCertificate) -> String {
    pages::reach::render(&ReachPage { certificate })
}

fn moment(clock: &str) -> Timestamp {
    format!("2026-11-24T{clock}-06:00").parse().unwrap()
}

fn now() -> Timestamp {
    moment("10:41:19")
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

pub(super) fn at(clock: &str) -> LocalTime {
    local_time(moment(clock), now(), &zone())
}

fn exactly(clock: &str) -> LocalTime {
    local_time_to_the_second(moment(clock), now(), &zone())
}

fn frame(title: &str, depth: usize) -> Frame {
    let places = [
        Link::new("RoomReady", "/"),
        Link::new("Lincoln Middle School", "/schools/lincoln"),
        Link::new("Room 101", "/rooms/lincoln-101"),
    ];
    Frame {
        title: title.to_owned(),
        trail: places.into_iter().take(depth).collect(),
        log: Some(Link::new("Incident log", "/schools/lincoln/incidents")),
        stream: Some("/stream".to_owned()),
        made_at: exactly("10:41:19"),
        viewer: Some(Viewer {
            name: "Ada Byron".to_owned(),
            role: Role::DistrictCoordinator,
            may: Role::DistrictCoordinator.permissions(),
            csrf: "0".repeat(64),
        }),
        zone: "America/Chicago".to_owned(),
    }
}

fn sign_in(reason: SignInReason) -> SignInPage {
    SignInPage {
        reason,
        name: "Ada Byron".to_owned(),
        to: "/schools/lincoln".to_owned(),
    }
}

fn error(kind: ErrorKind) -> ErrorPage {
    ErrorPage {
        kind,
        subject: (kind == ErrorKind::NotFound).then(|| "a room called \"room-999\"".to_owned()),
        reference: (kind == ErrorKind::Failed).then(|| "c-20261124-104119-7".to_owned()),
    }
}
