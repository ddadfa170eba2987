use serde_json::json;

use super::*;

fn attribute_row(id: u64, name: &str, value: u64, when_failed: &str, raw: u64) -> Value {
    json!({"id": id, "name": name, "value": value, "worst": value, "thresh": 10, "when_failed": when_failed,
        "raw": {"value": raw, "string": raw.to_string()}})
}

#[test]
fn an_ata_disks_counters_are_its_attributes() {
    let report = json!({
        "smartctl": {"exit_status": 8}, "device": {"name": "/dev/sda", "protocol": "ATA"},
        "model_name": "WDC WD40EFRX", "serial_number": "WD-1", "smart_status": {"passed": false},
        "ata_smart_attributes": {"table": [
            attribute_row(5, "Reallocated_Sector_Ct", 1, "now", 2012),
            attribute_row(187, "Reported_Uncorrect", 99, "", 3),
            attribute_row(197, "Current_Pending_Sector", 200, "", 16),
            // Another counter in the upper bits.
            attribute_row(198, "Offline_Uncorrectable", 200, "", 0x0007_0000_0002),
            attribute_row(199, "UDMA_CRC_Error_Count", 200, "", 41),
        ]},
        "power_on_time": {"hours": 41_000}, "temperature": {"current": 38},
    });
    assert_eq!(
        parse_smart(&report),
        Smart {
            model: Some("WDC WD40EFRX".to_owned()),
            serial: Some("WD-1".to_owned()),
            passed: Some(false),
            failing: vec!["Reallocated_Sector_Ct is below its threshold".to_owned()],
            reallocated_sectors: Some(2012),
            pending_sectors: Some(16),
            uncorrectable_sectors: Some(2),
            media_errors: Some(3),
            link_errors: Some(41),
            powered_on_h: Some(41_000),
            temperature_celsius: Some(38),
            ..Smart::default()
        }
    );
}

#[test]
fn a_solid_disk_says_what_is_left_of_its_life() {
    let worn = |name: &str| {
        let table = [attribute_row(177, name, 83, "", 120)];
        let report =
            json!({"smart_status": {"passed": true}, "ata_smart_attributes": {"table": table}});
        parse_smart(&report).worn_percent
    };
    assert_eq!(worn("Wear_Leveling_Count"), Some(17));
    assert_eq!(worn("Something_Else"), None);
    let newer = json!({"endurance_used": {"current_percent": 4}});
    assert_eq!(parse_smart(&newer).worn_percent, Some(4));
}

#[test]
fn an_nvme_disk_has_a_log_of_its_own() {
    let report = json!({
        "model_name": "Samsung SSD 980", "serial_number": "S1", "smart_status": {"passed": false},
        "nvme_smart_health_information_log": {
            "critical_warning": 5, "temperature": 41, "available_spare": 3, "available_spare_threshold": 10,
            "percentage_used": 104, "power_on_hours": 870, "media_errors": 12,
        },
        "temperature": {"current": 41},
    });
    assert_eq!(
        parse_smart(&report),
        Smart {
            model: Some("Samsung SSD 980".to_owned()),
            serial: Some("S1".to_owned()),
            passed: Some(false),
            failing: vec![NVME_WARNINGS[0].to_owned(), NVME_WARNINGS[2].to_owned()],
            media_errors: Some(12),
            worn_percent: Some(104),
            spare_percent: Some(3),
            powered_on_h: Some(870),
            temperature_celsius: Some(41),
            ..Smart::default()
        }
    );
}

#[test]
fn a_scsi_disk_counts_defects_and_uncorrected_errors() {
    let report = json!({
        "scsi_model_name": "ST4000NM0023", "smart_status": {"passed": true}, "scsi_grown_defect_list": 9,
        "scsi_error_counter_log": {
            "read": {"total_uncorrected_errors": 2}, "write": {"total_uncorrected_errors": 1},
        },
    });
    let smart = parse_smart(&report);
    assert_eq!(
        (
            smart.model.as_deref(),
            smart.reallocated_sectors,
            smart.media_errors
        ),
        (Some("ST4000NM0023"), Some(9), Some(3))
    );
}

#[test]
fn a_sleeping_disk_is_said_to_sleep_by_whatever_version() {
    let by_message = |text: &str| json!({"smartctl": {"exit_status": 2, "messages": [{"string": text, "severity": "information"}]}});
    for text in [
        "Device is in STANDBY mode, exit(2)",
        "Device is in STANDBY BY COMMAND mode, exit(2)",
        "Device is in SLEEP mode, exit(2)",
    ] {
        let smart = parse_smart(&by_message(text));
        assert_eq!(
            smart,
            Smart {
                asleep: true,
                ..Smart::default()
            },
            "{text}"
        );
    }
    for (value, asleep) in [(-1, true), (0, true), (1, true), (128, false), (255, false)] {
        let report = json!({"power_mode": {"ata_value": value}});
        assert_eq!(parse_smart(&report).asleep, asleep, "{value}");
    }
}

#[test]
fn a_disk_that_gave_no_answer_has_smartctls_complaint() {
    let message =
        json!([{"string": "/dev/sda: Unable to detect device type", "severity": "error"}]);
    let complained = json!({"smartctl": {"exit_status": 1, "messages": message}});
    assert_eq!(
        parse_smart(&complained).complaint.as_deref(),
        Some("/dev/sda: Unable to detect device type")
    );
    for odd in [
        json!({}),
        json!([]),
        json!(null),
        json!({"smartctl": {"messages": 7}}),
    ] {
        let expected = "the report has no verdict of the disk".to_owned();
        assert_eq!(
            parse_smart(&odd),
            Smart {
                complaint: Some(expected),
                ..Smart::default()
            }
        );
    }
}
