//! What is in each unit.

use std::net::SocketAddr;
use std::path::Path;

use crate::backup::{ScheduleError, unit_word};

/// How often the home server is watched, as systemd's calendar says it: every two minutes.
const WATCHES: &str = "*:0/2";

/// How long collecting and watching may take together, in seconds. Each program that they start has a deadline of its
/// own; this ends what none of them does.
const WATCH_S: u16 = 600;

/// Where programs such as `systemctl` and `smartctl` are found; a person's own units are given less.
const SYSTEM_FOLDERS: [&str; 6] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

pub(super) fn update_timer(root: &str, on: &str, delay: u16) -> String {
    format!(
        "[Unit]\nDescription=Updates of the lab {root}\n\n[Timer]\nOnCalendar={on}\n\
         RandomizedDelaySec={delay}\n\n[Install]\nWantedBy=timers.target\n"
    )
}

pub(super) fn update_service(root: &str, program: &str) -> String {
    format!(
        "[Unit]\nDescription=Update of the lab {root}\n\n[Service]\nType=oneshot\n\
         ExecStart={program} --lab {root} update --auto\nNice=10\nIOSchedulingClass=idle\n"
    )
}

pub(super) fn mcp_service(
    root: &str,
    folder: &Path,
    framework: &str,
    address: SocketAddr,
) -> String {
    // A path alone, to the end of its line: quotes would be part of it.
    let folder = folder.display().to_string().replace('%', "%%");
    format!(
        "[Unit]\nDescription=MCP server of the lab {root}\n\n[Service]\nWorkingDirectory={folder}\n\
         ExecStart={framework} mcp serve --http {address}\nRestart=on-failure\nRestartSec=2\n\n\
         [Install]\nWantedBy=default.target\n"
    )
}

pub(super) fn watch_timer(root: &str) -> String {
    format!(
        "[Unit]\nDescription=Watches of the home server, for the lab {root}\n\n[Timer]\nOnCalendar={WATCHES}\n\
         AccuracySec=15\n\n[Install]\nWantedBy=timers.target\n"
    )
}

/// Who watches what.
pub(super) struct Watching<'a> {
    /// The lab's folder, as a word of a unit.
    pub(super) root: &'a str,
    /// The program that watches.
    pub(super) watcher: &'a Path,
    /// This program: those that it came with lie beside it.
    pub(super) program: &'a Path,
}

/// Collects, then watches; whether or not all could be collected.
pub(super) fn watch_service(watching: &Watching<'_>) -> Result<String, ScheduleError> {
    let root = watching.root;
    let watcher = unit_word(watching.watcher)?;
    let path = search_path(&[watching.program, watching.watcher])?;
    Ok(format!(
        "[Unit]\nDescription=Watch of the home server, for the lab {root}\n\n[Service]\nType=oneshot\n\
         Environment={path}\nExecStart=-{watcher} collect --lab {root}\nExecStart={watcher} watch --once --lab {root}\n\
         TimeoutStartSec={WATCH_S}\nNice=10\nIOSchedulingClass=idle\nNoNewPrivileges=yes\n"
    ))
}

/// The folders of those programs before the system's, as an assignment of a unit.
fn search_path(programs: &[&Path]) -> Result<String, ScheduleError> {
    let mut folders: Vec<&Path> = Vec::new();
    let own = programs.iter().filter_map(|program| program.parent());
    for folder in own.chain(SYSTEM_FOLDERS.iter().map(Path::new)) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let words: Vec<String> = folders
        .into_iter()
        .map(unit_word)
        .collect::<Result<_, _>>()?;
    // A variable is not looked at for others: there, a `$` stands for itself.
    let inner = words
        .iter()
        .map(|word| word[1..word.len() - 1].replace("$$", "$"));
    Ok(format!("\"PATH={}\"", inner.collect::<Vec<_>>().join(":")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_beside_this_one_then_in_the_systems_folders() {
        let path = search_path(&[
            Path::new("/opt/my $tools 100%/ai-lab"),
            Path::new("/opt/my $tools 100%/homeserver-agent"),
        ]);
        assert_eq!(
            path.expect("nameable"),
            "\"PATH=/opt/my $tools 100%%:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\""
        );
        assert!(search_path(&[Path::new("/a\nb/c")]).is_err());
    }
}
