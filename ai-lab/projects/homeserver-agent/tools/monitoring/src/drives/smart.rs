//! What `smartctl --json -n standby -a` says of a disk: of ATA, `NVMe` and SCSI alike.

use serde_json::Value;

/// What a report says. A field is `None` where this kind of disk or this version of smartctl does not tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Smart {
    /// Whether the disk was asleep, so that it was not asked.
    pub(crate) asleep: bool,
    /// Its model.
    pub(crate) model: Option<String>,
    /// Its serial number.
    pub(crate) serial: Option<String>,
    /// Its own verdict.
    pub(crate) passed: Option<bool>,
    /// What it says is failing now: attributes below their threshold, or `NVMe`'s critical warnings.
    pub(crate) failing: Vec<String>,
    /// Sectors put elsewhere because they went bad (ATA 5, SCSI's grown defects).
    pub(crate) reallocated_sectors: Option<u64>,
    /// Sectors that could not be read and wait to be written again (ATA 197).
    pub(crate) pending_sectors: Option<u64>,
    /// Sectors that could not be read when it checked itself (ATA 198).
    pub(crate) uncorrectable_sectors: Option<u64>,
    /// Reads that no correction could save (`NVMe`'s media errors, ATA 187, SCSI's uncorrected ones).
    pub(crate) media_errors: Option<u64>,
    /// Errors between disk and controller, most often the cable (ATA 199).
    pub(crate) link_errors: Option<u64>,
    /// How much of its life's writing is used up, in percent; may go beyond 100.
    pub(crate) worn_percent: Option<u64>,
    /// How much of its spare room is left, in percent.
    pub(crate) spare_percent: Option<u64>,
    /// How long it has been on, in hours.
    pub(crate) powered_on_h: Option<u64>,
    /// Its temperature then, in degrees.
    pub(crate) temperature_celsius: Option<u64>,
    /// What smartctl complains of, where it got no answer from the disk.
    pub(crate) complaint: Option<String>,
}

/// Bits of `NVMe`'s critical warning.
const NVME_WARNINGS: [&str; 6] = [
    "its spare room is below the threshold",
    "its temperature is out of range",
    "its reliability is degraded",
    "it can only be read",
    "its backup of volatile memory failed",
    "its persistent memory can only be read",
];

/// Names of ATA attributes whose normalised value is what is left of a solid disk's life, in percent.
const LIFE_LEFT: [&str; 6] = [
    "Wear_Leveling_Count",
    "Media_Wearout_Indicator",
    "SSD_Life_Left",
    "Percent_Lifetime_Remain",
    "Remaining_Lifetime_Perc",
    "Wear_Leveling_Cnt",
];

/// Reads a report.
pub(crate) fn parse_smart(report: &Value) -> Smart {
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64);
    let text = |pointer: &str| {
        let text = report.pointer(pointer)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let passed = report
        .pointer("/smart_status/passed")
        .and_then(Value::as_bool);
    let asleep = is_asleep(report);
    Smart {
        asleep,
        model: text("/model_name").or_else(|| text("/scsi_model_name")),
        serial: text("/serial_number"),
        passed,
        failing: failing(report),
        reallocated_sectors: attribute(report, 5).or_else(|| number("/scsi_grown_defect_list")),
        pending_sectors: attribute(report, 197),
        uncorrectable_sectors: attribute(report, 198),
        media_errors: number("/nvme_smart_health_information_log/media_errors")
            .or_else(|| attribute(report, 187))
            .or_else(|| scsi_uncorrected(report)),
        link_errors: attribute(report, 199),
        worn_percent: number("/endurance_used/current_percent")
            .or_else(|| number("/nvme_smart_health_information_log/percentage_used"))
            .or_else(|| number("/scsi_percentage_used_endurance_indicator"))
            .or_else(|| worn_by_attribute(report)),
        spare_percent: number("/nvme_smart_health_information_log/available_spare"),
        powered_on_h: number("/power_on_time/hours")
            .or_else(|| number("/nvme_smart_health_information_log/power_on_hours")),
        temperature_celsius: number("/temperature/current"),
        complaint: (passed.is_none() && !asleep).then(|| complaint(report)),
    }
}

/// `Device is in STANDBY mode, exit(2)`, or the power mode that newer versions give as a number.
fn is_asleep(report: &Value) -> bool {
    let says_so = messages(report).any(|message| {
        message.starts_with("Device is in")
            && (message.contains("STANDBY") || message.contains("SLEEP"))
    });
    let mode = report
        .pointer("/power_mode/ata_value")
        .and_then(Value::as_i64);
    says_so || mode.is_some_and(|mode| (-1..=1).contains(&mode))
}

fn messages(report: &Value) -> impl Iterator<Item = &str> {
    let all = report
        .pointer("/smartctl/messages")
        .and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(|message| message.get("string")?.as_str())
}

/// Why there is no verdict.
fn complaint(report: &Value) -> String {
    let said: Vec<&str> = messages(report).map(str::trim).take(3).collect();
    if said.is_empty() {
        "the report has no verdict of the disk".to_owned()
    } else {
        said.join("; ")
    }
}

fn attributes(report: &Value) -> impl Iterator<Item = &Value> {
    let table = report
        .pointer("/ata_smart_attributes/table")
        .and_then(Value::as_array);
    table.into_iter().flatten()
}

/// An ATA attribute's raw value.
fn attribute(report: &Value, id: u64) -> Option<u64> {
    let found = attributes(report).find(|row| row.get("id").and_then(Value::as_u64) == Some(id))?;
    let raw = found.pointer("/raw/value")?.as_u64()?;
    // Some makers pack other counters into the upper 16 of its 48 bits.
    Some(raw & 0xffff_ffff)
}

fn worn_by_attribute(report: &Value) -> Option<u64> {
    let named = |row: &&Value| {
        row.get("name")
            .and_then(Value::as_str)
            .is_some_and(|name| LIFE_LEFT.contains(&name))
    };
    let left = attributes(report).find(named)?.get("value")?.as_u64()?;
    Some(100_u64.saturating_sub(left))
}

fn scsi_uncorrected(report: &Value) -> Option<u64> {
    let errors = |kind: &str| {
        report
            .pointer(&format!(
                "/scsi_error_counter_log/{kind}/total_uncorrected_errors"
            ))?
            .as_u64()
    };
    ["read", "write", "verify"]
        .into_iter()
        .filter_map(errors)
        .reduce(u64::saturating_add)
}

fn failing(report: &Value) -> Vec<String> {
    let now = attributes(report).filter_map(|row| {
        (row.get("when_failed")?.as_str()? == "now").then_some(())?;
        Some(format!(
            "{} is below its threshold",
            row.get("name")?.as_str()?
        ))
    });
    let bits = report
        .pointer("/nvme_smart_health_information_log/critical_warning")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let warned = NVME_WARNINGS
        .iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1)
        .map(|(_, what)| (*what).to_owned());
    now.chain(warned).take(8).collect()
}

#[cfg(test)]
mod tests;
