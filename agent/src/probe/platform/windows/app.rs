//! The test app by what Windows keeps of installed programs.

use std::path::Path;

use roomready_shared::requirement::AppIdentity;
use roomready_shared::units::{ShortText, Version};
use windows_registry::Key;
use windows_sys::Win32::Storage::FileSystem::{
    GetFileVersionInfoSizeW, GetFileVersionInfoW, VS_FIXEDFILEINFO, VerQueryValueW,
};

use super::super::Registered;
use super::super::told::windows::packed_guid::{packed, unpacked};
use super::registry;

/// Where installers, 64-bit and 32-bit, leave what is needed to take a program away again.
const UNINSTALL: [&str; 2] = [
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
];
const UNINSTALL_OF_USERS: &str = r"Software\Microsoft\Windows\CurrentVersion\Uninstall";
/// Families of products of Windows Installer, for the machine and for each user.
const UPGRADE_CODES: [&str; 2] = [
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UpgradeCodes",
    r"SOFTWARE\Classes\Installer\UpgradeCodes",
];
/// A version resource is a few KB.
const MAX_RESOURCE: u32 = 1 << 20;

pub(crate) fn registered(app: &AppIdentity) -> Option<Registered> {
    by_upgrade_code(app).or_else(|| by_name(app))
}

fn by_upgrade_code(app: &AppIdentity) -> Option<Registered> {
    let mark = app.upgrade_code.as_ref()?;
    let family = packed(mark.as_str())?;
    let products: Vec<String> = UPGRADE_CODES
        .iter()
        .filter_map(|folder| registry::machine(&format!(r"{folder}\{family}")).ok())
        .filter_map(|key| {
            key.values()
                .ok()
                .map(|values| values.map(|(name, _)| name).collect::<Vec<_>>())
        })
        .flatten()
        .collect();
    // A family that is left without a product is what an uninstalled program leaves behind.
    let product = products.iter().find_map(|name| unpacked(name))?;
    let version = UNINSTALL
        .iter()
        .find_map(|folder| registry::text(&format!(r"{folder}\{product}"), "DisplayVersion"));
    Some(Registered {
        version: version.as_deref().and_then(Version::leading),
        mark: mark.clone(),
    })
}

fn by_name(app: &AppIdentity) -> Option<Registered> {
    if app.registry_names.is_empty() {
        return None;
    }
    let of_machine = UNINSTALL
        .iter()
        .filter_map(|folder| registry::machine(folder).ok());
    let of_users = registry::signed_in(UNINSTALL_OF_USERS).0;
    of_machine
        .chain(of_users.into_iter().map(|(_, key)| key))
        .find_map(|programs| among(&programs, &app.registry_names))
}

fn among(programs: &Key, wanted: &[ShortText]) -> Option<Registered> {
    registry::names(programs).iter().find_map(|name| {
        let program = programs.open(name).ok()?;
        let shown = program.get_string("DisplayName").ok()?;
        let mark = wanted.iter().find(|mark| begins_with(&shown, mark.as_str()))?;
        let version = program.get_string("DisplayVersion").ok();
        Some(Registered {
            version: version.as_deref().and_then(Version::leading),
            mark: mark.clone(),
        })
    })
}

fn begins_with(shown: &str, mark: &str) -> bool {
    shown
        .get(..mark.len())
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(mark))
}

/// The version in a program's own file.
pub(crate) fn app_version(path: &Path) -> Option<Version> {
    let path = super::wide(path.as_os_str());
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the path ends with a zero; the second argument may be left out.
    let size = unsafe { GetFileVersionInfoSizeW(path.as_ptr(), std::ptr::null_mut()) };
    if size == 0 || size > MAX_RESOURCE {
        return None;
    }
    let mut resource = vec![0_u8; size as usize];
    let mut found: *mut core::ffi::c_void = std::ptr::null_mut();
    let mut length = 0_u32;
    let root = super::wide("\\".as_ref());
    #[expect(unsafe_code, reason = "the system's own calls")]
    // SAFETY: the resource is as long as was asked for; what is found lies inside of it, which is checked by length, and
    // is read while the resource lives, wherever it is aligned.
    let fixed = unsafe {
        if GetFileVersionInfoW(path.as_ptr(), 0, size, resource.as_mut_ptr().cast()) == 0
            || VerQueryValueW(
                resource.as_ptr().cast(),
                root.as_ptr(),
                &raw mut found,
                &raw mut length,
            ) == 0
            || found.is_null()
            || (length as usize) < size_of::<VS_FIXEDFILEINFO>()
        {
            return None;
        }
        found.cast::<VS_FIXEDFILEINFO>().read_unaligned()
    };
    let (high, low) = (fixed.dwFileVersionMS, fixed.dwFileVersionLS);
    let text = format!("{}.{}.{}.{}", high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF);
    // "1.15.7.0": the fourth number is the builder's own and nearly always zero.
    Version::leading(text.strip_suffix(".0").unwrap_or(&text)).filter(|_| (high, low) != (0, 0))
}
