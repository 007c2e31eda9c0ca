//! People sign in with a link, once.

use super::{story, told_to_every_store};
use crate::domain::entry::EntryKind;
use crate::store::{EntryQuery, Refusal, SignInLink, StaffSession, Store, StoreError};

told_to_every_store! {
    a_link_signs_in_one_browser_and_no_other,
    a_link_that_ended_signs_nobody_in,
    signing_out_ends_the_session,
    what_has_ended_is_forgotten,
}

fn link(number: u32) -> SignInLink {
    SignInLink {
        token: story::hash(number),
        ends: story::at(60),
    }
}

fn session(number: u32) -> StaffSession {
    StaffSession {
        cookie: story::hash(number),
        name: None,
        ends: story::at(720),
    }
}

async fn a_link_signs_in_one_browser_and_no_other(store: &dyn Store) {
    store.add_link(link(1)).await.unwrap();
    let spend = |cookie| store.spend_link(story::hash(1), session(cookie), story::at(1));
    let (one, other) = futures_util::future::join(spend(10), spend(11)).await;
    assert_eq!([one.is_ok(), other.is_ok()], [true, false]);
    assert!(matches!(other, Err(StoreError::Refused(Refusal::LinkSpent))));

    let held = |cookie, minute| store.staff_session(story::hash(cookie), story::at(minute));
    assert_eq!(held(10, 2).await.unwrap(), Some(session(10)));
    assert_eq!(held(11, 2).await.unwrap(), None);
    assert_eq!(held(10, 720).await.unwrap(), None, "a session ends");

    let entries = store.entries(EntryQuery::default()).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].entry.kind, EntryKind::StaffSignedIn);
}

async fn a_link_that_ended_signs_nobody_in(store: &dyn Store) {
    store.add_link(link(1)).await.unwrap();
    let late = store.spend_link(story::hash(1), session(10), story::at(60)).await;
    assert!(
        matches!(late, Err(StoreError::Refused(Refusal::LinkEnded(_)))),
        "{late:?}"
    );
    assert_eq!(
        store.staff_session(story::hash(10), story::at(60)).await.unwrap(),
        None
    );
}

async fn signing_out_ends_the_session(store: &dyn Store) {
    store.add_link(link(1)).await.unwrap();
    store
        .spend_link(story::hash(1), session(10), story::at(1))
        .await
        .unwrap();
    store.end_session(story::hash(10)).await.unwrap();
    store.end_session(story::hash(10)).await.unwrap();
    assert_eq!(
        store.staff_session(story::hash(10), story::at(2)).await.unwrap(),
        None
    );
}

async fn what_has_ended_is_forgotten(store: &dyn Store) {
    store.add_link(link(1)).await.unwrap();
    store.add_link(link(2)).await.unwrap();
    store
        .spend_link(story::hash(2), session(10), story::at(1))
        .await
        .unwrap();
    store.add_key(story::key(1)).await.unwrap();
    assert_eq!(store.prune(story::at(59)).await.unwrap(), 0);
    assert_eq!(store.prune(story::at(60)).await.unwrap(), 2, "a link and a key");
    assert!(store.keys().await.unwrap().is_empty());
    assert_eq!(store.prune(story::at(720)).await.unwrap(), 1, "the session");
}
