//! The file itself.

use std::io;
use std::path::{Path, PathBuf};

use super::Status;
use crate::keep;
use crate::ports::StatusBoard;

/// Its name in the data folder.
pub const FILE: &str = "status.json";
/// Largest file that is read.
const MAX_BYTES: u64 = 64 * 1024;

/// In a data folder.
pub struct FileBoard {
    path: PathBuf,
    refused: bool,
}

impl FileBoard {
    /// In this data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self {
            path: data.join(FILE),
            refused: false,
        }
    }
}

impl StatusBoard for FileBoard {
    fn show(&mut self, status: &Status) {
        let shown = serde_json::to_vec(status)
            .map_err(io::Error::other)
            .and_then(|text| keep::replace_lightly(&self.path, &text));
        if let Err(error) = &shown
            && !self.refused
        {
            // Once: a full disk is no reason to fill the log.
            tracing::warn!(file = %self.path.display(), %error, "the status could not be written; `status` will say that nothing runs");
        }
        self.refused = shown.is_err();
    }
}

/// Reads what an agent last said; `None` when it never said anything, or its file is damaged.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn load(data: &Path) -> io::Result<Option<Status>> {
    let text = keep::read(&data.join(FILE), MAX_BYTES)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}
