//! Lists ideas.

use lab_model::{EntityKind, IdeaStatus, Moment};

use super::view::IdeaRow;
use crate::names::Labels;
use crate::{Lab, LabError};

/// Which ideas to list; the default is those that still wait to become something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdeaQuery {
    /// Of these statuses.
    pub statuses: Vec<IdeaStatus>,
    /// Converted, implemented and put-away ones too.
    pub all: bool,
}

/// Lists ideas by label.
pub fn list(lab: &Lab, at: Moment, query: &IdeaQuery) -> Result<Vec<IdeaRow>, LabError> {
    lab.read(at, |tx| {
        let labels = Labels::of(tx, &[EntityKind::Project])?;
        let asked = |status: IdeaStatus| match query.statuses[..] {
            [] => query.all || status.is_open(),
            [..] => query.statuses.contains(&status),
        };
        let ideas = tx.ideas()?;
        let shown = ideas
            .iter()
            .filter(|it| asked(it.status) && (query.all || !it.head.archived));
        Ok(shown.map(|idea| IdeaRow::new(idea, &labels)).collect())
    })
}
