//! Running programs by name, from the kernel's own table: it lists every user's programs to everybody.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::super::{Match, Named};
use super::told::processes::{NAME_BYTES, may_be, programs};

/// More than any testing device has: about 50,000 programs.
const MAX_BYTES: usize = 32 << 20;
/// Programs may start between two calls.
const SPARE: usize = 32 << 10;

/// Programs that have one of these names now.
pub(crate) fn matching_processes(names: &[&str]) -> io::Result<Vec<Named>> {
    let table = table(libc::KERN_PROC_ALL, 0)?;
    Ok(programs(&table)
        .filter_map(|program| {
            let is_whole = |wanted: &&str| wanted.len() <= NAME_BYTES || is_file(program.pid, wanted);
            let name = names
                .iter()
                .position(|wanted| may_be(&program, wanted) && is_whole(wanted))?;
            let copy = Match {
                pid: program.pid,
                since: Some(program.since),
            };
            Some(Named { name, copy })
        })
        .collect())
}

/// When the program of this number started, if there is one that runs.
pub(super) fn started(pid: i32) -> io::Result<Option<i64>> {
    let table = table(libc::KERN_PROC_PID, pid)?;
    Ok(programs(&table)
        .find(|program| program.pid == pid)
        .map(|program| program.since))
}

fn table(which: libc::c_int, pid: libc::c_int) -> io::Result<Vec<u8>> {
    let mut asked = [libc::CTL_KERN, libc::KERN_PROC, which, pid];
    let mut size = 0_usize;
    loop {
        let mut bytes = vec![0_u8; size];
        let place = if size == 0 {
            std::ptr::null_mut()
        } else {
            bytes.as_mut_ptr().cast()
        };
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the question is four numbers; the table lives through the call and is as long as the call is told. Without
        // a place the call only tells the size.
        let result = unsafe {
            libc::sysctl(
                asked.as_mut_ptr(),
                4,
                place,
                &raw mut size,
                std::ptr::null_mut(),
                0,
            )
        };
        if result == 0 && !place.is_null() {
            bytes.truncate(size);
            return Ok(bytes);
        }
        if result != 0 {
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::ENOMEM) {
                return Err(error);
            }
        }
        size = size.max(bytes.len()) + SPARE;
        if size > MAX_BYTES {
            return Err(io::Error::other("there are more programs than can be listed"));
        }
    }
}

/// Whether a program's file has this name, for names that the table cuts.
fn is_file(pid: i32, wanted: &str) -> bool {
    let mut path = [0_u8; libc::PROC_PIDPATHINFO_MAXSIZE as usize];
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the path lives through the call and is as long as the call is told.
    let length = unsafe {
        libc::proc_pidpath(
            pid,
            path.as_mut_ptr().cast(),
            libc::PROC_PIDPATHINFO_MAXSIZE.cast_unsigned(),
        )
    };
    let length = usize::try_from(length).unwrap_or(0);
    Path::new(OsStr::from_bytes(&path[..length.min(path.len())]))
        .file_name()
        .is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()))
}
