//! Services as the kernel sees them: the folders that systemd makes in the tree of control groups (version 2).

use std::time::Instant;

use crate::machine::Machine;

/// How many services are read. Stops a machine with a service a guest from flooding the answer.
const MOST_SERVICES: usize = 512;

/// How deep slices are looked through. Stops a tree that somebody nested without end.
const MOST_DEPTH: usize = 4;

/// One service's figures. A field is `None` where its controller is not switched on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Service {
    /// Its unit's name.
    pub(crate) unit: String,
    /// Whether a process of it runs.
    pub(crate) running: bool,
    /// Memory in use, its files' cache included.
    pub(crate) memory_bytes: Option<u64>,
    /// Processor time since it was started, in microseconds.
    pub(crate) cpu_us: Option<u64>,
    /// Processes and threads.
    pub(crate) tasks: Option<u64>,
    /// How often the kernel ended a process of it for want of memory.
    pub(crate) oom_kills: Option<u64>,
}

/// All services at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Services {
    /// When.
    pub(crate) at: Instant,
    /// In no order.
    pub(crate) all: Vec<Service>,
    /// Whether there were more than are read.
    pub(crate) cut: bool,
}

/// Reads all system services. `None` where no systemd made any: no tree of version 2, or none with a `system.slice`.
pub(crate) fn read_services(machine: &Machine) -> Option<Services> {
    let top = [
        "/sys/fs/cgroup/system.slice",
        "/sys/fs/cgroup/unified/system.slice",
    ]
    .into_iter()
    .find(|top| {
        machine
            .names(&format!("{top}/"))
            .is_ok_and(|names| is_version_2(&names))
    })?;
    let mut found = Services {
        at: Instant::now(),
        all: Vec::new(),
        cut: false,
    };
    look_through(machine, top, 0, &mut found);
    Some(found)
}

/// A folder of version 2 has this file; one of version 1 has not.
fn is_version_2(names: &[String]) -> bool {
    names.iter().any(|name| name == "cgroup.controllers")
}

fn look_through(machine: &Machine, folder: &str, depth: usize, found: &mut Services) {
    for name in machine.names(folder).unwrap_or_default() {
        let inside = format!("{folder}/{name}");
        if name.strip_suffix(".service").is_some() {
            if found.all.len() == MOST_SERVICES {
                found.cut = true;
                return;
            }
            found.all.push(service(machine, &inside, name));
        } else if name.strip_suffix(".slice").is_some() && depth < MOST_DEPTH {
            look_through(machine, &inside, depth + 1, found);
        }
    }
}

fn service(machine: &Machine, folder: &str, unit: String) -> Service {
    let file = |name: &str| machine.short(&format!("{folder}/{name}"));
    let number = |name: &str| file(name)?.parse().ok();
    // Both files are longer than a line, and the wanted lines stand early.
    let keyed = |name: &str, key: &str| {
        file(name)?
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.parse().ok())
    };
    Service {
        unit,
        running: keyed("cgroup.events", "populated") == Some(1_u64),
        memory_bytes: number("memory.current"),
        cpu_us: keyed("cpu.stat", "usage_usec"),
        tasks: number("pids.current"),
        oom_kills: keyed("memory.events", "oom_kill"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::tests::machine;

    const TOP: &str = "sys/fs/cgroup/system.slice";

    fn units(files: &[(&str, &str)]) -> Option<Vec<Service>> {
        let root = machine(files);
        let mut services = read_services(&Machine::below(root.path()))?.all;
        services.sort_by(|a, b| a.unit.cmp(&b.unit));
        Some(services)
    }

    #[test]
    fn each_service_has_its_figures_in_whatever_slice_it_lies() {
        let file = |name: &str| format!("{TOP}/{name}");
        let files = [
            (file("cgroup.controllers"), "cpu memory pids\n"),
            (file("ssh.service/cgroup.events"), "populated 1\nfrozen 0\n"),
            (file("ssh.service/memory.current"), "1048576\n"),
            (
                file("ssh.service/cpu.stat"),
                "usage_usec 2500000\nuser_usec 1\nsystem_usec 2\n",
            ),
            (file("ssh.service/pids.current"), "3\n"),
            (
                file("ssh.service/memory.events"),
                "low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n",
            ),
            (
                file("system-getty.slice/getty@tty1.service/cgroup.events"),
                "populated 0\n",
            ),
            (file("dbus.socket/cgroup.events"), "populated 0\n"),
        ];
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect();
        assert_eq!(
            units(&files),
            Some(vec![
                Service {
                    unit: "getty@tty1.service".to_owned(),
                    ..Service::default()
                },
                Service {
                    unit: "ssh.service".to_owned(),
                    running: true,
                    memory_bytes: Some(1_048_576),
                    cpu_us: Some(2_500_000),
                    tasks: Some(3),
                    oom_kills: Some(1),
                },
            ])
        );
    }

    #[test]
    fn a_mixed_tree_has_its_second_version_below_and_the_first_is_not_read() {
        let unified = "sys/fs/cgroup/unified/system.slice";
        let files = [
            (format!("{TOP}/old.service/cgroup.procs"), "7\n"),
            (format!("{unified}/cgroup.controllers"), "\n"),
            (
                format!("{unified}/a.service/cgroup.events"),
                "populated 1\n",
            ),
        ];
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect();
        let names = |services: Vec<Service>| {
            services
                .into_iter()
                .map(|service| service.unit)
                .collect::<Vec<_>>()
        };
        assert_eq!(units(&files).map(names), Some(vec!["a.service".to_owned()]));
        assert_eq!(units(&files[..1]), None);
        assert_eq!(units(&[]), None);
    }

    #[test]
    fn more_services_than_the_limit_are_cut() {
        let files: Vec<String> = (0..600)
            .map(|at| format!("{TOP}/s{at}.service/cgroup.events"))
            .collect();
        let mut files: Vec<(&str, &str)> = files
            .iter()
            .map(|path| (path.as_str(), "populated 1\n"))
            .collect();
        files.push(("sys/fs/cgroup/system.slice/cgroup.controllers", "\n"));
        let root = machine(&files);
        let found = read_services(&Machine::below(root.path())).expect("because there are some");
        assert_eq!((found.all.len(), found.cut), (MOST_SERVICES, true));
    }
}
