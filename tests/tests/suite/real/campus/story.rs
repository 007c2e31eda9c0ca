//! One story: a network, what happens to it in order, and what is told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use roomready_tests::clock::now;
use roomready_tests::network::campus::{Campus, OpenSchool, Part, Stands, device};
use roomready_tests::school::Incident;
use roomready_tests::wait::{PATIENCE, wait_until};
use serde_json::Value;

const ROOMS: [&str; 2] = ["101", "102"];
/// An agent's minute between two looks outside, and the board's time to be sure that everybody sees the same.
const WITHIN_TWO_LOOKS: std::time::Duration = std::time::Duration::from_secs(150);
/// A beat at most, and what a busy machine adds.
const NEAR: SignedDuration = SignedDuration::from_secs(15);
/// Half of the minute between two looks, and what a busy machine adds.
const WIDEST_MS: i64 = 45_000;
/// After an outage a device comes back within 15 s.
const COMES_BACK: SignedDuration = SignedDuration::from_secs(15 + 25);
/// What a silence says nothing about was last known a look ago.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_secs(60 + 15);

/// Condition and cause of an incident, and who is in it: devices, or rooms with all of theirs.
#[derive(Clone, Copy)]
pub(super) struct Told(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static [&'static str],
);

/// A stretch of each member: what it was, and the moments at which it began and ended.
type Stretch = (&'static str, &'static str, &'static str);

pub(super) enum Act {
    /// The moment "cut".
    Breaks(Part<'static>),
    /// The moment "mended".
    Mends(Part<'static>),
    /// Until so many seconds after the cut.
    Lasts(i64),
    /// One incident is there, this one.
    Tells(Told),
    /// It is over, and each member's own records told these stretches of it.
    Explains(Told, &'static [Stretch]),
    /// The moment "app crashed".
    AppCrashes,
    /// The moment "app opened".
    AppOpens,
    CollectorDies,
    CollectorStarts,
    /// The moment "cut".
    AgentDies(&'static str),
    /// The moment "mended".
    AgentStarts(&'static str),
}

pub(super) struct Story {
    pub(super) title: &'static str,
    pub(super) stands: Stands,
    /// In each of the two rooms.
    pub(super) devices: u8,
    pub(super) acts: &'static [Act],
}

struct Stage<'s> {
    story: &'s Story,
    school: OpenSchool,
    moments: BTreeMap<&'static str, Timestamp>,
}

impl Story {
    pub(super) async fn plays(&self) {
        let Some(campus) = Campus::lay(&ROOMS, self.devices).await else {
            return;
        };
        let school = OpenSchool::open(campus, self.stands).await;
        let mut stage = Stage {
            story: self,
            school,
            moments: BTreeMap::new(),
        };
        stage.settles().await;
        for act in self.acts {
            stage.play(act).await;
        }
        stage.each_record_came_once();
    }
}

impl Stage<'_> {
    /// Everybody is heard, has looked around, and was seen to have opened the test app.
    async fn settles(&self) {
        let devices = self.school.campus.seats().count();
        wait_until("all devices at work", PATIENCE * 5, async || {
            let record = self.school.record();
            let looked = |facts: &Value| {
                facts["gateway"].is_object()
                    && facts["vendor"]
                        .as_object()
                        .is_some_and(|vendor| !vendor.is_empty())
            };
            let streams = record.streams();
            let looked = streams.iter().filter(|stream| {
                let mut seen = serde_json::Map::new();
                for news in record.news(**stream) {
                    if let Value::Object(facts) = &news.body["facts"] {
                        seen.extend(facts.clone());
                    }
                }
                looked(&Value::Object(seen))
            });
            let looked = looked.count();
            let opened = record
                .entries()
                .iter()
                .filter(|entry| entry.kind == "seat_started")
                .count();
            if (looked, opened) == (devices, devices) {
                Ok(())
            } else {
                Err(format!("{}: {looked} looked, {opened} opened", self.story.title))
            }
        })
        .await;
    }

    async fn play(&mut self, act: &Act) {
        match act {
            Act::Breaks(part) => {
                self.now_is("cut");
                self.school.campus.breaks(*part);
            }
            Act::Mends(part) => {
                self.now_is("mended");
                self.school.campus.mends(*part);
            }
            Act::Lasts(seconds) => {
                let until = self.moments["cut"] + SignedDuration::from_secs(*seconds);
                wait_until("time to pass", WITHIN_TWO_LOOKS, async || now() >= until).await;
            }
            Act::AppCrashes => {
                self.now_is("app crashed");
                self.school.crashes_app().await;
            }
            Act::AppOpens => {
                self.now_is("app opened");
                self.school.opens_app();
            }
            Act::CollectorDies => self.school.kills_collector().await,
            Act::CollectorStarts => self.school.starts_collector().await,
            Act::AgentDies(name) => {
                self.now_is("cut");
                self.school.kills_agent(name).await;
            }
            Act::AgentStarts(name) => {
                self.now_is("mended");
                self.school.starts_agent(name);
            }
            Act::Tells(told) => {
                let incident = self.one(told, |incident| incident.until.is_none()).await;
                self.began_at_the_cut(&incident);
            }
            Act::Explains(told, stretches) => {
                let incident = self
                    .one(told, |incident| {
                        incident.until.is_some()
                            && (stretches.is_empty() || incident.exact.len() == incident.members.len())
                    })
                    .await;
                self.ended_when_mended(&incident);
                for (name, spans) in &incident.exact {
                    self.agrees(name, spans, stretches);
                }
            }
        }
    }

    fn now_is(&mut self, moment: &'static str) {
        self.moments.insert(moment, now());
    }

    /// Waits until the school has this incident and no other.
    async fn one(&self, told: &Told, also: impl Fn(&Incident) -> bool) -> Incident {
        let Told(condition, cause, who) = *told;
        let members: BTreeSet<String> = (self.school.campus.seats())
            .map(|(room, number)| (room, device(room, number)))
            .filter(|(room, name)| who.contains(room) || who.contains(&name.as_str()))
            .map(|(_, name)| name)
            .collect();
        wait_until("the incident", WITHIN_TWO_LOOKS, async || {
            let all = self.school.incidents();
            match all.as_slice() {
                [one]
                    if (one.condition.as_str(), one.cause.as_str()) == (condition, cause)
                        // One device's trouble is that of no room.
                        && one.rooms.iter().all(|room| who.contains(&room.as_str()))
                        && one.members.keys().eq(&members)
                        && also(one) =>
                {
                    Ok(one.clone())
                }
                other => Err(format!("{}: {other:#?}", self.story.title)),
            }
        })
        .await
    }

    fn began_at_the_cut(&self, incident: &Incident) {
        let cut = self.moments["cut"];
        for (name, since) in &incident.members {
            let after = since.duration_since(cut);
            let near = if incident.condition == "lost_contact" {
                NEAR
            } else {
                BETWEEN_LOOKS
            };
            assert!(after.abs() < near, "{}: {name}: {after:#}", self.story.title);
        }
    }

    fn ended_when_mended(&self, incident: &Incident) {
        let until = incident.until.expect("it is over");
        let after = until.duration_since(self.moments["mended"]);
        let within = if incident.condition == "lost_contact" {
            COMES_BACK
        } else {
            BETWEEN_LOOKS
        };
        assert!(
            after.is_positive() && after < within,
            "{}: over {after:#} after",
            self.story.title
        );
    }

    /// A member's stretches are these, each from its moment to its moment.
    fn agrees(&self, name: &str, spans: &Value, stretches: &[Stretch]) {
        let title = self.story.title;
        let time = |value: &Value| -> Timestamp { value.as_str().expect("a time").parse().expect("a time") };
        let mut told: Vec<&Value> = spans.as_array().into_iter().flatten().collect();
        let expected: Vec<&str> = stretches.iter().map(|(counted, ..)| *counted).collect();
        // What a look found began somewhere between it and the last good sign: until their middle all was well.
        if told.len() > 1 && told[0]["counted"] == "working" && expected.first() != Some(&"working") {
            told.remove(0);
        }
        // Mended, it may have reached the vendor before it was heard.
        let again = |span: &&&Value| {
            let width = SignedDuration::from_millis(span["plus_minus_ms"].as_i64().expect("a width"));
            span["counted"] == "working" && time(&span["from"]) + width > self.moments["mended"]
        };
        if told.last().filter(again).is_some() {
            told.pop();
        }
        let counted: Vec<&str> = told.iter().filter_map(|span| span["counted"].as_str()).collect();
        assert_eq!(counted, expected, "{title}: {name}: {spans:#}");
        for (span, (_, from, until)) in told.into_iter().zip(stretches) {
            let width = span["plus_minus_ms"].as_i64().expect("a width");
            // A width is no excuse: it is what lies between two looks, or what a clock is unsure of.
            assert!(width < WIDEST_MS, "{title}: {name}: {spans:#}");
            for (told, moment) in [(time(&span["from"]), *from), (time(&span["until"]), *until)] {
                let after = told.duration_since(self.moments[moment]);
                let within = if moment == "mended" { COMES_BACK } else { NEAR };
                let within = within + SignedDuration::from_millis(width);
                assert!(
                    after.abs() < within,
                    "{title}: {name}: {moment} {after:#}: {spans:#}"
                );
            }
        }
    }

    fn each_record_came_once(&self) {
        let record = self.school.record();
        for stream in record.streams() {
            let numbers: Vec<u64> = record.news(stream).iter().map(|news| news.seq).collect();
            let whole: Vec<u64> = (1..=numbers.len() as u64).collect();
            assert_eq!(numbers, whole, "{}: each record once, in order", self.story.title);
        }
    }
}
