//! The machine itself: operating system, memory, storage, display.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units::{Bytes, ShortText, Version};

/// System families that test platforms support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Windows.
    Windows,
    /// macOS.
    Macos,
    /// Linux.
    Linux,
    /// ChromeOS: no agent of ours can run there.
    Chromeos,
    /// iPadOS: no agent of ours can run there.
    Ipados,
}

impl Platform {
    /// All of them, in the order pages list them.
    pub const ALL: [Self; 5] = [
        Self::Windows,
        Self::Macos,
        Self::Linux,
        Self::Chromeos,
        Self::Ipados,
    ];

    /// The word in files and messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Macos => "macos",
            Self::Linux => "linux",
            Self::Chromeos => "chromeos",
            Self::Ipados => "ipados",
        }
    }

    /// From the word in files and messages.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.word() == word)
    }

    /// Whether our agent can watch such a device itself (design section 7, "Who is watched").
    #[must_use]
    pub const fn can_run_agent(self) -> bool {
        matches!(self, Self::Windows | Self::Macos | Self::Linux)
    }
}

/// As makers write it: "ChromeOS".
impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Windows => "Windows",
            Self::Macos => "macOS",
            Self::Linux => "Linux",
            Self::Chromeos => "ChromeOS",
            Self::Ipados => "iPadOS",
        })
    }
}

/// Release channel of ChromeOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Stable.
    Stable,
    /// Long-term support.
    Lts,
    /// Long-term support candidate.
    Ltc,
    /// Beta.
    Beta,
    /// Developer.
    Dev,
}

/// The operating system as it names itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Os {
    /// For people: "Ubuntu 24.04.3 LTS", "Windows 11 Education".
    pub name: ShortText,
    /// Linux: the distribution's `ID` of os-release ("ubuntu"); elsewhere absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<ShortText>,
    /// Version in the maker's own numbering; a rolling distribution has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Build: what Windows is judged by ("26100.2314").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Version>,
    /// Processor architecture: "x86_64", "aarch64".
    pub architecture: ShortText,
    /// Windows edition: "Education".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<ShortText>,
    /// ChromeOS release channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Windows in S mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s_mode: Option<bool>,
}

/// Memory as the system counts it: less than what is built in, by what firmware and graphics keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Memory {
    /// All that the system can use.
    pub total: Bytes,
    /// What a program could get now without swapping.
    pub available: Bytes,
}

/// Storage of one volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disk {
    /// Size of the volume.
    pub total: Bytes,
    /// What an ordinary user can still write.
    pub free: Bytes,
}

/// One display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Display {
    /// Width in pixels of its current or preferred mode.
    pub width: u32,
    /// Height likewise.
    pub height: u32,
    /// Diagonal in tenths of an inch, where the display tells its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagonal_tenths: Option<u16>,
}
