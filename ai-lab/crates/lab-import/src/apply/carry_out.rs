//! Writes a decision down, within one write of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lab_model::{
    Attachment, EntityKind, GithubRepo, Head, Idea, ImportedValue, Label, Milestone, Moment,
    Project, RawKind, Uid, WorkItem,
};
use lab_store::{StoreError, Writer};

use crate::apply::decide::{Decision, FILE_PREFIX, Step};
use crate::apply::fill::{fill_idea, fill_item, fill_milestone, fill_project, fill_repo};
use crate::apply::names::Names;
use crate::plan::{
    FieldAccount, IdeaDraft, ItemDraft, MilestoneDraft, ProjectDraft, RepoDraft, Target,
};
use crate::provenance::{split_version, to_raw, with_version};
use crate::report::Changes;

/// Writes everything that was decided; the caller's transaction makes it all or nothing.
pub fn carry_out(writer: &mut dyn Writer, decision: &Decision) -> Result<Changes, StoreError> {
    writer.set_verb("import", None);
    let mut acting = Acting {
        names: decision.names.clone(),
        changes: Changes::default(),
        writer,
    };
    acting.name_new(decision);
    for (key, step) in &decision.repos {
        acting.repo(key, step)?;
    }
    for (label, step) in &decision.projects {
        acting.step(EntityKind::Project, label, step, &PROJECT)?;
    }
    for (label, step) in &decision.milestones {
        acting.step(EntityKind::Milestone, label, step, &MILESTONE)?;
    }
    for (label, step) in &decision.ideas {
        acting.step(EntityKind::Idea, label, step, &IDEA)?;
    }
    for (label, step) in &decision.items {
        acting.step(EntityKind::Item, label, step, &ITEM)?;
    }
    acting.keep_values(decision)?;
    acting.keep_files(decision)?;
    Ok(acting.changes)
}

/// How one kind of entity is made, found, filled and written.
struct Kind<E, D> {
    new: fn(Head, String) -> E,
    load: fn(&dyn Writer, &Uid) -> Result<Option<E>, StoreError>,
    fill: fn(&mut E, &D, &Names, &mut dyn FnMut() -> Uid),
    insert: fn(&mut dyn Writer, &E) -> Result<u64, StoreError>,
    update: fn(&mut dyn Writer, &E) -> Result<u64, StoreError>,
}

const PROJECT: Kind<Project, ProjectDraft> = Kind {
    new: Project::new,
    load: |writer, uid| writer.project(uid),
    fill: |entity, draft, names, uid| fill_project(entity, draft, names, uid),
    insert: |writer, entity| writer.insert_project(entity),
    update: |writer, entity| writer.update_project(entity),
};

const MILESTONE: Kind<Milestone, MilestoneDraft> = Kind {
    new: Milestone::new,
    load: |writer, uid| writer.milestone(uid),
    fill: |entity, draft, names, _| fill_milestone(entity, draft, names),
    insert: |writer, entity| writer.insert_milestone(entity),
    update: |writer, entity| writer.update_milestone(entity),
};

const IDEA: Kind<Idea, IdeaDraft> = Kind {
    new: Idea::new,
    load: |writer, uid| writer.idea(uid),
    fill: |entity, draft, names, uid| fill_idea(entity, draft, names, uid),
    insert: |writer, entity| writer.insert_idea(entity),
    update: |writer, entity| writer.update_idea(entity),
};

const ITEM: Kind<WorkItem, ItemDraft> = Kind {
    new: WorkItem::new,
    load: |writer, uid| writer.item(uid),
    fill: |entity, draft, names, uid| fill_item(entity, draft, names, uid),
    insert: |writer, entity| writer.insert_item(entity),
    update: |writer, entity| writer.update_item(entity),
};

type Taken = BTreeSet<(EntityKind, String)>;

struct Acting<'a> {
    writer: &'a mut dyn Writer,
    names: Names,
    changes: Changes,
}

impl Acting<'_> {
    /// Identities first: what refers to what may come in any order.
    fn name_new(&mut self, decision: &Decision) {
        let kinds = [
            (EntityKind::Repo, created(&decision.repos)),
            (EntityKind::Project, created(&decision.projects)),
            (EntityKind::Milestone, created(&decision.milestones)),
            (EntityKind::Idea, created(&decision.ideas)),
            (EntityKind::Item, created(&decision.items)),
        ];
        for (kind, labels) in kinds {
            for label in labels {
                let uid = self.writer.new_uid();
                self.names.learn(kind, label, uid);
            }
        }
    }

    fn head(&self, kind: EntityKind, key: &str, label: Label) -> Result<Head, StoreError> {
        let uid = self.names.uid(kind, key).cloned();
        let uid = uid.ok_or_else(|| not_found(kind, key))?;
        Ok(Head::new(uid, label, self.writer.at()))
    }

    fn step<E, D>(
        &mut self,
        kind: EntityKind,
        label: &str,
        step: &Step<D>,
        how: &Kind<E, D>,
    ) -> Result<(), StoreError> {
        match step {
            Step::Leave => {}
            Step::Create(draft) => {
                let parsed = label.parse().map_err(|_| not_found(kind, label))?;
                let mut entity = (how.new)(self.head(kind, label, parsed)?, String::new());
                self.fill(&mut entity, draft, how.fill);
                (how.insert)(self.writer, &entity)?;
                self.changes.count_created(kind);
            }
            Step::Update { uid, draft, .. } => {
                let mut entity =
                    (how.load)(self.writer, uid)?.ok_or_else(|| not_found(kind, label))?;
                self.fill(&mut entity, draft, how.fill);
                (how.update)(self.writer, &entity)?;
                self.changes.count_updated(kind);
            }
        }
        Ok(())
    }

    fn fill<E, D>(
        &mut self,
        entity: &mut E,
        draft: &D,
        fill: fn(&mut E, &D, &Names, &mut dyn FnMut() -> Uid),
    ) {
        let writer = &mut *self.writer;
        fill(entity, draft, &self.names, &mut || writer.new_uid());
    }

    fn repo(&mut self, key: &str, step: &Step<RepoDraft>) -> Result<(), StoreError> {
        match step {
            Step::Leave => {}
            Step::Create(draft) => {
                let name = draft.full_name.as_str();
                let short = name.rsplit('/').next().unwrap_or(name);
                let label = name
                    .parse()
                    .or_else(|_| short.chars().take(64).collect::<String>().parse());
                let label = label.map_err(|_| not_found(EntityKind::Repo, name))?;
                let head = self.head(EntityKind::Repo, key, label)?;
                let mut repo = GithubRepo::new(head, draft.full_name.clone());
                fill_repo(&mut repo, draft, &self.names);
                self.writer.insert_repo(&repo)?;
                self.changes.count_created(EntityKind::Repo);
            }
            Step::Update { uid, draft, .. } => {
                let known = self.writer.repo(uid)?;
                let mut repo = known.ok_or_else(|| not_found(EntityKind::Repo, key))?;
                fill_repo(&mut repo, draft, &self.names);
                self.writer.update_repo(&repo)?;
                self.changes.count_updated(EntityKind::Repo);
            }
        }
        Ok(())
    }

    fn keep_values(&mut self, decision: &Decision) -> Result<(), StoreError> {
        for account in &decision.plan.accounts {
            let key = (account.source.clone(), account.record.clone());
            let Some(version) = decision.records.get(&key) else {
                continue;
            };
            let value = self.value(account, *version, &decision.taken);
            self.keep_value(&value)?;
        }
        for ((source, record), version) in &decision.gone {
            self.keep_value(&ImportedValue {
                source: source.clone(),
                record: with_version(record, *version),
                field: String::new(),
                kind: RawKind::Absent,
                raw: String::new(),
                entity: None,
                went_to: None,
                decision: "gone from its source; what it said before is kept".to_owned(),
            })?;
        }
        Ok(())
    }

    fn keep_value(&mut self, value: &ImportedValue) -> Result<(), StoreError> {
        if self.writer.keep_imported_value(value)? {
            self.changes.values += 1;
        }
        Ok(())
    }

    fn value(&self, account: &FieldAccount, version: u32, taken: &Taken) -> ImportedValue {
        let (kind, raw) = to_raw(&account.raw);
        let is_free = |target: &&Target| !taken.contains(&(target.kind, target.label.clone()));
        let target = account.target.as_ref().filter(is_free);
        let entity = target.and_then(|target| {
            Some((
                target.kind,
                self.names.uid(target.kind, &target.label)?.clone(),
            ))
        });
        ImportedValue {
            source: account.source.clone(),
            record: with_version(&account.record, version),
            field: account.pointer.clone(),
            kind,
            raw,
            entity,
            went_to: target
                .filter(|_| account.outcome.reaches_the_model())
                .map(|t| t.field.clone()),
            decision: account.decision(),
        }
    }

    fn keep_files(&mut self, decision: &Decision) -> Result<(), StoreError> {
        let at = self.writer.at();
        for (source, version, bytes) in &decision.files {
            let name = format!("{FILE_PREFIX}{}", with_version(source, *version));
            self.keep_file(None, name, bytes, at)?;
        }
        for ((label, name), bytes) in &decision.plan.attachments {
            let taken = decision.taken.contains(&(EntityKind::Item, label.clone()));
            let uid = self.names.uid(EntityKind::Item, label).cloned();
            if let Some(uid) = uid.filter(|_| !taken) {
                self.keep_file(Some((EntityKind::Item, uid)), name.clone(), bytes, at)?;
            }
        }
        Ok(())
    }

    fn keep_file(
        &mut self,
        entity: Option<(EntityKind, Uid)>,
        name: String,
        bytes: &[u8],
        kept_at: Moment,
    ) -> Result<(), StoreError> {
        let attachment = Attachment {
            uid: self.writer.new_uid(),
            entity,
            media_type: media_type(&name).to_owned(),
            name,
            kept_at,
            content: bytes.to_vec(),
        };
        if self.writer.keep_attachment(&attachment)? {
            self.changes.files += 1;
        }
        Ok(())
    }
}

fn created<D>(steps: &BTreeMap<String, Step<D>>) -> Vec<&str> {
    steps
        .iter()
        .filter(|(_, step)| matches!(step, Step::Create(_)))
        .map(|(label, _)| label.as_str())
        .collect()
}

fn not_found(kind: EntityKind, given: &str) -> StoreError {
    StoreError::NotFound {
        kind,
        given: given.to_owned(),
    }
}

fn media_type(name: &str) -> &'static str {
    let (name, _) = split_version(name);
    let is_json = Path::new(name)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("json"));
    if is_json || name.ends_with("#schema") {
        "application/json"
    } else {
        "application/octet-stream"
    }
}
