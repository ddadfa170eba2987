//! What systemd's units say to the rules. Takes what was read and gives observations.

use super::observation::Observation;
use super::rule::Rule;
use crate::collected::STALE_S;
use crate::shell::quoted;
use crate::units::{Unit, UnitsOutput};

/// The units that failed. Those that did not are not told one by one: see [`is_complete`].
pub(crate) fn observe(read: &UnitsOutput) -> Vec<Observation> {
    let failed = read
        .units
        .iter()
        .filter(|unit| unit.active.as_deref() == Some("failed"));
    failed.map(of_unit).collect()
}

/// Whether every unit that failed is among those that were read, so that any other is well.
pub(crate) fn is_complete(read: &UnitsOutput) -> bool {
    let listed = observe(read).len();
    read.list_age_s.is_some_and(|age| age <= STALE_S) && listed >= read.count.failed
}

fn of_unit(unit: &Unit) -> Observation {
    let name = unit.name.as_str();
    let how = unit
        .result
        .as_deref()
        .map(|result| format!(" ({result})"))
        .unwrap_or_default();
    let since = unit
        .since
        .as_deref()
        .map(|since| format!(", since {since}"))
        .unwrap_or_default();
    let sentence = format!("{name} failed{how}{since}");
    let quoted = quoted(name);
    let next = format!("systemctl status {quoted}; journalctl -u {quoted} -n 50");
    Observation::state(Rule::UnitFailed, name, true, &sentence, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Count;

    fn unit(name: &str, active: Option<&str>) -> Unit {
        Unit {
            name: name.into(),
            active: active.map(str::to_owned),
            result: Some("exit-code".into()),
            since: Some("Mon 10:00".into()),
            ..Unit::default()
        }
    }

    fn read(list_age_s: Option<u64>, failed: usize) -> UnitsOutput {
        UnitsOutput {
            count: Count {
                failed,
                ..Count::default()
            },
            units: vec![
                unit("backup.service", Some("failed")),
                unit("ssh.service", Some("active")),
                unit("x", None),
            ],
            list_age_s,
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_unit_that_failed_is_told_and_the_others_are_well_if_the_list_is_whole_and_fresh() {
        let seen = observe(&read(Some(1), 1));
        let told: Vec<_> = seen
            .iter()
            .map(|one| (one.key(), one.sentence.as_str()))
            .collect();
        assert_eq!(
            told,
            [(
                "unit_failed:backup.service".to_owned(),
                "backup.service failed (exit-code), since Mon 10:00"
            )]
        );
        assert_eq!(
            [
                read(Some(1), 1),
                read(Some(1), 2),
                read(Some(STALE_S + 1), 1),
                read(None, 0)
            ]
            .map(|read| is_complete(&read)),
            [true, false, false, false]
        );
    }
}
