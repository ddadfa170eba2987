//! Units for systemd that make and prune backups.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use serde::Serialize;

use crate::{Failure, Lab};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Every hour.
    Hour,
    /// Every day.
    Day,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// How often.
    pub every: Every,
    /// The public key to seal to.
    pub key: Option<&'a str>,
    /// This program.
    pub program: &'a Path,
    /// The folder of the person's own units, such as `~/.config/systemd/user`.
    pub units: &'a Path,
    /// Whether to write them.
    pub carry_out: bool,
}

/// The units. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scheduled {
    /// The service's file.
    pub service: PathBuf,
    /// What is in it.
    pub service_text: String,
    /// The timer's file.
    pub timer: PathBuf,
    /// What is in it.
    pub timer_text: String,
    /// The command that switches the timer on.
    pub next: String,
    /// Whether they were written.
    pub is_done: bool,
}

/// Why there are no units.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A unit cannot name it: it holds a line break, or is no text.
    #[error("a unit cannot name {}", .0.display())]
    Unnameable(PathBuf),
    /// A unit could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Failure for ScheduleError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Unnameable(_) => ErrorClass::Refused,
            Self::Write { .. } => ErrorClass::Environment,
        }
    }
}

/// Writes a service that makes a backup and prunes, and its timer. Switching it on is the person's.
pub fn schedule(lab: &Lab, asked: &Schedule<'_>) -> Result<Scheduled, ScheduleError> {
    let program = unit_word(asked.program)?;
    let root = unit_word(lab.root())?;
    let name = unit_name("backup", lab.root());
    let key = match asked.key {
        None => String::new(),
        Some(key) => format!(" --seal-to {}", unit_word(Path::new(key))?),
    };
    let service_text = format!(
        "[Unit]\nDescription=Backup of the lab {root}\n\n[Service]\nType=oneshot\n\
         ExecStart={program} --lab {root} backup create{key}\n\
         ExecStart={program} --lab {root} backup prune --yes\nNice=10\nIOSchedulingClass=idle\n"
    );
    let on = match asked.every {
        Every::Hour => "hourly",
        Every::Day => "daily",
    };
    let timer_text = format!(
        "[Unit]\nDescription=Backups of the lab {root}\n\n[Timer]\nOnCalendar={on}\nPersistent=true\n\
         RandomizedDelaySec=300\n\n[Install]\nWantedBy=timers.target\n"
    );
    let at = |ending: &str| asked.units.join(format!("{name}.{ending}"));
    let (service, timer) = (at("service"), at("timer"));
    if asked.carry_out {
        write_unit(&service, &service_text)?;
        write_unit(&timer, &timer_text)?;
    }
    Ok(Scheduled {
        service,
        service_text,
        timer,
        timer_text,
        next: format!(
            "systemctl --user daemon-reload && systemctl --user enable --now {name}.timer"
        ),
        is_done: asked.carry_out,
    })
}

/// One name a lab: its folder's, with what tells it from others of that name.
pub(crate) fn unit_name(what: &str, root: &Path) -> String {
    let folder = root.file_name().unwrap_or_default().to_string_lossy();
    let plain: String = folder
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect();
    // FNV-1a: stable from release to release, and nobody's secret.
    let hash = root
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
    format!("ai-lab-{what}-{plain}-{hash:08x}")
}

/// A path as one word of a unit: quoted, `%` doubled, `$` too.
pub(crate) fn unit_word(path: &Path) -> Result<String, ScheduleError> {
    let text = path
        .to_str()
        .filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| ScheduleError::Unnameable(path.to_owned()))?;
    let mut word = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => word.extend(['\\', c]),
            '%' | '$' => word.extend([c, c]),
            c => word.push(c),
        }
    }
    word.push('"');
    Ok(word)
}

/// Writes a unit, whole or not at all.
pub(crate) fn write_unit(path: &Path, text: &str) -> Result<(), ScheduleError> {
    let put = || -> io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let mut draft = path.as_os_str().to_owned();
        draft.push(".new");
        let draft = PathBuf::from(draft);
        let mut file = fs::File::create(&draft)?;
        io::Write::write_all(&mut file, text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    put().map_err(|source| ScheduleError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_name_the_lab_and_are_written_once_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("my \"lab\" 100%");
        fs::create_dir_all(&root).expect("made");
        fs::File::create(root.join("ai-lab.toml")).expect("made");
        let lab = Lab::at(&root).expect("a lab");
        let units = folder.path().join("units");
        let asked = Schedule {
            every: Every::Hour,
            key: Some("age1x"),
            program: Path::new("/usr/bin/ai-lab"),
            units: &units,
            carry_out: false,
        };
        let planned = schedule(&lab, &asked).expect("planned");
        assert!(!units.exists());
        let word = format!("{}/my \\\"lab\\\" 100%%", folder.path().display());
        assert!(
            planned.service_text.contains(&format!(
                "ExecStart=\"/usr/bin/ai-lab\" --lab \"{word}\" backup create --seal-to \"age1x\"\n"
            )),
            "{}",
            planned.service_text
        );
        assert!(
            planned
                .timer_text
                .contains("OnCalendar=hourly\nPersistent=true\n")
        );
        let done = schedule(
            &lab,
            &Schedule {
                carry_out: true,
                every: Every::Day,
                ..asked
            },
        );
        let done = done.expect("written");
        assert_eq!(
            fs::read_to_string(&done.timer).expect("there"),
            done.timer_text
        );
        assert!(done.timer_text.contains("OnCalendar=daily\n"));
        assert!(
            done.next.contains("enable --now ai-lab-backup-mylab100-"),
            "{}",
            done.next
        );
        let strange = Schedule {
            program: Path::new("/a\nb"),
            ..asked
        };
        assert!(matches!(
            schedule(&lab, &strange),
            Err(ScheduleError::Unnameable(_))
        ));
    }
}
