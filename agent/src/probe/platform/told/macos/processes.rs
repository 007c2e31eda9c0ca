//! The kernel's table of programs (`kinfo_proc`, 648 bytes each on 64-bit systems, unchanged for many years), and how a
//! followed program ended.

use roomready_shared::wire::v1::ExitKind;

/// One record of the table.
const RECORD: usize = 648;
const STARTED: usize = 0;
const STATE: usize = 36;
const NUMBER: usize = 40;
const NAME: usize = 243;
/// The kernel keeps this much of a program's name.
pub const NAME_BYTES: usize = 16;
/// A program that has ended and waits for its parent.
const ZOMBIE: u8 = 5;

/// A program that runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// Its number.
    pub pid: i32,
    /// Seconds since 1970.
    pub since: i64,
    /// Its name, cut after [`NAME_BYTES`].
    pub name: &'a [u8],
}

/// All of a table.
pub fn programs(table: &[u8]) -> impl Iterator<Item = Program<'_>> {
    let (records, _) = table.as_chunks::<RECORD>();
    records.iter().filter_map(|record| {
        let name = &record[NAME..NAME + NAME_BYTES];
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(NAME_BYTES);
        let program = Program {
            pid: i32::from_le_bytes(record[NUMBER..NUMBER + 4].try_into().ok()?),
            since: i64::from_le_bytes(record[STARTED..STARTED + 8].try_into().ok()?),
            name: &name[..end],
        };
        (record[STATE] != ZOMBIE && program.pid > 0).then_some(program)
    })
}

/// Whether a wanted name may be this program's: the whole of a short one, the beginning of a long one.
pub fn may_be(program: &Program<'_>, wanted: &str) -> bool {
    let wanted = wanted.as_bytes();
    program
        .name
        .eq_ignore_ascii_case(&wanted[..wanted.len().min(NAME_BYTES)])
}

/// A wait status is zero after an end without error; everything else is an error or a signal.
pub const fn exit_kind(status: isize) -> ExitKind {
    if status == 0 {
        ExitKind::Normal
    } else {
        ExitKind::Crashed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(pid: i32, since: i64, name: &str, state: u8) -> Vec<u8> {
        let mut record = vec![0_u8; RECORD];
        record[STARTED..STARTED + 8].copy_from_slice(&since.to_le_bytes());
        record[STATE] = state;
        record[NUMBER..NUMBER + 4].copy_from_slice(&pid.to_le_bytes());
        let name = &name.as_bytes()[..name.len().min(NAME_BYTES)];
        record[NAME..NAME + name.len()].copy_from_slice(name);
        record
    }

    #[test]
    fn programs_that_run_are_listed_and_ended_ones_are_not() {
        let mut table = record(0, 0, "kernel_task", 2);
        table.extend(record(501, 1_800_000_000, "TestNav", 2));
        table.extend(record(502, 1_800_000_001, "TestNav", ZOMBIE));
        table.extend([0; 40]);
        let listed: Vec<_> = programs(&table).collect();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].pid, listed[0].since), (501, 1_800_000_000));
        assert!(may_be(&listed[0], "testnav") && !may_be(&listed[0], "TestNavigator"));
    }

    #[test]
    fn a_long_name_is_matched_by_what_the_kernel_keeps_of_it() {
        let table = record(7, 1, "DRC INSIGHT Online Assessments", 2);
        let listed: Vec<_> = programs(&table).collect();
        assert!(may_be(&listed[0], "DRC INSIGHT Online Assessments"));
        assert!(!may_be(&listed[0], "DRC INSIGHT"));
    }

    #[test]
    fn an_error_and_a_signal_are_no_normal_end() {
        assert_eq!(exit_kind(0), ExitKind::Normal);
        assert_eq!(exit_kind(9), ExitKind::Crashed);
        assert_eq!(exit_kind(256), ExitKind::Crashed);
    }
}
