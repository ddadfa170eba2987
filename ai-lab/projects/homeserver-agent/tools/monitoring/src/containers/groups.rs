//! Containers by their control groups, where no engine answers: that they run, and what they take. Nothing there tells a
//! name or an image.

use std::time::Instant;

use super::usage::Reading;
use crate::machine::Machine;

/// Where control groups are.
const ROOT: &str = "/sys/fs/cgroup";

/// How many folders are looked into, and how deep. Stops a tree without end.
const MOST_FOLDERS: usize = 2_048;
const MOST_DEEP: usize = 8;

/// How an id is written, in characters: hexadecimal.
const ID_CHARS: usize = 64;

/// One running container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The engine by its usual name: `docker` or `podman`.
    pub(super) engine: &'static str,
    pub(super) id: String,
    folder: String,
}

/// The containers of both engines that have a control group of version 2.
pub(super) fn find(machine: &Machine) -> Vec<Group> {
    let mut found = Vec::new();
    let mut waiting = vec![(ROOT.to_owned(), 0)];
    let mut looked_into = 0;
    while let Some((folder, depth)) = waiting.pop() {
        looked_into += 1;
        if looked_into > MOST_FOLDERS {
            break;
        }
        let last = folder.rsplit('/').next().unwrap_or_default().to_owned();
        for name in machine.names(&folder).unwrap_or_default() {
            let below = format!("{folder}/{name}");
            if let Some((engine, id)) = container_of(&last, &name) {
                found.push(Group {
                    engine,
                    id: id.to_owned(),
                    folder: below,
                });
            } else if depth < MOST_DEEP && may_hold_containers(&name) {
                waiting.push((below, depth + 1));
            }
        }
    }
    found.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    found
}

/// Engine and id of a group's name, as systemd's groups are named or, below a group of the engine's own, the engine's.
fn container_of<'n>(folder: &str, name: &'n str) -> Option<(&'static str, &'n str)> {
    let of = |start: &str| {
        let id = name.strip_prefix(start)?;
        let id = id.strip_suffix(".scope").unwrap_or(id);
        let is_id = id.len() == ID_CHARS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then_some(id)
    };
    let below_docker = || (folder == "docker").then(|| of("")).flatten();
    of("docker-")
        .or_else(below_docker)
        .map(|id| ("docker", id))
        .or_else(|| of("libpod-").map(|id| ("podman", id)))
}

/// Folders by the names of those that hold others: their files have other names.
fn may_hold_containers(name: &str) -> bool {
    name.strip_suffix(".slice").is_some()
        || (name.starts_with("user@") && name.strip_suffix(".service").is_some())
        || matches!(name, "docker" | "libpod_parent")
}

/// What a group's counters say now.
pub(super) fn read(machine: &Machine, group: &Group) -> Reading {
    let folder = &group.folder;
    let number = |file: &str| {
        machine
            .short(&format!("{folder}/{file}"))?
            .parse::<u64>()
            .ok()
    };
    let entry = |file: &str, key: &str| {
        let text = machine.read(&format!("{folder}/{file}")).ok()?;
        let value = |line: &str| {
            line.strip_prefix(key)?
                .strip_prefix(' ')?
                .parse::<u64>()
                .ok()
        };
        text.lines().find_map(value)
    };
    let files = entry("memory.stat", "inactive_file").unwrap_or_default();
    Reading {
        had: Instant::now(),
        taken: None,
        cpu_ns: entry("cpu.stat", "usage_usec").and_then(|us| us.checked_mul(1_000)),
        memory_bytes: number("memory.current").map(|used| used.saturating_sub(files)),
        memory_limit_bytes: number("memory.max"),
        tasks: number("pids.current"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::tests::machine;

    #[test]
    fn containers_of_both_engines_are_found_wherever_their_groups_are() {
        let id = |digit: &str| digit.repeat(ID_CHARS);
        let [of_system, of_machine, of_user, bare, none_of_them] =
            ["a", "b", "c", "d", "e"].map(id);
        let files = [
            format!("sys/fs/cgroup/system.slice/docker-{of_system}.scope/cpu.stat"),
            format!("sys/fs/cgroup/machine.slice/libpod-{of_machine}.scope/cpu.stat"),
            format!(
                "sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{of_user}.scope/x"
            ),
            format!("sys/fs/cgroup/docker/{bare}/cpu.stat"),
            // None of these is one.
            format!("sys/fs/cgroup/machine.slice/libpod-conmon-{none_of_them}.scope/cpu.stat"),
            format!("sys/fs/cgroup/system.slice/{none_of_them}/cpu.stat"),
            "sys/fs/cgroup/system.slice/docker-short.scope/cpu.stat".to_owned(),
            format!("sys/fs/cgroup/other/docker-{none_of_them}.scope/cpu.stat"),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|path| (path.as_str(), "")).collect();
        let root = machine(&files);
        let found = find(&Machine::below(root.path()));
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.engine, one.id.clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("docker", of_system),
                ("podman", of_machine),
                ("podman", of_user),
                ("docker", bare)
            ]
        );
        let none = machine(&[("proc/stat", "")]);
        assert_eq!(find(&Machine::below(none.path())), []);
    }

    #[test]
    fn a_group_tells_time_memory_bound_and_tasks() {
        let id = "a".repeat(ID_CHARS);
        let folder = format!("sys/fs/cgroup/system.slice/docker-{id}.scope");
        let path = |file: &str| format!("{folder}/{file}");
        let files = [
            (path("cpu.stat"), "nr 1\nusage_usec 1500\nuser_usec 1\n"),
            (path("memory.current"), "5000\n"),
            (path("memory.stat"), "anon 1\ninactive_file 1000\n"),
            (path("memory.max"), "max\n"),
            (path("pids.current"), "4\n"),
        ];
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect();
        let root = machine(&files);
        let machine = Machine::below(root.path());
        let read = read(&machine, &find(&machine)[0]);
        assert_eq!(
            (
                read.cpu_ns,
                read.memory_bytes,
                read.memory_limit_bytes,
                read.tasks
            ),
            (Some(1_500_000), Some(4_000), None, Some(4))
        );
    }
}
