//! Folders of the machine and of its users, by the registry: a service has an environment of its own, in which these
//! variables are missing or another account's.

use std::path::PathBuf;

use super::super::told::windows::release::is_person;
use super::super::told::windows::variables::{Place, place};
use super::registry;

const VERSION: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion";
const RELEASE: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const PROFILES: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
/// A shared laptop holds tens of users; a file server is no testing device.
const MAX_HOMES: usize = 256;

/// Variables that profiles use, with their folders here.
fn variables() -> Vec<(&'static str, String)> {
    let root = registry::text(RELEASE, "SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let drive = root.get(..2).unwrap_or("C:").to_owned();
    let mut known = vec![
        ("SystemDrive", drive),
        ("SystemRoot", root.clone()),
        ("windir", root),
    ];
    let named = [
        ("ProgramFiles", "ProgramFilesDir"),
        ("ProgramW6432", "ProgramFilesDir"),
        ("ProgramFiles(x86)", "ProgramFilesDir (x86)"),
        ("CommonProgramFiles", "CommonFilesDir"),
    ];
    for (variable, value) in named {
        if let Some(folder) = registry::text(VERSION, value).and_then(|text| whole(&text, &known)) {
            known.push((variable, folder));
        }
    }
    for (variable, value) in [("ProgramData", "ProgramData"), ("PUBLIC", "Public")] {
        if let Some(folder) = registry::text(PROFILES, value).and_then(|text| whole(&text, &known)) {
            known.push((variable, folder));
        }
    }
    known
}

/// A folder as the registry writes it: some begin with a variable themselves.
fn whole(text: &str, known: &[(&str, String)]) -> Option<String> {
    match place(text, known)? {
        Place::Machine(path) => Some(path),
        Place::EachHome(_) => None,
    }
}

pub(crate) fn expand_variables(text: &str) -> Vec<PathBuf> {
    match place(text, &variables()) {
        Some(Place::Machine(path)) => vec![PathBuf::from(path)],
        Some(Place::EachHome(rest)) => homes().into_iter().map(|home| home.join(&rest)).collect(),
        None => vec![],
    }
}

/// Folders of the people who have signed in here, services left out.
pub(crate) fn homes() -> Vec<PathBuf> {
    let Ok(list) = registry::machine(PROFILES) else {
        return vec![];
    };
    let known = variables();
    registry::names(&list)
        .iter()
        .filter(|sid| is_person(sid))
        .filter_map(|sid| list.open(sid).ok()?.get_string("ProfileImagePath").ok())
        .filter_map(|path| whole(&path, &known))
        .map(PathBuf::from)
        .take(MAX_HOMES)
        .collect()
}

/// The folder that holds users' folders.
pub(super) fn users() -> PathBuf {
    registry::text(PROFILES, "ProfilesDirectory")
        .and_then(|text| whole(&text, &variables()))
        .map_or_else(|| PathBuf::from(r"C:\Users"), PathBuf::from)
}
