//! Times and sizes as a person says them.

use std::time::Duration;

/// An instant as local readers of a log expect it: `2026-11-23 02:15:07`, in UTC.
pub(crate) fn instant(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map_or_else(
        |_| at_ms.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// So many of them: `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {one}{ending}")
}

/// How long ago that was: `3 min ago`.
pub(crate) fn ago(then_ms: i64, now_ms: i64) -> String {
    let seconds = (now_ms - then_ms) / 1_000;
    match seconds {
        i64::MIN..=-1 => instant(then_ms),
        0..=59 => format!("{seconds} s ago"),
        60..=3_599 => format!("{} min ago", seconds / 60),
        3_600..=86_399 => format!("{} h ago", seconds / 3_600),
        86_400.. => format!("{} d ago", seconds / 86_400),
    }
}

/// A duration with a unit that leaves one to four digits: `870 µs`, `12.4 ms`, `3.2 s`.
pub(crate) fn micros(us: u64) -> String {
    let seconds = Duration::from_micros(us).as_secs_f64();
    match us {
        0..=999 => format!("{us} µs"),
        1_000..=999_999 => format!("{:.1} ms", seconds * 1e3),
        1_000_000..=119_999_999 => format!("{seconds:.1} s"),
        120_000_000.. => format!("{:.1} min", seconds / 60.0),
    }
}

/// A size in binary units: `1.4 GiB`.
pub(crate) fn bytes(size: f64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut size = size;
    let mut unit = 0;
    while size.abs() >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{size:.0} B")
    } else {
        format!("{size:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_amount_takes_the_unit_that_fits() {
        assert_eq!(
            [870, 12_400, 3_200_000, 600_000_000].map(micros),
            ["870 µs", "12.4 ms", "3.2 s", "10.0 min"]
        );
        assert_eq!(
            [0.0, 1023.0, 1024.0, 1.5e9].map(bytes),
            ["0 B", "1023 B", "1.0 KiB", "1.4 GiB"]
        );
        assert_eq!(
            [59_000, 60_000, 7_200_000, 86_400_000].map(|then| ago(0, then)),
            ["59 s ago", "1 min ago", "2 h ago", "1 d ago"]
        );
        assert_eq!(ago(1_000, 0), "1970-01-01 00:00:01");
    }
}
