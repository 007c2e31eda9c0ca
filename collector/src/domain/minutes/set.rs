//! Sets of moments, as sorted stretches of milliseconds that neither touch nor overlap.

/// Moments in milliseconds since 1970 UTC; each stretch holds its first moment and not its last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<(i64, i64)>);

impl Set {
    /// All moments of these stretches; one that ends before it begins holds none.
    pub(super) fn of(stretches: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut sorted: Vec<_> = stretches
            .into_iter()
            .filter(|(from, until)| from < until)
            .collect();
        sorted.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::with_capacity(sorted.len());
        for (from, until) in sorted {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => apart.push((from, until)),
            }
        }
        Self(apart)
    }

    /// Moments of either.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// Moments of both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let both = self.0.iter().flat_map(|(from, until)| {
            let others = other.0.iter();
            others.map(move |(start, end)| ((*from).max(*start), (*until).min(*end)))
        });
        Self::of(both)
    }

    /// Moments of this one alone.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for (from, until) in &self.0 {
            let mut free = *from;
            for (start, end) in &other.0 {
                if *start >= *until {
                    break;
                }
                left.push((free, (*start).min(*until)));
                free = free.max(*end);
            }
            left.push((free, *until));
        }
        Self::of(left)
    }

    /// How many moments.
    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(|(from, until)| until.abs_diff(*from)).sum()
    }

    /// Whether any moment from `from` to `until`, both counted, touches it.
    pub(super) fn touches(&self, from: i64, until: i64) -> bool {
        self.0.iter().any(|(start, end)| *start <= until && from <= *end)
    }

    pub(super) fn stretches(&self) -> &[(i64, i64)] {
        &self.0
    }
}
