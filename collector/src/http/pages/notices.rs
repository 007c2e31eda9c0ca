//! Notices to the staff: who is told, what waits, and a test.

use std::time::Duration;

use axum::extract::State;
use axum::response::{Html, Redirect};
use roomready_shared::ids::TargetId;
use serde::Deserialize;
use tokio::time::{interval, timeout};

use super::named;
use crate::domain::entry::NewEntry;
use crate::domain::notice::{Kind, Notice, NoticeId};
use crate::http::extract::person::Person;
use crate::http::extract::sent::Sent;
use crate::http::{App, Refusal};
use crate::pages;
use crate::present::{self, targets_in};

/// So long the page waits to say at once what came of a test; most chats and mail servers answer within a second.
const TEST_WAITED_FOR: Duration = Duration::from_secs(4);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(100);

pub(in crate::http) async fn page(State(app): State<App>, person: Person) -> Html<String> {
    let view = app.stage.show(app.clock.wall(), person.viewer(), |scene| {
        present::notices(scene, &person.actor.scope)
    });
    Html(pages::notices::render(&view))
}

#[derive(Deserialize)]
pub(in crate::http) struct Test {
    target: String,
}

pub(in crate::http) async fn test(
    State(app): State<App>,
    person: Person,
    Sent(test): Sent<Test>,
) -> Result<Redirect, Refusal> {
    let id: TargetId = named("somebody to tell", &test.target)?;
    let now = app.clock.wall();
    // Somebody of another school is nobody here, as on the page.
    let notice = app.stage.look(now, |scene| {
        let target = targets_in(scene, &person.actor.scope).find(|target| target.id == id)?;
        Some(Notice::test(target, scene.district().name().clone(), now))
    });
    let notice = notice.ok_or_else(|| Refusal::no_such("somebody to tell", &test.target))?;
    if !waits(&app, &id) {
        let entry = NewEntry::notice_tested(now, person.actor.who.into(), &notice);
        app.store.add_notices(vec![notice.clone()], vec![entry]).await?;
        app.fleet.notices_written(std::slice::from_ref(&notice), now);
        // Whether it came of it in time or not is on the page.
        let _ = timeout(TEST_WAITED_FOR, tried(&app, notice.id)).await;
    }
    Ok(Redirect::to(&format!("/notices#target-{id}")))
}

/// Whether a test for this target is on its way: a button that is pressed again and again sends one.
fn waits(app: &App, target: &TargetId) -> bool {
    app.fleet.read(|fleet| {
        fleet.newest_notices(app.clock.wall()).any(|known| {
            known.notice.kind == Kind::Test && known.notice.target == *target && !known.delivery.is_done()
        })
    })
}

/// Until something came of it.
async fn tried(app: &App, id: NoticeId) {
    let mut look = interval(LOOK);
    loop {
        look.tick().await;
        let waits = app.fleet.read(|fleet| {
            let mut newest = fleet.newest_notices(app.clock.wall());
            newest.any(|known| known.notice.id == id && known.failures == 0 && !known.delivery.is_done())
        });
        if !waits {
            return;
        }
    }
}
