//! The coordinator's page of what-to-do texts.

use super::frame::{EmptyState, Frame};

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatToDoPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What rooms read where nothing is approved.
    pub default: &'static str,
    /// Texts, in the order of their file.
    pub texts: Vec<TextCard>,
    /// What to read while there are none.
    pub empty: EmptyState,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCard {
    /// Its id, for addresses and element ids.
    pub id: String,
    /// `TestNav: the room's Wi-Fi or power, an access point`.
    pub about: String,
    /// For technicians.
    pub technician: String,
    /// For proctors, where there is one.
    pub proctor: Option<String>,
    /// `TestNav error codes (Pearson), 2025; as known on 2026-11-22`.
    pub source: String,
    /// Fingerprint of what is shown here, for the form: what was read is what is approved.
    pub digest: String,
    /// `Approved by M. Reyes, district coordinator, 07:58`; none when it is not.
    pub approved: Option<String>,
    /// Whether an earlier wording was approved.
    pub changed: bool,
}
