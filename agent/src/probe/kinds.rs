//! A set of kinds. It is asked for at every turn of the agent, so it is one number and no tree.

use std::fmt;

use super::Kind;

/// Some of the kinds of readings.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u32);

const _: () = assert!(Kind::ALL.len() <= 32, "each kind has its bit");

impl Kinds {
    /// None.
    pub const NONE: Self = Self(0);

    const fn bit(kind: Kind) -> u32 {
        1 << kind as u32
    }

    /// Whether it is one of them.
    #[must_use]
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    /// One more.
    pub const fn insert(&mut self, kind: Kind) {
        self.0 |= Self::bit(kind);
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<T: IntoIterator<Item = Kind>>(kinds: T) -> Self {
        let mut all = Self::NONE;
        kinds.into_iter().for_each(|kind| all.insert(kind));
        all
    }
}

impl<const N: usize> From<[Kind; N]> for Kinds {
    fn from(kinds: [Kind; N]) -> Self {
        kinds.into_iter().collect()
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else_in_the_order_of_kinds() {
        for kind in Kind::ALL {
            let one = Kinds::from([kind]);
            let told: Vec<_> = Kind::ALL
                .into_iter()
                .filter(|other| one.contains(*other))
                .collect();
            assert_eq!(told, [kind]);
        }
        let some = Kinds::from([Kind::Link, Kind::Os, Kind::Vendor]);
        assert_eq!(
            some.iter().collect::<Vec<_>>(),
            [Kind::Os, Kind::Vendor, Kind::Link]
        );
        assert_eq!(
            some.and(Kinds::from([Kind::Vendor, Kind::Disk])),
            Kinds::from([Kind::Vendor])
        );
        assert!(Kinds::NONE.is_empty() && !some.is_empty());
        assert_eq!(
            Kind::ALL.into_iter().collect::<Kinds>().iter().count(),
            Kind::ALL.len()
        );
    }
}
