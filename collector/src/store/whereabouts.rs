//! Where the collector is found, kept so that commands beside it can tell devices and people.

use serde::{Deserialize, Serialize};

/// As of the collector's latest start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// What people open: `https://rooms.example:443`.
    pub people: String,
    /// Where devices find it, in the order in which they try.
    pub devices: Vec<String>,
    /// Whether devices meet a certificate of the private CA there, and must be given that CA.
    pub by_private_ca: bool,
}
