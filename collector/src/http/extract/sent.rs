//! A form that a page of ours sent.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::http::{App, Refusal};

/// The fields of a form, read as `T`. Fields that `T` does not name (the token is one) are left alone.
#[derive(Debug)]
pub(in crate::http) struct Sent<T>(pub(in crate::http) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        // Behind the guard the body is bounded and read already; before it (sign-in), it is bounded here.
        let (parts, body) = request.into_parts();
        let most = crate::limits::MOST_FORM_BYTES;
        let read = super::body::read(&parts.headers, body, most, app.timeouts.body_read).await?;
        let request = Request::from_parts(parts, axum::body::Body::from(read));
        match Form::<T>::from_request(request, &()).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(FormRejection::InvalidFormContentType(_)) => Err(Refusal::not_a_form()),
            Err(rejection) => Err(Refusal::malformed(
                "the form is not what its page sends; reload the page and send it again",
            )
            .because(rejection)),
        }
    }
}
