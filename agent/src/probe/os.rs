//! The operating system as it names itself.

use roomready_shared::facts::{Os, Outcome};

/// Reads it.
pub(super) fn read() -> Outcome<Os> {
    super::platform::os()
}
