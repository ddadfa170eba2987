//! Temperatures, from `/sys/class/hwmon` and `/sys/class/thermal`. A chip behind a slow or dead bus can hang, so that
//! all are asked with a deadline.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::asking::{Answer, Patience, ask_in_turn};
use crate::machine::Machine;

/// How long one chip may take, and how many may hang. Stops a dead disk, which the kernel asks for half a minute, from
/// holding up the answer.
const PATIENCE: Patience = Patience {
    deadline: Duration::from_secs(1),
    most_stuck: 2,
};

/// How many chips are asked and how many sensors of one. Stops a machine with a sensor a core from flooding the answer.
const MOST_CHIPS: usize = 32;
const MOST_SENSORS: usize = 64;

/// What a sensor that is connected can show, in thousandths of a degree. Others show -128, 127 or 65261 degrees.
const PLAUSIBLE: std::ops::RangeInclusive<i64> = -55_000..=150_000;

/// How hot something may get that does not say so, in degrees: orders the rows, and is not shown.
const ASSUMED_LIMIT: f64 = 100.0;

/// One sensor.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Temperature {
    /// The chip's driver (`coretemp`, `k10temp`, `nvme`), or a thermal zone's type.
    pub(crate) chip: String,
    /// What the chip belongs to, such as `nvme0` or `sda`; `null` where it is no disk.
    pub(crate) device: Option<String>,
    /// What is measured, such as `Package id 0`; `null` where the chip does not say.
    pub(crate) label: Option<String>,
    /// The temperature.
    pub(crate) celsius: f64,
    /// From where on it is high, as the chip has it; often `null`.
    pub(crate) high_celsius: Option<f64>,
    /// From where on the hardware protects itself, as the chip has it; often `null`.
    pub(crate) critical_celsius: Option<f64>,
    /// Where it was asked for.
    #[serde(skip)]
    pub(crate) place: Place,
    /// The sensor's number in its chip; 0 of a zone.
    #[serde(skip)]
    pub(crate) number: u32,
}

impl Temperature {
    /// How far it is from its limit: the least comes first.
    fn margin(&self) -> f64 {
        self.critical_celsius
            .or(self.high_celsius)
            .unwrap_or(ASSUMED_LIMIT)
            - self.celsius
    }
}

/// Where a temperature can be asked for: the folder of a chip or of a thermal zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A folder of `/sys/class/hwmon`.
    Chip(String),
    /// A folder of `/sys/class/thermal`.
    Zone(String),
}

impl Place {
    fn folder(&self) -> &str {
        match self {
            Self::Chip(folder) | Self::Zone(folder) => folder,
        }
    }
}

/// All temperatures, those nearest to their limits first. A machine without sensors, as most virtual ones, has none.
///
/// A spinning disk is not asked through its chip (`drivetemp`), unless `ask_spinning`: on some models that keeps it from
/// going to sleep.
pub(crate) fn read_temperatures(
    machine: &Machine,
    ask_spinning: bool,
    mut note: impl FnMut(String),
) -> Vec<Temperature> {
    let mut places = places(machine);
    if places.len() > MOST_CHIPS {
        let all = places.len();
        note(format!(
            "temperatures: the first {MOST_CHIPS} of {all} chips are shown"
        ));
        places.truncate(MOST_CHIPS);
    }
    let asked = machine.clone();
    let ask = move |place: &Place| match place {
        Place::Chip(folder) => read_chip(&asked, folder, ask_spinning),
        Place::Zone(folder) => read_zone(&asked, folder).into_iter().collect(),
    };
    let answers = ask_in_turn(&places, &ask, PATIENCE, &mut note);
    let mut all: Vec<Temperature> = Vec::new();
    for (place, answer) in places.iter().zip(answers) {
        match answer {
            // A zone that its driver also shows as a chip is one sensor.
            Answer::Told(told) => {
                all.extend(
                    told.into_iter()
                        .filter(|one| {
                            matches!(place, Place::Chip(_))
                                || !all
                                    .iter()
                                    .any(|chip| chip.chip == one.chip.replace('-', "_"))
                        })
                        .collect::<Vec<_>>(),
                );
            }
            Answer::Stuck => note(format!(
                "{}: it did not answer within a second",
                place.folder()
            )),
            Answer::NotAsked => note(format!("{}: it was not asked", place.folder())),
        }
    }
    all.sort_by(|a, b| a.margin().total_cmp(&b.margin()));
    all
}

/// Chips first, each kind by number.
fn places(machine: &Machine) -> Vec<Place> {
    let numbered = |folder: &str, prefix: &str| -> Vec<String> {
        let names = machine.names(folder).unwrap_or_default();
        let mut numbers: Vec<u32> = names
            .iter()
            .filter_map(|name| name.strip_prefix(prefix)?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers
            .iter()
            .map(|number| format!("{folder}/{prefix}{number}"))
            .collect()
    };
    let chips = numbered("/sys/class/hwmon", "hwmon")
        .into_iter()
        .map(Place::Chip);
    let zones = numbered("/sys/class/thermal", "thermal_zone")
        .into_iter()
        .map(Place::Zone);
    chips.chain(zones).collect()
}

/// The sensors of one chip.
fn read_chip(machine: &Machine, folder: &str, ask_spinning: bool) -> Vec<Temperature> {
    let Some(chip) = machine.short(&format!("{folder}/name")) else {
        return vec![];
    };
    let device = disk_of(machine, folder, &chip);
    let spins = |disk: &String| {
        machine
            .short(&format!("/sys/block/{disk}/queue/rotational"))
            .as_deref()
            != Some("0")
    };
    if chip == "drivetemp" && !ask_spinning && device.as_ref().is_none_or(spins) {
        return vec![];
    }
    let mut numbers: Vec<u32> = machine
        .names(folder)
        .unwrap_or_default()
        .iter()
        .filter_map(|name| {
            name.strip_prefix("temp")?
                .strip_suffix("_input")?
                .parse()
                .ok()
        })
        .collect();
    numbers.sort_unstable();
    let sensor = |number: &u32| {
        let path = |what: &str| format!("{folder}/temp{number}_{what}");
        let limit = |what: &str| milli_celsius(machine, &path(what)).filter(|limit| *limit > 0.0);
        Some(Temperature {
            chip: chip.clone(),
            device: device.clone(),
            label: machine.short(&path("label")),
            celsius: milli_celsius(machine, &path("input"))?,
            high_celsius: limit("max"),
            critical_celsius: limit("crit"),
            place: Place::Chip(folder.to_owned()),
            number: *number,
        })
    };
    numbers
        .iter()
        .take(MOST_SENSORS)
        .filter_map(sensor)
        .collect()
}

/// Which disk the chip is in: `drivetemp` lies below its disk, `nvme` below its controller.
fn disk_of(machine: &Machine, folder: &str, chip: &str) -> Option<String> {
    match chip {
        "drivetemp" => machine.names(&format!("{folder}/device/block")).ok()?.pop(),
        "nvme" => machine.link_name(&format!("{folder}/device")),
        _ => None,
    }
}

/// A thermal zone, with its critical trip point.
fn read_zone(machine: &Machine, folder: &str) -> Option<Temperature> {
    let critical = (0..12).find_map(|trip| {
        let kind = machine.short(&format!("{folder}/trip_point_{trip}_type"))?;
        (kind == "critical")
            .then(|| milli_celsius(machine, &format!("{folder}/trip_point_{trip}_temp")))
            .flatten()
            .filter(|limit| *limit > 0.0)
    });
    Some(Temperature {
        chip: machine.short(&format!("{folder}/type"))?,
        device: None,
        label: None,
        celsius: milli_celsius(machine, &format!("{folder}/temp"))?,
        high_celsius: None,
        critical_celsius: critical,
        place: Place::Zone(folder.to_owned()),
        number: 0,
    })
}

/// A file in thousandths of a degree, if it is plausible.
fn milli_celsius(machine: &Machine, path: &str) -> Option<f64> {
    let value: i64 = machine.short(path)?.parse().ok()?;
    let value = i32::try_from(value)
        .ok()
        .filter(|_| PLAUSIBLE.contains(&value))?;
    Some(f64::from(value) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::tests::machine;

    fn told(files: &[(&str, &str)], ask_spinning: bool) -> Vec<Temperature> {
        let root = machine(files);
        let told = read_temperatures(&Machine::below(root.path()), ask_spinning, |note| {
            panic!("{note}")
        });
        told.into_iter().map(without_place).collect()
    }

    fn without_place(sensor: Temperature) -> Temperature {
        Temperature {
            place: Place::Zone(String::new()),
            number: 0,
            ..sensor
        }
    }

    fn row(
        chip: &str,
        device: Option<&str>,
        label: Option<&str>,
        degrees: [Option<f64>; 3],
    ) -> Temperature {
        Temperature {
            chip: chip.to_owned(),
            device: device.map(str::to_owned),
            label: label.map(str::to_owned),
            celsius: degrees[0].expect("because a row has a temperature"),
            high_celsius: degrees[1],
            critical_celsius: degrees[2],
            place: Place::Zone(String::new()),
            number: 0,
        }
    }

    #[test]
    fn those_nearest_to_their_limits_come_first_and_a_zone_that_is_a_chip_has_one_row() {
        let shown = told(
            &[
                ("sys/class/hwmon/hwmon0/name", "coretemp\n"),
                ("sys/class/hwmon/hwmon0/temp1_input", "45000\n"),
                ("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n"),
                ("sys/class/hwmon/hwmon0/temp1_max", "84000\n"),
                ("sys/class/hwmon/hwmon0/temp1_crit", "100000\n"),
                // Not connected, and without a value.
                ("sys/class/hwmon/hwmon0/temp2_input", "-128000\n"),
                ("sys/class/hwmon/hwmon0/temp3_input", "\n"),
                ("sys/class/hwmon/hwmon1/name", "acpitz\n"),
                ("sys/class/hwmon/hwmon1/temp1_input", "27800\n"),
                ("sys/class/hwmon/hwmon10/name", "nvme\n"),
                ("sys/class/hwmon/hwmon10/temp1_input", "78850\n"),
                ("sys/class/hwmon/hwmon10/temp1_label", "Composite\n"),
                // 65261.85 degrees, which stands for none.
                ("sys/class/hwmon/hwmon10/temp1_max", "65261850\n"),
                ("sys/class/hwmon/hwmon10/temp1_crit", "84850\n"),
                ("sys/class/thermal/thermal_zone0/type", "acpitz\n"),
                ("sys/class/thermal/thermal_zone0/temp", "27800\n"),
                ("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n"),
                ("sys/class/thermal/thermal_zone1/temp", "46000\n"),
                (
                    "sys/class/thermal/thermal_zone1/trip_point_0_type",
                    "passive\n",
                ),
                (
                    "sys/class/thermal/thermal_zone1/trip_point_1_type",
                    "critical\n",
                ),
                (
                    "sys/class/thermal/thermal_zone1/trip_point_1_temp",
                    "105000\n",
                ),
                ("sys/class/thermal/cooling_device0/type", "Fan\n"),
            ],
            false,
        );
        assert_eq!(
            shown,
            [
                row(
                    "nvme",
                    None,
                    Some("Composite"),
                    [Some(78.85), None, Some(84.85)]
                ),
                row(
                    "coretemp",
                    None,
                    Some("Package id 0"),
                    [Some(45.0), Some(84.0), Some(100.0)]
                ),
                row("x86_pkg_temp", None, None, [Some(46.0), None, Some(105.0)]),
                row("acpitz", None, None, [Some(27.8), None, None]),
            ]
        );
        assert_eq!(told(&[], false), []);
    }

    #[test]
    fn a_spinning_disk_is_asked_only_if_that_is_wanted() {
        let files = [
            ("sys/class/hwmon/hwmon0/name", "drivetemp\n"),
            ("sys/class/hwmon/hwmon0/temp1_input", "31000\n"),
            ("sys/class/hwmon/hwmon0/device/block/sda/size", "1\n"),
            ("sys/block/sda/queue/rotational", "1\n"),
            ("sys/class/hwmon/hwmon1/name", "drivetemp\n"),
            ("sys/class/hwmon/hwmon1/temp1_input", "29000\n"),
            ("sys/class/hwmon/hwmon1/device/block/sdb/size", "1\n"),
            ("sys/block/sdb/queue/rotational", "0\n"),
            ("sys/class/hwmon/hwmon2/name", "drivetemp\n"),
            ("sys/class/hwmon/hwmon2/temp1_input", "28000\n"),
        ];
        let solid = row("drivetemp", Some("sdb"), None, [Some(29.0), None, None]);
        assert_eq!(told(&files, false), std::slice::from_ref(&solid));
        let spinning = row("drivetemp", Some("sda"), None, [Some(31.0), None, None]);
        let unknown = row("drivetemp", None, None, [Some(28.0), None, None]);
        assert_eq!(told(&files, true), [spinning, solid, unknown]);
    }

    #[test]
    fn a_controllers_chip_says_which_disk_it_is() {
        let root = machine(&[
            ("sys/devices/nvme0/hwmon0/name", "nvme\n"),
            ("sys/devices/nvme0/hwmon0/temp1_input", "40000\n"),
        ]);
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("sys/class/hwmon")).expect("a folder");
        let link = std::os::unix::fs::symlink::<&str, _>;
        link("../../devices/nvme0/hwmon0", at("sys/class/hwmon/hwmon0")).expect("a link");
        link("../../nvme0", at("sys/devices/nvme0/hwmon0/device")).expect("a link");
        let shown = read_temperatures(&Machine::below(root.path()), false, |note| panic!("{note}"));
        let place = Place::Chip("/sys/class/hwmon/hwmon0".to_owned());
        let nvme = row("nvme", Some("nvme0"), None, [Some(40.0), None, None]);
        let number = 1;
        assert_eq!(
            shown,
            [Temperature {
                place,
                number,
                ..nvme
            }]
        );
    }

    #[test]
    fn more_chips_than_the_limit_are_cut_with_a_note() {
        let files: Vec<(String, &str)> = (0..40)
            .flat_map(|at| {
                let file = move |name: &str| format!("sys/class/hwmon/hwmon{at}/{name}");
                [(file("name"), "x\n"), (file("temp1_input"), "1000\n")]
            })
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect();
        let root = machine(&files);
        let mut notes = Vec::new();
        let shown = read_temperatures(&Machine::below(root.path()), false, |note| notes.push(note));
        assert_eq!(shown.len(), MOST_CHIPS);
        assert_eq!(notes, ["temperatures: the first 32 of 40 chips are shown"]);
    }
}
