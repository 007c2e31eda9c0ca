//! How often a guess may be made: delays that grow, and nobody who is locked out.
//!
//! Two measures. **By account**: the first few mistakes are free, then each costs a longer wait, up to a minute.
//! Somebody who makes mistakes on purpose could so keep the owner waiting; therefore an address from which the account
//! was opened before is measured by its own mistakes alone. **By address**: a budget of mistakes that fills up again,
//! so large that a school behind one address never sees its end, and a program that tries a list of names soon does.
//!
//! Each attempt is counted as a mistake when it begins and taken back when it succeeds: a thousand attempts at once
//! are a thousand mistakes, not one. Lives in memory only; a restart forgets it, which costs a guesser's minute.

mod bounded;

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use bounded::Bounded;

use crate::limits;

/// Time on the monotonic clock, from any beginning.
pub type Mono = Duration;

/// Counts attempts and says who must wait.
#[derive(Debug)]
pub struct Throttle {
    /// Mistakes with an account, from wherever.
    accounts: Bounded<String, Mistakes>,
    /// Mistakes with an account from an address that opened it before.
    known: Bounded<(String, IpAddr), Mistakes>,
    addresses: Bounded<IpAddr, Spent>,
}

/// An attempt under way. Counted already; give it to [`Throttle::succeeded`] when it was none.
#[derive(Debug)]
#[must_use]
pub struct Attempt {
    account: String,
    address: IpAddr,
    /// It was counted against the account as a whole, not against an address that opened it before.
    of_account: bool,
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(pub Duration);

#[derive(Debug, Clone, Copy, Default)]
struct Mistakes {
    count: u32,
    last: Mono,
}

#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    mistakes: u32,
    /// When one of them was last forgiven.
    since: Mono,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            accounts: Bounded::new(limits::MOST_THROTTLED_ACCOUNTS),
            known: Bounded::new(limits::MOST_THROTTLED_ACCOUNTS),
            addresses: Bounded::new(limits::MOST_THROTTLED_ADDRESSES),
        }
    }
}

impl Throttle {
    /// Begins an attempt to open this account (as typed: names that nobody has count too) from this address.
    ///
    /// # Errors
    ///
    /// How long to wait. An attempt that has to wait is not counted.
    pub fn begin(&mut self, account: &str, address: IpAddr, now: Mono) -> Result<Attempt, Wait> {
        let mut attempt = Attempt {
            account: account.trim().to_lowercase(),
            address: network(address),
            of_account: false,
        };
        let pair = (attempt.account.clone(), attempt.address);
        attempt.of_account = self.known.get(&pair).is_none();
        let by_account = match self.known.get(&pair) {
            Some(own) => own.wait(now),
            None => self
                .accounts
                .get(&attempt.account)
                .map_or(Duration::ZERO, |all| all.wait(now)),
        };
        let by_address = self
            .addresses
            .get(&attempt.address)
            .map_or(Duration::ZERO, |spent| spent.wait(now));
        let wait = by_account.max(by_address);
        if !wait.is_zero() {
            return Err(Wait(wait));
        }
        if attempt.of_account {
            self.accounts.change(attempt.account.clone(), |all| all.add(now));
        } else {
            self.known.change(pair, |own| own.add(now));
        }
        self.addresses.change(attempt.address, |spent| spent.add(now));
        Ok(attempt)
    }

    /// It was no mistake: what it was counted as is taken back, and from now on the address is one that opened the
    /// account before.
    pub fn succeeded(&mut self, attempt: Attempt, now: Mono) {
        let Attempt {
            account,
            address,
            of_account,
        } = attempt;
        if of_account {
            self.accounts.change(account.clone(), Mistakes::take_back);
        }
        self.known
            .change((account, address), |own| *own = Mistakes::default());
        self.addresses.change(address, |spent| {
            spent.forgive(now);
            spent.mistakes = spent.mistakes.saturating_sub(1);
        });
    }
}

impl Mistakes {
    /// Mistakes that still count: one is forgotten for each quiet stretch.
    fn counted(self, now: Mono) -> u32 {
        let quiet = now.saturating_sub(self.last).as_secs() / limits::MISTAKE_FORGOTTEN.as_secs();
        self.count
            .saturating_sub(u32::try_from(quiet).unwrap_or(u32::MAX))
    }

    fn wait(self, now: Mono) -> Duration {
        let Some(over) = self.counted(now).checked_sub(limits::FREE_MISTAKES) else {
            return Duration::ZERO;
        };
        let delay = Duration::from_secs(1_u64 << over.min(6)).min(limits::LONGEST_SIGN_IN_WAIT);
        (self.last + delay).saturating_sub(now)
    }

    fn take_back(&mut self) {
        self.count = self.count.saturating_sub(1);
    }

    fn add(&mut self, now: Mono) {
        *self = Self {
            count: self.counted(now).saturating_add(1),
            last: now,
        };
    }
}

impl Spent {
    fn forgive(&mut self, now: Mono) {
        let each = limits::ADDRESS_MISTAKE_FORGOTTEN;
        let forgiven = now.saturating_sub(self.since).as_millis() / each.as_millis();
        let forgiven = u32::try_from(forgiven).unwrap_or(u32::MAX);
        self.mistakes = self.mistakes.saturating_sub(forgiven);
        self.since = if self.mistakes == 0 {
            now
        } else {
            self.since + each * forgiven
        };
    }

    fn wait(self, now: Mono) -> Duration {
        let mut then = self;
        then.forgive(now);
        if then.mistakes < limits::ADDRESS_MISTAKES {
            return Duration::ZERO;
        }
        (then.since + limits::ADDRESS_MISTAKE_FORGOTTEN).saturating_sub(now)
    }

    fn add(&mut self, now: Mono) {
        self.forgive(now);
        self.mistakes = self.mistakes.saturating_add(1);
    }
}

impl Wait {
    /// For `Retry-After`: whole seconds, never too few.
    #[must_use]
    pub fn whole_seconds(self) -> u64 {
        self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)
    }
}

/// What counts as one address: with IPv6 the /64, which is one household's or one school's to fill as it likes.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(if six.is_loopback() {
                six
            } else {
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)
            })
        }
        four => four,
    }
}

#[cfg(test)]
mod tests;
