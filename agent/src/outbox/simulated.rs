//! A disk that breaks on demand: power cuts, no space, refused syncs, torn writes, turned bytes, lost names.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use super::Folder;

/// What happens at one operation that changes the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The machine stops in the middle of it; what an append wrote of its bytes is this part in 255.
    Stop { part: u8 },
    /// There is no space, for so many operations that need some.
    NoSpace { times: u32, part: u8 },
    /// A sync fails, whatever it made durable.
    SyncFails,
}

#[derive(Debug, Clone, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Debug, Default)]
struct Disk {
    files: BTreeMap<u64, Content>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    last_file: u64,
    operations: u64,
    fault: Option<(u64, Fault)>,
    no_space: u32,
    no_space_part: u8,
    stopped: bool,
    refused: bool,
}

/// A handle on it. The disk outlives the outbox that uses it.
#[derive(Debug, Clone, Default)]
pub(super) struct SimulatedFolder(Arc<Mutex<Disk>>);

/// What a power cut leaves of what was not synced, drawn from a test's numbers.
pub(super) struct Dice<'a>(pub(super) &'a mut dyn FnMut(usize) -> usize);

impl SimulatedFolder {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().expect("one thread")
    }

    pub(super) fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// A fault at the operation after so many more.
    pub(super) fn arm(&self, after: u64, fault: Fault) {
        let mut disk = self.disk();
        let at = disk.operations + after;
        disk.fault = Some((at, fault));
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.disk().stopped
    }

    /// True once an operation was refused: witnesses may be missing.
    pub(super) fn refused_something(&self) -> bool {
        self.disk().refused
    }

    /// The program is killed and started again: nothing that was written is lost.
    pub(super) fn start_again(&self) {
        let mut disk = self.disk();
        disk.fault = None;
        disk.no_space = 0;
        disk.stopped = false;
    }

    /// The power goes: of what was not synced, any part is lost.
    pub(super) fn power_cut(&self, dice: &mut Dice<'_>) {
        let mut disk = self.disk();
        let disk = &mut *disk;
        let mut all: Vec<String> = disk
            .names
            .keys()
            .chain(disk.durable_names.keys())
            .cloned()
            .collect();
        all.sort_unstable();
        all.dedup();
        for name in all {
            let (now, durable) = (
                disk.names.get(&name).copied(),
                disk.durable_names.get(&name).copied(),
            );
            if now != durable {
                let left = if (dice.0)(2) == 0 { now } else { durable };
                match left {
                    Some(file) => disk.names.insert(name, file),
                    None => disk.names.remove(&name),
                };
            }
        }
        disk.durable_names = disk.names.clone();
        for content in disk.files.values_mut() {
            if content.now != content.durable {
                let same = content
                    .now
                    .iter()
                    .zip(&content.durable)
                    .take_while(|(a, b)| a == b)
                    .count();
                let rest = content.now.len() - same;
                match (dice.0)(4) {
                    0 => content.now = content.durable.clone(),
                    1 => {}
                    2 => content.now.truncate(same + (dice.0)(rest + 1)),
                    // The size was written, the last blocks were not.
                    _ => {
                        let from = same + (dice.0)(rest + 1);
                        content.now[from..].fill(0);
                    }
                }
            }
            content.durable = content.now.clone();
        }
    }

    pub(super) fn files(&self) -> Vec<String> {
        self.disk().names.keys().cloned().collect()
    }

    pub(super) fn size(&self, name: &str) -> usize {
        self.disk().content(name).map_or(0, |content| content.now.len())
    }

    /// One byte is not what was written.
    pub(super) fn turn(&self, name: &str, at: usize, by: u8) {
        let mut disk = self.disk();
        if let Some(content) = disk.content(name)
            && let Some(byte) = content.now.get_mut(at)
        {
            *byte ^= by;
            content.durable = content.now.clone();
        }
    }

    /// A name is gone, although it was durable.
    pub(super) fn lose_name(&self, name: &str) {
        let mut disk = self.disk();
        disk.names.remove(name);
        disk.durable_names.remove(name);
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) {
        let mut disk = self.disk();
        disk.last_file += 1;
        let file = disk.last_file;
        disk.names.insert(name.to_owned(), file);
        disk.durable_names.insert(name.to_owned(), file);
        let content = Content {
            now: bytes.to_vec(),
            durable: bytes.to_vec(),
        };
        disk.files.insert(file, content);
    }
}

/// What an operation needs of the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Space,
    Sync,
    Nothing,
}

/// How an operation fails: after this part of it was done, with this error.
struct Broken(u8, io::Error);

impl Disk {
    fn content(&mut self, name: &str) -> Option<&mut Content> {
        let file = self.names.get(name)?;
        self.files.get_mut(file)
    }

    fn there(&mut self, name: &str) -> io::Result<&mut Content> {
        self.content(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn operate(&mut self, needs: Needs) -> Result<(), Broken> {
        let at = self.operations;
        self.operations += 1;
        if self.stopped {
            return Err(Broken(0, io::ErrorKind::BrokenPipe.into()));
        }
        let due = self
            .fault
            .take_if(|(when, _)| *when <= at)
            .map(|(_, fault)| fault);
        match due {
            Some(Fault::Stop { part }) => {
                self.stopped = true;
                return Err(Broken(part, io::ErrorKind::BrokenPipe.into()));
            }
            Some(Fault::NoSpace { times, part }) => {
                self.no_space = times;
                self.no_space_part = part;
            }
            Some(Fault::SyncFails) if needs == Needs::Sync => {
                self.refused = true;
                return Err(Broken(0, io::Error::other("the device refused")));
            }
            // It waits for a sync.
            Some(Fault::SyncFails) => self.fault = Some((at + 1, Fault::SyncFails)),
            None => {}
        }
        if needs == Needs::Space && self.no_space > 0 {
            self.no_space -= 1;
            self.refused = true;
            return Err(Broken(self.no_space_part, io::ErrorKind::StorageFull.into()));
        }
        Ok(())
    }
}

fn whole(done: Result<(), Broken>) -> io::Result<()> {
    done.map_err(|Broken(_, error)| error)
}

impl Folder for SimulatedFolder {
    fn place(&self) -> String {
        "a simulated disk".into()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.files())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        Ok(self.disk().there(name)?.now.clone())
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        let mut disk = self.disk();
        whole(disk.operate(Needs::Space))?;
        if disk.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        disk.last_file += 1;
        let file = disk.last_file;
        disk.names.insert(name.to_owned(), file);
        disk.files.insert(file, Content::default());
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let done = disk.operate(Needs::Space);
        let content = disk.there(name)?;
        match done {
            Ok(()) => content.now.extend_from_slice(bytes),
            Err(Broken(part, error)) => {
                let some = bytes.len() * usize::from(part) / 255;
                content.now.extend_from_slice(&bytes[..some]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn truncate(&mut self, name: &str, length: usize) -> io::Result<()> {
        let mut disk = self.disk();
        whole(disk.operate(Needs::Nothing))?;
        disk.there(name)?.now.truncate(length);
        Ok(())
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        let mut disk = self.disk();
        whole(disk.operate(Needs::Sync))?;
        let content = disk.there(name)?;
        content.durable = content.now.clone();
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.disk();
        whole(disk.operate(Needs::Nothing))?;
        let file = disk.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        disk.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut disk = self.disk();
        whole(disk.operate(Needs::Nothing))?;
        disk.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        let mut disk = self.disk();
        whole(disk.operate(Needs::Sync))?;
        disk.durable_names = disk.names.clone();
        Ok(())
    }
}
