//! The rendering room: view models in, HTML out.
//!
//! Pure. It knows no HTTP, no store, no clock and no fleet: whoever fills a view model brings words, numbers and times that are
//! ready to show. Each page is a `render` function; each part of a page that changes by itself is a function that gives a
//! [`Fragment`], made by the same template that draws it in the page, so that a swap never looks different from a reload.
//!
//! What a person may read here is guarded by tests: no inner word outside "Details", every colour pair with enough contrast.

pub mod access_log;
pub mod account;
pub mod assets;
pub mod close_out;
pub mod connect;
pub mod device;
pub mod devices;
pub mod enrollment;
pub mod error;
pub mod fragment;
pub mod incident;
pub mod log;
mod markup;
pub mod mine;
pub mod notices;
pub mod people;
pub mod place;
pub mod proctors;
pub mod reach;
pub mod room;
pub mod set_up;
pub mod sign_in;
pub mod time;
pub mod unexpected;
pub mod view;
pub mod what_to_do;

#[cfg(test)]
pub(crate) mod tests;

pub use fragment::Fragment;
pub use time::LocalTime;

/// Version shown at the foot of each page.
const VERSION: &str = env!("CARGO_PKG_VERSION");
