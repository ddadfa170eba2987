//! Pressure: how much time was lost by waiting, from `/proc/pressure` (PSI, Linux 4.20).

use schemars::JsonSchema;
use serde::Serialize;

/// Time lost by waiting, for each of three resources; `null` where the kernel does not tell.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Pressure {
    /// For a core.
    pub(crate) cpu: Option<Stall>,
    /// For memory: swapping and reclaim.
    pub(crate) memory: Option<Stall>,
    /// For disks.
    pub(crate) io: Option<Stall>,
}

/// Waiting for one resource.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Stall {
    /// At least one task waited.
    pub(crate) some: Option<Averages>,
    /// All tasks that could have run waited at once; `null` where the kernel does not tell.
    pub(crate) full: Option<Averages>,
}

/// Share of wall time in percent.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Averages {
    /// Over ten seconds.
    pub(crate) avg10: f64,
    /// Over one minute.
    pub(crate) avg60: f64,
    /// Over five minutes.
    avg300: f64,
}

/// Reads one of the files. `None` without a line that is understood.
pub(crate) fn parse_pressure(text: &str) -> Option<Stall> {
    let line = |kind: &str| {
        let fields = text
            .lines()
            .find_map(|line| line.strip_prefix(kind)?.strip_prefix(' '))?;
        let average = |name: &str| {
            let mut all = fields.split_ascii_whitespace();
            let value = all.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))?;
            value.parse().ok().filter(|share: &f64| share.is_finite())
        };
        Some(Averages {
            avg10: average("avg10")?,
            avg60: average("avg60")?,
            avg300: average("avg300")?,
        })
    };
    let stall = Stall {
        some: line("some"),
        full: line("full"),
    };
    (stall.some.is_some() || stall.full.is_some()).then_some(stall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_and_full_are_read_and_full_may_lack() {
        let some = |avg10| Averages {
            avg10,
            avg60: 0.95,
            avg300: 0.67,
        };
        let text = "some avg10=1.50 avg60=0.95 avg300=0.67 total=6826908\n";
        assert_eq!(
            parse_pressure(text),
            Some(Stall {
                some: Some(some(1.5)),
                full: None
            })
        );
        let both = format!("{text}full avg10=0.00 avg60=0.95 avg300=0.67 total=0\n");
        assert_eq!(
            parse_pressure(&both),
            Some(Stall {
                some: Some(some(1.5)),
                full: Some(some(0.0))
            })
        );
        assert_eq!(parse_pressure("some avg10=x avg60=0.95 avg300=0.67"), None);
        assert_eq!(parse_pressure(""), None);
    }
}
