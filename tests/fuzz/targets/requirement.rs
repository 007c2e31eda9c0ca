//! Profiles and the policies laid over them. What is read is judged by, and told again in its own words.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use roomready_shared::requirement::Requirement;

/// Between the two files of one input.
const NEXT_FILE: &str = "\n#### policy\n";

static PROFILE: LazyLock<Requirement> = LazyLock::new(|| {
    let text = include_str!("../../../configs/profiles/testnav-2026-27.toml");
    Requirement::from_profile("testnav", text).expect("the delivered profile is sound")
});

fuzz_target!(|text: &str| {
    match text.split_once(NEXT_FILE) {
        None => told(Requirement::from_profile("profile.toml", text)),
        Some(("", policy)) => told(PROFILE.clone().with_policy("policy.toml", policy)),
        Some((profile, policy)) => {
            if let Ok(profile) = Requirement::from_profile("profile.toml", profile) {
                told(profile.with_policy("policy.toml", policy));
            }
        }
    }
});

fn told(read: Result<Requirement, roomready_shared::strict::Faults>) {
    match read {
        Ok(requirement) => {
            let _for_devices = requirement.for_devices();
        }
        Err(faults) => assert!(!faults.to_string().is_empty(), "a refusal says why"),
    }
}
