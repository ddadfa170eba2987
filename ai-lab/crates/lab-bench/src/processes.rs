//! A whole process, from its start to its end.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use wait4::Wait4 as _;

use crate::Outcome;

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// From before its start until after its end, in milliseconds.
    pub(crate) wall_ms: f64,
    /// In user and system mode together, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// The most memory it had at once.
    pub(crate) mebibytes: f64,
}

/// Runs a program in a folder and reads all that it writes.
#[expect(
    clippy::disallowed_methods,
    reason = "whole programs are what is measured"
)]
pub(crate) fn run(program: &Path, arguments: &[&str], folder: &Path) -> Outcome<Usage> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("USER", "jo")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let mut written = child.stdout.take().ok_or("the pipe is there")?;
    std::io::copy(&mut written, &mut std::io::sink())?;
    let ended = child.wait4()?;
    let wall_ms = begun.elapsed().as_secs_f64() * 1e3;
    if !ended.status.success() {
        return Err(format!(
            "{} {} ended with {}",
            program.display(),
            arguments.join(" "),
            ended.status
        )
        .into());
    }
    let used = ended.rusage;
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
    let bytes = used.maxrss as f64;
    Ok(Usage {
        wall_ms,
        cpu_ms: (used.utime + used.stime).as_secs_f64() * 1e3,
        mebibytes: bytes / 1024.0 / 1024.0,
    })
}

/// The value in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_measured_and_a_failed_one_told() {
        let here = Path::new("/");
        let used = run(Path::new("true"), &[], here).expect("it runs");
        assert!(used.wall_ms > 0.0 && used.mebibytes > 0.0, "{used:?}");
        assert!(run(Path::new("false"), &[], here).is_err());
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
    }
}
