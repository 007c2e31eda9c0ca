//! Pausing everybody in a room or in a school, now or afterwards.

use axum::extract::{Path, State};
use jiff::Timestamp;
use roomready_shared::ids::SchoolId;

use super::press::{Fields, Pressed, Pressing};
use super::{Form, InRoom, in_room};
use crate::domain::people::{About, Deed, at_clock};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::pages::named;
use crate::http::{App, Refusal};

type InSchool = Path<String>;

pub(in crate::http) async fn pause(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    begin(&app, in_room(&app, &person, &at, &fields)?, &fields).await
}

pub(in crate::http) async fn go_on(
    State(app): State<App>,
    person: Person,
    at: InRoom,
    Sent(fields): Form,
) -> Pressed {
    end(&app, in_room(&app, &person, &at, &fields)?, &fields).await
}

pub(in crate::http) async fn pause_school(
    State(app): State<App>,
    person: Person,
    at: InSchool,
    Sent(fields): Form,
) -> Pressed {
    begin(&app, of_school(&app, &person, &at, &fields)?, &fields).await
}

pub(in crate::http) async fn school_goes_on(
    State(app): State<App>,
    person: Person,
    at: InSchool,
    Sent(fields): Form,
) -> Pressed {
    end(&app, of_school(&app, &person, &at, &fields)?, &fields).await
}

pub(in crate::http) async fn undo_of_school(
    State(app): State<App>,
    person: Person,
    at: InSchool,
    Sent(fields): Form,
) -> Pressed {
    let deed = Deed::Undone(fields.number("seq")?);
    of_school(&app, &person, &at, &fields)?.press(deed).await
}

async fn begin(app: &App, pressing: Pressing<'_>, fields: &Fields) -> Pressed {
    let (from, until) = match (
        clock(app, fields, "from", &pressing),
        clock(app, fields, "until", &pressing),
    ) {
        (Ok(from), Ok(until)) => (from, until),
        _ => return pressing.not_taken(NOT_A_TIME),
    };
    if from.is_none() && until.is_some() {
        return pressing.not_taken("a pause that is over needs the time at which it began");
    }
    let from = from.unwrap_or_else(|| pressing.when());
    pressing.press(Deed::Paused { from, until }).await
}

async fn end(app: &App, pressing: Pressing<'_>, fields: &Fields) -> Pressed {
    match clock(app, fields, "from", &pressing) {
        Ok(from) => {
            let from = from.unwrap_or_else(|| pressing.when());
            pressing.press(Deed::Resumed { from }).await
        }
        Err(NotATime) => pressing.not_taken(NOT_A_TIME),
    }
}

const NOT_A_TIME: &str = "a time is written as hours and minutes, such as 09:41";

struct NotATime;

/// A time of day in a form, of the district's clock; none when it was left empty.
fn clock(
    app: &App,
    fields: &Fields,
    name: &str,
    pressing: &Pressing<'_>,
) -> Result<Option<Timestamp>, NotATime> {
    let typed = fields.get(name);
    if typed.is_empty() {
        return Ok(None);
    }
    let zone = app.fleet.read(|fleet| fleet.config().zone.clone());
    at_clock(typed, pressing.when(), &zone).map(Some).ok_or(NotATime)
}

fn of_school<'a>(
    app: &'a App,
    person: &'a Person,
    Path(school): &InSchool,
    fields: &Fields,
) -> Result<Pressing<'a>, Refusal> {
    let id: SchoolId = named("a school", school)?;
    let known = app
        .fleet
        .read(|fleet| fleet.district().schools().contains_key(&id));
    if known {
        Pressing::new(app, person, About::School(id), fields)
    } else {
        Err(Refusal::no_such("a school", school))
    }
}
