//! A look into an outbox that somebody else may have: no lock, nothing written, nothing repaired.

use std::fs;
use std::io;
use std::path::Path;

use super::entry::{SET_ASIDE, SegmentName};
use super::recover::recover;

/// More of a file is not read: no segment grows to a fraction of it.
const MOST_READ_BYTES: u64 = 1024 * 1024;

/// What lies in an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peek {
    /// Records that wait.
    pub waiting: u32,
    /// Files of the present format.
    pub segments: usize,
    /// Segments that are damaged, or were and are kept aside.
    pub damaged: usize,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// Looks. While an agent writes, the last record may be missing; nothing else can go wrong.
///
/// # Errors
/// When the folder cannot be read.
pub fn peek(folder: &Path) -> io::Result<Peek> {
    let mut found = Peek::default();
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
        if name.ends_with(SET_ASIDE) {
            found.damaged += 1;
            found.bytes += bytes;
        } else if let Some(segment) = SegmentName::parse(&name) {
            found.bytes += bytes;
            files.push((segment, read(&entry.path())));
        }
    }
    files.sort_unstable_by_key(|(name, _)| *name);
    found.segments = files.len();
    let recovered = recover(&files);
    found.damaged += recovered
        .segments
        .iter()
        .filter(|segment| segment.damaged)
        .count();
    let waiting: usize = recovered.lines.iter().map(super::line::Line::waiting).sum();
    found.waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
    Ok(found)
}

/// A file that went away meanwhile is done with.
fn read(path: &Path) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = vec![];
    let file = fs::File::open(path).ok()?;
    file.take(MOST_READ_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
