//! What shows that a tool keeps the rules of its profile.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bounded;

/// How the evidence is made. Commands are programs and their arguments, run in the tool's folder, never by a shell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceSource {
    /// Runs the tool's tests and writes the coverage report; ends with 0 when all pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub tests: Vec<String>,
    /// The report that the tests write: LCOV, Cobertura XML, or the JSON of coverage.py or llvm-cov. A file in the
    /// tool's folder that its digest leaves out, such as `.evidence/coverage.lcov`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<String>,
    /// Runs the tests of what happens when something fails; ends with 0 when all pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub faults: Vec<String>,
    /// The load that the tool must bear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<LoadTest>,
}

/// A load test: the health action, called many times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadTest {
    /// How many calls in all; none may fail.
    pub calls: Bounded<2, 10_000>,
    /// How many at the same time.
    pub at_once: Bounded<1, 32>,
    /// Within what time 95 of 100 must be answered, in milliseconds.
    pub p95_ms: Bounded<1, 86_400_000>,
}

/// A rule that the tool does not keep, and why that is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The rule, such as `P204`.
    #[schemars(regex(pattern = r"^P[0-9]{3}$"))]
    pub rule: String,
    /// Why the tool does without: 10 to 1,000 characters.
    #[schemars(length(min = 10, max = 1000))]
    pub reason: String,
}
