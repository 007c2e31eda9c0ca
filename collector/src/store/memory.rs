//! The store in memory, for rehearsals and tests: the same answers, gone with the process.

mod accounts;
mod devices;
mod outbox;
mod people;
mod proctors;
mod watchers;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::{FutureExt as _, ready};
use jiff::Timestamp;
use roomready_shared::facts::Facts;
use roomready_shared::ids::{
    AccountId, BrowserSessionId, DeviceId, ProctorId, ProctorLinkId, StreamId, TargetId, WatchTokenId,
};
use roomready_shared::wire::v1::NewsBody;
use uuid::Uuid;

use self::outbox::Outbox;
use self::people::People;
use self::proctors::Proctors;
use self::watchers::Watchers;
use super::{
    Accepted, AccessNow, Account, AccountChange, Admission, Answer, Arrival, Batch, BrowserSession, Changed,
    Enrolled, EntryQuery, Fresh, KeptRefusal, KnownDevice, MOST_ENTRIES_A_PAGE, MOST_NEWS_A_PAGE, NewDevice,
    Offered, OneTimeLink, Outgoing, Page, REFUSED_KEPT, Refusal, SignedIn, Store, StoreError, StoredNews,
    StreamPosition, Tried, WatchToken, Watcher, Whereabouts, stream,
};
use crate::domain::entry::{Actor, Entry, NewEntry};
use crate::domain::event_time::EventTime;
use crate::domain::identity::{AccessStep, EnrolmentKey, KeyId};
use crate::domain::notice::{Notice, NoticeId};
use crate::domain::proctor::{Proctor, ProctorLink};
use crate::secret::SecretHash;

/// The store in memory.
#[derive(Debug)]
pub struct MemoryStore {
    district: Uuid,
    /// `None` after closing.
    held: Mutex<Option<Held>>,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    device: DeviceId,
    next_wanted: u64,
    latest: Option<EventTime>,
}

#[derive(Debug, Default)]
struct Held {
    devices: BTreeMap<DeviceId, KnownDevice>,
    keys: BTreeMap<SecretHash, EnrolmentKey>,
    /// The number of the latest change of a credential.
    changes: u64,
    people: People,
    proctors: Proctors,
    watchers: Watchers,
    outbox: Outbox,
    streams: BTreeMap<StreamId, Stream>,
    news: Vec<StoredNews>,
    /// When a device declared records lost, the latest time.
    losses: BTreeMap<DeviceId, Timestamp>,
    refused: Vec<KeptRefusal>,
    entries: Vec<Entry>,
    judged: Arrival,
    alive: Option<Timestamp>,
    whereabouts: Option<Whereabouts>,
}

impl MemoryStore {
    /// An empty one for a district.
    #[must_use]
    pub fn new(district: Uuid) -> Self {
        Self {
            district,
            held: Mutex::new(Some(Held::default())),
        }
    }

    /// Work that checks everything before it changes anything, so that a refusal leaves no trace.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Held) -> Result<T, StoreError>,
    ) -> Answer<'_, T> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = held.as_mut().ok_or(StoreError::Closed).and_then(work);
        ready(answer).boxed()
    }
}

impl Store for MemoryStore {
    fn enrol(&self, by: Admission, device: NewDevice, at: Timestamp) -> Answer<'_, Enrolled> {
        self.with(|held| held.enrol(&by, device, at))
    }

    fn device_by_credential(&self, credential: SecretHash) -> Answer<'_, Option<DeviceId>> {
        self.with(|held| {
            let mut devices = held.devices.values();
            Ok(devices
                .find(|device| {
                    let access = device.access;
                    let holds = access.credential == credential || access.next == Some(credential);
                    holds && access.revoked_at.is_none()
                })
                .map(|device| device.id))
        })
    }

    fn devices(&self) -> Answer<'_, Vec<KnownDevice>> {
        self.with(|held| Ok(held.devices.values().cloned().collect()))
    }

    fn change_access(
        &self,
        device: DeviceId,
        step: AccessStep,
        by: Actor,
        at: Timestamp,
    ) -> Answer<'_, AccessNow> {
        self.with(|held| held.change_access(device, step, by, at))
    }

    fn access_changes(&self, after: u64) -> Answer<'_, Vec<AccessNow>> {
        self.with(|held| Ok(held.access_changes(after)))
    }

    fn add_key(&self, key: EnrolmentKey) -> Answer<'_, ()> {
        self.with(|held| {
            held.append(NewEntry::key_made(&key));
            held.keys.insert(key.hash, key);
            Ok(())
        })
    }

    fn key(&self, hash: SecretHash) -> Answer<'_, Option<EnrolmentKey>> {
        self.with(|held| Ok(held.keys.get(&hash).cloned()))
    }

    fn keys(&self) -> Answer<'_, Vec<EnrolmentKey>> {
        self.with(|held| {
            let mut keys: Vec<_> = held.keys.values().cloned().collect();
            keys.sort_by_key(|key| std::cmp::Reverse(key.made_at));
            Ok(keys)
        })
    }

    fn revoke_key(&self, id: KeyId, by: Actor, at: Timestamp) -> Answer<'_, EnrolmentKey> {
        self.with(|held| held.revoke_key(id, by, at))
    }

    fn add_account(&self, account: Account, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| held.add_account(account, entry))
    }

    fn account(&self, id: AccountId) -> Answer<'_, Option<Account>> {
        self.with(|held| Ok(held.people.accounts.get(&id).cloned()))
    }

    fn account_named(&self, name: &str) -> Answer<'_, Option<Account>> {
        let key = name.to_lowercase();
        self.with(|held| Ok(held.people.account_named(&key)))
    }

    fn accounts(&self) -> Answer<'_, Vec<Account>> {
        self.with(|held| Ok(held.people.accounts()))
    }

    fn add_first_account(
        &self,
        token: SecretHash,
        account: Account,
        session: BrowserSession,
        entries: Vec<NewEntry>,
    ) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.add_first_account(token, account, session)?;
            entries.into_iter().for_each(|entry| drop(held.append(entry)));
            Ok(())
        })
    }

    fn change_account(&self, change: AccountChange) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.change_account(&change)?;
            if matches!(change.changed, Changed::Password { .. } | Changed::Closed) {
                held.watchers.end_of(change.account);
            }
            let entries = change.entries.into_iter();
            entries.for_each(|entry| drop(held.append(entry)));
            Ok(())
        })
    }

    fn sessions(&self, of: Option<AccountId>, now: Timestamp) -> Answer<'_, Vec<BrowserSession>> {
        self.with(|held| Ok(held.people.sessions(of, now)))
    }

    fn end_other_sessions(&self, keep: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            if held.people.end_other_sessions(keep.who, Some(keep.id)) {
                held.append(entry);
            }
            Ok(())
        })
    }

    fn add_recovery(&self, link: OneTimeLink, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.add_recovery(link)?;
            held.append(entry);
            Ok(())
        })
    }

    fn add_link(&self, link: OneTimeLink) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.add_link(link);
            Ok(())
        })
    }

    fn link(&self, token: SecretHash, now: Timestamp) -> Answer<'_, OneTimeLink> {
        self.with(|held| held.people.link(token, now))
    }

    fn spend_link(&self, token: SecretHash, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.spend_link(token, session)?;
            held.append(entry);
            Ok(())
        })
    }

    fn begin_session(&self, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.begin_session(session)?;
            held.append(entry);
            Ok(())
        })
    }

    fn signed_in(&self, cookie: SecretHash, now: Timestamp) -> Answer<'_, Option<SignedIn>> {
        self.with(|held| Ok(held.people.signed_in(cookie, now)))
    }

    fn touch_session(&self, session: BrowserSessionId, at: Timestamp) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.touch(session, at);
            Ok(())
        })
    }

    fn end_session(&self, session: BrowserSessionId, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            if held.people.end_session(session) {
                held.append(entry);
            }
            Ok(())
        })
    }

    fn add_proctor_link(&self, link: ProctorLink, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.proctors.add_link(link);
            held.append(entry);
            Ok(())
        })
    }

    fn revoke_proctor_link(&self, link: ProctorLinkId, at: Timestamp, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            if held.proctors.revoke_link(link, at)? {
                for proctor in held.proctors.by(link) {
                    held.people.end_sessions_of(proctor);
                }
                held.append(entry);
            }
            Ok(())
        })
    }

    fn proctor_links(&self) -> Answer<'_, Vec<ProctorLink>> {
        self.with(|held| Ok(held.proctors.links()))
    }

    fn admit_proctor(&self, proctor: Proctor, session: BrowserSession, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.proctors.admit(proctor)?;
            held.people.begin_session(session)?;
            held.append(entry);
            Ok(())
        })
    }

    fn proctor_session(&self, cookie: SecretHash, now: Timestamp) -> Answer<'_, Option<BrowserSession>> {
        self.with(|held| Ok(held.people.proctor_session(cookie, now)))
    }

    fn release_proctor(&self, proctor: ProctorId, at: Timestamp, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.end_sessions_of(proctor);
            if held.proctors.release(proctor, at) {
                held.append(entry);
            }
            Ok(())
        })
    }

    fn proctors(&self) -> Answer<'_, Vec<Proctor>> {
        self.with(|held| Ok(held.proctors.all()))
    }

    fn add_notices(&self, notices: Vec<Notice>, entries: Vec<NewEntry>) -> Answer<'_, ()> {
        self.with(|held| {
            notices.into_iter().for_each(|notice| held.outbox.add(notice));
            entries.into_iter().for_each(|entry| drop(held.append(entry)));
            Ok(())
        })
    }

    fn next_notice(&self, target: TargetId) -> Answer<'_, Option<Outgoing>> {
        self.with(|held| Ok(held.outbox.next(&target)))
    }

    fn notice_tried(&self, id: NoticeId, tried: Tried, at: Timestamp) -> Answer<'_, ()> {
        self.with(|held| {
            held.outbox.tried(id, tried, at);
            Ok(())
        })
    }

    fn notices(&self, page: Page, limit: u32) -> Answer<'_, Vec<Outgoing>> {
        self.with(|held| Ok(held.outbox.page(page, limit)))
    }

    fn add_watch_token(&self, token: WatchToken, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            held.people.open_account(token.account)?;
            held.watchers.add(token);
            held.append(entry);
            Ok(())
        })
    }

    fn watch_tokens(&self, of: AccountId, now: Timestamp) -> Answer<'_, Vec<WatchToken>> {
        self.with(|held| Ok(held.watchers.of(of, now)))
    }

    fn watcher(&self, token: SecretHash, now: Timestamp) -> Answer<'_, Option<Watcher>> {
        self.with(|held| {
            let token = held.watchers.find(token, now);
            Ok(token.and_then(|token| {
                let account = held.people.open_account(token.account).ok()?.clone();
                Some(Watcher { token, account })
            }))
        })
    }

    fn touch_watch_token(&self, token: WatchTokenId, at: Timestamp) -> Answer<'_, ()> {
        self.with(|held| {
            held.watchers.touch(token, at);
            Ok(())
        })
    }

    fn end_watch_token(&self, token: WatchTokenId, entry: NewEntry) -> Answer<'_, ()> {
        self.with(|held| {
            if held.watchers.end(token) {
                held.append(entry);
            }
            Ok(())
        })
    }

    fn accept(&self, batch: Batch) -> Answer<'_, Accepted> {
        self.with(|held| held.accept(&batch))
    }

    fn next_wanted(&self, device: DeviceId, stream: StreamId) -> Answer<'_, u64> {
        self.with(|held| match held.streams.get(&stream) {
            None => Ok(1),
            Some(known) if known.device == device => Ok(known.next_wanted),
            Some(_) => Err(Refusal::StreamOfAnother(stream).into()),
        })
    }

    fn news_after(&self, arrival: Arrival) -> Answer<'_, Vec<StoredNews>> {
        self.with(|held| {
            let later = held.news.iter().filter(|news| news.arrival > arrival);
            Ok(later.take(page(0, MOST_NEWS_A_PAGE)).cloned().collect())
        })
    }

    fn news_of(&self, device: DeviceId, limit: u32) -> Answer<'_, Vec<StoredNews>> {
        self.with(|held| {
            let its = held.news.iter().rev().filter(|news| news.device == device);
            Ok(its.take(page(limit, MOST_NEWS_A_PAGE)).cloned().collect())
        })
    }

    fn lost_after(&self, device: DeviceId, after: Timestamp) -> Answer<'_, bool> {
        self.with(|held| Ok(held.losses.get(&device).is_some_and(|at| *at > after)))
    }

    fn refused(&self, limit: u32) -> Answer<'_, Vec<KeptRefusal>> {
        self.with(|held| {
            let newest = held.refused.iter().rev();
            Ok(newest.take(page(limit, MOST_NEWS_A_PAGE)).cloned().collect())
        })
    }

    fn append(&self, entries: Vec<NewEntry>, judged: Option<Arrival>) -> Answer<'_, Vec<Entry>> {
        self.with(|held| {
            held.judged = held.judged.max(judged.unwrap_or_default());
            Ok(entries.into_iter().map(|entry| held.append(entry)).collect())
        })
    }

    fn judged(&self) -> Answer<'_, Arrival> {
        self.with(|held| Ok(held.judged))
    }

    fn entries(&self, query: EntryQuery) -> Answer<'_, Vec<Entry>> {
        self.with(|held| {
            let wanted = |entry: &&Entry| query.wants(entry);
            let most = page(query.limit, MOST_ENTRIES_A_PAGE);
            Ok(match query.page {
                Page::First | Page::After(_) => {
                    held.entries.iter().filter(wanted).take(most).cloned().collect()
                }
                Page::Last | Page::Before(_) => held
                    .entries
                    .iter()
                    .rev()
                    .filter(wanted)
                    .take(most)
                    .cloned()
                    .collect(),
            })
        })
    }

    fn mark_alive(&self, at: Timestamp) -> Answer<'_, ()> {
        self.with(|held| {
            held.alive = Some(at);
            Ok(())
        })
    }

    fn last_alive(&self) -> Answer<'_, Option<Timestamp>> {
        self.with(|held| Ok(held.alive))
    }

    fn keep_whereabouts(&self, whereabouts: Whereabouts) -> Answer<'_, ()> {
        self.with(|held| {
            held.whereabouts = Some(whereabouts);
            Ok(())
        })
    }

    fn whereabouts(&self) -> Answer<'_, Option<Whereabouts>> {
        self.with(|held| Ok(held.whereabouts.clone()))
    }

    fn district(&self) -> Uuid {
        self.district
    }

    fn prune(&self, now: Timestamp) -> Answer<'_, u64> {
        self.with(|held| Ok(held.prune(now)))
    }

    fn ready(&self) -> Answer<'_, ()> {
        self.with(|_| Ok(()))
    }

    fn close(&self) -> Answer<'_, ()> {
        drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
        ready(Ok(())).boxed()
    }
}

/// 0 and everything above the most mean the most.
fn page(asked: u32, most: u32) -> usize {
    let size = if asked == 0 || asked > most { most } else { asked };
    usize::try_from(size).unwrap_or(usize::MAX)
}

impl EntryQuery {
    fn wants(&self, Entry { seq, entry }: &Entry) -> bool {
        let in_page = match self.page {
            Page::First | Page::Last => true,
            Page::After(after) => *seq > after,
            Page::Before(before) => *seq < before,
        };
        in_page
            && (!self.access || entry.kind.is_of_access())
            && (self.school.is_none() || self.school == entry.school)
            && self
                .subject
                .as_ref()
                .is_none_or(|subject| *subject == entry.subject)
            && self.since.is_none_or(|since| since <= entry.at())
            && self.until.is_none_or(|until| entry.at() < until)
    }
}

impl Held {
    fn append(&mut self, entry: NewEntry) -> Entry {
        let seq = u64::try_from(self.entries.len()).unwrap_or(u64::MAX) + 1;
        let entry = Entry { seq, entry };
        self.entries.push(entry.clone());
        entry
    }

    fn add_account(&mut self, account: Account, entry: NewEntry) -> Result<(), StoreError> {
        self.people.add_account(account)?;
        self.append(entry);
        Ok(())
    }

    fn accept(&mut self, batch: &Batch) -> Result<Accepted, StoreError> {
        let device = self
            .devices
            .get_mut(&batch.device)
            .ok_or(Refusal::DeviceUnknown(batch.device))?;
        let stream = self.streams.entry(batch.stream).or_insert(Stream {
            device: batch.device,
            next_wanted: 1,
            latest: None,
        });
        if stream.device != batch.device {
            return Err(Refusal::StreamOfAnother(batch.stream).into());
        }
        let verdict = stream::judge(stream.next_wanted, batch);
        let contradicted = batch
            .news
            .iter()
            .take_while(|offered| offered.seq() < stream.next_wanted)
            .any(|offered| {
                let mut stored = self.news.iter();
                let stored =
                    stored.find(|stored| stored.stream == batch.stream && stored.news.seq == offered.seq());
                stored.is_some_and(|stored| (stored.news.epoch, stored.news.mono_ms) != offered.stands())
            });
        let mut fresh = Vec::new();
        for offered in verdict.take {
            match offered {
                Offered::Understood(dated) => {
                    let arrival = Arrival(u64::try_from(self.news.len()).unwrap_or(u64::MAX) + 1);
                    let dated = dated.clone();
                    self.news.push(StoredNews {
                        arrival,
                        device: batch.device,
                        stream: batch.stream,
                        received_at: batch.received_at,
                        news: dated.news.clone(),
                        time: dated.time,
                    });
                    stream.latest = Some(dated.time);
                    if let NewsBody::Facts { facts, .. } = &dated.news.body {
                        let platform = device.platform;
                        let held = device
                            .facts
                            .get_or_insert_with(|| Box::new(Facts::none(platform)));
                        held.merge((**facts).clone());
                    }
                    fresh.push(Fresh { arrival, dated });
                }
                Offered::NotUnderstood { raw, why } => self.refused.push(KeptRefusal {
                    device: batch.device,
                    stream: batch.stream,
                    received_at: batch.received_at,
                    raw: raw.clone(),
                    why: why.clone(),
                }),
            }
        }
        if !verdict.lost.is_empty() {
            let latest = self.losses.entry(batch.device).or_insert(batch.received_at);
            *latest = batch.received_at.max(*latest);
        }
        stream.next_wanted = verdict.next_wanted;
        device.stream = Some(StreamPosition {
            stream: batch.stream,
            next_wanted: verdict.next_wanted,
            latest: stream.latest,
        });
        if !fresh.is_empty() {
            device.clocks.clone_from(&batch.clocks);
        }
        device.last_news_at = device.last_news_at.max(Some(batch.received_at));
        Ok(Accepted {
            acked_through: verdict.next_wanted - 1,
            expected: verdict.expected,
            fresh,
            refused: verdict.refused,
            lost: verdict.lost,
            contradicted,
        })
    }

    fn prune(&mut self, now: Timestamp) -> u64 {
        let things = |held: &Self| {
            held.refused.len()
                + held.people.that_end()
                + held.keys.len()
                + held.outbox.len()
                + held.watchers.len()
        };
        let before = things(self);
        let oldest = now.saturating_sub(REFUSED_KEPT).unwrap_or(Timestamp::MIN);
        self.refused.retain(|refused| refused.received_at >= oldest);
        self.people.prune(now);
        self.watchers.prune(now);
        self.outbox.prune(now);
        self.keys.retain(|_, key| key.ends > now);
        u64::try_from(before - things(self)).unwrap_or(u64::MAX)
    }
}
