use std::sync::Arc;

use super::*;
use crate::host::{Host, HostInput};
use crate::machine::tests::machine;
use crate::settings::Settings;
use crate::temperatures::Place;

fn disk(point: &str, state: DiskState, used: f64, read_only: bool) -> Disk {
    Disk {
        source: "/dev/x".into(),
        mount_point: point.into(),
        filesystem: "ext4".into(),
        read_only,
        state,
        total_bytes: None,
        used_bytes: None,
        available_bytes: None,
        used_percent: Some(used),
        inodes_used_percent: None,
    }
}

fn told(seen: &[Observation]) -> Vec<(String, f64, &str)> {
    seen.iter()
        .map(|one| (one.key(), one.value, one.sentence.as_str()))
        .collect()
}

#[test]
fn a_disk_is_full_or_silent_or_says_nothing() {
    assert_eq!(
        told(&of_disk(&disk("/", DiskState::Ok, 93.2, false))),
        [
            ("disk_stuck:/".to_owned(), 0.0, "/ answers"),
            ("disk_used:/".to_owned(), 93.2, "/ is 93.2 % full"),
        ]
    );
    assert_eq!(
        told(&of_disk(&disk("/mnt", DiskState::Stuck, 0.0, true))),
        [(
            "disk_stuck:/mnt".to_owned(),
            1.0,
            "/mnt (/dev/x) does not answer"
        )]
    );
    assert_eq!(
        told(&of_disk(&disk("/ro", DiskState::Ok, 100.0, true))).len(),
        1
    );
    for state in [DiskState::Unreadable, DiskState::NotAsked] {
        assert_eq!(of_disk(&disk("/", state, 99.0, false)), []);
    }
    let seen = of_disk(&disk("/it's", DiskState::Ok, 99.0, false));
    assert_eq!(
        seen[1].next,
        r"du -xh --max-depth=2 '/it'\''s' | sort -h | tail"
    );
}

#[test]
fn a_sensor_goes_by_its_own_marks_where_they_make_sense() {
    assert_eq!(marks(None, None), None);
    assert_eq!(marks(Some(70.0), None), Some((70.0, 80.0)));
    assert_eq!(marks(None, Some(85.0)), Some((75.0, 85.0)));
    assert_eq!(marks(Some(90.0), Some(84.0)), Some((84.0, 84.0)));
    assert_eq!(marks(Some(0.0), Some(0.0)), None);
    assert_eq!(marks(Some(65261.8), None), None);
    let seen = of_temperature(&Temperature {
        chip: "nvme".into(),
        device: Some("nvme0".into()),
        label: Some("Composite".into()),
        celsius: 81.0,
        high_celsius: Some(80.0),
        critical_celsius: Some(85.0),
        place: Place::Zone(String::new()),
        number: 0,
    });
    assert_eq!(
        (
            seen.key().as_str(),
            seen.own.map(|own| (own.warning, own.clears_at))
        ),
        ("temperature:nvme0 nvme Composite", Some((80.0, 75.0)))
    );
}

#[test]
fn a_sample_says_of_every_part_what_it_knows() {
    let root = machine(&[
        ("proc/stat", "cpu 0 0 0 9\ncpu0 0 0 0 9\ncpu1 0 0 0 9\n"),
        (
            "proc/meminfo",
            "MemTotal: 102400 kB\nMemAvailable: 2048 kB\nSwapTotal: 2048 kB\nSwapFree: 512 kB\n",
        ),
        ("proc/spl/kstat/zfs/arcstats", "size 4 1048576\n"),
        ("proc/loadavg", "1.0 7.0 0.3 1/90 7\n"),
        (
            "proc/pressure/io",
            "some avg10=1.0 avg60=62.5 avg300=3.0 total=9\n",
        ),
        (
            "proc/pressure/cpu",
            "full avg10=1.0 avg60=62.5 avg300=3.0 total=9\n",
        ),
        (
            "proc/12/stat",
            "12 (hog) R 1 1 1 0 -1 4 5 6 7 8 9 1 0 0 20 0 1 0 5 6 7 8\n",
        ),
    ]);
    let host = Host::of(
        crate::machine::Machine::below(root.path()),
        Arc::new(crate::disks::ask_kernel),
    );
    let sample = host.measure(&HostInput::default(), &Settings::default());
    let seen = observe(&sample);
    let pages = rustix::param::page_size() as u64;
    let hog = format!(
        "3 % of the memory (3 MiB) is left; most has hog (12), {} MiB",
        (7 * pages) >> 20
    );
    assert_eq!(
        told(&seen),
        [
            ("memory_available:machine".to_owned(), 3.0, hog.as_str()),
            (
                "swap_used:machine".to_owned(),
                75.0,
                "75 % of the swap (1 MiB) is in use"
            ),
            (
                "load_per_core:machine".to_owned(),
                3.5,
                "the load of five minutes is 7 on 2 cores: 3.5 a core"
            ),
            (
                "pressure_io:machine".to_owned(),
                62.5,
                "in 62.5 % of the last minute a task waited for a disk"
            ),
        ]
    );
}
