//! Reading the registry. A 64-bit program sees the machine's own view; the 32-bit one is the key `WOW6432Node`.

use windows_registry::{Key, LOCAL_MACHINE, USERS};

/// Most keys of one folder that are looked at: a machine has a few hundred programs.
const MAX_KEYS: usize = 4_096;

const NOT_FOUND: i32 = 2;
const REFUSED: i32 = 5;

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoKey {
    /// It is not there.
    Missing,
    /// This program may not look.
    Refused,
    /// Something else.
    Failed(String),
}

/// A key of the machine.
pub(super) fn machine(path: &str) -> Result<Key, NoKey> {
    LOCAL_MACHINE.open(path).map_err(|error| why(error))
}

/// A key of everybody who is signed in now, as far as this program may read it: the security id with the key. The second
/// value is whether all of them could be read.
pub(super) fn signed_in(path: &str) -> (Vec<(String, Key)>, bool) {
    let Ok(users) = USERS.keys() else {
        return (vec![], false);
    };
    let mut all = true;
    let keys = users
        .filter(|sid| super::super::told::windows::release::is_person(sid))
        .take(MAX_KEYS)
        .filter_map(|sid| match USERS.open(format!(r"{sid}\{path}")) {
            Ok(key) => Some((sid, key)),
            Err(error) => {
                all &= why(error) == NoKey::Missing;
                None
            }
        })
        .collect();
    (keys, all)
}

/// A value of a key of the machine, as a number.
pub(super) fn number(path: &str, name: &str) -> Option<u32> {
    machine(path).ok()?.get_u32(name).ok()
}

/// A value of a key of the machine, as a text; variables in it stay as they are.
pub(super) fn text(path: &str, name: &str) -> Option<String> {
    machine(path).ok()?.get_string(name).ok()
}

/// Names of the keys in a key.
pub(super) fn names(key: &Key) -> Vec<String> {
    key.keys()
        .map(|names| names.take(MAX_KEYS).collect())
        .unwrap_or_default()
}

/// The crate's errors carry the system's number in their low half.
fn why(error: impl Into<std::io::Error>) -> NoKey {
    let error = error.into();
    match error.raw_os_error().map(|number| number & 0xFFFF) {
        Some(NOT_FOUND) => NoKey::Missing,
        Some(REFUSED) => NoKey::Refused,
        _ => NoKey::Failed(error.to_string()),
    }
}
