//! Running programs by name, read straight from `/proc`: one small file a program, because this is done each few
//! seconds while students test.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::super::Match;

/// The kernel keeps this much of a program's name.
const NAME_BYTES: usize = 15;
/// Most of a command line that is looked at: its first word is the program.
const COMMAND_BYTES: u64 = 4_096;
/// Unit of a program's start time; 100 on every Linux that a school has (the kernel fixes it for programs).
const TICKS_PER_SECOND: i64 = 100;

/// Programs that have one of these names now.
pub(crate) fn matching_processes(names: &[&str]) -> io::Result<Vec<Match>> {
    matching_below(Path::new("/proc"), names)
}

fn matching_below(root: &Path, names: &[&str]) -> io::Result<Vec<Match>> {
    let started = boot_second(root);
    let mut found = vec![];
    for entry in fs::read_dir(root)?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let folder = entry.path();
        // A program may end while it is looked at, and others may be hidden: both are no match.
        if let Ok(name) = fs::read(folder.join("comm"))
            && names.iter().any(|wanted| is_called(&folder, &name, wanted))
            && !is_dead(&folder)
        {
            let since = start_ticks(&folder)
                .zip(started)
                .map(|(ticks, boot)| boot + ticks / TICKS_PER_SECOND);
            found.push(Match { pid, since });
        }
    }
    Ok(found)
}

/// Names are bytes: a program may be called anything.
fn is_called(folder: &Path, comm: &[u8], wanted: &str) -> bool {
    let comm = comm.strip_suffix(b"\n").unwrap_or(comm);
    let wanted = wanted.as_bytes();
    if wanted.len() <= NAME_BYTES {
        return comm == wanted;
    }
    comm == &wanted[..NAME_BYTES] && first_word(folder).is_some_and(|program| program == wanted)
}

/// The program's own name from its command line, for names that the kernel cuts.
fn first_word(folder: &Path) -> Option<Vec<u8>> {
    let mut line = vec![];
    fs::File::open(folder.join("cmdline"))
        .ok()?
        .take(COMMAND_BYTES)
        .read_to_end(&mut line)
        .ok()?;
    let program = line.split(|byte| *byte == 0).next()?;
    program.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec)
}

/// What follows the name in `stat`; the name stands in brackets and may hold anything, brackets too.
fn stat_fields(folder: &Path) -> Option<Vec<String>> {
    let bytes = fs::read(folder.join("stat")).ok()?;
    let end = bytes.iter().rposition(|byte| *byte == b')')?;
    let rest = String::from_utf8_lossy(&bytes[end + 1..]).into_owned();
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

/// A program that has ended and waits for its parent no longer runs.
fn is_dead(folder: &Path) -> bool {
    stat_fields(folder).is_some_and(|fields| matches!(fields.first().map(String::as_str), Some("Z" | "X")))
}

fn start_ticks(folder: &Path) -> Option<i64> {
    // Field 22 of the whole line; the state, third there, is the first here.
    stat_fields(folder)?.get(19)?.parse().ok()
}

fn boot_second(root: &Path) -> Option<i64> {
    fs::read_to_string(root.join("stat"))
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(root: &Path, pid: i32, comm: &[u8], command: &[u8], state: char) {
        let folder = root.join(pid.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("comm"), [comm, b"\n"].concat()).expect("a file");
        fs::write(folder.join("cmdline"), command).expect("a file");
        let stat = format!("{pid} (a) b) {state} 1 {} 500 0", "0 ".repeat(17));
        fs::write(folder.join("stat"), stat).expect("a file");
    }

    #[test]
    fn programs_are_matched_by_their_whole_name_and_nothing_else_is_told() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        fs::write(root.join("stat"), "cpu 1\nbtime 1800000000\n").expect("a file");
        program(root, 10, b"TestNav", b"/opt/TestNav/TestNav\0--x\0", 'S');
        program(root, 11, b"TestNavigator", b"/opt/other\0", 'S');
        program(root, 12, b"a-very-long-pro", b"/opt/a-very-long-program\0", 'S');
        program(root, 13, b"a-very-long-pro", b"/opt/a-very-long-problem\0", 'S');
        program(root, 14, b"\xff\xfe odd", b"\xff\0", 'S');
        program(root, 15, b"TestNav", b"", 'Z');
        let mut found = matching_below(root, &["TestNav", "a-very-long-program"]).expect("a list");
        found.sort_by_key(|copy| copy.pid);
        let since = Some(1_800_000_005);
        assert_eq!(found, [Match { pid: 10, since }, Match { pid: 12, since }]);
    }
}
