//! The proxy that programs are told to use.

use roomready_shared::facts::Proxy;
use windows_registry::Key;
use windows_sys::Win32::Foundation::GlobalFree;
use windows_sys::Win32::Networking::WinHttp::{
    WINHTTP_ACCESS_TYPE_NAMED_PROXY, WINHTTP_PROXY_INFO, WinHttpGetDefaultProxyConfiguration,
};

use super::super::told::windows::proxy::{UserProxy, named};
use super::registry;

const POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
const SETTINGS: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings";
/// A proxy is a line of text.
const MAX_LETTERS: usize = 2_048;

/// Test apps run as the signed-in user, so that user's setting counts; a policy may have made it the machine's. The
/// setting for services counts where nobody's can be read.
pub(super) fn setting() -> Proxy {
    if registry::number(POLICY, "ProxySettingsPerUser") == Some(0) {
        return registry::machine(SETTINGS).map_or(Proxy::Direct, |key| of_user(&key));
    }
    let (users, all) = registry::signed_in(SETTINGS);
    let told: Vec<Proxy> = users.iter().map(|(_, key)| of_user(key)).collect();
    if let Some(proxy) = told.iter().find(|proxy| **proxy != Proxy::Direct) {
        return proxy.clone();
    }
    if all && !told.is_empty() {
        return Proxy::Direct;
    }
    of_services().unwrap_or(Proxy::NotTold)
}

fn of_user(key: &Key) -> Proxy {
    UserProxy {
        enabled: key.get_u32("ProxyEnable").ok(),
        server: key.get_string("ProxyServer").ok(),
        script: key.get_string("AutoConfigURL").ok(),
    }
    .understand()
}

/// What `netsh winhttp` has set, if anything.
fn of_services() -> Option<Proxy> {
    let mut told = WINHTTP_PROXY_INFO::default();
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the structure lives through the call.
    let done = unsafe { WinHttpGetDefaultProxyConfiguration(&raw mut told) };
    if done == 0 {
        return None;
    }
    let texts = [told.lpszProxy, told.lpszProxyBypass];
    let [proxy, _] = texts.map(|text| {
        if text.is_null() {
            return None;
        }
        #[expect(unsafe_code, reason = "a text that the system has given, to be freed by us")]
        // SAFETY: the text ends with a zero, is read up to there, and is freed once, as the call's description asks.
        unsafe {
            let length = (0..MAX_LETTERS).take_while(|at| *text.add(*at) != 0).count();
            let copy = String::from_utf16_lossy(std::slice::from_raw_parts(text, length));
            GlobalFree(text.cast());
            Some(copy)
        }
    });
    (told.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY)
        .then(|| named(proxy.as_deref().unwrap_or_default()))
}
