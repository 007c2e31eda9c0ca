//! People between their password and their code.

use std::collections::BTreeMap;

use roomready_shared::ids::AccountId;

use super::throttle::{Attempt, Mono};
use crate::limits;
use crate::secret::SecretHash;

/// Somebody whose password was right and whose code is awaited.
#[derive(Debug)]
pub struct HalfWay {
    /// Whose password it was.
    pub account: AccountId,
    /// Where they wanted to go.
    pub to: String,
    /// Taken back when the code is right: a password alone forgives nothing.
    pub attempts: Vec<Attempt>,
    /// The name as it was typed, under which mistakes are counted.
    pub typed: String,
}

/// All of them, by the hash of what their form sends back. In memory: after a restart they begin anew.
#[derive(Debug, Default)]
pub struct HalfWays(BTreeMap<SecretHash, (Mono, HalfWay)>);

impl HalfWays {
    /// Remembers somebody.
    pub fn add(&mut self, token: SecretHash, half_way: HalfWay, now: Mono) {
        self.0
            .retain(|_, (since, _)| now.saturating_sub(*since) < limits::CODE_PATIENCE);
        while self.0.len() >= limits::MOST_HALF_WAY {
            let oldest = self.0.iter().min_by_key(|(_, (since, _))| *since);
            let Some(oldest) = oldest.map(|(token, _)| *token) else {
                break;
            };
            self.0.remove(&oldest);
        }
        self.0.insert(token, (now, half_way));
    }

    /// Takes somebody out, to be put back by [`Self::put_back`] when their code was wrong.
    pub fn take(&mut self, token: SecretHash, now: Mono) -> Option<(Mono, HalfWay)> {
        let (since, half_way) = self.0.remove(&token)?;
        (now.saturating_sub(since) < limits::CODE_PATIENCE).then_some((since, half_way))
    }

    /// Puts somebody back, as long as they may still try.
    pub fn put_back(&mut self, token: SecretHash, taken: (Mono, HalfWay)) {
        self.0.insert(token, taken);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    fn half_way() -> HalfWay {
        HalfWay {
            account: AccountId::new(Uuid::nil()),
            to: "/".to_owned(),
            attempts: Vec::new(),
            typed: "maria".to_owned(),
        }
    }

    fn token(number: usize) -> SecretHash {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        SecretHash::from_bytes(bytes)
    }

    #[test]
    fn a_code_is_awaited_for_five_minutes_and_once() {
        let mut all = HalfWays::default();
        all.add(token(1), half_way(), Duration::ZERO);
        assert!(all.take(token(2), Duration::ZERO).is_none());
        let taken = all.take(token(1), Duration::from_secs(299)).unwrap();
        assert!(all.take(token(1), Duration::from_secs(299)).is_none());
        all.put_back(token(1), taken);
        assert!(all.take(token(1), Duration::from_secs(300)).is_none());
    }

    #[test]
    fn there_are_never_more_than_the_limit() {
        let mut all = HalfWays::default();
        for number in 0..2 * limits::MOST_HALF_WAY {
            all.add(token(number), half_way(), Duration::from_millis(number as u64));
        }
        assert_eq!(all.0.len(), limits::MOST_HALF_WAY);
        assert!(all.take(token(0), Duration::from_secs(3)).is_none());
    }
}
