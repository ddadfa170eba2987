//! What `add` and `edit` take.

use lab_model::{Label, RepoName, RepoPatch, Visibility};
use lab_ops::repo::RepoEdit;

use crate::words::{OrNone, patch};

/// The fields of a repository.
#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// What it is.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Who may see it there: private, internal, public; `none` empties it, here and below.
    #[arg(long, value_name = "WORD")]
    visibility: Option<OrNone<Visibility>>,

    /// The project it belongs to.
    #[arg(long)]
    project: Option<OrNone<String>>,

    /// Whatever else is worth keeping.
    #[arg(long, value_name = "TEXT")]
    notes: Option<OrNone<String>>,

    /// The label to go by, instead of the one it has or would get.
    #[arg(long, value_name = "LABEL")]
    id: Option<Label>,
}

/// What `edit` takes beside the fields.
#[derive(Debug, clap::Args)]
pub(super) struct Changes {
    /// owner/name, where it was renamed.
    #[arg(long, value_name = "OWNER/NAME")]
    full_name: Option<RepoName>,

    /// Whether it is put away.
    #[arg(long, value_name = "BOOL")]
    archived: Option<bool>,
}

impl Fields {
    /// The edit that they ask for.
    pub(super) fn into_edit(self) -> RepoEdit {
        RepoEdit {
            patch: RepoPatch {
                label: self.id,
                description: self.description,
                visibility: patch(self.visibility),
                notes: patch(self.notes),
                ..RepoPatch::default()
            },
            project: patch(self.project),
        }
    }
}

impl Changes {
    /// Adds them to an edit.
    pub(super) fn join(self, edit: &mut RepoEdit) {
        edit.patch.full_name = self.full_name;
        edit.patch.archived = self.archived;
    }
}
