//! The collector's surface as data: every route with what it asks of who calls. The router is built from it, the
//! published table is written from it, and a test walks it.

pub mod table;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use http::Method;

use super::App;
use super::guard::{Rule, guard};
use crate::access::Permission;

/// What a route asks of who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it tells nothing that is protected.
    Open,
    /// A device's credential. The handler's extractor asks for it, and there is no other way to name a device.
    Device,
    /// A program on the collector's own computer, or a person with this permission.
    Monitor(Permission),
    /// A staff computer's token, whose owner has this permission. It permits nothing else.
    Watcher(Permission),
    /// A person with this permission, in whose scope lies what the address names.
    Person(Permission),
}

/// Who is served by a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Devices alone.
    Devices,
    /// People's browsers alone.
    People,
    /// Both, on loopback.
    Everybody,
}

/// One route.
#[derive(Debug)]
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// Its address, with parameters in braces.
    pub path: &'static str,
    /// What it asks.
    pub access: Access,
    /// Whether devices' listeners answer it, and people's.
    audiences: [bool; 2],
    handler: MethodRouter<App>,
}

/// Every route.
#[derive(Debug, Default)]
pub struct Surface(Vec<Route>);

impl Surface {
    /// For everybody who can reach a listener.
    pub(super) fn open(self, method: Method, path: &'static str, handler: MethodRouter<App>) -> Self {
        self.add(method, path, Access::Open, [true, true], handler)
    }

    /// For every browser that can reach people's listener.
    pub(super) fn open_to_people(
        self,
        method: Method,
        path: &'static str,
        handler: MethodRouter<App>,
    ) -> Self {
        self.add(method, path, Access::Open, [false, true], handler)
    }

    /// For everybody who can reach devices' listener, before they are known.
    pub(super) fn open_to_devices(
        self,
        method: Method,
        path: &'static str,
        handler: MethodRouter<App>,
    ) -> Self {
        self.add(method, path, Access::Open, [true, false], handler)
    }

    /// For devices with a credential.
    pub(super) fn device(self, method: Method, path: &'static str, handler: MethodRouter<App>) -> Self {
        self.add(method, path, Access::Device, [true, false], handler)
    }

    /// For monitoring.
    pub(super) fn monitor(
        self,
        method: Method,
        path: &'static str,
        asks: Permission,
        handler: MethodRouter<App>,
    ) -> Self {
        self.add(method, path, Access::Monitor(asks), [false, true], handler)
    }

    /// For staff computers that show notices for people who may.
    pub(super) fn watcher(
        self,
        method: Method,
        path: &'static str,
        asks: Permission,
        handler: MethodRouter<App>,
    ) -> Self {
        self.add(method, path, Access::Watcher(asks), [false, true], handler)
    }

    /// For people who may.
    pub(super) fn person(
        self,
        method: Method,
        path: &'static str,
        asks: Permission,
        handler: MethodRouter<App>,
    ) -> Self {
        self.add(method, path, Access::Person(asks), [false, true], handler)
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        access: Access,
        audiences: [bool; 2],
        handler: MethodRouter<App>,
    ) -> Self {
        self.0.push(Route {
            method,
            path,
            access,
            audiences,
            handler,
        });
        self
    }

    /// All of them, in order.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.0
    }

    /// The routes of an audience, each behind its guard.
    pub(super) fn into_router(self, app: &App, audience: Audience) -> Router<App> {
        let served = |[devices, people]: [bool; 2]| match audience {
            Audience::Devices => devices,
            Audience::People => people,
            Audience::Everybody => true,
        };
        let routes = self.0.into_iter().filter(|route| served(route.audiences));
        routes.fold(Router::new(), |router, route| {
            let rule = Rule {
                access: route.access,
                path: route.path,
                app: app.clone(),
            };
            let handler = match route.access {
                Access::Open if route.method.is_safe() => route.handler,
                Access::Device => route.handler,
                Access::Open | Access::Monitor(_) | Access::Watcher(_) | Access::Person(_) => {
                    route.handler.route_layer(from_fn_with_state(rule, guard))
                }
            };
            router.route(route.path, handler)
        })
    }
}
