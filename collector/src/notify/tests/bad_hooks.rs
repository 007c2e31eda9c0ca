//! Web hooks that behave badly: each try has an end, and is counted.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::{Instant, interval};

use super::world::*;
use crate::notify::{Address, Hook, HookKind, Settings, Way};
use crate::store::Delivery;
use crate::telemetry::Metrics;

/// Says `at_once`, and then one byte after another for ever, or until nobody listens.
async fn dripping(at_once: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                // The whole notice is here or on its way by then.
                let _read = socket.read(&mut [0; 64 * 1024]).await?;
                socket.write_all(at_once.as_bytes()).await?;
                let mut drops = interval(Duration::from_millis(200));
                loop {
                    drops.tick().await;
                    socket.write_all(b"x").await?;
                }
                #[expect(unreachable_code, reason = "tells what the block gives")]
                std::io::Result::Ok(())
            });
        }
    });
    address
}

fn to(address: SocketAddr) -> Way {
    Way::Hook(Hook {
        kind: HookKind::GoogleChat,
        address: Address::Written(format!("http://{address}/").parse().unwrap()),
    })
}

/// What `/metrics` counts for a target, by the word in the middle of the counter's name and the reason.
fn counted(metrics: &Metrics, target: &str) -> BTreeMap<String, u64> {
    let text = metrics.render();
    let lines = text.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("roomready_notices_")?.rsplit_once(' ')?;
        let (name, labels) = name.split_once("_total{")?;
        let why = labels
            .split_once("why=\"")
            .map_or("", |(_, why)| why.trim_end_matches("\"}"));
        let of_target = labels.contains(&format!("target=\"{target}\""));
        of_target.then(|| {
            (
                format!("{name} {why}").trim_end().to_owned(),
                value.parse().unwrap(),
            )
        })
    });
    lines.collect()
}

fn these<const N: usize>(counts: [(&str, u64); N]) -> BTreeMap<String, u64> {
    counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect()
}

#[tokio::test]
async fn an_answer_that_comes_byte_by_byte_is_waited_for_no_longer_than_any() {
    let metrics = Metrics::start();
    let head = dripping("HTTP/1.1 200 OK\r\na: ").await;
    let body = dripping("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n").await;
    let world = World::telling(
        vec![("slow-head", to(head)), ("slow-body", to(body))],
        Settings::default(),
    );
    let (slow, taken) = (notice("slow-head", 1), notice("slow-body", 2));
    let began = Instant::now();
    world.put(&slow).await;
    world.put(&taken).await;
    world
        .until(&taken, "taken, whatever else it says", |known| {
            matches!(known.delivery, Delivery::Delivered { .. })
        })
        .await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "not for the whole exchange"
    );
    let failed = world
        .until(&slow, "given its time", |known| known.failures == 1)
        .await;
    let why = failed.failed.unwrap().1.to_string();
    assert!(why.contains("did not answer in 15 s"), "{why}");
    assert_eq!(counted(&metrics, "slow-head"), these([("failed timeout", 1)]));
    assert_eq!(counted(&metrics, "slow-body"), these([("delivered", 1)]));
    world.stop().await;
}

#[tokio::test]
async fn each_way_to_fail_is_counted_by_its_reason_and_so_is_the_end() {
    let metrics = Metrics::start();
    let answers = vec![
        "HTTP/1.1 302 So\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n".to_owned(),
        status(403),
        status(429),
        status(503),
        // A head that never ends.
        format!("HTTP/1.1 200 OK\r\na: {}", "x".repeat(4 * 1024 * 1024)),
        status(200),
        status(410),
    ];
    let receiver = Receiver::answering(answers).await;
    let world = World::telling(vec![("counted", to(receiver.address))], Settings::default());
    let first = notice("counted", 1);
    world.put(&first).await;
    for tries in 1..=5 {
        world
            .until(&first, "failed once more", |known| known.failures == tries)
            .await;
        world.pass(300);
    }
    world
        .until(&first, "delivered", |known| known.delivery.is_done())
        .await;
    let failures = [
        ("failed redirect", 1),
        ("failed refused", 1),
        ("failed busy", 1),
        ("failed server", 1),
        ("failed connection", 1),
        ("delivered", 1),
    ];
    assert_eq!(counted(&metrics, "counted"), these(failures));

    let second = notice("counted", 2);
    world.put(&second).await;
    world.until(&second, "failed", |known| known.failures == 1).await;
    world.pass(7_200);
    world
        .until(&second, "given up", |known| known.delivery.is_done())
        .await;
    let counts = counted(&metrics, "counted");
    assert_eq!(
        (counts["failed refused"], counts["given_up"]),
        (2, 1),
        "{counts:?}"
    );
    world.stop().await;
}
