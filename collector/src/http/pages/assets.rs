//! Style, script and icon. Their addresses carry their digest, so browsers may keep them for good.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};

use crate::http::Refusal;
use crate::pages::assets::{self, Asset};

pub(in crate::http) async fn asset(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asset = Asset::named(&name).ok_or_else(|| Refusal::not_found("there is no such file"))?;
    // The address differs for each content, so it is a tag for it.
    let tag = format!("\"{}\"", asset.url());
    let always = [
        (CACHE_CONTROL, assets::CACHE_CONTROL.to_owned()),
        (ETAG, tag.clone()),
    ];
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|held| held.as_bytes() == tag.as_bytes());
    if known {
        return Ok((StatusCode::NOT_MODIFIED, always).into_response());
    }
    Ok((always, [(CONTENT_TYPE, asset.content_type)], asset.sent()).into_response())
}
