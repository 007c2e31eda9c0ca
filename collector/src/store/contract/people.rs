//! People, the links that open something once, and signed-in browsers.

use super::{story, told_to_every_store};
use crate::domain::entry::EntryKind;
use crate::limits;
use crate::store::{EntryQuery, OneTimeLink, Opens, Refusal, Store, StoreError};

told_to_every_store! {
    a_name_belongs_to_one_open_account_whatever_its_capitals,
    a_link_signs_in_one_browser_and_no_other,
    a_link_that_ended_signs_nobody_in,
    a_link_signs_in_its_own_account_only,
    signing_out_ends_the_sign_in_and_is_written_once,
    a_sign_in_ends_when_it_is_not_used_and_when_its_day_is_over,
    one_sign_in_too_many_ends_the_one_that_was_used_longest_ago,
    what_has_ended_is_forgotten,
}

async fn ada(store: &dyn Store) -> crate::store::Account {
    let account = story::account(1, "Ada Byron");
    store
        .add_account(account.clone(), story::entry_about(&account))
        .await
        .unwrap();
    account
}

async fn a_name_belongs_to_one_open_account_whatever_its_capitals(store: &dyn Store) {
    let ada = ada(store).await;
    let other = story::account(2, "ADA BYRON");
    let refused = store.add_account(other.clone(), story::entry_about(&other)).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(Refusal::NameTaken(_)))),
        "{refused:?}"
    );
    assert_eq!(store.accounts().await.unwrap(), [ada]);
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    assert_eq!(entries.len(), 1, "what is refused leaves no line");
}

async fn a_link_signs_in_one_browser_and_no_other(store: &dyn Store) {
    let ada = ada(store).await;
    store.add_link(story::sign_in_link(1, &ada)).await.unwrap();
    let spend = |cookie| {
        store.spend_link(
            story::hash(1),
            story::session(cookie, &ada),
            story::entry_about(&ada),
        )
    };
    let (one, other) = futures_util::future::join(spend(10), spend(11)).await;
    assert_eq!([one.is_ok(), other.is_ok()], [true, false]);
    assert!(matches!(other, Err(StoreError::Refused(Refusal::LinkSpent))));
    let here = store
        .signed_in(story::hash(10), story::at(2))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (here.account, here.session),
        (ada.clone(), story::session(10, &ada))
    );
    assert_eq!(
        store.signed_in(story::hash(11), story::at(2)).await.unwrap(),
        None
    );
}

async fn a_link_that_ended_signs_nobody_in(store: &dyn Store) {
    let ada = ada(store).await;
    let link = OneTimeLink {
        ends: story::at(1),
        ..story::sign_in_link(1, &ada)
    };
    store.add_link(link).await.unwrap();
    let session = story::session(10, &ada);
    let late = store
        .spend_link(story::hash(1), session, story::entry_about(&ada))
        .await;
    assert!(
        matches!(late, Err(StoreError::Refused(Refusal::LinkEnded(_)))),
        "{late:?}"
    );
    let looked = store.link(story::hash(1), story::at(1)).await;
    assert!(
        matches!(looked, Err(StoreError::Refused(Refusal::LinkEnded(_)))),
        "{looked:?}"
    );
}

async fn a_link_signs_in_its_own_account_only(store: &dyn Store) {
    let ada = ada(store).await;
    let bob = story::account(2, "Bob Moss");
    store
        .add_account(bob.clone(), story::entry_about(&bob))
        .await
        .unwrap();
    for (number, opens) in [
        (1, Opens::SignIn(bob.id)),
        (2, Opens::Recover(ada.id)),
        (3, Opens::SetUp),
    ] {
        let link = OneTimeLink {
            opens,
            ..story::sign_in_link(number, &ada)
        };
        store.add_link(link.clone()).await.unwrap();
        assert_eq!(store.link(link.token, story::at(1)).await.unwrap(), link);
        let tried = store
            .spend_link(
                story::hash(number),
                story::session(10, &ada),
                story::entry_about(&ada),
            )
            .await;
        assert!(tried.is_err(), "{opens:?}");
        assert!(
            store.link(link.token, story::at(1)).await.is_ok(),
            "what is refused spends nothing"
        );
    }
}

async fn signing_out_ends_the_sign_in_and_is_written_once(store: &dyn Store) {
    let ada = ada(store).await;
    let session = story::session(10, &ada);
    let begun = store.begin_session(session.clone(), story::entry_about(&ada));
    begun.await.unwrap();
    for _ in 0..2 {
        store
            .end_session(session.id, story::entry_about(&ada))
            .await
            .unwrap();
    }
    assert_eq!(store.signed_in(session.cookie, story::at(2)).await.unwrap(), None);
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.entry.kind).collect();
    assert_eq!(kinds, [EntryKind::AccountCreated; 3]);
}

async fn a_sign_in_ends_when_it_is_not_used_and_when_its_day_is_over(store: &dyn Store) {
    let ada = ada(store).await;
    let session = story::session(10, &ada);
    let begun = store.begin_session(session.clone(), story::entry_about(&ada));
    begun.await.unwrap();
    let idle = i64::try_from(limits::SIGN_IN_IDLE.as_secs() / 60).unwrap();
    let holds = async |minute| {
        let held = store.signed_in(session.cookie, story::at(minute)).await;
        held.unwrap().is_some()
    };
    assert!(holds(idle).await);
    assert!(!holds(idle + 1).await, "nobody used it since minute 1");
    for minute in (1..720).step_by(60) {
        store.touch_session(session.id, story::at(minute)).await.unwrap();
    }
    assert!(holds(719).await);
    assert!(!holds(720).await, "its day is over");
}

async fn one_sign_in_too_many_ends_the_one_that_was_used_longest_ago(store: &dyn Store) {
    let ada = ada(store).await;
    let most = limits::MOST_SIGN_INS_OF_A_PERSON;
    for number in 0..=most {
        let session = story::session(100 + number, &ada);
        let begun = store.begin_session(session.clone(), story::entry_about(&ada));
        begun.await.unwrap();
        if number == 0 {
            store.touch_session(session.id, story::at(5)).await.unwrap();
        }
    }
    let holds = async |number| {
        let held = store.signed_in(story::hash(number), story::at(6)).await;
        held.unwrap().is_some()
    };
    assert!(holds(100).await, "the first one is in use");
    assert!(holds(100 + most).await, "the newest one");
    let mut held = 0;
    for number in 100..=100 + most {
        held += u32::from(holds(number).await);
    }
    assert_eq!(held, most);
}

async fn what_has_ended_is_forgotten(store: &dyn Store) {
    let ada = ada(store).await;
    store.add_link(story::sign_in_link(1, &ada)).await.unwrap();
    let begun = store.begin_session(story::session(10, &ada), story::entry_about(&ada));
    begun.await.unwrap();
    store.add_key(story::key(1)).await.unwrap();
    assert_eq!(store.prune(story::at(59)).await.unwrap(), 0);
    assert_eq!(store.prune(story::at(60)).await.unwrap(), 2, "a link and a key");
    assert!(store.keys().await.unwrap().is_empty());
    assert_eq!(store.prune(story::at(720)).await.unwrap(), 1, "the sign-in");
}
