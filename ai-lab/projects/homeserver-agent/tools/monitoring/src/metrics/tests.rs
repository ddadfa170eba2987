use std::collections::{BTreeMap, BTreeSet};
use std::io;

use tempfile::TempDir;

use super::*;
use crate::machine::tests::machine;

/// A strict reader of the text form: every family has help and type before its samples, once; its samples stand together;
/// no series is there twice; names, labels and values have their form. Gives each series with its value.
fn strictly_read(text: &str) -> BTreeMap<String, f64> {
    let mut series = BTreeMap::new();
    let mut families = BTreeSet::new();
    let (mut helped, mut family) = (None, None::<(String, String)>);
    assert!(text.ends_with('\n'), "the last line has an end");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help has a text");
            assert!(
                !help.is_empty() && families.insert(name.to_owned()),
                "{line}"
            );
            helped = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type has a kind");
            assert_eq!(
                helped.take().as_deref(),
                Some(name),
                "help stands before type"
            );
            assert!(["counter", "gauge"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            family = Some((name.to_owned(), kind.to_owned()));
        } else {
            let (key, value) = line.rsplit_once(' ').expect("a sample has a value");
            let (name, labels) = key
                .split_once('{')
                .map_or((key, None), |(name, rest)| (name, Some(rest)));
            assert_eq!(
                family.as_ref().map(|(family, _)| family.as_str()),
                Some(name),
                "{line}"
            );
            assert!(is_name(name), "{line}");
            if let Some(labels) = labels {
                read_labels(labels.strip_suffix('}').expect("labels are closed"));
            }
            let value: f64 = value.parse().expect("a value is a number");
            assert!(value.is_finite(), "{line}");
            assert!(
                series.insert(key.to_owned(), value).is_none(),
                "twice: {line}"
            );
        }
    }
    series
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `a="x",b="y"` with escapes, and nothing else.
fn read_labels(text: &str) {
    let mut names = BTreeSet::new();
    let mut rest = text;
    loop {
        let (name, after) = rest
            .split_once("=\"")
            .expect("a label has a value in quotes");
        assert!(is_name(name) && names.insert(name), "{text}");
        let mut letters = after.char_indices();
        let end = loop {
            match letters.next().expect("a value is closed") {
                (_, '\\') => {
                    let escaped = letters.next().map(|(_, letter)| letter);
                    assert!(matches!(escaped, Some('\\' | '"' | 'n')), "{text}");
                }
                (at, '"') => break at,
                _ => {}
            }
        };
        rest = &after[end + 1..];
        if rest.is_empty() {
            return;
        }
        rest = rest
            .strip_prefix(',')
            .expect("labels are parted by a comma");
    }
}

fn read(root: &TempDir) -> MetricsOutput {
    let metrics = Metrics {
        machine: Machine::below(root.path()),
        ask: Arc::new(|point| {
            if point.ends_with("gone") {
                return Err(io::ErrorKind::NotFound.into());
            }
            disks::ask_kernel(Path::new("/"))
        }),
    };
    metrics.read(false)
}

const MACHINE: [(&str, &str); 17] = [
    (
        "proc/stat",
        "cpu  9 9 9 9\ncpu0 100 200 300 400 500 600 700 800 900 1000\nintr 7 1 2\nctxt 8\nbtime 1700000000\n\
         processes 9\nprocs_running 2\nprocs_blocked 1\n",
    ),
    (
        "proc/meminfo",
        "MemTotal: 4 kB\nActive(anon): 2 kB\nHugePages_Total: 3\nodd name: 1 kB\nbroken\n",
    ),
    ("proc/loadavg", "0.50 1.25 2.00 1/90 7\n"),
    (
        "proc/pressure/cpu",
        "some avg10=1.0 avg60=2.0 avg300=3.0 total=2500000\nfull avg10=0 total=9\n",
    ),
    (
        "proc/pressure/memory",
        "some avg10=0 total=1000000\nfull avg10=0 total=500000\n",
    ),
    (
        "proc/pressure/io",
        "some avg10=0 total=0\nfull avg10=0 total=0\n",
    ),
    (
        "proc/diskstats",
        "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n8 1 sda1 1 2 3\n7 0 loop0 1 2 3\n",
    ),
    ("sys/block/sda/size", "1\n"),
    ("sys/block/loop0/size", "1\n"),
    (
        "proc/1/net/dev",
        "h\nh\n  lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n eth0:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
    ),
    ("sys/class/net/eth0/operstate", "up\n"),
    (
        "proc/self/mountinfo",
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 1 8:2 / /a\\040\"b\\134gone ro - xfs /dev/sdb1 ro\n",
    ),
    ("sys/class/hwmon/hwmon0/name", "k10temp\n"),
    ("sys/class/hwmon/hwmon0/temp2_input", "51500\n"),
    ("sys/class/hwmon/hwmon0/temp2_crit", "95000\n"),
    (
        "proc/mdstat",
        "md2 : active raid5 sdc1[3](F) sdb1[1] sda1[0]\n      200 blocks level 5 [3/2] [UU_]\n      \
         [=>...]  recovery = 12.5% (25/100) finish=1.0min speed=9K/sec\n",
    ),
    ("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n"),
];

/// Of each family one, with its value.
const EXPECTED: &[(&str, f64)] = &[
    ("node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"}", 4.0),
    ("node_cpu_seconds_total{cpu=\"0\",mode=\"steal\"}", 8.0),
    (
        "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"nice\"}",
        10.0,
    ),
    ("node_context_switches_total", 8.0),
    ("node_intr_total", 7.0),
    ("node_forks_total", 9.0),
    ("node_boot_time_seconds", 1_700_000_000.0),
    ("node_procs_blocked", 1.0),
    ("node_memory_MemTotal_bytes", 4096.0),
    ("node_memory_Active_anon_bytes", 2048.0),
    ("node_memory_HugePages_Total", 3.0),
    ("node_load5", 1.25),
    ("node_pressure_cpu_waiting_seconds_total", 2.5),
    ("node_pressure_memory_stalled_seconds_total", 0.5),
    ("node_disk_read_bytes_total{device=\"sda\"}", 1536.0),
    ("node_disk_io_now{device=\"sda\"}", 9.0),
    ("node_disk_flush_requests_total{device=\"sda\"}", 16.0),
    ("node_network_receive_bytes_total{device=\"lo\"}", 1.0),
    (
        "node_network_transmit_compressed_total{device=\"eth0\"}",
        16.0,
    ),
    ("node_network_up{device=\"eth0\"}", 1.0),
    (
        "node_filesystem_readonly{device=\"/dev/sda1\",fstype=\"ext4\",mountpoint=\"/\"}",
        0.0,
    ),
    (
        "node_filesystem_device_error{device=\"/dev/sdb1\",fstype=\"xfs\",mountpoint=\"/a \\\"b\\\\gone\"}",
        0.0,
    ),
    (
        "node_hwmon_temp_celsius{chip=\"k10temp\",sensor=\"temp2\"}",
        51.5,
    ),
    (
        "node_hwmon_temp_crit_celsius{chip=\"k10temp\",sensor=\"temp2\"}",
        95.0,
    ),
    ("node_md_state{device=\"md2\",state=\"recovering\"}", 1.0),
    ("node_md_state{device=\"md2\",state=\"active\"}", 0.0),
    ("node_md_disks{device=\"md2\",state=\"failed\"}", 1.0),
    ("node_md_disks_required{device=\"md2\"}", 3.0),
    ("node_md_blocks{device=\"md2\"}", 200.0),
    ("node_md_blocks_synced{device=\"md2\"}", 25.0),
];

#[test]
fn each_family_has_node_exporters_name_and_a_strict_reader_takes_all_of_it() {
    let root = machine(&MACHINE);
    let output = read(&root);
    assert_eq!(output.notes, Vec::<String>::new());
    let series = strictly_read(&output.text);
    assert_eq!(series.len(), output.series);
    for (name, value) in EXPECTED {
        assert_eq!(series.get(*name), Some(value), "{name}\n{}", output.text);
    }
    for absent in [
        "node_pressure_cpu_stalled_seconds_total",
        "node_network_up{device=\"lo\"}",
        "device=\"loop0\"",
        "device=\"sda1\"",
    ] {
        assert!(!output.text.contains(absent), "{absent}");
    }
}

#[test]
fn what_cannot_be_read_has_no_family_and_a_note() {
    let root = machine(&[(
        "proc/self/mountinfo",
        "23 1 8:2 / /gone ro - xfs /dev/sdb1 ro\n",
    )]);
    let output = read(&root);
    let labels = "{device=\"/dev/sdb1\",fstype=\"xfs\",mountpoint=\"/gone\"}";
    let expected = BTreeMap::from([
        (format!("node_filesystem_readonly{labels}"), 1.0),
        (format!("node_filesystem_device_error{labels}"), 1.0),
    ]);
    assert_eq!(strictly_read(&output.text), expected);
    let gone = "No such file or directory (os error 2)";
    let missing = [
        "/proc/stat",
        "/proc/meminfo",
        "/proc/loadavg",
        "/proc/pressure/cpu",
        "/proc/pressure/memory",
        "/proc/pressure/io",
        "/sys/block",
        "/proc/diskstats",
        "/proc/net/dev",
    ];
    assert_eq!(output.notes, missing.map(|path| format!("{path}: {gone}")));
}

#[test]
fn a_chip_is_called_by_its_bus_and_device() {
    let root = machine(&[
        (
            "sys/devices/platform/coretemp.0/hwmon/hwmon1/name",
            "coretemp\n",
        ),
        (
            "sys/devices/platform/coretemp.0/hwmon/hwmon1/temp1_input",
            "40000\n",
        ),
        ("sys/class/thermal/thermal_zone3/type", "x86_pkg_temp\n"),
        ("sys/class/thermal/thermal_zone3/temp", "41000\n"),
    ]);
    let at = |path: &str| root.path().join(path);
    std::fs::create_dir_all(at("sys/class/hwmon")).expect("a folder");
    let link = std::os::unix::fs::symlink::<&str, _>;
    link(
        "../../devices/platform/coretemp.0/hwmon/hwmon1",
        at("sys/class/hwmon/hwmon1"),
    )
    .expect("a link");
    link(
        "../../../coretemp.0",
        at("sys/devices/platform/coretemp.0/hwmon/hwmon1/device"),
    )
    .expect("a link");
    let series = strictly_read(&read(&root).text);
    let expected = BTreeMap::from([
        (
            "node_hwmon_temp_celsius{chip=\"platform_coretemp_0\",sensor=\"temp1\"}".to_owned(),
            40.0,
        ),
        (
            "node_thermal_zone_temp{type=\"x86_pkg_temp\",zone=\"3\"}".to_owned(),
            41.0,
        ),
    ]);
    assert_eq!(series, expected);
}
