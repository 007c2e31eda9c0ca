//! A proxy between a device and its collector.

use std::sync::Arc;

use roomready_shared::address::ProxyAddress;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::tls::Authority;
use super::*;
use crate::ports::Uplink as _;

/// A proxy that lets `CONNECT` through to one place, whatever name was asked for: names of schools exist nowhere here.
struct Tunnel {
    proxies: Proxies,
    task: tokio::task::JoinHandle<()>,
}

impl Tunnel {
    async fn to(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let proxies = through(listener.local_addr().expect("an address"));
        let target = server.address.host().to_string();
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut asked = vec![0; 4_096];
                let read = client.read(&mut asked).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&asked[..read]).into_owned();
                if !text.starts_with("CONNECT collector.example:8443 HTTP/1.1\r\n") {
                    continue;
                }
                let mut server = TcpStream::connect(&target).await.expect("the server");
                let _gone = client
                    .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    .await;
                let _gone = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            }
        });
        Self { proxies, task }
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn through(address: impl std::fmt::Display) -> Proxies {
    Proxies::One(ProxyAddress::new(
        address.to_string().parse().expect("host and port"),
    ))
}

fn far(scheme: &str) -> CollectorAddress {
    CollectorAddress::parse(&format!("{scheme}://collector.example:8443")).expect("an address")
}

async fn told(address: &CollectorAddress, proxies: &Proxies) -> String {
    uplink(&[address], &Authority::new("RoomReady").pinned(), proxies)
        .report(&report_at(0))
        .await
        .expect_err("not through")
        .to_string()
}

#[tokio::test]
async fn an_encrypted_report_goes_through_a_proxy_that_cannot_read_it() {
    let ours = Authority::new("RoomReady");
    let server = Server::start_tls(&taken(), ours.server("collector.example")).await;
    let tunnel = Tunnel::to(&server).await;
    let way = uplink(&[&far("https")], &ours.pinned(), &tunnel.proxies);
    way.report(&report_at(0)).await.expect("taken");
    let asked = server.asked().join("\n");
    assert!(asked.starts_with("POST /api/v1/reports HTTP/1.1"), "{asked}");
}

#[tokio::test]
async fn a_proxy_that_opens_encrypted_traffic_is_told_by_its_certificate() {
    let ours = Authority::new("RoomReady");
    let filter = Server::start_tls(&taken(), Authority::new("Filter").server("collector.example")).await;
    let tunnel = Tunnel::to(&filter).await;
    let trouble = uplink(&[&far("https")], &ours.pinned(), &tunnel.proxies)
        .report(&report_at(0))
        .await
        .expect_err("opened");
    assert!(matches!(trouble, Trouble::WrongCertificate { .. }), "{trouble:?}");
    assert!(
        trouble
            .to_string()
            .starts_with("collector.example:8443: its certificate"),
        "{trouble}"
    );
}

#[tokio::test]
async fn a_proxy_that_wants_a_sign_in_or_goes_no_further_is_named() {
    for scheme in ["https", "http"] {
        for (status, words) in [
            ("407 Proxy Authentication Required", "asks for a sign-in"),
            ("502 Bad Gateway", "cannot reach the collector"),
            ("504 Gateway Timeout", "cannot reach the collector"),
        ] {
            let proxy = Server::start(&answer(status, HTML, "<p>no</p>")).await;
            let name = proxy.address.host();
            let text = told(&far(scheme), &through(name)).await;
            assert!(
                text.starts_with(&format!("the proxy {name} {words}")),
                "{scheme} {status}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_apart_from_a_collector_that_is_not() {
    let nobody = Server::start("").await.end().await;
    for scheme in ["https", "http"] {
        let text = told(&far(scheme), &through(nobody.host())).await;
        let words = format!("the proxy {} cannot be reached (", nobody.host());
        assert!(text.starts_with(&words) && text.contains("refused"), "{text}");
    }
}

#[tokio::test]
async fn a_name_and_password_of_the_system_s_proxy_are_given_to_it_and_to_nobody_else() {
    let proxy = Server::start(&taken()).await;
    let given = format!("http://web:pass@{}", proxy.address.host());
    let matcher = hyper_util::client::proxy::matcher::Matcher::builder()
        .all(given)
        .build();
    let way = uplink(
        &[&far("http")],
        &Trust::System,
        &Proxies::System(Arc::new(matcher)),
    );
    way.report(&report_at(0)).await.expect("taken");
    let asked = proxy.asked().join("\n").to_ascii_lowercase();
    assert!(
        asked.starts_with("post http://collector.example:8443/api/v1/reports"),
        "{asked}"
    );
    assert!(
        asked.contains("proxy-authorization: basic d2vionbhc3m="),
        "{asked}"
    );
}

#[tokio::test]
async fn this_very_machine_is_never_reached_through_a_proxy() {
    let (proxy, server) = (Server::start(&taken()).await, Server::start(&taken()).await);
    let way = uplink(&[&server.address], &Trust::System, &through(proxy.address.host()));
    way.report(&report_at(0)).await.expect("taken");
    assert_eq!((server.asked().len(), proxy.asked().len()), (1, 0));
}
