//! Where a school's collector listens.

use std::sync::atomic::{AtomicU16, Ordering};

/// An address that a collector can have again after its end. The system gives ports from 32768 on to everybody who asks
/// for any; below that nobody takes one meanwhile.
pub(super) fn address_to_come_back_to() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).expect("below 10,000");
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if let Ok(listener) = std::net::TcpListener::bind(("127.0.0.1", port)) {
            return listener.local_addr().expect("its address").to_string();
        }
    }
}
