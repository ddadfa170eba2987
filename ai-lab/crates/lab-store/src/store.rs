//! What a store can do, whatever it is made of.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::{
    Actor, Attachment, EntityKind, GithubRepo, Idea, ImportedValue, ItemStatus, Label, Milestone,
    Moment, Operation, Prefix, Project, Uid, WorkItem,
};

use crate::{
    FileBase, GithubReader, GithubWriter, ItemFilter, ItemOrder, ItemPage, OpenDispute,
    PageRequest, SearchPage, SearchRequest, Standing, StoreError, Tallies, WriteRecord,
    WritesRequest,
};

/// How many labels an ambiguous name is answered with.
pub const MOST_CANDIDATES: usize = 8;

/// A lab's entities with the log of everything that changed them.
pub trait Store {
    /// Reads, all of it from one moment's state.
    fn read<T, E: From<StoreError>>(
        &self,
        body: impl FnOnce(&dyn Reader) -> Result<T, E>,
    ) -> Result<T, E>;

    /// Reads and writes as one: when `body` or the final checks fail, nothing has happened.
    ///
    /// Writers take turns; one that waits too long fails as busy. References may point to
    /// entities that the same write inserts later; at its end every reference must hold and no
    /// dependency or parentage go round in a circle.
    fn write<T, E: From<StoreError>>(
        &mut self,
        actor: &Actor,
        at: Moment,
        body: impl FnOnce(&mut dyn Writer) -> Result<T, E>,
    ) -> Result<T, E>;
}

/// The reading half.
pub trait Reader: GithubReader {
    /// Finds by label or alias, by one without the zeros before its number, by a prefix that only one label has, or
    /// by uid; case of ASCII letters aside.
    fn resolve(&self, kind: EntityKind, given: &str) -> Result<Uid, StoreError>;

    /// Finds by exact label or alias, case of ASCII letters aside.
    fn uid_of(&self, kind: EntityKind, label: &Label) -> Result<Option<Uid>, StoreError>;

    /// The label; `None` where no such entity is.
    fn label_of(&self, uid: &Uid) -> Result<Option<Label>, StoreError>;

    /// Every current label of a kind by uid.
    fn labels(&self, kind: EntityKind) -> Result<BTreeMap<Uid, Label>, StoreError>;

    /// The labels it had before, oldest first.
    fn aliases(&self, uid: &Uid) -> Result<Vec<Label>, StoreError>;

    /// One project; `None` where no such entity is. The same holds for the other kinds.
    fn project(&self, uid: &Uid) -> Result<Option<Project>, StoreError>;
    /// One idea.
    fn idea(&self, uid: &Uid) -> Result<Option<Idea>, StoreError>;
    /// One work item.
    fn item(&self, uid: &Uid) -> Result<Option<WorkItem>, StoreError>;
    /// One milestone.
    fn milestone(&self, uid: &Uid) -> Result<Option<Milestone>, StoreError>;
    /// One repository.
    fn repo(&self, uid: &Uid) -> Result<Option<GithubRepo>, StoreError>;

    /// All projects by label, put-away ones too. The same holds for the other kinds.
    fn projects(&self) -> Result<Vec<Project>, StoreError>;
    /// All ideas.
    fn ideas(&self) -> Result<Vec<Idea>, StoreError>;
    /// All milestones.
    fn milestones(&self) -> Result<Vec<Milestone>, StoreError>;
    /// All repositories.
    fn repos(&self) -> Result<Vec<GithubRepo>, StoreError>;

    /// The items that pass the filter, by label, with everything that they hold.
    fn items(&self, filter: &ItemFilter) -> Result<Vec<WorkItem>, StoreError>;

    /// A page of the items that pass the filter, as a listing shows them.
    fn item_page(
        &self,
        filter: &ItemFilter,
        order: ItemOrder,
        page: &PageRequest,
    ) -> Result<ItemPage, StoreError>;

    /// How many items of the whole lab, or of a project or milestone, stand where.
    fn tallies(&self, owner: Option<&Uid>) -> Result<Tallies, StoreError>;

    /// The same of everything that has items, by uid.
    fn tallies_by_owner(&self) -> Result<BTreeMap<Uid, Tallies>, StoreError>;

    /// The labels of an item's parts, as people count.
    fn parts_of(&self, uid: &Uid) -> Result<Vec<Label>, StoreError>;

    /// Items and ideas with all words of a text, settled and put-away ones too.
    fn search(&self, request: &SearchRequest) -> Result<SearchPage, StoreError>;

    /// The status of an item; `None` where no such one is.
    fn item_status(&self, uid: &Uid) -> Result<Option<ItemStatus>, StoreError>;

    /// The items that can be started now: critical first, then by due day, then by label.
    ///
    /// Agrees with [`lab_model::ready::is_ready`]. `None` means all. With everything that they hold.
    fn ready(&self, limit: Option<u32>) -> Result<Vec<WorkItem>, StoreError>;

    /// The status of every item, by uid.
    fn item_statuses(&self) -> Result<BTreeMap<Uid, ItemStatus>, StoreError>;

    /// What depends on what within a kind; items' edges to their own parents are not in.
    fn dependency_edges(
        &self,
        kind: EntityKind,
    ) -> Result<BTreeMap<Uid, BTreeSet<Uid>>, StoreError>;

    /// The log write by write, the latest first.
    fn writes(&self, request: &WritesRequest) -> Result<Vec<WriteRecord>, StoreError>;

    /// One write with all that it did; `None` where there is none of that number.
    fn write_record(&self, number: u64) -> Result<Option<WriteRecord>, StoreError>;

    /// The latest write of someone that holds and takes nothing back, before the one of a number.
    fn last_to_undo(&self, by: &Actor, before: Option<u64>) -> Result<Option<u64>, StoreError>;

    /// The latest write of someone that holds and took back what takes nothing back, before the one of a number.
    fn last_to_redo(&self, by: &Actor, before: Option<u64>) -> Result<Option<u64>, StoreError>;

    /// What happened to an entity, oldest first.
    fn history(&self, uid: &Uid) -> Result<Vec<Operation>, StoreError>;

    /// Every imported value that went into the entity; with `None` every one there is.
    fn imported_values(&self, entity: Option<&Uid>) -> Result<Vec<ImportedValue>, StoreError>;

    /// Documents kept with the entity; with `None` every one there is.
    fn attachments(&self, entity: Option<&Uid>) -> Result<Vec<Attachment>, StoreError>;

    /// Every entity with what is known of its file.
    fn standings(&self) -> Result<Vec<Standing>, StoreError>;

    /// One of them; `None` where no such entity is.
    fn standing(&self, uid: &Uid) -> Result<Option<Standing>, StoreError>;

    /// What an entity's file says that this version does not know: names and JSON texts.
    fn file_fields(&self, uid: &Uid) -> Result<BTreeMap<String, String>, StoreError>;

    /// What two sides say differently and nobody has settled, oldest first; of one entity or of all.
    fn disputes(&self, of: Option<&Uid>) -> Result<Vec<OpenDispute>, StoreError>;
}

/// The writing half, within one write.
///
/// `insert_*` takes an entity of revision 0 and keeps its times as given. `update_*` writes what differs
/// from what is stored, one operation a changed fact, sets `updated_at` to the write's moment and counts
/// the revision up; nothing differs, nothing happens. It refuses an entity whose revision is not the
/// stored one. Both answer with the revision now stored. A changed label stays as an alias.
pub trait Writer: Reader + GithubWriter {
    /// The moment of this write.
    fn at(&self) -> Moment;

    /// A fresh identity.
    fn new_uid(&mut self) -> Uid;

    /// The next `PREFIX-NNN` of a kind; nobody else gets it before this write ends.
    fn mint(&mut self, kind: EntityKind, prefix: &Prefix) -> Result<Label, StoreError>;

    /// The next `PARENT-N` of a kind.
    fn mint_child(&mut self, kind: EntityKind, parent: &Label) -> Result<Label, StoreError>;

    /// The operations to come were made by this command, such as `item.start`, and for this reason.
    fn set_verb(&mut self, verb: &str, reason: Option<&str>);

    /// Notes that this write takes back another.
    fn mark_taken_back(&mut self, number: u64) -> Result<(), StoreError>;

    /// Inserts a project.
    fn insert_project(&mut self, project: &Project) -> Result<u64, StoreError>;
    /// Writes what changed of a project.
    fn update_project(&mut self, project: &Project) -> Result<u64, StoreError>;
    /// Inserts an idea.
    fn insert_idea(&mut self, idea: &Idea) -> Result<u64, StoreError>;
    /// Writes what changed of an idea.
    fn update_idea(&mut self, idea: &Idea) -> Result<u64, StoreError>;
    /// Inserts an item.
    fn insert_item(&mut self, item: &WorkItem) -> Result<u64, StoreError>;
    /// Writes what changed of an item.
    fn update_item(&mut self, item: &WorkItem) -> Result<u64, StoreError>;
    /// Inserts a milestone.
    fn insert_milestone(&mut self, milestone: &Milestone) -> Result<u64, StoreError>;
    /// Writes what changed of a milestone.
    fn update_milestone(&mut self, milestone: &Milestone) -> Result<u64, StoreError>;
    /// Inserts a repository.
    fn insert_repo(&mut self, repo: &GithubRepo) -> Result<u64, StoreError>;
    /// Writes what changed of a repository.
    fn update_repo(&mut self, repo: &GithubRepo) -> Result<u64, StoreError>;

    /// Gives an entity one more name. Nothing happens where it has it already.
    fn add_alias(&mut self, uid: &Uid, alias: &Label) -> Result<(), StoreError>;

    /// Keeps where an imported value came from; `false` where it is kept already.
    fn keep_imported_value(&mut self, value: &ImportedValue) -> Result<bool, StoreError>;

    /// Keeps a document; `false` where the same name of the same entity has the same bytes already.
    fn keep_attachment(&mut self, attachment: &Attachment) -> Result<bool, StoreError>;

    /// Notes what an entity and its file are alike in.
    fn keep_file_base(&mut self, base: &FileBase) -> Result<(), StoreError>;

    /// Keeps exactly these of what an entity's file says that this version does not know.
    fn keep_file_fields(
        &mut self,
        uid: &Uid,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), StoreError>;

    /// Opens a dispute, or brings the open one of the same fact up to date; its number is given here.
    fn open_dispute(&mut self, dispute: &OpenDispute) -> Result<(), StoreError>;

    /// Notes how a dispute ended. Nothing happens where it has ended already.
    fn settle_dispute(&mut self, number: u64, settlement: &str) -> Result<(), StoreError>;

    /// Takes an alias from an entity, so that another can be called so. It stays among [`Reader::aliases`].
    fn give_up_label(
        &mut self,
        kind: EntityKind,
        uid: &Uid,
        label: &Label,
    ) -> Result<(), StoreError>;

    /// Notes that an entity was once called so, whoever is now.
    fn keep_former_label(
        &mut self,
        kind: EntityKind,
        uid: &Uid,
        label: &Label,
    ) -> Result<(), StoreError>;
}
