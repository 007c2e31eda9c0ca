//! The description of the devices' interface, made from the code that serves it.

use axum::Json;
use roomready_shared::wire::v1;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(title = "RoomReady collector", description = "What devices may ask of the collector. Version 1."),
    paths(
        super::api::enroll::enroll,
        super::api::reports::reports,
        super::api::assignment::assignment,
        super::api::credential::credential
    ),
    components(schemas(v1::NewsBody)),
    modifiers(&Bearer),
    tags((name = "device", description = "For agents. Each device speaks with its own credential, for itself only"))
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The device's credential, from its enrolment"))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("device", SecurityScheme::Http(scheme));
    }
}

/// The whole document.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
