//! Whether somebody of the staff is signed in on this browser.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::COOKIE;
use http::request::Parts;
use jiff::Timestamp;

use crate::http::{App, Refusal};
use crate::secret::Secret;
use crate::store::StaffSession;

/// Somebody of the staff.
#[derive(Debug, Clone)]
pub(in crate::http) struct Staff(StaffSession);

impl Staff {
    /// When the sign-in is over; what goes on for longer than one answer must look.
    pub(in crate::http) const fn ends(&self) -> Timestamp {
        self.0.ends
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let cookie = cookie(&parts.headers, &cookie_name(app.port))
            .and_then(Secret::shown)
            .ok_or_else(Refusal::sign_in_needed)?;
        let session = app.store.staff_session(cookie.hash(), app.clock.wall()).await?;
        session.map(Self).ok_or_else(Refusal::sign_in_needed)
    }
}

/// Browsers share cookies between all ports of a host, so the name carries the port.
pub(in crate::http) fn cookie_name(port: u16) -> String {
    format!("roomready_staff_{port}")
}

/// The value of a cookie.
pub(in crate::http) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_cookie_is_found_among_others_and_only_under_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(
            COOKIE,
            "theme=dark; roomready_staff_80=old;roomready_staff_8480=abc"
                .parse()
                .unwrap(),
        );
        assert_eq!(cookie(&headers, "roomready_staff_8480"), Some("abc"));
        assert_eq!(cookie(&headers, "roomready_staff"), None);
    }
}
