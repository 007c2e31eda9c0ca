//! A refusal: what the caller is told, and what only the log is told.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use roomready_shared::wire::v1::ErrorCode;

use crate::domain::identity::AccessRefused;
use crate::ingest::NotTaken;
use crate::limits;
use crate::pages::view::{SayPage, SignInReason};
use crate::store::{self, StoreError};

/// Characters of a caller's own text that a refusal repeats.
const MOST_NAME_SHOWN: usize = 80;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a request is not answered as asked. Handlers return it; the outermost layers turn it into JSON for programs
/// and into a page for people, with the true status either way.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: ErrorCode,
    message: Cow<'static, str>,
    retry_after: Option<Duration>,
    sign_in: Option<SignInReason>,
    second_factor: bool,
    said: Option<Box<SayPage>>,
    subject: Option<String>,
    cause: Option<Cause>,
}

/// A refusal travelling outwards as an extension of its (still empty) response.
#[derive(Debug, Clone)]
pub(super) struct Refused(pub(super) Arc<Refusal>);

impl Refusal {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
            sign_in: None,
            second_factor: false,
            said: None,
            subject: None,
            cause: None,
        }
    }

    /// 400: not what the protocol says.
    pub fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::Malformed, message)
    }

    /// 422: readable, and not this message.
    pub fn not_this_message(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Malformed, message)
    }

    /// 415: not JSON.
    pub fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::Malformed,
            "the body must be JSON; send it with the header \"content-type: application/json\"",
        )
    }

    /// 413: over a named limit.
    pub fn too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge, message)
    }

    /// 408: the body did not come in time.
    pub fn too_slow(patience: Duration) -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::Malformed,
            format!(
                "the body did not arrive within {} ms; nothing was taken, send it again",
                patience.as_millis()
            ),
        )
    }

    /// 401 for a device.
    pub fn not_enrolled(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::NotEnrolled, message)
    }

    /// 415: not a form.
    pub fn not_a_form() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::Malformed,
            "this address takes a form (application/x-www-form-urlencoded) and nothing else; no file can be sent here",
        )
    }

    /// 403: the form does not carry the token of this sign-in.
    pub fn stale_page() -> Self {
        Self::forbidden("this page was made for another sign-in; reload it and press again")
    }

    /// A page of its own that says why, and where to go.
    pub fn said(status: StatusCode, page: SayPage) -> Self {
        let mut refusal = Self::new(status, ErrorCode::NotFound, page.headline.clone());
        refusal.said = Some(Box::new(page));
        refusal
    }

    /// 403: the role asks for a second factor first.
    pub fn second_factor_needed() -> Self {
        let mut refusal = Self::forbidden("set up your second factor first");
        refusal.second_factor = true;
        refusal
    }

    /// 409: something else was there first.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, ErrorCode::Malformed, message)
    }

    /// 429 with a time to come back.
    pub fn too_often(message: impl Into<Cow<'static, str>>, wait: Duration) -> Self {
        let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::Busy, message);
        refusal.retry_after = Some(wait);
        refusal
    }

    /// 401 for a person.
    pub fn sign_in_needed() -> Self {
        Self::sign_in_because(SignInReason::Needed, "sign in first")
    }

    fn sign_in_because(reason: SignInReason, message: impl Into<Cow<'static, str>>) -> Self {
        let mut refusal = Self::new(StatusCode::UNAUTHORIZED, ErrorCode::NotEnrolled, message);
        refusal.sign_in = Some(reason);
        refusal
    }

    /// 403: an enrolment key that does not let in.
    pub fn bad_key(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::BadKey, message)
    }

    /// 403: allowed to be here, not to do this.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::NotFound, message)
    }

    /// 404.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message)
    }

    /// 404 for a named thing: `a room called "999"`.
    pub fn no_such(what: &str, named: &str) -> Self {
        // The address is the caller's text: cut, and escaped by whoever shows it.
        let subject = format!(
            "{what} called {:?}",
            named.chars().take(MOST_NAME_SHOWN).collect::<String>()
        );
        let mut refusal = Self::not_found(format!("there is not {subject}"));
        refusal.subject = Some(subject);
        refusal
    }

    /// 405.
    pub fn no_such_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::NotFound,
            "this address does not answer this kind of request; see /api/openapi.json",
        )
    }

    /// 503 with a time to come back: nothing was taken.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        let mut refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message);
        refusal.retry_after = Some(Duration::from_secs(limits::REFUSAL_RETRY_AFTER_SECONDS));
        refusal
    }

    /// 503: too much at once.
    pub fn busy(message: impl Into<Cow<'static, str>>) -> Self {
        let mut refusal = Self::unavailable(message);
        refusal.code = ErrorCode::Busy;
        refusal
    }

    /// 500. The caller hears nothing of the cause.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "the collector has a fault; its log tells more under this request's number",
        )
        .because(cause)
    }

    /// With a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The status that is really sent.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn code(&self) -> ErrorCode {
        self.code
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The sign-in page to show instead of an error page, with its reason.
    pub(super) fn sign_in(&self) -> Option<SignInReason> {
        self.sign_in
    }

    /// The page of its own, where it has one.
    pub(super) fn page(&self) -> Option<&SayPage> {
        self.said.as_deref()
    }

    /// Whether the person is to set up a second factor before anything else.
    pub(super) fn second_factor(&self) -> bool {
        self.second_factor
    }

    /// The thing concerned, in words.
    pub(super) fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Cause chain for the log.
    pub(super) fn cause(&self) -> Option<String> {
        self.cause
            .as_deref()
            .map(|cause| crate::error::with_causes(cause))
    }
}

impl From<NotTaken> for Refusal {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::TooLarge(sentence) => Self::too_large(sentence),
            NotTaken::Malformed(sentence) => Self::not_this_message(sentence),
            NotTaken::TooFast { retry_after_ms } => {
                let sentence = not_taken.to_string();
                let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::Busy, sentence);
                refusal.retry_after = Some(Duration::from_millis(retry_after_ms.into()));
                refusal
            }
            NotTaken::NotEnrolled(_) => Self::not_enrolled(not_taken.to_string()),
            NotTaken::Store(error) => error.into(),
            NotTaken::Interrupted => Self::internal(not_taken),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        use store::Refusal as Rule;
        match &error {
            StoreError::Refused(rule @ (Rule::Key(_) | Rule::NotAdmitted(_))) => {
                Self::bad_key(rule.to_string())
            }
            StoreError::Refused(rule @ Rule::NoSuchKey(_)) => Self::not_found(rule.to_string()),
            StoreError::Refused(rule @ Rule::Access(AccessRefused::NotOrdered)) => {
                Self::new(StatusCode::CONFLICT, ErrorCode::Malformed, rule.to_string())
            }
            StoreError::Refused(rule @ Rule::Access(AccessRefused::Revoked | AccessRefused::Stale)) => {
                Self::not_enrolled(rule.to_string())
            }
            StoreError::Refused(rule @ (Rule::LinkSpent | Rule::LinkEnded(_))) => {
                Self::sign_in_because(SignInReason::Spent, rule.to_string())
            }
            StoreError::Refused(rule @ Rule::AccountUnknown) => Self::not_found(rule.to_string()),
            StoreError::Refused(
                rule
                @ (Rule::NameTaken(_) | Rule::TooManyAccounts | Rule::LastAdministrator | Rule::CodeUsed),
            ) => Self::new(StatusCode::CONFLICT, ErrorCode::Malformed, rule.to_string()),
            StoreError::Refused(rule @ (Rule::ProctorLinkUnknown | Rule::ProctorLinkRevoked)) => {
                Self::forbidden(rule.to_string())
            }
            StoreError::Refused(rule @ Rule::DeviceUnknown(_)) => Self::not_enrolled(rule.to_string()),
            StoreError::Refused(rule @ Rule::StreamOfAnother(_)) => {
                Self::new(StatusCode::CONFLICT, ErrorCode::Malformed, rule.to_string())
            }
            StoreError::Busy => {
                Self::busy("the collector has too much to store; nothing was taken, try again")
            }
            StoreError::Full(_) => {
                Self::unavailable("the collector's disk is full; nothing was taken, keep it and try again")
                    .because(error)
            }
            StoreError::Io { .. } | StoreError::Damaged { .. } | StoreError::Closed => {
                Self::unavailable("the collector cannot store now; nothing was taken, keep it and try again")
                    .because(error)
            }
            StoreError::Newer { .. }
            | StoreError::InUse { .. }
            | StoreError::Loose(_)
            | StoreError::Folder { .. }
            | StoreError::Unexpected { .. } => Self::internal(error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Refused(Arc::new(self)));
        response
    }
}
