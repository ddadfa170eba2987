//! Random changes of lab and files against what a person would expect of them.

use lab_model::{ItemPatch, SetPatch, Tag};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

use crate::scene::Scene;

#[derive(Clone, Debug)]
enum Doing {
    LabTitle(u64, u8),
    LabTag(u64, u8, bool),
    FileTitle(u64, u8),
    FileTag(u64, u8, bool),
    FileNote(u64, u8),
    Remove(u64),
    Sync,
    Mirror,
}

const ITEMS: u64 = 3;

fn doing() -> impl Strategy<Value = Doing> {
    (0..10_u8, 1..=ITEMS, any::<u8>(), any::<bool>()).prop_map(|(what, item, value, on)| match what
    {
        0 => Doing::LabTitle(item, value % 3),
        1 | 2 => Doing::LabTag(item, value % 3, on),
        3 => Doing::FileTitle(item, value % 3),
        4 | 5 => Doing::FileTag(item, value % 3, on),
        6 => Doing::FileNote(item, value),
        7 if value < 60 => Doing::Remove(item),
        7 | 8 => Doing::Sync,
        _ => Doing::Mirror,
    })
}

fn file_of(scene: &Scene, item: u64) -> Option<String> {
    let stem = format!("data/work-items/A-{item:03}_");
    scene
        .files()
        .into_iter()
        .find(|path| path.starts_with(&stem))
}

#[expect(clippy::too_many_lines, reason = "one arm a deed")]
fn carry_out(scene: &mut Scene, doing: &Doing) {
    match doing {
        Doing::LabTitle(item, value) => scene.edit(
            *item,
            ItemPatch {
                title: Some(format!("lab {value}")),
                ..ItemPatch::default()
            },
        ),
        Doing::LabTag(item, tag, on) => {
            let tag: Vec<Tag> = vec![format!("tag{tag}").parse().expect("a tag")];
            let labels = if *on {
                SetPatch {
                    add: tag,
                    remove: Vec::new(),
                }
            } else {
                SetPatch {
                    add: Vec::new(),
                    remove: tag,
                }
            };
            scene.edit(
                *item,
                ItemPatch {
                    labels,
                    ..ItemPatch::default()
                },
            );
        }
        Doing::FileTitle(item, value) => {
            if let Some(path) = file_of(scene, *item) {
                scene.set(&path, "title", format!("file {value}"));
            }
        }
        Doing::FileTag(item, tag, on) => {
            if let Some(path) = file_of(scene, *item) {
                let tag = format!("tag{tag}");
                let known = scene.json(&path)["labels"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                let mut tags: Vec<String> = known
                    .iter()
                    .filter_map(|it| it.as_str().map(str::to_owned))
                    .collect();
                tags.retain(|it| *it != tag);
                if *on {
                    tags.push(tag);
                }
                scene.set(&path, "labels", tags);
            }
        }
        Doing::FileNote(item, value) => {
            if let Some(path) = file_of(scene, *item) {
                scene.set(&path, "x-own", *value);
            }
        }
        Doing::Remove(item) => {
            if let Some(path) = file_of(scene, *item) {
                scene.remove(&path);
            }
        }
        Doing::Sync => {
            assert_eq!(scene.sync().problems, []);
        }
        Doing::Mirror => {
            scene.mirror();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_happens_a_sync_makes_both_alike_and_a_second_one_changes_nothing(doings in vec(doing(), 1..25)) {
        let mut scene = Scene::new();
        for item in 1..=ITEMS {
            scene.add(item, &format!("A-{item:03}"));
        }
        scene.sync();
        for doing in &doings {
            carry_out(&mut scene, doing);
        }
        let titles: Vec<(String, Option<String>)> = (1..=ITEMS).map(|item| {
            let file = file_of(&scene, item).map(|path| scene.json(&path)["title"].as_str().unwrap_or_default().to_owned());
            (scene.item(item).title, file)
        }).collect();
        let report = scene.sync();
        prop_assert_eq!(&report.problems, &[]);
        prop_assert_eq!(scene.synced(), [""; 0]);
        for (item, (lab, file)) in (1..=ITEMS).zip(titles) {
            let now = scene.item(item);
            let label = now.head.label.to_string();
            let open: Vec<_> = report.conflicts.iter().filter(|it| it.label == label).collect();
            let Some(path) = file_of(&scene, item) else {
                prop_assert!(now.head.archived);
                continue;
            };
            let json = scene.json(&path);
            let tags: Vec<&str> = now.labels.iter().map(Tag::as_str).collect();
            let told: Vec<&str> = json["labels"].as_array().map(|it| it.iter().filter_map(|it| it.as_str()).collect()).unwrap_or_default();
            let mut told = told;
            told.sort_unstable();
            prop_assert_eq!(tags, told);
            if let Some(it) = open.first() {
                prop_assert_eq!(it.field.as_str(), "title");
                prop_assert_eq!(Some(&now.title), it.lab.as_ref());
                prop_assert_eq!(&json["title"], it.file.as_deref().unwrap_or_default());
            } else {
                prop_assert_eq!(&json["title"], &now.title);
                // One of the two sides' own, never a third.
                prop_assert!(now.title == lab || file.as_ref() == Some(&now.title));
            }
        }
    }
}
