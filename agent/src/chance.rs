//! Chance: jitter needs it, rehearsals need it repeatable. A small generator with a seed of the caller's choice;
//! nothing secret is ever drawn from it.

/// A SplitMix64 sequence.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The same seed gives the same sequence.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A sequence of this start's own, so that a room of devices does not move in step.
    #[must_use]
    pub fn from_system() -> Self {
        // Without the system's randomness a fresh UUID would fail too; a fixed seed only costs spread.
        Self::from_seed(getrandom::u64().unwrap_or(0x5EED))
    }

    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Any number from `from` to `to`, both included; `from` when they are the wrong way round.
    #[must_use]
    pub const fn between(&mut self, from: u64, to: u64) -> u64 {
        let draw = self.next();
        if to <= from {
            return from;
        }
        match (to - from).checked_add(1) {
            Some(span) => from + draw % span,
            None => draw,
        }
    }

    /// Sixteen bytes, for a UUID that a rehearsal can repeat.
    #[must_use]
    pub const fn bytes(&mut self) -> [u8; 16] {
        let (high, low) = (self.next(), self.next());
        (((high as u128) << 64) | low as u128).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_repeats_and_every_draw_stays_in_its_bounds() {
        let mut one = Chance::from_seed(7);
        let mut other = Chance::from_seed(7);
        for _ in 0..1_000 {
            let draw = one.between(900, 1_000);
            assert!((900..=1_000).contains(&draw));
            assert_eq!(draw, other.between(900, 1_000));
        }
        assert_eq!(one.between(5, 5), 5);
        assert_eq!(one.between(9, 3), 9);
    }
}
