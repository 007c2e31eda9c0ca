//! Proctors enter by links, until somebody ends them.

use roomready_shared::ids::{BrowserSessionId, ProctorId, ProctorLinkId};
use roomready_shared::units::ShortText;
use uuid::Uuid;

use super::{story, told_to_every_store};
use crate::access::Who;
use crate::domain::entry::{Actor, EntryKind};
use crate::domain::proctor::{Capacity, Proctor, ProctorLink};
use crate::secret::SecretHash;
use crate::store::{BrowserSession, EntryQuery, Refusal, Store, StoreError};

told_to_every_store! {
    a_link_and_who_entered_are_remembered_with_their_entries,
    a_link_that_was_ended_lets_nobody_in_and_lets_everybody_go,
    a_browser_that_was_let_go_is_let_go_once,
    nobody_enters_by_a_link_that_was_never_made,
}

fn link(number: u32) -> ProctorLink {
    ProctorLink {
        id: ProctorLinkId::new(Uuid::from_u128(u128::from(0x11_0000 + number))),
        token: story::hash(700 + number),
        session: "math".parse().unwrap(),
        word: "0482".parse().unwrap(),
        made_by: Actor::Staff(None),
        made_at: story::at(i64::from(number)),
        revoked_at: None,
    }
}

fn proctor(number: u32, by: &ProctorLink) -> Proctor {
    Proctor {
        id: ProctorId::new(Uuid::from_u128(u128::from(0x22_0000 + number))),
        link: by.id,
        name: "Ana Jonès".parse().unwrap(),
        capacity: Capacity::Substitute,
        entered_at: story::at(10 + i64::from(number)),
        released_at: None,
    }
}

/// The browser of a proctor; its cookie has the number of the proctor.
fn browser(proctor: &Proctor) -> BrowserSession {
    BrowserSession {
        id: BrowserSessionId::new(proctor.id.uuid()),
        cookie: cookie(proctor),
        who: Who::Proctor(proctor.id),
        browser: ShortText::fit("Firefox"),
        begun_at: proctor.entered_at,
        used_at: proctor.entered_at,
        ends: story::at(720),
    }
}

fn cookie(proctor: &Proctor) -> SecretHash {
    let mut bytes = [7; 32];
    bytes[..16].copy_from_slice(proctor.id.uuid().as_bytes());
    SecretHash::from_bytes(bytes)
}

async fn holds(store: &dyn Store, proctor: &Proctor, minute: i64) -> bool {
    let session = store
        .proctor_session(cookie(proctor), story::at(minute))
        .await
        .unwrap();
    session.is_some()
}

async fn make(store: &dyn Store, link: &ProctorLink) {
    let entry = link.made_entry(&story::room("101"));
    store.add_proctor_link(link.clone(), entry).await.unwrap();
}

async fn enter(store: &dyn Store, proctor: &Proctor, by: &ProctorLink) -> Result<(), StoreError> {
    let entry = proctor.entered_entry(by, &story::room("101"), Actor::Proctor(proctor.id));
    store
        .admit_proctor(proctor.clone(), browser(proctor), entry)
        .await
}

async fn revoke(store: &dyn Store, link: &ProctorLink, minute: i64) {
    let entry = link.revoked_entry(&story::room("101"), Actor::Staff(None), story::at(minute));
    store
        .revoke_proctor_link(link.id, story::at(minute), entry)
        .await
        .unwrap();
}

async fn kinds(store: &dyn Store) -> Vec<EntryKind> {
    let entries = store.entries(EntryQuery::default()).await.unwrap();
    entries.into_iter().map(|entry| entry.entry.kind).collect()
}

async fn a_link_and_who_entered_are_remembered_with_their_entries(store: &dyn Store) {
    make(store, &link(2)).await;
    make(store, &link(1)).await;
    enter(store, &proctor(1, &link(1)), &link(1)).await.unwrap();
    assert_eq!(
        store.proctor_links().await.unwrap(),
        [link(1), link(2)],
        "oldest first"
    );
    assert_eq!(store.proctors().await.unwrap(), [proctor(1, &link(1))]);
    assert!(holds(store, &proctor(1, &link(1)), 60).await);
    let as_account = store
        .signed_in(cookie(&proctor(1, &link(1))), story::at(60))
        .await;
    assert_eq!(as_account.unwrap(), None, "a proctor is nobody with an account");
    use EntryKind::{ProctorEntered, ProctorLinkMade};
    assert_eq!(
        kinds(store).await,
        [ProctorLinkMade, ProctorLinkMade, ProctorEntered]
    );
}

async fn a_link_that_was_ended_lets_nobody_in_and_lets_everybody_go(store: &dyn Store) {
    make(store, &link(1)).await;
    make(store, &link(2)).await;
    enter(store, &proctor(1, &link(1)), &link(1)).await.unwrap();
    enter(store, &proctor(2, &link(2)), &link(2)).await.unwrap();
    revoke(store, &link(1), 30).await;
    revoke(store, &link(1), 40).await;
    let late = enter(store, &proctor(3, &link(1)), &link(1)).await;
    assert!(
        matches!(late, Err(StoreError::Refused(Refusal::ProctorLinkRevoked))),
        "{late:?}"
    );
    let gone: Vec<_> = store
        .proctors()
        .await
        .unwrap()
        .iter()
        .map(|proctor| proctor.released_at)
        .collect();
    assert_eq!(gone, [Some(story::at(30)), None], "of this link only");
    assert!(!holds(store, &proctor(1, &link(1)), 31).await);
    assert!(holds(store, &proctor(2, &link(2)), 31).await);
    assert_eq!(
        store.proctor_links().await.unwrap()[0].revoked_at,
        Some(story::at(30))
    );
    let ended = kinds(store)
        .await
        .into_iter()
        .filter(|kind| *kind == EntryKind::ProctorLinkRevoked);
    assert_eq!(ended.count(), 1, "what is so already is not written again");
}

async fn a_browser_that_was_let_go_is_let_go_once(store: &dyn Store) {
    let (link, proctor) = (link(1), proctor(1, &link(1)));
    make(store, &link).await;
    enter(store, &proctor, &link).await.unwrap();
    assert!(holds(store, &proctor, 19).await);
    for minute in [20, 21] {
        let at = story::at(minute);
        let entry = proctor.released_entry(&link, &story::room("101"), Actor::Staff(None), at);
        store.release_proctor(proctor.id, at, entry).await.unwrap();
    }
    assert_eq!(
        store.proctors().await.unwrap()[0].released_at,
        Some(story::at(20))
    );
    assert!(!holds(store, &proctor, 22).await);
    assert_eq!(kinds(store).await.last(), Some(&EntryKind::ProctorReleased));
    assert_eq!(kinds(store).await.len(), 3);
}

async fn nobody_enters_by_a_link_that_was_never_made(store: &dyn Store) {
    let nowhere = enter(store, &proctor(1, &link(1)), &link(1)).await;
    assert!(
        matches!(nowhere, Err(StoreError::Refused(Refusal::ProctorLinkUnknown))),
        "{nowhere:?}"
    );
    assert!(kinds(store).await.is_empty());
}
