//! The rules of the profiles: what a tool owes at each stage, and whether the evidence shows it.
//!
//! Owns the numbered rules, the reading of reports and documents, and the verdict. Takes evidence as values and
//! returns findings: it runs no tool, opens no file and knows no clock. Start reading at [`RULES`], then [`evaluate`].

mod checks;
mod coverage;
mod detect;
mod document;
mod evaluate;
mod evidence;
mod promote;
mod rules;
mod sarif;

pub use coverage::{Coverage, CoverageError, read_coverage};
pub use detect::{Detection, UseFacts, detect};
pub use document::{Document, Example, Section, read_document};
pub use evaluate::{Exempted, Finding, Passed, Report, evaluate};
pub use evidence::{
    BadInput, BreakerShown, DeadlineShown, Evidence, LoadFigures, NamedSchema, Probe, Ran, Side,
    Tried,
};
pub use promote::{FileEdit, Mended, PromoteError, Promotion, PromotionFacts, plan_promotion};
pub use rules::{RULES, Rule, rule};
pub use sarif::sarif;
