//! Labs of any size: texts of 40 words, two labels, none to two dependencies, three criteria; half of the items are
//! to do, three of ten done.

use std::path::Path;

use lab_model::{
    Criterion, Day, Dependency, EntityKind, Head, ItemStatus, ItemType, Milestone, Moment,
    Priority, Project, Uid, WorkItem,
};
use lab_store::{OpenMode, Opening, SqliteStore, Store as _, StoreError, Writer};

use crate::Outcome;

/// The projects that items belong to in turn.
const PREFIXES: [&str; 4] = ["AAA", "BBB", "CCC", "DDD"];

/// Milestones that items belong to in turn.
const MILESTONES: u32 = 20;

/// Words that texts are made of.
const WORDS: [&str; 24] = [
    "pump", "loud", "valve", "router", "update", "backup", "sensor", "kitchen", "night", "restore",
    "verify", "archive", "guide", "cable", "power", "lamp", "window", "garden", "water", "heat",
    "meter", "report", "schema", "label",
];

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(limit)).unwrap_or(0)
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> Option<T> {
        let place = self.below(u32::try_from(values.len()).ok()?);
        values.get(usize::try_from(place).ok()?).copied()
    }
}

/// Makes a lab with so many items.
pub(crate) fn fill(folder: &Path, size: u32) -> Outcome<()> {
    std::fs::File::create(folder.join("ai-lab.toml"))?;
    let at: Moment = "2026-02-03T04:05:06Z".parse()?;
    let opening = Opening {
        mode: OpenMode::Create,
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
        at,
    };
    let mut store = SqliteStore::open(&folder.join("data/ai_lab.db"), &opening)?;
    store.write(&"import:bench".parse()?, at, |tx| {
        tx.set_verb("bench", None);
        write_all(tx, size)
    })?;
    Ok(())
}

fn write_all(tx: &mut dyn Writer, size: u32) -> Result<(), StoreError> {
    let mut projects = Vec::new();
    for (number, prefix) in (1..).zip(PREFIXES) {
        let mut project = Project::new(
            head(tx, &format!("PROJ-{number:03}")),
            format!("Project {prefix}"),
        );
        project.prefix = prefix.parse().ok();
        projects.push(project.head.uid.clone());
        tx.insert_project(&project)?;
    }
    let mut milestones = Vec::new();
    for number in 1..=MILESTONES {
        let milestone = Milestone::new(
            head(tx, &format!("MS-{number:03}")),
            format!("Stage {number}"),
        );
        milestones.push(milestone.head.uid.clone());
        tx.insert_milestone(&milestone)?;
    }
    let mut dice = Dice(7);
    let mut before: Vec<Uid> = Vec::new();
    for number in 0..size {
        let item = item(tx, &mut dice, number, (&projects, &milestones, &before))?;
        tx.insert_item(&item)?;
        before.push(item.head.uid);
    }
    Ok(())
}

fn item(
    tx: &mut dyn Writer,
    dice: &mut Dice,
    number: u32,
    (projects, milestones, before): (&[Uid], &[Uid], &[Uid]),
) -> Result<WorkItem, StoreError> {
    let place = usize::try_from(number).unwrap_or(0);
    let prefix = PREFIXES[place % PREFIXES.len()]
        .parse()
        .expect("because it is written above");
    let label = tx.mint(EntityKind::Item, &prefix)?;
    let head = head(tx, label.as_str());
    let mut item = WorkItem::new(head, format!("{} item {number}", words(dice, 4)));
    let rare = if number.is_multiple_of(1000) {
        format!(" rare{}", number / 1000)
    } else {
        String::new()
    };
    item.description = words(dice, 40) + &rare;
    item.status = match dice.below(10) {
        0..5 => ItemStatus::Todo,
        5..8 => ItemStatus::Done,
        8 => ItemStatus::InProgress,
        _ => ItemStatus::Review,
    };
    item.priority = dice.one_of(Priority::ALL).unwrap_or(Priority::Medium);
    item.item_type = dice.one_of(ItemType::ALL).unwrap_or(ItemType::Task);
    item.project = projects.get(place % projects.len()).cloned();
    item.milestone = milestones.get(place % milestones.len()).cloned();
    item.labels = (0..2)
        .filter_map(|_| format!("tag{}", dice.below(20)).parse().ok())
        .collect();
    item.due = (dice.below(3) == 0)
        .then(|| {
            Day::from_ymd(2026, 1, 1).and_then(|day| {
                lab_model::when::parse_day(&format!("{}d", dice.below(365)), day).ok()
            })
        })
        .flatten();
    let recent = u32::try_from(before.len().min(1000)).unwrap_or(0);
    if recent > 0 {
        for _ in 0..dice.below(3) {
            let back = usize::try_from(dice.below(recent)).unwrap_or(0) + 1;
            item.dependencies
                .extend(before.get(before.len() - back).cloned().map(Dependency::On));
        }
    }
    for _ in 0..3 {
        item.criteria.push(Criterion {
            uid: tx.new_uid(),
            text: words(dice, 6),
            done: item.status == ItemStatus::Done,
            evidence: None,
        });
    }
    Ok(item)
}

fn head(tx: &mut dyn Writer, label: &str) -> Head {
    Head::new(
        tx.new_uid(),
        label.parse().expect("because a minted label is one"),
        tx.at(),
    )
}

fn words(dice: &mut Dice, count: u32) -> String {
    let words: Vec<&str> = (0..count).filter_map(|_| dice.one_of(&WORDS)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_lab_has_what_it_should() {
        let folder = tempfile::tempdir().expect("a folder");
        fill(folder.path(), 40).expect("filled");
        let opening = Opening {
            mode: OpenMode::ReadOnly,
            software_version: String::new(),
            at: Moment::from_ms(0).expect("in range"),
        };
        let store =
            SqliteStore::open(&folder.path().join("data/ai_lab.db"), &opening).expect("opens");
        let checkup = store.check_up().expect("looks");
        assert!(checkup.is_sound());
        assert_eq!(checkup.entities.get(&EntityKind::Item), Some(&40));
    }
}
