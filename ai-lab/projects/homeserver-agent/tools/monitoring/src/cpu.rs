//! The processor's time, from `/proc/stat`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::percent;

/// How busy the processor was between the two readings.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Cpu {
    /// How many cores are online.
    pub(crate) cores: usize,
    /// Time not idle and not waiting for a disk, in percent of all cores' time.
    pub(crate) used_percent: Option<f64>,
    /// Time in programs, niced ones and guests included, in percent of all cores' time.
    user_percent: Option<f64>,
    /// Time in the kernel, interrupts included, in percent of all cores' time.
    system_percent: Option<f64>,
    /// Time idle with a disk request open, in percent of all cores' time. A hint only: the kernel guesses it.
    pub(crate) iowait_percent: Option<f64>,
    /// Time a hypervisor gave to others, in percent of all cores' time.
    pub(crate) steal_percent: Option<f64>,
    /// Each core's used time in percent of its own; `null` for one that was not online in both readings.
    per_core_percent: Vec<Option<f64>>,
}

/// One reading of the counters, in ticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CpuTimes {
    all: Ticks,
    /// By core number: numbers of cores that are off are missing.
    cores: Vec<(u32, Ticks)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ticks {
    user: u64,
    system: u64,
    idle: u64,
    iowait: u64,
    steal: u64,
}

impl Ticks {
    /// `user nice system idle iowait irq softirq steal guest guest_nice`; the last two are in the first two,
    /// and old kernels end after `idle`.
    fn parse<'a>(fields: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut ticks = [0_u64; 8];
        let mut read = 0;
        for (slot, field) in ticks.iter_mut().zip(fields) {
            *slot = field.parse().ok()?;
            read += 1;
        }
        let [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
        (read >= 4).then_some(Self {
            user: user.saturating_add(nice),
            system: system.saturating_add(irq).saturating_add(softirq),
            idle,
            iowait,
            steal,
        })
    }

    /// The time since an earlier reading. The kernel's idle and iowait may step back by a little: that is 0.
    fn since(self, before: Self) -> Self {
        Self {
            user: self.user.saturating_sub(before.user),
            system: self.system.saturating_sub(before.system),
            idle: self.idle.saturating_sub(before.idle),
            iowait: self.iowait.saturating_sub(before.iowait),
            steal: self.steal.saturating_sub(before.steal),
        }
    }

    fn used(self) -> u64 {
        self.user
            .saturating_add(self.system)
            .saturating_add(self.steal)
    }

    fn total(self) -> u64 {
        self.used()
            .saturating_add(self.idle)
            .saturating_add(self.iowait)
    }

    fn used_percent(self) -> Option<f64> {
        percent(self.used(), self.total())
    }
}

/// Reads `/proc/stat`. `None` without a line for all cores.
pub(crate) fn parse_stat(text: &str) -> Option<CpuTimes> {
    let mut all = None;
    let mut cores = Vec::new();
    for line in text.lines() {
        let mut fields = line.split_ascii_whitespace();
        let Some(core) = fields.next().and_then(|name| name.strip_prefix("cpu")) else {
            continue;
        };
        let ticks = Ticks::parse(fields)?;
        if core.is_empty() {
            all = Some(ticks);
        } else {
            cores.push((core.parse().ok()?, ticks));
        }
    }
    Some(CpuTimes { all: all?, cores })
}

/// What two readings say. Percentages are `None` if no tick passed between them.
pub(crate) fn compare(before: &CpuTimes, now: &CpuTimes) -> Cpu {
    let all = now.all.since(before.all);
    let core = |number: u32| {
        let earlier = before.cores.iter().find(|(n, _)| *n == number)?.1;
        let later = now.cores.iter().find(|(n, _)| *n == number)?.1;
        later.since(earlier).used_percent()
    };
    Cpu {
        cores: now.cores.len(),
        used_percent: all.used_percent(),
        user_percent: percent(all.user, all.total()),
        system_percent: percent(all.system, all.total()),
        iowait_percent: percent(all.iowait, all.total()),
        steal_percent: percent(all.steal, all.total()),
        per_core_percent: now.cores.iter().map(|(number, _)| core(*number)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 50 0 25 400 25 0 0 0 0 0\n\
                          cpu1 50 0 25 400 25 0 0 0 0 0\nintr 1 2 3\nctxt 9\n";

    fn cpu(before: &str, now: &str) -> Option<Cpu> {
        Some(compare(&parse_stat(before)?, &parse_stat(now)?))
    }

    #[test]
    fn two_readings_make_percentages() {
        let now = "cpu  120 10 60 840 60 5 5 10 99 99\ncpu0 80 0 25 410 25 0 0 0 0 0\n\
                   cpu2 1 0 1 1 1 0 0 0 0 0\n";
        assert_eq!(
            cpu(BEFORE, now),
            Some(Cpu {
                cores: 2,
                used_percent: Some(54.5),
                user_percent: Some(27.3),
                system_percent: Some(18.2),
                iowait_percent: Some(9.1),
                steal_percent: Some(9.1),
                per_core_percent: vec![Some(75.0), None],
            })
        );
    }

    #[test]
    fn an_iowait_that_steps_back_counts_as_none() {
        let now = "cpu  110 0 50 890 40 0 0 0 0 0\n";
        let told = cpu(BEFORE, now).expect("because both parse");
        assert_eq!(
            (told.iowait_percent, told.used_percent),
            (Some(0.0), Some(10.0))
        );
    }

    #[test]
    fn no_tick_between_the_readings_makes_no_percentage() {
        let told = cpu(BEFORE, BEFORE).expect("because both parse");
        assert_eq!(told.used_percent, None);
        assert_eq!(told.per_core_percent, [None, None]);
    }

    #[test]
    fn an_old_kernel_has_four_columns_and_fewer_are_no_reading() {
        assert!(parse_stat("cpu 1 2 3 4\n").is_some());
        assert_eq!(parse_stat("cpu 1 2 3\n"), None);
        assert_eq!(parse_stat("cpu a b c d\n"), None);
        assert_eq!(parse_stat("intr 1\n"), None);
    }
}
