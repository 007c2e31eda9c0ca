//! Free storage of the volume that holds users' files.

use roomready_shared::facts::{Disk, Outcome};

/// Reads it.
pub(super) fn read() -> Outcome<Disk> {
    super::platform::users_volume()
}
