//! Staff computers show notices for somebody, until they may no longer.

use roomready_shared::ids::WatchTokenId;
use roomready_shared::units::ShortText;
use uuid::Uuid;

use super::{story, told_to_every_store};
use crate::domain::entry::{Actor, EntryKind, NewEntry};
use crate::limits::MOST_WATCH_TOKENS_OF_A_PERSON;
use crate::store::{Account, AccountChange, Changed, EntryQuery, Refusal, Store, StoreError, WatchToken};

told_to_every_store! {
    a_token_is_found_by_its_hash_with_its_owner_until_it_ends,
    a_token_that_its_owner_ended_is_gone_and_is_ended_once,
    every_token_ends_with_the_account_and_with_a_new_password,
    of_too_many_computers_the_one_that_was_used_longest_ago_gives_way,
    a_closed_account_gets_no_token,
    a_token_that_has_ended_is_forgotten,
}

fn token(number: u32, of: &Account) -> WatchToken {
    WatchToken {
        id: WatchTokenId::new(Uuid::from_u128(u128::from(0x33_0000 + number))),
        token: story::hash(800 + number),
        account: of.id,
        computer: ShortText::fit("OFFICE-3"),
        made_at: story::at(i64::from(number)),
        used_at: story::at(i64::from(number)),
        ends: story::at(1_000),
    }
}

async fn people(store: &dyn Store) -> (Account, Account) {
    let (one, other) = (story::account(1, "M. Reyes"), story::account(2, "A. Jones"));
    for account in [&one, &other] {
        store
            .add_account(account.clone(), story::entry_about(account))
            .await
            .unwrap();
    }
    (one, other)
}

async fn make(store: &dyn Store, token: &WatchToken) -> Result<(), StoreError> {
    let entry = NewEntry::watch_token_made(token.made_at, token.account, token.id, "OFFICE-3");
    store.add_watch_token(token.clone(), entry).await
}

async fn end(store: &dyn Store, token: &WatchToken, minute: i64) {
    let entry = NewEntry::watch_token_ended(story::at(minute), token.account, token.id, "account page");
    store.end_watch_token(token.id, entry).await.unwrap();
}

async fn holds(store: &dyn Store, token: &WatchToken, minute: i64) -> bool {
    let found = store.watcher(token.token, story::at(minute)).await.unwrap();
    found.is_some()
}

async fn change(store: &dyn Store, account: &Account, changed: Changed) {
    let change = AccountChange {
        account: account.id,
        changed,
        at: story::at(30),
        by_link: None,
        entries: vec![NewEntry::account_closed(
            story::at(30),
            Actor::Console,
            account.id,
        )],
    };
    store.change_account(change).await.unwrap();
}

async fn a_token_is_found_by_its_hash_with_its_owner_until_it_ends(store: &dyn Store) {
    let (reyes, _) = people(store).await;
    let made = token(1, &reyes);
    make(store, &made).await.unwrap();
    let found = store.watcher(made.token, story::at(999)).await.unwrap().unwrap();
    assert_eq!((found.token, found.account), (made.clone(), reyes.clone()));
    assert!(!holds(store, &made, 1_000).await, "it ends");
    assert_eq!(store.watcher(story::hash(1), story::at(5)).await.unwrap(), None);
    store.touch_watch_token(made.id, story::at(20)).await.unwrap();
    let theirs = store.watch_tokens(reyes.id, story::at(21)).await.unwrap();
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0].used_at, story::at(20));
    assert_eq!(store.watch_tokens(reyes.id, story::at(1_000)).await.unwrap(), []);
}

async fn a_token_that_its_owner_ended_is_gone_and_is_ended_once(store: &dyn Store) {
    let (reyes, _) = people(store).await;
    let (one, other) = (token(1, &reyes), token(2, &reyes));
    make(store, &one).await.unwrap();
    make(store, &other).await.unwrap();
    end(store, &one, 10).await;
    end(store, &one, 11).await;
    assert!(!holds(store, &one, 12).await);
    assert!(holds(store, &other, 12).await, "the other computer goes on");
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    let kinds = entries.iter().map(|entry| entry.entry.kind);
    let ended = kinds.filter(|kind| *kind == EntryKind::WatchTokenEnded).count();
    assert_eq!(ended, 1);
}

async fn every_token_ends_with_the_account_and_with_a_new_password(store: &dyn Store) {
    let (reyes, jones) = people(store).await;
    let (of_reyes, of_jones) = (token(1, &reyes), token(2, &jones));
    make(store, &of_reyes).await.unwrap();
    make(store, &of_jones).await.unwrap();
    let password = Changed::Password {
        hash: "$argon2id$new".to_owned(),
        keep: None,
    };
    change(store, &reyes, password).await;
    assert!(
        !holds(store, &of_reyes, 31).await,
        "whoever knew the old password may have made it"
    );
    assert!(holds(store, &of_jones, 31).await, "nobody else's ends");
    change(store, &jones, Changed::Closed).await;
    assert!(!holds(store, &of_jones, 31).await);
    assert_eq!(store.watch_tokens(jones.id, story::at(31)).await.unwrap(), []);
}

async fn of_too_many_computers_the_one_that_was_used_longest_ago_gives_way(store: &dyn Store) {
    let (reyes, jones) = people(store).await;
    let of_jones = token(900, &jones);
    make(store, &of_jones).await.unwrap();
    let tokens: Vec<_> = (1..=MOST_WATCH_TOKENS_OF_A_PERSON + 1)
        .map(|number| token(number, &reyes))
        .collect();
    for token in &tokens[..tokens.len() - 1] {
        make(store, token).await.unwrap();
    }
    store
        .touch_watch_token(tokens[0].id, story::at(500))
        .await
        .unwrap();
    make(store, tokens.last().unwrap()).await.unwrap();
    assert!(holds(store, &tokens[0], 600).await, "it was used a moment ago");
    assert!(!holds(store, &tokens[1], 600).await);
    assert!(holds(store, tokens.last().unwrap(), 600).await);
    assert!(
        holds(store, &of_jones, 600).await,
        "everybody has their own number of them"
    );
}

async fn a_closed_account_gets_no_token(store: &dyn Store) {
    let (reyes, _) = people(store).await;
    change(store, &reyes, Changed::Closed).await;
    let refused = make(store, &token(1, &reyes)).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(Refusal::AccountUnknown))),
        "{refused:?}"
    );
}

async fn a_token_that_has_ended_is_forgotten(store: &dyn Store) {
    let (reyes, _) = people(store).await;
    make(store, &token(1, &reyes)).await.unwrap();
    assert_eq!(store.prune(story::at(999)).await.unwrap(), 0);
    assert_eq!(store.prune(story::at(1_000)).await.unwrap(), 1);
}
