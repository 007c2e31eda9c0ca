//! The store on embedded SQLite: one thread writes and groups commits, two read.
//!
//! WAL with `synchronous=FULL`: an answered change is on disk. All changes go through one connection, so there is
//! never a lock to wait for, and a hundred reports that wait together cost one sync of the disk.

mod access;
mod accounts;
mod convert;
mod devices;
mod fault;
mod folder;
mod inspect;
mod keys;
mod outbox;
mod people;
mod proctors;
mod reader;
mod record;
mod schema;
mod streams;
mod visit;
mod watchers;
mod writer;

use std::path::Path;

use futures_util::future::FutureExt as _;
use jiff::Timestamp;
use roomready_shared::ids::{
    AccountId, BrowserSessionId, DeviceId, ProctorId, ProctorLinkId, StreamId, TargetId, WatchTokenId,
};
use rusqlite::Connection;
use uuid::Uuid;

use self::fault::Fault;
pub use self::folder::DATABASE;
use self::folder::Folder;
pub use self::inspect::{Contents, Unsound, inspect};
use self::reader::Readers;
#[cfg(test)]
pub(crate) use self::schema::make_layout;
pub use self::visit::Visitor;
use self::writer::Writer;
pub use self::writer::{MOST_JOBS_A_COMMIT, WRITE_QUEUE, WriterCounts};
use super::{
    Accepted, AccessNow, Account, AccountChange, Admission, Answer, Arrival, Batch, BrowserSession, Enrolled,
    EntryQuery, KeptRefusal, KnownDevice, NewDevice, OneTimeLink, Outgoing, Page, Refusal, SignedIn, Store,
    StoreError, StoredNews, Tried, WatchToken, Watcher, Whereabouts,
};
use crate::domain::entry::{Actor, Entry, NewEntry};
use crate::domain::identity::{AccessStep, EnrolmentKey, KeyId};
use crate::domain::notice::{Notice, NoticeId};
use crate::domain::proctor::{Proctor, ProctorLink};
use crate::secret::SecretHash;

/// The store in a data folder.
#[derive(Debug)]
pub struct SqliteStore {
    district: Uuid,
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    /// Opens the store of a data folder, and makes both when they are not there yet. Blocks for as long as the disk
    /// takes.
    ///
    /// # Errors
    /// When the folder cannot be used, another collector uses it, or a newer program has used it.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let folder = Folder::claim(folder)?;
        let mut connection = folder.open_for_writing()?;
        schema::migrate(&mut connection, &folder)?;
        let district =
            schema::district(&connection).map_err(|fault| fault.into_error("read its identity"))?;
        let readers = Readers::start(&folder)?;
        let writer = Writer::start(connection, folder)?;
        Ok(Self {
            district,
            writer,
            readers,
        })
    }

    /// How much was written, in how many commits.
    #[must_use]
    pub fn counts(&self) -> WriterCounts {
        self.writer.counts()
    }

    fn write<T, W>(&self, doing: &'static str, work: W) -> Answer<'_, T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.writer.ask(doing, work).boxed()
    }

    fn read<T, W>(&self, doing: &'static str, work: W) -> Answer<'_, T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.readers.ask(doing, work).boxed()
    }

    /// Runs any statement on the writing connection, for tests that damage or fill a store.
    #[cfg(test)]
    pub(super) fn execute(&self, statement: &'static str) -> Answer<'_, ()> {
        self.write("run a test's statement", move |connection| {
            Ok(connection.execute_batch(statement)?)
        })
    }
}

impl Store for SqliteStore {
    fn enrol(&self, by: Admission, device: NewDevice, at: Timestamp) -> Answer<'_, Enrolled> {
        self.write("enrol a device", move |connection| {
            devices::enrol(connection, &by, &device, at)
        })
    }

    fn device_by_credential(&self, credential: SecretHash) -> Answer<'_, Option<DeviceId>> {
        self.read("find a device", move |connection| {
            access::holder(connection, &credential)
        })
    }

    fn devices(&self) -> Answer<'_, Vec<KnownDevice>> {
        self.read("list the devices", devices::all)
    }

    fn change_access(
        &self,
        device: DeviceId,
        step: AccessStep,
        by: Actor,
        at: Timestamp,
    ) -> Answer<'_, AccessNow> {
        self.write("change a device's credential", move |connection| {
            access::step(connection, device, step, by, at)
        })
    }

    fn access_changes(&self, after: u64) -> Answer<'_, Vec<AccessNow>> {
        self.read("look for changed credentials", move |connection| {
            access::changes(connection, after)
        })
    }

    fn add_key(&self, key: EnrolmentKey) -> Answer<'_, ()> {
        self.write("add an enrolment key", move |connection| {
            keys::add(connection, &key)
        })
    }

    fn key(&self, hash: SecretHash) -> Answer<'_, Option<EnrolmentKey>> {
        self.read("find an enrolment key", move |connection| {
            keys::one(connection, &hash)
        })
    }

    fn keys(&self) -> Answer<'_, Vec<EnrolmentKey>> {
        self.read("list the enrolment keys", keys::all)
    }

    fn revoke_key(&self, id: KeyId, by: Actor, at: Timestamp) -> Answer<'_, EnrolmentKey> {
        self.write("end an enrolment key", move |connection| {
            keys::revoke(connection, id, by, at)
        })
    }

    fn add_account(&self, account: Account, entry: NewEntry) -> Answer<'_, ()> {
        self.write("add an account", move |connection| {
            people::add_account(connection, &account, &entry)
        })
    }

    fn account(&self, id: AccountId) -> Answer<'_, Option<Account>> {
        self.read("find an account", move |connection| {
            accounts::by_id(connection, id)
        })
    }

    fn account_named(&self, name: &str) -> Answer<'_, Option<Account>> {
        let key = name.to_lowercase();
        self.read("find an account", move |connection| {
            accounts::by_name(connection, &key)
        })
    }

    fn accounts(&self) -> Answer<'_, Vec<Account>> {
        self.read("list the accounts", people::accounts)
    }

    fn add_first_account(
        &self,
        token: SecretHash,
        account: Account,
        session: BrowserSession,
        entries: Vec<NewEntry>,
    ) -> Answer<'_, ()> {
        self.write("make the first account", move |connection| {
            accounts::add_first(connection, &token, &account, &session, &entries)
        })
    }

    fn change_account(&self, change: AccountChange) -> Answer<'_, ()> {
        self.write("change an account", move |connection| {
            accounts::change(connection, &change)
        })
    }

    fn sessions(&self, of: Option<AccountId>, now: Timestamp) -> Answer<'_, Vec<BrowserSession>> {
        self.read("list sign-ins", move |connection| {
            accounts::sessions(connection, of, now)
        })
    }

    fn end_other_sessions(&self, keep: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.write("end sign-ins", move |connection| {
            accounts::end_others(connection, &keep, &entry)
        })
    }

    fn add_recovery(&self, link: OneTimeLink, entry: NewEntry) -> Answer<'_, ()> {
        self.write("add a recovery link", move |connection| {
            accounts::add_recovery(connection, &link, &entry)
        })
    }

    fn add_link(&self, link: OneTimeLink) -> Answer<'_, ()> {
        self.write("add a one-time link", move |connection| {
            people::add_link(connection, &link)
        })
    }

    fn link(&self, token: SecretHash, now: Timestamp) -> Answer<'_, OneTimeLink> {
        self.read("find a one-time link", move |connection| {
            people::link(connection, &token, now)
        })
    }

    fn spend_link(&self, token: SecretHash, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.write("sign somebody in by a link", move |connection| {
            let link = people::spend_link(connection, &token, session.begun_at)?;
            if !link.opens.sign_in_of(session.who) {
                return Err(Refusal::LinkSpent.into());
            }
            people::begin_session(connection, &session, &entry)
        })
    }

    fn begin_session(&self, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.write("sign somebody in", move |connection| {
            people::begin_session(connection, &session, &entry)
        })
    }

    fn signed_in(&self, cookie: SecretHash, now: Timestamp) -> Answer<'_, Option<SignedIn>> {
        self.read("find a sign-in", move |connection| {
            people::signed_in(connection, &cookie, now)
        })
    }

    fn touch_session(&self, session: BrowserSessionId, at: Timestamp) -> Answer<'_, ()> {
        self.write("remember a sign-in's use", move |connection| {
            people::touch_session(connection, session, at)
        })
    }

    fn end_session(&self, session: BrowserSessionId, entry: NewEntry) -> Answer<'_, ()> {
        self.write("sign somebody out", move |connection| {
            people::end_session(connection, session, &entry)
        })
    }

    fn add_proctor_link(&self, link: ProctorLink, entry: NewEntry) -> Answer<'_, ()> {
        self.write("add a proctor link", move |connection| {
            proctors::add_link(connection, &link, &entry)
        })
    }

    fn revoke_proctor_link(&self, link: ProctorLinkId, at: Timestamp, entry: NewEntry) -> Answer<'_, ()> {
        self.write("end a proctor link", move |connection| {
            proctors::revoke_link(connection, link, at, &entry)
        })
    }

    fn proctor_links(&self) -> Answer<'_, Vec<ProctorLink>> {
        self.read("list the proctor links", proctors::links)
    }

    fn admit_proctor(&self, proctor: Proctor, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.write("let a proctor in", move |connection| {
            proctors::admit(connection, &proctor)?;
            people::begin_session(connection, &session, &entry)
        })
    }

    fn proctor_session(&self, cookie: SecretHash, now: Timestamp) -> Answer<'_, Option<BrowserSession>> {
        self.read("find a proctor's browser", move |connection| {
            people::proctor_session(connection, &cookie, now)
        })
    }

    fn release_proctor(&self, proctor: ProctorId, at: Timestamp, entry: NewEntry) -> Answer<'_, ()> {
        self.write("let a proctor's browser go", move |connection| {
            proctors::release(connection, proctor, at, &entry)
        })
    }

    fn proctors(&self) -> Answer<'_, Vec<Proctor>> {
        self.read("list the proctors", proctors::proctors)
    }

    fn add_notices(&self, notices: Vec<Notice>, entries: Vec<NewEntry>) -> Answer<'_, ()> {
        self.write("put notices into the outbox", move |connection| {
            outbox::add(connection, &notices, &entries)
        })
    }

    fn next_notice(&self, target: TargetId) -> Answer<'_, Option<Outgoing>> {
        self.read("look into the outbox", move |connection| {
            outbox::next(connection, &target)
        })
    }

    fn notice_tried(&self, id: NoticeId, tried: Tried, at: Timestamp) -> Answer<'_, ()> {
        self.write("remember what came of a notice", move |connection| {
            outbox::tried(connection, id, tried, at)
        })
    }

    fn notices(&self, page: Page, limit: u32) -> Answer<'_, Vec<Outgoing>> {
        self.read("read the outbox", move |connection| {
            outbox::page(connection, page, limit)
        })
    }

    fn add_watch_token(&self, token: WatchToken, entry: NewEntry) -> Answer<'_, ()> {
        self.write("add a staff computer's token", move |connection| {
            watchers::add(connection, &token, &entry)
        })
    }

    fn watch_tokens(&self, of: AccountId, now: Timestamp) -> Answer<'_, Vec<WatchToken>> {
        self.read("list staff computers", move |connection| {
            watchers::of(connection, of, now)
        })
    }

    fn watcher(&self, token: SecretHash, now: Timestamp) -> Answer<'_, Option<Watcher>> {
        self.read("find a staff computer", move |connection| {
            watchers::watcher(connection, &token, now)
        })
    }

    fn touch_watch_token(&self, token: WatchTokenId, at: Timestamp) -> Answer<'_, ()> {
        self.write("remember a staff computer's use", move |connection| {
            watchers::touch(connection, token, at)
        })
    }

    fn end_watch_token(&self, token: WatchTokenId, entry: NewEntry) -> Answer<'_, ()> {
        self.write("end a staff computer's token", move |connection| {
            watchers::end(connection, token, &entry)
        })
    }

    fn accept(&self, batch: Batch) -> Answer<'_, Accepted> {
        self.write("store a device's records", move |connection| {
            streams::accept(connection, &batch)
        })
    }

    fn next_wanted(&self, device: DeviceId, stream: StreamId) -> Answer<'_, u64> {
        self.read("look up a stream", move |connection| {
            streams::next_wanted(connection, device, stream)
        })
    }

    fn news_after(&self, arrival: Arrival) -> Answer<'_, Vec<StoredNews>> {
        self.read("read devices' records", move |connection| {
            streams::news_after(connection, arrival)
        })
    }

    fn news_of(&self, device: DeviceId, limit: u32) -> Answer<'_, Vec<StoredNews>> {
        self.read("read a device's records", move |connection| {
            streams::news_of(connection, device, limit)
        })
    }

    fn lost_after(&self, device: DeviceId, after: Timestamp) -> Answer<'_, bool> {
        self.read("look up a device's losses", move |connection| {
            streams::lost_after(connection, device, after)
        })
    }

    fn refused(&self, limit: u32) -> Answer<'_, Vec<KeptRefusal>> {
        self.read("read refused records", move |connection| {
            streams::refused(connection, limit)
        })
    }

    fn append(&self, entries: Vec<NewEntry>, judged: Option<Arrival>) -> Answer<'_, Vec<Entry>> {
        self.write("append to the record", move |connection| {
            record::append_all(connection, entries, judged)
        })
    }

    fn judged(&self) -> Answer<'_, Arrival> {
        self.read("look up how far the watch has come", record::judged)
    }

    fn entries(&self, query: EntryQuery) -> Answer<'_, Vec<Entry>> {
        self.read("read the record", move |connection| {
            record::entries(connection, &query)
        })
    }

    fn mark_alive(&self, at: Timestamp) -> Answer<'_, ()> {
        self.write("write the alive mark", move |connection| {
            record::mark_alive(connection, at)
        })
    }

    fn last_alive(&self) -> Answer<'_, Option<Timestamp>> {
        self.read("read the alive mark", record::last_alive)
    }

    fn keep_whereabouts(&self, whereabouts: Whereabouts) -> Answer<'_, ()> {
        self.write("remember where it is found", move |connection| {
            record::keep_whereabouts(connection, &whereabouts)
        })
    }

    fn whereabouts(&self) -> Answer<'_, Option<Whereabouts>> {
        self.read("look up where it is found", record::whereabouts)
    }

    fn district(&self) -> Uuid {
        self.district
    }

    fn prune(&self, now: Timestamp) -> Answer<'_, u64> {
        self.write("forget what may be forgotten", move |connection| {
            Ok(streams::prune(connection, now)?
                + people::prune(connection, now)?
                + outbox::prune(connection, now)?)
        })
    }

    fn ready(&self) -> Answer<'_, ()> {
        async {
            // A true write, since a full disk still reads well; and a read, since the readers have their own threads.
            self.write("write a trial", schema::write_trial).await?;
            self.read("read a trial", schema::read_trial).await
        }
        .boxed()
    }

    fn close(&self) -> Answer<'_, ()> {
        async {
            // Readers first: the writer's last checkpoint then meets no reader and leaves an empty log.
            self.readers.close().await;
            self.writer.close().await
        }
        .boxed()
    }
}

#[cfg(test)]
mod measure;
#[cfg(test)]
mod tests;
