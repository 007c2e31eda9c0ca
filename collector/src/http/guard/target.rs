//! What an address names, and where that is. A parameter's name in a route says what it is; one that is not known
//! here lets nobody in.

use axum::extract::RawPathParams;
use roomready_shared::ids::{
    AccountId, DeviceId, DeviceName, IncidentId, ProctorLinkId, RoomRef, SchoolId, SessionId,
};

use crate::access::Place;
use crate::domain::advice::AdviceId;
use crate::domain::entry::Subject;
use crate::http::pages::{incidents, named};
use crate::http::{App, Refusal};

/// What is named.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) subject: Subject,
    /// Nothing is named: what the person's own scope holds is meant.
    pub(super) is_own: bool,
}

impl Target {
    fn at(place: Place, subject: Subject) -> Self {
        Self {
            place,
            subject,
            is_own: false,
        }
    }

    fn in_room(room: RoomRef, subject: Subject) -> Self {
        Self::at(Place::Room(room), subject)
    }
}

/// None when the address names nothing.
///
/// # Errors
///
/// 404 when there is no such thing, so that nobody learns more of it.
pub(super) async fn find(app: &App, params: &RawPathParams) -> Result<Option<Target>, Refusal> {
    let mut school: Option<SchoolId> = None;
    let mut found = None;
    for (name, value) in params {
        found = Some(match name {
            "school" => {
                let id: SchoolId = named("a school", value)?;
                school = Some(id.clone());
                Target::at(Place::School(id.clone()), Subject::School(id))
            }
            "room" => {
                let room = RoomRef {
                    school: school.clone().ok_or_else(|| unknown(name))?,
                    room: named("a room", value)?,
                };
                Target::in_room(room.clone(), Subject::Room(room))
            }
            "device" => device(app, value)?,
            "name" => roster_device(app, value)?,
            "incident" => incident(app, value).await?,
            "session" => session(app, value)?,
            // A sign-in or a staff computer of the person's own; their handlers end no other.
            "browser" | "computer" => Target {
                place: Place::District,
                subject: Subject::Collector,
                is_own: true,
            },
            "text" => {
                let id: AdviceId = named("a text", value)?;
                Target::at(Place::District, Subject::Advice(id))
            }
            "link" => link(app, value)?,
            "account" => {
                let id: AccountId = named("an account", value)?;
                Target::at(Place::District, Subject::Account(id))
            }
            _ => return Err(unknown(name)),
        });
    }
    Ok(found)
}

fn unknown(parameter: &str) -> Refusal {
    Refusal::internal(format!(
        "a route names {{{parameter}}}, and the guard does not know where that is"
    ))
}

fn device(app: &App, text: &str) -> Result<Target, Refusal> {
    let id: DeviceId = named("a device", text)?;
    let room = app
        .fleet
        .read(|fleet| fleet.device(id).map(|device| device.home.room.clone()));
    let room = room.ok_or_else(|| Refusal::no_such("a device", text))?;
    Ok(Target::in_room(room, Subject::Device(id)))
}

fn roster_device(app: &App, text: &str) -> Result<Target, Refusal> {
    let name: DeviceName = named("a device", text)?;
    app.fleet
        .read(|fleet| {
            if let Some((id, device)) = fleet.device_named(&name) {
                return Some(Target::in_room(device.home.room.clone(), Subject::Device(id)));
            }
            let room = fleet.district().roster_entry(&name)?.room.clone();
            Some(Target::in_room(room.clone(), Subject::Room(room)))
        })
        .ok_or_else(|| Refusal::no_such("a device", text))
}

async fn incident(app: &App, text: &str) -> Result<Target, Refusal> {
    let id: IncidentId = named("an incident", text)?;
    let room = incidents::room_of(app, &id).await?;
    let room = room.ok_or_else(|| Refusal::no_such("an incident", text))?;
    Ok(Target::in_room(room, Subject::Incident(id)))
}

/// A proctor link is where its session sits now.
fn link(app: &App, text: &str) -> Result<Target, Refusal> {
    let id: ProctorLinkId = named("a link", text)?;
    let found = app.fleet.read(|fleet| {
        let session = fleet.district().session(&fleet.proctor_link(id)?.session)?;
        Some((session.room.clone(), session.id.clone()))
    });
    let (room, session) = found.ok_or_else(|| Refusal::no_such("a link", text))?;
    Ok(Target::in_room(room, Subject::Session(session)))
}

fn session(app: &App, text: &str) -> Result<Target, Refusal> {
    let id: SessionId = named("a session", text)?;
    let room = app
        .fleet
        .read(|fleet| fleet.district().session(&id).map(|session| session.room.clone()));
    let room = room.ok_or_else(|| Refusal::no_such("a session", text))?;
    Ok(Target::in_room(room, Subject::Session(id)))
}
