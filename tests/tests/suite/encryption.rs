//! What goes over the network is encrypted, and everybody knows whom they speak to.

mod devices;
mod networks;
mod people;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use roomready_tests::process::{Launch, Program};
use roomready_tests::school::{Plan, SCHOOL, TestSchool};

/// A school whose devices have a listener of their own.
async fn with_devices(plan: &Plan) -> TestSchool {
    TestSchool::start_in(plan, |serve| serve.args(["--devices", "127.0.0.1:0"])).await
}

/// Where devices report, as the collector says it.
async fn devices_address(collector: &Program) -> SocketAddr {
    collector
        .wait_for_line("devices report to https://")
        .await
        .rsplit_once("https://")
        .and_then(|(_, address)| address.parse().ok())
        .expect("an address of this computer")
}

/// A new enrolment file for Room 101.
async fn enrolment_file(data: &Path, folder: &Path, name: &str) -> PathBuf {
    let file = folder.join(name);
    let made = Launch::binary("roomready-collector")
        .args(["enrollment", "new", "--school", SCHOOL, "--room", "101", "--data"])
        .arg(data)
        .arg("--out")
        .arg(&file)
        .run()
        .await;
    assert_eq!(made.code(), Some(0), "{made:?}");
    file
}

/// The certificates in it, or in a device's identity.
fn ca_in(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("the file");
    let table: toml::Table = text.parse().expect("TOML");
    table["ca"].as_str().expect("a CA").to_owned()
}

fn certificates(pem: &str) -> usize {
    pem.matches("BEGIN CERTIFICATE").count()
}
