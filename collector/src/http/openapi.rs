//! The description of the interface for programs, made from the code that serves it: devices' and staff computers'.

use axum::Json;
use roomready_shared::wire::v1;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(title = "RoomReady collector", description = "What devices and staff computers may ask of the collector. Version 1."),
    paths(
        super::api::enroll::enroll,
        super::api::reports::reports,
        super::api::assignment::assignment,
        super::api::credential::credential,
        super::api::watchers::ask,
        super::api::watchers::token,
        super::api::watchers::end,
        super::api::watchers::live::live
    ),
    components(schemas(v1::NewsBody)),
    modifiers(&Bearer),
    tags(
        (name = "device", description = "For agents. Each device speaks with its own credential, for itself only"),
        (name = "staff computer", description = "For roomready-watch. A token reads what its owner may see, and changes nothing")
    )
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        for (name, what) in [
            ("device", "The device's credential, from its enrolment"),
            (
                "watcher",
                "The staff computer's token, once somebody has confirmed it",
            ),
        ] {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(what))
                .build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// The whole document.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
