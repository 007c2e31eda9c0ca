//! A filter that opens encrypted traffic, and a resolver that lies: both told by their certificates.

use std::time::Duration;

use roomready_tests::agent::check;
use roomready_tests::binaries::workspace;
use roomready_tests::network::{Answers, Authority, Network, Service};
use serde_json::Value;

/// The vendor's host in the profile that ships.
const VENDOR: &str = "home.testnav.com";

fn filter_s() -> Authority {
    Authority::called("Campus Filter CA", "Filter Company")
}

async fn judged(network: &Network) -> Value {
    let profile = workspace().join("configs/profiles/testnav-2026-27.toml");
    let look = check().arg("--profile").arg(profile).arg("--json");
    let finished = network.device_runs(look).run().await;
    serde_json::from_str(&finished.stdout).unwrap_or_else(|fault| panic!("{fault}: {finished:?}"))
}

fn foreign(told: &Value) -> &Value {
    &told["facts"]["certificates"]["outcome"]["measured"]["foreign"][0]
}

/// What the rule about opened traffic came to, and its words.
fn inspection(told: &Value) -> (&str, &str) {
    let finding = told["findings"]
        .as_array()
        .and_then(|findings| {
            findings
                .iter()
                .find(|finding| finding["rule"] == "opened-traffic")
        })
        .unwrap_or_else(|| panic!("{}", told["findings"]));
    let text = |field: &str| finding[field].as_str().unwrap_or_default();
    (text("verdict"), text("measured"))
}

#[tokio::test]
async fn a_filter_that_opens_traffic_is_named_and_so_is_who_trusts_it() {
    let Some(network) = Network::usual().await else {
        return;
    };
    network.asks(&["10.2.4.53"]);
    network.serve_names("10.2.4.53", Duration::ZERO, Answers::one(VENDOR, "10.2.4.1"));
    let filter = filter_s();
    network.serve_tls("10.2.4.1:443", Service::Filter(filter.clone()));

    // Managed by somebody who forgot this device.
    let told = judged(&network).await;
    assert_eq!(
        foreign(&told)["trust"],
        "nobody",
        "{}",
        told["facts"]["certificates"]
    );
    assert_eq!(foreign(&told)["issuer"], "Campus Filter CA (Filter Company)");
    let (verdict, words) = inspection(&told);
    assert_ne!(verdict, "pass");
    assert!(words.contains("does not trust"), "{words}");

    network.trusts(&filter);
    let told = judged(&network).await;
    assert_eq!(
        foreign(&told)["trust"],
        "device_only",
        "{}",
        told["facts"]["certificates"]
    );
    let (verdict, words) = inspection(&told);
    assert_ne!(verdict, "pass");
    assert!(
        words.contains("opened on its way by \"Campus Filter CA (Filter Company)\""),
        "{words}"
    );
    // The service itself answers: that is another question.
    let way = &told["facts"]["vendor"][format!("{VENDOR}:443")]["outcome"]["measured"];
    assert_eq!(way["answered"], way["sent"], "{way}");
}

#[tokio::test]
async fn a_resolver_that_sends_every_name_to_a_block_page_is_found_out() {
    let Some(network) = Network::usual().await else {
        return;
    };
    network.asks(&["10.2.4.53"]);
    let lie = Answers::Always("10.2.4.1".parse().expect("an address"));
    network.serve_names("10.2.4.53", Duration::ZERO, lie);
    let page = Authority::called("Block Page", "Filter Company");
    network.trusts(&page);
    network.serve_tls("10.2.4.1:443", Service::Page(page, "blocked.filter.example"));

    let told = judged(&network).await;
    // Names are found and the port answers, as the liar wants it.
    let resolution = &told["facts"]["resolution"]["outcome"]["measured"];
    assert_eq!(resolution["answered"], resolution["asked"], "{resolution}");
    assert_eq!(foreign(&told)["trust"], "nobody", "trusted, and for another name");
    assert_eq!(foreign(&told)["issuer"], "Block Page (Filter Company)");
    let (verdict, words) = inspection(&told);
    assert_ne!(verdict, "pass");
    assert!(words.contains("Block Page"), "{words}");
}
