//! What becomes of accounts.

use futures_util::future::join;

use super::{story, told_to_every_store};
use crate::access::Role;
use crate::domain::entry::{Actor, EntryKind, NewEntry};
use crate::store::{
    Account, AccountChange, Changed, EntryQuery, OneTimeLink, Opens, Refusal, SecondFactor, Store, StoreError,
};

told_to_every_store! {
    the_first_account_is_made_by_the_set_up_link_and_only_while_there_is_none,
    an_account_is_found_by_its_name_whatever_the_capitals_until_it_is_closed,
    a_new_password_ends_other_sign_ins_and_every_link,
    a_recovery_link_is_spent_with_the_password_that_it_permits,
    a_later_recovery_link_ends_the_earlier_one,
    a_code_is_used_once_even_when_it_comes_twice_at_the_same_time,
    a_closed_account_signs_nobody_in_and_gives_its_name_free,
    there_is_always_one_administrator,
    somebody_ends_their_other_sign_ins_and_nobody_else_s,
}

fn change(account: &Account, changed: Changed) -> AccountChange {
    AccountChange {
        account: account.id,
        changed,
        at: story::at(5),
        by_link: None,
        entries: vec![NewEntry::account_changed(
            story::at(5),
            Actor::Console,
            account.id,
            false,
            account.role,
            "",
        )],
    }
}

fn password(keep: Option<&crate::store::BrowserSession>) -> Changed {
    Changed::Password {
        hash: "$argon2id$x".to_owned(),
        keep: keep.map(|session| session.id),
    }
}

async fn add(store: &dyn Store, number: u32, name: &str, role: Role) -> Account {
    let account = Account {
        role,
        ..story::account(number, name)
    };
    store
        .add_account(account.clone(), story::entry_about(&account))
        .await
        .unwrap();
    account
}

async fn sign_in(store: &dyn Store, number: u32, account: &Account) -> crate::store::BrowserSession {
    let session = story::session(number, account);
    store
        .begin_session(session.clone(), story::entry_about(account))
        .await
        .unwrap();
    session
}

async fn is_in(store: &dyn Store, number: u32) -> bool {
    let found = store.signed_in(story::hash(number), story::at(6)).await.unwrap();
    found.is_some()
}

fn refused_as(answer: Result<(), StoreError>) -> Refusal {
    match answer {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn link(number: u32, opens: Opens) -> OneTimeLink {
    OneTimeLink {
        token: story::hash(number),
        opens,
        ends: story::at(60),
    }
}

async fn the_first_account_is_made_by_the_set_up_link_and_only_while_there_is_none(store: &dyn Store) {
    store.add_link(link(1, Opens::SetUp)).await.unwrap();
    store.add_link(link(2, Opens::SetUp)).await.unwrap();
    let make = |token: u32, number: u32, name: &str| {
        let account = story::account(number, name);
        let session = story::session(number, &account);
        let entries = vec![story::entry_about(&account); 2];
        store.add_first_account(story::hash(token), account, session, entries)
    };
    let (one, other) = join(make(1, 10, "Ada Byron"), make(2, 11, "Bob Moss")).await;
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert!(is_in(store, 10).await || is_in(store, 11).await);
    assert!(make(1, 12, "Eve").await.is_err());
    assert_eq!(store.accounts().await.unwrap().len(), 1);
    assert_eq!(store.entries(EntryQuery::default()).await.unwrap().len(), 2);
}

async fn an_account_is_found_by_its_name_whatever_the_capitals_until_it_is_closed(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Technician).await;
    assert_eq!(store.account(ada.id).await.unwrap(), Some(ada.clone()));
    assert_eq!(store.account_named("aDA bYRON").await.unwrap(), Some(ada.clone()));
    assert_eq!(store.account_named("Ada").await.unwrap(), None);
    store.change_account(change(&ada, Changed::Closed)).await.unwrap();
    assert_eq!(store.account_named("Ada Byron").await.unwrap(), None);
    let closed = store.account(ada.id).await.unwrap().unwrap();
    assert_eq!(closed.closed_at, Some(story::at(5)));
}

async fn a_new_password_ends_other_sign_ins_and_every_link(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Technician).await;
    let here = sign_in(store, 10, &ada).await;
    sign_in(store, 11, &ada).await;
    store.add_link(link(20, Opens::SignIn(ada.id))).await.unwrap();
    store
        .change_account(change(&ada, password(Some(&here))))
        .await
        .unwrap();
    assert!(is_in(store, 10).await && !is_in(store, 11).await);
    assert!(store.link(story::hash(20), story::at(6)).await.is_err());
    let kept = store.account(ada.id).await.unwrap().unwrap();
    assert_eq!(kept.password.as_deref(), Some("$argon2id$x"));
    store
        .change_account(change(&ada, Changed::PasswordRenewed("$argon2id$y".to_owned())))
        .await
        .unwrap();
    assert!(is_in(store, 10).await, "the same password, kept better");
}

async fn a_recovery_link_is_spent_with_the_password_that_it_permits(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Technician).await;
    let bob = add(store, 2, "Bob Moss", Role::Technician).await;
    store
        .add_recovery(link(20, Opens::Recover(ada.id)), story::entry_about(&ada))
        .await
        .unwrap();
    let by_link = |account: &Account| AccountChange {
        by_link: Some(story::hash(20)),
        ..change(account, password(None))
    };
    assert_eq!(
        refused_as(store.change_account(by_link(&bob)).await),
        Refusal::LinkSpent
    );
    store.change_account(by_link(&ada)).await.unwrap();
    assert_eq!(
        refused_as(store.change_account(by_link(&ada)).await),
        Refusal::LinkSpent
    );
    assert_eq!(store.account(bob.id).await.unwrap().unwrap().password, None);
}

async fn a_later_recovery_link_ends_the_earlier_one(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Technician).await;
    for number in [20, 21] {
        store
            .add_recovery(link(number, Opens::Recover(ada.id)), story::entry_about(&ada))
            .await
            .unwrap();
    }
    assert!(store.link(story::hash(20), story::at(1)).await.is_err());
    assert!(store.link(story::hash(21), story::at(1)).await.is_ok());
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    assert!(
        entries
            .iter()
            .all(|entry| entry.entry.kind == EntryKind::AccountCreated)
    );
    assert_eq!(entries.len(), 3);
}

async fn a_code_is_used_once_even_when_it_comes_twice_at_the_same_time(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Auditor).await;
    let factor = SecondFactor {
        secret: vec![7; 20],
        used_step: 100,
    };
    let use_code = |step| store.change_account(change(&ada, Changed::CodeUsed(step)));
    assert_eq!(
        refused_as(use_code(101).await),
        Refusal::CodeUsed,
        "there is none yet"
    );
    store
        .change_account(change(&ada, Changed::SecondFactor(Some(factor))))
        .await
        .unwrap();
    assert_eq!(refused_as(use_code(100).await), Refusal::CodeUsed);
    let (one, other) = join(use_code(101), use_code(101)).await;
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert_eq!(refused_as(use_code(99).await), Refusal::CodeUsed);
    use_code(102).await.unwrap();
    let kept = store
        .account(ada.id)
        .await
        .unwrap()
        .unwrap()
        .second_factor
        .unwrap();
    assert_eq!((kept.used_step, kept.secret.len()), (102, 20));
    store
        .change_account(change(&ada, Changed::SecondFactor(None)))
        .await
        .unwrap();
    assert_eq!(store.account(ada.id).await.unwrap().unwrap().second_factor, None);
}

async fn a_closed_account_signs_nobody_in_and_gives_its_name_free(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Technician).await;
    sign_in(store, 10, &ada).await;
    store
        .add_recovery(link(20, Opens::Recover(ada.id)), story::entry_about(&ada))
        .await
        .unwrap();
    store.change_account(change(&ada, Changed::Closed)).await.unwrap();
    assert!(!is_in(store, 10).await);
    assert!(store.link(story::hash(20), story::at(6)).await.is_err());
    for changed in [Changed::Closed, password(None)] {
        let again = store.change_account(change(&ada, changed)).await;
        assert_eq!(refused_as(again), Refusal::AccountUnknown);
    }
    add(store, 2, "Ada Byron", Role::Technician).await;
}

async fn there_is_always_one_administrator(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Administrator).await;
    let details = |role| Changed::Details {
        name: "Ada Byron".parse().unwrap(),
        role,
        schools: std::collections::BTreeSet::new(),
    };
    for changed in [Changed::Closed, details(Role::Auditor)] {
        let refused = store.change_account(change(&ada, changed)).await;
        assert_eq!(refused_as(refused), Refusal::LastAdministrator);
    }
    store
        .change_account(change(&ada, details(Role::Administrator)))
        .await
        .unwrap();
    let bob = add(store, 2, "Bob Moss", Role::Administrator).await;
    let close = |account: &Account| store.change_account(change(account, Changed::Closed));
    let (one, other) = join(close(&ada), close(&bob)).await;
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

async fn somebody_ends_their_other_sign_ins_and_nobody_else_s(store: &dyn Store) {
    let ada = add(store, 1, "Ada Byron", Role::Technician).await;
    let bob = add(store, 2, "Bob Moss", Role::Technician).await;
    let here = sign_in(store, 10, &ada).await;
    sign_in(store, 11, &ada).await;
    sign_in(store, 12, &bob).await;
    store.touch_session(here.id, story::at(3)).await.unwrap();
    let hers = store.sessions(Some(ada.id), story::at(4)).await.unwrap();
    let ids: Vec<_> = hers.iter().map(|session| session.cookie).collect();
    assert_eq!(ids, [story::hash(10), story::hash(11)], "the latest used first");
    assert_eq!(store.sessions(None, story::at(4)).await.unwrap().len(), 3);
    for _ in 0..2 {
        let entry = NewEntry::session_ended(story::at(5), ada.id, "others");
        store.end_other_sessions(here.clone(), entry).await.unwrap();
    }
    assert!(is_in(store, 10).await && !is_in(store, 11).await && is_in(store, 12).await);
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    let ended = entries
        .iter()
        .filter(|entry| entry.entry.kind == EntryKind::SessionEnded);
    assert_eq!(ended.count(), 1, "nothing ended the second time");
}
