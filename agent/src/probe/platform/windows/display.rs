//! Connected monitors by their own description, which device drivers keep in the registry. No window system is asked: a
//! service runs in a session without a screen and would be told an invented one.

use roomready_shared::facts::{Display, Outcome};
use roomready_shared::units::ShortText;
use windows_sys::Win32::Devices::DeviceAndDriverInstallation::{
    DIGCF_PRESENT, GUID_DEVCLASS_MONITOR, HDEVINFO, SP_DEVINFO_DATA, SetupDiDestroyDeviceInfoList,
    SetupDiEnumDeviceInfo, SetupDiGetClassDevsW, SetupDiGetDeviceInstanceIdW,
};

use super::super::told::edid;
use super::registry;

/// No desk has more.
const MAX_MONITORS: u32 = 16;
/// A device's id may be this long.
const ID_LETTERS: usize = 200;

pub(crate) fn display() -> Outcome<Display> {
    let Some(monitors) = Monitors::present() else {
        return Outcome::Failed(ShortText::fit("monitors could not be listed"));
    };
    let mut connected = 0;
    let largest = (0..MAX_MONITORS)
        .map_while(|at| monitors.id(at))
        .inspect(|_| connected += 1)
        .filter_map(|id| described(&id))
        .max_by_key(|display| u64::from(display.width) * u64::from(display.height));
    match (largest, connected) {
        (Some(display), _) => Outcome::Measured(display),
        (None, 0) => Outcome::Unsupported(ShortText::fit("no display is connected")),
        (None, _) => Outcome::Unsupported(ShortText::fit(
            "the display does not describe itself, as in a virtual machine or over a remote connection",
        )),
    }
}

fn described(id: &str) -> Option<Display> {
    let key = registry::machine(&format!(r"SYSTEM\CurrentControlSet\Enum\{id}\Device Parameters"));
    let description = key.ok()?.get_value("EDID").ok()?;
    let (width, height) = edid::resolution(&description)?;
    Some(Display {
        width,
        height,
        diagonal_tenths: edid::diagonal(&description),
    })
}

/// The system's list of connected monitors, given back at the end.
struct Monitors(HDEVINFO);

impl Monitors {
    fn present() -> Option<Self> {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the class id lives through the call; the rest is left out.
        let list = unsafe {
            SetupDiGetClassDevsW(
                &GUID_DEVCLASS_MONITOR,
                std::ptr::null(),
                std::ptr::null_mut(),
                DIGCF_PRESENT,
            )
        };
        // INVALID_HANDLE_VALUE.
        (list != -1).then_some(Self(list))
    }

    fn id(&self, at: u32) -> Option<String> {
        let mut device = SP_DEVINFO_DATA {
            cbSize: u32::try_from(size_of::<SP_DEVINFO_DATA>()).ok()?,
            ..SP_DEVINFO_DATA::default()
        };
        let mut id = [0_u16; ID_LETTERS];
        let mut length = 0_u32;
        #[expect(unsafe_code, reason = "the system's own calls")]
        // SAFETY: the list is open; the structure says its own size, and the text is as long as the call is told.
        let done = unsafe {
            SetupDiEnumDeviceInfo(self.0, at, &raw mut device) != 0
                && SetupDiGetDeviceInstanceIdW(
                    self.0,
                    &raw const device,
                    id.as_mut_ptr(),
                    ID_LETTERS as u32,
                    &raw mut length,
                ) != 0
        };
        let end = id.iter().position(|unit| *unit == 0).unwrap_or(ID_LETTERS);
        done.then(|| String::from_utf16_lossy(&id[..end]))
    }
}

impl Drop for Monitors {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the list is ours and is not used after this.
        unsafe {
            SetupDiDestroyDeviceInfoList(self.0);
        }
    }
}
