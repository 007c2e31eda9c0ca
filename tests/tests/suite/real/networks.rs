//! Networks as schools have them, and what the agent tells of them.

use std::time::Duration;

use roomready_tests::agent::check;
use roomready_tests::binaries::workspace;
use roomready_tests::network::{Answers, Authority, Network, Service};
use serde_json::Value;

const VENDOR: &str = "home.testnav.com";
/// What `check` promises, whatever hangs, is 9 s; the rest is for a machine that runs other tests too.
const IN_TIME: Duration = Duration::from_secs(30);

async fn look(network: &Network, vendor: bool) -> Value {
    let mut look = check().arg("--json");
    if vendor {
        look = look
            .arg("--profile")
            .arg(workspace().join("configs/profiles/testnav-2026-27.toml"));
    }
    let began = tokio::time::Instant::now();
    let finished = network.device_runs(look).run().await;
    let took = began.elapsed();
    assert!(took < IN_TIME, "{took:?}");
    let told: Value =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
    // Whatever the network does, the rest of the machine is told.
    assert!(
        told["facts"]["memory"]["outcome"]["measured"].is_object(),
        "{told}"
    );
    told["facts"].clone()
}

fn some_vendor() -> Service {
    Service::Filter(Authority::called("Practice Root", "Practice Trust"))
}

/// The first default route as `ip` tells it.
fn route(network: &Network, family: &str) -> Value {
    let text = network.on_device(&format!("ip -json {family} route show default"));
    let routes: Value = serde_json::from_str(&text).expect("ip writes JSON");
    routes[0].clone()
}

#[tokio::test]
async fn a_gateway_that_answers_is_measured_and_the_connection_is_told_as_the_system_has_it() {
    let Some(network) = Network::usual().await else {
        return;
    };
    network.asks(&["10.2.4.53", "10.2.4.54"]);
    let facts = look(&network, false).await;
    let way = &facts["gateway"]["outcome"]["measured"];
    assert_eq!(
        (&way["via"], &way["answered"]),
        (&Value::from("icmp"), &way["sent"]),
        "{way}"
    );
    let link = &facts["link"]["outcome"]["measured"];
    assert_eq!(link["gateway"], route(&network, "-4")["gateway"]);
    assert_eq!(link["subnet"], "10.2.4.0/22");
    let connected: Value = serde_json::from_str(&network.on_device("ip -json -4 route show scope link"))
        .expect("ip writes JSON");
    assert_eq!(link["subnet"], connected[0]["dst"]);
    assert_eq!(link["resolvers"], serde_json::json!(["10.2.4.53", "10.2.4.54"]));
    // A cable between two networks of one kernel is of no kind that a school has.
    assert_eq!(link["kind"], "other");
    let told = facts.to_string();
    assert!(
        !told.contains("10.2.7.19"),
        "no address of the device itself: {told}"
    );
}

#[tokio::test]
async fn a_tunnel_is_told_as_one_and_the_gateway_under_it_is_still_tried() {
    let Some(network) = Network::usual().await else {
        return;
    };
    let tunnel = network.on_device(
        "(ip tuntap add dev tun0 mode tun && ip address add 10.8.0.2/24 dev tun0 && ip link set tun0 up && \
         ip route add 0.0.0.0/1 dev tun0 && ip route add 128.0.0.0/1 dev tun0 && echo laid) 2>&1 || true",
    );
    if !tunnel.contains("laid") {
        eprintln!("not run: this kernel makes no tunnel: {tunnel}");
        return;
    }
    let facts = look(&network, false).await;
    assert_eq!(
        facts["link"]["outcome"]["measured"]["kind"], "tunnel",
        "{}",
        facts["link"]
    );
    let way = &facts["gateway"]["outcome"]["measured"];
    assert!(way["sent"].as_u64().is_some_and(|sent| sent > 0), "{way}");
}

#[tokio::test]
async fn a_gateway_that_is_not_there_and_one_that_answers_no_pings_are_told_apart() {
    let Some(network) = Network::usual().await else {
        return;
    };
    network.on_gateway("echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
    let facts = look(&network, false).await;
    let way = &facts["gateway"]["outcome"]["measured"];
    assert_eq!(
        (&way["via"], &way["answered"]),
        (&Value::from("tcp"), &way["sent"]),
        "{way}"
    );

    network.on_gateway("ip link set cable1 down");
    let facts = look(&network, false).await;
    let way = &facts["gateway"]["outcome"];
    let answered = way["measured"]["answered"].as_u64().unwrap_or(0);
    assert_eq!(answered, 0, "{way}");
}

#[tokio::test]
async fn a_school_with_the_newer_family_alone_is_as_good_as_any() {
    let Some(network) = Network::lay().await else {
        return;
    };
    network.on_gateway(
        "ip address add fe80::1/64 dev cable1 nodad && ip address add 2001:db8:5::53/64 dev cable1 nodad",
    );
    network.on_device(
        "ip address add 2001:db8:5::77/64 dev cable0 nodad && ip -6 route add default via fe80::1 dev cable0",
    );
    network.asks(&["2001:db8:5::53"]);
    network.serve_names(
        "[2001:db8:5::53]",
        Duration::ZERO,
        Answers::one(VENDOR, "2001:db8:5::53"),
    );
    network.serve_tls("[2001:db8:5::53]:443", some_vendor());
    let facts = look(&network, true).await;
    let link = &facts["link"]["outcome"]["measured"];
    assert_eq!(
        link["gateway"],
        route(&network, "-6")["gateway"],
        "{}",
        facts["link"]
    );
    assert_eq!(link["subnet"], "2001:db8:5::/64");
    let way = &facts["gateway"]["outcome"]["measured"];
    assert_eq!(
        (&way["via"], &way["answered"]),
        (&Value::from("icmp"), &way["sent"]),
        "{}",
        facts["gateway"]
    );
    let vendor = &facts["vendor"][format!("{VENDOR}:443")]["outcome"]["measured"];
    assert_eq!(vendor["answered"], vendor["sent"], "{}", facts["vendor"]);
    assert_eq!(
        facts["certificates"]["outcome"]["measured"]["seen"], 1,
        "{}",
        facts["certificates"]
    );
}

#[tokio::test]
async fn a_device_on_no_network_says_so_in_clear_words() {
    let Some(network) = Network::lay().await else {
        return;
    };
    let facts = look(&network, true).await;
    let why = |fact: &str| {
        facts[fact]["outcome"]["failed"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        why("gateway").contains("no default gateway is set"),
        "{}",
        facts["gateway"]
    );
    assert!(
        why("link").contains("no default route is set"),
        "{}",
        facts["link"]
    );
    assert!(
        why("certificates").contains("cannot be looked up"),
        "{}",
        facts["certificates"]
    );
    let resolution = &facts["resolution"]["outcome"]["measured"];
    assert_eq!(resolution["answered"], 0, "{resolution}");
    assert!(
        resolution["trouble"]
            .as_str()
            .is_some_and(|why| why.contains("home.testnav.com")),
        "{resolution}"
    );
}

#[tokio::test]
async fn a_resolver_that_takes_400_ms_is_measured_and_holds_nothing_up() {
    const SLOW: u64 = 400;
    let Some(network) = Network::usual().await else {
        return;
    };
    network.asks(&["10.2.4.53"]);
    network.serve_names(
        "10.2.4.53",
        Duration::from_millis(SLOW),
        Answers::one(VENDOR, "10.2.4.1"),
    );
    network.serve_tls("10.2.4.1:443", some_vendor());
    let facts = look(&network, true).await;
    let resolution = &facts["resolution"]["outcome"]["measured"];
    assert_eq!(resolution["answered"], 1, "{resolution}");
    let slowest = resolution["slowest_ms"].as_u64().unwrap_or(0);
    assert!((SLOW..3_000).contains(&slowest), "{resolution}");
    // The time of the name is not counted into the way.
    let vendor = &facts["vendor"][format!("{VENDOR}:443")]["outcome"]["measured"];
    assert_eq!(vendor["answered"], vendor["sent"], "{vendor}");
    assert!(
        vendor["latency"]["median_us"]
            .as_u64()
            .is_some_and(|time| time < SLOW * 1_000),
        "{vendor}"
    );
}

#[tokio::test]
async fn a_resolver_that_is_dead_costs_a_look_its_time_and_nothing_more() {
    let Some(network) = Network::usual().await else {
        return;
    };
    // An address that nobody has.
    network.asks(&["10.2.4.99"]);
    let facts = look(&network, true).await;
    let resolution = &facts["resolution"]["outcome"]["measured"];
    assert_eq!(resolution["answered"], 0, "{resolution}");
    let way = &facts["gateway"]["outcome"]["measured"];
    assert_eq!(way["answered"], way["sent"], "the gateway is well: {way}");
}

#[tokio::test]
async fn the_school_s_own_test_server_is_connected_to_and_asked_nothing() {
    let Some(network) = Network::usual().await else {
        return;
    };
    network.asks(&["10.2.4.53"]);
    network.serve_names(
        "10.2.4.53",
        Duration::ZERO,
        Answers::one("cache.school.example", "10.2.4.1"),
    );
    network.serve_silence("10.2.4.1:4480");
    let policy = tempfile::NamedTempFile::new().expect("a file");
    let example =
        std::fs::read_to_string(workspace().join("configs/policy.example.toml")).expect("the example");
    let own: String = example
        .lines()
        .map(|line| match line.strip_prefix("hosts = ") {
            Some(_) => "hosts = [\"cache.school.example:4480\", \"cache.school.example:4481\"]\n".to_owned(),
            None => format!("{line}\n"),
        })
        .collect();
    std::fs::write(policy.path(), own).expect("a file");
    let look = check()
        .arg("--json")
        .arg("--profile")
        .arg(workspace().join("configs/profiles/testnav-2026-27.toml"))
        .arg("--policy")
        .arg(policy.path());
    let finished = network.device_runs(look).run().await;
    let told: Value =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"));
    let way =
        |port: u16| &told["facts"]["local"][format!("cache.school.example:{port}")]["outcome"]["measured"];
    assert_eq!(
        way(4480)["answered"],
        way(4480)["sent"],
        "{}",
        told["facts"]["local"]
    );
    assert_eq!(way(4481)["answered"], 0, "{}", told["facts"]["local"]);
    assert!(
        way(4481)["trouble"]
            .as_str()
            .is_some_and(|why| why.contains("connection refused")),
        "{}",
        way(4481)
    );
}
