//! Bodies that devices send: read within the server's own limits, checked, dated, judged.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use roomready_collector::untrusted;
use roomready_shared::requirement::Requirement;

static REQUIREMENT: LazyLock<Requirement> = LazyLock::new(|| {
    let text = include_str!("../../../configs/profiles/testnav-2026-27.toml");
    Requirement::from_profile("testnav", text).expect("the delivered profile is sound")
});

fuzz_target!(|body: &[u8]| {
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let received = [at("2026-10-06T08:00:00Z"), at("2026-10-06T08:00:05Z")];
    let _understood = untrusted::report(body, received, &REQUIREMENT);
    let _sound = untrusted::enrolment(body);
});
