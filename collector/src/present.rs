//! From the fleet to view models: decides what a page says, not how it looks.
//!
//! Pure functions over the fleet's [`State`] at a moment. One [`Topic`] is one page with a stream; [`Stage`] paints its
//! live elements from the very view model that draws the page, so a swap never shows something else than a reload.

mod access_log;
mod accounts;
mod address;
mod batteries;
mod browser;
pub mod close_out;
mod connect;
pub mod csv;
mod device;
mod devices;
mod elsewhere;
mod enrollment;
mod incident;
mod mine;
mod notice;
mod notices;
mod people;
mod place;
pub mod proctors;
mod room;
mod scene;
mod seats;
mod set_up;
mod shared;
mod what_to_do;

use jiff::Timestamp;
use roomready_shared::ids::{DeviceId, DeviceName, IncidentId, RoomRef, SchoolId};

pub use access_log::{InWords, Names, access_log, in_words};
pub use accounts::{
    AccountWritten, OwnWrong, all_accounts, choose_password, link_frame, one_account, own_account,
    second_factor_frame,
};
pub use connect::{CodeWritten, connect};
pub use device::{known_device, roster_device};
pub use devices::list;
pub use elsewhere::page as unexpected;
pub use enrollment::{enrollment, made_key};
pub use incident::{all_logs, page as incident_page, page_of as incident_page_of, school_log};
pub use mine::{my_rooms, sight};
pub use notice::notices_due;
pub use notices::notices;
pub(crate) use notices::targets_in;
pub use people::{
    Step as RoomStep, at_seat, choose_seat_page, confirm_on_my_way, open_in, own_panel, seat_page, spot_of,
    swap_page, tagged,
};
pub use place::{district, school};
pub use room::board;
pub use scene::Scene;
pub use set_up::{DistrictWritten, MadeKey, set_up_device, set_up_district};
pub use what_to_do::what_to_do_page;

use crate::access::Scope;
use crate::fleet::Fleet;
use crate::live::{Painter, Painting};
use crate::pages::view::{DevicePage, IncidentLog, IncidentPage, PlaceBoard, RoomBoard, Viewer};
use crate::pages::{self, Fragment};

/// A page that is kept live.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The schools of a scope.
    District(Scope),
    /// A school's rooms.
    School(SchoolId),
    /// A room board.
    Room(RoomRef),
    /// A room board for somebody who sees nothing but this room: it leads nowhere else.
    OnlyRoom(RoomRef),
    /// An enrolled device.
    Device(DeviceId),
    /// A device of the roster that has never enrolled.
    RosterDevice(DeviceName),
    /// The incident log of a scope.
    AllLogs(Scope),
    /// The incident log of a school.
    SchoolLog(SchoolId),
    /// One incident.
    Incident(IncidentId),
    /// What is open in a scope, and some rooms of it.
    Mine(Scope, Vec<RoomRef>),
    /// Whom of the staff RoomReady tells in a scope.
    Notices(Scope),
    /// Devices of a room at a test that no session expects.
    Unexpected(RoomRef),
    /// The seat of a room at which a device stands, or stood as its page was loaded.
    Seat(RoomRef, DeviceName),
}

/// Paints live elements.
#[derive(Debug)]
pub struct Stage {
    fleet: Fleet,
    base: String,
}

impl Stage {
    /// A stage on this fleet; `base` is the collector's own address, for commands that pages show.
    #[must_use]
    pub fn new(fleet: Fleet, base: String) -> Self {
        Self { fleet, base }
    }

    /// Looks at the fleet at a moment for somebody's page.
    pub fn show<T>(&self, now: Timestamp, viewer: Viewer, show: impl FnOnce(&Scene<'_>) -> T) -> T {
        self.fleet
            .read(|state| show(&Scene::new(state, now, &self.base).seen_by(viewer)))
    }

    /// Looks at the fleet at a moment.
    pub fn look<T>(&self, now: Timestamp, show: impl FnOnce(&Scene<'_>) -> T) -> T {
        self.fleet.read(|state| show(&Scene::new(state, now, &self.base)))
    }
}

impl Painter<Topic> for std::sync::Arc<Stage> {
    // The view model is filled under the fleet's lock, and rendered after it.
    fn paint(&self, topic: &Topic, now: Timestamp) -> Painting {
        Some(match topic {
            Topic::District(scope) => place_elements(&self.look(now, |scene| district(scene, scope))),
            Topic::School(id) => place_elements(&self.look(now, |scene| school(scene, id))?),
            Topic::Room(room) => {
                room_elements(&self.look(now, |scene| board(scene, room, pages::view::SeatOrder::default()))?)
            }
            Topic::OnlyRoom(room) => room_elements(&self.look(now, |scene| {
                board(&scene.only_room(), room, pages::view::SeatOrder::default())
            })?),
            Topic::Device(id) => device_elements(&self.look(now, |scene| known_device(scene, *id))?),
            Topic::RosterDevice(name) => {
                device_elements(&self.look(now, |scene| roster_device(scene, name))?)
            }
            Topic::AllLogs(scope) => log_elements(&self.look(now, |scene| all_logs(scene, scope))),
            Topic::SchoolLog(id) => log_elements(&self.look(now, |scene| school_log(scene, id))?),
            Topic::Mine(scope, rooms) => {
                mine_elements(&self.look(now, |scene| my_rooms(scene, scope, rooms, false)))
            }
            Topic::Notices(scope) => {
                vec![pages::notices::now(
                    &self.look(now, |scene| notices(scene, scope)),
                )]
            }
            Topic::Unexpected(room) => {
                let view = self.look(now, |scene| unexpected(scene, room))?;
                vec![pages::unexpected::now(&view.now)]
            }
            Topic::Seat(room, device) => {
                let now = self.look(now, |scene| at_seat(scene, room, device))?;
                vec![pages::people::at_seat(&now), pages::people::at_swap(&now)]
            }
            Topic::Incident(id) => incident_elements(&self.look(now, |scene| incident_page(scene, id))?),
        })
    }
}

fn place_elements(view: &PlaceBoard) -> Vec<Fragment> {
    let whole = [
        pages::place::summary(&view.summary()),
        pages::room::tally(&view.tally),
    ];
    let rows = view.rows.iter().map(pages::place::row);
    let people =
        (view.kind == pages::view::PlaceKind::School).then(|| pages::people::of_school(view.paused.as_ref()));
    whole
        .into_iter()
        .chain(people)
        .chain(rows)
        .chain([pages::room::incidents(&view.incidents)])
        .collect()
}

fn room_elements(view: &RoomBoard) -> Vec<Fragment> {
    let whole = [
        pages::room::head(&view.head),
        pages::room::verdict(&view.verdict),
        pages::people::strip(&view.people),
        pages::room::tally(&view.tally),
    ];
    let seats = view.seats.iter().map(pages::room::seat);
    whole
        .into_iter()
        .chain(seats)
        .chain([pages::room::incidents(&view.incidents)])
        .collect()
}

fn mine_elements(view: &pages::view::MyRoomsPage) -> Vec<Fragment> {
    let rooms = view.rooms.iter().map(pages::mine::room);
    [pages::mine::matters(&view.matters)]
        .into_iter()
        .chain(rooms)
        .collect()
}

fn device_elements(view: &DevicePage) -> Vec<Fragment> {
    vec![
        pages::device::head(&view.head),
        pages::device::identity(view),
        pages::device::checks(view),
        pages::device::incidents(view),
    ]
}

fn log_elements(view: &IncidentLog) -> Vec<Fragment> {
    vec![pages::log::log(view)]
}

fn incident_elements(view: &IncidentPage) -> Vec<Fragment> {
    vec![pages::incident::story(view)]
}
