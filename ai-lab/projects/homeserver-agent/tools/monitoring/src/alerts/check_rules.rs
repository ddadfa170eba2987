//! What checks say to the rules. Takes results and gives observations.

use std::collections::BTreeMap;

use super::observation::Observation;
use super::rule::Rule;
use crate::checks::{CheckResult, Outcome};

/// How often each check failed on end.
pub(crate) type Failures = BTreeMap<String, u32>;

/// Counts what failed, and says it. A check that could not be made says nothing, and its count stays.
pub(crate) fn observe(results: &[CheckResult], failures: &mut Failures) -> Vec<Observation> {
    failures.retain(|name, _| results.iter().any(|result| result.name == *name));
    results
        .iter()
        .filter(|result| result.outcome.is_about_target())
        .flat_map(|result| {
            let count = failures.entry(result.name.clone()).or_default();
            *count = if result.outcome == Outcome::Ok {
                0
            } else {
                count.saturating_add(1)
            };
            let failed = of_check(result, *count);
            let certificate = of_certificate(result);
            std::iter::once(failed).chain(certificate)
        })
        .collect()
}

/// Sentences about checks that could not be made.
pub(crate) fn notes(results: &[CheckResult]) -> impl Iterator<Item = String> {
    let unmade = results
        .iter()
        .filter(|result| !result.outcome.is_about_target());
    unmade.map(|result| {
        let next = result.next.as_deref().unwrap_or_default();
        format!(
            "check {} was not made: {}; {next}",
            result.name, result.sentence
        )
    })
}

fn of_check(result: &CheckResult, count: u32) -> Observation {
    let times = match count {
        0 | 1 => String::new(),
        count => format!(" ({count} times on end)"),
    };
    let sentence = format!("check {}: {}{times}", result.name, result.sentence);
    let next = result.next.clone().unwrap_or_default();
    Observation::new(
        Rule::CheckFailed,
        &result.name,
        f64::from(count),
        &sentence,
        next,
    )
}

fn of_certificate(result: &CheckResult) -> Option<Observation> {
    let shown = result.certificate.as_ref()?;
    let days = i32::try_from(shown.days_left).ok()?;
    let end = &shown.not_after;
    let sentence = if days < 0 {
        format!("the certificate of {} was valid until {end}", result.target)
    } else {
        format!(
            "the certificate of {} is valid for {days} days more, until {end}",
            result.target
        )
    };
    Some(Observation::new(
        Rule::Certificate,
        &result.name,
        f64::from(days),
        &sentence,
        "certbot certificates; systemctl list-timers | grep -i cert",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Certificate;

    fn result(name: &str, outcome: Outcome, days_left: Option<i64>) -> CheckResult {
        CheckResult {
            name: name.into(),
            kind: "tls".into(),
            target: "nas:443".into(),
            outcome,
            sentence: "nas:443: it said nothing".into(),
            next: Some("look".into()),
            took_ms: 1,
            connect_ms: None,
            status: None,
            redirects: None,
            certificate: days_left.map(|days_left| Certificate {
                subject: None,
                issuer: None,
                not_before: String::new(),
                not_after: "2030-01-01T00:00:00Z".into(),
                days_left,
                name_fits: true,
                trusted: Some(true),
                chain_length: 1,
                chain_end: None,
            }),
            records: Vec::new(),
        }
    }

    fn told(seen: &[Observation]) -> Vec<(String, f64, &str)> {
        seen.iter()
            .map(|one| (one.key(), one.value, one.sentence.as_str()))
            .collect()
    }

    #[test]
    fn failures_are_counted_on_end_and_forgotten_with_the_check() {
        let mut failures = Failures::from([("gone".to_owned(), 7)]);
        let mut count = |outcome| {
            let seen = observe(&[result("a", outcome, None)], &mut failures);
            seen.first().map(|one| one.value)
        };
        assert_eq!(count(Outcome::Silent), Some(1.0));
        assert_eq!(count(Outcome::Refused), Some(2.0));
        // What cannot be asked is not the target's fault.
        assert_eq!(count(Outcome::NotGranted), None);
        assert_eq!(count(Outcome::Silent), Some(3.0));
        assert_eq!(count(Outcome::Ok), Some(0.0));
        assert_eq!(failures, Failures::from([("a".to_owned(), 0)]));
    }

    #[test]
    fn a_check_and_its_certificate_are_two_alerts() {
        let mut failures = Failures::from([("a".to_owned(), 1)]);
        let seen = observe(
            &[
                result("a", Outcome::Silent, Some(12)),
                result("b", Outcome::CertificateExpired, Some(-1)),
            ],
            &mut failures,
        );
        assert_eq!(
            told(&seen),
            [
                (
                    "check_failed:a".to_owned(),
                    2.0,
                    "check a: nas:443: it said nothing (2 times on end)"
                ),
                (
                    "certificate:a".to_owned(),
                    12.0,
                    "the certificate of nas:443 is valid for 12 days more, until 2030-01-01T00:00:00Z"
                ),
                (
                    "check_failed:b".to_owned(),
                    1.0,
                    "check b: nas:443: it said nothing"
                ),
                (
                    "certificate:b".to_owned(),
                    -1.0,
                    "the certificate of nas:443 was valid until 2030-01-01T00:00:00Z"
                ),
            ]
        );
        let unmade = [result("c", Outcome::NotGranted, None)];
        assert_eq!(
            notes(&unmade).collect::<Vec<_>>(),
            ["check c was not made: nas:443: it said nothing; look"]
        );
    }
}
