//! What disks and arrays say to the rules. Takes what was read and gives observations.

use super::observation::Observation;
use super::rule::Rule;
use crate::drives::{Array, ArrayState, Drive, DrivesOutput, Health};
use crate::shell::quoted;

/// Everything that disks and arrays say.
pub(crate) fn observe(read: &DrivesOutput) -> Vec<Observation> {
    let drives = read.drives.iter().filter_map(of_drive);
    drives.chain(read.arrays.iter().map(of_array)).collect()
}

fn of_drive(drive: &Drive) -> Option<Observation> {
    let is_failing = match drive.health {
        Health::Failing => true,
        Health::Suspect | Health::Ok => false,
        // Nobody knows, or it sleeps: what was said before stays said.
        Health::Unknown | Health::Asleep => return None,
    };
    let device = drive.device.as_str();
    let model = drive.model.as_deref().unwrap_or("a disk");
    let sentence = if is_failing {
        format!(
            "{device} ({model}) is failing: {}",
            drive.findings.join("; ")
        )
    } else {
        format!("{device} ({model}) says that it is well")
    };
    let next = format!("smartctl -a {}", quoted(&format!("/dev/{device}")));
    Some(Observation::state(
        Rule::SmartFailing,
        device,
        is_failing,
        &sentence,
        next,
    ))
}

fn of_array(array: &Array) -> Observation {
    let (is_bad, state) = match array.state {
        ArrayState::Broken => (true, "is broken"),
        ArrayState::Inactive => (true, "is not running"),
        ArrayState::Degraded => (true, "lacks a member"),
        ArrayState::Ok => (false, "has all members"),
    };
    let members = array
        .members_working
        .zip(array.members_wanted)
        .map(|(working, wanted)| format!(" ({working} of {wanted} work)"));
    let sentence = format!("{} {state}{}", array.name, members.unwrap_or_default());
    let next = format!("mdadm --detail {}", quoted(&format!("/dev/{}", array.name)));
    Observation::state(Rule::RaidDegraded, &array.name, is_bad, &sentence, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drive(health: Health) -> Drive {
        Drive {
            device: "sda".into(),
            health,
            findings: vec!["it says so".into(), "7 sectors wait".into()],
            model: Some("WD40".into()),
            serial: None,
            size_bytes: None,
            spins: None,
            temperature_celsius: None,
            smart_passed: None,
            reallocated_sectors: None,
            pending_sectors: None,
            uncorrectable_sectors: None,
            media_errors: None,
            link_errors: None,
            worn_percent: None,
            spare_percent: None,
            powered_on_h: None,
            report_age_s: None,
        }
    }

    fn array(state: ArrayState) -> Array {
        Array {
            name: "md0".into(),
            state,
            level: None,
            size_bytes: None,
            members_wanted: Some(2),
            members_working: Some(1),
            members: Vec::new(),
            sync: None,
            mismatched_sectors: None,
        }
    }

    #[test]
    fn a_disk_that_says_that_it_fails_is_told_and_one_that_says_nothing_changes_nothing() {
        let told = |health| of_drive(&drive(health)).map(|one| (one.value, one.sentence));
        assert_eq!(
            told(Health::Failing),
            Some((
                1.0,
                "sda (WD40) is failing: it says so; 7 sectors wait".into()
            ))
        );
        for well in [Health::Ok, Health::Suspect] {
            assert_eq!(
                told(well),
                Some((0.0, "sda (WD40) says that it is well".into()))
            );
        }
        assert_eq!(told(Health::Unknown), None);
        assert_eq!(told(Health::Asleep), None);
    }

    #[test]
    fn an_array_that_lacks_a_member_is_told() {
        let told = |state| {
            let seen = of_array(&array(state));
            (seen.key(), seen.value, seen.sentence)
        };
        let key = || "raid_degraded:md0".to_owned();
        assert_eq!(
            told(ArrayState::Degraded),
            (key(), 1.0, "md0 lacks a member (1 of 2 work)".to_owned())
        );
        assert_eq!(
            told(ArrayState::Broken),
            (key(), 1.0, "md0 is broken (1 of 2 work)".to_owned())
        );
        assert_eq!(
            told(ArrayState::Inactive),
            (key(), 1.0, "md0 is not running (1 of 2 work)".to_owned())
        );
        assert_eq!(
            told(ArrayState::Ok),
            (key(), 0.0, "md0 has all members (1 of 2 work)".to_owned())
        );
        let read = DrivesOutput {
            drives: vec![drive(Health::Ok)],
            arrays: vec![array(ArrayState::Ok)],
            notes: Vec::new(),
        };
        assert_eq!(observe(&read).len(), 2);
    }
}
