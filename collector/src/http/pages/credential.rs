//! What a person does with a device's credential.

use axum::extract::{Path, State};
use axum::response::Redirect;
use roomready_shared::ids::DeviceId;

use super::named;
use crate::domain::identity::AccessStep;
use crate::http::extract::person::Person;
use crate::http::{App, Refusal};
use crate::store::{Refusal as Rule, StoreError};

pub(in crate::http) async fn rotate(
    State(app): State<App>,
    person: Person,
    Path(device): Path<String>,
) -> Result<Redirect, Refusal> {
    step(&app, &person, &device, AccessStep::OrderRotation).await
}

pub(in crate::http) async fn revoke(
    State(app): State<App>,
    person: Person,
    Path(device): Path<String>,
) -> Result<Redirect, Refusal> {
    step(&app, &person, &device, AccessStep::Revoke).await
}

pub(in crate::http) async fn dismiss(
    State(app): State<App>,
    person: Person,
    Path(device): Path<String>,
) -> Result<Redirect, Refusal> {
    step(&app, &person, &device, AccessStep::DismissShare).await
}

async fn step(app: &App, person: &Person, device: &str, step: AccessStep) -> Result<Redirect, Refusal> {
    let id: DeviceId = named("a device", device)?;
    let by = person.actor.who.into();
    match app.store.change_access(id, step, by, app.clock.wall()).await {
        Ok(now) => app.access_changed(now),
        // It is the device that is not known any more, not the person.
        Err(StoreError::Refused(rule @ (Rule::Access(_) | Rule::DeviceUnknown(_)))) => {
            return Err(Refusal::not_this_message(rule.to_string()));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&format!("/devices/{id}")))
}
