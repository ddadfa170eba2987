//! Gathers who speaks about which entity.

use std::collections::BTreeMap;

use lab_model::{EntityKind, Label};

use crate::finding::FindingKind;
use crate::merge::ledger::{Ledger, Place, target};
use crate::merge::voice::{Class, Voice};
use crate::node::Node;
use crate::plan::Outcome;
use crate::record::{Record, RecordKind};

/// Every voice by kind and label.
#[derive(Default)]
pub(crate) struct Catalog<'a> {
    pub(crate) projects: Voices<'a>,
    pub(crate) ideas: Voices<'a>,
    pub(crate) items: Voices<'a>,
    pub(crate) milestones: Voices<'a>,
    anonymous: Vec<Anonymous<'a>>,
    /// How a label was written first, by its lower-case form.
    spelled: BTreeMap<(EntityKind, String), String>,
}

/// Voices by label.
pub(crate) type Voices<'a> = BTreeMap<String, Vec<Voice<'a>>>;

/// A sub-task without an id, with its number in its list from 1.
#[derive(Clone)]
struct Anonymous<'a> {
    voice: Voice<'a>,
    container: String,
    number: usize,
}

/// Tables that the predecessor had; the first four become entities.
const KNOWN_TABLES: [&str; 11] = [
    "work_items",
    "ideas",
    "projects",
    "milestones",
    "custom_fields",
    "custom_field_values",
    "project_views",
    "automation_rules",
    "sessions",
    "github_sync",
    "sqlite_sequence",
];

impl<'a> Catalog<'a> {
    /// Gathers the voices of all records.
    pub(crate) fn of(records: &'a [Record], ledger: &mut Ledger<'a>) -> Self {
        let mut catalog = Self::default();
        let mut row_label = None;
        for (index, record) in records.iter().enumerate() {
            let voice = Voice {
                archived: record.archived,
                class: Class::File,
                place: Place {
                    record: index,
                    pointer: String::new(),
                },
                node: &record.root,
                scope: String::new(),
                container: None,
            };
            match &record.kind {
                RecordKind::ItemFile => catalog.file(EntityKind::Item, &voice, ledger),
                RecordKind::IdeaFile => catalog.file(EntityKind::Idea, &voice, ledger),
                RecordKind::ProjectFile => catalog.project_file(&voice, ledger),
                RecordKind::Management => catalog.management(&voice, ledger),
                RecordKind::Row { table } => row_label = catalog.row(table, voice, ledger),
                RecordKind::Embedded { table, column } => {
                    if let Some(label) = &row_label {
                        catalog.embedded(label, (table, column), voice, ledger);
                    }
                }
            }
        }
        catalog.name_the_anonymous(ledger);
        name_unknown_tables(records, ledger);
        catalog.sort();
        catalog
    }

    fn of_kind(&mut self, kind: EntityKind) -> Option<&mut Voices<'a>> {
        match kind {
            EntityKind::Project => Some(&mut self.projects),
            EntityKind::Idea => Some(&mut self.ideas),
            EntityKind::Item => Some(&mut self.items),
            EntityKind::Milestone => Some(&mut self.milestones),
            EntityKind::Repo => None,
        }
    }

    /// Adds a voice under its own id; `None` where it has none that would do.
    fn add(
        &mut self,
        kind: EntityKind,
        id_names: &[&str],
        voice: Voice<'a>,
        ledger: &mut Ledger<'a>,
    ) -> Option<String> {
        let claims = voice.claims(id_names);
        let Some(claim) = claims.first() else {
            ledger.find(
                FindingKind::NoId,
                &voice.place,
                format!("no id, so no {kind}; kept as it was"),
            );
            return None;
        };
        let given = claim
            .node
            .as_text()
            .map(|id| format!("{}{id}", voice.scope));
        let Some(label) = given.filter(|given| given.parse::<Label>().is_ok()) else {
            let message = format!(
                "{} cannot be a label, so no {kind}; kept as it was",
                claim.node.to_text()
            );
            ledger.find(FindingKind::NoId, &claim.place, message);
            return None;
        };
        let spelled = self
            .spelled
            .entry((kind, label.to_ascii_lowercase()))
            .or_insert(label.clone());
        let (outcome, reason) = if *spelled != label {
            (Outcome::Converted, format!("the same label as {spelled}"))
        } else if voice.scope.is_empty() {
            (Outcome::Mapped, String::new())
        } else {
            (
                Outcome::Converted,
                "local to its file, so prefixed by its project".to_owned(),
            )
        };
        let label = spelled.clone();
        ledger.note(
            &claim.place,
            outcome,
            Some(&target(kind, &label, "label")),
            reason,
        );
        self.of_kind(kind)?
            .entry(label.clone())
            .or_default()
            .push(voice);
        Some(label)
    }

    fn file(&mut self, kind: EntityKind, voice: &Voice<'a>, ledger: &mut Ledger<'a>) {
        let Some(label) = self.add(kind, &["id"], voice.clone(), ledger) else {
            return;
        };
        if kind == EntityKind::Item {
            self.sub_tasks(voice, &label, ledger);
        }
        let before = self
            .of_kind(kind)
            .and_then(|voices| voices.get(&label))
            .and_then(|voices| {
                voices.iter().find(|other| {
                    other.class == Class::File
                        && other.archived == voice.archived
                        && other.place != voice.place
                })
            });
        if let Some(first) = before.map(|other| other.place.clone()) {
            let message = format!("{label} is also in {}, which counts", ledger.name(&first));
            ledger.find(FindingKind::DuplicateId, &voice.place, message);
        }
    }

    fn row(
        &mut self,
        table: &str,
        mut voice: Voice<'a>,
        ledger: &mut Ledger<'a>,
    ) -> Option<String> {
        voice.class = Class::Row;
        let kind = kind_of_table(table)?;
        self.add(kind, &["id"], voice, ledger)
    }

    /// A document in a row speaks about the row's entity, whatever id it names.
    fn embedded(
        &mut self,
        label: &str,
        (table, column): (&str, &str),
        mut voice: Voice<'a>,
        ledger: &mut Ledger<'a>,
    ) {
        let Some(kind) = kind_of_table(table) else {
            return;
        };
        // `data` is the full original, `notes` is what someone wrote into the wrong column.
        voice.class = if column == "data" {
            Class::File
        } else {
            Class::Document
        };
        for claim in voice.claims(&["id"]) {
            let (outcome, reason) = if claim.node.as_text().as_deref() == Some(label) {
                (Outcome::Same, "as its row")
            } else {
                (Outcome::Overruled, "its row's id counts")
            };
            ledger.note(
                &claim.place,
                outcome,
                Some(&target(kind, label, "label")),
                reason,
            );
        }
        if kind == EntityKind::Item {
            self.sub_tasks(&voice, label, ledger);
        }
        if let Some(voices) = self.of_kind(kind).and_then(|voices| voices.get_mut(label)) {
            voices.push(voice);
        }
    }

    /// Gathers the sub-tasks of an item, those of its sub-tasks included.
    fn sub_tasks(&mut self, of: &Voice<'a>, container: &str, ledger: &mut Ledger<'a>) {
        for claim in of.claims(&["sub_tasks", "subtasks"]) {
            let Node::Array(tasks) = claim.node else {
                let empty = claim.node.is_null();
                if !empty {
                    let message = format!(
                        "expected a list, found {}; kept as it was",
                        claim.node.type_name()
                    );
                    ledger.find(FindingKind::WrongType, &claim.place, message);
                }
                let outcome = if empty { Outcome::Empty } else { Outcome::Kept };
                ledger.note(&claim.place, outcome, None, "no list of sub-tasks");
                continue;
            };
            if tasks.is_empty() {
                ledger.note(&claim.place, Outcome::Empty, None, "an empty list");
            } else if tasks.iter().all(|task| matches!(task, Node::Leaf(_))) {
                ledger.note(
                    &claim.place,
                    Outcome::Converted,
                    None,
                    "every entry became an item",
                );
            }
            for (at, task) in tasks.iter().enumerate() {
                let voice = Voice {
                    class: Class::SubTask,
                    place: Place {
                        record: claim.place.record,
                        pointer: format!("{}/{at}", claim.place.pointer),
                    },
                    node: task,
                    container: Some(container.to_owned()),
                    ..of.clone()
                };
                self.sub_task(voice, container, at + 1, ledger);
            }
        }
    }

    fn sub_task(
        &mut self,
        voice: Voice<'a>,
        container: &str,
        number: usize,
        ledger: &mut Ledger<'a>,
    ) {
        if voice.node.member("id").is_some() {
            if let Some(label) = self.add(EntityKind::Item, &["id"], voice.clone(), ledger) {
                self.sub_tasks(&voice, &label, ledger);
            }
        } else if voice.text(&["title", "name", "description"]).is_some()
            || voice.node.as_text().is_some()
        {
            self.anonymous.push(Anonymous {
                voice,
                container: container.to_owned(),
                number,
            });
        } else {
            ledger.find(
                FindingKind::NoId,
                &voice.place,
                "neither id nor title, so no item; kept as it was",
            );
        }
    }

    /// Labels sub-tasks without an id `PARENT-N`, from their place in the list upwards.
    fn name_the_anonymous(&mut self, ledger: &mut Ledger<'a>) {
        // The parts of one that gets its label here come into the same queue.
        let mut at = 0;
        while at < self.anonymous.len() {
            let Anonymous {
                voice,
                container,
                number,
            } = self.anonymous[at].clone();
            at += 1;
            let Some(label) = self.free_label(&container, number) else {
                let message = "no label is left for it; kept as it was";
                ledger.find(FindingKind::NoId, &voice.place, message);
                continue;
            };
            if voice.node.as_text().is_some() {
                let title = target(EntityKind::Item, &label, "title");
                ledger.note(&voice.place, Outcome::Mapped, Some(&title), "");
            }
            self.items
                .entry(label.clone())
                .or_default()
                .push(voice.clone());
            self.sub_tasks(&voice, &label, ledger);
        }
    }

    fn free_label(&self, container: &str, from: usize) -> Option<String> {
        // One number more than there are items is always free.
        (from..=from + self.items.len())
            .map(|number| format!("{container}-{number}"))
            .find(|label| !self.items.contains_key(label))
            .filter(|label| label.parse::<Label>().is_ok())
    }

    fn project_file(&mut self, voice: &Voice<'a>, ledger: &mut Ledger<'a>) {
        let Some(Node::Array(projects)) = voice.node.member("projects") else {
            self.file(EntityKind::Project, voice, ledger);
            return;
        };
        for (at, project) in projects.iter().enumerate() {
            let part = voice.part(&format!("/projects/{at}"), project);
            self.file(EntityKind::Project, &part, ledger);
        }
    }

    fn management(&mut self, voice: &Voice<'a>, ledger: &mut Ledger<'a>) {
        let Some(info) = voice.node.member("project_info") else {
            ledger.find(
                FindingKind::NoId,
                &voice.place,
                "no `project_info`; kept as it was",
            );
            return;
        };
        let info = voice.part("/project_info", info);
        let Some(project) = self.add(EntityKind::Project, &["project_id", "id"], info, ledger)
        else {
            return;
        };
        // The rest of the file speaks about the project as well: its risks, its timeline.
        if let Some(voices) = self.projects.get_mut(&project) {
            voices.push(voice.clone());
        }
        for (list, kind) in [
            ("milestones", EntityKind::Milestone),
            ("tasks", EntityKind::Item),
        ] {
            let Some(Node::Array(entries)) = voice.node.member(list) else {
                continue;
            };
            for (at, entry) in entries.iter().enumerate() {
                let mut part = voice.part(&format!("/{list}/{at}"), entry);
                part.scope = format!("{project}-");
                self.add(kind, &["id"], part, ledger);
            }
        }
    }

    fn sort(&mut self) {
        for voices in [
            &mut self.projects,
            &mut self.ideas,
            &mut self.items,
            &mut self.milestones,
        ] {
            for voices in voices.values_mut() {
                voices.sort_by(|a, b| {
                    (a.archived, a.class, &a.place).cmp(&(b.archived, b.class, &b.place))
                });
            }
        }
    }
}

impl<'a> Voice<'a> {
    fn part(&self, pointer: &str, node: &'a Node) -> Self {
        Self {
            place: Place {
                record: self.place.record,
                pointer: format!("{}{pointer}", self.place.pointer),
            },
            node,
            ..self.clone()
        }
    }
}

fn kind_of_table(table: &str) -> Option<EntityKind> {
    match table {
        "work_items" => Some(EntityKind::Item),
        "ideas" => Some(EntityKind::Idea),
        "projects" => Some(EntityKind::Project),
        "milestones" => Some(EntityKind::Milestone),
        _ => None,
    }
}

fn name_unknown_tables(records: &[Record], ledger: &mut Ledger<'_>) {
    let mut rows: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        if let RecordKind::Row { table } = &record.kind
            && !KNOWN_TABLES.contains(&table.as_str())
        {
            rows.entry((&record.source, table)).or_insert((index, 0)).1 += 1;
        }
    }
    for ((_, table), (first, count)) in rows {
        let place = Place {
            record: first,
            pointer: String::new(),
        };
        let message =
            format!("the predecessor had no table `{table}`; {count} rows kept as they were");
        ledger.find(FindingKind::UnknownTable, &place, message);
    }
}
