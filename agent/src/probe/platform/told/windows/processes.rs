//! The kernel's list of programs: a chain of records, each saying how far the next one is.
//!
//! The layout is that of 64-bit Windows (`SYSTEM_PROCESS_INFORMATION`), unchanged since it exists.

/// Where in a record each field stands.
mod at {
    pub(super) const NEXT: usize = 0;
    pub(super) const CREATED: usize = 32;
    pub(super) const NAME_BYTES: usize = 56;
    pub(super) const NAME_ADDRESS: usize = 64;
    pub(super) const NUMBER: usize = 80;
}

/// Tenths of microseconds in a second.
const TICKS: i64 = 10_000_000;
/// 1970 counted from 1601, in seconds.
const FROM_1601_TO_1970: i64 = 11_644_473_600;

/// A program of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// Which of the wanted names it has.
    pub name: usize,
    /// Its number.
    pub number: u32,
    /// Its start in the system's own units; 0 when it does not tell.
    pub created: i64,
}

/// Programs whose name is wanted. `base` is the address at which the system wrote these bytes: names are given by
/// address. Records that point outside end the list.
pub fn matching(bytes: &[u8], base: u64, which: impl Fn(&str) -> Option<usize>) -> Vec<Program> {
    let mut found = vec![];
    let mut here = 0_usize;
    loop {
        let record = bytes.get(here..).unwrap_or_default();
        let Some(name) = name(bytes, base, record) else {
            return found;
        };
        if let (Some(number), Some(created)) = (word(record, at::NUMBER), word(record, at::CREATED))
            && let Ok(number) = u32::try_from(number)
            && let Some(name) = which(&name)
        {
            let created = i64::try_from(created).unwrap_or(0);
            found.push(Program {
                name,
                number,
                created,
            });
        }
        match double(record, at::NEXT) {
            // A step of less than a record's head would never end.
            Some(step) if step as usize > at::NUMBER => here = here.saturating_add(step as usize),
            _ => return found,
        }
    }
}

/// A time of the system as seconds since 1970.
pub const fn unix_second(ticks: i64) -> Option<i64> {
    if ticks <= 0 {
        None
    } else {
        Some(ticks / TICKS - FROM_1601_TO_1970)
    }
}

/// The name of a record; empty for the idle process. `None` when it lies outside of what the system wrote.
fn name(bytes: &[u8], base: u64, record: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes(
        record.get(at::NAME_BYTES..at::NAME_BYTES + 2)?.try_into().ok()?,
    ));
    if length == 0 {
        return Some(String::new());
    }
    let from = usize::try_from(word(record, at::NAME_ADDRESS)?.checked_sub(base)?).ok()?;
    let letters = bytes.get(from..from.checked_add(length)?)?;
    let (pairs, _) = letters.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    Some(String::from_utf16_lossy(&units))
}

fn word(record: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(record.get(at..at + 8)?.try_into().ok()?))
}

fn double(record: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(record.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: u64 = 0x7000_0000;
    const RECORD: usize = 256;

    /// What the kernel writes for these programs: number, name, start.
    fn list(programs: &[(u64, &str, i64)]) -> Vec<u8> {
        let mut bytes = vec![];
        for (index, (number, name, created)) in programs.iter().enumerate() {
            let mut record = vec![0_u8; RECORD];
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let letters = RECORD + units.len().next_multiple_of(8);
            record.resize(letters, 0);
            let start = bytes.len() as u64;
            let next = if index + 1 == programs.len() { 0 } else { letters };
            record[0..4].copy_from_slice(&u32::try_from(next).expect("small").to_le_bytes());
            record[32..40].copy_from_slice(&created.to_le_bytes());
            record[56..58].copy_from_slice(&u16::try_from(units.len()).expect("small").to_le_bytes());
            record[64..72].copy_from_slice(&(BASE + start + RECORD as u64).to_le_bytes());
            record[80..88].copy_from_slice(&number.to_le_bytes());
            record[RECORD..RECORD + units.len()].copy_from_slice(&units);
            bytes.extend(record);
        }
        bytes
    }

    fn testnav(bytes: &[u8]) -> Vec<(u32, i64)> {
        let which = |name: &str| name.eq_ignore_ascii_case("TestNav.exe").then_some(3);
        let found = matching(bytes, BASE, which);
        assert!(found.iter().all(|program| program.name == 3));
        found
            .iter()
            .map(|program| (program.number, program.created))
            .collect()
    }

    #[test]
    fn a_program_is_found_by_its_whole_name_without_case() {
        let started = (1_800_000_000 + FROM_1601_TO_1970) * TICKS + 7;
        let bytes = list(&[
            (0, "", 0),
            (4, "System", 0),
            (4_242, "TESTNAV.EXE", started),
            (4_243, "TestNavigator.exe", started),
        ]);
        assert_eq!(testnav(&bytes), [(4_242, started)]);
        assert_eq!(unix_second(started), Some(1_800_000_000));
        assert_eq!(unix_second(0), None);
    }

    #[test]
    fn a_list_that_is_cut_or_points_outside_ends_early_and_harms_nobody() {
        let whole = list(&[(4, "System", 0), (8, "TestNav.exe", 1), (12, "TestNav.exe", 2)]);
        for end in 0..whole.len() {
            assert!(testnav(&whole[..end]).len() <= 2, "cut at {end}");
        }
        let mut astray = whole.clone();
        astray[64..72].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(testnav(&astray), []);
        let mut circle = whole;
        circle[0..4].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(testnav(&circle), [], "a step of one byte goes nowhere");
    }
}
