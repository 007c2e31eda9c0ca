//! What a stream of server-sent events says, piece by piece: pure, bounded, and deaf to what it does not know.

use roomready_shared::wire::v1::{MAX_SIGHT_BYTES, Sight};

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// All that is open.
    Sight(Box<Sight>),
    /// Nothing new.
    Alive,
}

/// The stream is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum NotAStream {
    /// A line is longer than any of ours.
    #[error("the answer is longer than {MAX_SIGHT_BYTES} bytes")]
    TooLong,
    /// An event that is not understood.
    #[error("the answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

/// Takes pieces of a stream.
#[derive(Debug, Default)]
pub struct Reader {
    line: Vec<u8>,
    event: String,
    data: String,
}

impl Reader {
    /// What a piece completes.
    ///
    /// # Errors
    /// When the stream is none of ours.
    pub fn take(&mut self, piece: &[u8]) -> Result<Vec<Said>, NotAStream> {
        let mut said = Vec::new();
        for byte in piece {
            match byte {
                b'\n' => said.extend(self.line()?),
                b'\r' => {}
                _ if self.line.len() > MAX_SIGHT_BYTES => return Err(NotAStream::TooLong),
                other => self.line.push(*other),
            }
        }
        Ok(said)
    }

    /// A line is whole.
    fn line(&mut self) -> Result<Option<Said>, NotAStream> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" if self.data.len() + value.len() > MAX_SIGHT_BYTES => return Err(NotAStream::TooLong),
            "data" => self.data.push_str(value),
            // Comments, and fields that we never send.
            _ => {}
        }
        Ok(None)
    }

    fn dispatch(&mut self) -> Result<Option<Said>, NotAStream> {
        let (event, data) = (std::mem::take(&mut self.event), std::mem::take(&mut self.data));
        match event.as_str() {
            "" if data.is_empty() => Ok(None),
            "" | "message" => {
                let sight = serde_json::from_str(&data).map_err(NotAStream::Unreadable)?;
                Ok(Some(Said::Sight(Box::new(sight))))
            }
            // A newer collector may say more.
            _ => Ok(Some(Said::Alive)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGHT: &str = r#"{"at":"2026-11-26T15:41:07Z","matters":[],"more":0}"#;

    #[test]
    fn a_stream_is_understood_wherever_it_is_cut() {
        let stream = format!(
            ": hello\n\ndata: {SIGHT}\n\nevent: heartbeat\ndata: {{}}\r\n\r\nevent: new\ndata: x\n\n"
        );
        for size in 1..stream.len() {
            let mut reader = Reader::default();
            let pieces = stream.as_bytes().chunks(size);
            let said: Vec<_> = pieces.flat_map(|piece| reader.take(piece).unwrap()).collect();
            assert!(
                matches!(said.as_slice(), [Said::Sight(_), Said::Alive, Said::Alive]),
                "{said:?} in pieces of {size}"
            );
        }
    }

    #[test]
    fn what_is_no_stream_of_ours_is_refused_before_it_fills_memory() {
        let mut reader = Reader::default();
        let endless = vec![b'x'; MAX_SIGHT_BYTES + 10];
        assert!(matches!(reader.take(&endless), Err(NotAStream::TooLong)));
        let mut reader = Reader::default();
        let line = format!("data: {}\n", "x".repeat(60_000));
        let many = std::iter::repeat_n(line, 10).find_map(|line| reader.take(line.as_bytes()).err());
        assert!(matches!(many, Some(NotAStream::TooLong)));
        let page = Reader::default().take(b"data: <html>\n\n");
        assert!(matches!(page, Err(NotAStream::Unreadable(_))), "{page:?}");
    }
}
