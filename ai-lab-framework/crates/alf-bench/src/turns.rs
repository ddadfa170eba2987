//! Two things timed in turn.

use std::error::Error;
use std::time::{Duration, Instant};

/// The times of a measured thing and of its baseline, in the order of the turns.
#[derive(Debug)]
pub(crate) struct Turns {
    measured: Vec<Duration>,
    baseline: Vec<Duration>,
}

/// Turns before those that count: caches and pages are warm afterwards.
const WARM_UP: usize = 20;

impl Turns {
    /// Times both, one after the other, so many times.
    pub(crate) fn take(
        rounds: usize,
        mut measured: impl FnMut() -> Result<(), Box<dyn Error>>,
        mut baseline: impl FnMut() -> Result<(), Box<dyn Error>>,
    ) -> Result<Self, Box<dyn Error>> {
        let mut turns = Self {
            measured: Vec::new(),
            baseline: Vec::new(),
        };
        for round in 0..rounds + WARM_UP {
            let begun = Instant::now();
            measured()?;
            let middle = Instant::now();
            baseline()?;
            let ended = Instant::now();
            if round >= WARM_UP {
                turns.measured.push(middle - begun);
                turns.baseline.push(ended - middle);
            }
        }
        Ok(turns)
    }

    /// One line of the report.
    pub(crate) fn line(&self, name: &str) -> String {
        let micros = |times: &[Duration]| median(times.iter().map(|time| time.as_secs_f64() * 1e6));
        let ratio = median(
            self.measured
                .iter()
                .zip(&self.baseline)
                .map(|(m, b)| m.as_secs_f64() / b.as_secs_f64()),
        );
        let (measured, baseline) = (micros(&self.measured), micros(&self.baseline));
        format!("{name:<44} {measured:>7.0} µs {baseline:>7.0} µs {ratio:>7.2}")
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_three_is_the_median() {
        assert_eq!(
            median([9.0, 1.0, 2.0].into_iter()).to_bits(),
            2.0_f64.to_bits()
        );
    }
}
