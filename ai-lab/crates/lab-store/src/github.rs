//! What is known of GitHub: things as last seen there, what both sides were last alike in, what is on its way.

use std::collections::BTreeMap;

use lab_model::{Moment, Uid};

use crate::StoreError;

/// Which of a repository's two counts a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Numbering {
    /// Its issues.
    Issue,
    /// Its milestones.
    Milestone,
}

impl Numbering {
    /// The word that the database holds.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Milestone => "milestone",
        }
    }
}

/// One fact of a thing: a field's text, or a member of a field that is a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GithubFact {
    /// The field holds this text; empty texts are not facts.
    Text {
        /// Which field.
        field: String,
        /// What it holds.
        text: String,
    },
    /// The field, a set, has this member, which is not empty.
    Member {
        /// Which field.
        field: String,
        /// The member.
        member: String,
    },
}

/// An issue or milestone as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubThing {
    /// Which of the two counts.
    pub numbering: Numbering,
    /// Its number within the repository.
    pub number: u64,
    /// GitHub's own number for it.
    pub github_id: u64,
    /// It was deleted or moved elsewhere.
    pub is_gone: bool,
    /// Whom its text says that it belongs to.
    pub marker: Option<Uid>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written.
    pub created_at: Option<Moment>,
    /// When it was closed.
    pub closed_at: Option<Moment>,
    /// When it was last seen.
    pub seen_at: Moment,
    /// What it holds there.
    pub remote: Vec<GithubFact>,
    /// What both sides were last alike in; `None` where they never were.
    pub base: Option<Vec<GithubFact>>,
    /// What the lab holds and GitHub did not take.
    pub refused: Vec<GithubFact>,
}

/// How far the exchange with a repository has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GithubState {
    /// Issues that changed before this are known.
    pub issues_since: Option<Moment>,
    /// Comments that changed before this are known.
    pub comments_since: Option<Moment>,
    /// When all issues were last looked through for what is gone.
    pub swept_at: Option<Moment>,
    /// When a plan was last carried out; `None` is never.
    pub applied_at: Option<Moment>,
}

/// A page that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubPage {
    /// The tag by which GitHub knows it again.
    pub etag: String,
    /// The path of the page behind it.
    pub next: Option<String>,
}

/// A comment on an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubComment {
    /// GitHub's number for it.
    pub comment_id: u64,
    /// The issue's number.
    pub number: u64,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// What an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// An issue is to be made for an item.
    Issue,
    /// A comment is to be written on an item's issue.
    Comment,
}

impl OrderKind {
    /// The word that the database holds.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Comment => "comment",
        }
    }
}

/// Something that is to be made on GitHub once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its identity, which goes into the marker of a comment.
    pub uid: Uid,
    /// The item that it is for.
    pub of: Uid,
    /// What it is for.
    pub kind: OrderKind,
    /// A comment's text.
    pub body: String,
    /// When it was asked for.
    pub queued_at: Moment,
    /// When it was sent; nobody knows whether it arrived.
    pub sent_at: Option<Moment>,
}

/// A field that both sides changed to different ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubConflict {
    /// Whose.
    pub uid: Uid,
    /// Which of the two counts.
    pub numbering: Numbering,
    /// Its number there.
    pub number: u64,
    /// Which field.
    pub field: String,
    /// What both once had.
    pub base: Option<String>,
    /// What the lab has.
    pub local: Option<String>,
    /// What GitHub has.
    pub remote: Option<String>,
    /// Since when it is known.
    pub opened_at: Moment,
}

/// Reads what is known of a repository on GitHub.
pub trait GithubReader {
    /// How far it has come; the default where it has not begun.
    fn github_state(&self, repo: &Uid) -> Result<GithubState, StoreError>;

    /// A page that was read; `None` where it was not.
    fn github_page(&self, repo: &Uid, path: &str) -> Result<Option<GithubPage>, StoreError>;

    /// Everything that was ever seen there, milestones behind issues, by number.
    fn github_things(&self, repo: &Uid) -> Result<Vec<GithubThing>, StoreError>;

    /// One of them.
    fn github_thing(
        &self,
        repo: &Uid,
        numbering: Numbering,
        number: u64,
    ) -> Result<Option<GithubThing>, StoreError>;

    /// Which entities of the lab are linked to which of its numbers.
    fn github_links(&self, repo: &Uid) -> Result<Vec<(Numbering, u64, Uid)>, StoreError>;

    /// The repository's labels by GitHub's number.
    fn github_labels(&self, repo: &Uid) -> Result<BTreeMap<u64, String>, StoreError>;

    /// The comments on an issue, oldest first; `None` is all of the repository.
    fn github_comments(
        &self,
        repo: &Uid,
        number: Option<u64>,
    ) -> Result<Vec<GithubComment>, StoreError>;

    /// What is on its way, in the order it was asked for.
    fn github_outbox(&self, repo: &Uid) -> Result<Vec<Order>, StoreError>;

    /// What nobody has settled, oldest first.
    fn github_conflicts(&self, repo: &Uid) -> Result<Vec<GithubConflict>, StoreError>;
}

/// Writes what is known of a repository on GitHub. None of it is an entity, so none of it is in the log.
pub trait GithubWriter: GithubReader {
    /// Notes how far it has come.
    fn keep_github_state(&mut self, repo: &Uid, state: &GithubState) -> Result<(), StoreError>;

    /// Notes that a page was read; `None` forgets it.
    fn keep_github_page(
        &mut self,
        repo: &Uid,
        path: &str,
        page: Option<&GithubPage>,
    ) -> Result<(), StoreError>;

    /// Notes a thing as it is now, with all that it holds.
    fn keep_github_thing(&mut self, repo: &Uid, thing: &GithubThing) -> Result<(), StoreError>;

    /// Notes exactly these labels.
    fn keep_github_labels(
        &mut self,
        repo: &Uid,
        labels: &BTreeMap<u64, String>,
    ) -> Result<(), StoreError>;

    /// Notes a comment as it is now.
    fn keep_github_comment(
        &mut self,
        repo: &Uid,
        comment: &GithubComment,
    ) -> Result<(), StoreError>;

    /// Puts an order into the outbox, or notes when it was sent.
    fn keep_order(&mut self, repo: &Uid, order: &Order) -> Result<(), StoreError>;

    /// Takes an order out: what it asked for is there, or no longer wanted.
    fn drop_order(&mut self, order: &Uid) -> Result<(), StoreError>;

    /// Notes a conflict; one that is open already keeps its time and takes the new values.
    fn open_github_conflict(
        &mut self,
        repo: &Uid,
        conflict: &GithubConflict,
    ) -> Result<(), StoreError>;

    /// Settles an open conflict; `false` where there is none.
    fn settle_github_conflict(
        &mut self,
        repo: &Uid,
        conflict: &GithubConflict,
        how: &str,
    ) -> Result<bool, StoreError>;
}
