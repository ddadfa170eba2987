//! Field by field: what the source changed, what the lab changed, and where both did.

use crate::plan::{IdeaDraft, ItemDraft, MilestoneDraft, ProjectDraft, RepoDraft};

/// What a source's change does to an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Fields that take the source's new value.
    pub(crate) taken: Vec<&'static str>,
    /// Fields that both changed, each in another way; the lab's value stays.
    pub(crate) both: Vec<&'static str>,
}

/// A draft whose fields can be compared one by one.
pub(crate) trait ThreeWay {
    /// Brings lists whose order means nothing into one order.
    fn settle(&mut self);

    /// Moves `self`, which the lab holds, along with the source from `base` to `new`.
    fn follow(&mut self, base: &Self, new: &Self) -> Outcome;

    /// Whether its source only refers to it, so that whatever bears its label will do.
    fn is_bare(&self) -> bool;

    /// The fields in which the two differ.
    fn differences(&self, other: &Self) -> Vec<&'static str>;
}

macro_rules! three_way {
    ($draft:ident, bare: $bare:expr, sets: [$($set:ident),*], fields: [$($field:ident),* $(,)?]) => {
        impl ThreeWay for $draft {
            fn settle(&mut self) {
                $( self.$set.sort(); self.$set.dedup(); )*
            }

            fn follow(&mut self, base: &Self, new: &Self) -> Outcome {
                let mut outcome = Outcome::default();
                $(
                    if base.$field != new.$field && self.$field != new.$field {
                        if self.$field == base.$field {
                            self.$field.clone_from(&new.$field);
                            outcome.taken.push(stringify!($field));
                        } else {
                            outcome.both.push(stringify!($field));
                        }
                    }
                )*
                outcome
            }

            fn is_bare(&self) -> bool {
                let bare: fn(&Self) -> bool = $bare;
                bare(self)
            }

            fn differences(&self, other: &Self) -> Vec<&'static str> {
                let mut fields = Vec::new();
                $( if self.$field != other.$field { fields.push(stringify!($field)); } )*
                fields
            }
        }
    };
}

// `updated_at` is not among them: the lab's own clock moves it.
three_way!(
    ItemDraft,
    bare: |_| false,
    sets: [labels, dependencies],
    fields: [
        title, description, status, priority, item_type, category, project, parent, milestone, assignee,
        author, labels, dependencies, criteria, blockers, estimated_hours, spent_hours, due, created_at,
        notes, file_path, github, is_draft, archived,
    ]
);
three_way!(
    IdeaDraft,
    bare: |_| false,
    sets: [tags, dependencies],
    fields: [
        title, description, status, priority, category, tags, effort, author, target_audience,
        related_project, open_questions, next_steps, benefits, prerequisites, criteria, dependencies, notes,
        github, created_at,
    ]
);
three_way!(
    ProjectDraft,
    bare: |project| project.placeholder,
    sets: [tags],
    fields: [
        name, description, status, priority, category, visibility, health, owner, team, tags, vision,
        objectives, deliverables, technologies, risks, criteria, start, target, source_idea, repository_url,
        repo, notes, created_at,
    ]
);
three_way!(
    MilestoneDraft,
    bare: |_| false,
    sets: [dependencies],
    fields: [title, description, project, status, due, completed_at, dependencies, created_at]
);
three_way!(RepoDraft, bare: |_| true, sets: [], fields: [github_id, project]);
