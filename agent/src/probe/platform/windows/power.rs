//! Charger, battery at a glance, sleep and lid.

use roomready_shared::facts::{Battery, Idle, Outcome, SleepSettings};
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::System::Power::{
    GetSystemPowerStatus, PowerGetActiveScheme, PowerReadACValueIndex, PowerReadDCValueIndex,
    SYSTEM_POWER_STATUS,
};
use windows_sys::Win32::System::SystemServices::{
    GUID_HIBERNATE_TIMEOUT, GUID_LIDCLOSE_ACTION, GUID_SLEEP_SUBGROUP, GUID_STANDBY_TIMEOUT,
    GUID_SYSTEM_BUTTON_SUBGROUP,
};
use windows_sys::core::GUID;

use super::super::told::windows::power::{SystemBattery, earlier, idle, lid_action};
use super::registry;

/// Where a district's policy is written; what stands there goes before the power plan.
const POLICIES: &str = r"SOFTWARE\Policies\Microsoft\Power\PowerSettings";

/// One setting of a power plan, and what policies call it.
struct Setting {
    group: &'static GUID,
    id: &'static GUID,
    policy: &'static str,
}

const SLEEP: Setting = Setting {
    group: &GUID_SLEEP_SUBGROUP,
    id: &GUID_STANDBY_TIMEOUT,
    policy: "29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA",
};
const HIBERNATION: Setting = Setting {
    group: &GUID_SLEEP_SUBGROUP,
    id: &GUID_HIBERNATE_TIMEOUT,
    policy: "9D7815A6-7EE4-497E-8888-515A05F02364",
};
const LID: Setting = Setting {
    group: &GUID_SYSTEM_BUTTON_SUBGROUP,
    id: &GUID_LIDCLOSE_ACTION,
    policy: "5CA83367-6E45-459F-A27B-476B1D01C936",
};

/// How the device is fed when a setting applies.
#[derive(Clone, Copy)]
enum Fed {
    Mains,
    Battery,
}

fn status() -> Option<SystemBattery> {
    let mut status = SYSTEM_POWER_STATUS::default();
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the structure lives through the call.
    let done = unsafe { GetSystemPowerStatus(&raw mut status) };
    (done != 0).then_some(SystemBattery {
        line: status.ACLineStatus,
        flag: status.BatteryFlag,
        percent: status.BatteryLifePercent,
    })
}

pub(crate) fn charger() -> Option<bool> {
    status()?.charger()
}

/// Packs that count in shares instead of watt hours are left out by the list of packs; the system adds them up.
pub(crate) fn battery_at_a_glance() -> Option<Battery> {
    status()?.at_a_glance()
}

pub(crate) const fn power_unknown() -> Option<&'static str> {
    None
}

/// The policy's value where there is one, else the active plan's.
pub(crate) fn sleep_settings() -> Outcome<SleepSettings> {
    let plan = Plan::active();
    let value =
        |setting: &Setting, fed: Fed| by_policy(setting, fed).or_else(|| plan.as_ref()?.value(setting, fed));
    let falls_asleep = |fed| {
        let hibernation = value(&HIBERNATION, fed);
        earlier(idle(value(&SLEEP, fed)), idle(hibernation))
    };
    let on_mains = falls_asleep(Fed::Mains);
    // What a plan says of batteries means nothing to a device without one.
    let on_battery = match status() {
        Some(status) if status.is_absent() => on_mains,
        _ => falls_asleep(Fed::Battery),
    };
    let lid = lid_action(value(&LID, Fed::Mains), value(&LID, Fed::Battery));
    if (on_mains, on_battery) == (Idle::NotTold, Idle::NotTold) && lid.is_none() {
        return Outcome::Unsupported(roomready_shared::units::ShortText::fit(
            "Windows does not tell its power plan here, and no policy sets when it sleeps",
        ));
    }
    Outcome::Measured(SleepSettings {
        on_mains,
        on_battery,
        lid,
    })
}

fn by_policy(setting: &Setting, fed: Fed) -> Option<u32> {
    let name = match fed {
        Fed::Mains => "ACSettingIndex",
        Fed::Battery => "DCSettingIndex",
    };
    registry::number(&format!(r"{POLICIES}\{}", setting.policy), name)
}

/// The active power plan, freed at the end.
struct Plan(*mut GUID);

impl Plan {
    fn active() -> Option<Self> {
        let mut plan: *mut GUID = std::ptr::null_mut();
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the first argument must be null; the second is a place for one address.
        let error = unsafe { PowerGetActiveScheme(std::ptr::null_mut(), &raw mut plan) };
        (error == 0 && !plan.is_null()).then_some(Self(plan))
    }

    fn value(&self, setting: &Setting, fed: Fed) -> Option<u32> {
        let mut value = 0_u32;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: plan, group and setting live through the call, and so does the number.
        let error = unsafe {
            let nobody = std::ptr::null_mut();
            match fed {
                Fed::Mains => {
                    PowerReadACValueIndex(nobody, self.0, setting.group, setting.id, &raw mut value)
                }
                Fed::Battery => {
                    PowerReadDCValueIndex(nobody, self.0, setting.group, setting.id, &raw mut value)
                }
            }
        };
        (error == 0).then_some(value)
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the system asks callers to free what `PowerGetActiveScheme` gave, with this call and once.
        unsafe {
            LocalFree(self.0.cast());
        }
    }
}
