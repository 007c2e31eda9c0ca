//! The published exit codes.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | ready (`check`), in contact (`status`), all well (`doctor`), or done (other commands) |
//! | 10 | attention (`check`), running with trouble (`status`), something worth a look (`doctor`) |
//! | 20 | not ready |
//! | 30 | unknown (`check`), not running (`status`) |
//! | 2 | usage or configuration: nothing was judged |

use roomready_shared::verdict::Readiness;

/// Usage or configuration.
pub const USAGE: u8 = 2;

/// The code for a verdict.
#[must_use]
pub const fn of(readiness: Readiness) -> u8 {
    match readiness {
        Readiness::Ready => 0,
        Readiness::Attention => 10,
        Readiness::NotReady => 20,
        Readiness::Unknown => 30,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_leaves_with_its_published_code() {
        let codes = [
            Readiness::Ready,
            Readiness::Attention,
            Readiness::NotReady,
            Readiness::Unknown,
        ]
        .map(of);
        assert_eq!(codes, [0, 10, 20, 30]);
        assert!(!codes.contains(&USAGE), "a mistake is never taken for a verdict");
    }
}
