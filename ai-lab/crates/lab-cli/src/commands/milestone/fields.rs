//! What `add` and `edit` take.

use lab_model::{Day, Label, MilestonePatch, MilestoneStatus};
use lab_ops::DependencyEdit;
use lab_ops::milestone::MilestoneEdit;

use crate::failure::CommandError;
use crate::words::{OrNone, day, filled, patch, word};

/// The fields of a milestone.
#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// What it is.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// The project it belongs to; `none` empties it, here and below.
    #[arg(long)]
    project: Option<OrNone<String>>,

    /// Where it stands.
    #[arg(long, value_name = "WORD", value_parser = word::<MilestoneStatus>())]
    status: Option<MilestoneStatus>,

    /// By which day it should be reached, such as fri, +2w or 2026-02-03.
    #[arg(long, value_name = "DAY")]
    due: Option<OrNone<String>>,

    /// Whatever else is worth keeping.
    #[arg(long, value_name = "TEXT")]
    notes: Option<OrNone<String>>,

    /// What comes first; may be given several times.
    #[arg(long, value_name = "MILESTONE")]
    depends_on: Vec<String>,

    /// The label to go by, instead of the one it has or would get.
    #[arg(long, value_name = "LABEL")]
    id: Option<Label>,
}

/// What `edit` takes beside the fields.
#[derive(Debug, clap::Args)]
pub(super) struct Changes {
    /// Its name.
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    title: Option<String>,

    /// What no longer has to come first; may be given several times.
    #[arg(long, value_name = "MILESTONE")]
    independent_of: Vec<String>,

    /// Whether it is put away.
    #[arg(long, value_name = "BOOL")]
    archived: Option<bool>,
}

impl Fields {
    /// The edit that they ask for.
    pub(super) fn into_edit(self, today: Day) -> Result<MilestoneEdit, CommandError> {
        Ok(MilestoneEdit {
            patch: MilestonePatch {
                label: self.id,
                description: self.description,
                status: self.status,
                due: day("--due", self.due, today)?,
                notes: patch(self.notes),
                ..MilestonePatch::default()
            },
            project: patch(self.project),
            dependencies: DependencyEdit {
                depends_on: self.depends_on,
                ..DependencyEdit::default()
            },
        })
    }
}

impl Changes {
    /// Adds them to an edit.
    pub(super) fn join(self, edit: &mut MilestoneEdit) {
        edit.patch.title = self.title;
        edit.dependencies.independent_of = self.independent_of;
        edit.patch.archived = self.archived;
    }
}
