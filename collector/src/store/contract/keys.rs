//! Keys that let devices in: made, listed, ended; each a line of the record.

use super::{story, told_to_every_store};
use crate::domain::entry::{Actor, EntryKind, Subject};
use crate::domain::identity::{KeyPlace, KeyRefused};
use crate::store::{EntryQuery, Refusal, Store, StoreError};
use roomready_shared::facts::Platform;

told_to_every_store! {
    a_key_is_listed_with_who_made_it_for_how_many_devices,
    an_ended_key_lets_nobody_in_and_is_ended_once,
}

async fn a_key_is_listed_with_who_made_it_for_how_many_devices(store: &dyn Store) {
    let key = story::key_of(KeyPlace::School(story::school()), 30);
    store.add_key(key.clone()).await.unwrap();
    assert_eq!(store.keys().await.unwrap(), std::slice::from_ref(&key));
    assert_eq!(store.key(key.hash).await.unwrap(), Some(key.clone()));
    assert_eq!(store.key(story::hash(901)).await.unwrap(), None);

    let entries = store.entries(EntryQuery::default()).await.unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0].entry;
    assert_eq!(entry.kind, EntryKind::EnrolmentKeyMade);
    assert_eq!(
        (&entry.actor, &entry.subject, &entry.school),
        (&Actor::Console, &Subject::Key(key.id()), &Some(story::school()))
    );
    assert_eq!(
        entry.body.as_str(),
        r#"{"ends":"2026-10-06T09:00:00Z","uses":30}"#
    );
}

async fn an_ended_key_lets_nobody_in_and_is_ended_once(store: &dyn Store) {
    let key = story::key(5);
    store.add_key(key.clone()).await.unwrap();
    let by = Actor::Console;
    let ended = store
        .revoke_key(key.id(), by.clone(), story::at(10))
        .await
        .unwrap();
    assert_eq!(ended.revoked_at, Some(story::at(10)));
    let again = store
        .revoke_key(key.id(), by.clone(), story::at(11))
        .await
        .unwrap();
    assert_eq!(again, ended);

    let answer = store
        .enrol(story::by_key(), story::device(1, Platform::Linux), story::at(12))
        .await;
    let expected = Refusal::from(KeyRefused::Revoked(story::at(10)));
    assert!(
        matches!(&answer, Err(StoreError::Refused(refusal)) if *refusal == expected),
        "{answer:?}"
    );
    let none = "000000000000".parse().unwrap();
    let answer = store.revoke_key(none, by, story::at(12)).await;
    assert!(matches!(answer, Err(StoreError::Refused(Refusal::NoSuchKey(_)))));

    let kinds: Vec<_> = store
        .entries(EntryQuery::default())
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.entry.kind)
        .collect();
    assert_eq!(
        kinds,
        [EntryKind::EnrolmentKeyMade, EntryKind::EnrolmentKeyRevoked]
    );
}
