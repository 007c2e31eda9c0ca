//! Running programs by name, read straight from `/proc`: one small file a program, because this is done each few
//! seconds while students test.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::super::{Match, Named};

/// The kernel keeps this much of a program's name.
const NAME_BYTES: usize = 15;
/// Most of a command line that is looked at: its first word is the program.
const COMMAND_BYTES: u64 = 4_096;
/// Unit of a program's start time; 100 on every Linux that a school has (the kernel fixes it for programs).
const TICKS_PER_SECOND: i64 = 100;

/// Programs that have one of these names now.
pub(crate) fn matching_processes(names: &[&str]) -> io::Result<Vec<Named>> {
    matching_below(Path::new("/proc"), names)
}

fn matching_below(root: &Path, names: &[&str]) -> io::Result<Vec<Named>> {
    // Every machine and container has a first program. Where even that one is not seen, the others are hidden too, and
    // what is hidden must not be called absent.
    if fs::read(root.join("1/comm")).is_err() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "this system hides other accounts' programs (hidepid); the service needs the group that /proc names",
        ));
    }
    let started = boot_second(root);
    let mut found = vec![];
    for entry in fs::read_dir(root)?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let folder = entry.path();
        // A program may end while it is looked at: it is no match.
        if let Ok(comm) = fs::read(folder.join("comm"))
            && let Some(name) = names.iter().position(|wanted| is_called(&folder, &comm, wanted))
            && !is_dead(&folder)
        {
            let since = start_ticks(&folder)
                .zip(started)
                .map(|(ticks, boot)| boot + ticks / TICKS_PER_SECOND);
            let copy = Match { pid, since };
            found.push(Named { name, copy });
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

/// When the system started, in seconds since 1970.
pub(super) fn boot_second(root: &Path) -> Option<i64> {
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

    /// A list of programs as the kernel shows it, with the first one.
    fn system() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("stat"), "cpu 1\nbtime 1800000000\n").expect("a file");
        program(root.path(), 1, b"systemd", b"/sbin/init\0", 'S');
        root
    }

    fn matching(root: &Path, names: &[&str]) -> Vec<(usize, i32)> {
        let mut found: Vec<_> = matching_below(root, names)
            .expect("a list")
            .iter()
            .map(|named| (named.name, named.copy.pid))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn programs_are_matched_by_their_whole_name_and_nothing_else_is_told() {
        let system = system();
        let root = system.path();
        program(root, 10, b"TestNav", b"/opt/TestNav/TestNav\0--x\0", 'S');
        program(root, 11, b"TestNavigator", b"/opt/other\0", 'S');
        program(root, 12, b"a-very-long-pro", b"/opt/a-very-long-program\0", 'S');
        program(root, 13, b"a-very-long-pro", b"/opt/a-very-long-problem\0", 'S');
        program(root, 14, b"\xff\xfe odd", b"\xff\0", 'S');
        program(root, 15, b"TestNav", b"", 'Z');
        let mut found = matching_below(root, &["TestNav", "a-very-long-program"]).expect("a list");
        found.sort_by_key(|named| named.copy.pid);
        let since = Some(1_800_000_005);
        let named = |name, pid| Named {
            name,
            copy: Match { pid, since },
        };
        assert_eq!(found, [named(0, 10), named(1, 12)]);
    }

    #[test]
    fn a_name_of_odd_letters_is_compared_byte_by_byte_even_where_the_kernel_cuts_a_letter_in_two() {
        let system = system();
        let root = system.path();
        let short = "Prüfung\t(1)";
        let long = "Prüfungsübersicht ✓";
        program(root, 20, short.as_bytes(), b"\0", 'S');
        // The fifteenth byte is the first half of a letter.
        program(
            root,
            21,
            &"Prüfungs-Saalübersicht".as_bytes()[..15],
            b"\xc3\0",
            'S',
        );
        program(
            root,
            22,
            &long.as_bytes()[..15],
            format!("/opt/{long}\0").as_bytes(),
            'S',
        );
        program(root, 23, b"\n\n\xff)) S 1", b"", 'S');
        program(root, 24, b"", b"", 'S');
        assert_eq!(
            matching(root, &[long, short, "\u{fffd}", "x"]),
            [(0, 22), (1, 20)]
        );
    }

    #[test]
    fn among_five_thousand_programs_the_two_that_matter_are_found_well_within_the_time_of_a_reading() {
        // In memory, as the kernel's own list is.
        let system = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let system = system.expect("a folder");
        let root = system.path();
        for pid in 1..5_000 {
            let folder = root.join(pid.to_string());
            fs::create_dir(&folder).expect("a folder");
            fs::write(folder.join("comm"), "kworker/u8:3-ev\n").expect("a file");
        }
        program(root, 5_000, b"zoom", b"/opt/zoom/zoom\0", 'S');
        program(root, 5_001, b"TestNav", b"/opt/TestNav/TestNav\0", 'S');
        let names: Vec<String> = (0..64).map(|number| format!("program-{number}")).collect();
        let names: Vec<&str> = ["TestNav", "zoom"]
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .collect();
        #[expect(clippy::disallowed_methods, reason = "what a walk costs is what is tested")]
        let began = std::time::Instant::now();
        assert_eq!(matching(root, &names), [(0, 5_001), (1, 5_000)]);
        // Three seconds are a reading's limit; unoptimized and beside other tests it takes a tenth of one second.
        assert!(
            began.elapsed() < std::time::Duration::from_secs(3),
            "{:?}",
            began.elapsed()
        );
    }

    #[test]
    fn programs_that_the_system_hides_are_not_called_absent() {
        let root = tempfile::tempdir().expect("a folder");
        program(root.path(), 999, b"roomready-agent", b"", 'S');
        let error = matching_below(root.path(), &["TestNav"]).expect_err("the others are hidden");
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("hidepid"), "{error}");
    }
}
