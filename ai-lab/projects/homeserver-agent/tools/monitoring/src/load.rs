//! Load and uptime, from `/proc/loadavg` and `/proc/uptime`.

use schemars::JsonSchema;
use serde::Serialize;

/// How many threads ran, waited for a core or for a disk, on average.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Load {
    /// Over one minute.
    pub(crate) one: f64,
    /// Over five minutes.
    pub(crate) five: f64,
    /// Over fifteen minutes.
    fifteen: f64,
    /// Threads running or waiting for a core right now.
    runnable: Option<u64>,
    /// Threads in all.
    threads: Option<u64>,
}

/// Reads `/proc/loadavg`: `0.20 0.18 0.12 1/80 11206`.
pub(crate) fn parse_loadavg(text: &str) -> Option<Load> {
    let mut fields = text.split_ascii_whitespace();
    let mut average = || {
        fields
            .next()?
            .parse()
            .ok()
            .filter(|load: &f64| load.is_finite())
    };
    let (one, five, fifteen) = (average()?, average()?, average()?);
    let entities = fields.next().and_then(|field| field.split_once('/'));
    Some(Load {
        one,
        five,
        fifteen,
        runnable: entities.and_then(|(runnable, _)| runnable.parse().ok()),
        threads: entities.and_then(|(_, threads)| threads.parse().ok()),
    })
}

/// Reads `/proc/uptime`, in whole seconds.
pub(crate) fn parse_uptime(text: &str) -> Option<u64> {
    text.split(['.', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_has_three_averages_and_perhaps_counts() {
        let load = Load {
            one: 0.2,
            five: 0.18,
            fifteen: 12.0,
            runnable: Some(1),
            threads: Some(80),
        };
        assert_eq!(parse_loadavg("0.20 0.18 12.00 1/80 11206\n"), Some(load));
        let bare = parse_loadavg("0.20 0.18 12.00").expect("because the averages are there");
        assert_eq!((bare.runnable, bare.threads), (None, None));
        for wrong in ["", "0.2 0.1", "0.2 0.1 inf 1/2", "a b c"] {
            assert_eq!(parse_loadavg(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn uptime_is_in_whole_seconds() {
        assert_eq!(parse_uptime("350735.47 234388.90\n"), Some(350_735));
        assert_eq!(parse_uptime("\n"), None);
    }
}
