//! What `add` and `edit` take.

use lab_model::{IdeaPatch, IdeaStatus, Label, Priority, SetPatch, Tag};
use lab_ops::idea::IdeaEdit;
use lab_ops::{DependencyEdit, LineEdit};

use crate::words::{OrNone, add_line, filled, patch, remove_line, word};

/// The fields of an idea.
#[derive(Debug, clap::Args)]
pub(super) struct Fields {
    /// The idea at length.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// How far it has come.
    #[arg(long, value_name = "WORD", value_parser = word::<IdeaStatus>())]
    status: Option<IdeaStatus>,

    /// How much it matters.
    #[arg(long, value_name = "WORD", value_parser = word::<Priority>())]
    priority: Option<Priority>,

    /// Your own word for its kind; `none` empties it, here and below.
    #[arg(long, value_name = "TEXT")]
    category: Option<OrNone<String>>,

    /// A tag; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<Tag>,

    /// How much work it may be, in your words, such as "1-2 weeks".
    #[arg(long, value_name = "TEXT")]
    effort: Option<OrNone<String>>,

    /// Whom it is for.
    #[arg(long = "for", value_name = "WHOM")]
    target_audience: Option<OrNone<String>>,

    /// The project it belongs to or became.
    #[arg(long, value_name = "PROJECT")]
    project: Option<OrNone<String>>,

    /// Whatever else is worth keeping.
    #[arg(long, value_name = "TEXT")]
    notes: Option<OrNone<String>>,

    /// A new entry of `open_questions`, `next_steps`, benefits or prerequisites, such as "benefits=Calm".
    #[arg(long, value_name = "LIST=TEXT", value_parser = add_line)]
    add: Vec<LineEdit>,

    /// What comes first; may be given several times.
    #[arg(long, value_name = "IDEA")]
    depends_on: Vec<String>,

    /// The label to go by, instead of the one it has or would get.
    #[arg(long, value_name = "LABEL")]
    id: Option<Label>,
}

/// What `edit` takes beside the fields.
#[derive(Debug, clap::Args)]
pub(super) struct Changes {
    /// The idea in one line.
    #[arg(long, value_name = "TEXT", value_parser = filled)]
    title: Option<String>,

    /// A tag that goes; may be given several times.
    #[arg(long, value_name = "TAG")]
    remove_tag: Vec<Tag>,

    /// An entry that goes, by its number, such as benefits=2.
    #[arg(long, value_name = "LIST=NUMBER", value_parser = remove_line)]
    remove: Vec<LineEdit>,

    /// What no longer has to come first; may be given several times.
    #[arg(long, value_name = "IDEA")]
    independent_of: Vec<String>,

    /// Whether it is put away.
    #[arg(long, value_name = "BOOL")]
    archived: Option<bool>,
}

impl Fields {
    /// The edit that they ask for.
    pub(super) fn into_edit(self) -> IdeaEdit {
        IdeaEdit {
            patch: IdeaPatch {
                label: self.id,
                description: self.description,
                status: self.status,
                priority: self.priority,
                category: patch(self.category),
                tags: SetPatch {
                    add: self.tags,
                    remove: Vec::new(),
                },
                effort: patch(self.effort),
                target_audience: patch(self.target_audience),
                notes: patch(self.notes),
                ..IdeaPatch::default()
            },
            related_project: patch(self.project),
            dependencies: DependencyEdit {
                depends_on: self.depends_on,
                ..DependencyEdit::default()
            },
            lines: self.add,
        }
    }
}

impl Changes {
    /// Adds them to an edit.
    pub(super) fn join(self, edit: &mut IdeaEdit) {
        edit.patch.title = self.title;
        edit.patch.tags.remove = self.remove_tag;
        edit.dependencies.independent_of = self.independent_of;
        edit.patch.archived = self.archived;
        edit.lines.extend(self.remove);
    }
}
