//! Against small real servers on loopback: a collector of few words, and everybody who may answer in its place.

mod answers;
mod server;
mod several;
mod strangers;
mod through_proxy;
mod tls;

use roomready_shared::facts::Platform;
use roomready_shared::ids::{ClockEpoch, DeviceName, StreamId};
use roomready_shared::timetable::Phase;
use roomready_shared::units::ShortText;
use roomready_shared::wire::v1::{AppState, EnrollRequest, Live, Report};

use super::*;
use server::Server;

const JSON: &str = "content-type: application/json\r\n";
const HTML: &str = "content-type: text/html; charset=utf-8\r\n";

/// A whole answer, after which the connection is closed.
fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// What a collector says to a report.
fn taken() -> String {
    let body = r#"{"acked_through":0,"server_time":"2026-10-06T14:00:00Z","phase":"testing","next_ms":5000,"assignment_tag":"tag-1"}"#;
    answer("200 OK", JSON, body)
}

/// A report sent at this moment of the device's monotonic clock.
fn report_at(mono_ms: u64) -> Report {
    Report {
        agent_version: ShortText::fit("0.1.0"),
        requirement_digest: None,
        live: Live {
            at: "2026-10-06T14:00:00Z".parse().expect("a time"),
            mono_ms,
            anchor: None,
            epoch: ClockEpoch::new(uuid::Uuid::from_bytes([2; 16])),
            phase: Phase::Testing,
            readiness: None,
            app: AppState::Unknown,
            charge: None,
            vendor: None,
            network: None,
            waiting: 0,
        },
        stream: StreamId::new(uuid::Uuid::from_bytes([1; 16])),
        first_seq: 1,
        news: vec![],
        lost: vec![],
        next_within_ms: 5_500,
    }
}

fn joining() -> EnrollRequest {
    EnrollRequest {
        key: "k".into(),
        name: DeviceName::parse("A-1").expect("a name"),
        platform: Platform::Linux,
        serial: None,
        agent_version: ShortText::fit("0.1.0"),
    }
}

/// An enrolled device's way to these addresses.
fn uplink(addresses: &[&CollectorAddress], trust: &Trust, proxies: &Proxies) -> HttpUplink {
    let list = Collectors::new(addresses.iter().map(|address| (*address).clone()).collect());
    let doors = Door::open_all(&list.expect("a list"), trust, proxies).expect("clients");
    HttpUplink::new(doors, Credential::new("s3cret".into()))
}

/// Its way to one that stands in the open.
fn plain(server: &Server) -> HttpUplink {
    uplink(&[&server.address], &Trust::System, &Proxies::None)
}
