//! Every route on one page with what it asks of who calls, and the order of what all requests pass through.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};
use http::Method;

use super::middleware::observe::observe;
use super::middleware::panic_guard::panic_guard;
use super::middleware::security_headers::security_headers;
use super::middleware::show_refusals::show_refusals;
use super::middleware::time_limit::time_limit;
use super::surface::{Audience, Surface};
use super::{App, Refusal, api, health, metrics, openapi, pages};
use crate::access::Permission::{
    ApproveTexts, GetNotices, ManageAccounts, ManageDevices, ManageLinks, ManageNotices, ManageSettings,
    OwnAccount, PauseSchool, ReadRecord, SeeBoards, SeeDevices, SeeMetrics, TakePart,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const DELETE: Method = Method::DELETE;

/// The whole surface.
#[must_use]
pub fn surface() -> Surface {
    Surface::default()
        // For service managers and monitors.
        .open(GET, "/livez", get(health::livez))
        .open(GET, "/readyz", get(health::readyz))
        .monitor(GET, "/metrics", SeeMetrics, get(metrics::metrics))
        // For devices.
        .open(GET, "/api/openapi.json", get(openapi::document))
        .open_to_devices(POST, "/api/v1/enroll", post(api::enroll::enroll))
        .device(POST, "/api/v1/reports", post(api::reports::reports))
        .device(GET, "/api/v1/assignment", get(api::assignment::assignment))
        .device(POST, "/api/v1/credential", post(api::credential::credential))
        // For staff computers that show notices.
        .open_to_people(POST, "/api/v1/watchers", post(api::watchers::ask))
        .open_to_people(POST, "/api/v1/watchers/token", post(api::watchers::token))
        .watcher(
            DELETE,
            "/api/v1/watchers/token",
            OwnAccount,
            delete(api::watchers::end),
        )
        .watcher(
            GET,
            "/api/v1/incidents/live",
            SeeBoards,
            get(api::watchers::live::live),
        )
        // For people who are not known yet.
        .open_to_people(GET, "/assets/{name}", get(pages::assets::asset))
        .open_to_people(GET, "/sign-in", get(pages::sign_in::page))
        .open_to_people(POST, "/sign-in", post(pages::sign_in::by_password))
        .open_to_people(POST, "/sign-in/code", post(pages::sign_in::by_code))
        .open_to_people(POST, "/sign-in/link", post(pages::sign_in::by_link))
        .open_to_people(GET, "/reach", get(pages::reach::page))
        .open_to_people(GET, "/reach/stream", get(pages::reach::stream))
        .open_to_people(GET, "/recover", get(pages::recover::page))
        .open_to_people(POST, "/recover", post(pages::recover::choose))
        .open_to_people(GET, "/set-up", get(pages::set_up::start))
        .open_to_people(POST, "/set-up", post(pages::set_up::first_account))
        // One's own account.
        .person(GET, "/account", OwnAccount, get(pages::account::page))
        .person(POST, "/account/name", OwnAccount, post(pages::account::rename))
        .person(
            POST,
            "/account/password",
            OwnAccount,
            post(pages::account::change_password),
        )
        .person(
            GET,
            "/account/second-factor",
            OwnAccount,
            get(pages::second_factor::page),
        )
        .person(
            POST,
            "/account/second-factor",
            OwnAccount,
            post(pages::second_factor::turn_on),
        )
        .person(
            POST,
            "/account/sessions/end-others",
            OwnAccount,
            post(pages::account::end_others),
        )
        .person(
            POST,
            "/account/sessions/{browser}/end",
            OwnAccount,
            post(pages::account::end_session),
        )
        .person(POST, "/sign-out", OwnAccount, post(pages::account::sign_out))
        .person(GET, "/connect", GetNotices, get(pages::connect::page))
        .person(POST, "/connect", GetNotices, post(pages::connect::answer))
        .person(
            POST,
            "/account/computers/{computer}/end",
            OwnAccount,
            post(pages::connect::end),
        )
        // Everybody's.
        .person(GET, "/accounts", ManageAccounts, get(pages::accounts::page))
        .person(POST, "/accounts", ManageAccounts, post(pages::accounts::create))
        .person(
            GET,
            "/accounts/{account}",
            ManageAccounts,
            get(pages::accounts::one),
        )
        .person(
            POST,
            "/accounts/{account}",
            ManageAccounts,
            post(pages::accounts::change),
        )
        .person(
            POST,
            "/accounts/{account}/link",
            ManageAccounts,
            post(pages::accounts::make_link),
        )
        .person(
            POST,
            "/accounts/{account}/second-factor/reset",
            ManageAccounts,
            post(pages::accounts::reset_second_factor),
        )
        .person(
            POST,
            "/accounts/{account}/close",
            ManageAccounts,
            post(pages::accounts::close),
        )
        // The first set-up.
        .person(
            GET,
            "/set-up/district",
            ManageSettings,
            get(pages::set_up::district_page),
        )
        .person(
            POST,
            "/set-up/district",
            ManageSettings,
            post(pages::set_up::set_up_district),
        )
        .person(
            GET,
            "/set-up/device",
            ManageSettings,
            get(pages::set_up::device_page),
        )
        .person(
            POST,
            "/set-up/device",
            ManageSettings,
            post(pages::set_up::make_key),
        )
        .person(
            POST,
            "/set-up/device/file",
            ManageSettings,
            post(pages::set_up::file),
        )
        // Boards.
        .person(GET, "/", SeeBoards, get(pages::boards::district))
        .person(GET, "/schools/{school}", SeeBoards, get(pages::boards::school))
        .person(
            GET,
            "/schools/{school}/rooms/{room}",
            SeeBoards,
            get(pages::boards::room),
        )
        // A technician's own.
        .person(GET, "/my-rooms", SeeBoards, get(pages::mine::page))
        .person(POST, "/my-rooms", SeeBoards, post(pages::mine::choose))
        // Devices.
        .person(GET, "/devices", SeeDevices, get(pages::devices::of_district))
        .person(
            GET,
            "/schools/{school}/devices",
            SeeDevices,
            get(pages::devices::of_school),
        )
        .person(
            GET,
            "/schools/{school}/rooms/{room}/devices",
            SeeDevices,
            get(pages::devices::of_room),
        )
        .person(GET, "/devices/{device}", SeeDevices, get(pages::devices::device))
        .person(
            GET,
            "/roster/{name}",
            SeeDevices,
            get(pages::devices::roster_device),
        )
        // Who devices are.
        .person(
            GET,
            "/schools/{school}/enrollment",
            ManageDevices,
            get(pages::enrollment::page),
        )
        .person(
            POST,
            "/schools/{school}/enrollment",
            ManageDevices,
            post(pages::enrollment::make),
        )
        .person(
            POST,
            "/schools/{school}/enrollment/revoke",
            ManageDevices,
            post(pages::enrollment::revoke),
        )
        .person(
            POST,
            "/devices/{device}/credential/rotate",
            ManageDevices,
            post(pages::credential::rotate),
        )
        .person(
            POST,
            "/devices/{device}/credential/revoke",
            ManageDevices,
            post(pages::credential::revoke),
        )
        .person(
            POST,
            "/devices/{device}/credential/dismiss",
            ManageDevices,
            post(pages::credential::dismiss),
        )
        // Incidents.
        .person(GET, "/incidents", SeeBoards, get(pages::incidents::of_district))
        .person(
            GET,
            "/schools/{school}/incidents",
            SeeBoards,
            get(pages::incidents::of_school),
        )
        .person(
            GET,
            "/incidents/{incident}",
            SeeBoards,
            get(pages::incidents::incident),
        )
        // Notices to the staff.
        .person(GET, "/notices", ManageNotices, get(pages::notices::page))
        .person(POST, "/notices/test", ManageNotices, post(pages::notices::test))
        // Who did and saw what.
        .person(GET, "/access-log", ReadRecord, get(pages::access_log::page))
        .person(
            POST,
            "/access-log/export",
            ReadRecord,
            post(pages::access_log::export),
        )
        // Taking part in a room.
        .person(
            POST,
            "/schools/{school}/rooms/{room}/raise-hand",
            TakePart,
            post(pages::acts::raise_hand),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/lower-hand",
            TakePart,
            post(pages::acts::lower_hand),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/note",
            TakePart,
            post(pages::acts::note),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/undo",
            TakePart,
            post(pages::acts::undo),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/start",
            TakePart,
            post(pages::acts::start),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/break",
            TakePart,
            post(pages::acts::begin_break),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/resume",
            TakePart,
            post(pages::acts::resume),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/end",
            TakePart,
            post(pages::acts::end),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/still-working",
            TakePart,
            post(pages::acts::still_working),
        )
        .person(
            GET,
            "/schools/{school}/rooms/{room}/seat",
            TakePart,
            get(pages::acts::seats::page),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/seat",
            TakePart,
            post(pages::acts::seats::say),
        )
        .person(
            GET,
            "/schools/{school}/rooms/{room}/swap",
            TakePart,
            get(pages::acts::seats::ask_swap),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/swap",
            TakePart,
            post(pages::acts::seats::swap),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/release",
            TakePart,
            post(pages::acts::seats::release),
        )
        .person(
            GET,
            "/schools/{school}/rooms/{room}/unexpected",
            TakePart,
            get(pages::acts::seats::unexpected),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/leave",
            TakePart,
            post(pages::acts::seats::leave),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/pause",
            TakePart,
            post(pages::acts::pauses::pause),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/go-on",
            TakePart,
            post(pages::acts::pauses::go_on),
        )
        .person(
            POST,
            "/schools/{school}/pause",
            PauseSchool,
            post(pages::acts::pauses::pause_school),
        )
        .person(
            POST,
            "/schools/{school}/go-on",
            PauseSchool,
            post(pages::acts::pauses::school_goes_on),
        )
        .person(
            POST,
            "/schools/{school}/undo",
            PauseSchool,
            post(pages::acts::pauses::undo_of_school),
        )
        .person(
            GET,
            "/schools/{school}/rooms/{room}/on-my-way",
            TakePart,
            get(pages::acts::ask_on_my_way),
        )
        .person(
            POST,
            "/schools/{school}/rooms/{room}/on-my-way",
            TakePart,
            post(pages::acts::on_my_way),
        )
        // Proctors: their entrance, and the links that lead to it.
        .open_to_people(GET, "/proctor", get(pages::entering::page))
        .open_to_people(POST, "/proctor", post(pages::entering::enter))
        .person(
            GET,
            "/schools/{school}/sessions/{session}/proctors",
            ManageLinks,
            get(pages::proctors::page),
        )
        .person(
            POST,
            "/schools/{school}/sessions/{session}/proctors",
            ManageLinks,
            post(pages::proctors::make),
        )
        .person(
            GET,
            "/schools/{school}/sessions/{session}/proctors/sheet",
            ManageLinks,
            get(pages::proctors::paper_sheet),
        )
        .person(
            GET,
            "/schools/{school}/sessions/{session}/proctors/{link}/sheet",
            ManageLinks,
            get(pages::proctors::link_sheet),
        )
        .person(
            POST,
            "/schools/{school}/sessions/{session}/proctors/{link}/revoke",
            ManageLinks,
            post(pages::proctors::revoke),
        )
        .person(
            POST,
            "/schools/{school}/sessions/{session}/proctors/{link}/release",
            ManageLinks,
            post(pages::proctors::release),
        )
        // What proctors are told to do.
        .person(GET, "/what-to-do", ApproveTexts, get(pages::what_to_do::page))
        .person(
            POST,
            "/what-to-do/{text}/approve",
            ApproveTexts,
            post(pages::what_to_do::approve),
        )
        .person(
            POST,
            "/what-to-do/{text}/withdraw",
            ApproveTexts,
            post(pages::what_to_do::withdraw),
        )
        // What remains of a session.
        .person(
            GET,
            "/schools/{school}/sessions/{session}/close-out",
            SeeDevices,
            get(pages::close_out::page),
        )
        .person(
            POST,
            "/schools/{school}/sessions/{session}/close-out/csv",
            SeeDevices,
            post(pages::close_out::csv),
        )
        // What keeps those pages live.
        .person(GET, "/live/district", SeeBoards, get(pages::live::district))
        .person(GET, "/live/my-rooms", SeeBoards, get(pages::live::my_rooms))
        .person(GET, "/live/incidents", SeeBoards, get(pages::live::district_log))
        .person(GET, "/live/notices", ManageNotices, get(pages::live::notices))
        .person(GET, "/live/schools/{school}", SeeBoards, get(pages::live::school))
        .person(
            GET,
            "/live/schools/{school}/incidents",
            SeeBoards,
            get(pages::live::school_log),
        )
        .person(
            GET,
            "/live/schools/{school}/rooms/{room}",
            SeeBoards,
            get(pages::live::room),
        )
        .person(
            GET,
            "/live/schools/{school}/rooms/{room}/panel",
            TakePart,
            get(pages::acts::panel),
        )
        .person(
            GET,
            "/live/schools/{school}/rooms/{room}/seat",
            TakePart,
            get(pages::live::seat),
        )
        .person(
            GET,
            "/live/schools/{school}/rooms/{room}/unexpected",
            TakePart,
            get(pages::live::unexpected),
        )
        .person(
            GET,
            "/live/devices/{device}",
            SeeDevices,
            get(pages::live::device),
        )
        .person(
            GET,
            "/live/roster/{name}",
            SeeDevices,
            get(pages::live::roster_device),
        )
        .person(
            GET,
            "/live/incidents/{incident}",
            SeeBoards,
            get(pages::live::incident),
        )
}

/// What an audience is served.
pub fn router(app: App, audience: Audience) -> Router {
    let timeouts = app.timeouts;
    surface()
        .into_router(&app, audience)
        .fallback(async || Refusal::not_found("there is nothing at this address"))
        .method_not_allowed_fallback(async || Refusal::no_such_method())
        // Innermost first.
        .layer(from_fn_with_state(timeouts, time_limit))
        .layer(from_fn(panic_guard))
        .layer(from_fn(show_refusals))
        .layer(from_fn(security_headers))
        .layer(from_fn(observe))
        .with_state(app)
}
