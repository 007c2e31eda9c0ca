//! One question to systemd: which jobs it has. Spoken by hand, because a whole D-Bus library can do what this program
//! must never be able to do (show notices), and is larger than the rest of it.
//!
//! Format: D-Bus Specification 0.43, "Message Protocol" and "Authentication Protocol".

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

const BUS: &str = "/run/dbus/system_bus_socket";
/// A machine that ends has about 200 jobs of 150 bytes each.
const MOST_BYTES: usize = 1024 * 1024;
/// Other messages, such as the bus's greeting, may come before the answer.
const MOST_MESSAGES: usize = 16;

const METHOD_CALL: u8 = 1;
const METHOD_RETURN: u8 = 2;
const REPLY_SERIAL: u8 = 5;
const OUR_SERIAL: u32 = 2;

/// A job in systemd's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) unit: String,
    /// `start`, `stop` and so on.
    pub(super) kind: String,
}

/// Asks for all jobs.
pub(super) fn list(limit: Duration) -> io::Result<Vec<Job>> {
    let mut bus = UnixStream::connect(BUS)?;
    bus.set_read_timeout(Some(limit))?;
    bus.set_write_timeout(Some(limit))?;
    let uid = rustix::process::geteuid().as_raw().to_string();
    let uid: String = uid.bytes().map(|digit| format!("{digit:02x}")).collect();
    bus.write_all(format!("\0AUTH EXTERNAL {uid}\r\n").as_bytes())?;
    if !line(&mut bus)?.starts_with("OK ") {
        return Err(io::Error::other("the bus does not let this account in"));
    }
    bus.write_all(b"BEGIN\r\n")?;
    let dbus = "org.freedesktop.DBus";
    bus.write_all(&call(1, "/org/freedesktop/DBus", dbus, dbus, "Hello"))?;
    let systemd = "org.freedesktop.systemd1";
    let manager = "org.freedesktop.systemd1.Manager";
    bus.write_all(&call(
        OUR_SERIAL,
        "/org/freedesktop/systemd1",
        systemd,
        manager,
        "ListJobs",
    ))?;
    for _ in 0..MOST_MESSAGES {
        let (kind, serial, body) = message(&mut bus)?;
        if serial != Some(OUR_SERIAL) {
            continue;
        }
        return match kind {
            METHOD_RETURN => jobs(&body).ok_or_else(|| io::Error::other("systemd's answer makes no sense")),
            _ => Err(io::Error::other("systemd does not answer this account")),
        };
    }
    Err(io::Error::other("the bus speaks of other things"))
}

fn line(bus: &mut UnixStream) -> io::Result<String> {
    const MOST: usize = 256;
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") && line.len() < MOST {
        bus.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    String::from_utf8(line).map_err(io::Error::other)
}

/// A call without arguments, in the byte order of small ends first.
fn call(serial: u32, path: &str, destination: &str, interface: &str, member: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (code, kind, text) in [
        (1, b'o', path),
        (2, b's', interface),
        (3, b's', member),
        (6, b's', destination),
    ] {
        pad(&mut fields, 8);
        fields.extend([code, 1, kind, 0]);
        fields.extend(length(text.len()));
        fields.extend(text.as_bytes());
        fields.push(0);
    }
    let mut message = vec![b'l', METHOD_CALL, 0, 1, 0, 0, 0, 0];
    message.extend(serial.to_le_bytes());
    message.extend(length(fields.len()));
    message.extend(fields);
    pad(&mut message, 8);
    message
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

fn pad(bytes: &mut Vec<u8>, to: usize) {
    bytes.resize(bytes.len().next_multiple_of(to), 0);
}

/// The next message: its type, which call it answers, its body.
fn message(bus: &mut UnixStream) -> io::Result<(u8, Option<u32>, Vec<u8>)> {
    let mut head = [0; 16];
    bus.read_exact(&mut head)?;
    let odd = || io::Error::other("the bus sends something odd");
    let mut head = Reader::new(&head);
    if head.byte() != Some(b'l') {
        return Err(odd());
    }
    let kind = head.byte().ok_or_else(odd)?;
    head.at = 4;
    let body = head.u32().ok_or_else(odd)?;
    head.at = 12;
    let fields = head.u32().ok_or_else(odd)?;
    let (body, fields) = (size(body)?, size(fields)?);
    let mut rest = vec![0; fields.next_multiple_of(8) + body];
    bus.read_exact(&mut rest)?;
    let body = rest.split_off(fields.next_multiple_of(8));
    rest.truncate(fields);
    Ok((kind, reply_serial(&rest), body))
}

fn size(bytes: u32) -> io::Result<usize> {
    usize::try_from(bytes)
        .ok()
        .filter(|bytes| *bytes <= MOST_BYTES)
        .ok_or_else(|| io::Error::other("the answer is larger than it can sensibly be"))
}

fn reply_serial(fields: &[u8]) -> Option<u32> {
    let mut fields = Reader::new(fields);
    loop {
        fields.align(8);
        let code = fields.byte()?;
        let signature = fields.signature()?;
        match signature {
            "u" if code == REPLY_SERIAL => return fields.u32(),
            "u" => drop(fields.u32()?),
            "s" | "o" => drop(fields.text()?),
            "g" => drop(fields.signature()?),
            _ => return None,
        }
    }
}

/// `a(usssoo)`: number, unit, type, state, path of the job, path of the unit.
fn jobs(body: &[u8]) -> Option<Vec<Job>> {
    let mut body = Reader::new(body);
    let length = usize::try_from(body.u32()?).ok()?;
    body.align(8);
    let end = body.at.checked_add(length)?;
    let mut jobs = vec![];
    while body.at < end {
        body.align(8);
        body.u32()?;
        let unit = body.text()?.to_owned();
        let kind = body.text()?.to_owned();
        for _state_and_paths in 0..3 {
            body.text()?;
        }
        jobs.push(Job { unit, kind });
    }
    Some(jobs)
}

/// Reads in the byte order of small ends first; `None` behind the end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    const fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(bytes)?)?;
        self.at += bytes;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn u32(&mut self) -> Option<u32> {
        self.align(4);
        let bytes: [u8; 4] = self.take(4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes))
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.u32()?).ok()?;
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        self.take(1)?;
        Some(text)
    }

    fn signature(&mut self) -> Option<&'a str> {
        let length = usize::from(self.byte()?);
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        self.take(1)?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &mut Vec<u8>, text: &str) {
        pad(bytes, 4);
        bytes.extend(length(text.len()));
        bytes.extend(text.as_bytes());
        bytes.push(0);
    }

    fn answer(jobs: &[(&str, &str)]) -> Vec<u8> {
        let mut list = vec![];
        for (number, (unit, kind)) in (40_u32..).zip(jobs) {
            pad(&mut list, 8);
            list.extend(number.to_le_bytes());
            for word in [
                *unit,
                *kind,
                "waiting",
                "/org/freedesktop/systemd1/job/40",
                "/org/u",
            ] {
                text(&mut list, word);
            }
        }
        let mut body = length(list.len()).to_vec();
        pad(&mut body, 8);
        body.extend(list);
        body
    }

    #[test]
    fn the_jobs_of_a_machine_that_restarts_are_understood() {
        let given = [("roomready-agent.service", "stop"), ("reboot.target", "start")];
        let read = jobs(&answer(&given)).expect("well formed");
        let read: Vec<_> = read
            .iter()
            .map(|job| (job.unit.as_str(), job.kind.as_str()))
            .collect();
        assert_eq!(read, given);
        assert_eq!(jobs(&answer(&[])), Some(vec![]));
    }

    #[test]
    fn an_answer_that_is_cut_off_anywhere_is_no_answer_and_no_crash() {
        let whole = answer(&[("reboot.target", "start")]);
        for length in 0..whole.len() {
            assert_eq!(jobs(&whole[..length]), None, "{length}");
        }
        assert_eq!(jobs(&[0xff; 64]), None);
    }

    #[test]
    fn a_call_is_made_as_the_specification_says() {
        let message = call(7, "/o", "a.b", "c.d", "M");
        assert_eq!(message[..12], [b'l', METHOD_CALL, 0, 1, 0, 0, 0, 0, 7, 0, 0, 0]);
        assert_eq!(message.len() % 8, 0);
        assert_eq!(message[16..27], *b"\x01\x01o\0\x02\0\0\0/o\0");
    }

    #[test]
    fn of_the_messages_on_the_bus_the_answer_to_ours_is_found() {
        let mut fields = vec![REPLY_SERIAL, 1, b'u', 0, 2, 0, 0, 0];
        fields.extend([8, 1, b'g', 0, 1, b's', 0]);
        assert_eq!(reply_serial(&fields), Some(OUR_SERIAL));
        assert_eq!(reply_serial(&fields[8..]), None, "no answer to anything");
        assert_eq!(reply_serial(&[1, 1, b'x', 0]), None);
    }
}
