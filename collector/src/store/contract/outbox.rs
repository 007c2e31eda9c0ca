//! A notice waits until it is delivered or given up, and is there once.

use roomready_shared::ids::TargetId;
use roomready_shared::units::ShortText;

use super::{story, told_to_every_store};
use crate::domain::entry::{Actor, NewEntry};
use crate::domain::notice::{Notice, Step, Target};
use crate::store::{Delivery, EntryQuery, NOTICES_KEPT, Page, Store, Tried};

told_to_every_store! {
    a_notice_waits_with_its_entry_and_is_there_once,
    what_failed_is_tried_after_what_has_not,
    what_was_delivered_or_given_up_is_never_tried_again,
    pages_go_both_ways,
    what_is_done_is_forgotten_after_a_week_and_what_waits_is_not,
}

fn target(id: &str) -> Target {
    Target {
        id: id.parse().unwrap(),
        name: id.parse().unwrap(),
        step: Step::First,
        schools: None,
    }
}

fn notice(to: &str, minute: i64) -> Notice {
    Notice::test(&target(to), "Cedar Valley".parse().unwrap(), story::at(minute))
}

fn id(target: &str) -> TargetId {
    target.parse().unwrap()
}

fn failed(next: Option<i64>) -> Tried {
    Tried::Failed {
        why: ShortText::fit("the mail server does not answer"),
        next: next.map(story::at),
    }
}

async fn add(store: &dyn Store, notices: Vec<Notice>) {
    store.add_notices(notices, vec![]).await.unwrap();
}

async fn a_notice_waits_with_its_entry_and_is_there_once(store: &dyn Store) {
    let notice = notice("on-call", 1);
    let entry = NewEntry::notice_tested(story::at(1), Actor::Console, &notice);
    store
        .add_notices(vec![notice.clone()], vec![entry])
        .await
        .unwrap();
    add(store, vec![notice.clone()]).await;
    let all = store.notices(Page::First, 0).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].notice, notice);
    assert_eq!(all[0].delivery, Delivery::Waiting { next: story::at(1) });
    assert_eq!(
        store.next_notice(id("on-call")).await.unwrap(),
        Some(all[0].clone())
    );
    assert_eq!(store.next_notice(id("school")).await.unwrap(), None);
    assert_eq!(store.entries(EntryQuery::default()).await.unwrap().len(), 1);
}

async fn what_failed_is_tried_after_what_has_not(store: &dyn Store) {
    let (first, second) = (notice("on-call", 1), notice("on-call", 2));
    add(store, vec![first.clone(), second.clone()]).await;
    store
        .notice_tried(first.id, failed(Some(10)), story::at(3))
        .await
        .unwrap();
    let next = store.next_notice(id("on-call")).await.unwrap().unwrap();
    assert_eq!(
        next.notice.id, second.id,
        "one that cannot be sent holds up no other"
    );
    store
        .notice_tried(second.id, Tried::Delivered, story::at(4))
        .await
        .unwrap();
    let next = store.next_notice(id("on-call")).await.unwrap().unwrap();
    assert_eq!((next.notice.id, next.failures), (first.id, 1));
    assert_eq!(next.delivery, Delivery::Waiting { next: story::at(10) });
    let (at, why) = next.failed.unwrap();
    assert_eq!(
        (at, why.as_str()),
        (story::at(3), "the mail server does not answer")
    );
}

async fn what_was_delivered_or_given_up_is_never_tried_again(store: &dyn Store) {
    let (first, second) = (notice("on-call", 1), notice("on-call", 2));
    add(store, vec![first.clone(), second.clone()]).await;
    for tried in [Tried::Delivered, failed(Some(9)), failed(None)] {
        store.notice_tried(first.id, tried, story::at(3)).await.unwrap();
    }
    for tried in [failed(None), Tried::Delivered] {
        store.notice_tried(second.id, tried, story::at(4)).await.unwrap();
    }
    assert_eq!(store.next_notice(id("on-call")).await.unwrap(), None);
    let all = store.notices(Page::First, 0).await.unwrap();
    let states: Vec<_> = all.iter().map(|known| known.delivery).collect();
    let (delivered, given_up) = (story::at(3), story::at(4));
    assert_eq!(
        states,
        [
            Delivery::Delivered { at: delivered },
            Delivery::GivenUp { at: given_up }
        ]
    );
    assert_eq!(
        all[1].failures, 1,
        "what came of it later is not the outbox's to tell"
    );
}

async fn pages_go_both_ways(store: &dyn Store) {
    let notices: Vec<_> = (0..5).map(|minute| notice("on-call", minute)).collect();
    add(store, notices.clone()).await;
    let seqs = |found: Vec<crate::store::Outgoing>| found.iter().map(|known| known.seq).collect::<Vec<_>>();
    let all = seqs(store.notices(Page::First, 0).await.unwrap());
    assert!(all.is_sorted() && all.len() == 5);
    assert_eq!(
        seqs(store.notices(Page::After(all[1]), 2).await.unwrap()),
        all[2..4]
    );
    let newest = seqs(store.notices(Page::Last, 2).await.unwrap());
    assert_eq!(newest, [all[4], all[3]]);
    assert_eq!(
        seqs(store.notices(Page::Before(all[1]), 0).await.unwrap()),
        [all[0]]
    );
}

async fn what_is_done_is_forgotten_after_a_week_and_what_waits_is_not(store: &dyn Store) {
    let (first, second) = (notice("on-call", 1), notice("on-call", 2));
    add(store, vec![first.clone(), second.clone()]).await;
    store
        .notice_tried(first.id, Tried::Delivered, story::at(3))
        .await
        .unwrap();
    assert_eq!(store.prune(story::at(3) + NOTICES_KEPT).await.unwrap(), 0);
    assert_eq!(store.prune(story::at(4) + NOTICES_KEPT).await.unwrap(), 1);
    let left = store.notices(Page::First, 0).await.unwrap();
    assert_eq!(
        left.iter().map(|known| known.notice.id).collect::<Vec<_>>(),
        [second.id]
    );
}
