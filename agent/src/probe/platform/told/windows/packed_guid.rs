//! Windows Installer writes product and upgrade codes in an order of its own: each part's digits turned round, the last
//! two parts pair by pair.

/// Lengths of the runs that are turned round.
const RUNS: [usize; 11] = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2];
/// Where the hyphens stand in the digits.
const HYPHENS: [usize; 4] = [8, 12, 16, 20];

/// `{94602611-7C92-…}` as the installer's keys are called. `None` for anything that is no such code.
pub fn packed(code: &str) -> Option<String> {
    let bare = code.trim();
    let bare = bare
        .strip_prefix('{')
        .and_then(|bare| bare.strip_suffix('}'))
        .unwrap_or(bare);
    turned(&bare.replace('-', ""))
}

/// The code that one of the installer's keys or values stands for.
pub fn unpacked(packed: &str) -> Option<String> {
    let digits = turned(packed)?;
    let mut code = String::from("{");
    for (at, digit) in digits.chars().enumerate() {
        if HYPHENS.contains(&at) {
            code.push('-');
        }
        code.push(digit);
    }
    code.push('}');
    Some(code)
}

/// Turns each run round; doing it twice gives the same again.
fn turned(digits: &str) -> Option<String> {
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut rest = digits;
    let mut turned = String::new();
    for run in RUNS {
        let (part, after) = rest.split_at(run);
        turned.extend(part.chars().rev());
        rest = after;
    }
    Some(turned.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn testnav_s_upgrade_code_is_found_under_its_packed_name() {
        let code = "{94602611-7C92-43D0-B85C-812AE54A4373}";
        let packed = packed(code).expect("a code");
        assert_eq!(packed, "1162064929C70D348BC518A25EA43437");
        assert_eq!(unpacked(&packed).as_deref(), Some(code));
    }

    #[test]
    fn what_is_no_code_has_no_packed_name() {
        for text in ["", "{}", "{94602611-7C92-43D0-B85C-812AE54A437}", "TestNav", "é"] {
            assert_eq!(packed(text), None, "{text}");
            assert_eq!(unpacked(text), None, "{text}");
        }
    }
}
