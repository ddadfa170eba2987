//! Network interfaces, from `/proc/net/dev`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::{advance, per_second};

/// One interface.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Interface {
    /// Its name, such as `eth0`.
    name: String,
    /// Bytes received a second between the readings; `null` for one that was not there in both or was reset.
    rx_bytes_per_s: Option<f64>,
    /// Bytes sent a second between the readings.
    tx_bytes_per_s: Option<f64>,
    /// Bytes received since it came up.
    rx_bytes: u64,
    /// Bytes sent since it came up.
    tx_bytes: u64,
    /// Packets that arrived damaged, since it came up.
    rx_errors: u64,
    /// Packets that could not be sent, since it came up.
    tx_errors: u64,
    /// Packets that arrived and were dropped, since it came up.
    rx_dropped: u64,
    /// Packets to be sent that were dropped, since it came up.
    tx_dropped: u64,
}

/// One interface's counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    name: String,
    /// bytes, packets, errs, drop, fifo, frame, compressed, multicast received, then
    /// bytes, packets, errs, drop, fifo, colls, carrier, compressed sent.
    columns: [u64; 16],
}

/// Reads `/proc/net/dev`, the loopback interface only if asked for. `None` if a line is not understood.
pub(crate) fn parse_net_dev(text: &str, loopback: bool) -> Option<Vec<Counters>> {
    let mut interfaces = Vec::new();
    for line in text.lines().skip(2) {
        // The last colon: an alias such as `eth0:1` has one in its name.
        let (name, rest) = line.rsplit_once(':')?;
        let name = name.trim();
        if name == "lo" && !loopback {
            continue;
        }
        let mut columns = [0; 16];
        let mut fields = rest.split_ascii_whitespace();
        for column in &mut columns {
            *column = fields.next()?.parse().ok()?;
        }
        interfaces.push(Counters {
            name: name.to_owned(),
            columns,
        });
    }
    Some(interfaces)
}

/// What two readings say of the interfaces that are there at the second.
pub(crate) fn compare(before: &[Counters], now: &[Counters], interval: Duration) -> Vec<Interface> {
    let interface = |now: &Counters| {
        let before = before.iter().find(|counters| counters.name == now.name);
        let rate = |column: usize| {
            per_second(
                advance(before?.columns[column], now.columns[column])?,
                interval,
            )
        };
        Interface {
            name: now.name.clone(),
            rx_bytes_per_s: rate(0),
            tx_bytes_per_s: rate(8),
            rx_bytes: now.columns[0],
            tx_bytes: now.columns[8],
            rx_errors: now.columns[2],
            tx_errors: now.columns[10],
            rx_dropped: now.columns[3],
            tx_dropped: now.columns[11],
        }
    };
    now.iter().map(interface).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Inter-|   Receive                                                |  Transmit\n \
                        face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets\n";

    fn text(lines: &str) -> String {
        format!("{HEAD}{lines}")
    }

    #[test]
    fn rates_come_from_two_readings_and_loopback_only_when_asked_for() {
        let before = text(
            "    lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n  eth0:1000 9 1 2 0 0 0 0 500 9 3 4 0 0 0 0\n",
        );
        let now = text(
            "    lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n  eth0:2000 9 1 2 0 0 0 0 4 9 3 4 0 0 0 0\n \
                        veth:7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n",
        );
        let parse = |text: &str| parse_net_dev(text, false).expect("because it is well formed");
        let interface =
            |name: &str, rates: [Option<f64>; 2], bytes: [u64; 2], rest: [u64; 4]| Interface {
                name: name.to_owned(),
                rx_bytes_per_s: rates[0],
                tx_bytes_per_s: rates[1],
                rx_bytes: bytes[0],
                tx_bytes: bytes[1],
                rx_errors: rest[0],
                rx_dropped: rest[1],
                tx_errors: rest[2],
                tx_dropped: rest[3],
            };
        assert_eq!(
            compare(&parse(&before), &parse(&now), Duration::from_millis(500)),
            [
                interface("eth0", [Some(2000.0), None], [2000, 4], [1, 2, 3, 4]),
                interface("veth", [None, None], [7, 8], [0, 0, 0, 0]),
            ]
        );
        let names: Vec<_> = parse_net_dev(&now, true)
            .expect("because it is well formed")
            .into_iter()
            .map(|counters| counters.name)
            .collect();
        assert_eq!(names, ["lo", "eth0", "veth"]);
    }

    #[test]
    fn an_alias_has_a_colon_in_its_name() {
        let alias = text("eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
        let read = parse_net_dev(&alias, false).expect("because it is well formed");
        assert_eq!(read[0].name, "eth0:1");
        assert_eq!(parse_net_dev(&text("eth0 1 2\n"), false), None);
        assert_eq!(parse_net_dev(&text("eth0: 1 2\n"), false), None);
        assert_eq!(parse_net_dev("", false), Some(vec![]));
    }
}
