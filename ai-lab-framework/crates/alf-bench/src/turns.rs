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

    /// Times that were taken elsewhere, neighbours in the same place.
    pub(crate) const fn of(measured: Vec<Duration>, baseline: Vec<Duration>) -> Self {
        Self { measured, baseline }
    }

    /// One line of the report: medians, the slowest of a hundred, and the median of the ratios of neighbours.
    pub(crate) fn line(&self, name: &str) -> String {
        let ratio = self.ratio();
        let (measured, baseline) = (shown(&self.measured), shown(&self.baseline));
        format!("{name:<46} {measured} {baseline} {ratio:>6.2}")
    }

    /// The median of the ratios of neighbours.
    pub(crate) fn ratio(&self) -> f64 {
        let ratios = self.measured.iter().zip(&self.baseline);
        at(0.5, ratios.map(|(m, b)| m.as_secs_f64() / b.as_secs_f64()))
    }

    /// The heading of the lines.
    pub(crate) fn heading() -> String {
        format!(
            "{:<46} {:>9} {:>9} {:>9} {:>9} {:>6}",
            "measured / baseline, in µs", "p50", "p99", "base p50", "base p99", "ratio"
        )
    }
}

fn shown(times: &[Duration]) -> String {
    let micros = |share| at(share, times.iter().map(|time| time.as_secs_f64() * 1e6));
    format!("{:>9.0} {:>9.0}", micros(0.5), micros(0.99))
}

/// The value in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    at(0.5, values)
}

/// The value that this share of all do not pass; 0.5 gives the median.
fn at(share: f64, values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of thousands"
    )]
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_place_in_the_sorted_values() {
        let values = || [9.0, 1.0, 2.0].into_iter();
        assert_eq!(at(0.5, values()).to_bits(), 2.0_f64.to_bits());
        assert_eq!(at(0.99, values()).to_bits(), 9.0_f64.to_bits());
    }
}
