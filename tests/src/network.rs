//! A school's network on this machine: a device and the gateway beside it, each in a network of its own, joined by a
//! cable of the kernel's. Nothing in it reaches the machine's real network, and all of it ends with its two programs.

pub mod campus;
mod filter;
mod names;

use std::fs::File;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tempfile::TempDir;

use crate::process::{Launch, Program};
use crate::wait::PATIENCE;
pub use filter::{Authority, Service};
pub use names::Answers;

const UNSHARE: &str = "/usr/bin/unshare";
const NSENTER: &str = "/usr/bin/nsenter";

/// Where the device keeps the authorities that it trusts, on the Debian that runs the suites.
const STORE: &str = "/etc/ssl/certs";
const BUNDLE: &str = "ca-certificates.crt";

/// Connections that a silent service holds open.
const MOST_HELD: usize = 64;

/// Holds a network open. `$0` is a folder for what the device sees in place of the machine's own files; the gateway has
/// none. The kernel shows interfaces of the network in which its list was mounted.
const HOLD: &str = r#"
set -e
ip link set lo up
if [ -n "$0" ]; then
  mount -t sysfs none /sys
  mount --bind "$0/resolv.conf" "$(realpath /etc/resolv.conf)"
  mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf
  mount --bind "$0/certs" /etc/ssl/certs
fi
echo holding
exec sleep infinity
"#;

/// The two, joined. The device's end of the cable is `cable0`, the gateway's is `cable1`; neither has an address yet.
#[derive(Debug)]
pub struct Network {
    device: Program,
    gateway: Program,
    seen: TempDir,
}

impl Network {
    /// Lays it, or says why this machine permits none.
    ///
    /// # Panics
    ///
    /// When it permits networks and cannot lay this one.
    pub async fn lay() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("not run: laying a network of one's own needs root");
            return None;
        }
        let permitted = Command::new(UNSHARE)
            .args(["--net", "--mount", "mount", "-t", "sysfs", "none", "/sys"])
            .status();
        if !permitted.is_ok_and(|status| status.success()) {
            eprintln!("not run: this machine permits no network of one's own, not even root's");
            return None;
        }
        let seen = tempfile::tempdir().expect("a folder for what the device sees");
        std::fs::write(seen.path().join("resolv.conf"), "").expect("a file");
        std::fs::write(seen.path().join("nsswitch.conf"), "hosts: files dns\n").expect("a file");
        std::fs::create_dir(seen.path().join("certs")).expect("a folder");
        let bundle = std::fs::read(PathBuf::from(STORE).join(BUNDLE)).unwrap_or_default();
        std::fs::write(seen.path().join("certs").join(BUNDLE), bundle).expect("a file");
        let folder = seen.path().display().to_string();
        let (gateway, device) = (hold(""), hold(&folder));
        for holder in [&gateway, &device] {
            holder
                .wait_for("its network", PATIENCE, |line| (line == "holding").then_some(()))
                .await;
        }
        let network = Self {
            device,
            gateway,
            seen,
        };
        let gateway = network.gateway.pid().to_string();
        network.on_device(&format!(
            "ip link add cable0 type veth peer name cable1 netns {gateway} && ip link set cable0 up"
        ));
        network.on_gateway("ip link set cable1 up");
        Some(network)
    }

    /// The usual one: 10.2.4.0/22 behind the gateway 10.2.4.1, which has 10.2.4.53 too.
    pub async fn usual() -> Option<Self> {
        let network = Self::lay().await?;
        network.on_gateway("ip address add 10.2.4.1/22 dev cable1 && ip address add 10.2.4.53/22 dev cable1");
        network.on_device("ip address add 10.2.7.19/22 dev cable0 && ip route add default via 10.2.4.1");
        Some(network)
    }

    /// Runs a shell's line on the device, and gives back what it printed.
    pub fn on_device(&self, line: &str) -> String {
        run(&self.device, line)
    }

    /// Runs a shell's line on the gateway.
    pub fn on_gateway(&self, line: &str) -> String {
        run(&self.gateway, line)
    }

    /// Lets the device ask these name servers.
    ///
    /// # Panics
    ///
    /// When its setting cannot be changed.
    pub fn asks(&self, servers: &[&str]) {
        let lines: String = servers
            .iter()
            .map(|server| format!("nameserver {server}\n"))
            .collect();
        // Changed in place: the device sees this very file.
        std::fs::write(self.seen.path().join("resolv.conf"), lines).expect("a file");
    }

    /// Lets the device trust one more authority, as a district's management does.
    ///
    /// # Panics
    ///
    /// When its store cannot be changed.
    pub fn trusts(&self, authority: &Authority) {
        let bundle = self.seen.path().join("certs").join(BUNDLE);
        let mut text = std::fs::read_to_string(&bundle).expect("the store");
        text.push('\n');
        text.push_str(&authority.pem());
        std::fs::write(bundle, text).expect("the store takes it");
    }

    /// A program on the device.
    #[must_use]
    pub fn device_runs(&self, program: Launch) -> Launch {
        let pid = self.device.pid().to_string();
        program.wrapped_in(NSENTER, &["--target", &pid, "--net", "--mount", "--"])
    }

    /// A name server on the gateway.
    pub fn serve_names(&self, address: &str, after: Duration, answers: Answers) {
        let address = format!("{address}:53").replace("[]", "");
        let socket = self.at_gateway(move || UdpSocket::bind(address));
        names::serve(socket, after, answers);
    }

    /// A service with TLS on the gateway.
    pub fn serve_tls(&self, address: &str, service: Service) {
        let address = address.to_owned();
        let listener = self.at_gateway(move || TcpListener::bind(address));
        filter::serve(listener, service);
    }

    /// A connection of the gateway's to the device.
    ///
    /// # Panics
    ///
    /// When nothing listens there.
    #[must_use]
    pub fn connect_from_gateway(&self, to: SocketAddr) -> tokio::net::TcpStream {
        let stream = self.at_gateway(move || TcpStream::connect(to));
        stream.set_nonblocking(true).expect("a socket of ours");
        tokio::net::TcpStream::from_std(stream).expect("a socket of ours")
    }

    /// A service that takes connections on the gateway, and says nothing.
    pub fn serve_silence(&self, address: &str) {
        let address = address.to_owned();
        hold_connections(self.at_gateway(move || TcpListener::bind(address)));
    }

    /// A socket belongs to the network in which it was made, whoever uses it afterwards; so a thread goes there and
    /// brings one back.
    fn at_gateway<T: Send + 'static>(&self, make: impl FnOnce() -> io::Result<T> + Send + 'static) -> T {
        made_in(&self.gateway, make)
    }
}

/// What a thread makes that goes into the network which this program holds open.
fn made_in<T: Send + 'static>(holder: &Program, make: impl FnOnce() -> io::Result<T> + Send + 'static) -> T {
    let network = File::open(format!("/proc/{}/ns/net", holder.pid())).expect("its network");
    std::thread::spawn(move || {
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
            .expect("root may go there");
        make().expect("a socket there")
    })
    .join()
    .expect("the thread comes back")
}

/// Takes connections until the test's runtime ends, and says nothing.
fn hold_connections(listener: TcpListener) {
    listener.set_nonblocking(true).expect("a socket of ours");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket of ours");
    tokio::spawn(async move {
        let mut open = std::collections::VecDeque::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push_back(stream);
            // Whoever only looked has long closed it.
            if open.len() > MOST_HELD {
                open.pop_front();
            }
        }
    });
}

fn hold(folder: &str) -> Program {
    Launch::command(UNSHARE)
        .args(["--net", "--mount", "/bin/sh", "-c", HOLD, folder])
        .start()
}

fn run(holder: &Program, line: &str) -> String {
    let done = Command::new(NSENTER)
        .args([
            "--target",
            &holder.pid().to_string(),
            "--net",
            "--mount",
            "--",
            "/bin/sh",
            "-c",
            line,
        ])
        .output()
        .unwrap_or_else(|fault| panic!("{line}: {fault}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{line}: {said}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}
