use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::collected::tests::{collected, written_at};
use crate::machine::tests::machine;
use crate::temperatures::Place;

/// A report as smartctl writes it, of a disk that is well but for what is given.
fn report(change: impl FnOnce(&mut Value)) -> String {
    let mut report = json!({"model_name": "WDC", "serial_number": "1", "smart_status": {"passed": true},
        "temperature": {"current": 35}});
    change(&mut report);
    report.to_string()
}

/// Of a disk that lost sectors, and whose cable was bad once.
fn lost_sectors() -> String {
    let attribute = |id: u64, raw: u64| json!({"id": id, "raw": {"value": raw}});
    report(|report| {
        report["ata_smart_attributes"] = json!({"table": [attribute(5, 8), attribute(197, 16), attribute(198, 0), attribute(199, 3)]});
    })
}

fn asleep() -> String {
    json!({"smartctl": {"exit_status": 2,
        "messages": [{"string": "Device is in STANDBY mode, exit(2)", "severity": "information"}]}})
    .to_string()
}

/// What is told of a machine and its reports, each of them a minute old.
fn told(files: &[(&str, &str)]) -> DrivesOutput {
    let root = machine(files);
    read_drives(
        &aged(&root, 60),
        &collected(&root.path().join("collected"), 1060),
        false,
    )
}

/// The machine, with all reports written at the second 1060 less that age.
fn aged(root: &TempDir, age_s: u64) -> Machine {
    let folder = root.path().join("collected/smart");
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        written_at(&entry.path(), 1060 - age_s);
    }
    Machine::below(root.path())
}

fn rows(output: &DrivesOutput) -> Vec<(&str, Health, Vec<&str>)> {
    output
        .drives
        .iter()
        .map(|drive| {
            (
                drive.device.as_str(),
                drive.health,
                drive.findings.iter().map(String::as_str).collect(),
            )
        })
        .collect()
}

#[test]
fn the_worst_disk_comes_first_with_what_speaks_against_it() {
    let failed = report(|report| report["smart_status"]["passed"] = json!(false));
    let worn = report(|report| {
        report["nvme_smart_health_information_log"] = json!({"percentage_used": 97, "media_errors": 2, "available_spare": 60, "power_on_hours": 9});
    });
    let output = told(&[
        ("sys/block/sda/device/model", "WDC WD40EFRX-68N\n"),
        ("collected/smart/sda.json", &report(|_| ())),
        ("sys/block/sdb/device/model", "x\n"),
        ("collected/smart/sdb.json", &asleep()),
        ("sys/block/sdc/device/model", "x\n"),
        ("collected/smart/sdc.json", &lost_sectors()),
        ("sys/block/sdd/device/model", "x\n"),
        ("collected/smart/sdd.json", &failed),
        ("sys/block/sde/device/model", "no report\n"),
        ("sys/block/nvme0n1/device/model", "x\n"),
        ("collected/smart/nvme0.json", &worn),
        ("collected/smart/megaraid-4.json", &report(|_| ())),
        ("collected/smart/.sdz.json", "{"),
        // No disks.
        ("sys/block/loop0/size", "8\n"),
        ("sys/block/md0/size", "8\n"),
        ("sys/block/sr0/device/model", "DVD\n"),
        ("sys/block/sdf/device/model", "card reader\n"),
        ("sys/block/sdf/size", "0\n"),
    ]);
    assert_eq!(
        rows(&output),
        [
            (
                "sdd",
                Health::Failing,
                vec!["its own verdict is that it fails"]
            ),
            (
                "nvme0n1",
                Health::Suspect,
                vec![
                    "2 reads could not be saved",
                    "97 % of its life's writing is used up"
                ]
            ),
            (
                "sdc",
                Health::Suspect,
                vec![
                    "16 sectors cannot be read",
                    "8 sectors were put elsewhere",
                    "3 errors between it and its controller, ever"
                ]
            ),
            ("sde", Health::Unknown, vec![]),
            ("sdb", Health::Asleep, vec![]),
            ("megaraid-4", Health::Ok, vec![]),
            ("sda", Health::Ok, vec![]),
        ]
    );
    assert_eq!(output.notes, Vec::<String>::new());
    assert_eq!(output.drives[1].spare_percent, Some(60));
    assert_eq!(output.drives[3].model.as_deref(), Some("no report"));
}

#[test]
fn a_disk_is_told_by_the_kernel_and_its_report_together() {
    let output = told(&[
        ("sys/block/sda/device/model", "WDC WD40EFRX-68N\n"),
        ("sys/block/sda/size", "7814037168\n"),
        ("sys/block/sda/queue/rotational", "1\n"),
        ("collected/smart/sda.json", &report(|_| ())),
    ]);
    assert_eq!(
        output.drives[0],
        Drive {
            device: "sda".to_owned(),
            health: Health::Ok,
            findings: vec![],
            model: Some("WDC".to_owned()),
            serial: Some("1".to_owned()),
            size_bytes: Some(4_000_787_030_016),
            spins: Some(true),
            temperature_celsius: Some(35.0),
            smart_passed: Some(true),
            reallocated_sectors: None,
            pending_sectors: None,
            uncorrectable_sectors: None,
            media_errors: None,
            link_errors: None,
            worn_percent: None,
            spare_percent: None,
            powered_on_h: None,
            report_age_s: Some(60),
        }
    );
}

#[test]
fn the_kernels_sensor_goes_before_the_report_and_a_sleeping_disk_has_no_temperature() {
    let output = told(&[
        ("sys/block/nvme0n1/device/model", "x\n"),
        ("collected/smart/nvme0n1.json", &report(|_| ())),
        ("sys/block/sda/device/model", "x\n"),
        ("sys/block/sda/queue/rotational", "0\n"),
        ("collected/smart/sda.json", &report(|_| ())),
        ("sys/class/hwmon/hwmon0/name", "drivetemp\n"),
        ("sys/class/hwmon/hwmon0/temp1_input", "29500\n"),
        ("sys/class/hwmon/hwmon0/device/block/sda/size", "1\n"),
        ("sys/block/sdb/device/model", "x\n"),
        ("sys/block/sdb/device/power/runtime_status", "suspended\n"),
        ("collected/smart/sdb.json", &report(|_| ())),
        ("sys/block/sdc/device/model", "x\n"),
        ("sys/block/sdc/device/power/runtime_status", "suspended\n"),
    ]);
    let told: Vec<_> = output
        .drives
        .iter()
        .map(|drive| {
            (
                drive.device.as_str(),
                drive.health,
                drive.temperature_celsius,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("sdb", Health::Asleep, None),
            ("sdc", Health::Asleep, None),
            ("nvme0n1", Health::Ok, Some(35.0)),
            ("sda", Health::Ok, Some(29.5)),
        ]
    );
}

#[test]
fn of_an_nvme_disks_sensors_composite_stands_for_all() {
    let sensor = |label: &str, celsius: f64| Temperature {
        chip: "nvme".to_owned(),
        device: Some("nvme1".to_owned()),
        label: Some(label.to_owned()),
        celsius,
        high_celsius: None,
        critical_celsius: None,
        place: Place::Zone(String::new()),
        number: 0,
    };
    let sensors = [sensor("Sensor 1", 70.0), sensor("Composite", 41.0)];
    assert_eq!(sensed("nvme1n1", &sensors), Some(41.0));
    assert_eq!(sensed("nvme1n1", &sensors[..1]), Some(70.0));
    assert_eq!(sensed("nvme10n1", &sensors), None);
}

#[test]
fn stale_broken_and_missing_reports_are_told_and_stale_ones_still_shown() {
    let root = machine(&[
        ("sys/block/sda/device/model", "x\n"),
        ("collected/smart/sda.json", &report(|_| ())),
        ("sys/block/sdb/device/model", "x\n"),
        ("collected/smart/sdb.json", "{\"a\":"),
        ("sys/block/sdc/device/model", "x\n"),
        ("collected/smart/sdc.json", "{}"),
    ]);
    let machine = aged(&root, 1020);
    let output = read_drives(
        &machine,
        &collected(&root.path().join("collected"), 1060),
        false,
    );
    let notes: Vec<String> = output
        .notes
        .iter()
        .map(|note| note.replace(&root.path().display().to_string(), "F"))
        .collect();
    assert_eq!(
        notes,
        [
            "sda: its SMART report is stale: 17 minutes old",
            "F/collected/smart/sdb.json is no JSON: EOF while parsing a value at line 1 column 5",
            "sdc: its SMART report is stale: 17 minutes old",
            "sdc: the report has no verdict of the disk",
        ]
    );
    let unknown = |device| (device, Health::Unknown, vec![]);
    assert_eq!(
        rows(&output),
        [unknown("sdb"), unknown("sdc"), ("sda", Health::Ok, vec![])]
    );
    let none = read_drives(&machine, &collected(&root.path().join("nowhere"), 0), false);
    assert!(
        none.notes[0].starts_with("no SMART report is collected"),
        "{:?}",
        none.notes
    );
    let nothing = read_drives(
        &Machine::below("/nowhere"),
        &collected(root.path(), 0),
        false,
    );
    assert_eq!(
        nothing.notes,
        ["/sys/block: No such file or directory (os error 2)"]
    );
}

#[test]
fn more_disks_than_the_limit_are_cut_at_the_good_end() {
    let files: Vec<(String, String)> = (0..70)
        .map(|at| {
            (
                format!("collected/smart/d{at:02}.json"),
                report(|report| {
                    report["smart_status"]["passed"] = json!(at != 69);
                }),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let root = machine(&files);
    std::fs::create_dir_all(root.path().join("sys/block")).expect("a folder");
    let output = read_drives(
        &aged(&root, 60),
        &collected(&root.path().join("collected"), 1060),
        false,
    );
    assert_eq!(
        (output.drives.len(), output.drives[0].device.as_str()),
        (MOST_ROWS, "d69")
    );
    assert_eq!(output.notes, ["disks: the worst 64 of 70 are shown"]);
}
