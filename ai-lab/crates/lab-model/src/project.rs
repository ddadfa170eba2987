//! Projects.

use std::collections::BTreeSet;

use crate::entity::{Entity, EntityKind, Head, heads};
use crate::facts::Facts;
use crate::patch::{ListPatch, Patch, SetPatch, set};
use crate::words::words;
use crate::{Criterion, Day, Label, Line, Prefix, Priority, Tag, Uid};

words! {
    /// Where a project stands.
    ProjectStatus, "project status", {
        /// Not begun.
        Planning = "planning",
        /// Under way.
        Active = "active",
        /// Rests.
        OnHold = "on_hold",
        /// Finished.
        Completed = "completed",
        /// Will not be finished.
        Cancelled = "cancelled",
    }
}

impl ProjectStatus {
    /// Whether nothing more will happen: completed or cancelled.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Completed | Self::Cancelled => true,
            Self::Planning | Self::Active | Self::OnHold => false,
        }
    }
}

words! {
    /// Who may see it.
    Visibility, "visibility", {
        /// The person and who works with them.
        Private = "private",
        /// The house.
        Internal = "internal",
        /// Everyone.
        Public = "public",
    }
}

words! {
    /// How it goes.
    Health, "health", {
        /// As planned.
        OnTrack = "on_track",
        /// It may not.
        AtRisk = "at_risk",
        /// It does not.
        OffTrack = "off_track",
    }
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Identity, label, revision, times.
    pub head: Head,
    /// What the labels of its items begin with; `None` where an import brought none.
    pub prefix: Option<Prefix>,
    /// Its name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Where it stands.
    pub status: ProjectStatus,
    /// How much it matters.
    pub priority: Priority,
    /// The person's own word for its kind.
    pub category: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// How it goes; `None` where nobody said.
    pub health: Option<Health>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who takes part, in order.
    pub team: Vec<Line>,
    /// Tags.
    pub tags: BTreeSet<Tag>,
    /// Where it should lead.
    pub vision: Option<String>,
    /// What it is to reach, in order.
    pub objectives: Vec<Line>,
    /// What it is to hand over, in order.
    pub deliverables: Vec<Line>,
    /// What it is made with, in order.
    pub technologies: Vec<Line>,
    /// What may go wrong, in order.
    pub risks: Vec<Line>,
    /// What must hold when it is completed, in order.
    pub criteria: Vec<Criterion>,
    /// The first day.
    pub start: Option<Day>,
    /// The day it should be completed.
    pub target: Option<Day>,
    /// The idea it came from.
    pub source_idea: Option<Uid>,
    /// Its repository, as a URL.
    pub repository_url: Option<String>,
    /// Its repository on GitHub, where the lab knows it.
    pub repo: Option<Uid>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
}

impl Project {
    /// A private project of medium priority in planning, with nothing but a name.
    pub fn new(head: Head, name: String) -> Self {
        Self {
            head,
            prefix: None,
            name,
            description: String::new(),
            status: ProjectStatus::Planning,
            priority: Priority::Medium,
            category: None,
            visibility: Visibility::Private,
            health: None,
            owner: None,
            team: Vec::new(),
            tags: BTreeSet::new(),
            vision: None,
            objectives: Vec::new(),
            deliverables: Vec::new(),
            technologies: Vec::new(),
            risks: Vec::new(),
            criteria: Vec::new(),
            start: None,
            target: None,
            source_idea: None,
            repository_url: None,
            repo: None,
            notes: None,
        }
    }
}

impl Entity for Project {
    const KIND: EntityKind = EntityKind::Project;
    heads!();

    fn facts(&self) -> Facts {
        let mut facts = Facts::of_head(&self.head);
        facts.optional("prefix", self.prefix.as_ref());
        facts.text("name", &self.name);
        facts.text("description", &self.description);
        facts.word("status", self.status.as_str());
        facts.word("priority", self.priority.as_str());
        facts.optional("category", self.category.as_ref());
        facts.word("visibility", self.visibility.as_str());
        facts.optional("health", self.health);
        facts.optional("owner", self.owner.as_ref());
        facts.lines("team", &self.team);
        facts.set("tags", self.tags.iter().map(Tag::as_str));
        facts.optional("vision", self.vision.as_ref());
        facts.lines("objectives", &self.objectives);
        facts.lines("deliverables", &self.deliverables);
        facts.lines("technologies", &self.technologies);
        facts.lines("risks", &self.risks);
        facts.criteria(&self.criteria);
        facts.optional("start", self.start);
        facts.optional("target", self.target);
        facts.optional("source_idea", self.source_idea.as_ref());
        facts.optional("repository_url", self.repository_url.as_ref());
        facts.optional("repo", self.repo.as_ref());
        facts.optional("notes", self.notes.as_ref());
        facts
    }
}

/// An edit of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPatch {
    /// A new label; the old one becomes an alias.
    pub label: Option<Label>,
    /// See [`Project::prefix`].
    pub prefix: Patch<Prefix>,
    /// See [`Project::name`].
    pub name: Option<String>,
    /// See [`Project::description`].
    pub description: Option<String>,
    /// See [`Project::status`].
    pub status: Option<ProjectStatus>,
    /// See [`Project::priority`].
    pub priority: Option<Priority>,
    /// See [`Project::category`].
    pub category: Patch<String>,
    /// See [`Project::visibility`].
    pub visibility: Option<Visibility>,
    /// See [`Project::health`].
    pub health: Patch<Health>,
    /// See [`Project::owner`].
    pub owner: Patch<String>,
    /// See [`Project::team`].
    pub team: ListPatch<Line>,
    /// See [`Project::tags`].
    pub tags: SetPatch<Tag>,
    /// See [`Project::vision`].
    pub vision: Patch<String>,
    /// See [`Project::objectives`].
    pub objectives: ListPatch<Line>,
    /// See [`Project::deliverables`].
    pub deliverables: ListPatch<Line>,
    /// See [`Project::technologies`].
    pub technologies: ListPatch<Line>,
    /// See [`Project::risks`].
    pub risks: ListPatch<Line>,
    /// See [`Project::criteria`].
    pub criteria: ListPatch<Criterion>,
    /// See [`Project::start`].
    pub start: Patch<Day>,
    /// See [`Project::target`].
    pub target: Patch<Day>,
    /// See [`Project::source_idea`].
    pub source_idea: Patch<Uid>,
    /// See [`Project::repository_url`].
    pub repository_url: Patch<String>,
    /// See [`Project::repo`].
    pub repo: Patch<Uid>,
    /// See [`Project::notes`].
    pub notes: Patch<String>,
    /// See [`Head::archived`].
    pub archived: Option<bool>,
}

impl ProjectPatch {
    /// Carries the edit out.
    pub fn apply(self, project: &mut Project) {
        set(self.label, &mut project.head.label);
        set(self.archived, &mut project.head.archived);
        set(self.name, &mut project.name);
        set(self.description, &mut project.description);
        set(self.status, &mut project.status);
        set(self.priority, &mut project.priority);
        set(self.visibility, &mut project.visibility);
        self.prefix.apply(&mut project.prefix);
        self.category.apply(&mut project.category);
        self.health.apply(&mut project.health);
        self.owner.apply(&mut project.owner);
        self.team.apply(&mut project.team);
        self.tags.apply(&mut project.tags);
        self.vision.apply(&mut project.vision);
        self.objectives.apply(&mut project.objectives);
        self.deliverables.apply(&mut project.deliverables);
        self.technologies.apply(&mut project.technologies);
        self.risks.apply(&mut project.risks);
        self.criteria.apply(&mut project.criteria);
        self.start.apply(&mut project.start);
        self.target.apply(&mut project.target);
        self.source_idea.apply(&mut project.source_idea);
        self.repository_url.apply(&mut project.repository_url);
        self.repo.apply(&mut project.repo);
        self.notes.apply(&mut project.notes);
    }
}
