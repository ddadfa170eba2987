//! Which fields each kind of entity has in its file, in the order in which they stand there.

use lab_model::{
    EntityKind, Health, IdeaStatus, ItemStatus, ItemType, MilestoneStatus, Priority, ProjectStatus,
    Visibility,
};

/// One field of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Its key, which is also its name among the facts.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) shape: Shape,
    /// What a file that a person wrote need not say.
    pub(crate) default: Option<&'static str>,
    /// What it tells, for the schema.
    pub(crate) about: &'static str,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// One value.
    One(Scalar),
    /// A set of tags.
    Tags,
    /// Entities of a kind that come first.
    Dependencies(EntityKind),
    /// An ordered list of entries with identities.
    List(&'static Entries),
    /// An object of a few parts, there as a whole or not at all.
    Object(&'static [Part]),
}

/// One value as a fact tells it and as JSON holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar {
    /// A text; empty is as good as absent.
    Text,
    /// A text that may be there and empty.
    MaybeText,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// Hours.
    Hours,
    /// A whole number from 0.
    Count,
    /// True, or absent.
    Flag,
    /// A date.
    Day,
    /// An instant.
    Moment,
    /// Another entity.
    Reference(EntityKind),
    /// Who, as `person:jo`.
    Actor,
    /// What labels begin with.
    Prefix,
    /// `owner/name`.
    RepoName,
}

/// A part of an object or entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Its key.
    pub(crate) key: &'static str,
    /// Its name among the parts of facts; empty for the field itself.
    pub(crate) fact: &'static str,
    /// What it holds.
    pub(crate) scalar: Scalar,
    /// Whether it must be there.
    pub(crate) needed: bool,
}

/// The entries of a list: what they are besides their uid.
#[derive(Debug)]
pub(crate) struct Entries {
    /// The parts, the one that is the field itself first.
    pub(crate) parts: &'static [Part],
}

const fn part(key: &'static str, fact: &'static str, scalar: Scalar, needed: bool) -> Part {
    Part {
        key,
        fact,
        scalar,
        needed,
    }
}

const LINES: Entries = Entries {
    parts: &[part("text", "", Scalar::MaybeText, true)],
};

const CRITERIA: Entries = Entries {
    parts: &[
        part("text", "", Scalar::MaybeText, true),
        part("done", "done", Scalar::Flag, false),
        part("evidence", "evidence", Scalar::MaybeText, false),
    ],
};

const BLOCKERS: Entries = Entries {
    parts: &[
        part("text", "", Scalar::MaybeText, true),
        part("open", "open", Scalar::Flag, false),
        part("severity", "severity", Scalar::Word(Priority::WORDS), false),
        part("opened_at", "opened_at", Scalar::Moment, false),
        part("closed_at", "closed_at", Scalar::Moment, false),
        part("resolution", "resolution", Scalar::MaybeText, false),
    ],
};

const TIME_ENTRIES: Entries = Entries {
    parts: &[
        part("hours", "", Scalar::Hours, true),
        part("at", "at", Scalar::Moment, true),
        part("who", "who", Scalar::MaybeText, true),
        part("note", "note", Scalar::MaybeText, true),
    ],
};

const GITHUB: &[Part] = &[
    part("repo", "repo", Scalar::Reference(EntityKind::Repo), false),
    part("number", "number", Scalar::Count, true),
    part("synced_at", "synced_at", Scalar::Moment, false),
];

const CLAIM: &[Part] = &[
    part("by", "", Scalar::Actor, true),
    part("until", "until", Scalar::Moment, true),
];

const fn field(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field {
        name,
        shape,
        default: None,
        about,
    }
}

const fn one(name: &'static str, scalar: Scalar, about: &'static str) -> Field {
    field(name, Shape::One(scalar), about)
}

const fn word(
    name: &'static str,
    words: &'static [&'static str],
    default: &'static str,
    about: &'static str,
) -> Field {
    Field {
        name,
        shape: Shape::One(Scalar::Word(words)),
        default: Some(default),
        about,
    }
}

const NOTES: Field = one(
    "notes",
    Scalar::MaybeText,
    "Whatever else is worth keeping.",
);
const DESCRIPTION: Field = one("description", Scalar::Text, "At length.");
const ARCHIVED: Field = one(
    "archived",
    Scalar::Flag,
    "Put away: hidden from every listing that does not ask for all.",
);
const CREATED_AT: Field = one("created_at", Scalar::Moment, "When it came to be.");
const PRIORITY: Field = word(
    "priority",
    Priority::WORDS,
    "medium",
    "How much it matters.",
);
const CATEGORY: Field = one("category", Scalar::MaybeText, "Your own word for its kind.");
const AUTHOR: Field = one("author", Scalar::MaybeText, "Who wrote it.");
const GITHUB_LINK: Field = field("github", Shape::Object(GITHUB), "Where it is on GitHub.");
const CRITERIA_FIELD: Field = field(
    "criteria",
    Shape::List(&CRITERIA),
    "What must hold when it is done, in order.",
);

const fn project_of(about: &'static str) -> Field {
    one("project", Scalar::Reference(EntityKind::Project), about)
}

const ITEM: &[Field] = &[
    one("title", Scalar::Text, "What is to be done, in one line."),
    word("status", ItemStatus::WORDS, "todo", "Where it stands."),
    one(
        "blocked_from",
        Scalar::Word(ItemStatus::WORDS),
        "Where it goes back to once nothing blocks it.",
    ),
    PRIORITY,
    word(
        "item_type",
        ItemType::WORDS,
        "task",
        "What kind of work it is.",
    ),
    CATEGORY,
    project_of("The project it belongs to."),
    one(
        "parent",
        Scalar::Reference(EntityKind::Item),
        "The item it is a part of.",
    ),
    one(
        "milestone",
        Scalar::Reference(EntityKind::Milestone),
        "The milestone it counts for.",
    ),
    one("assignee", Scalar::MaybeText, "Who does it."),
    AUTHOR,
    field("labels", Shape::Tags, "Labels, in the sense of tags."),
    field(
        "dependencies",
        Shape::Dependencies(EntityKind::Item),
        "Items that have to be settled first.",
    ),
    one("due", Scalar::Day, "By which day it should be done."),
    one("estimated_hours", Scalar::Hours, "How long it should take."),
    one(
        "spent_hours",
        Scalar::Hours,
        "Hours spent that have no entry of their own.",
    ),
    field("claim", Shape::Object(CLAIM), "Who said to be at it."),
    GITHUB_LINK,
    DESCRIPTION,
    CRITERIA_FIELD,
    field(
        "blockers",
        Shape::List(&BLOCKERS),
        "What kept or keeps it from going on, in order.",
    ),
    field(
        "time_entries",
        Shape::List(&TIME_ENTRIES),
        "Hours spent, in order of writing.",
    ),
    NOTES,
    one(
        "file_path",
        Scalar::MaybeText,
        "Where the source of an import kept it; never opened.",
    ),
    one("is_draft", Scalar::Flag, "Not yet meant to be worked on."),
    ARCHIVED,
    one("started_at", Scalar::Moment, "When it was started first."),
    one("settled_at", Scalar::Moment, "When it was settled."),
    CREATED_AT,
];

const IDEA: &[Field] = &[
    one("title", Scalar::Text, "The idea in one line."),
    word(
        "status",
        IdeaStatus::WORDS,
        "backlog",
        "How far it has come.",
    ),
    PRIORITY,
    CATEGORY,
    field("tags", Shape::Tags, "Tags."),
    one("effort", Scalar::MaybeText, "How much work it may be."),
    AUTHOR,
    one("target_audience", Scalar::MaybeText, "Whom it is for."),
    one(
        "related_project",
        Scalar::Reference(EntityKind::Project),
        "The project it belongs to or became.",
    ),
    field(
        "dependencies",
        Shape::Dependencies(EntityKind::Idea),
        "Ideas that come first.",
    ),
    GITHUB_LINK,
    DESCRIPTION,
    field(
        "open_questions",
        Shape::List(&LINES),
        "What has to be answered.",
    ),
    field(
        "next_steps",
        Shape::List(&LINES),
        "What is to be done next.",
    ),
    field("benefits", Shape::List(&LINES), "What it brings."),
    field("prerequisites", Shape::List(&LINES), "What it needs."),
    CRITERIA_FIELD,
    NOTES,
    ARCHIVED,
    CREATED_AT,
];

const PROJECT: &[Field] = &[
    one("name", Scalar::Text, "Its name."),
    one(
        "prefix",
        Scalar::Prefix,
        "What the labels of its items begin with.",
    ),
    word(
        "status",
        ProjectStatus::WORDS,
        "planning",
        "Where it stands.",
    ),
    PRIORITY,
    CATEGORY,
    word(
        "visibility",
        Visibility::WORDS,
        "private",
        "Who may see it.",
    ),
    one("health", Scalar::Word(Health::WORDS), "How it goes."),
    one("owner", Scalar::MaybeText, "Who answers for it."),
    field("team", Shape::List(&LINES), "Who takes part."),
    field("tags", Shape::Tags, "Tags."),
    one("start", Scalar::Day, "The first day."),
    one("target", Scalar::Day, "The day it should be completed."),
    one(
        "source_idea",
        Scalar::Reference(EntityKind::Idea),
        "The idea it came from.",
    ),
    one(
        "repository_url",
        Scalar::MaybeText,
        "Its repository, as a URL.",
    ),
    one(
        "repo",
        Scalar::Reference(EntityKind::Repo),
        "Its repository on GitHub, where the lab knows it.",
    ),
    DESCRIPTION,
    one("vision", Scalar::MaybeText, "Where it should lead."),
    field("objectives", Shape::List(&LINES), "What it is to reach."),
    field(
        "deliverables",
        Shape::List(&LINES),
        "What it is to hand over.",
    ),
    field("technologies", Shape::List(&LINES), "What it is made with."),
    field("risks", Shape::List(&LINES), "What may go wrong."),
    CRITERIA_FIELD,
    NOTES,
    ARCHIVED,
    CREATED_AT,
];

const MILESTONE: &[Field] = &[
    one("title", Scalar::Text, "Its name."),
    word(
        "status",
        MilestoneStatus::WORDS,
        "planned",
        "Where it stands.",
    ),
    project_of("The project it belongs to."),
    one("due", Scalar::Day, "By which day it should be reached."),
    field(
        "dependencies",
        Shape::Dependencies(EntityKind::Milestone),
        "Milestones that come first.",
    ),
    GITHUB_LINK,
    DESCRIPTION,
    NOTES,
    ARCHIVED,
    one("completed_at", Scalar::Moment, "When it was reached."),
    CREATED_AT,
];

const REPO: &[Field] = &[
    one("full_name", Scalar::RepoName, "`owner/name`."),
    one("github_id", Scalar::Count, "GitHub's own number for it."),
    one(
        "visibility",
        Scalar::Word(Visibility::WORDS),
        "Who may see it there.",
    ),
    project_of("The project it belongs to."),
    DESCRIPTION,
    NOTES,
    ARCHIVED,
    CREATED_AT,
];

/// Every field of a kind's documents that is a fact, but for the label, in their order.
pub(crate) const fn fields(kind: EntityKind) -> &'static [Field] {
    match kind {
        EntityKind::Project => PROJECT,
        EntityKind::Idea => IDEA,
        EntityKind::Item => ITEM,
        EntityKind::Milestone => MILESTONE,
        EntityKind::Repo => REPO,
    }
}

/// The field that every document of a kind must have: its first.
pub(crate) fn needed(kind: EntityKind) -> &'static str {
    fields(kind)[0].name
}

/// The facts' name of a field's part.
pub(crate) fn fact_name(field: &str, part: &str) -> String {
    if part.is_empty() {
        field.to_owned()
    } else {
        format!("{field}.{part}")
    }
}
