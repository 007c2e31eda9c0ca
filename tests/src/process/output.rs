//! What a program says, kept line by line.

use std::fmt::{self, Display};
use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::{Arc, Mutex};

/// Where a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it was written to.
    pub source: Source,
    /// The line, without its end.
    pub text: String,
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The lines of a running program. Filled by two threads, so that a busy test cannot stall the program.
#[derive(Debug)]
pub(super) struct Output(Arc<Mutex<Vec<Line>>>);

/// Starts listening to both streams of a program.
pub(super) fn listen(child: &mut Child) -> Output {
    let lines = Arc::default();
    if let Some(stream) = child.stdout.take() {
        follow(stream, Source::Stdout, Arc::clone(&lines));
    }
    if let Some(stream) = child.stderr.take() {
        follow(stream, Source::Stderr, Arc::clone(&lines));
    }
    Output(lines)
}

impl Output {
    pub(super) fn lines(&self) -> Vec<Line> {
        self.0.lock().expect("listeners do not panic").clone()
    }

    /// Whether both streams have ended: each listener holds the list for as long as its stream is open.
    pub(super) fn is_complete(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    pub(super) fn text_of(&self, source: Source) -> String {
        self.lines()
            .iter()
            .filter(|line| line.source == source)
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

fn follow(stream: impl Read + Send + 'static, source: Source, lines: Arc<Mutex<Vec<Line>>>) {
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(stream.read_until(b'\n', &mut bytes), Ok(1..)) {
            let text = String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\r', '\n'])
                .to_owned();
            lines
                .lock()
                .expect("listeners do not panic")
                .push(Line { source, text });
            bytes.clear();
        }
    });
}
