//! A device's credential: replaced in two steps, ended at once, and seen to be shared.

use roomready_shared::ids::DeviceId;

use super::{story, told_to_every_store};
use crate::domain::entry::{Actor, EntryKind, Subject};
use crate::domain::identity::{Access, AccessRefused, AccessStep};
use crate::store::{AccessNow, EntryQuery, Refusal, Store, StoreError};

told_to_every_store! {
    both_credentials_hold_until_the_new_one_is_used,
    a_revoked_credential_holds_no_longer_until_the_device_is_let_in_again,
    every_change_has_its_number_and_a_later_look_sees_it,
    what_becomes_of_a_credential_is_written_in_the_record,
    a_device_let_in_again_is_no_longer_shared,
}

async fn step(store: &dyn Store, device: DeviceId, step: AccessStep) -> Result<AccessNow, StoreError> {
    store
        .change_access(device, step, Actor::Console, story::at(5))
        .await
}

async fn holder(store: &dyn Store, number: u32) -> Option<DeviceId> {
    store.device_by_credential(story::hash(number)).await.unwrap()
}

fn offer(shown: u32, next: u32) -> AccessStep {
    AccessStep::OfferNext {
        shown: story::hash(shown),
        next: story::hash(next),
    }
}

async fn both_credentials_hold_until_the_new_one_is_used(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    assert!(matches!(
        step(store, device, offer(1, 50)).await,
        Err(StoreError::Refused(Refusal::Access(AccessRefused::NotOrdered)))
    ));
    step(store, device, AccessStep::OrderRotation).await.unwrap();
    step(store, device, offer(1, 50)).await.unwrap();
    // The answer to that was lost.
    step(store, device, offer(1, 51)).await.unwrap();
    assert_eq!(holder(store, 1).await, Some(device));
    assert_eq!(holder(store, 50).await, None);
    assert_eq!(holder(store, 51).await, Some(device));

    let used = step(store, device, AccessStep::FirstUse(story::hash(51)))
        .await
        .unwrap();
    assert_eq!(used.access, Access::enrolled(story::hash(51)));
    assert_eq!(holder(store, 1).await, None);
    assert_eq!(holder(store, 51).await, Some(device));
    assert_eq!(store.devices().await.unwrap()[0].access, used.access);
}

async fn a_revoked_credential_holds_no_longer_until_the_device_is_let_in_again(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    step(store, device, AccessStep::OrderRotation).await.unwrap();
    step(store, device, offer(1, 50)).await.unwrap();
    step(store, device, AccessStep::Revoke).await.unwrap();
    assert_eq!((holder(store, 1).await, holder(store, 50).await), (None, None));
    let again = story::enrolled(store, 1).await;
    assert_eq!(again, device);
    assert_eq!(holder(store, 1).await, Some(device));
}

async fn every_change_has_its_number_and_a_later_look_sees_it(store: &dyn Store) {
    let first = story::enrolled(store, 1).await;
    let second = story::enrolled(store, 2).await;
    let known = store.access_changes(0).await.unwrap();
    assert_eq!(
        known.iter().map(|now| now.device).collect::<Vec<_>>(),
        [first, second]
    );
    let seen = known.last().unwrap().change;
    assert!(store.access_changes(seen).await.unwrap().is_empty());

    let revoked = step(store, first, AccessStep::Revoke).await.unwrap();
    assert_eq!(store.access_changes(seen).await.unwrap(), [revoked]);
    // What changes nothing has no number of its own.
    let again = step(store, first, AccessStep::Revoke).await.unwrap();
    assert_eq!(again, revoked);
    let devices = store.devices().await.unwrap();
    let known = devices.iter().find(|known| known.id == first).unwrap();
    assert_eq!((known.access, known.change), (revoked.access, revoked.change));
}

async fn what_becomes_of_a_credential_is_written_in_the_record(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    for taken in [
        AccessStep::OrderRotation,
        AccessStep::OrderRotation,
        offer(1, 50),
        AccessStep::Share,
        AccessStep::FirstUse(story::hash(50)),
        AccessStep::Share,
        AccessStep::DismissShare,
        AccessStep::Revoke,
        AccessStep::Revoke,
    ] {
        step(store, device, taken).await.unwrap();
    }
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.entry.kind).collect();
    assert_eq!(
        kinds,
        [
            EntryKind::DeviceEnrolled,
            EntryKind::CredentialRotationOrdered,
            EntryKind::CredentialShared,
            EntryKind::CredentialRotated,
            EntryKind::CredentialShared,
            EntryKind::CredentialShareDismissed,
            EntryKind::CredentialRevoked,
        ]
    );
    let last = &entries.last().unwrap().entry;
    assert_eq!(
        (&last.actor, &last.subject, &last.school),
        (&Actor::Console, &Subject::Device(device), &Some(story::school()))
    );
    assert_eq!(last.body.as_str(), r#"{"name":"CART-01"}"#);
}

async fn a_device_let_in_again_is_no_longer_shared(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let shared = step(store, device, AccessStep::Share).await.unwrap();
    assert_eq!(shared.access.shared_at, Some(story::at(5)));
    story::enrolled(store, 1).await;
    assert_eq!(store.devices().await.unwrap()[0].access.shared_at, None);
}
