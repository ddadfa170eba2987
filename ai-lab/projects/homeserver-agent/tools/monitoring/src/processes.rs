//! The processes that take most, from `/proc/PID/stat` and `/proc/PID/cmdline`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::{as_f64, one_digit};
use crate::shown_command::{shown_command, shown_name};

/// The processes that take most.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Processes {
    /// How many processes there are, kernel threads included.
    total: usize,
    /// How many of them are zombies.
    zombies: usize,
    /// How many of them wait without being interruptible, most often for a disk.
    pub(crate) uninterruptible: usize,
    /// Those that took most processor time between the readings; those that took none are left out.
    pub(crate) top_cpu: Vec<Process>,
    /// Those that take most memory; those that take none are left out.
    pub(crate) top_memory: Vec<Process>,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Process {
    /// Its id.
    pub(crate) pid: u32,
    /// Its name, at most 15 bytes: the kernel's limit.
    pub(crate) name: String,
    /// `R` running, `S` sleeping, `D` waiting for a disk, `Z` zombie, `T` stopped, `I` idle kernel thread.
    state: char,
    /// Processor time between the readings, in percent of one core; `null` if it was born between them.
    pub(crate) cpu_percent: Option<f64>,
    /// Memory in use, pages shared with others included.
    pub(crate) rss_bytes: u64,
    /// Its command line, cut at 200 characters, what looks like a secret replaced by `***`; `null` for a
    /// kernel thread and for a process that has ended.
    command: Option<String>,
}

/// What `/proc/PID/stat` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pid: u32,
    /// As the kernel has it: any bytes.
    name: Vec<u8>,
    state: char,
    /// User and system time, in ticks.
    ticks: u64,
    /// When it was born, in ticks since the machine's start; with the pid it names a process for ever.
    born: u64,
    /// Resident pages.
    pages: u64,
}

#[cfg(test)]
impl Stat {
    /// Its id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }
}

/// The processor time of processes at the first reading, by pid and birth.
pub(crate) type Earlier = HashMap<(u32, u64), u64>;

/// The units that the kernel counts in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Units {
    /// Ticks a second.
    pub(crate) ticks_per_second: u64,
    /// Bytes a page.
    pub(crate) page_bytes: u64,
}

/// Reads `/proc/PID/stat`: `7 (a (b) c) S 1 …`. The name may hold anything, so that its end is the last `)`.
pub(crate) fn parse_stat(text: &[u8]) -> Option<Stat> {
    let open = text.iter().position(|&byte| byte == b'(')?;
    let close = text.iter().rposition(|&byte| byte == b')')?;
    let name = text.get(open + 1..close)?;
    // Counted from the state, the third column of the manual's list.
    let mut columns = text[close + 1..]
        .split(u8::is_ascii_whitespace)
        .filter(|column| !column.is_empty());
    let state = char::from(*columns.next()?.first()?);
    let mut number = |skip: usize| parse_number(columns.nth(skip)?);
    let (user, system) = (number(10)?, number(0)?);
    let (born, pages) = (number(6)?, number(1)?);
    let pid = parse_number(text[..open].trim_ascii())?;
    Some(Stat {
        pid: u32::try_from(pid).ok()?,
        name: name.to_vec(),
        state,
        ticks: user.saturating_add(system),
        born,
        pages,
    })
}

/// Digits as a number. `None` of anything else, also of nothing.
fn parse_number(digits: &[u8]) -> Option<u64> {
    let add = |number: u64, digit: &u8| {
        let digit = u64::from(digit.wrapping_sub(b'0'));
        (digit < 10).then_some(())?;
        number.checked_mul(10)?.checked_add(digit)
    };
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, add))?
}

/// The processor time of one process at the first reading.
pub(crate) fn earlier_entry(stat: &Stat) -> ((u32, u64), u64) {
    ((stat.pid, stat.born), stat.ticks)
}

/// Chooses the processes that take most; `cmdline` is asked for those alone.
pub(crate) fn choose(
    before: &Earlier,
    now: &[Stat],
    interval: Duration,
    top: usize,
    units: Units,
    cmdline: impl Fn(u32) -> Vec<u8>,
) -> Processes {
    let spent = |stat: &Stat| {
        let earlier = before.get(&(stat.pid, stat.born))?;
        Some(stat.ticks.saturating_sub(*earlier))
    };
    // Whoever takes most of both is asked for its command once.
    let mut asked: HashMap<u32, Option<String>> = HashMap::new();
    let mut command = |pid: u32| {
        let command = asked.entry(pid);
        command
            .or_insert_with(|| shown_command(&cmdline(pid)))
            .clone()
    };
    let mut process = |stat: &Stat| Process {
        pid: stat.pid,
        name: shown_name(&String::from_utf8_lossy(&stat.name)),
        state: stat.state,
        cpu_percent: spent(stat).map(|ticks| {
            let seconds = as_f64(ticks) / as_f64(units.ticks_per_second);
            one_digit(100.0 * seconds / interval.as_secs_f64())
        }),
        rss_bytes: stat.pages.saturating_mul(units.page_bytes),
        command: command(stat.pid),
    };
    let mut most = |measure: &dyn Fn(&Stat) -> u64| {
        let mut ranked: Vec<&Stat> = now.iter().filter(|stat| measure(stat) > 0).collect();
        ranked.sort_by_key(|stat| (Reverse(measure(stat)), stat.pid));
        ranked.into_iter().take(top).map(&mut process).collect()
    };
    let in_state = |state: char| now.iter().filter(|stat| stat.state == state).count();
    Processes {
        total: now.len(),
        zombies: in_state('Z'),
        uninterruptible: in_state('D'),
        top_cpu: most(&|stat| spent(stat).unwrap_or(0)),
        top_memory: most(&|stat| stat.pages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pid: u32, name: &str, state: char, ticks: u64, born: u64, pages: u64) -> Vec<u8> {
        format!(
            "{pid} ({name}) {state} 1 1 1 0 -1 4194560 5 6 7 8 {ticks} 0 0 0 20 0 1 0 {born} 4096 {pages} \
             18446744073709551615 1 1 0\n"
        )
        .into_bytes()
    }

    fn stat(pid: u32, name: &str, state: char, ticks: u64, pages: u64) -> Stat {
        let text = line(pid, name, state, ticks, 100, pages);
        parse_stat(&text).expect("because it is well formed")
    }

    #[test]
    fn a_name_may_hold_anything() {
        for name in ["bash", "a b", "(sd-pam)", ") R 1 2 3", "tab\tx\u{7}", ""] {
            assert_eq!(
                parse_stat(&line(7, name, 'S', 12, 99, 34)),
                Some(Stat {
                    pid: 7,
                    name: name.into(),
                    state: 'S',
                    ticks: 12,
                    born: 99,
                    pages: 34
                })
            );
        }
        let mut odd = line(7, "x", 'S', 1, 1, 1);
        odd[3] = 0xff;
        assert_eq!(parse_stat(&odd).map(|stat| stat.name), Some(vec![0xff]));
    }

    #[test]
    fn a_name_is_shown_without_control_characters() {
        let units = Units {
            ticks_per_second: 100,
            page_bytes: 4096,
        };
        let mut odd = line(7, "tab\t!", 'S', 1, 1, 1);
        odd[7] = 0xff;
        let now = [parse_stat(&odd).expect("because only its name is odd")];
        let chosen = choose(
            &Earlier::new(),
            &now,
            Duration::from_secs(1),
            1,
            units,
            |_| vec![],
        );
        assert_eq!(chosen.top_memory[0].name, "tab\\t\u{fffd}");
    }

    #[test]
    fn what_is_no_stat_is_none() {
        for text in [
            "",
            "7 bash S",
            "7 (bash",
            "7 (bash) S 1 2",
            ")(",
            "x (bash) S 1 1 1 0 -1 4 5 6 7 8 9 0",
        ] {
            assert_eq!(parse_stat(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn those_that_take_most_come_first_and_a_reused_pid_is_another_process() {
        let units = Units {
            ticks_per_second: 100,
            page_bytes: 4096,
        };
        let before: Earlier = [
            stat(1, "init", 'S', 50, 10),
            stat(2, "busy", 'R', 100, 20),
            stat(3, "idle", 'I', 7, 0),
        ]
        .iter()
        .map(earlier_entry)
        .collect();
        let reborn =
            parse_stat(&line(3, "reborn", 'D', 90, 777, 30)).expect("because it is well formed");
        let now = [
            stat(1, "init", 'S', 51, 10),
            stat(2, "busy", 'R', 125, 20),
            reborn,
            stat(4, "gone", 'Z', 0, 0),
        ];
        let cmdline = |pid: u32| {
            if pid == 2 {
                b"/bin/busy\0-x\0".to_vec()
            } else {
                vec![]
            }
        };
        let process = |pid, name: &str, state, cpu_percent, pages: u64| Process {
            pid,
            name: name.into(),
            state,
            cpu_percent,
            rss_bytes: pages * 4096,
            command: (pid == 2).then(|| "/bin/busy -x".to_owned()),
        };
        let init = process(1, "init", 'S', Some(4.0), 10);
        let busy = process(2, "busy", 'R', Some(100.0), 20);
        let reborn = process(3, "reborn", 'D', None, 30);
        let interval = Duration::from_millis(250);
        assert_eq!(
            choose(&before, &now, interval, 2, units, cmdline),
            Processes {
                total: 4,
                zombies: 1,
                uninterruptible: 1,
                top_cpu: vec![busy.clone(), init],
                top_memory: vec![reborn, busy],
            }
        );
        assert_eq!(
            choose(&before, &now, interval, 0, units, cmdline).top_memory,
            []
        );
    }
}
