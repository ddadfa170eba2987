//! Which label of the plan is which entity of the lab.

use std::collections::BTreeMap;

use lab_model::{Dependency, EntityKind, GithubLink, Label, Uid};
use lab_store::{Reader, StoreError};

use crate::plan::{ImportPlan, IssueDraft, Reference};

/// Uids by the plan's labels and back. A renamed entity goes by the label that its source knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    by_uid: BTreeMap<Uid, String>,
    by_label: BTreeMap<(EntityKind, String), Uid>,
}

impl Names {
    /// What the lab knows of the plan's labels.
    pub(crate) fn of(reader: &dyn Reader, plan: &ImportPlan) -> Result<Self, StoreError> {
        let mut names = Self::default();
        for kind in EntityKind::ALL {
            for (uid, label) in reader.labels(*kind)? {
                names.by_uid.insert(uid, label.as_str().to_owned());
            }
        }
        let kinds: [(EntityKind, Vec<&String>); 4] = [
            (EntityKind::Project, plan.projects.keys().collect()),
            (EntityKind::Idea, plan.ideas.keys().collect()),
            (EntityKind::Item, plan.items.keys().collect()),
            (EntityKind::Milestone, plan.milestones.keys().collect()),
        ];
        for (kind, labels) in kinds {
            for given in labels {
                if let Ok(label) = given.parse::<Label>()
                    && let Some(uid) = reader.uid_of(kind, &label)?
                {
                    names.learn(kind, given, uid);
                }
            }
        }
        for repo in reader.repos()? {
            let key = repo.full_name.as_str().to_ascii_lowercase();
            names.learn(EntityKind::Repo, &key, repo.head.uid);
        }
        Ok(names)
    }

    /// From now on, this label of the plan is that entity.
    pub(crate) fn learn(&mut self, kind: EntityKind, label: &str, uid: Uid) {
        self.by_uid.insert(uid.clone(), label.to_owned());
        self.by_label.insert((kind, label.to_owned()), uid);
    }

    pub(crate) fn uid(&self, kind: EntityKind, label: &str) -> Option<&Uid> {
        self.by_label.get(&(kind, label.to_owned()))
    }

    pub(crate) fn uid_of(&self, kind: EntityKind, label: Option<&String>) -> Option<Uid> {
        self.uid(kind, label?).cloned()
    }

    pub(crate) fn label(&self, uid: Option<&Uid>) -> Option<String> {
        self.by_uid.get(uid?).cloned()
    }

    pub(crate) fn dependency(&self, kind: EntityKind, reference: &Reference) -> Dependency {
        match reference {
            Reference::To(label) => match self.uid(kind, label) {
                Some(uid) => Dependency::On(uid.clone()),
                None => Dependency::Unresolved(label.clone()),
            },
            Reference::Dangling(label) => Dependency::Unresolved(label.clone()),
        }
    }

    pub(crate) fn reference(&self, dependency: &Dependency) -> Reference {
        match dependency {
            Dependency::On(uid) => {
                Reference::To(self.label(Some(uid)).unwrap_or_else(|| uid.to_string()))
            }
            Dependency::Unresolved(label) => Reference::Dangling(label.clone()),
        }
    }

    pub(crate) fn link(&self, issue: &IssueDraft) -> GithubLink {
        GithubLink {
            repo: self.uid_of(EntityKind::Repo, issue.repo.as_ref()),
            number: issue.number,
            synced_at: issue.synced_at,
        }
    }

    pub(crate) fn issue(&self, link: &GithubLink) -> IssueDraft {
        IssueDraft {
            repo: self.label(link.repo.as_ref()),
            number: link.number,
            synced_at: link.synced_at,
        }
    }
}
