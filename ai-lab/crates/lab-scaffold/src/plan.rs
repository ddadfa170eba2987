//! Decides what becomes of each path.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use thiserror::Error;

use crate::answers::{Answers, LabName};
use crate::blueprint::{MARKER, PieceKind, blueprint};
use crate::section::{Section, SectionError};
use crate::survey::{Entry, Existing};

/// All that will be done, with nothing left to choose.
#[must_use = "a plan does nothing until it is carried out"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InitPlan {
    /// The lab's name.
    pub name: LabName,
    /// One step a path, in the order of writing.
    pub steps: Vec<Step>,
    /// What becomes of the repository.
    pub git: GitAct,
    /// Whether git is told how to merge the tracker's files.
    pub merge_driver: DriverAct,
}

/// What becomes of one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The path below the lab's folder.
    pub path: &'static str,
    /// What is done there.
    #[serde(flatten)]
    pub act: Act,
}

/// What is done at one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Nothing is there: the file is written, and the folders above it.
    Create {
        /// The whole file.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// A shared file: its section is brought up to date or added.
    Update {
        /// The file as surveyed; if it has changed since, the step fails.
        #[serde(skip)]
        before: Vec<u8>,
        /// The whole file afterwards.
        #[serde(skip)]
        after: Vec<u8>,
    },
    /// It is as it should be.
    Unchanged,
    /// It is the person's: left alone.
    Keep {
        /// Why.
        why: &'static str,
    },
}

/// What becomes of the repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum GitAct {
    /// The folder becomes a repository, before anything is written into it.
    Init {
        /// The git program.
        #[serde(skip)]
        program: PathBuf,
    },
    /// It is in one already.
    Present,
    /// It is a lab already: whether it is a repository was settled then.
    Settled,
    /// There is no git program.
    NoProgram,
    /// The person does not want one.
    NotWanted,
}

/// What git is told of merging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum DriverAct {
    /// The repository is told, once everything is written.
    Install {
        /// The git program.
        #[serde(skip)]
        program: PathBuf,
    },
    /// It knows.
    Present,
    /// There is no repository, or no git to tell.
    NoRepository,
}

/// Why nothing can be planned; nothing has been written.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// It cannot be told what is the lab's and what is the person's.
    #[error("{}", one_a_line(.0))]
    Sections(Vec<BrokenSection>),
    /// A folder is needed where a file is.
    #[error("a folder is needed at `{}`, where a file is", .0.display())]
    Blocked(PathBuf),
}

/// One shared file whose markers do not pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenSection {
    /// The path below the lab's folder.
    pub path: &'static str,
    /// What is wrong with it.
    pub error: SectionError,
}

impl fmt::Display for BrokenSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.error)
    }
}

fn one_a_line(broken: &[BrokenSection]) -> String {
    let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl InitPlan {
    /// Whether carrying it out changes anything.
    pub fn changes_anything(&self) -> bool {
        matches!(self.git, GitAct::Init { .. })
            || matches!(self.merge_driver, DriverAct::Install { .. })
            || self.steps.iter().any(|step| match step.act {
                Act::Create { .. } | Act::Update { .. } => true,
                Act::Unchanged | Act::Keep { .. } => false,
            })
    }
}

/// Plans a lab of these answers in a folder where this is there already.
///
/// In a folder that is a lab, only the sections of shared files are brought up to date: what a person has
/// removed stays away.
pub fn plan_init(answers: &Answers, existing: &Existing) -> Result<InitPlan, PlanError> {
    let mut steps = Vec::new();
    let mut broken = Vec::new();
    let is_lab = existing.entries.contains_key(MARKER);
    for piece in blueprint(answers) {
        let path = piece.path;
        let act = match (piece.kind, existing.entries.get(path)) {
            (_, Some(Entry::BlockedBy(file))) => return Err(PlanError::Blocked(file.clone())),
            (PieceKind::Whole(_), None) if is_lab => Ok(Act::Keep {
                why: "you left it out",
            }),
            (PieceKind::Whole(text), entry) => Ok(act_for_whole(text, entry)),
            (PieceKind::Shared { preamble, section }, entry) => {
                act_for_shared(&preamble, &section, entry)
            }
        };
        match act {
            Ok(act) => steps.push(Step { path, act }),
            Err(error) => broken.push(BrokenSection { path, error }),
        }
    }
    if !broken.is_empty() {
        return Err(PlanError::Sections(broken));
    }
    let git = git_act(answers, existing, is_lab);
    Ok(InitPlan {
        name: answers.name.clone(),
        steps,
        merge_driver: driver_act(&git, existing),
        git,
    })
}

fn driver_act(git: &GitAct, existing: &Existing) -> DriverAct {
    let install = |program: &PathBuf| DriverAct::Install {
        program: program.clone(),
    };
    match (git, &existing.git_program, existing.has_merge_driver) {
        (GitAct::Init { program }, _, _)
        | (GitAct::Present | GitAct::Settled, Some(program), Some(false)) => install(program),
        (GitAct::Present | GitAct::Settled, Some(_), Some(true)) => DriverAct::Present,
        (GitAct::Present | GitAct::Settled | GitAct::NoProgram | GitAct::NotWanted, _, _) => {
            DriverAct::NoRepository
        }
    }
}

fn act_for_whole(text: String, entry: Option<&Entry>) -> Act {
    match entry {
        None => Act::Create {
            bytes: text.into_bytes(),
        },
        Some(Entry::File(bytes)) if *bytes == text.as_bytes() => Act::Unchanged,
        Some(Entry::File(_) | Entry::LargeFile) => Act::Keep { why: "it is yours" },
        Some(Entry::Other | Entry::BlockedBy(_)) => Act::Keep {
            why: "it is no plain file",
        },
    }
}

fn act_for_shared(
    preamble: &str,
    section: &Section,
    entry: Option<&Entry>,
) -> Result<Act, SectionError> {
    Ok(match entry {
        None => Act::Create {
            bytes: section.new_file(preamble),
        },
        Some(Entry::File(before)) => {
            let after = section.merged_into(before)?;
            if after == *before {
                Act::Unchanged
            } else {
                Act::Update {
                    before: before.clone(),
                    after,
                }
            }
        }
        Some(Entry::LargeFile) => Act::Keep {
            why: "it is larger than a megabyte",
        },
        // Replacing a link would cut it; writing through it would change a file somewhere else.
        Some(Entry::Other | Entry::BlockedBy(_)) => Act::Keep {
            why: "it is no plain file",
        },
    })
}

fn git_act(answers: &Answers, existing: &Existing, is_lab: bool) -> GitAct {
    if is_lab {
        return GitAct::Settled;
    }
    match (answers.git, &existing.repository, &existing.git_program) {
        (false, _, _) => GitAct::NotWanted,
        (true, Some(_), _) => GitAct::Present,
        (true, None, None) => GitAct::NoProgram,
        (true, None, Some(program)) => GitAct::Init {
            program: program.clone(),
        },
    }
}
