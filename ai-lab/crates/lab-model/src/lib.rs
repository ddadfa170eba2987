//! Projects, ideas, work items, milestones and repositories: values, states and rules.
//!
//! Owns what an entity holds, which words its states have, which steps are allowed and how labels are
//! minted. Refuses to know databases, files, clocks, randomness and output: every function here takes
//! values and returns values. Start reading at [`WorkItem`], then [`steps`] and [`ready`].
//!
//! **Identity is not the label.** A [`Uid`] never changes; a [`Label`] such as `FRM-020` is what people
//! say, may be renumbered, and then lives on as an alias.

mod actor;
mod entity;
mod facts;
mod graph;
mod idea;
pub mod idea_steps;
mod item;
mod label;
mod milestone;
mod parts;
mod patch;
mod project;
mod provenance;
pub mod query;
pub mod ready;
mod record;
mod repo;
pub mod steps;
mod time;
mod uid;
mod undo;
pub mod when;
mod words;

pub use actor::{Actor, ActorError, ActorKind, Operation};
pub use entity::{Entity, EntityKind, Head};
pub use facts::{Change, Fact, Facts, changes};
pub use graph::{Cycle, find_cycle};
pub use idea::{Idea, IdeaPatch, IdeaStatus};
pub use item::{ItemPatch, ItemStatus, ItemType, Priority, WorkItem};
pub use label::{Label, LabelError, MintError, Prefix, next_child_label, next_label, numbered_key};
pub use milestone::{Milestone, MilestonePatch, MilestoneStatus, Progress};
pub use parts::{
    Blocker, Claim, Criterion, Dependency, GithubLink, Hours, HoursError, Line, Tag, TagError,
    TimeEntry,
};
pub use patch::{ListPatch, Member, Patch, SetPatch};
pub use project::{Health, Project, ProjectPatch, ProjectStatus, Visibility};
pub use provenance::{Attachment, ImportedValue, RawKind};
pub use record::{Identity, Record, RecordError, Recorded};
pub use repo::{GithubRepo, RepoName, RepoNameError, RepoPatch};
pub use time::{Day, Moment, TimeError};
pub use uid::{Uid, UidError};
pub use undo::{Clash, is_birth, take_back};
pub use words::UnknownWord;
