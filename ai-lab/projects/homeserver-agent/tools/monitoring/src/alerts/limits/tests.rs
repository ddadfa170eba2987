use serde_json::json;

use super::*;

fn of(said: serde_json::Value) -> Result<BTreeMap<Rule, Limit>, String> {
    let said: Thresholds = serde_json::from_value(said).map_err(|error| error.to_string())?;
    limits(&said).map_err(|error| error.to_string())
}

#[test]
fn unless_said_otherwise_every_rule_has_a_sound_limit() {
    let limits = of(json!({})).expect("what is usual is sound");
    assert_eq!(limits.keys().copied().collect::<Vec<_>>(), Rule::ALL);
    let disk = &limits[&Rule::DiskUsed];
    assert_eq!(
        [85.0, 89.9, 90.0, 97.0].map(|value| (disk.stage(value), disk.is_clear(value))),
        [
            (None, true),
            (None, false),
            (Some(0), false),
            (Some(1), false)
        ]
    );
    let memory = &limits[&Rule::MemoryAvailable];
    assert_eq!(
        [15.0, 12.0, 10.0, 2.0].map(|value| (memory.stage(value), memory.is_clear(value))),
        [
            (None, true),
            (None, false),
            (Some(0), false),
            (Some(1), false)
        ]
    );
    assert_eq!(
        (disk.stage(f64::NAN), disk.is_clear(f64::NAN)),
        (None, false)
    );
}

#[test]
fn rules_are_named_as_their_thresholds_are() {
    let thresholds = serde_json::to_value(Thresholds::default()).expect("it is JSON");
    let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    names.sort_unstable();
    let keys: Vec<&String> = thresholds.as_object().expect("an object").keys().collect();
    assert_eq!(keys, names);
    for rule in Rule::ALL {
        assert_eq!(json!(rule), rule.name());
    }
}

#[test]
fn the_days_of_a_certificate_are_stages_and_seven_are_critical() {
    let limits = of(json!({"certificate": {"days": [3, 20, 7]}})).expect("it is sound");
    let certificate = &limits[&Rule::Certificate];
    let stages: Vec<_> = certificate
        .stages
        .iter()
        .map(|stage| (stage.at, stage.severity))
        .collect();
    assert_eq!(
        stages,
        [
            (20.0, Severity::Warning),
            (7.0, Severity::Critical),
            (3.0, Severity::Critical)
        ]
    );
    assert!(!certificate.is_clear(20.5) && certificate.is_clear(21.0));
}

#[test]
fn a_rule_can_be_off_and_what_contradicts_itself_is_refused() {
    let off = of(json!({"swap_used": {"on": false}})).expect("it is sound");
    assert!(!off.contains_key(&Rule::SwapUsed));
    let refused = [
        (
            json!({"disk_used": {"warning": 80}}),
            "thresholds.disk_used: `clears_at` (85) has to be on the good side of 80, or alerts never end",
        ),
        (
            json!({"memory_available": {"warning": 15}}),
            "thresholds.memory_available: `clears_at` (15) has to be on the good side of 15, or alerts never end",
        ),
        (
            json!({"disk_used": {"critical": 88}}),
            "thresholds.disk_used: `critical` has to be worse than `warning`",
        ),
        (
            json!({"certificate": {"days": []}}),
            "thresholds.certificate.days has to name 1 to 8 different days",
        ),
        (
            json!({"certificate": {"days": [7, 7]}}),
            "thresholds.certificate.days has to name 1 to 8 different days",
        ),
    ];
    for (said, why) in refused {
        assert_eq!(of(said), Err(why.to_owned()));
    }
    assert!(of(json!({"disk_use": {}})).is_err());
}
