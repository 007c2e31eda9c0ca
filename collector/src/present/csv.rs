//! Files for spreadsheets.

/// A file in the making: quoted cells, lines that end as RFC 4180 asks.
#[derive(Debug)]
pub struct Csv(String);

impl Csv {
    /// A file with this first line, its end included.
    #[must_use]
    pub fn headed(head: &str) -> Self {
        Self(head.to_owned())
    }

    /// One more line.
    pub fn line(&mut self, cells: &[String]) {
        let cells: Vec<_> = cells.iter().map(|cell| csv_cell(cell)).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// All of it.
    #[must_use]
    pub fn text(self) -> String {
        self.0
    }
}

/// Quoted; and what a spreadsheet would take for a formula is made plain text by an apostrophe.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = text.replace('"', "\"\"");
    format!("\"{}{quoted}\"", if formula { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_is_text_in_every_spreadsheet() {
        assert_eq!(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_cell("@SUM(1)"), "\"'@SUM(1)\"");
        assert_eq!(csv_cell("Ada, B."), "\"Ada, B.\"");
    }
}
