//! What every page promises, whatever it shows.

mod contrast;
mod fragments;
mod promises;
pub(crate) mod samples;
mod summary;
mod words;
