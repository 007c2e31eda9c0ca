//! A device without an agent: the wire spoken by hand, for stories that no real machine would tell on request.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use roomready_shared::facts::{Facts, Memory, Outcome, Platform, Reading, Source};
use roomready_shared::ids::{ClockEpoch, DeviceId, DeviceName, StreamId};
use roomready_shared::timetable::Phase;
use roomready_shared::units::{Bytes, Seconds, ShortText, Timestamp};
use roomready_shared::wire::v1::{
    AppState, Assignment, EnrollReply, EnrollRequest, ErrorBody, ExitKind, Live, MAX_NEWS, News, NewsBody,
    RawNews, Report, ReportReply,
};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use crate::clock::now;
use crate::http::client;

/// What a device promises unless its test is about silence: it must not be missed while a browser starts.
const PATIENT_PROMISE_MS: u32 = 120_000;

/// A device known to a collector. It keeps what is not acknowledged, as an agent does.
#[derive(Debug, Clone)]
pub struct FakeDevice {
    client: Client,
    base: String,
    /// Its id.
    pub id: DeviceId,
    /// What people call it.
    pub name: DeviceName,
    /// Its own secret.
    pub credential: String,
    /// The numbering of its records.
    pub stream: StreamId,
    /// Its test app, as each report says.
    pub app: AppState,
    /// What it promises with each report, in milliseconds.
    pub promise_ms: u32,
    /// How far its wall clock is ahead, in seconds.
    pub clock_ahead_s: i64,
    platform: Platform,
    epoch: ClockEpoch,
    started: Instant,
    /// Records that are not acknowledged, first to last.
    pub waiting: Vec<RawNews>,
    /// Records up to this number are acknowledged.
    pub acked_through: u64,
}

/// Why a report was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// The collector said no.
    Refused {
        /// Its status.
        status: StatusCode,
        /// The seconds of its `Retry-After`, if it named any.
        retry_after_s: Option<u64>,
        /// Its words.
        body: ErrorBody,
    },
    /// No answer came: it is gone, or hung up in the middle.
    NoAnswer(String),
}

impl FakeDevice {
    /// Makes a device known with an enrolment key.
    ///
    /// # Panics
    ///
    /// When the key does not let it in.
    pub async fn enrol(address: &str, key: &str, name: &str, platform: Platform) -> Self {
        let client = client();
        let base = format!("http://{address}");
        let name = DeviceName::parse(name).expect("a test names its devices well");
        let request = EnrollRequest {
            key: key.to_owned(),
            name: name.clone(),
            platform,
            serial: None,
            agent_version: ShortText::fit("0.1.0"),
        };
        let answer = client
            .post(format!("{base}/api/v1/enroll"))
            .json(&request)
            .send()
            .await;
        let answer = answer.expect("the collector answers");
        let status = answer.status();
        let text = answer.text().await.expect("an answer is text");
        assert!(status.is_success(), "{name} is not let in: {status} {text}");
        let reply: EnrollReply = serde_json::from_str(&text).expect("an answer as documented");
        Self::known(address, reply.device, name, platform, reply.credential)
    }

    /// A second machine with the credential of a device.
    ///
    /// # Panics
    ///
    /// When the name is none.
    #[must_use]
    pub fn with_credential(address: &str, id: DeviceId, name: &str, credential: &str) -> Self {
        let name = DeviceName::parse(name).expect("a test names its devices well");
        Self::known(address, id, name, Platform::Linux, credential.to_owned())
    }

    fn known(address: &str, id: DeviceId, name: DeviceName, platform: Platform, credential: String) -> Self {
        Self {
            client: client(),
            base: format!("http://{address}"),
            id,
            name,
            credential,
            stream: StreamId::new(Uuid::new_v4()),
            app: AppState::NotRunning,
            promise_ms: PATIENT_PROMISE_MS,
            clock_ahead_s: 0,
            platform,
            epoch: ClockEpoch::new(Uuid::new_v4()),
            started: Instant::now(),
            waiting: Vec::new(),
            acked_through: 0,
        }
    }

    /// The time on its own clock.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        now() + jiff::SignedDuration::from_secs(self.clock_ahead_s)
    }

    fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Puts a record into its outbox.
    pub fn note(&mut self, body: NewsBody) {
        let news = News {
            seq: self.next_seq(),
            at: self.wall(),
            mono_ms: self.mono_ms(),
            epoch: self.epoch,
            body,
        };
        self.waiting.push(news.to_raw());
    }

    /// The number of the next record.
    #[must_use]
    pub fn next_seq(&self) -> u64 {
        self.waiting.last().map_or(self.acked_through, |last| last.seq) + 1
    }

    /// Notes that its readings are good, or that its memory is far too small.
    pub fn note_readings(&mut self, memory_mib: u64) {
        let facts = self.readings(memory_mib);
        self.note(NewsBody::facts(facts));
    }

    fn readings(&self, memory_mib: u64) -> Facts {
        let mut facts = Facts::none(self.platform);
        let memory = Memory {
            total: Bytes::from_mib(memory_mib),
            available: Bytes::from_mib(memory_mib / 2),
        };
        facts.memory = Some(self.reading(memory));
        facts
    }

    /// Notes a reading that no other record has: its time since the start is `mark` seconds.
    pub fn note_mark(&mut self, mark: u64) {
        let mut facts = Facts::none(self.platform);
        facts.uptime = Some(self.reading(Seconds(mark)));
        self.note(NewsBody::facts(facts));
    }

    fn reading<T>(&self, value: T) -> Reading<T> {
        Reading {
            outcome: Outcome::Measured(value),
            source: Source::Agent,
            at: self.wall(),
        }
    }

    /// Notes that the test app was first seen, and says from now on that it runs.
    pub fn open_app(&mut self) {
        self.app = AppState::Running;
        self.note(NewsBody::AppStarted);
    }

    /// Notes that the test app ended with an error.
    pub fn crash_app(&mut self) {
        self.app = AppState::NotRunning;
        self.note(NewsBody::AppEnded {
            exit: ExitKind::Crashed,
        });
    }

    /// The report that it would send now.
    #[must_use]
    pub fn report_now(&self) -> Report {
        let news: Vec<RawNews> = self.waiting.iter().take(MAX_NEWS).cloned().collect();
        Report {
            agent_version: ShortText::fit("0.1.0"),
            requirement_digest: None,
            live: Live {
                at: self.wall(),
                mono_ms: self.mono_ms(),
                epoch: self.epoch,
                phase: Phase::Testing,
                readiness: None,
                app: self.app,
                charge: None,
                vendor: None,
                network: None,
                waiting: u32::try_from(self.waiting.len()).unwrap_or(u32::MAX),
                anchor: None,
            },
            stream: self.stream,
            first_seq: news.first().map_or(self.acked_through + 1, |first| first.seq),
            news,
            lost: Vec::new(),
            next_within_ms: self.promise_ms,
        }
    }

    /// Sends a report and takes the answer to heart: what is acknowledged leaves the outbox.
    ///
    /// # Errors
    ///
    /// When nothing was taken, or nobody knows.
    pub async fn try_report(&mut self) -> Result<ReportReply, NotTaken> {
        let reply = self.send(&self.report_now()).await?;
        self.acked_through = self.acked_through.max(reply.acked_through);
        let done = self.acked_through;
        self.waiting.retain(|record| record.seq > done);
        Ok(reply)
    }

    /// Sends a report that must be taken.
    ///
    /// # Panics
    ///
    /// When it is not.
    pub async fn report(&mut self) -> ReportReply {
        let name = self.name.clone();
        self.try_report()
            .await
            .unwrap_or_else(|fault| panic!("the report of {name} is not taken: {fault:?}"))
    }

    /// Sends any report in this device's name, and keeps nothing in mind.
    ///
    /// # Errors
    ///
    /// When nothing was taken, or nobody knows.
    pub async fn send(&self, report: &Report) -> Result<ReportReply, NotTaken> {
        let no_answer = |fault: reqwest::Error| NotTaken::NoAnswer(fault.to_string());
        let answer = self
            .client
            .post(format!("{}/api/v1/reports", self.base))
            .bearer_auth(&self.credential)
            .json(report)
            .send()
            .await
            .map_err(no_answer)?;
        let status = answer.status();
        let retry_after_s = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let text = answer.text().await.map_err(no_answer)?;
        if status == StatusCode::OK {
            return Ok(serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {text}")));
        }
        let body = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{status}, {fault}: {text}"));
        Err(NotTaken::Refused {
            status,
            retry_after_s,
            body,
        })
    }

    /// Asks for its assignment; none when the collector says that it holds this one already.
    ///
    /// # Panics
    ///
    /// On any other answer.
    pub async fn assignment(&self, held: Option<&str>) -> Option<Assignment> {
        let mut asking = self
            .client
            .get(format!("{}/api/v1/assignment", self.base))
            .bearer_auth(&self.credential);
        if let Some(tag) = held {
            asking = asking.header("if-none-match", format!("\"{tag}\""));
        }
        let answer = asking.send().await.expect("the collector answers");
        match answer.status() {
            StatusCode::NOT_MODIFIED => None,
            StatusCode::OK => Some(answer.json().await.expect("an assignment as documented")),
            other => panic!("the assignment of {}: {other}", self.name),
        }
    }

    /// Lets it report by itself from now on, at this interval, until the returned handle is dropped.
    #[must_use]
    pub fn keep_reporting(mut self, every: Duration) -> Beating {
        let stream = self.stream;
        let id = self.id;
        let task = tokio::spawn(async move {
            let mut beats = tokio::time::interval(every);
            loop {
                beats.tick().await;
                // A collector that is down or busy is tried again with the next beat.
                let _not_taken = self.try_report().await;
            }
        });
        Beating { id, stream, task }
    }
}

/// A [`FakeDevice`] that reports by itself. Dropped, it falls silent at once.
#[derive(Debug)]
pub struct Beating {
    /// The device.
    pub id: DeviceId,
    /// The numbering of its records.
    pub stream: StreamId,
    task: JoinHandle<()>,
}

impl Drop for Beating {
    fn drop(&mut self) {
        self.task.abort();
    }
}
