//! Which causes a situation has, the worst first. Takes figures and gives causes; touches nothing.

mod line;
mod machine;

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::Serialize;

use super::situation::Situation;

/// What makes it slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A disk does not answer; whoever uses it waits.
    DiskHung,
    /// Programs have too little memory.
    MemoryShort,
    /// Nothing more can be written to a disk.
    DiskFull,
    /// Tasks wait for disks.
    IoStall,
    /// The processor has no time left.
    CpuBusy,
    /// The hypervisor gives the processor's time to others.
    CpuStolen,
    /// There is no connection to the internet.
    LineDown,
    /// The connection to the internet is used up.
    LineFull,
    /// The router does not answer.
    RouterSilent,
    /// Names are not looked up.
    NamesBroken,
    /// What is checked is not as it should be.
    TargetDown,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confidence {
    /// One sign, which may mean something else.
    Low,
    /// A clear sign.
    Medium,
    /// Signs that agree.
    High,
}

/// A figure that a cause rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Evidence {
    /// What it is.
    pub(crate) name: String,
    /// How much.
    pub(crate) value: f64,
    /// `percent`, `mib`, `count`, `per_core`, `s`.
    pub(crate) unit: &'static str,
}

/// One cause.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Cause {
    /// What makes it slow.
    pub(crate) kind: Kind,
    /// What it is, in a sentence.
    pub(crate) sentence: String,
    /// How sure it is.
    pub(crate) confidence: Confidence,
    /// What it rests on.
    pub(crate) evidence: Vec<Evidence>,
    /// What to look at next: a command.
    pub(crate) next: String,
    /// How bad it is, from 0 to 100: what the order is made of.
    #[serde(skip)]
    pub(crate) weight: u8,
}

/// All causes, the worst first; of two as bad, the surer one.
pub(crate) fn causes(situation: &Situation) -> Vec<Cause> {
    let mut found = machine::causes(situation);
    found.extend(line::causes(situation));
    found.sort_by_key(|cause| Reverse((cause.weight, cause.confidence)));
    found
}

fn evidence(name: impl Into<String>, value: f64, unit: &'static str) -> Evidence {
    Evidence {
        name: name.into(),
        value: crate::counters::one_digit(value),
        unit,
    }
}

/// The figures that are known.
fn known<const N: usize>(figures: [(&str, Option<f64>, &'static str); N]) -> Vec<Evidence> {
    figures
        .into_iter()
        .filter_map(|(name, value, unit)| Some(evidence(name, value?, unit)))
        .collect()
}

#[cfg(test)]
mod tests;
