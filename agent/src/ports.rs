//! What the core needs from outside, as narrow traits. The real ones are in [`crate::clock`], [`crate::probe`],
//! [`crate::outbox`], [`crate::uplink`] and [`crate::assignment`]; a simulated device brings its own.

use futures_util::future::BoxFuture;
use roomready_shared::facts::{Facts, HostPort};
use roomready_shared::ids::{ClockEpoch, StreamId};
use roomready_shared::units::Timestamp;
use roomready_shared::wire::v1::{
    Assignment, ClockAnchor, EnrollReply, EnrollRequest, ExitKind, GoodbyeReason, Lost, NewsBody, RawNews,
    Report, ReportReply,
};

use crate::probe::Ask;
pub use crate::probe::platform::own::Usage;
use crate::status::Status;
use crate::uplink::{Contact, Trouble};

/// One reading of all clocks of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The device's wall clock: may be wrong, may jump.
    pub wall: Timestamp,
    /// Milliseconds of a clock that never jumps and counts sleep too.
    pub mono_ms: u64,
    /// Milliseconds of a clock that never jumps and stands still while the device sleeps.
    pub awake_ms: u64,
}

/// Two clocks drift apart by at most this many parts in a million: cheap crystals are good to 100 each.
pub const DRIFT_PPM: u64 = 250;

/// The unbroken run that `mono_ms` belongs to, and what an answer of the collector said of the true time in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockRun {
    /// Its name: one for each boot, or for each loss of continuity.
    pub epoch: ClockEpoch,
    /// The true time at one moment of it.
    pub anchor: Option<ClockAnchor>,
}

impl ClockRun {
    /// One of which nothing is known.
    #[must_use]
    pub const fn begin(epoch: ClockEpoch) -> Self {
        Self { epoch, anchor: None }
    }
}

/// The device's clocks.
pub trait Clock: Send + Sync {
    /// All of them, now.
    fn now(&self) -> Moment;
    /// The unbroken run that `mono_ms` belonged to at the start.
    fn epoch(&self) -> ClockEpoch;
    /// That run, with what was kept of it.
    fn run(&self) -> ClockRun {
        ClockRun::begin(self.epoch())
    }
    /// Keeps what is known of a run for the next start in it, where there is a place to keep it.
    fn keep(&self, _run: &ClockRun, _now: Moment) {}
}

/// Readings of the machine. A failed reading is a reading that says why: nothing here returns an error, and no
/// implementation may panic through it.
pub trait Probes: Send + Sync {
    /// Reads what is asked and nothing else; ends in bounded time whatever the network does.
    fn read(&self, ask: Ask) -> BoxFuture<'_, Facts>;
    /// Ends when the test app that the latest reading found has ended; never when it found none.
    fn app_ended(&self) -> BoxFuture<'_, ExitKind>;
    /// What this program itself uses of the machine, where that can be told.
    fn own_usage(&self) -> Option<Usage> {
        None
    }
    /// Gives memory that is free inside this program back to the system.
    fn give_memory_back(&self) {}
}

/// A stretch of the outbox, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The numbering.
    pub stream: StreamId,
    /// Number of the first record; without one, the number that the next will have.
    pub first_seq: u64,
    /// Records in order, without gaps.
    pub news: Vec<RawNews>,
    /// Numbers that will never come.
    pub lost: Vec<Lost>,
}

/// The outbox could not take or give a record.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The record alone is over the wire's limit.
    #[error("a record of {bytes} bytes is larger than any collector takes ({limit})")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The disk refused.
    #[error("the outbox in {place} cannot be used")]
    Io {
        /// Which file or folder.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Where news waits until the collector has it. What `push` accepted is delivered or declared lost, in order,
/// never twice under one number.
pub trait Outbox: Send {
    /// Numbers and keeps a record.
    ///
    /// # Errors
    /// When the record can never be sent, or could not be kept.
    fn push(&mut self, at: Moment, epoch: ClockEpoch, body: &NewsBody) -> Result<u64, OutboxError>;
    /// The oldest records that wait, at most `records` of them, within the wire's limits.
    fn batch(&self, records: usize) -> Batch;
    /// Everything up to this number of the stream is done.
    fn acknowledge(&mut self, stream: StreamId, through: u64);
    /// The collector wants this number next: numbers below the oldest kept one are declared lost.
    fn expect(&mut self, stream: StreamId, next: u64);
    /// How many records wait.
    fn waiting(&self) -> u32;
}

/// What came of asking for the assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The one held is still right.
    Unchanged,
    /// A new one.
    New(Box<Assignment>),
}

/// There is no new credential. The one held still holds.
#[derive(Debug, thiserror::Error)]
pub enum NotRotated {
    /// None was given.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// It could not be kept, and what is told once must be kept before it is used.
    #[error("the new credential cannot be kept on disk")]
    NotKept(#[source] std::io::Error),
}

/// The way to the collector.
pub trait Uplink: Send + Sync {
    /// Sends one report.
    fn report<'a>(&'a self, report: &'a Report) -> BoxFuture<'a, Result<ReportReply, Trouble>>;
    /// Fetches the assignment, unless it still has this tag.
    fn assignment<'a>(&'a self, held: Option<&'a str>) -> BoxFuture<'a, Result<Fetched, Trouble>>;
    /// The collector names the CA that it is to be believed by from now on.
    fn named_ca(&self, _ca: &str, _now: Timestamp) {}
    /// Fetches a new credential, keeps it on disk, and uses it from the next request on.
    fn rotate(&self) -> BoxFuture<'_, Result<(), NotRotated>> {
        Box::pin(async { Ok(()) })
    }
    /// Bytes sent and received so far, as nearly as can be told.
    fn bytes(&self) -> u64 {
        0
    }
    /// Where the collector is spoken to now, if that place can be looked at: there may be several, and proxies.
    fn speaks_to(&self) -> Option<HostPort> {
        None
    }
    /// How the way to the collector was, last.
    fn contact(&self) -> Contact {
        Contact::default()
    }
}

/// The way to a collector that does not know this device yet.
pub trait Enroll: Send + Sync {
    /// Asks to be known.
    fn enroll<'a>(&'a self, request: &'a EnrollRequest) -> BoxFuture<'a, Result<EnrollReply, Trouble>>;
}

/// Where the assignment outlives a restart.
pub trait AssignmentShelf: Send + Sync {
    /// The one kept, if there is one that can be read.
    fn load(&self) -> Option<Assignment>;
    /// Keeps it.
    ///
    /// # Errors
    /// When it could not be made durable; the agent goes on with it in memory.
    fn save(&self, assignment: &Assignment) -> std::io::Result<()>;
}

/// Where the running agent says how it is, for whoever asks on this machine.
pub trait StatusBoard: Send {
    /// Replaces what stood there. A board that cannot be written is no reason to stop.
    fn show(&mut self, status: &Status);
}

/// Nobody asks: for simulated devices.
#[derive(Debug, Default)]
pub struct NoBoard;

impl StatusBoard for NoBoard {
    fn show(&mut self, _: &Status) {}
}

/// What the system says of its own end and sleep.
pub trait Leaving: Send + Sync {
    /// Why this program is asked to stop. Asked once, at that moment; answers within a second.
    fn why(&self, _now: Timestamp) -> BoxFuture<'_, GoodbyeReason> {
        Box::pin(async { GoodbyeReason::AgentStopped })
    }
    /// Ends when the system is about to sleep; never where it does not say so beforehand.
    fn sleeps(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// A system that never says a word: each stop is only a stop.
#[derive(Debug, Default)]
pub struct Silent;

impl Leaving for Silent {}
