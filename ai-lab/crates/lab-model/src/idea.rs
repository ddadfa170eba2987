//! Ideas: what may become work.

use std::collections::BTreeSet;

use crate::entity::{Entity, EntityKind, Head, heads};
use crate::facts::Facts;
use crate::patch::{ListPatch, Patch, SetPatch, set};
use crate::words::words;
use crate::{Criterion, Dependency, GithubLink, Label, Line, Priority, Tag, Uid};

words! {
    /// How far an idea has come.
    IdeaStatus, "idea status", {
        /// Written down.
        Backlog = "backlog",
        /// Being thought through.
        Refining = "refining",
        /// Could become work as it is.
        Ready = "ready",
        /// Became a project or items.
        Converted = "converted",
        /// Was carried out.
        Implemented = "implemented",
        /// Put away.
        Archived = "archived",
    }
}

impl IdeaStatus {
    /// Whether it still waits to become something: backlog, refining or ready.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Backlog | Self::Refining | Self::Ready => true,
            Self::Converted | Self::Implemented | Self::Archived => false,
        }
    }
}

/// An idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idea {
    /// Identity, label, revision, times.
    pub head: Head,
    /// The idea in one line.
    pub title: String,
    /// The idea at length; may be empty.
    pub description: String,
    /// How far it has come.
    pub status: IdeaStatus,
    /// How much it matters.
    pub priority: Priority,
    /// The person's own word for its kind.
    pub category: Option<String>,
    /// Tags.
    pub tags: BTreeSet<Tag>,
    /// How much work it may be, in the person's words, such as `1-2 weeks`.
    pub effort: Option<String>,
    /// Who had it.
    pub author: Option<String>,
    /// Whom it is for.
    pub target_audience: Option<String>,
    /// The project it belongs to or became.
    pub related_project: Option<Uid>,
    /// What has to be answered, in order.
    pub open_questions: Vec<Line>,
    /// What is to be done next, in order.
    pub next_steps: Vec<Line>,
    /// What it brings, in order.
    pub benefits: Vec<Line>,
    /// What it needs, in order.
    pub prerequisites: Vec<Line>,
    /// What must hold when it is carried out, in order.
    pub criteria: Vec<Criterion>,
    /// Ideas that come first.
    pub dependencies: BTreeSet<Dependency>,
    /// Whatever else is worth keeping.
    pub notes: Option<String>,
    /// Its issue on GitHub.
    pub github: Option<GithubLink>,
}

impl Idea {
    /// An idea of medium priority in the backlog, with nothing but a title.
    pub fn new(head: Head, title: String) -> Self {
        Self {
            head,
            title,
            description: String::new(),
            status: IdeaStatus::Backlog,
            priority: Priority::Medium,
            category: None,
            tags: BTreeSet::new(),
            effort: None,
            author: None,
            target_audience: None,
            related_project: None,
            open_questions: Vec::new(),
            next_steps: Vec::new(),
            benefits: Vec::new(),
            prerequisites: Vec::new(),
            criteria: Vec::new(),
            dependencies: BTreeSet::new(),
            notes: None,
            github: None,
        }
    }
}

impl Entity for Idea {
    const KIND: EntityKind = EntityKind::Idea;
    heads!();

    fn facts(&self) -> Facts {
        let mut facts = Facts::of_head(&self.head);
        facts.text("title", &self.title);
        facts.text("description", &self.description);
        facts.word("status", self.status.as_str());
        facts.word("priority", self.priority.as_str());
        facts.optional("category", self.category.as_ref());
        facts.set("tags", self.tags.iter().map(Tag::as_str));
        facts.optional("effort", self.effort.as_ref());
        facts.optional("author", self.author.as_ref());
        facts.optional("target_audience", self.target_audience.as_ref());
        facts.optional("related_project", self.related_project.as_ref());
        facts.lines("open_questions", &self.open_questions);
        facts.lines("next_steps", &self.next_steps);
        facts.lines("benefits", &self.benefits);
        facts.lines("prerequisites", &self.prerequisites);
        facts.criteria(&self.criteria);
        facts.dependencies(&self.dependencies);
        facts.optional("notes", self.notes.as_ref());
        facts.github(self.github.as_ref());
        facts
    }
}

/// An edit of an idea.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdeaPatch {
    /// A new label; the old one becomes an alias.
    pub label: Option<Label>,
    /// See [`Idea::title`].
    pub title: Option<String>,
    /// See [`Idea::description`].
    pub description: Option<String>,
    /// See [`Idea::status`].
    pub status: Option<IdeaStatus>,
    /// See [`Idea::priority`].
    pub priority: Option<Priority>,
    /// See [`Idea::category`].
    pub category: Patch<String>,
    /// See [`Idea::tags`].
    pub tags: SetPatch<Tag>,
    /// See [`Idea::effort`].
    pub effort: Patch<String>,
    /// See [`Idea::target_audience`].
    pub target_audience: Patch<String>,
    /// See [`Idea::related_project`].
    pub related_project: Patch<Uid>,
    /// See [`Idea::open_questions`].
    pub open_questions: ListPatch<Line>,
    /// See [`Idea::next_steps`].
    pub next_steps: ListPatch<Line>,
    /// See [`Idea::benefits`].
    pub benefits: ListPatch<Line>,
    /// See [`Idea::prerequisites`].
    pub prerequisites: ListPatch<Line>,
    /// See [`Idea::criteria`].
    pub criteria: ListPatch<Criterion>,
    /// See [`Idea::dependencies`].
    pub dependencies: SetPatch<Dependency>,
    /// See [`Idea::notes`].
    pub notes: Patch<String>,
    /// See [`Head::archived`].
    pub archived: Option<bool>,
}

impl IdeaPatch {
    /// Carries the edit out.
    pub fn apply(self, idea: &mut Idea) {
        set(self.label, &mut idea.head.label);
        set(self.archived, &mut idea.head.archived);
        set(self.title, &mut idea.title);
        set(self.description, &mut idea.description);
        set(self.status, &mut idea.status);
        set(self.priority, &mut idea.priority);
        self.category.apply(&mut idea.category);
        self.tags.apply(&mut idea.tags);
        self.effort.apply(&mut idea.effort);
        self.target_audience.apply(&mut idea.target_audience);
        self.related_project.apply(&mut idea.related_project);
        self.open_questions.apply(&mut idea.open_questions);
        self.next_steps.apply(&mut idea.next_steps);
        self.benefits.apply(&mut idea.benefits);
        self.prerequisites.apply(&mut idea.prerequisites);
        self.criteria.apply(&mut idea.criteria);
        self.dependencies.apply(&mut idea.dependencies);
        self.notes.apply(&mut idea.notes);
    }
}
