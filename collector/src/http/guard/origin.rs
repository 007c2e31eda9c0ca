//! Whether a request that changes something was made from a page of ours. Browsers say where a request comes from and
//! let no page lie about it; a program that says nothing carries no cookie that was not given to it.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

use crate::http::Refusal;

/// # Errors
///
/// 403 when the browser says that another site asked.
pub(super) fn ours(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let ours = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let said = origin.split_once("://").map(|(_, authority)| authority);
            said.is_some() && said == text(HOST.as_str())
        }
        (None, None) => true,
    };
    if ours {
        Ok(())
    } else {
        Err(Refusal::forbidden(
            "this was asked from another site; open the page here and press again",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        ours(&map).is_ok()
    }

    #[test]
    fn another_site_can_change_nothing() {
        assert!(!asked(&[("sec-fetch-site", "cross-site")]));
        assert!(!asked(&[("sec-fetch-site", "same-site")]));
        assert!(!asked(&[
            ("host", "rooms.example.org"),
            ("origin", "https://evil.example")
        ]));
        assert!(!asked(&[("host", "rooms.example.org"), ("origin", "null")]));
    }

    #[test]
    fn our_own_pages_and_plain_programs_can() {
        assert!(asked(&[("sec-fetch-site", "same-origin")]));
        assert!(asked(&[
            ("host", "rooms.example.org:8443"),
            ("origin", "https://rooms.example.org:8443")
        ]));
        assert!(asked(&[]));
    }
}
