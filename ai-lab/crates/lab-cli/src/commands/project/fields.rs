//! What `add` and `edit` take.

use lab_model::{
    Day, Health, Label, Prefix, Priority, ProjectPatch, ProjectStatus, SetPatch, Tag, Visibility,
};
use lab_ops::LineEdit;
use lab_ops::project::ProjectEdit;

use crate::failure::CommandError;
use crate::words::{OrNone, add_line, day, filled, patch, remove_line, word};

/// The fields of a project.
#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// What the labels of its items begin with, such as FRM.
    #[arg(long)]
    prefix: Option<OrNone<Prefix>>,

    /// What it is.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Where it stands.
    #[arg(long, value_name = "WORD", value_parser = word::<ProjectStatus>())]
    status: Option<ProjectStatus>,

    /// How much it matters.
    #[arg(long, value_name = "WORD", value_parser = word::<Priority>())]
    priority: Option<Priority>,

    /// Your own word for its kind; `none` empties it, here and below.
    #[arg(long, value_name = "TEXT")]
    category: Option<OrNone<String>>,

    /// Who may see it.
    #[arg(long, value_name = "WORD", value_parser = word::<Visibility>())]
    visibility: Option<Visibility>,

    /// How it goes: `on_track`, `at_risk`, `off_track`.
    #[arg(long, value_name = "WORD")]
    health: Option<OrNone<Health>>,

    /// Who answers for it.
    #[arg(long, value_name = "WHO")]
    owner: Option<OrNone<String>>,

    /// A tag; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<Tag>,

    /// Where it should lead.
    #[arg(long, value_name = "TEXT")]
    vision: Option<OrNone<String>>,

    /// The first day, such as fri, +2w or 2026-02-03.
    #[arg(long, value_name = "DAY")]
    start: Option<OrNone<String>>,

    /// The day it should be completed.
    #[arg(long, value_name = "DAY")]
    target: Option<OrNone<String>>,

    /// The idea it came from.
    #[arg(long, value_name = "IDEA")]
    source_idea: Option<OrNone<String>>,

    /// Its repository's address.
    #[arg(long, value_name = "URL")]
    repository_url: Option<OrNone<String>>,

    /// Its repository on GitHub, of those that the lab knows.
    #[arg(long, value_name = "REPO")]
    repo: Option<OrNone<String>>,

    /// Whatever else is worth keeping.
    #[arg(long, value_name = "TEXT")]
    notes: Option<OrNone<String>>,

    /// A new entry of team, objectives, deliverables, technologies or risks, such as "risks=It rains".
    #[arg(long, value_name = "LIST=TEXT", value_parser = add_line)]
    add: Vec<LineEdit>,

    /// The label to go by, instead of the one it has or would get.
    #[arg(long, value_name = "LABEL")]
    id: Option<Label>,
}

/// What `edit` takes beside the fields.
#[derive(Debug, clap::Args)]
pub(super) struct Changes {
    /// Its name.
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    name: Option<String>,

    /// A tag that goes; may be given several times.
    #[arg(long, value_name = "TAG")]
    remove_tag: Vec<Tag>,

    /// An entry that goes, by its number, such as risks=2.
    #[arg(long, value_name = "LIST=NUMBER", value_parser = remove_line)]
    remove: Vec<LineEdit>,

    /// Whether it is put away.
    #[arg(long, value_name = "BOOL")]
    archived: Option<bool>,
}

impl Fields {
    /// The edit that they ask for.
    pub(super) fn into_edit(self, today: Day) -> Result<ProjectEdit, CommandError> {
        Ok(ProjectEdit {
            patch: ProjectPatch {
                label: self.id,
                prefix: patch(self.prefix),
                description: self.description,
                status: self.status,
                priority: self.priority,
                category: patch(self.category),
                visibility: self.visibility,
                health: patch(self.health),
                owner: patch(self.owner),
                tags: SetPatch {
                    add: self.tags,
                    remove: Vec::new(),
                },
                vision: patch(self.vision),
                start: day("--start", self.start, today)?,
                target: day("--target", self.target, today)?,
                repository_url: patch(self.repository_url),
                notes: patch(self.notes),
                ..ProjectPatch::default()
            },
            source_idea: patch(self.source_idea),
            repo: patch(self.repo),
            lines: self.add,
        })
    }
}

impl Changes {
    /// Adds them to an edit.
    pub(super) fn join(self, edit: &mut ProjectEdit) {
        edit.patch.name = self.name;
        edit.patch.tags.remove = self.remove_tag;
        edit.patch.archived = self.archived;
        edit.lines.extend(self.remove);
    }
}
