//! Storage of the volume that holds users' files.

use std::io;

use roomready_shared::facts::{Disk, Outcome};
use roomready_shared::units::{Bytes, ShortText};
use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;

use super::folders;

pub(crate) fn users_volume() -> Outcome<Disk> {
    let folder = folders::users();
    let path = super::wide(folder.as_os_str());
    let (mut free, mut total) = (0_u64, 0_u64);
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the path ends with a zero and both numbers live through the call; the third may be left out.
    let done =
        unsafe { GetDiskFreeSpaceExW(path.as_ptr(), &raw mut free, &raw mut total, std::ptr::null_mut()) };
    let error = (done == 0).then(io::Error::last_os_error);
    match error {
        None => Outcome::Measured(Disk {
            total: Bytes(total),
            free: Bytes(free.min(total)),
        }),
        Some(error) if error.kind() == io::ErrorKind::PermissionDenied => Outcome::Denied(ShortText::fit(
            "the folder of users may not be looked at by this program; let it run as a service",
        )),
        Some(error) => Outcome::Failed(ShortText::fit(&format!(
            "the volume of users' files could not be read: {error}"
        ))),
    }
}
