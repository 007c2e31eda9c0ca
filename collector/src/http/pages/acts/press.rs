//! One press: checked, made durable, shown on every open page, answered.
//!
//! A form without a script is answered with the room's page; pressed twice on the same page, it carries the same `once`
//! and is done once. A script sends its own key for each press, and is answered
//! with a word: it keeps what it could not send, and sends it again until it hears one.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use roomready_shared::ids::SessionId;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::people::{About, Deed, NotNow, Press};
use crate::fleet::Called;
use crate::http::extract::person::Person;
use crate::http::{App, Refusal};
use crate::pages::view::{Link, SayPage};

/// When a browser that pressed too much may come again.
const WAIT_AFTER_TOO_MUCH: Duration = Duration::from_secs(30);

/// Longer than any that our pages make.
const MOST_ONCE_CHARACTERS: usize = 64;

/// Where a press leads, or why it was not taken.
pub(in crate::http) type Pressed = Result<Response, Refusal>;

/// The fields of a form.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(in crate::http) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// One field; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// A whole number that our page put into the form.
    pub(super) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.get(name).parse().map_err(|_| not_our_form())
    }
}

/// 400: no page of ours sends this.
pub(super) fn not_our_form() -> Refusal {
    Refusal::malformed("the form is not what its page sends; reload the page and press again")
}

/// Somebody presses something about a room or a school.
pub(super) struct Pressing<'a> {
    app: &'a App,
    person: &'a Person,
    about: About,
    /// The sitting for which the page was made, where it told.
    meant: Option<SessionId>,
    /// The script's own key, and when it was pressed.
    press: Option<Press>,
    /// What a form without a script brings from its page.
    once: String,
    back: Back,
    now: Timestamp,
}

/// Where a form leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Back {
    /// To the page of what it is about.
    There,
    /// To "My rooms".
    MyRooms,
    /// To the devices of the room that no session expects.
    Unexpected,
}

impl<'a> Pressing<'a> {
    /// Reads what the form tells of the press itself.
    pub(super) fn new(
        app: &'a App,
        person: &'a Person,
        about: About,
        fields: &Fields,
    ) -> Result<Self, Refusal> {
        let now = app.clock.wall();
        let meant = match fields.get("session") {
            "" => None,
            session => Some(session.parse().map_err(|_| not_our_form())?),
        };
        let press = match fields.get("key") {
            "" => None,
            key => {
                let key: Uuid = key.parse().map_err(|_| not_our_form())?;
                let ago = i64::try_from(fields.number("ago")?).unwrap_or(i64::MAX);
                let at = now.saturating_sub(SignedDuration::from_millis(ago));
                Some(Press {
                    key,
                    at: at.unwrap_or(Timestamp::MIN),
                })
            }
        };
        Ok(Self {
            app,
            person,
            about,
            meant,
            press,
            once: fields.get("once").chars().take(MOST_ONCE_CHARACTERS).collect(),
            back: match fields.get("back") {
                "my-rooms" => Back::MyRooms,
                "unexpected" => Back::Unexpected,
                _ => Back::There,
            },
            now,
        })
    }

    /// When it was pressed.
    pub(super) fn when(&self) -> Timestamp {
        self.press.map_or(self.now, |press| press.at)
    }

    /// Does it, once.
    pub(super) async fn press(self, deed: Deed) -> Pressed {
        let Self { app, now, .. } = self;
        let press = self.press.or_else(|| self.form_press(&deed));
        let _turn = app.desk.turn.lock().await;
        let checked = app
            .fleet
            .read(|fleet| fleet.check_act(&self.about, &deed, self.meant.as_ref(), press, now));
        let session = match checked {
            Ok(session) => session,
            // Pressed twice, sent twice, or by two people: what they wanted is so.
            Err(NotNow::AlreadySo) => return Ok(self.taken()),
            Err(NotNow::TooMuch) if self.press.is_some() => {
                return Err(Refusal::too_often(
                    NotNow::TooMuch.to_string(),
                    WAIT_AFTER_TOO_MUCH,
                ));
            }
            Err(not_now) => return self.not_taken(&not_now.to_string()),
        };
        let by = self.person.actor.who.into();
        let entry = deed.to_entry(&self.about, session.as_ref(), by, now, press);
        for entry in app.store.append(vec![entry], None).await? {
            let called = Called::of(self.person.actor.name.clone(), self.person.actor.role);
            app.fleet.acted(&entry, called);
        }
        // Told at once: the page that is loaded next begins with what the others were last told.
        app.hub.tick(now);
        Ok(self.taken())
    }

    /// The key of a form: of its page, and of what is done with it, because one page has many forms.
    fn form_press(&self, deed: &Deed) -> Option<Press> {
        let digest = Sha256::digest(format!("{} {deed:?}", self.once));
        let key = Uuid::from_slice(digest.get(..16)?).ok()?;
        let at = self.now;
        (!self.once.is_empty()).then_some(Press { key, at })
    }

    fn taken(&self) -> Response {
        if self.press.is_some() {
            return Json(json!({"taken": true})).into_response();
        }
        Redirect::to(&self.address()).into_response()
    }

    /// It was not done, and why.
    pub(super) fn not_taken(&self, why: &str) -> Pressed {
        let why = sentence(why);
        if self.press.is_some() {
            return Ok((StatusCode::CONFLICT, Json(json!({"why": why}))).into_response());
        }
        let back = match (self.back, &self.about) {
            (Back::MyRooms, _) => "Back to my rooms",
            (Back::Unexpected, _) => "Back to these devices",
            (Back::There, About::Room(_)) => "Back to the room",
            (Back::There, About::School(_)) => "Back to the school",
        };
        let page = SayPage {
            headline: "This was not done".to_owned(),
            words: vec![why],
            next: Some(Link::new(back, self.address())),
        };
        Err(Refusal::said(StatusCode::CONFLICT, page))
    }

    fn address(&self) -> String {
        let there = match &self.about {
            About::Room(room) => format!("/schools/{}/rooms/{}", room.school, room.room),
            About::School(school) => format!("/schools/{school}"),
        };
        match self.back {
            Back::There => there,
            Back::MyRooms => "/my-rooms".to_owned(),
            Back::Unexpected => format!("{there}/unexpected"),
        }
    }
}

/// With a capital and a full stop, as a page says it.
pub(in crate::http::pages) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
