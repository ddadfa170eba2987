//! Causes between this machine and what is checked: the line, names, the target itself.

use super::{Cause, Confidence, Kind, known};
use crate::checks::Outcome;
use crate::why_slow::situation::{CheckSeen, RouterSeen, Situation};

/// From where on the line is used up, in percent of what it can.
const LINE_FULL: f64 = 90.0;

pub(super) fn causes(situation: &Situation) -> Vec<Cause> {
    let failed: Vec<&CheckSeen> = situation
        .checks
        .iter()
        .filter(|check| check.is_failed())
        .collect();
    let mut found = Vec::new();
    let line = line(&situation.router, &failed);
    let is_down = line
        .as_ref()
        .is_some_and(|cause| cause.kind == Kind::LineDown);
    found.extend(line);
    // What a line that is down explains is no cause of its own.
    let unexplained: Vec<&CheckSeen> = failed
        .into_iter()
        .filter(|check| !(is_down && (check.is_outside || is_of_names(check))))
        .collect();
    let names = names_broken(situation, &unexplained);
    let are_names_broken = names.is_some();
    found.extend(names);
    let down = unexplained
        .into_iter()
        .filter(|check| !(are_names_broken && is_of_names(check)));
    found.extend(down.map(|check| target_down(check, &situation.router)));
    found
}

fn line(router: &RouterSeen, failed: &[&CheckSeen]) -> Option<Cause> {
    let outside = failed.iter().filter(|check| check.is_outside).count();
    let names = || {
        let names = failed.iter().map(|check| check.name.as_str()).take(3);
        names.collect::<Vec<_>>().join(", ")
    };
    match router {
        RouterSeen::Unknown => None,
        RouterSeen::Silent => Some(Cause {
            kind: Kind::RouterSilent,
            sentence: if failed.is_empty() {
                "the router does not answer".to_owned()
            } else {
                format!(
                    "the router does not answer, and neither do checks: {}",
                    names()
                )
            },
            confidence: if failed.is_empty() {
                Confidence::Low
            } else {
                Confidence::Medium
            },
            evidence: checks_failed(failed.len()),
            next: "ai-lab-framework tool run fritzbox.discover".to_owned(),
            weight: if failed.is_empty() { 20 } else { 62 },
        }),
        RouterSeen::Down { status, error } => Some(Cause {
            kind: Kind::LineDown,
            sentence: match error {
                Some(error) => {
                    format!("there is no connection to the internet: {status} ({error})")
                }
                None => format!("there is no connection to the internet: {status}"),
            },
            confidence: Confidence::High,
            evidence: checks_failed(outside),
            next: "ai-lab-framework tool run fritzbox.log".to_owned(),
            weight: 92,
        }),
        RouterSeen::Up { down, up, since_s } => {
            let fullest = down.iter().chain(up).copied().fold(0.0, f64::max);
            (fullest >= LINE_FULL).then(|| Cause {
                kind: Kind::LineFull,
                sentence: "the connection to the internet carries as much as it can".to_owned(),
                confidence: Confidence::Medium,
                evidence: known([
                    ("line_down", *down, "percent"),
                    ("line_up", *up, "percent"),
                    ("line_since", since_s.map(crate::counters::as_f64), "s"),
                ]),
                next: "ai-lab-framework tool run fritzbox.wan".to_owned(),
                weight: 58,
            })
        }
    }
}

fn checks_failed(count: usize) -> Vec<super::Evidence> {
    known([(
        "checks_failed",
        Some(crate::counters::as_f64(count as u64)),
        "count",
    )])
}

/// Whether it failed because a name is not looked up.
fn is_of_names(check: &CheckSeen) -> bool {
    let is_mute = match check.outcome {
        Outcome::NameUnknown => return true,
        Outcome::NoConnection
        | Outcome::Silent
        | Outcome::Late
        | Outcome::Refused
        | Outcome::Unreachable
        | Outcome::Reset
        | Outcome::Closed
        | Outcome::DnsError
        | Outcome::OddAnswer => true,
        Outcome::Ok
        | Outcome::NotGranted
        | Outcome::BadTarget
        | Outcome::NotRun
        | Outcome::TooLong
        | Outcome::WrongStatus
        | Outcome::MissingText
        | Outcome::RedirectLoop
        | Outcome::TooManyRedirects
        | Outcome::BadRedirect
        | Outcome::CertificateExpired
        | Outcome::CertificateNotYetValid
        | Outcome::CertificateWrongName
        | Outcome::CertificateUntrusted
        | Outcome::TlsFailed
        | Outcome::NoSuchName
        | Outcome::NoRecord
        | Outcome::WrongRecord => false,
    };
    check.is_dns && is_mute
}

fn names_broken(situation: &Situation, failed: &[&CheckSeen]) -> Option<Cause> {
    let of_names: Vec<&&CheckSeen> = failed.iter().filter(|check| is_of_names(check)).collect();
    let first = of_names.first()?;
    let by_server = of_names.iter().any(|check| check.is_dns);
    let by_name = of_names.iter().any(|check| !check.is_dns);
    let is_up = match situation.router {
        RouterSeen::Up { .. } => true,
        RouterSeen::Unknown | RouterSeen::Silent | RouterSeen::Down { .. } => false,
    };
    // One name that nobody knows may be misspelled; others that are known speak for that.
    let others_are_known = situation
        .checks
        .iter()
        .any(|check| !check.is_dns && check.outcome.is_reached());
    if !by_server && others_are_known {
        return None;
    }
    let (confidence, weight) = match (by_server, of_names.len()) {
        (true, _) if by_name || is_up => (Confidence::High, 78),
        (true, _) => (Confidence::Medium, 74),
        // Several names, or one that may as well be misspelled.
        (false, 2..) => (Confidence::Medium, 70),
        (false, _) => (Confidence::Low, 45),
    };
    Some(Cause {
        kind: Kind::NamesBroken,
        sentence: format!("names are not looked up: {}", first.sentence),
        confidence,
        evidence: checks_failed(of_names.len()),
        next: first.next.clone(),
        weight,
    })
}

fn target_down(check: &CheckSeen, router: &RouterSeen) -> Cause {
    let (where_it_is, confidence) = match router {
        RouterSeen::Up { .. } if check.is_outside => (", while the line is up", Confidence::High),
        RouterSeen::Up { .. }
        | RouterSeen::Unknown
        | RouterSeen::Silent
        | RouterSeen::Down { .. } => {
            let confidence = if check.outcome.is_reached() {
                Confidence::High
            } else {
                Confidence::Medium
            };
            ("", confidence)
        }
    };
    Cause {
        kind: Kind::TargetDown,
        sentence: format!(
            "check {} fails{where_it_is}: {}",
            check.name, check.sentence
        ),
        confidence,
        evidence: Vec::new(),
        next: check.next.clone(),
        weight: 56,
    }
}
