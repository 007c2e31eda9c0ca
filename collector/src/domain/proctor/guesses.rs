//! Wrong room words: each makes the next try wait longer, up to a bound. Nobody is ever locked out: a teacher with
//! thirty children in front of her waits half a minute at the worst, and a new link begins anew.
//!
//! A word has 10,000 values. At the longest wait one address tries 420 of them while a link lasts (3.5 h), and all
//! addresses together about 2,500; both only with the sheet in hand. What was tried is counted, and the coordinator
//! sees it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use roomready_shared::ids::ProctorLinkId;

/// Links and addresses whose wrong words are remembered. Above it the one that was quiet for longest is forgotten.
const MOST_REMEMBERED: usize = 4_096;
/// A wrong word is forgotten after this: a misheard word at eight is no reason to wait at nine.
const FORGOTTEN_AFTER_MS: u64 = 15 * 60 * 1_000;

/// How waiting grows: so many wrong words are free, then the first wait, doubled each time up to the longest.
struct Pace {
    free: u32,
    first: Duration,
    longest: Duration,
}

/// For one address at one link. Two mistakes are human.
const ONE_ADDRESS: Pace = Pace {
    free: 2,
    first: Duration::from_secs(2),
    longest: Duration::from_secs(30),
};
/// For all addresses at one link together: a network of guessers is slowed, and the proctor among them waits little.
const ALL_ADDRESSES: Pace = Pace {
    free: 30,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(5),
};

/// Whoever tries, as far as the network tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(IpAddr);

impl Origin {
    /// An address. Of IPv6 only the network counts: every device owns as many addresses in it as it likes.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(IpAddr::V4(v4)),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

/// Wrong words of late, by link and by who gave them; `None` is everybody at that link.
#[derive(Debug, Default)]
pub struct Guesses(BTreeMap<(ProctorLinkId, Option<Origin>), Wrong>);

#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    last_ms: u64,
}

impl Guesses {
    /// How long the next try at this link from there has to wait.
    #[must_use]
    pub fn wait(&self, link: ProctorLinkId, origin: Origin, mono_ms: u64) -> Duration {
        let left = |who, pace: &Pace| {
            let Some(wrong) = self.0.get(&(link, who)).filter(|wrong| wrong.is_fresh(mono_ms)) else {
                return Duration::ZERO;
            };
            let passed = Duration::from_millis(mono_ms.saturating_sub(wrong.last_ms));
            pace.wait(wrong.times).saturating_sub(passed)
        };
        left(Some(origin), &ONE_ADDRESS).max(left(None, &ALL_ADDRESSES))
    }

    /// Remembers a wrong word, and says how long the next try has to wait.
    pub fn wrong(&mut self, link: ProctorLinkId, origin: Origin, mono_ms: u64) -> Duration {
        for who in [Some(origin), None] {
            let wrong = self.0.entry((link, who)).or_insert(Wrong {
                times: 0,
                last_ms: mono_ms,
            });
            if !wrong.is_fresh(mono_ms) {
                wrong.times = 0;
            }
            wrong.times = wrong.times.saturating_add(1);
            wrong.last_ms = mono_ms;
        }
        while self.0.len() > MOST_REMEMBERED
            && let Some(oldest) = self
                .0
                .iter()
                .min_by_key(|(_, wrong)| wrong.last_ms)
                .map(|(key, _)| *key)
        {
            self.0.remove(&oldest);
        }
        self.wait(link, origin, mono_ms)
    }

    /// A right word: whoever gave it begins anew. What others tried stays.
    pub fn right(&mut self, link: ProctorLinkId, origin: Origin) {
        self.0.remove(&(link, Some(origin)));
    }

    /// Wrong words at a link of late, from everywhere together.
    #[must_use]
    pub fn tried(&self, link: ProctorLinkId, mono_ms: u64) -> u32 {
        let all = self.0.get(&(link, None)).filter(|wrong| wrong.is_fresh(mono_ms));
        all.map_or(0, |wrong| wrong.times)
    }
}

impl Wrong {
    const fn is_fresh(self, mono_ms: u64) -> bool {
        mono_ms.saturating_sub(self.last_ms) < FORGOTTEN_AFTER_MS
    }
}

impl Pace {
    fn wait(&self, times: u32) -> Duration {
        match times.checked_sub(self.free + 1) {
            None => Duration::ZERO,
            Some(over) => self.first.saturating_mul(1 << over.min(16)).min(self.longest),
        }
    }
}
