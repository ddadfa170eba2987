//! Random edits on both sides, cut at random: nothing is lost without being named, and both come to rest.

use lab_exchange::Request;
use lab_model::{ItemStatus, Uid};
use proptest::prelude::*;

use crate::scene::{Cut, Scene};

/// What happens.
#[derive(Clone, Debug)]
enum Event {
    AddHere(u8),
    AddThere(u8),
    TitleHere(u8, u8),
    TitleThere(u8, u8),
    LabelHere(u8, u8),
    LabelThere(u8, u8),
    DoneHere(u8),
    CloseThere(u8),
    Run,
    Cut(u8, bool),
}

fn event() -> impl Strategy<Value = Event> {
    let (one, few) = (0_u8..8, 0_u8..4);
    prop_oneof![
        few.clone().prop_map(Event::AddHere),
        few.clone().prop_map(Event::AddThere),
        (one.clone(), few.clone()).prop_map(|(of, to)| Event::TitleHere(of, to)),
        (one.clone(), few.clone()).prop_map(|(of, to)| Event::TitleThere(of, to)),
        (one.clone(), few.clone()).prop_map(|(of, to)| Event::LabelHere(of, to)),
        (one.clone(), few).prop_map(|(of, to)| Event::LabelThere(of, to)),
        one.clone().prop_map(Event::DoneHere),
        one.prop_map(Event::CloseThere),
        Just(Event::Run),
        (0_u8..20, any::<bool>()).prop_map(|(at, after)| Event::Cut(at, after)),
    ]
}

fn item(scene: &Scene, of: u8) -> Option<Uid> {
    let items = scene.items();
    let place = usize::from(of).checked_rem(items.len())?;
    Some(items[place].head.uid.clone())
}

fn issue(scene: &Scene, of: u8, change: impl FnOnce(&mut lab_standin::Issue)) {
    scene.github(|github| {
        let now = github.now;
        let numbers: Vec<u64> = github.forge.issues.keys().copied().collect();
        if let Some(place) = usize::from(of).checked_rem(numbers.len()) {
            let issue = github.forge.issues.get_mut(&numbers[place]).expect("there");
            change(issue);
            issue.updated = now;
        }
    });
}

fn happen(scene: &mut Scene, event: &Event, count: usize) {
    match event {
        Event::AddHere(name) => {
            scene.add(&format!("here {name} {count}"), |_| {});
        }
        Event::AddThere(name) => {
            let title = format!("there {name} {count}");
            scene.github(|github| github.forge.add_issue(&title, "ann", github.now));
        }
        Event::TitleHere(of, to) => {
            if let Some(uid) = item(scene, *of) {
                scene.edit(&uid, |item| item.title = format!("title {to} {count}"));
            }
        }
        Event::TitleThere(of, to) => {
            issue(scene, *of, |issue| {
                issue.title = format!("title {to} {count}");
            });
        }
        Event::LabelHere(of, to) => {
            if let Some(uid) = item(scene, *of) {
                let tag: lab_model::Tag = format!("l{to}").parse().expect("a tag");
                scene.edit(&uid, |item| {
                    if !item.labels.remove(&tag) {
                        item.labels.insert(tag);
                    }
                });
            }
        }
        Event::LabelThere(of, to) => {
            let name = scene.github(|github| github.forge.add_label(&format!("l{to}")));
            issue(scene, *of, |issue| {
                if !issue.labels.remove(&name) {
                    issue.labels.insert(name);
                }
            });
        }
        Event::DoneHere(of) => {
            if let Some(uid) = item(scene, *of) {
                scene.edit(&uid, |item| item.status = ItemStatus::Done);
            }
        }
        Event::CloseThere(of) => issue(scene, *of, |issue| {
            (issue.state, issue.reason) = ("closed".to_owned(), Some("completed".to_owned()));
        }),
        Event::Run => {
            scene.run(&Request::default()).expect("syncs");
        }
        Event::Cut(at, after) => {
            let number = usize::from(*at);
            let cut = if *after {
                Cut::After(number)
            } else {
                Cut::Before(number)
            };
            let _ = scene.run_cut(&Request::default(), cut);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn both_sides_come_to_rest_and_no_title_is_lost(events in prop::collection::vec(event(), 1..30)) {
        let mut scene = Scene::new();
        // Someone has looked at a plan.
        scene.add("First", |_| {});
        scene.sync();
        for (count, event) in events.iter().enumerate() {
            happen(&mut scene, event, count);
        }
        scene.run(&Request::default()).expect("syncs");
        let rest = scene.run(&Request::default()).expect("syncs");
        prop_assert!(rest.steps.is_empty(), "{:?}", rest.steps);
        let linked = scene.items().iter().filter(|item| item.github.is_some()).count();
        let there = scene.github(|github| github.forge.issues.len());
        prop_assert_eq!((linked, scene.items().len()), (there, there));
        // Where nothing clashes, both sides hold the same; a clash is about a title, and has both.
        let (here, there) = scene.both();
        if rest.conflicts.is_empty() {
            prop_assert_eq!(here, there);
        } else {
            for conflict in &rest.conflicts {
                prop_assert_eq!(conflict.field.as_str(), "title");
                let held = scene.item(&conflict.uid).title;
                prop_assert_eq!(conflict.local.as_ref(), Some(&held));
            }
        }
    }
}
