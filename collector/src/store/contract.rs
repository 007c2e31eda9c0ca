//! One story for every backend. Each chapter is told to the store in memory and to the one on disk; what they
//! promise is the same, so a rehearsal in memory says something about the real thing.

mod access;
mod accounts;
mod devices;
mod keys;
mod outbox;
mod people;
mod proctors;
mod record;
pub(super) mod story;
mod streams;
mod watchers;

use uuid::Uuid;

use super::Store;
use super::memory::MemoryStore;
use super::sqlite::SqliteStore;

/// Tells a chapter to each backend.
macro_rules! told_to_every_store {
    ($($chapter:ident,)*) => {
        mod in_memory {
            $(
                #[tokio::test]
                async fn $chapter() {
                    let store = $crate::store::contract::in_memory();
                    super::$chapter(&store).await;
                }
            )*
        }

        mod on_disk {
            $(
                #[tokio::test]
                async fn $chapter() {
                    let folder = tempfile::tempdir().unwrap();
                    let store = $crate::store::contract::on_disk(folder.path());
                    super::$chapter(&store).await;
                    $crate::store::Store::close(&store).await.unwrap();
                }
            )*
        }
    };
}
use told_to_every_store;

fn in_memory() -> MemoryStore {
    MemoryStore::new(Uuid::from_u128(1))
}

fn on_disk(folder: &std::path::Path) -> SqliteStore {
    SqliteStore::open(folder).unwrap()
}

told_to_every_store! {
    a_closed_store_says_so,
    a_ready_store_stays_ready,
}

async fn a_closed_store_says_so(store: &dyn Store) {
    store.close().await.unwrap();
    assert!(matches!(store.devices().await, Err(super::StoreError::Closed)));
    assert!(matches!(
        store.mark_alive(story::at(0)).await,
        Err(super::StoreError::Closed)
    ));
    assert!(matches!(store.ready().await, Err(super::StoreError::Closed)));
    store.close().await.unwrap();
}

async fn a_ready_store_stays_ready(store: &dyn Store) {
    store.ready().await.unwrap();
    store.ready().await.unwrap();
    assert_ne!(store.district(), Uuid::nil());
}
