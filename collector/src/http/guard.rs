//! The one place where it is decided whether somebody may. It stands before each handler that is not open: it finds
//! out who asks, whether their role permits it, whether what the address names lies in their scope, and, where
//! something is changed, whether the request comes from a page of ours. Then it writes down that they looked.

mod form;
mod origin;
mod pace;
mod target;

use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use http::request::Parts;

pub(super) use self::pace::Pace;
use self::target::Target;
use super::extract::person::Person;
use super::extract::watching::Watching;
use super::surface::Access;
use super::{App, Refusal};
use crate::access::{Permission, Place, Scope};
use crate::domain::entry::{NewEntry, Subject};
use crate::serve::Peer;

/// What a route asks, for its guard.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) access: Access,
    pub(super) path: &'static str,
    pub(super) app: App,
}

pub(super) async fn guard(
    State(rule): State<Rule>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    match rule.access {
        Access::Device => Ok(next.run(request).await),
        Access::Open => {
            // Something changes, and nobody is known yet: at least it was asked from a page of ours.
            origin::ours(request.headers())?;
            Ok(next.run(request).await)
        }
        Access::Watcher(asks) => for_watcher(&rule, asks, request, next).await,
        Access::Monitor(_) if is_of_this_computer(&request) => Ok(next.run(request).await),
        Access::Monitor(asks) | Access::Person(asks) => for_person(&rule, asks, &params, request, next).await,
    }
}

async fn for_person(
    rule: &Rule,
    asks: Permission,
    params: &RawPathParams,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let person = Person::from_request_parts(&mut parts, &rule.app).await?;
    // Before anything is looked up: what is refused costs work too.
    rule.app.pace.spend(person.actor.session, rule.app.clock.mono())?;
    let target = permitted(rule, asks, params, &parts, &person).await?;
    let request = if parts.method.is_safe() {
        Request::from_parts(parts, body)
    } else {
        form::checked(parts, body, &person, rule.app.timeouts.body_read).await?
    };
    let looks = request.method() == Method::GET && !rule.path.starts_with("/live/");
    let mut request = request;
    request.extensions_mut().insert(person.clone());
    let response = next.run(request).await;
    if looks && response.status().is_success() {
        write_view(rule, &person, target).await;
    }
    Ok(response)
}

/// A staff computer shows what its owner may see at this moment; nothing that it asks names a place.
async fn for_watcher(
    rule: &Rule,
    asks: Permission,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let watching = Watching::from_request_parts(&mut parts, &rule.app).await?;
    rule.app.pace.spend(watching.pace(), rule.app.clock.mono())?;
    if !watching.actor.may(asks) {
        return Err(Refusal::forbidden("this is not for its owner's role"));
    }
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(watching);
    Ok(next.run(request).await)
}

/// What the address names, when this person may do this with it.
async fn permitted(
    rule: &Rule,
    asks: Permission,
    params: &RawPathParams,
    parts: &Parts,
    person: &Person,
) -> Result<Target, Refusal> {
    let actor = &person.actor;
    if !actor.may(asks) {
        let refusal = if actor.lacks_second_factor && actor.role.permits(asks) {
            Refusal::second_factor_needed()
        } else {
            Refusal::forbidden("this is not for your role")
        };
        write_refusal(rule, parts, person, Subject::Collector, "role").await;
        return Err(refusal);
    }
    let target = target::find(&rule.app, params).await?;
    let target = target.unwrap_or_else(|| own(&actor.scope));
    if !actor.scope.covers(&target.place) && !target.is_own {
        write_refusal(rule, parts, person, target.subject, "scope").await;
        return Err(Refusal::forbidden("this is not in your schools or your room"));
    }
    Ok(target)
}

/// An address that names nothing means whatever the person's scope holds; its handler shows no more than that.
fn own(scope: &Scope) -> Target {
    let (place, subject) = match scope {
        Scope::Room(room) => (Place::Room(room.clone()), Subject::Room(room.clone())),
        Scope::Schools(schools) if schools.len() == 1 => {
            let school = schools.first().cloned();
            school.map_or((Place::District, Subject::Collector), |school| {
                (Place::School(school.clone()), Subject::School(school))
            })
        }
        Scope::Schools(_) | Scope::District => (Place::District, Subject::Collector),
    };
    Target {
        place,
        subject,
        is_own: true,
    }
}

/// A program on this very computer, asked directly: what a proxy passes on comes from anywhere.
fn is_of_this_computer(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    peer.is_some_and(Peer::is_this_computer)
}

/// A view is written before it is shown. When the disk is full the board goes on all the same: to hide a silent
/// device would do more harm than a missing line, and the missing lines are counted.
async fn write_view(rule: &Rule, person: &Person, target: Target) {
    let (session, mono) = (person.actor.session, rule.app.clock.mono());
    if !rule
        .app
        .pace
        .may_write_view(session, rule.path, &target.subject, mono)
    {
        return;
    }
    let at = rule.app.clock.wall();
    let entry = NewEntry::viewed(at, &person.actor, rule.path, target.subject, &target.place);
    append(rule, entry).await;
}

async fn write_refusal(rule: &Rule, parts: &Parts, person: &Person, subject: Subject, why: &str) {
    metrics::counter!("roomready_access_refused_total").increment(1);
    let mono = rule.app.clock.mono();
    if !rule.app.pace.may_write_refusal(person.actor.session, mono) {
        return;
    }
    let (at, method) = (rule.app.clock.wall(), parts.method.as_str());
    let entry = NewEntry::access_refused(at, &person.actor, rule.path, method, subject, why);
    append(rule, entry).await;
}

async fn append(rule: &Rule, entry: NewEntry) {
    if let Err(error) = rule.app.store.append(vec![entry], None).await {
        metrics::counter!("roomready_access_log_missed_total").increment(1);
        tracing::warn!(
            "a line of the access log could not be written: {}",
            crate::error::with_causes(&error)
        );
    }
}
