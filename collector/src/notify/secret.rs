//! Secrets of notices, read anew for each try: a changed one counts at once, and none stays in memory.

use super::{Failure, KeptIn, Settings};

/// Longest secret in bytes: an address with its token stays under 1 KB.
const LONGEST: usize = 4 * 1024;

impl Settings {
    /// What is kept there, without the line end after it.
    pub(super) async fn reveal(&self, kept: &KeptIn) -> Result<String, Failure> {
        let text = match kept {
            KeptIn::Environment(name) => self.environment.get(name).cloned().ok_or_else(|| {
                Failure::new(
                    "secret",
                    &format!(
                        "the environment had no {name} when the collector started; set it and start again"
                    ),
                )
            })?,
            KeptIn::File(path) => {
                let shown = path.display();
                let bytes = tokio::fs::read(path).await.map_err(|error| {
                    Failure::new(
                        "secret",
                        &format!("cannot read the secret in {shown}: {error}; put it there, readable for the collector"),
                    )
                })?;
                if bytes.len() > LONGEST {
                    return Err(Failure::new(
                        "secret",
                        &format!("{shown} is too long to be a secret; put nothing else into it"),
                    ));
                }
                String::from_utf8(bytes).map_err(|_| {
                    Failure::new(
                        "secret",
                        &format!("{shown} is not a text; put the secret there alone"),
                    )
                })?
            }
        };
        let text = text.trim();
        if text.is_empty() {
            let place = match kept {
                KeptIn::Environment(name) => name.clone(),
                KeptIn::File(path) => path.display().to_string(),
            };
            return Err(Failure::new(
                "secret",
                &format!("{place} is empty; put the secret there"),
            ));
        }
        Ok(text.to_owned())
    }
}
