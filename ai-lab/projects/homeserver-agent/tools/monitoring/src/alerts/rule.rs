//! What is looked at, and from which value on it is too much unless the configuration says otherwise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is looked at.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// Room taken on a disk.
    DiskUsed,
    /// Inodes taken on a disk.
    InodesUsed,
    /// A disk does not answer, as a share whose server is gone.
    DiskStuck,
    /// Memory that programs can still have.
    MemoryAvailable,
    /// Swap in use.
    SwapUsed,
    /// The processor's time in use.
    CpuUsed,
    /// Time in which a task waited for a core.
    PressureCpu,
    /// Time in which a task waited for memory.
    PressureMemory,
    /// Time in which a task waited for a disk.
    PressureIo,
    /// Load of five minutes, a core.
    LoadPerCore,
    /// A sensor's temperature.
    Temperature,
    /// A RAID that lacks a member.
    RaidDegraded,
    /// A drive that says of itself that it fails.
    SmartFailing,
    /// A unit of systemd that failed.
    UnitFailed,
    /// A container whose own health check fails.
    ContainerUnhealthy,
    /// A check that failed several times on end.
    CheckFailed,
    /// Days that a certificate is still valid.
    Certificate,
}

/// On which side of a threshold it is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// At it and above.
    Above,
    /// At it and below.
    Below,
}

/// What holds of a rule unless the configuration says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Usual {
    /// What the values are: `percent`, `celsius`, `days`, `failures`, `per_core`, `state`.
    pub(crate) unit: &'static str,
    pub(crate) side: Side,
    pub(crate) warning: Option<f64>,
    pub(crate) critical: Option<f64>,
    pub(crate) clears_at: f64,
    /// How long the value has to be bad until it fires, in seconds.
    pub(crate) for_s: u32,
    /// How long it has to be well until it is over, in seconds.
    pub(crate) clear_for_s: u32,
}

impl Rule {
    /// All of them.
    pub(crate) const ALL: [Self; 17] = [
        Self::DiskUsed,
        Self::InodesUsed,
        Self::DiskStuck,
        Self::MemoryAvailable,
        Self::SwapUsed,
        Self::CpuUsed,
        Self::PressureCpu,
        Self::PressureMemory,
        Self::PressureIo,
        Self::LoadPerCore,
        Self::Temperature,
        Self::RaidDegraded,
        Self::SmartFailing,
        Self::UnitFailed,
        Self::ContainerUnhealthy,
        Self::CheckFailed,
        Self::Certificate,
    ];

    /// Its name in keys, configuration and answers.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DiskUsed => "disk_used",
            Self::InodesUsed => "inodes_used",
            Self::DiskStuck => "disk_stuck",
            Self::MemoryAvailable => "memory_available",
            Self::SwapUsed => "swap_used",
            Self::CpuUsed => "cpu_used",
            Self::PressureCpu => "pressure_cpu",
            Self::PressureMemory => "pressure_memory",
            Self::PressureIo => "pressure_io",
            Self::LoadPerCore => "load_per_core",
            Self::Temperature => "temperature",
            Self::RaidDegraded => "raid_degraded",
            Self::SmartFailing => "smart_failing",
            Self::UnitFailed => "unit_failed",
            Self::ContainerUnhealthy => "container_unhealthy",
            Self::CheckFailed => "check_failed",
            Self::Certificate => "certificate",
        }
    }

    /// What holds unless the configuration says otherwise.
    pub(crate) const fn usual(self) -> Usual {
        match self {
            Self::DiskUsed | Self::InodesUsed => above("percent", 90.0, Some(97.0), 85.0, 0, 300),
            Self::DiskStuck | Self::UnitFailed => state(60),
            Self::ContainerUnhealthy => state(120),
            Self::RaidDegraded | Self::SmartFailing => Usual {
                warning: None,
                critical: Some(1.0),
                ..state(0)
            },
            Self::MemoryAvailable => Usual {
                side: Side::Below,
                ..above("percent", 10.0, Some(5.0), 15.0, 120, 300)
            },
            Self::SwapUsed => above("percent", 80.0, None, 60.0, 900, 300),
            Self::CpuUsed => above("percent", 95.0, None, 80.0, 900, 300),
            Self::PressureCpu => above("percent", 60.0, None, 40.0, 600, 300),
            Self::PressureMemory => above("percent", 20.0, Some(50.0), 10.0, 120, 300),
            Self::PressureIo => above("percent", 50.0, None, 30.0, 600, 300),
            Self::LoadPerCore => above("per_core", 3.0, None, 2.0, 600, 300),
            Self::Temperature => above("celsius", 80.0, Some(90.0), 75.0, 120, 300),
            Self::CheckFailed => above("failures", 2.0, None, 0.0, 0, 0),
            // Thresholds are the days of the configuration.
            Self::Certificate => Usual {
                side: Side::Below,
                ..above("days", 30.0, Some(7.0), 31.0, 0, 3600)
            },
        }
    }
}

const fn above(
    unit: &'static str,
    warning: f64,
    critical: Option<f64>,
    clears_at: f64,
    for_s: u32,
    clear_for_s: u32,
) -> Usual {
    Usual {
        unit,
        side: Side::Above,
        warning: Some(warning),
        critical,
        clears_at,
        for_s,
        clear_for_s,
    }
}

/// What is either so (1) or not (0).
const fn state(for_s: u32) -> Usual {
    above("state", 1.0, None, 0.0, for_s, 0)
}
