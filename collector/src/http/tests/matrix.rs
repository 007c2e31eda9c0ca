//! Every route × every role, and nobody: what is published is what is answered.

use std::path::Path;

use serde_json::json;

use super::harness::{Agent, Collector, Reply, SignedInAs};
use crate::access::Role;
use crate::http::router::surface;
use crate::http::surface::table::{Answer, table};
use crate::http::surface::{Access, Route};

const PAGE: &str = "../docs/access.md";
/// The table stands between these.
const BEGINS: &str = "<!-- written from the code: -->\n";
const ENDS: &str = "<!-- end -->\n";

/// Things that addresses can name, all of Lincoln Middle School, Room 101.
struct Things {
    device: String,
    incident: String,
    account: String,
    link: String,
}

impl Things {
    async fn of(collector: &Collector) -> Self {
        let agent = Agent::enrol(collector, "LIN-1").await;
        agent.beat(collector).await;
        let started = agent.report(collector, 1, &[json!({"kind": "app_started"})]);
        assert_eq!(agent.send(collector, &started).await.status, 200);
        collector.seconds_pass(60).await;
        let incident = collector.fleet.read(|fleet| {
            let log = fleet.incidents(&"lincoln-ms".parse().unwrap()).unwrap();
            log.newest_first()[0].incident.id.to_string()
        });
        let account = collector.account(Role::Technician, &["lincoln-ms"]).await;
        Self {
            device: agent.id,
            incident,
            account: account.id.to_string(),
            link: collector.proctor_link().await.id.to_string(),
        }
    }

    /// An address of this route that names them.
    fn address(&self, route: &Route) -> String {
        if route.path == "/assets/{name}" {
            return crate::pages::assets::STYLE.url().to_owned();
        }
        let parts = route.path.split('/').map(|part| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                return part;
            };
            match name {
                "school" => "lincoln-ms",
                "room" => "101",
                "session" => "math",
                "device" => &self.device,
                "name" => "LIN-1",
                "incident" => &self.incident,
                "account" => &self.account,
                // Nobody's: it ends nothing.
                "browser" | "computer" => "00000000-0000-0000-0000-000000000009",
                "link" => &self.link,
                "text" => "testnav-network",
                _ => panic!(
                    "{} names {{{name}}}: give the matrix one of Lincoln's",
                    route.path
                ),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

async fn ask(collector: &Collector, route: &Route, address: &str, person: Option<&SignedInAs>) -> Reply {
    // A proxy's mark, so that this computer counts as nobody.
    let headers = match person {
        Some(person) => format!("via: 1.1 matrix\r\n{}", person.cookie),
        None => "via: 1.1 matrix".to_owned(),
    };
    if route.method == http::Method::DELETE {
        let request =
            format!("DELETE {address} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n\r\n");
        collector.send(&request).await
    } else if route.method == http::Method::GET {
        collector.first_of(address, &headers).await
    } else {
        let csrf = person.map_or("", |person| &person.csrf);
        collector
            .post(address, &format!("{headers}\r\n"), &format!("csrf={csrf}"))
            .await
    }
}

/// Neither "who are you" nor "not for you".
fn let_through(reply: &Reply) -> bool {
    ![401, 403].contains(&reply.status)
}

async fn somebody(collector: &Collector, role: Role, school: &str) -> Option<SignedInAs> {
    match role {
        // By a link to Room 101, wherever they were asked to be.
        Role::Proctor => Some(collector.proctor().await),
        role if role.is_of_schools() => Some(collector.signed_in_as(role, &[school]).await),
        role => Some(collector.signed_in_as(role, &[]).await),
    }
}

#[tokio::test]
async fn every_route_answers_every_role_as_it_is_published() {
    let collector = Collector::in_lincoln().await;
    let things = Things::of(&collector).await;
    for route in surface().routes() {
        let address = things.address(route);
        let what = format!("{} {}", route.method, route.path);
        let nobody = ask(&collector, route, &address, None).await;
        match route.access {
            Access::Open if route.path == "/api/v1/enroll" => {}
            // What its form lacks, or that somebody is to sign in, is told by its page.
            Access::Open if route.method == http::Method::POST || route.path == "/sign-in" => {
                assert_ne!(nobody.status, 404, "{what}");
            }
            Access::Open => assert!(let_through(&nobody), "{what}: {}", nobody.status),
            Access::Device | Access::Monitor(_) | Access::Watcher(_) | Access::Person(_) => {
                assert_eq!(nobody.status, 401, "{what} for nobody");
            }
        }
        for role in Role::ALL {
            let (Access::Monitor(_) | Access::Person(_)) = route.access else {
                continue;
            };
            let Some(here) = somebody(&collector, role, "lincoln-ms").await else {
                continue;
            };
            let reply = ask(&collector, route, &address, Some(&here)).await;
            match route.answer(role) {
                Answer::No => assert_eq!(reply.status, 403, "{what} for a {role}"),
                Answer::Yes | Answer::OwnSchools | Answer::OwnRoom => {
                    assert!(
                        let_through(&reply),
                        "{what} for a {role} of the school: {}",
                        reply.status
                    );
                }
            }
            let names_something = route.path.contains('{');
            if route.answer(role) == Answer::OwnSchools && names_something && !is_own(route) {
                let elsewhere = somebody(&collector, role, "oak-es").await.unwrap();
                let reply = ask(&collector, route, &address, Some(&elsewhere)).await;
                assert_eq!(reply.status, 403, "{what} for a {role} of another school");
            }
        }
    }
}

/// Routes that name something of the person's own: nobody else's can be named.
fn is_own(route: &Route) -> bool {
    route.path.contains("{browser}") || route.path.contains("{computer}")
}

#[tokio::test]
async fn nothing_is_changed_by_a_request_that_does_not_come_from_our_page() {
    let collector = Collector::in_lincoln().await;
    let things = Things::of(&collector).await;
    for route in surface().routes() {
        let (Access::Monitor(asks) | Access::Person(asks)) = route.access else {
            continue;
        };
        if route.method.is_safe() {
            continue;
        }
        let role = Role::OF_ACCOUNTS.into_iter().find(|role| role.permits(asks));
        let person = somebody(&collector, role.unwrap(), "lincoln-ms").await.unwrap();
        let address = things.address(route);
        let headers = format!("{}\r\n", person.cookie);
        for form in ["", "csrf=", "csrf=0000"] {
            let reply = collector.post(&address, &headers, form).await;
            assert_eq!(reply.status, 403, "{address} with {form:?}");
        }
        let form = format!("csrf={}", person.csrf);
        let from_elsewhere = format!("{headers}sec-fetch-site: cross-site\r\n");
        let reply = collector.post(&address, &from_elsewhere, &form).await;
        assert_eq!(reply.status, 403, "{address} from another site");
    }
}

#[test]
fn the_published_table_is_that_of_the_code() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let published = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = published.split_once(BEGINS).expect("the table begins");
    let (told, after) = rest.split_once(ENDS).expect("the table ends");
    let table = table(&surface());
    if told != table {
        // Mended where it stands, and still a failure: somebody should look at what changed.
        std::fs::write(&page, format!("{before}{BEGINS}{table}{ENDS}{after}")).unwrap();
        panic!("{PAGE} was not the table of the code; it was written anew, look at it");
    }
}
