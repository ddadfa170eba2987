//! Families of devices: file systems, disks, interfaces, sensors, arrays.

use std::collections::BTreeMap;

use crate::counters::as_f64;
use crate::disks::Room;
use crate::metrics::exposition::{Exposition, Kind};
use crate::mounts::Mount;
use crate::temperatures::{Place, Temperature};

/// A family with its help, and where its figure is.
pub(crate) type Figure<T, V> = (&'static str, &'static str, fn(&T) -> Option<V>);

/// A family, and how its figure is made of a column.
type Family = (&'static str, Kind, f64, &'static str);

/// The columns of `/proc/diskstats` after the device's name.
const DISK: [Family; 17] = [
    (
        "reads_completed_total",
        Kind::Counter,
        1.0,
        "Reads that ended well.",
    ),
    (
        "reads_merged_total",
        Kind::Counter,
        1.0,
        "Reads that were put together.",
    ),
    ("read_bytes_total", Kind::Counter, 512.0, "Bytes read."),
    (
        "read_time_seconds_total",
        Kind::Counter,
        0.001,
        "Seconds that all reads took.",
    ),
    (
        "writes_completed_total",
        Kind::Counter,
        1.0,
        "Writes that ended well.",
    ),
    (
        "writes_merged_total",
        Kind::Counter,
        1.0,
        "Writes that were put together.",
    ),
    (
        "written_bytes_total",
        Kind::Counter,
        512.0,
        "Bytes written.",
    ),
    (
        "write_time_seconds_total",
        Kind::Counter,
        0.001,
        "Seconds that all writes took.",
    ),
    ("io_now", Kind::Gauge, 1.0, "Requests under way."),
    (
        "io_time_seconds_total",
        Kind::Counter,
        0.001,
        "Seconds with a request under way.",
    ),
    (
        "io_time_weighted_seconds_total",
        Kind::Counter,
        0.001,
        "Seconds that all requests together were under way.",
    ),
    (
        "discards_completed_total",
        Kind::Counter,
        1.0,
        "Discards that ended well.",
    ),
    (
        "discards_merged_total",
        Kind::Counter,
        1.0,
        "Discards that were put together.",
    ),
    (
        "discarded_sectors_total",
        Kind::Counter,
        1.0,
        "Sectors discarded.",
    ),
    (
        "discard_time_seconds_total",
        Kind::Counter,
        0.001,
        "Seconds that all discards took.",
    ),
    (
        "flush_requests_total",
        Kind::Counter,
        1.0,
        "Flushes that ended well.",
    ),
    (
        "flush_requests_time_seconds_total",
        Kind::Counter,
        0.001,
        "Seconds that all flushes took.",
    ),
];

/// The columns of `/proc/net/dev`.
const NETWORK: [(&str, &str); 16] = [
    ("receive_bytes_total", "Bytes received."),
    ("receive_packets_total", "Packets received."),
    ("receive_errs_total", "Packets that arrived damaged."),
    (
        "receive_drop_total",
        "Packets that arrived and were dropped.",
    ),
    (
        "receive_fifo_total",
        "Packets that arrived and found no buffer.",
    ),
    (
        "receive_frame_total",
        "Packets that arrived with a framing error.",
    ),
    ("receive_compressed_total", "Compressed packets received."),
    ("receive_multicast_total", "Multicast packets received."),
    ("transmit_bytes_total", "Bytes sent."),
    ("transmit_packets_total", "Packets sent."),
    ("transmit_errs_total", "Packets that could not be sent."),
    (
        "transmit_drop_total",
        "Packets to be sent that were dropped.",
    ),
    (
        "transmit_fifo_total",
        "Packets to be sent that found no buffer.",
    ),
    ("transmit_colls_total", "Collisions."),
    (
        "transmit_carrier_total",
        "Packets not sent for want of a carrier.",
    ),
    ("transmit_compressed_total", "Compressed packets sent."),
];

/// Adds the room of file systems; `None` of one that did not answer.
pub(crate) fn add_filesystems(to: &mut Exposition, all: &[(Mount, Option<Room>)]) {
    let labels = |mount: &'_ Mount| -> Vec<(&'static str, String)> {
        vec![
            ("device", mount.source.clone()),
            ("fstype", mount.filesystem.clone()),
            ("mountpoint", mount.point.clone()),
        ]
    };
    let labelled: Vec<_> = all
        .iter()
        .map(|(mount, room)| (labels(mount), mount, room))
        .collect();
    let mut add = |name: &str, help: &str, value: &dyn Fn(&Mount, Option<Room>) -> Option<f64>| {
        let samples = labelled.iter().filter_map(|(labels, mount, room)| {
            let labels = labels
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            Some((labels, value(mount, **room)?))
        });
        to.add(
            &format!("node_filesystem_{name}"),
            Kind::Gauge,
            help,
            samples,
        );
    };
    let flag = |is: bool| Some(if is { 1.0 } else { 0.0 });
    add("size_bytes", "All room.", &|_, room| {
        Some(as_f64(room?.size_bytes()))
    });
    add("free_bytes", "Room that is free.", &|_, room| {
        Some(as_f64(room?.free_bytes()))
    });
    add(
        "avail_bytes",
        "Room that is left to programs without privilege.",
        &|_, room| Some(as_f64(room?.available_bytes())),
    );
    add("files", "Inodes in all.", &|_, room| {
        Some(as_f64(room?.inodes))
    });
    add("files_free", "Inodes that are free.", &|_, room| {
        Some(as_f64(room?.free_inodes))
    });
    add(
        "readonly",
        "Whether nothing can be written.",
        &|mount, _| flag(mount.read_only),
    );
    add(
        "device_error",
        "Whether it did not tell its room.",
        &|_, room| flag(room.is_none()),
    );
}

/// Adds what `/proc/diskstats` says of these whole devices.
pub(crate) fn add_disks(to: &mut Exposition, text: &str, whole_devices: &[String]) {
    let rows: Vec<(&str, Vec<u64>)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(2);
            let name = fields.next()?;
            let unreal = ["loop", "ram", "zram"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
            let whole = whole_devices
                .iter()
                .any(|device| device.replace('!', "/") == name);
            (whole && !unreal).then_some(())?;
            Some((name, fields.map_while(|field| field.parse().ok()).collect()))
        })
        .collect();
    for (column, (name, kind, factor, help)) in DISK.into_iter().enumerate() {
        let samples = rows.iter().filter_map(|(device, row)| {
            Some((
                vec![("device", *device)],
                as_f64(*row.get(column)?) * factor,
            ))
        });
        to.add(&format!("node_disk_{name}"), kind, help, samples);
    }
}

/// Adds what `/proc/net/dev` says, and which interfaces are up.
pub(crate) fn add_interfaces(
    to: &mut Exposition,
    text: &str,
    is_up: impl Fn(&str) -> Option<bool>,
) {
    let rows: Vec<(&str, Vec<u64>)> = text
        .lines()
        .skip(2)
        .filter_map(|line| {
            let (name, rest) = line.rsplit_once(':')?;
            let columns = rest
                .split_ascii_whitespace()
                .map_while(|field| field.parse().ok());
            Some((name.trim(), columns.collect()))
        })
        .collect();
    for (column, (name, help)) in NETWORK.into_iter().enumerate() {
        let samples = rows.iter().filter_map(|(device, row)| {
            Some((vec![("device", *device)], as_f64(*row.get(column)?)))
        });
        to.add(
            &format!("node_network_{name}"),
            Kind::Counter,
            help,
            samples,
        );
    }
    let up = rows.iter().filter_map(|(device, _)| {
        Some((
            vec![("device", *device)],
            if is_up(device)? { 1.0 } else { 0.0 },
        ))
    });
    to.add(
        "node_network_up",
        Kind::Gauge,
        "Whether the interface is up.",
        up,
    );
}

/// Adds temperatures; `chip_name` says how a chip's folder is called as a label.
pub(crate) fn add_temperatures(
    to: &mut Exposition,
    temperatures: &[Temperature],
    chip_name: impl Fn(&str) -> String,
) {
    let mut chips: BTreeMap<(String, String), &Temperature> = BTreeMap::new();
    let mut zones: BTreeMap<(String, String), &Temperature> = BTreeMap::new();
    for sensor in temperatures {
        match &sensor.place {
            Place::Chip(folder) => {
                chips.insert(
                    (chip_name(folder), format!("temp{}", sensor.number)),
                    sensor,
                );
            }
            Place::Zone(folder) => {
                let zone = folder.rsplit("thermal_zone").next().unwrap_or_default();
                zones.insert((sensor.chip.clone(), zone.to_owned()), sensor);
            }
        }
    }
    let families: [Figure<Temperature, f64>; 3] = [
        (
            "node_hwmon_temp_celsius",
            "A sensor's temperature.",
            |sensor| Some(sensor.celsius),
        ),
        (
            "node_hwmon_temp_max_celsius",
            "From where on it is high.",
            |sensor| sensor.high_celsius,
        ),
        (
            "node_hwmon_temp_crit_celsius",
            "From where on the hardware protects itself.",
            |sensor| sensor.critical_celsius,
        ),
    ];
    for (name, help, value) in families {
        let samples = chips.iter().filter_map(|((chip, number), sensor)| {
            Some((
                vec![("chip", chip.as_str()), ("sensor", number.as_str())],
                value(sensor)?,
            ))
        });
        to.add(name, Kind::Gauge, help, samples);
    }
    let samples = zones.iter().map(|((kind, zone), sensor)| {
        (
            vec![("type", kind.as_str()), ("zone", zone.as_str())],
            sensor.celsius,
        )
    });
    to.add(
        "node_thermal_zone_temp",
        Kind::Gauge,
        "A thermal zone's temperature.",
        samples,
    );
}
