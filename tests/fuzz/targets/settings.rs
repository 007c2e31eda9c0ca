//! The district's settings with its roster and its sittings.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use roomready_collector::untrusted;
use roomready_shared::requirement::Requirement;

static REQUIREMENT: LazyLock<Arc<Requirement>> = LazyLock::new(|| {
    let text = include_str!("../../../configs/profiles/testnav-2026-27.toml");
    Arc::new(Requirement::from_profile("testnav", text).expect("the delivered profile is sound"))
});

fuzz_target!(|text: &str| {
    let _sound = untrusted::settings(text, &REQUIREMENT);
});
