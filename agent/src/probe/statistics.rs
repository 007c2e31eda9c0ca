//! Numbers from times. Pure.

use roomready_shared::facts::Latency;

/// Answers that make a 95th percentile more than the slowest one.
const ENOUGH_FOR_P95: usize = 20;

/// Median, 95th percentile and jitter of answer times in the order they came; `None` without an answer.
///
/// The median of an even number is the mean of the middle two; jitter is the mean difference between one answer and
/// the next.
#[must_use]
pub fn latency(times_us: &[u32]) -> Option<Latency> {
    let mut sorted = times_us.to_vec();
    sorted.sort_unstable();
    let slowest = *sorted.last()?;
    let middle = sorted.len() / 2;
    let median_us = if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        sorted[middle - 1].midpoint(sorted[middle])
    };
    let p95_us = if sorted.len() < ENOUGH_FOR_P95 {
        slowest
    } else {
        // Nearest rank: the smallest time that 95 of 100 answers did not exceed.
        sorted[(sorted.len() * 95).div_ceil(100) - 1]
    };
    let steps = times_us
        .windows(2)
        .map(|pair| u64::from(pair[0].abs_diff(pair[1])));
    let count = u64::try_from(times_us.len() - 1).unwrap_or(u64::MAX).max(1);
    let jitter_us = u32::try_from(steps.sum::<u64>() / count).unwrap_or(u32::MAX);
    Some(Latency {
        median_us,
        p95_us,
        jitter_us,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_of_pings_gives_the_numbers_a_person_would_give() {
        let got = latency(&[10, 30, 20, 40]).expect("four answers");
        assert_eq!((got.median_us, got.p95_us, got.jitter_us), (25, 40, 16));
        let one = latency(&[7]).expect("one answer");
        assert_eq!((one.median_us, one.p95_us, one.jitter_us), (7, 7, 0));
        assert_eq!(latency(&[]), None);
    }

    #[test]
    fn one_slow_answer_in_a_hundred_does_not_move_the_95th_percentile() {
        let mut times: Vec<u32> = (1..=99).collect();
        times.push(1_000_000);
        let got = latency(&times).expect("answers");
        assert_eq!((got.median_us, got.p95_us), (50, 95));
    }

    proptest! {
        #[test]
        fn the_numbers_lie_between_the_fastest_and_the_slowest(
            times in proptest::collection::vec(any::<u32>(), 1..200)
        ) {
            let got = latency(&times).expect("answers");
            let (low, high) = (times.iter().min().copied(), times.iter().max().copied());
            prop_assert!(low <= Some(got.median_us) && Some(got.median_us) <= high);
            prop_assert!(got.median_us <= got.p95_us && Some(got.p95_us) <= high);
            prop_assert!(Some(got.jitter_us) <= high);
        }
    }
}
