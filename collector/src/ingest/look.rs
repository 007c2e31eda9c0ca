//! A report looked at and let go again.

use jiff::Timestamp;
use roomready_shared::wire::v1::{News, Report};

use super::NotTaken;
use super::check::{check, take_out};
use crate::domain::event_time::DeviceClocks;
use crate::store::Offered;

/// Checks a report of an unknown device, and dates its records, twice in a row as a device goes on. For
/// [`crate::untrusted`]: nothing is kept.
///
/// # Errors
/// When the report is not taken.
pub(crate) fn look_at(report: &Report, received: [Timestamp; 2]) -> Result<Vec<News>, NotTaken> {
    let mut clocks = DeviceClocks::default();
    let mut latest = None;
    let mut understood = Vec::new();
    for received in received {
        check(report)?;
        let checked = take_out(&mut report.clone(), received, clocks, latest);
        clocks = checked.clocks;
        for offered in checked.news {
            if let Offered::Understood(dated) = offered {
                latest = Some(dated.time);
                understood.push(dated.news);
            }
        }
    }
    Ok(understood)
}
