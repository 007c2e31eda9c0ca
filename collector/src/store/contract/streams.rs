//! News is stored once, in order, and nothing that was acknowledged is missing.

use roomready_shared::facts::Platform;
use roomready_shared::units::Bytes;
use roomready_shared::wire::v1::{Lost, LostReason};

use super::{story, told_to_every_store};
use crate::domain::event_time::{Basis, DeviceClocks, EventTime, Exchange};
use crate::store::{Accepted, Arrival, Offered, Refusal, Store, StoreError};

told_to_every_store! {
    news_is_stored_in_order_and_acknowledged,
    a_report_sent_twice_is_stored_once,
    the_same_report_many_times_at_once_is_stored_once,
    a_gap_is_answered_with_the_number_wanted_and_nothing_is_taken,
    what_a_device_lost_it_declares_and_the_stream_goes_on,
    a_stream_belongs_to_one_device,
    a_healed_outbox_begins_a_stream_of_its_own,
    a_device_that_is_not_enrolled_is_not_heard,
    a_record_that_is_not_understood_is_kept_aside_for_a_week,
    facts_grow_together_and_an_old_reading_hides_no_new_one,
    records_are_read_back_as_they_came,
    a_record_lies_there_with_its_time_and_what_it_was_dated_by,
}

fn seqs(accepted: &Accepted) -> Vec<u64> {
    accepted.fresh.iter().map(|fresh| fresh.dated.news.seq).collect()
}

async fn news_is_stored_in_order_and_acknowledged(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    assert_eq!(store.next_wanted(device, story::stream(1)).await.unwrap(), 1);
    let accepted = store
        .accept(story::starts(device, story::stream(1), 1..=3))
        .await
        .unwrap();
    assert_eq!((accepted.acked_through, accepted.expected), (3, None));
    assert_eq!(seqs(&accepted), [1, 2, 3]);
    assert_eq!(
        accepted
            .fresh
            .iter()
            .map(|fresh| fresh.arrival.0)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(store.next_wanted(device, story::stream(1)).await.unwrap(), 4);

    let known = &store.devices().await.unwrap()[0];
    assert_eq!(known.stream.unwrap().next_wanted, 4);
    assert_eq!(known.last_news_at, Some(story::at(0)));
    assert_eq!(known.facts, None);
}

async fn a_report_sent_twice_is_stored_once(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let report = story::starts(device, story::stream(1), 1..=3);
    store.accept(report.clone()).await.unwrap();
    let again = store.accept(report).await.unwrap();
    assert_eq!(
        (again.acked_through, again.expected, seqs(&again)),
        (3, None, vec![])
    );
    let longer = store
        .accept(story::starts(device, story::stream(1), 2..=5))
        .await
        .unwrap();
    assert_eq!((longer.acked_through, seqs(&longer)), (5, vec![4, 5]));
    assert_eq!(store.news_after(Arrival(0)).await.unwrap().len(), 5);
}

async fn the_same_report_many_times_at_once_is_stored_once(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let report = story::starts(device, story::stream(1), 1..=8);
    let answers = futures_util::future::join_all((0..50).map(|_| store.accept(report.clone()))).await;
    let mut stored = 0;
    for accepted in answers {
        let accepted = accepted.unwrap();
        assert_eq!(accepted.acked_through, 8);
        stored += accepted.fresh.len();
    }
    assert_eq!(stored, 8);
    assert_eq!(store.news_after(Arrival(0)).await.unwrap().len(), 8);
}

async fn a_gap_is_answered_with_the_number_wanted_and_nothing_is_taken(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    store
        .accept(story::starts(device, story::stream(1), 1..=2))
        .await
        .unwrap();
    let gap = store
        .accept(story::starts(device, story::stream(1), 5..=6))
        .await
        .unwrap();
    assert_eq!(
        (gap.acked_through, gap.expected, seqs(&gap)),
        (2, Some(3), vec![])
    );
    let filled = store
        .accept(story::starts(device, story::stream(1), 3..=6))
        .await
        .unwrap();
    assert_eq!((filled.acked_through, filled.expected), (6, None));
}

async fn what_a_device_lost_it_declares_and_the_stream_goes_on(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let mut report = story::starts(device, story::stream(1), 40..=41);
    report.lost = vec![Lost {
        from: 1,
        to: 39,
        why: LostReason::Full,
    }];
    let accepted = store.accept(report.clone()).await.unwrap();
    assert_eq!((accepted.acked_through, accepted.expected), (41, None));
    assert_eq!(accepted.lost, report.lost);
    let other = story::enrolled(store, 2).await;
    let before = story::at(0) - jiff::SignedDuration::from_millis(1);
    assert!(store.lost_after(device, before).await.unwrap());
    assert!(!store.lost_after(device, story::at(0)).await.unwrap());
    assert!(!store.lost_after(other, before).await.unwrap());
    let again = store.accept(report).await.unwrap();
    assert_eq!((again.acked_through, again.lost), (41, vec![]));
}

async fn a_stream_belongs_to_one_device(store: &dyn Store) {
    let (one, other) = (story::enrolled(store, 1).await, story::enrolled(store, 2).await);
    store
        .accept(story::starts(one, story::stream(1), 1..=2))
        .await
        .unwrap();
    let theft = store.accept(story::starts(other, story::stream(1), 3..=3)).await;
    let Err(StoreError::Refused(refusal)) = theft else {
        panic!("one device spoke for another: {theft:?}");
    };
    assert_eq!(refusal, Refusal::StreamOfAnother(story::stream(1)));
    assert!(store.next_wanted(other, story::stream(1)).await.is_err());
    assert_eq!(store.next_wanted(one, story::stream(1)).await.unwrap(), 3);
}

async fn a_healed_outbox_begins_a_stream_of_its_own(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    store
        .accept(story::starts(device, story::stream(1), 1..=9))
        .await
        .unwrap();
    let mut healed = story::starts(device, story::stream(2), 1..=1);
    healed.received_at = story::at(5);
    assert_eq!(store.accept(healed).await.unwrap().acked_through, 1);
    let latest = store.devices().await.unwrap()[0].stream.unwrap();
    assert_eq!((latest.stream, latest.next_wanted), (story::stream(2), 2));
}

async fn a_device_that_is_not_enrolled_is_not_heard(store: &dyn Store) {
    let stranger = story::device(7, Platform::Linux).id;
    let answer = store
        .accept(story::starts(stranger, story::stream(1), 1..=1))
        .await;
    assert!(matches!(answer, Err(StoreError::Refused(Refusal::DeviceUnknown(id))) if id == stranger));
    assert!(store.news_after(Arrival(0)).await.unwrap().is_empty());
}

async fn a_record_that_is_not_understood_is_kept_aside_for_a_week(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let mut report = story::starts(device, story::stream(1), 1..=3);
    report.news[1] = story::unreadable(2);
    let accepted = store.accept(report.clone()).await.unwrap();
    assert_eq!((accepted.acked_through, seqs(&accepted)), (3, vec![1, 3]));
    assert_eq!(accepted.refused.len(), 1);
    assert_eq!(accepted.refused[0].seq, 2);
    let again = store.accept(report.clone()).await.unwrap();
    assert_eq!(
        again.refused, accepted.refused,
        "the first reply may have been lost"
    );

    let kept = store.refused(10).await.unwrap();
    assert_eq!(kept.len(), 1, "kept once");
    let Offered::NotUnderstood { raw, why } = &report.news[1] else {
        unreachable!()
    };
    assert_eq!((&kept[0].raw, &kept[0].why, kept[0].device), (raw, why, device));

    let week = 7 * 24 * 60;
    assert_eq!(store.prune(story::at(week)).await.unwrap(), 0);
    assert_eq!(store.prune(story::at(week + 1)).await.unwrap(), 1);
    assert!(store.refused(10).await.unwrap().is_empty());
}

async fn facts_grow_together_and_an_old_reading_hides_no_new_one(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let mut report = story::batch(device, story::stream(1), 1);
    report.news = vec![
        story::understood(story::free_disk(1, 40, 30)),
        story::understood(story::free_disk(2, 90, 10)),
    ];
    store.accept(report).await.unwrap();
    let mut later = story::batch(device, story::stream(1), 3);
    later.news = vec![story::understood(story::free_disk(3, 12, 40))];
    store.accept(later).await.unwrap();

    let facts = store.devices().await.unwrap().remove(0).facts.unwrap();
    let disk = facts.disk.as_ref().unwrap();
    assert_eq!(disk.value().unwrap().free, Bytes::from_mib(12 * 1024));
    assert_eq!(disk.at, story::at(40));
}

async fn records_are_read_back_as_they_came(store: &dyn Store) {
    let (one, other) = (story::enrolled(store, 1).await, story::enrolled(store, 2).await);
    let mut report = story::starts(one, story::stream(1), 1..=2);
    report.news[1] = story::understood(story::free_disk(2, 40, 30));
    store.accept(report.clone()).await.unwrap();
    store
        .accept(story::starts(other, story::stream(2), 1..=1))
        .await
        .unwrap();

    let all = store.news_after(Arrival(0)).await.unwrap();
    assert_eq!(
        all.iter().map(|news| news.arrival.0).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(story::understood(all[1].news.clone()), report.news[1]);
    assert_eq!(all[1].time.at, all[1].news.at);
    assert_eq!((all[1].device, all[1].stream), (one, story::stream(1)));
    assert_eq!(all[1].received_at, story::at(0));
    assert_eq!(store.news_after(Arrival(2)).await.unwrap(), all[2..]);
    let newest_first = store.news_of(one, 10).await.unwrap();
    assert_eq!(newest_first, [all[1].clone(), all[0].clone()]);
    assert_eq!(store.news_of(one, 1).await.unwrap(), [all[1].clone()]);
}

async fn a_record_lies_there_with_its_time_and_what_it_was_dated_by(store: &dyn Store) {
    let device = story::enrolled(store, 1).await;
    let mut report = story::starts(device, story::stream(1), 1..=2);
    let inferred = EventTime {
        at: story::at(3),
        plus_minus_ms: 60_000,
        basis: Basis::Inferred,
    };
    let Offered::Understood(second) = &mut report.news[1] else {
        unreachable!()
    };
    second.time = inferred;
    report.clocks.learn(&Exchange {
        live: &story::live(),
        received: story::at(4),
    });
    store.accept(report.clone()).await.unwrap();

    let times = store.news_after(Arrival(0)).await.unwrap();
    let times: Vec<_> = times.iter().map(|news| news.time).collect();
    assert_eq!(times, [EventTime::measured(story::at(1), 7), inferred]);
    let known = store.devices().await.unwrap().remove(0);
    assert_eq!(known.stream.unwrap().latest, Some(inferred));
    assert_eq!(known.clocks, report.clocks);
    assert_eq!(known.clocks.anchors().len(), 1);

    // The same again dates nothing anew.
    let mut again = report.clone();
    again.clocks = DeviceClocks::default();
    store.accept(again).await.unwrap();
    let known = store.devices().await.unwrap().remove(0);
    assert_eq!(known.stream.unwrap().latest, Some(inferred));
    assert_eq!(known.clocks, report.clocks);
}
