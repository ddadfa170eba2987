//! Whole numbers with a range, so that a limit cannot be read without being checked.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounded<const MIN: u64, const MAX: u64>(u64);

/// A number outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// What was given.
    pub given: u64,
    /// The least that is allowed.
    pub min: u64,
    /// The most that is allowed.
    pub max: u64,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is outside {} to {}", self.given, self.min, self.max)
    }
}

impl std::error::Error for OutOfRange {}

impl<const MIN: u64, const MAX: u64> Bounded<MIN, MAX> {
    /// Takes a constant; a value outside the range does not compile where it is used as a constant.
    ///
    /// # Panics
    ///
    /// When called at run time with a value outside the range; numbers from outside go through [`Self::new`].
    pub const fn constant(value: u64) -> Self {
        assert!(MIN <= value && value <= MAX, "constant outside its range");
        Self(value)
    }

    /// Takes a number that lies in the range.
    pub const fn new(value: u64) -> Result<Self, OutOfRange> {
        if value < MIN || value > MAX {
            return Err(OutOfRange {
                given: value,
                min: MIN,
                max: MAX,
            });
        }
        Ok(Self(value))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> Serialize for Bounded<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Bounded<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("WholeNumber{MIN}To{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_includes_both_ends_and_nothing_more() {
        type Percent = Bounded<1, 100>;
        let taken: Vec<bool> = [0, 1, 100, 101].map(|n| Percent::new(n).is_ok()).to_vec();
        assert_eq!(taken, [false, true, true, false]);
        assert_eq!(
            serde_json::from_str::<Percent>("101").map_err(|e| e.to_string()),
            Err("101 is outside 1 to 100".to_owned())
        );
    }
}
