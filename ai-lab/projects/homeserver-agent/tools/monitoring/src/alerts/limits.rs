//! Thresholds: what the configuration says, joined with what usually holds, and checked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rule::{Rule, Side};

/// How many stages the days of a certificate may have. Stops a list without end.
const MOST_DAYS: usize = 8;

/// From this many days on, a certificate that is about to expire is critical.
const CRITICAL_DAYS: u16 = 7;

/// How bad it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// It wants a look.
    Warning,
    /// It wants a look now.
    Critical,
}

/// One rule's thresholds. What is not set is as usual; the README has the table.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Threshold {
    /// Whether it is looked at.
    pub(crate) on: bool,
    /// From which value on it is a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<f64>,
    /// From which value on it is critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) critical: Option<f64>,
    /// At which value it is well again: on the good side of the others, with room between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clears_at: Option<f64>,
    /// How long the value has to be bad until it fires, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) for_s: Option<u32>,
    /// How long it has to be well until it is over, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clear_for_s: Option<u32>,
}

impl Default for Threshold {
    fn default() -> Self {
        Self {
            on: true,
            warning: None,
            critical: None,
            clears_at: None,
            for_s: None,
            clear_for_s: None,
        }
    }
}

/// When a certificate that is about to expire is told.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExpiryDays {
    /// Whether it is looked at.
    pub(crate) on: bool,
    /// Days before the end, each told once; 7 and less are critical.
    pub(crate) days: Vec<u16>,
}

impl Default for ExpiryDays {
    fn default() -> Self {
        Self {
            on: true,
            days: vec![30, 14, 7, 1],
        }
    }
}

/// The thresholds of all rules.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Thresholds {
    /// Room taken on a disk, in percent.
    pub(crate) disk_used: Threshold,
    /// Inodes taken on a disk, in percent.
    pub(crate) inodes_used: Threshold,
    /// A disk that does not answer: 1.
    pub(crate) disk_stuck: Threshold,
    /// Memory that programs can still have, in percent of all; bad below.
    pub(crate) memory_available: Threshold,
    /// Swap in use, in percent.
    pub(crate) swap_used: Threshold,
    /// The processor's time in use, in percent of all cores'.
    pub(crate) cpu_used: Threshold,
    /// Share of the last minute in which a task waited for a core, in percent.
    pub(crate) pressure_cpu: Threshold,
    /// Share of the last minute in which a task waited for memory, in percent.
    pub(crate) pressure_memory: Threshold,
    /// Share of the last minute in which a task waited for a disk, in percent.
    pub(crate) pressure_io: Threshold,
    /// Load of five minutes, a core.
    pub(crate) load_per_core: Threshold,
    /// A sensor's temperature, in degrees Celsius; a limit that the sensor has of its own goes before.
    pub(crate) temperature: Threshold,
    /// A RAID that lacks a member: 1.
    pub(crate) raid_degraded: Threshold,
    /// A drive that says of itself that it fails: 1.
    pub(crate) smart_failing: Threshold,
    /// A unit of systemd that failed: 1.
    pub(crate) unit_failed: Threshold,
    /// A container whose own health check fails: 1.
    pub(crate) container_unhealthy: Threshold,
    /// How often a check failed on end.
    pub(crate) check_failed: Threshold,
    /// Days that a certificate is still valid.
    pub(crate) certificate: ExpiryDays,
}

impl Thresholds {
    fn of(&self, rule: Rule) -> Threshold {
        match rule {
            Rule::DiskUsed => &self.disk_used,
            Rule::InodesUsed => &self.inodes_used,
            Rule::DiskStuck => &self.disk_stuck,
            Rule::MemoryAvailable => &self.memory_available,
            Rule::SwapUsed => &self.swap_used,
            Rule::CpuUsed => &self.cpu_used,
            Rule::PressureCpu => &self.pressure_cpu,
            Rule::PressureMemory => &self.pressure_memory,
            Rule::PressureIo => &self.pressure_io,
            Rule::LoadPerCore => &self.load_per_core,
            Rule::Temperature => &self.temperature,
            Rule::RaidDegraded => &self.raid_degraded,
            Rule::SmartFailing => &self.smart_failing,
            Rule::UnitFailed => &self.unit_failed,
            Rule::ContainerUnhealthy => &self.container_unhealthy,
            Rule::CheckFailed => &self.check_failed,
            Rule::Certificate => {
                return Threshold {
                    on: self.certificate.on,
                    ..Threshold::default()
                };
            }
        }
        .clone()
    }
}

/// A value from which on it is that bad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stage {
    pub(crate) at: f64,
    pub(crate) severity: Severity,
}

/// One rule's thresholds, complete and sound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limit {
    pub(crate) unit: &'static str,
    pub(crate) side: Side,
    /// The mildest first; at least one.
    pub(crate) stages: Vec<Stage>,
    /// On the good side of the mildest stage.
    pub(crate) clears_at: f64,
    pub(crate) for_s: i64,
    pub(crate) clear_for_s: i64,
}

impl Limit {
    /// The worst stage that the value has reached; `None` on the good side of all, and for a value that is no number.
    pub(crate) fn stage(&self, value: f64) -> Option<usize> {
        self.stages.iter().rposition(|stage| match self.side {
            Side::Above => value >= stage.at,
            Side::Below => value <= stage.at,
        })
    }

    /// Whether the value is well.
    pub(crate) fn is_clear(&self, value: f64) -> bool {
        match self.side {
            Side::Above => value <= self.clears_at,
            Side::Below => value >= self.clears_at,
        }
    }

    /// The same with another subject's own thresholds: what a sensor says of itself.
    pub(crate) fn moved_to(&self, warning: f64, critical: f64, clears_at: f64) -> Self {
        Self {
            stages: vec![
                Stage {
                    at: warning,
                    severity: Severity::Warning,
                },
                Stage {
                    at: critical,
                    severity: Severity::Critical,
                },
            ],
            clears_at,
            ..self.clone()
        }
    }
}

/// Thresholds that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum LimitError {
    /// A value that is well would be bad at once.
    #[error(
        "thresholds.{rule}: `clears_at` ({clears_at}) has to be on the good side of {mildest}, or alerts never end"
    )]
    NoRoom {
        rule: &'static str,
        clears_at: String,
        mildest: String,
    },
    /// Critical before it is a warning.
    #[error("thresholds.{rule}: `critical` has to be worse than `warning`")]
    Order { rule: &'static str },
    /// No day, too many, or one twice.
    #[error("thresholds.certificate.days has to name 1 to {MOST_DAYS} different days")]
    Days,
}

/// The limits of the rules that are on.
pub(crate) fn limits(said: &Thresholds) -> Result<BTreeMap<Rule, Limit>, LimitError> {
    let mut limits = BTreeMap::new();
    for rule in Rule::ALL {
        if said.of(rule).on {
            limits.insert(rule, limit(rule, said)?);
        }
    }
    Ok(limits)
}

fn limit(rule: Rule, said: &Thresholds) -> Result<Limit, LimitError> {
    let usual = rule.usual();
    let threshold = said.of(rule);
    let (stages, clears_at) = if rule == Rule::Certificate {
        expiry_stages(&said.certificate.days)?
    } else {
        let at = |value: Option<f64>, severity| value.map(|at| Stage { at, severity });
        let warning = at(threshold.warning.or(usual.warning), Severity::Warning);
        let critical = at(threshold.critical.or(usual.critical), Severity::Critical);
        let stages: Vec<Stage> = warning.into_iter().chain(critical).collect();
        (stages, threshold.clears_at.unwrap_or(usual.clears_at))
    };
    let limit = Limit {
        unit: usual.unit,
        side: usual.side,
        stages,
        clears_at,
        for_s: threshold.for_s.unwrap_or(usual.for_s).into(),
        clear_for_s: threshold.clear_for_s.unwrap_or(usual.clear_for_s).into(),
    };
    let worse = |a: f64, b: f64| match limit.side {
        Side::Above => a > b,
        Side::Below => a < b,
    };
    let name = rule.name();
    if !limit.stages.is_sorted_by(|a, b| worse(b.at, a.at)) {
        return Err(LimitError::Order { rule: name });
    }
    match limit.stages.first() {
        Some(mildest) if worse(mildest.at, limit.clears_at) => Ok(limit),
        mildest => Err(LimitError::NoRoom {
            rule: name,
            clears_at: limit.clears_at.to_string(),
            mildest: mildest.map_or_else(String::new, |stage| stage.at.to_string()),
        }),
    }
}

fn expiry_stages(days: &[u16]) -> Result<(Vec<Stage>, f64), LimitError> {
    let mut days = days.to_vec();
    days.sort_unstable_by(|a, b| b.cmp(a));
    let is_list = !days.is_empty() && days.len() <= MOST_DAYS;
    let first = days.first().copied().filter(|_| is_list);
    let first = first
        .filter(|_| days.is_sorted_by(|a, b| a > b))
        .ok_or(LimitError::Days)?;
    let stages = days.iter().map(|day| Stage {
        at: f64::from(*day),
        severity: if *day <= CRITICAL_DAYS {
            Severity::Critical
        } else {
            Severity::Warning
        },
    });
    Ok((stages.collect(), f64::from(first) + 1.0))
}

#[cfg(test)]
mod tests;
