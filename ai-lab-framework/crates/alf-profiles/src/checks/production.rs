//! What a tool owes in production.

use std::path::{Component, Path};

use super::{LIMITS, RUNBOOK, SECURITY, command, section};
use crate::Evidence;
use crate::rules::Verdict::{self, Broken, Kept};

/// What a busy machine may take over a deadline, in milliseconds.
const LATE_MS: u64 = 2_000;

/// Folders that are never written or read whole.
const SYSTEM: [&str; 14] = [
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin",
    "/sys", "/usr", "/var",
];

/// Parts of a variable's name that say that its value is a secret.
const SECRET_WORDS: [&str; 8] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "CREDENTIAL",
    "APIKEY",
    "API_KEY",
    "PRIVATE_KEY",
];

/// How values begin that are secrets whatever their name.
const SECRET_SHAPES: [&str; 7] = [
    "ghp_",
    "github_pat_",
    "sk-",
    "AKIA",
    "xoxb-",
    "-----BEGIN",
    "eyJhbGci",
];

pub(crate) fn is_pinned(evidence: &Evidence) -> Verdict {
    match &evidence.pinned {
        Ok(()) => Kept("it is what tools.lock has".to_owned()),
        Err(why) => Broken(why.clone()),
    }
}

pub(crate) fn breaker_opens(evidence: &Evidence) -> Verdict {
    if evidence.manifest.breaker.is_none() {
        return Broken("no [breaker] is declared".to_owned());
    }
    match &evidence.breaker {
        Err(why) => Broken(why.clone()),
        Ok(shown) if shown.opened => Kept(format!("open after {} failures", shown.failures)),
        Ok(shown) => Broken(format!("still closed after {} failures", shown.failures)),
    }
}

pub(crate) fn falls_back(evidence: &Evidence) -> Verdict {
    if evidence.manifest.fallback.is_none() {
        return Broken("no [fallback] is declared".to_owned());
    }
    match &evidence.fallback {
        Ok(seen) => Kept(seen.clone()),
        Err(why) => Broken(why.clone()),
    }
}

pub(crate) fn deadline_kept(evidence: &Evidence) -> Verdict {
    match &evidence.deadline {
        Err(why) => Broken(why.clone()),
        Ok(shown) => {
            let told = format!(
                "given {} ms, over after {} ms",
                shown.given_ms, shown.took_ms
            );
            if shown.took_ms <= shown.given_ms + shown.grace_ms + LATE_MS {
                Kept(told)
            } else {
                Broken(told)
            }
        }
    }
}

pub(crate) fn bears_load(evidence: &Evidence) -> Verdict {
    let Some(wanted) = evidence
        .manifest
        .evidence
        .as_ref()
        .and_then(|e| e.load.as_ref())
    else {
        return Broken("no [evidence.load] is declared".to_owned());
    };
    match &evidence.load {
        Err(why) => Broken(why.clone()),
        Ok(figures) if figures.failed > 0 => Broken(format!(
            "{} of {} calls failed",
            figures.failed, figures.calls
        )),
        Ok(figures) => {
            let told = format!("{} calls, p95 {} ms", figures.calls, figures.p95_ms);
            if figures.p95_ms <= wanted.p95_ms.get() {
                Kept(told)
            } else {
                Broken(format!("{told}, not {} ms", wanted.p95_ms.get()))
            }
        }
    }
}

pub(crate) fn faults_pass(evidence: &Evidence) -> Verdict {
    command(&evidence.faults)
}

pub(crate) fn has_runbook(evidence: &Evidence) -> Verdict {
    section(evidence, RUNBOOK, "Runbook", 15)
}

pub(crate) fn has_limits(evidence: &Evidence) -> Verdict {
    section(evidence, LIMITS, "Limits", 5)
}

pub(crate) fn has_security_notes(evidence: &Evidence) -> Verdict {
    section(evidence, SECURITY, "Security notes", 10)
}

pub(crate) fn grants_narrow(evidence: &Evidence) -> Verdict {
    let grants = &evidence.manifest.grants;
    let wide = |path: &&String| {
        let plain: std::path::PathBuf = Path::new(path.as_str())
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect();
        let is_home = plain.starts_with("/home") && plain.components().count() <= 3;
        plain == Path::new("/") || is_home || SYSTEM.iter().any(|folder| plain == Path::new(folder))
    };
    let below_system = |path: &&String| {
        ["/boot", "/dev", "/etc", "/proc", "/sys", "/usr"]
            .iter()
            .any(|folder| Path::new(path.as_str()).starts_with(folder))
    };
    if let Some(path) = grants
        .write
        .iter()
        .find(|path| wide(path) || below_system(path))
    {
        return Broken(format!("it may write `{path}`"));
    }
    // The kernel's own views: to read, they are what a monitor is for, and nobody can grant processes to come one by one.
    // What another process keeps to itself there, its variables and memory, Landlock keeps closed.
    let kernel_view = |path: &&String| ["/proc", "/sys"].contains(&path.trim_end_matches('/'));
    let wide_to_read = |path: &&String| wide(path) && !kernel_view(path);
    if let Some(path) = grants.read.iter().find(wide_to_read) {
        return Broken(format!("it may read all of `{path}`"));
    }
    let (what, count) = match grants.hosts.len() {
        0 => ("ports", grants.tcp.len()),
        hosts => ("hosts", hosts),
    };
    let sockets = match grants.sockets.len() {
        0 => String::new(),
        count => format!(", asks {count} sockets"),
    };
    Kept(format!(
        "reads {}, writes {}, connects to {count} {what}{sockets}",
        grants.read.len(),
        grants.write.len(),
    ))
}

pub(crate) fn sandboxed(evidence: &Evidence) -> Verdict {
    match evidence.sandbox.as_deref() {
        Ok(level @ ("l2" | "l3")) => Kept(format!("it ran at {level}")),
        Ok(level) => Broken(format!("it ran at `{level}`")),
        Err(why) => Broken(why.clone()),
    }
}

pub(crate) fn has_metrics(evidence: &Evidence) -> Verdict {
    match &evidence.probe {
        Err(why) => Broken(why.clone()),
        Ok(probe) if probe.metrics == 0 => Broken(format!(
            "the answer of `{}` carries no figure",
            probe.address
        )),
        Ok(probe) => Kept(format!("{} figures in the record", probe.metrics)),
    }
}

pub(crate) fn no_secret_in_environment(evidence: &Evidence) -> Verdict {
    let manifest = &evidence.manifest;
    let named = |name: &str| {
        let name = name.to_ascii_uppercase();
        SECRET_WORDS.iter().any(|word| name.contains(word))
    };
    let shaped = |value: &str| SECRET_SHAPES.iter().any(|start| value.starts_with(start));
    let set = manifest
        .run
        .environment
        .iter()
        .find(|(name, value)| named(name) || shaped(value));
    // The value is never told: it may be one.
    if let Some((name, _)) = set {
        return Broken(format!("[run.environment] sets `{name}`"));
    }
    match manifest.grants.environment.iter().find(|name| named(name)) {
        Some(name) => Broken(format!("the variable `{name}` is granted")),
        None => Kept("none".to_owned()),
    }
}
