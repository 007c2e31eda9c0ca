//! A table in a text file: lines of cells with commas between them, as a spreadsheet saves them (RFC 4180).
//!
//! Read strictly, like the other files that people write: each row knows its line, and a quote that does not end is
//! told where it began rather than swallowing the rest of the file.

use std::mem::take;

/// One row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
    /// Its cells, without the spaces around them.
    pub(super) cells: Vec<String>,
}

/// What is wrong with the text as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// Where, counted from 1.
    pub(super) line: usize,
    /// What, and what to do.
    pub(super) sentence: &'static str,
}

/// All rows; those without a word in them are left out, as a spreadsheet adds them at the end.
///
/// # Errors
///
/// The first place where it cannot be told what is a cell.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Broken> {
    // A spreadsheet marks its UTF-8 by three bytes at the start.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Rows::default();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let doubled = char == '"' && chars.peek() == Some(&'"');
        if reader.state == State::Quoted && doubled {
            chars.next();
            reader.cell.push('"');
        } else {
            reader.take(char)?;
        }
    }
    reader.end()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// At the start of a cell, or in one without quotes.
    #[default]
    Plain,
    /// Between quotes.
    Quoted,
    /// After the closing quote.
    Closed,
}

struct Rows {
    rows: Vec<Row>,
    cells: Vec<String>,
    cell: String,
    state: State,
    line: usize,
    row_began: usize,
    quote_began: usize,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            cells: Vec::new(),
            cell: String::new(),
            state: State::Plain,
            line: 1,
            row_began: 1,
            quote_began: 1,
        }
    }
}

impl Rows {
    fn take(&mut self, char: char) -> Result<(), Broken> {
        match (self.state, char) {
            (State::Plain, '"') if self.cell.trim().is_empty() => {
                self.cell.clear();
                self.state = State::Quoted;
                self.quote_began = self.line;
            }
            (State::Plain, '"') => {
                return Err(self.broken("a quote stands inside a cell; put the whole cell into quotes"));
            }
            (State::Quoted, '"') => self.state = State::Closed,
            (State::Plain | State::Closed, ',') => self.cell_ends(),
            (State::Plain | State::Closed, '\n') => {
                self.row_ends();
                self.line += 1;
                self.row_began = self.line;
            }
            (State::Plain | State::Closed, '\r') => {}
            (State::Closed, space) if space.is_whitespace() => {}
            (State::Closed, _) => {
                return Err(
                    self.broken("a cell goes on after its closing quote; double the quotes inside it")
                );
            }
            (State::Plain | State::Quoted, other) => {
                self.line += usize::from(other == '\n');
                self.cell.push(other);
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<Vec<Row>, Broken> {
        if self.state == State::Quoted {
            return Err(Broken {
                line: self.quote_began,
                sentence: "a quote is opened here and never closed; close it",
            });
        }
        self.row_ends();
        Ok(self.rows)
    }

    fn cell_ends(&mut self) {
        self.cells.push(take(&mut self.cell).trim().to_owned());
        self.state = State::Plain;
    }

    fn row_ends(&mut self) {
        self.cell_ends();
        let cells = take(&mut self.cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.rows.push(Row {
                line: self.row_began,
                cells,
            });
        }
    }

    const fn broken(&self, sentence: &'static str) -> Broken {
        Broken {
            line: self.line,
            sentence,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        let rows = rows(text).unwrap();
        rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    #[test]
    fn a_table_as_spreadsheets_save_it_is_read_with_its_lines() {
        let text = "\u{feff}school,room\r\n\r\nlincoln-ms, 101 \r\n\"oak, the \"\"old\"\"\nhouse\",12\r\nlast,1\r\n,\r\n";
        assert_eq!(
            cells(text),
            [
                (1, vec!["school".into(), "room".into()]),
                (3, vec!["lincoln-ms".into(), "101".into()]),
                (4, vec!["oak, the \"old\"\nhouse".into(), "12".into()]),
                (6, vec!["last".into(), "1".into()]),
            ]
        );
    }

    #[test]
    fn quotes_that_make_no_cell_are_told_with_their_line() {
        let line = |text| rows(text).unwrap_err().line;
        assert_eq!(line("a,b\n\"open,b\nc,d\n"), 2);
        assert_eq!(line("a,b\nc,d\"e\"\n"), 2);
        assert_eq!(line("a,b\nc,d\n\"e\"f,g"), 3);
    }

    proptest! {
        /// Whatever is in the cells, quoted it comes back.
        #[test]
        fn what_is_written_in_quotes_comes_back(table in prop::collection::vec(prop::collection::vec("[ -~\n]{0,8}", 1..4), 0..6)) {
            let text: String = table.iter().map(|row| {
                let row: Vec<_> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
                row.join(",") + "\n"
            }).collect();
            let trimmed = table.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
            let expected: Vec<_> = trimmed.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            let read: Vec<_> = rows(&text).unwrap().into_iter().map(|row| row.cells).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
