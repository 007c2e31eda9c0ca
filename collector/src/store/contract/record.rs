//! The record grows at its end and is read in pages.

use serde_json::json;

use super::{story, told_to_every_store};
use crate::domain::entry::{Actor, Body, EntryKind, NewEntry, Subject};
use crate::store::{Arrival, EntryQuery, Page, Store, Whereabouts};

told_to_every_store! {
    entries_get_their_numbers_without_a_gap,
    the_record_is_read_by_school_by_subject_and_by_time,
    the_record_is_read_in_pages_from_either_end,
    what_the_watch_has_judged_is_remembered_with_its_entries,
    the_alive_mark_is_the_latest_one,
    where_the_collector_is_found_is_as_of_its_latest_start,
}

fn incident(number: u32, minute: i64, school: &str) -> NewEntry {
    NewEntry::new(
        story::at(minute),
        Some(school.parse().unwrap()),
        Actor::Machine,
        EntryKind::IncidentOpened,
        Subject::Incident(format!("lost-{number}").parse().unwrap()),
        Body::of(&json!({"members": [number], "cause": "device"})).unwrap(),
    )
}

fn seqs(entries: &[crate::domain::entry::Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

async fn entries_get_their_numbers_without_a_gap(store: &dyn Store) {
    let first = store
        .append(
            vec![incident(1, 0, "lincoln-ms"), incident(2, 0, "lincoln-ms")],
            None,
        )
        .await
        .unwrap();
    let second = store
        .append(vec![incident(3, 1, "lincoln-ms")], None)
        .await
        .unwrap();
    assert_eq!([seqs(&first), seqs(&second)].concat(), [1, 2, 3]);
    let read = store.entries(EntryQuery::default()).await.unwrap();
    assert_eq!(read, [first, second].concat());
    assert_eq!(read[2].entry, incident(3, 1, "lincoln-ms"));
    assert!(store.append(Vec::new(), None).await.unwrap().is_empty());
}

async fn the_record_is_read_by_school_by_subject_and_by_time(store: &dyn Store) {
    let entries = vec![
        incident(1, 0, "lincoln-ms"),
        incident(2, 10, "grant-hs"),
        incident(1, 20, "lincoln-ms"),
        NewEntry::new(
            story::at(30),
            None,
            Actor::System,
            EntryKind::CollectorStarted,
            Subject::Collector,
            Body::empty(),
        ),
    ];
    store.append(entries, None).await.unwrap();
    let found = |query| async { seqs(&store.entries(query).await.unwrap()) };
    let all = EntryQuery::default;

    let school = EntryQuery {
        school: Some(story::school()),
        ..all()
    };
    assert_eq!(found(school).await, [1, 3]);
    let subject = Subject::Incident("lost-2".parse().unwrap());
    assert_eq!(
        found(EntryQuery {
            subject: Some(subject),
            ..all()
        })
        .await,
        [2]
    );
    let time = EntryQuery {
        since: Some(story::at(10)),
        until: Some(story::at(30)),
        ..all()
    };
    assert_eq!(found(time.clone()).await, [2, 3]);
    assert_eq!(
        found(EntryQuery {
            school: Some(story::school()),
            ..time
        })
        .await,
        [3]
    );
}

async fn the_record_is_read_in_pages_from_either_end(store: &dyn Store) {
    let entries = (0..7).map(|number| incident(number, 0, "lincoln-ms")).collect();
    store.append(entries, None).await.unwrap();
    for (page, expected) in [
        (Page::First, vec![1, 2, 3]),
        (Page::After(3), vec![4, 5, 6]),
        (Page::After(6), vec![7]),
        (Page::After(7), vec![]),
        (Page::Last, vec![7, 6, 5]),
        (Page::Before(5), vec![4, 3, 2]),
        (Page::Before(1), vec![]),
    ] {
        let query = EntryQuery {
            page,
            limit: 3,
            ..EntryQuery::default()
        };
        assert_eq!(seqs(&store.entries(query).await.unwrap()), expected, "{page:?}");
    }
}

async fn what_the_watch_has_judged_is_remembered_with_its_entries(store: &dyn Store) {
    assert_eq!(store.judged().await.unwrap(), Arrival(0));
    store
        .append(vec![incident(1, 0, "lincoln-ms")], Some(Arrival(12)))
        .await
        .unwrap();
    assert_eq!(store.judged().await.unwrap(), Arrival(12));
    store.append(Vec::new(), Some(Arrival(15))).await.unwrap();
    store.append(Vec::new(), None).await.unwrap();
    store.append(Vec::new(), Some(Arrival(3))).await.unwrap();
    assert_eq!(store.judged().await.unwrap(), Arrival(15), "it never goes back");
}

async fn the_alive_mark_is_the_latest_one(store: &dyn Store) {
    assert_eq!(store.last_alive().await.unwrap(), None);
    store.mark_alive(story::at(1)).await.unwrap();
    store.mark_alive(story::at(2)).await.unwrap();
    assert_eq!(store.last_alive().await.unwrap(), Some(story::at(2)));
    // A clock that was set back: the mark says what the clock said.
    store.mark_alive(story::at(1)).await.unwrap();
    assert_eq!(store.last_alive().await.unwrap(), Some(story::at(1)));
}

async fn where_the_collector_is_found_is_as_of_its_latest_start(store: &dyn Store) {
    assert_eq!(store.whereabouts().await.unwrap(), None);
    let first = Whereabouts {
        people: "http://127.0.0.1:8480".into(),
        devices: vec!["http://127.0.0.1:8480".into()],
        by_private_ca: false,
    };
    store.keep_whereabouts(first.clone()).await.unwrap();
    let later = Whereabouts {
        people: "https://rooms.example:443".into(),
        devices: vec![
            "https://collector.example:8443".into(),
            "https://10.2.0.5:8443".into(),
        ],
        by_private_ca: true,
    };
    store.keep_whereabouts(later.clone()).await.unwrap();
    assert_eq!(store.whereabouts().await.unwrap(), Some(later));
}
