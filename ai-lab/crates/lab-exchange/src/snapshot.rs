//! All that a plan is decided from: the lab's side and GitHub's, as the database has them.

use std::collections::{BTreeMap, BTreeSet};

use lab_merge::Value;
use lab_model::{GithubRepo, Milestone, Project, Uid, WorkItem};
use lab_store::{
    GithubComment, GithubConflict, GithubState, GithubThing, ItemFilter, Numbering, Order, Reader,
    StoreError,
};

/// Both sides at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The repository.
    pub repo: GithubRepo,
    /// The project that its issues are items of.
    pub project: Project,
    /// The project's items and every other that is linked to an issue, by uid.
    pub items: BTreeMap<Uid, WorkItem>,
    /// The project's milestones and every other that is linked, by uid.
    pub milestones: BTreeMap<Uid, Milestone>,
    /// What was seen there.
    pub things: BTreeMap<(Numbering, u64), GithubThing>,
    /// Which entity is linked to which number.
    pub links: BTreeMap<(Numbering, u64), Uid>,
    /// Labels there, by GitHub's number.
    pub labels: BTreeMap<u64, String>,
    /// What is on its way.
    pub orders: Vec<Order>,
    /// Comments there; read only while a comment is on its way.
    pub comments: Vec<GithubComment>,
    /// What clashes and is known to.
    pub conflicts: Vec<GithubConflict>,
    /// How far the exchange has come.
    pub state: GithubState,
}

impl Snapshot {
    /// Reads both sides; `None` where the repository belongs to no project.
    pub fn read(tx: &dyn Reader, repo: &Uid) -> Result<Option<Self>, StoreError> {
        let Some(repo) = tx.repo(repo)? else {
            return Ok(None);
        };
        let project = match &repo.project {
            Some(uid) => tx.project(uid)?,
            None => None,
        };
        let Some(project) = project else {
            return Ok(None);
        };
        let uid = &repo.head.uid;
        let links: BTreeMap<(Numbering, u64), Uid> = tx
            .github_links(uid)?
            .into_iter()
            .map(|(numbering, number, uid)| ((numbering, number), uid))
            .collect();
        let things = tx.github_things(uid)?;
        let orders = tx.github_outbox(uid)?;
        let comments = if orders.is_empty() {
            Vec::new()
        } else {
            tx.github_comments(uid, None)?
        };
        Ok(Some(Self {
            items: items(tx, &project, &links)?,
            milestones: milestones(tx, &project, &links)?,
            things: things
                .into_iter()
                .map(|thing| ((thing.numbering, thing.number), thing))
                .collect(),
            labels: tx.github_labels(uid)?,
            comments,
            conflicts: tx.github_conflicts(uid)?,
            state: tx.github_state(uid)?,
            orders,
            links,
            project,
            repo,
        }))
    }

    /// The number that an entity is linked to.
    pub(crate) fn number_of(&self, numbering: Numbering, uid: &Uid) -> Option<u64> {
        let link = match numbering {
            Numbering::Issue => self.items.get(uid)?.github.as_ref(),
            Numbering::Milestone => self.milestones.get(uid)?.github.as_ref(),
        };
        let link = link.filter(|link| link.repo.as_ref() == Some(&self.repo.head.uid))?;
        self.links
            .contains_key(&(numbering, link.number))
            .then_some(link.number)
    }

    /// Whether an entity is linked to something outside of this repository.
    pub(crate) fn is_elsewhere(&self, link: Option<&lab_model::GithubLink>) -> bool {
        link.is_some_and(|link| link.repo.as_ref() != Some(&self.repo.head.uid))
    }

    /// How an item is named there, or will be; `None` where it is not there.
    pub(crate) fn item_there(&self, uid: &Uid) -> Option<Value> {
        if let Some(number) = self.number_of(Numbering::Issue, uid) {
            return Value::text(number.to_string());
        }
        let item = self.items.get(uid)?;
        self.will_be_made(item)
            .then(|| Value::Text(format!("new:{uid}")))
    }

    /// How a milestone is named there, or will be; `None` where it is not there.
    pub(crate) fn milestone_there(&self, uid: &Uid) -> Option<Value> {
        if let Some(number) = self.number_of(Numbering::Milestone, uid) {
            return Value::text(number.to_string());
        }
        let milestone = self.milestones.get(uid)?;
        let is_new = !milestone.head.archived && !self.is_elsewhere(milestone.github.as_ref());
        is_new.then(|| Value::Text(format!("new:{uid}")))
    }

    /// Whether an item without an issue gets one: drafts and what is put away do not.
    pub(crate) fn will_be_made(&self, item: &WorkItem) -> bool {
        let is_of_project = item.project.as_ref() == Some(&self.project.head.uid);
        let hidden = item.is_draft || item.head.archived;
        is_of_project && !hidden && item.github.is_none()
    }
}

fn items(
    tx: &dyn Reader,
    project: &Project,
    links: &BTreeMap<(Numbering, u64), Uid>,
) -> Result<BTreeMap<Uid, WorkItem>, StoreError> {
    let filter = ItemFilter {
        projects: vec![Some(project.head.uid.clone())],
        all: true,
        ..ItemFilter::default()
    };
    let mut items: BTreeMap<Uid, WorkItem> = tx
        .items(&filter)?
        .into_iter()
        .map(|item| (item.head.uid.clone(), item))
        .collect();
    for uid in linked(links, Numbering::Issue) {
        if !items.contains_key(uid)
            && let Some(item) = tx.item(uid)?
        {
            items.insert(uid.clone(), item);
        }
    }
    Ok(items)
}

fn milestones(
    tx: &dyn Reader,
    project: &Project,
    links: &BTreeMap<(Numbering, u64), Uid>,
) -> Result<BTreeMap<Uid, Milestone>, StoreError> {
    let linked: BTreeSet<&Uid> = linked(links, Numbering::Milestone).collect();
    let ours = |milestone: &Milestone| {
        milestone.project.as_ref() == Some(&project.head.uid)
            || linked.contains(&milestone.head.uid)
    };
    let all = tx.milestones()?.into_iter().filter(ours);
    Ok(all
        .map(|milestone| (milestone.head.uid.clone(), milestone))
        .collect())
}

fn linked(links: &BTreeMap<(Numbering, u64), Uid>, of: Numbering) -> impl Iterator<Item = &Uid> {
    links
        .iter()
        .filter(move |((numbering, _), _)| *numbering == of)
        .map(|(_, uid)| uid)
}
