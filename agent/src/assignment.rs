//! The assignment on disk, so that a device knows its phase without the collector.

mod oddities;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use roomready_shared::wire::v1::Assignment;

use crate::keep;
use crate::ports::AssignmentShelf;

pub use oddities::oddities;

/// Its file in the data folder.
const FILE: &str = "assignment.json";
/// Largest file that is read; an assignment with its requirement stays under 64 KB.
const MAX_BYTES: u64 = 512 * 1024;

/// In the data folder.
pub struct DiskShelf {
    path: PathBuf,
}

impl DiskShelf {
    /// In this data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self {
            path: data.join(FILE),
        }
    }
}

impl AssignmentShelf for DiskShelf {
    fn load(&self) -> Option<Assignment> {
        let text = match keep::read(&self.path, MAX_BYTES) {
            Ok(text) => text?,
            Err(error) => {
                tracing::warn!(file = %self.path.display(), %error, "the assignment kept cannot be read; quiet until the collector sends it again");
                return None;
            }
        };
        match serde_json::from_str(&text) {
            Ok(assignment) => Some(assignment),
            Err(error) => {
                // Not deleted: the next one replaces it, and until then it shows what happened.
                tracing::warn!(file = %self.path.display(), %error, "the assignment kept is damaged; quiet until the collector sends it again");
                None
            }
        }
    }

    fn save(&self, assignment: &Assignment) -> io::Result<()> {
        let text = serde_json::to_vec(assignment).map_err(io::Error::other)?;
        keep::replace(&self.path, &text)
    }
}

/// In memory, for simulated devices.
#[derive(Default)]
pub struct MemoryShelf {
    held: Mutex<Option<Assignment>>,
}

impl AssignmentShelf for MemoryShelf {
    fn load(&self) -> Option<Assignment> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn save(&self, assignment: &Assignment) -> io::Result<()> {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(assignment.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::tests::{assignment, sitting};

    #[test]
    fn an_assignment_outlives_a_restart_and_a_damaged_one_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = DiskShelf::new(folder.path());
        assert!(shelf.load().is_none());
        let held = assignment(None, vec![sitting(0, 60, 60)]);
        shelf.save(&held).expect("kept");
        assert_eq!(DiskShelf::new(folder.path()).load(), Some(held));
        std::fs::write(folder.path().join(FILE), "{\"tag\":").expect("damaged");
        assert!(shelf.load().is_none());
    }
}
