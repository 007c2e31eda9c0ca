//! Connected displays by what graphics drivers keep in IOKit's registry. CoreGraphics would ask the window server, which a
//! daemon may not.

use std::ffi::CStr;

use core_foundation::base::{CFType, CFTypeRef, TCFType as _};
use core_foundation::dictionary::{CFDictionaryRef, CFMutableDictionaryRef};
use core_foundation::string::{CFString, CFStringRef};
use plist::Value;
use roomready_shared::facts::{Display, Outcome};
use roomready_shared::units::ShortText;

use super::property_list;
use super::told::panel::{of_attributes, of_description};

/// No desk has more.
const MAX_DISPLAYS: usize = 16;
/// Drivers of Apple's own graphics, and of older ones.
const OWN: (&CStr, &str) = (c"IOMobileFramebuffer", "DisplayAttributes");
const OLDER: (&CStr, &str) = (c"IODisplayConnect", "IODisplayEDID");

pub(crate) fn display() -> Outcome<Display> {
    let own = properties(OWN)
        .into_iter()
        .filter_map(|value| of_attributes(&value));
    let older = properties(OLDER)
        .into_iter()
        .filter_map(|value| of_description(value.as_data()?));
    let largest = own
        .chain(older)
        .max_by_key(|display| u64::from(display.width) * u64::from(display.height));
    match largest {
        Some(display) => Outcome::Measured(display),
        None => Outcome::Unsupported(ShortText::fit(
            "no display is connected, or this Mac's graphics do not describe it to a background service",
        )),
    }
}

/// One property of each device of a class.
fn properties((class, name): (&CStr, &str)) -> Vec<Value> {
    let Some(devices) = Devices::of(class) else {
        return vec![];
    };
    let name = CFString::new(name);
    devices
        .take(MAX_DISPLAYS)
        .filter_map(|device| device.property(&name))
        .collect()
}

type Object = libc::mach_port_t;

// <IOKit/IOKitLib.h>, the few calls that are needed.
#[link(name = "IOKit", kind = "framework")]
#[expect(unsafe_code, reason = "declared as in the system's header")]
unsafe extern "C" {
    fn IOServiceMatching(class: *const libc::c_char) -> CFMutableDictionaryRef;
    fn IOServiceGetMatchingServices(
        main_port: Object,
        matching: CFDictionaryRef,
        found: *mut Object,
    ) -> libc::kern_return_t;
    fn IOIteratorNext(iterator: Object) -> Object;
    fn IORegistryEntryCreateCFProperty(
        entry: Object,
        key: CFStringRef,
        allocator: CFTypeRef,
        options: u32,
    ) -> CFTypeRef;
    fn IOObjectRelease(object: Object) -> libc::kern_return_t;
}

/// An object of IOKit, released at the end.
struct Held(Object);

impl Drop for Held {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the object is ours and not used after this.
        unsafe {
            IOObjectRelease(self.0);
        }
    }
}

/// Devices of a class, one after the other.
struct Devices(Held);

impl Devices {
    fn of(class: &CStr) -> Option<Self> {
        let mut found: Object = 0;
        #[expect(unsafe_code, reason = "the system's own calls")]
        // SAFETY: the name ends with a zero; the second call takes over what the first gave, and zero is the default port.
        let result = unsafe {
            let matching = IOServiceMatching(class.as_ptr());
            if matching.is_null() {
                return None;
            }
            IOServiceGetMatchingServices(0, matching.cast_const(), &raw mut found)
        };
        (result == 0 && found != 0).then_some(Self(Held(found)))
    }
}

impl Iterator for Devices {
    type Item = Held;

    fn next(&mut self) -> Option<Held> {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the list is open; what it gives is ours.
        let device = unsafe { IOIteratorNext(self.0.0) };
        (device != 0).then_some(Held(device))
    }
}

impl Held {
    fn property(&self, name: &CFString) -> Option<Value> {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: device and name live through the call; what it gives is ours and is released by its wrapper.
        let value = unsafe {
            let value =
                IORegistryEntryCreateCFProperty(self.0, name.as_concrete_TypeRef(), std::ptr::null(), 0);
            if value.is_null() {
                return None;
            }
            CFType::wrap_under_create_rule(value)
        };
        property_list::of_system(value.as_CFTypeRef())
    }
}
