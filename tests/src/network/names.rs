//! A name server of the suite: honest, slow, or a liar.

use std::collections::BTreeMap;
use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

/// What it answers.
#[derive(Debug, Clone)]
pub enum Answers {
    /// These names, and that there is no other.
    True(BTreeMap<String, IpAddr>),
    /// This address for every name, as a filter's block page does.
    Always(IpAddr),
}

impl Answers {
    /// One name.
    ///
    /// # Panics
    ///
    /// When the address is none.
    #[must_use]
    pub fn one(name: &str, address: &str) -> Self {
        let address = address.parse().expect("an address");
        Self::True(BTreeMap::from([(name.to_owned(), address)]))
    }

    fn of(&self, name: &str) -> Option<IpAddr> {
        match self {
            Self::True(names) => names.get(name).copied(),
            Self::Always(address) => Some(*address),
        }
    }
}

/// Record types.
const A: u16 = 1;
const AAAA: u16 = 28;
/// Head of a message.
const HEAD: usize = 12;
/// Flags of an answer: a response, recursion wanted and there; the last bits say "no such name".
const ANSWER: [u8; 2] = [0x81, 0x80];
const NO_SUCH_NAME: [u8; 2] = [0x81, 0x83];

/// Serves until the test's runtime ends. Each question is answered by a task of its own, so that two at once take no
/// longer than one.
pub(super) fn serve(socket: UdpSocket, after: Duration, answers: Answers) {
    socket.set_nonblocking(true).expect("a socket of ours");
    let socket = std::sync::Arc::new(tokio::net::UdpSocket::from_std(socket).expect("a socket of ours"));
    tokio::spawn(async move {
        let mut message = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut message).await {
            let due = tokio::time::Instant::now() + after;
            if let Some(answer) = message
                .get(..length)
                .and_then(|question| answer(question, &answers))
            {
                let socket = socket.clone();
                tokio::spawn(async move {
                    tokio::time::sleep_until(due).await;
                    let _gone = socket.send_to(&answer, from).await;
                });
            }
        }
    });
}

fn answer(question: &[u8], answers: &Answers) -> Option<Vec<u8>> {
    let (name, end) = asked(question)?;
    let kind = u16::from_be_bytes(question.get(end..end + 2)?.try_into().ok()?);
    let address = answers.of(&name);
    let record = match (address, kind) {
        (Some(IpAddr::V4(address)), A) => Some(address.octets().to_vec()),
        (Some(IpAddr::V6(address)), AAAA) => Some(address.octets().to_vec()),
        _ => None,
    };
    let flags = if address.is_some() { ANSWER } else { NO_SUCH_NAME };
    let mut message = question.get(..2)?.to_vec();
    message.extend(flags);
    message.extend([0, 1, 0, u8::from(record.is_some()), 0, 0, 0, 0]);
    message.extend(question.get(HEAD..end + 4)?);
    if let Some(record) = record {
        // The name again, by its place; class "internet"; for a second.
        message.extend([0xC0, 0x0C]);
        message.extend(kind.to_be_bytes());
        message.extend([0, 1, 0, 0, 0, 1, 0]);
        message.push(u8::try_from(record.len()).ok()?);
        message.extend(record);
    }
    Some(message)
}

/// The name in a question, and where it ends.
fn asked(question: &[u8]) -> Option<(String, usize)> {
    let mut labels = vec![];
    let mut at = HEAD;
    loop {
        let length = usize::from(*question.get(at)?);
        if length == 0 {
            return Some((labels.join(".").to_ascii_lowercase(), at + 1));
        }
        let label = question.get(at + 1..at + 1 + length)?;
        labels.push(String::from_utf8_lossy(label).into_owned());
        at += 1 + length;
    }
}
