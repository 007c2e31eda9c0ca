//! testssl.sh against both listeners: no weak protocol, no weak cipher, none of the known holes.

use std::net::SocketAddr;
use std::time::Duration;

use roomready_tests::process::Launch;
use roomready_tests::tls::write_certificate;
use serde_json::Value;

/// It tries some hundred handshakes.
const PATIENCE: Duration = Duration::from_secs(600);
/// What it calls a weakness; the rest is information, and warnings about itself.
const WEAK: [&str; 3] = ["MEDIUM", "HIGH", "CRITICAL"];

async fn findings(of: SocketAddr, folder: &std::path::Path) -> Vec<String> {
    let file = folder.join(format!("{}.json", of.port()));
    let looked = Launch::command("/usr/bin/testssl")
        .args(["--quiet", "--color", "0", "--warnings", "off", "--ip", "one"])
        // Protocols, ciphers by class, forward secrecy, and the holes with names.
        .args(["-p", "-s", "-f", "-U", "--jsonfile"])
        .arg(&file)
        .arg(of.to_string())
        .start();
    looked.ended(PATIENCE).await;
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|fault| panic!("{fault}: testssl.sh found nothing at all\n{}", looked.tail()));
    let findings: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    let said = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let has = |id: &str, severity: &[&str]| {
        findings.iter().any(|finding| {
            said(finding, "id") == id && severity.contains(&said(finding, "severity").as_str())
        })
    };
    assert!(has("TLS1_3", &["OK"]), "it spoke to the listener: {text}");
    assert!(has("scanTime", &["INFO"]), "it came to its end: {text}");
    findings
        .iter()
        .filter(|finding| WEAK.contains(&said(finding, "severity").as_str()))
        .map(|finding| {
            format!(
                "{}: {} ({})",
                said(finding, "id"),
                said(finding, "finding"),
                said(finding, "severity")
            )
        })
        .collect()
}

#[tokio::test]
async fn neither_listener_speaks_anything_weak() {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("fullchain.pem"), folder.path().join("key.pem"));
    write_certificate(&certificate, &key, "127.0.0.1");
    let collector = Launch::binary("roomready-collector")
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--devices",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(folder.path().join("data"))
        .arg("--certificate")
        .arg(&certificate)
        .arg("--certificate-key")
        .arg(&key)
        .start();
    for listener in ["listening on https://", "devices report to https://"] {
        let line = collector.wait_for_line(listener).await;
        let address = line.rsplit_once("https://").expect("an address").1;
        let weak = findings(address.parse().expect("an address"), folder.path()).await;
        assert!(weak.is_empty(), "{listener}{address}:\n{}", weak.join("\n"));
    }
    collector.stop().await;
}
