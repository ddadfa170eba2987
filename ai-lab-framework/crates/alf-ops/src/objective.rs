//! How many of an action's executions are to succeed.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A share of executions that are to succeed: 50 % or more, and less than all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    percent: f64,
}

impl Objective {
    /// The share that may fail: above 0, at most a half.
    pub fn budget(self) -> f64 {
        (100.0 - self.percent) / 100.0
    }
}

/// A text that is no objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an objective is a percentage from 50 to below 100, such as 99.5")]
pub struct NoObjective;

impl FromStr for Objective {
    type Err = NoObjective;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_suffix('%').unwrap_or(text).trim_end();
        let percent: f64 = number.parse().map_err(|_| NoObjective)?;
        // With six decimals the budget is not 0.
        if (50.0..=99.999).contains(&percent) {
            Ok(Self { percent })
        } else {
            Err(NoObjective)
        }
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_that_leaves_a_budget_is_one() {
        let budget = |text: &str| {
            text.parse::<Objective>()
                .map(|one| format!("{:.4}", one.budget()))
        };
        assert_eq!(budget("99.5"), Ok("0.0050".to_owned()));
        assert_eq!(budget("99.9%"), Ok("0.0010".to_owned()));
        assert_eq!(budget("50"), Ok("0.5000".to_owned()));
        for text in ["100", "99.9999", "49", "-1", "NaN", "inf", "", "high"] {
            assert_eq!(budget(text), Err(NoObjective), "{text}");
        }
        assert_eq!(
            "99.5".parse::<Objective>().map(|one| one.to_string()),
            Ok("99.5 %".to_owned())
        );
    }
}
