//! Checks passwords beside the threads that answer requests, a few at a time.

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::password::NotHashed;
use super::{Password, PasswordHash};
use crate::limits;

/// Does the slow work with passwords. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Checker(Arc<Semaphore>);

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Not the password, or nobody's name, or an account without one.
    Wrong,
    /// The password.
    Right {
        /// To keep from now on, when passwords get more work than when this one was kept.
        renewed: Option<PasswordHash>,
    },
}

/// The work could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Busy {
    /// Too many wait for it already.
    #[error("too many people sign in at this moment; try again in a few seconds")]
    Full,
    /// The machine has no memory or no randomness left for it.
    #[error(transparent)]
    NotHashed(#[from] NotHashed),
    /// The work was broken off: the collector is stopping.
    #[error("the password could not be checked: the collector is stopping")]
    Interrupted,
}

/// Checked for a name that nobody has, so that the time of an answer does not tell which names exist.
static NOBODYS: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| PasswordHash::of(&Password::typed("the password of nobody")?).ok());

impl Default for Checker {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(limits::PASSWORD_CHECKS_AT_ONCE)))
    }
}

impl Checker {
    /// Whether this is the kept password. With none kept the same work is done, for nothing.
    ///
    /// # Errors
    ///
    /// When the work could not be done.
    pub async fn verify(&self, kept: Option<PasswordHash>, password: Password) -> Result<Verified, Busy> {
        self.work(move || match kept {
            None => {
                let _wasted = NOBODYS.as_ref().map(|nobodys| nobodys.is_of(&password));
                Ok(Verified::Wrong)
            }
            Some(kept) if !kept.is_of(&password) => Ok(Verified::Wrong),
            Some(kept) => {
                // A renewal that fails now succeeds at another sign-in.
                let renewed = kept
                    .is_outgrown()
                    .then(|| PasswordHash::of(&password).ok())
                    .flatten();
                Ok(Verified::Right { renewed })
            }
        })
        .await
    }

    /// What to keep of a new password.
    ///
    /// # Errors
    ///
    /// When the work could not be done.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, Busy> {
        self.work(move || Ok(PasswordHash::of(&password)?)).await
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, Busy> + Send + 'static,
    ) -> Result<T, Busy> {
        let place = timeout(limits::PASSWORD_PATIENCE, Arc::clone(&self.0).acquire_owned()).await;
        let place = place.map_err(|_| Busy::Full)?.map_err(|_| Busy::Interrupted)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, not by who waits for it: a closed connection must not free memory that is in use.
            let _place = place;
            job()
        });
        done.await.map_err(|_| Busy::Interrupted)?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    fn password(text: &str) -> Password {
        Password::typed(text).unwrap()
    }

    #[tokio::test]
    async fn the_right_password_opens_and_a_wrong_one_does_not() {
        let checker = Checker::default();
        let kept = checker.hash(password("the ferry leaves at six")).await.unwrap();
        let verify = async |kept: Option<&PasswordHash>, text| {
            checker.verify(kept.cloned(), password(text)).await.unwrap()
        };
        assert_eq!(
            verify(Some(&kept), "the ferry leaves at six").await,
            Verified::Right { renewed: None }
        );
        assert_eq!(
            verify(Some(&kept), "the ferry leaves at ten").await,
            Verified::Wrong
        );
        assert_eq!(verify(None, "the password of nobody").await, Verified::Wrong);
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_takes_as_long_as_a_wrong_password() {
        let checker = Checker::default();
        let kept = checker.hash(password("the ferry leaves at six")).await.unwrap();
        let time = async |kept: Option<PasswordHash>| {
            let begun = Instant::now();
            checker.verify(kept, password("wrong")).await.unwrap();
            begun.elapsed()
        };
        let _first_makes_it = time(None).await;
        // In turns, so that a machine that is busy for a while delays both alike; the best of each.
        let (mut nobody, mut somebody) = (Duration::MAX, Duration::MAX);
        for _ in 0..12 {
            nobody = nobody.min(time(None).await);
            somebody = somebody.min(time(Some(kept.clone())).await);
        }
        // A missing check would be more than a hundred times faster.
        assert!(
            nobody * 10 > somebody && somebody * 10 > nobody,
            "{nobody:?} {somebody:?}"
        );
    }

    #[tokio::test]
    async fn more_than_a_few_at_once_wait_for_their_turn_and_all_are_served() {
        let checker = Checker::default();
        let kept = checker.hash(password("the ferry leaves at six")).await.unwrap();
        let all = (0..4 * limits::PASSWORD_CHECKS_AT_ONCE).map(|_| {
            let (checker, kept) = (checker.clone(), kept.clone());
            tokio::spawn(async move {
                checker
                    .verify(Some(kept), password("the ferry leaves at six"))
                    .await
            })
        });
        for one in futures_util::future::join_all(all).await {
            assert!(matches!(one.unwrap(), Ok(Verified::Right { .. })));
        }
        assert_eq!(checker.0.available_permits(), limits::PASSWORD_CHECKS_AT_ONCE);
    }
}
