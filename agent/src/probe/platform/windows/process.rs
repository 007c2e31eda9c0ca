//! Running programs by name: the kernel's own list in one call. It names every user's programs and their starts to
//! everybody, so no program has to be opened for it.

use std::io;

use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SystemProcessInformation};
use windows_sys::Win32::Foundation::STATUS_INFO_LENGTH_MISMATCH;

use super::super::told::windows::processes::{Program, matching, unix_second};
use super::super::{Match, Named};

// The list is understood by its 64-bit layout.
const _: () = assert!(size_of::<usize>() == 8);

/// What a quiet machine needs; others take a second turn.
const FIRST_SIZE: usize = 256 * 1024;
/// More than any testing device has.
const MAX_SIZE: usize = 32 * 1024 * 1024;

/// Programs that have one of these names now.
pub(crate) fn matching_processes(names: &[&str]) -> io::Result<Vec<Named>> {
    let listed = list(|name| names.iter().position(|wanted| wanted.eq_ignore_ascii_case(name)))?;
    Ok(listed
        .into_iter()
        .filter_map(|program| {
            let copy = Match {
                pid: i32::try_from(program.number).ok()?,
                since: unix_second(program.created),
            };
            Some(Named {
                name: program.name,
                copy,
            })
        })
        .collect())
}

/// Everything that runs.
pub(super) fn running() -> io::Result<Vec<Program>> {
    list(|_| Some(0))
}

fn list(which: impl Fn(&str) -> Option<usize>) -> io::Result<Vec<Program>> {
    let mut size = FIRST_SIZE;
    while size <= MAX_SIZE {
        // Records begin at multiples of eight.
        let mut list = vec![0_u64; size / 8];
        let length = u32::try_from(size).map_err(io::Error::other)?;
        let mut needed = 0_u32;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the list lives through the call and is as long as the call is told.
        let status = unsafe {
            NtQuerySystemInformation(
                SystemProcessInformation,
                list.as_mut_ptr().cast(),
                length,
                &raw mut needed,
            )
        };
        if status == STATUS_INFO_LENGTH_MISMATCH {
            // Programs may start between two calls.
            size = (needed as usize).max(size) + FIRST_SIZE;
            size -= size % 8;
            continue;
        }
        if status < 0 {
            return Err(io::Error::other(format!("the system answers {status:#x}")));
        }
        #[expect(unsafe_code, reason = "whole numbers looked at byte by byte")]
        // SAFETY: any number is valid bytes; the slice lies inside of the list, which lives until the end of this turn.
        let bytes =
            unsafe { std::slice::from_raw_parts(list.as_ptr().cast::<u8>(), (needed as usize).min(size)) };
        return Ok(matching(bytes, list.as_ptr() as u64, which));
    }
    Err(io::Error::other("there are more programs than can be listed"))
}
