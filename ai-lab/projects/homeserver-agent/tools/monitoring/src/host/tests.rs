use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::machine::tests::machine;

fn measured(root: &TempDir) -> Value {
    let host = Host {
        machine: Machine::below(root.path()),
        ask: Arc::new(|_| disks::ask_kernel(Path::new("/"))),
    };
    let input = HostInput {
        interval_ms: Bounded::constant(50),
        ..HostInput::default()
    };
    serde_json::to_value(host.measure(&input, &Settings::default())).expect("an output is JSON")
}

const NET: &str = "head\nhead\n eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n";

#[test]
fn a_machine_that_tells_all_leaves_no_note() {
    let root = machine(&[
        ("proc/stat", "cpu 1 2 3 4\ncpu0 1 2 3 4\n"),
        ("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\n"),
        ("proc/spl/kstat/zfs/arcstats", "size 4 4096\n"),
        ("proc/loadavg", "0.5 0.4 0.3 1/90 7\n"),
        ("proc/uptime", "77.5 1.0\n"),
        (
            "proc/pressure/cpu",
            "some avg10=1.0 avg60=2.0 avg300=3.0 total=9\n",
        ),
        (
            "proc/pressure/memory",
            "some avg10=1.0 avg60=2.0 avg300=3.0 total=9\n",
        ),
        (
            "proc/pressure/io",
            "full avg10=1.0 avg60=2.0 avg300=3.0 total=9\n",
        ),
        ("proc/sys/kernel/hostname", "tank\n"),
        ("proc/sys/kernel/osrelease", "6.1.0\n"),
        ("proc/1/net/dev", NET),
        (
            "proc/net/dev",
            "head\nhead\n own: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
        ),
        ("sys/class/hwmon/hwmon0/name", "k10temp\n"),
        ("sys/class/hwmon/hwmon0/temp1_input", "51500\n"),
        ("proc/diskstats", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n"),
        ("sys/block/sda/size", "1\n"),
        ("proc/self/mountinfo", ""),
        (
            "proc/12/stat",
            "12 (a (b) c) R 1 1 1 0 -1 4 5 6 7 8 9 1 0 0 20 0 1 0 5 6 7 8\n",
        ),
        ("proc/12/cmdline", "abc\0--token=x\0"),
    ]);
    let told = measured(&root);
    assert_eq!(told["notes"], json!([]));
    assert_eq!(told["hostname"], "tank");
    assert_eq!(told["uptime_s"], 77);
    assert_eq!(told["memory"]["zfs_arc_bytes"], 4096);
    assert_eq!(told["memory"]["used_percent"], 75.0);
    assert_eq!(told["pressure"]["io"]["some"], Value::Null);
    assert_eq!(told["disk_io"][0]["read_bytes_per_s"], 0.0);
    assert_eq!(told["network"][0]["name"], "eth0");
    assert_eq!(told["temperatures"][0]["celsius"], 51.5);
    assert_eq!(told["network"][0]["rx_bytes_per_s"], 0.0);
    assert_eq!(told["processes"]["top_memory"][0]["name"], "a (b) c");
    assert_eq!(
        told["processes"]["top_memory"][0]["command"],
        "abc --token=***"
    );
    assert!(
        told["interval_ms"].as_u64() >= Some(50),
        "{}",
        told["interval_ms"]
    );
}

#[test]
fn the_interfaces_of_an_own_network_are_shown_only_with_a_note() {
    let root = machine(&[("proc/stat", "cpu 1 2 3 4\n"), ("proc/net/dev", NET)]);
    let told = measured(&root);
    assert_eq!(told["network"][0]["name"], "eth0");
    let notes = told["notes"].to_string();
    assert!(
        notes.contains(
            "/proc/1/net/dev: No such file or directory (os error 2): the interfaces are those of this process's own network"
        ),
        "{notes}"
    );
}

#[test]
fn each_missing_file_costs_its_own_field_and_one_note() {
    let root = machine(&[
        ("proc/stat", "cpu 1 2 3 4\n"),
        ("proc/meminfo", "nonsense\n"),
    ]);
    let told = measured(&root);
    assert_eq!(told["cpu"]["cores"], 0);
    let missing = [
        "hostname",
        "memory",
        "load",
        "disks",
        "disk_io",
        "network",
        "processes",
    ];
    assert_eq!(missing.map(|field| told[field].is_null()), [true; 7]);
    let gone = "No such file or directory (os error 2)";
    let psi = format!("{gone}: this kernel is built or started without pressure figures (PSI)");
    assert_eq!(
        told["notes"],
        json!([
            format!("/sys/block: {gone}"),
            format!("/proc/net/dev: {gone}"),
            format!("/proc/self/mountinfo: {gone}"),
            format!("/proc/sys/kernel/hostname: {gone}"),
            format!("/proc/sys/kernel/osrelease: {gone}"),
            format!("/proc/uptime: {gone}"),
            "/proc/meminfo: its text has an unknown form",
            format!("/proc/loadavg: {gone}"),
            format!("/proc/pressure/cpu: {psi}"),
            format!("/proc/pressure/memory: {psi}"),
            format!("/proc/pressure/io: {psi}"),
        ])
    );
}

#[test]
fn more_rows_than_the_limit_are_cut_with_a_note() {
    let many: String = (0..99).fold("head\nhead\n".to_owned(), |text, at| {
        text + &format!("veth{at}: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n")
    });
    let mounts: String = (0..99).fold(String::new(), |text, at| {
        text + &format!("1 0 0:{at} / /tank/{at} rw - zfs tank/{at} rw\n")
    });
    let root = machine(&[
        ("proc/stat", "cpu 1 2 3 4\n"),
        ("proc/1/net/dev", &many),
        ("proc/self/mountinfo", &mounts),
    ]);
    let told = measured(&root);
    let rows = ["network", "disks"].map(|field| told[field].as_array().map(Vec::len));
    assert_eq!(rows, [Some(64), Some(64)]);
    let notes = told["notes"].to_string();
    assert!(
        notes.contains("interfaces: the first 64 of 99 are shown"),
        "{notes}"
    );
    assert!(
        notes.contains("disks: the first 64 of 99 are shown"),
        "{notes}"
    );
}
