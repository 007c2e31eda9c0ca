//! Where an installed agent lives on each system: one table, for commands, units and papers.

use roomready_shared::facts::Platform;

/// The places of one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// The program.
    pub program: &'static str,
    /// The folder of its settings.
    pub settings_folder: &'static str,
    /// The settings file that every command reads when none is named.
    pub settings: &'static str,
    /// The data folder, where the settings name no other.
    pub data: &'static str,
    /// What the system's service manager calls the service.
    pub service: &'static str,
}

const LINUX: Places = Places {
    program: "/usr/local/bin/roomready-agent",
    settings_folder: "/etc/roomready-agent",
    settings: "/etc/roomready-agent/agent.toml",
    data: "/var/lib/roomready-agent",
    service: "roomready-agent.service",
};

const MACOS: Places = Places {
    program: "/usr/local/bin/roomready-agent",
    settings_folder: "/Library/Application Support/RoomReady",
    settings: "/Library/Application Support/RoomReady/agent.toml",
    data: "/Library/Application Support/RoomReady/data",
    service: "org.roomready.agent",
};

const WINDOWS: Places = Places {
    program: r"C:\Program Files\RoomReady\roomready-agent.exe",
    settings_folder: r"C:\ProgramData\RoomReady",
    settings: r"C:\ProgramData\RoomReady\agent.toml",
    data: r"C:\ProgramData\RoomReady\data",
    service: "RoomReadyAgent",
};

impl Places {
    /// Those of a system. Where no agent runs, Linux's stand in.
    #[must_use]
    pub const fn of(platform: Platform) -> Self {
        match platform {
            Platform::Windows => WINDOWS,
            Platform::Macos => MACOS,
            Platform::Linux | Platform::Chromeos | Platform::Ipados => LINUX,
        }
    }

    /// Those of this machine.
    #[must_use]
    pub const fn here() -> Self {
        Self::of(crate::probe::platform::PLATFORM)
    }
}
