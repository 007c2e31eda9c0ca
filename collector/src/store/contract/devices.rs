//! Devices are let in, and stay the ones they are.

use roomready_shared::facts::Platform;
use roomready_shared::ids::RoomRef;

use super::{story, told_to_every_store};
use crate::domain::entry::{Actor, EntryKind, Subject};
use crate::domain::identity::{KeyPlace, KeyRefused, MatchedBy, NotAdmitted, RosterPlace};
use crate::store::{Admission, EntryQuery, Refusal, Store, StoreError};

told_to_every_store! {
    a_key_lets_in_as_many_devices_as_it_has_uses,
    two_devices_at_once_cannot_share_the_last_use,
    a_key_that_ended_or_was_never_made_lets_nobody_in,
    a_re_imaged_device_is_the_one_it_was,
    another_machine_with_the_same_label_is_another_device,
    a_key_of_one_school_cannot_take_a_device_of_another,
    the_roster_brings_a_device_from_another_school,
    a_school_s_key_takes_the_roster_s_word_for_the_room,
    letting_a_device_in_is_written_in_the_record,
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> Refusal {
    match answer {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("should have been refused by a rule, but: {other:?}"),
    }
}

async fn a_key_lets_in_as_many_devices_as_it_has_uses(store: &dyn Store) {
    store.add_key(story::key(2)).await.unwrap();
    for number in [1, 2] {
        let device = story::device(number, Platform::Windows);
        let enrolled = store.enrol(story::by_key(), device, story::at(0)).await.unwrap();
        assert_eq!(enrolled.room, story::room("101"));
        assert!(!enrolled.known_before);
    }
    let third = story::device(3, Platform::Windows);
    let answer = store.enrol(story::by_key(), third, story::at(0)).await;
    assert_eq!(refusal(answer), KeyRefused::UsedUp.into());
    let keys = store.keys().await.unwrap();
    assert_eq!((keys.len(), keys[0].uses, keys[0].uses_left), (1, 2, 0));
    assert_eq!(store.devices().await.unwrap().len(), 2);
}

async fn two_devices_at_once_cannot_share_the_last_use(store: &dyn Store) {
    store.add_key(story::key(1)).await.unwrap();
    let ask = |number| {
        let device = story::device(number, Platform::Macos);
        store.enrol(story::by_key(), device, story::at(0))
    };
    let (one, other) = futures_util::future::join(ask(1), ask(2)).await;
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

async fn a_key_that_ended_or_was_never_made_lets_nobody_in(store: &dyn Store) {
    store.add_key(story::key(5)).await.unwrap();
    let ask = |hash, minute| {
        let device = story::device(1, Platform::Linux);
        let by = Admission::Key {
            key: story::hash(hash),
            roster: None,
        };
        store.enrol(by, device, story::at(minute))
    };
    assert_eq!(refusal(ask(901, 0).await), KeyRefused::Unknown.into());
    assert_eq!(
        refusal(ask(900, 60).await),
        KeyRefused::Ended(story::at(60)).into()
    );
    assert_eq!(
        store.keys().await.unwrap(),
        [story::key(5)],
        "a refusal counts no use"
    );
    assert!(ask(900, 59).await.is_ok());
}

async fn a_re_imaged_device_is_the_one_it_was(store: &dyn Store) {
    let first = story::named(1, "CART-01", Platform::Windows, Some("5CD1"));
    let first = store
        .enrol(Admission::Room(story::room("101")), first, story::at(0))
        .await
        .unwrap();

    // The same serial number under another name in another room.
    let moved = story::named(2, "LIB-7", Platform::Windows, Some("5CD1"));
    let moved = store
        .enrol(Admission::Room(story::room("library")), moved, story::at(1))
        .await
        .unwrap();
    assert_eq!((moved.device, moved.known_before), (first.device, true));

    // The same name in the same room, serial number not told this time.
    let again = story::named(3, "LIB-7", Platform::Linux, None);
    let again = store
        .enrol(Admission::Room(story::room("library")), again, story::at(2))
        .await
        .unwrap();
    assert_eq!(again.device, first.device);

    let devices = store.devices().await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].room, story::room("library"));
    assert_eq!(devices[0].platform, Platform::Linux);
    // The newest credential holds, older ones do not.
    for (number, holder) in [(1, None), (2, None), (3, Some(first.device))] {
        assert_eq!(
            store.device_by_credential(story::hash(number)).await.unwrap(),
            holder
        );
    }
    // The serial number was kept from before.
    let back = story::named(4, "CART-01", Platform::Windows, Some("5CD1"));
    let back = store
        .enrol(Admission::Room(story::room("101")), back, story::at(3))
        .await
        .unwrap();
    assert_eq!(back.device, first.device);
}

async fn another_machine_with_the_same_label_is_another_device(store: &dyn Store) {
    let enrol = |device| store.enrol(Admission::Room(story::room("101")), device, story::at(0));
    let old = enrol(story::named(1, "CART-01", Platform::Windows, Some("OLD")))
        .await
        .unwrap();
    let new = enrol(story::named(2, "CART-01", Platform::Windows, Some("NEW")))
        .await
        .unwrap();
    assert_ne!(new.device, old.device);
    // The same name in another room says nothing either.
    let there = Admission::Room(story::room("102"));
    let there = store
        .enrol(
            there,
            story::named(3, "CART-01", Platform::Windows, None),
            story::at(0),
        )
        .await
        .unwrap();
    assert!(!there.known_before);
}

async fn letting_a_device_in_is_written_in_the_record(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0].entry;
    assert_eq!(entry.kind, EntryKind::DeviceEnrolled);
    assert_eq!(
        (&entry.actor, &entry.subject),
        (&Actor::Device(device), &Subject::Device(device))
    );
    assert_eq!(entry.school, Some(story::school()));
    assert_eq!(
        entry.body.as_str(),
        r#"{"known_before":false,"name":"CART-01","platform":"linux","room":"101"}"#
    );
}

fn grant() -> RoomRef {
    RoomRef {
        school: "grant-hs".parse().unwrap(),
        room: "7".parse().unwrap(),
    }
}

async fn a_key_of_one_school_cannot_take_a_device_of_another(store: &dyn Store) {
    let there = story::named(1, "GRANT-1", Platform::Windows, Some("5CD1"));
    let there = store
        .enrol(Admission::Room(grant()), there, story::at(0))
        .await
        .unwrap();
    store.add_key(story::key(5)).await.unwrap();
    // A made-up device with its serial number, and one with a name that this school's roster knows.
    let on_roster = RosterPlace {
        room: story::room("101"),
        by: MatchedBy::Name,
    };
    for (number, roster) in [(2, None), (3, Some(on_roster))] {
        let forged = story::named(number, "CART-01", Platform::Windows, Some("5CD1"));
        let by = Admission::Key {
            key: story::hash(900),
            roster,
        };
        let answer = store.enrol(by, forged, story::at(1)).await;
        assert_eq!(refusal(answer), NotAdmitted::EnrolledElsewhere.into());
    }
    let known = &store.devices().await.unwrap()[0];
    assert_eq!((&known.room, known.name.as_str()), (&grant(), "GRANT-1"));
    let holder = store.device_by_credential(story::hash(1)).await.unwrap();
    assert_eq!(holder, Some(there.device));
    assert_eq!(store.keys().await.unwrap()[0].uses_left, 5);
}

async fn the_roster_brings_a_device_from_another_school(store: &dyn Store) {
    let there = story::named(1, "GRANT-1", Platform::Windows, Some("5CD1"));
    let there = store
        .enrol(Admission::Room(grant()), there, story::at(0))
        .await
        .unwrap();
    store.add_key(story::key(5)).await.unwrap();
    let by = Admission::Key {
        key: story::hash(900),
        roster: Some(RosterPlace {
            room: story::room("library"),
            by: MatchedBy::Serial,
        }),
    };
    let moved = story::named(2, "LIB-7", Platform::Windows, Some("5CD1"));
    let moved = store.enrol(by, moved, story::at(1)).await.unwrap();
    assert_eq!((moved.device, moved.known_before), (there.device, true));
    assert_eq!(moved.room, story::room("library"));
}

async fn a_school_s_key_takes_the_roster_s_word_for_the_room(store: &dyn Store) {
    let key = story::key_of(KeyPlace::School(story::school()), 5);
    store.add_key(key).await.unwrap();
    let unknown = store
        .enrol(story::by_key(), story::device(1, Platform::Linux), story::at(0))
        .await;
    assert_eq!(refusal(unknown), NotAdmitted::NoRoom.into());
    let by = || Admission::Key {
        key: story::hash(900),
        roster: Some(RosterPlace {
            room: story::room("library"),
            by: MatchedBy::Name,
        }),
    };
    let first = store
        .enrol(by(), story::device(1, Platform::Linux), story::at(0))
        .await
        .unwrap();
    assert_eq!(first.room, story::room("library"));
    // Re-imaged, it keeps its entry.
    let again = story::named(2, "CART-01", Platform::Linux, None);
    let again = store.enrol(by(), again, story::at(1)).await.unwrap();
    assert_eq!((again.device, again.known_before), (first.device, true));
    assert_eq!(store.keys().await.unwrap()[0].uses_left, 3);
}
