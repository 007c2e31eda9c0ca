//! What is durable, in words of the school. SQL, files and threads are behind [`Store`]; rules about readiness are
//! not here at all.
//!
//! **Acknowledged means durable.** When an answer of a changing call is `Ok`, the change survives `kill -9` and the
//! loss of power. When it is an error, nothing of that call has happened, and it may be tried again.
//!
//! Two backends tell one story, held to it by one contract suite: [`sqlite`] for real, [`memory`] for rehearsals
//! and tests.

#[cfg(test)]
mod contract;
mod device;
mod error;
pub mod memory;
mod news;
mod outbox;
mod people;
pub mod sqlite;
mod stream;
mod watchers;
mod whereabouts;

pub use device::{AccessNow, Admission, Enrolled, KnownDevice, NewDevice, StreamPosition};
pub use error::{Refusal, StoreError};
pub use news::{Accepted, Arrival, Batch, Fresh, KeptRefusal, LARGEST_SEQ, Offered, StoredNews};
pub use outbox::{Delivery, MOST_NOTICES_A_PAGE, NOTICES_KEPT, Outgoing, Tried};
pub use people::{
    Account, AccountChange, BrowserSession, Changed, OneTimeLink, Opens, SecondFactor, SignedIn,
};
pub use watchers::{WatchToken, Watcher};
pub use whereabouts::Whereabouts;

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use roomready_shared::ids::{
    AccountId, BrowserSessionId, DeviceId, ProctorId, ProctorLinkId, SchoolId, StreamId, TargetId,
    WatchTokenId,
};
use uuid::Uuid;

use crate::domain::entry::{Actor, Entry, NewEntry, Subject};
use crate::domain::identity::{AccessStep, EnrolmentKey, KeyId};
use crate::domain::notice::{Notice, NoticeId};
use crate::domain::proctor::{Proctor, ProctorLink};
use crate::secret::SecretHash;

/// What a call of the store gives, in time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Most entries in one page of [`Store::entries`]: a long day of one school, without holding the reader for others.
pub const MOST_ENTRIES_A_PAGE: u32 = 1_000;
/// Most records in one page of [`Store::news_after`] and [`Store::refused`].
pub const MOST_NEWS_A_PAGE: u32 = 1_000;
/// Most changes in one page of [`Store::access_changes`].
pub const MOST_CHANGES_A_PAGE: u32 = 1_000;
/// How long a refused record is kept aside: a technician looks into it within the week.
pub const REFUSED_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Which entries, and from where on. Every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryQuery {
    /// Of this school only.
    pub school: Option<SchoolId>,
    /// About this only.
    pub subject: Option<Subject>,
    /// The access log only: what people did and saw, and who tried ([`crate::domain::entry::EntryKind::is_of_access`]).
    pub access: bool,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Which page.
    pub page: Page,
    /// Most entries to give; 0 or more than [`MOST_ENTRIES_A_PAGE`] means that number.
    pub limit: u32,
}

/// A place in the record and the direction to read from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Page {
    /// Oldest first, from the beginning.
    #[default]
    First,
    /// Oldest first, after this number.
    After(u64),
    /// Newest first, from the end.
    Last,
    /// Newest first, before this number.
    Before(u64),
}

/// The durable heart of the collector.
pub trait Store: Send + Sync + std::fmt::Debug + 'static {
    /// Lets a device in and writes the entry about it. A device with a known serial number, or with a known name in
    /// the same room, is the one it was: it keeps its id and gets the new credential. How far a key reaches is
    /// [`crate::domain::identity::room_for`]'s to say. A use of the key is counted in the same unit.
    fn enrol(&self, by: Admission, device: NewDevice, at: Timestamp) -> Answer<'_, Enrolled>;
    /// The device that holds a credential. For start-up and checks; each report asks the fleet instead.
    fn device_by_credential(&self, credential: SecretHash) -> Answer<'_, Option<DeviceId>>;
    /// Every device with what it last said, for rebuilding the fleet.
    fn devices(&self) -> Answer<'_, Vec<KnownDevice>>;

    /// Takes a step with a device's credential, and writes the entry about it in the same unit, where there is one.
    fn change_access(
        &self,
        device: DeviceId,
        step: AccessStep,
        by: Actor,
        at: Timestamp,
    ) -> Answer<'_, AccessNow>;
    /// What became of credentials after a change, the earliest first, at most [`MOST_CHANGES_A_PAGE`]: another process
    /// may have been at it.
    fn access_changes(&self, after: u64) -> Answer<'_, Vec<AccessNow>>;

    /// Adds an enrolment key and writes the entry about it. Adding the same key again replaces its place, uses and end.
    fn add_key(&self, key: EnrolmentKey) -> Answer<'_, ()>;
    /// The enrolment key with this hash.
    fn key(&self, hash: SecretHash) -> Answer<'_, Option<EnrolmentKey>>;
    /// Every enrolment key, the newest first; used up, ended and revoked ones too, until they are pruned.
    fn keys(&self) -> Answer<'_, Vec<EnrolmentKey>>;
    /// Ends an enrolment key and writes the entry about it, once.
    fn revoke_key(&self, id: KeyId, by: Actor, at: Timestamp) -> Answer<'_, EnrolmentKey>;

    /// Adds an account and the entry about it. Its name must not be that of another open account.
    fn add_account(&self, account: Account, entry: NewEntry) -> Answer<'_, ()>;
    /// One account, closed ones too.
    fn account(&self, id: AccountId) -> Answer<'_, Option<Account>>;
    /// The open account of this name, whatever its capitals.
    fn account_named(&self, name: &str) -> Answer<'_, Option<Account>>;
    /// Every account, closed ones too, by name.
    fn accounts(&self) -> Answer<'_, Vec<Account>>;
    /// Makes the first account with the link that opens set-up, and signs its browser in: all of it in one unit, and
    /// only while there is no open account.
    fn add_first_account(
        &self,
        token: SecretHash,
        account: Account,
        session: BrowserSession,
        entries: Vec<NewEntry>,
    ) -> Answer<'_, ()>;
    /// Changes an open account and writes the entries about it.
    fn change_account(&self, change: AccountChange) -> Answer<'_, ()>;
    /// Signed-in browsers of people with accounts, of one or of all, the latest used first.
    fn sessions(&self, of: Option<AccountId>, now: Timestamp) -> Answer<'_, Vec<BrowserSession>>;
    /// Ends every sign-in of a person but this one, and writes the entry about it if there was any.
    fn end_other_sessions(&self, keep: BrowserSession, entry: NewEntry) -> Answer<'_, ()>;
    /// Adds a link that lets an account's owner choose a password, and writes the entry about it. An earlier one of
    /// the same account ends.
    fn add_recovery(&self, link: OneTimeLink, entry: NewEntry) -> Answer<'_, ()>;
    /// Adds a one-time link.
    fn add_link(&self, link: OneTimeLink) -> Answer<'_, ()>;
    /// What a link opens, while it does.
    fn link(&self, token: SecretHash, now: Timestamp) -> Answer<'_, OneTimeLink>;
    /// Spends a link that opens a sign-in, once: the sign-in begins and the entry about it is written in the same
    /// unit.
    fn spend_link(&self, token: SecretHash, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()>;
    /// Signs a browser in and writes the entry about it. Of one person at most
    /// [`crate::limits::MOST_SIGN_INS_OF_A_PERSON`] hold: the one that was used longest ago gives way.
    fn begin_session(&self, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()>;
    /// The signed-in browser of a cookie with its person, while it holds and the account is open.
    fn signed_in(&self, cookie: SecretHash, now: Timestamp) -> Answer<'_, Option<SignedIn>>;
    /// Remembers that a sign-in is in use.
    fn touch_session(&self, session: BrowserSessionId, at: Timestamp) -> Answer<'_, ()>;
    /// Ends a sign-in and writes the entry about it. One that is not there has ended already: nothing is written.
    fn end_session(&self, session: BrowserSessionId, entry: NewEntry) -> Answer<'_, ()>;

    /// Adds a proctor link and the entry about it.
    fn add_proctor_link(&self, link: ProctorLink, entry: NewEntry) -> Answer<'_, ()>;
    /// Ends a proctor link, lets go everybody who entered by it, and writes the entry about it. One that has ended
    /// already stays as it is.
    fn revoke_proctor_link(&self, link: ProctorLinkId, at: Timestamp, entry: NewEntry) -> Answer<'_, ()>;
    /// Every proctor link, ended ones too, oldest first.
    fn proctor_links(&self) -> Answer<'_, Vec<ProctorLink>>;
    /// Lets somebody in by a link that holds: their browser is signed in and the entry about it is written in the same
    /// unit.
    fn admit_proctor(&self, proctor: Proctor, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()>;
    /// The signed-in browser of a proctor's cookie, while it holds. Whether its link still opens is not the store's to
    /// know.
    fn proctor_session(&self, cookie: SecretHash, now: Timestamp) -> Answer<'_, Option<BrowserSession>>;
    /// Lets a proctor's browser go, with the entry about it. One that is gone already stays as it is.
    fn release_proctor(&self, proctor: ProctorId, at: Timestamp, entry: NewEntry) -> Answer<'_, ()>;
    /// Everybody who entered by a link, in that order.
    fn proctors(&self) -> Answer<'_, Vec<Proctor>>;

    /// Puts notices into the outbox, with entries that belong to them, in one unit. One whose id is there already changes
    /// nothing.
    fn add_notices(&self, notices: Vec<Notice>, entries: Vec<NewEntry>) -> Answer<'_, ()>;
    /// Of what waits for a target, the one that is to be tried first.
    fn next_notice(&self, target: TargetId) -> Answer<'_, Option<Outgoing>>;
    /// Remembers what came of a try. A notice that was delivered or given up stays so.
    fn notice_tried(&self, id: NoticeId, tried: Tried, at: Timestamp) -> Answer<'_, ()>;
    /// A page of the outbox, at most [`MOST_NOTICES_A_PAGE`]; what is done too, for [`NOTICES_KEPT`].
    fn notices(&self, page: Page, limit: u32) -> Answer<'_, Vec<Outgoing>>;

    /// Adds a staff computer's token and the entry about it. Of one person at most
    /// [`crate::limits::MOST_WATCH_TOKENS_OF_A_PERSON`] hold: the one that was used longest ago gives way.
    fn add_watch_token(&self, token: WatchToken, entry: NewEntry) -> Answer<'_, ()>;
    /// The tokens of a person that hold, the latest used first.
    fn watch_tokens(&self, of: AccountId, now: Timestamp) -> Answer<'_, Vec<WatchToken>>;
    /// The token with this hash and its owner, while it holds and the account is open.
    fn watcher(&self, token: SecretHash, now: Timestamp) -> Answer<'_, Option<Watcher>>;
    /// Remembers that a token is in use.
    fn touch_watch_token(&self, token: WatchTokenId, at: Timestamp) -> Answer<'_, ()>;
    /// Ends a token and writes the entry about it. One that is not there has ended already: nothing is written.
    fn end_watch_token(&self, token: WatchTokenId, entry: NewEntry) -> Answer<'_, ()>;

    /// Takes what is next in a stream and leaves the rest; stores it together with the device's merged facts.
    fn accept(&self, batch: Batch) -> Answer<'_, Accepted>;
    /// The number that a stream wants next: 1 for a new one.
    fn next_wanted(&self, device: DeviceId, stream: StreamId) -> Answer<'_, u64>;
    /// Stored records in the order they arrived, after one of them, at most [`MOST_NEWS_A_PAGE`].
    fn news_after(&self, arrival: Arrival) -> Answer<'_, Vec<StoredNews>>;
    /// The newest stored records of a device, newest first.
    fn news_of(&self, device: DeviceId, limit: u32) -> Answer<'_, Vec<StoredNews>>;
    /// Whether a device declared records lost after this time.
    fn lost_after(&self, device: DeviceId, after: Timestamp) -> Answer<'_, bool>;
    /// Records kept aside because they were not understood, newest first.
    fn refused(&self, limit: u32) -> Answer<'_, Vec<KeptRefusal>>;

    /// Appends entries in one unit. With `judged`, also remembers that everything up to that arrival has been
    /// judged, so that a restarted watch goes on after it and misses nothing.
    fn append(&self, entries: Vec<NewEntry>, judged: Option<Arrival>) -> Answer<'_, Vec<Entry>>;
    /// How far the watch has judged.
    fn judged(&self) -> Answer<'_, Arrival>;
    /// Reads the record.
    fn entries(&self, query: EntryQuery) -> Answer<'_, Vec<Entry>>;

    /// Remembers that the collector was alive at this time.
    fn mark_alive(&self, at: Timestamp) -> Answer<'_, ()>;
    /// The latest alive mark; `None` on the first start.
    fn last_alive(&self) -> Answer<'_, Option<Timestamp>>;
    /// Remembers where the collector is found, for commands beside it.
    fn keep_whereabouts(&self, whereabouts: Whereabouts) -> Answer<'_, ()>;
    /// Where it was found at its latest start; `None` before the first one.
    fn whereabouts(&self) -> Answer<'_, Option<Whereabouts>>;
    /// This district's identity, drawn when the data folder was made.
    fn district(&self) -> Uuid;

    /// Forgets what may be forgotten: refused records after [`REFUSED_KEPT`], notices after [`NOTICES_KEPT`], ended
    /// links, sessions and keys.
    fn prune(&self, now: Timestamp) -> Answer<'_, u64>;
    /// Asks the store itself, not a memory of it, whether it can remember.
    fn ready(&self) -> Answer<'_, ()>;
    /// Finishes what was asked before, then closes. Calls after it are answered with [`StoreError::Closed`].
    fn close(&self) -> Answer<'_, ()>;
}
