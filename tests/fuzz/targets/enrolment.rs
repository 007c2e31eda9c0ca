//! Enrolment files. What was read can be written, and reads as the same again; no refusal repeats a key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roomready_shared::enrolment::Enrolment;

fuzz_target!(|text: &str| {
    match Enrolment::parse("enrolment.toml", text) {
        Ok(read) => {
            let again = Enrolment::parse("enrolment.toml", &read.to_string());
            assert_eq!(again.ok(), Some(read));
        }
        Err(faults) => assert!(!faults.to_string().is_empty(), "a refusal says why"),
    }
});
