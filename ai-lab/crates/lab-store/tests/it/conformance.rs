//! What holds for every backend: a file and memory.

use lab_model::{Dependency, EntityKind, WorkItem};
use lab_store::{ItemFilter, OpenMode, SqliteStore, Store, StoreError};

use crate::scene::{
    at, everything, insert_everything, item, label, memory, opening, project, uid, write,
};

/// Runs a scene on every backend.
pub(crate) fn on_every_backend(scene: impl Fn(&mut SqliteStore)) {
    scene(&mut memory());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/ai_lab.db");
    scene(&mut SqliteStore::open(&path, &opening(OpenMode::Create)).expect("a new database"));
}

#[test]
fn everything_reads_back_as_it_was_written() {
    on_every_backend(|store| {
        let mut all = everything();
        insert_everything(store, &all);
        for head in [
            &mut all.project.head,
            &mut all.idea.head,
            &mut all.milestone.head,
            &mut all.repo.head,
            &mut all.first.head,
            &mut all.full.head,
        ] {
            head.revision = 1;
        }
        store
            .read(|tx| {
                assert_eq!(tx.project(&uid(1))?.as_ref(), Some(&all.project));
                assert_eq!(tx.idea(&uid(2))?.as_ref(), Some(&all.idea));
                assert_eq!(tx.milestone(&uid(3))?.as_ref(), Some(&all.milestone));
                assert_eq!(tx.repo(&uid(4))?.as_ref(), Some(&all.repo));
                assert_eq!(tx.item(&uid(6))?.as_ref(), Some(&all.full));
                let every = ItemFilter {
                    all: true,
                    ..ItemFilter::default()
                };
                assert_eq!(tx.items(&every)?, [all.first.clone(), all.full.clone()]);
                assert_eq!(tx.projects()?, [all.project.clone()]);
                assert_eq!(tx.ideas()?, [all.idea.clone()]);
                assert_eq!(tx.milestones()?, [all.milestone.clone()]);
                assert_eq!(tx.repos()?, [all.repo.clone()]);
                assert_eq!((tx.item(&uid(1))?, tx.project(&uid(99))?), (None, None));
                Ok::<(), StoreError>(())
            })
            .expect("reads");
    });
}

#[test]
fn a_changed_entity_reads_back_changed() {
    on_every_backend(|store| {
        let all = everything();
        insert_everything(store, &all);
        let (mut bare, mut idea, mut project) =
            (all.full.clone(), all.idea.clone(), all.project.clone());
        bare = WorkItem {
            head: bare.head,
            ..WorkItem::new(all.first.head.clone(), "Bare".to_owned())
        };
        bare.head.revision = 1;
        idea.head.revision = 1;
        idea.open_questions.swap(0, 1);
        idea.github = None;
        project.head.revision = 1;
        project.criteria.remove(0);
        project.head.archived = true;
        let revisions = write(store, 3_000, |tx| {
            Ok([
                tx.update_item(&bare)?,
                tx.update_idea(&idea)?,
                tx.update_project(&project)?,
            ])
        });
        assert_eq!(revisions.expect("writes"), [2, 2, 2]);
        bare.head = lab_model::Head {
            revision: 2,
            updated_at: Some(at(3_000)),
            ..bare.head
        };
        idea.head = lab_model::Head {
            revision: 2,
            updated_at: Some(at(3_000)),
            ..idea.head
        };
        project.head = lab_model::Head {
            revision: 2,
            updated_at: Some(at(3_000)),
            ..project.head
        };
        let read = store.read(|tx| {
            Ok::<_, StoreError>((tx.item(&uid(6))?, tx.idea(&uid(2))?, tx.project(&uid(1))?))
        });
        assert_eq!(
            read.expect("reads"),
            (Some(bare), Some(idea), Some(project))
        );
    });
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    on_every_backend(|store| {
        let answer = write(store, 2_000, |tx| {
            tx.insert_item(&item(1, "FRM-001"))?;
            tx.insert_item(&item(2, "frm-001"))
        });
        assert!(matches!(answer, Err(StoreError::Taken { name, .. }) if name == "frm-001"));
        let left = store
            .read(|tx| Ok::<_, StoreError>((tx.labels(EntityKind::Item)?, tx.history(&uid(1))?)));
        assert_eq!(
            left.expect("reads"),
            (std::collections::BTreeMap::new(), vec![])
        );
    });
}

#[test]
fn a_panic_in_the_middle_leaves_nothing_behind() {
    on_every_backend(|store| {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            write(store, 2_000, |tx| {
                tx.insert_item(&item(1, "FRM-001"))?;
                panic!("a mistake of the caller");
                #[expect(unreachable_code, reason = "gives the closure its type")]
                Ok(())
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(
            write(store, 3_000, |tx| tx.insert_item(&item(1, "FRM-001"))).ok(),
            Some(1)
        );
    });
}

#[test]
fn a_stale_write_is_refused_and_changes_nothing() {
    on_every_backend(|store| {
        write(store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
        let mut seen = store
            .read(|tx| tx.item(&uid(1)))
            .expect("reads")
            .expect("there");
        let mut other = seen.clone();
        other.title = "theirs".to_owned();
        assert_eq!(write(store, 2, |tx| tx.update_item(&other)).ok(), Some(2));
        seen.title = "mine".to_owned();
        let refused =
            write(store, 3, |tx| tx.update_item(&seen)).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("FRM-001 was changed in the meantime: revision 2 is stored, 1 was read".to_owned())
        );
        assert_eq!(
            store
                .read(|tx| tx.item(&uid(1)))
                .expect("reads")
                .map(|item| item.title),
            Some("theirs".to_owned())
        );
    });
}

#[test]
fn writing_what_is_there_changes_nothing() {
    on_every_backend(|store| {
        write(store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
        let seen = store
            .read(|tx| tx.item(&uid(1)))
            .expect("reads")
            .expect("there");
        assert_eq!(write(store, 2, |tx| tx.update_item(&seen)).ok(), Some(1));
        assert_eq!(
            store.read(|tx| tx.item(&uid(1))).expect("reads"),
            Some(seen)
        );
    });
}

#[test]
fn a_reference_to_nothing_is_refused() {
    on_every_backend(|store| {
        let mut lost = item(1, "FRM-001");
        lost.project = Some(uid(9));
        lost.dependencies.insert(Dependency::On(uid(8)));
        let refused =
            write(store, 1, |tx| tx.insert_item(&lost)).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err(
                "references lead nowhere: dependencies → entities, work_items → projects"
                    .to_owned()
            )
        );
        // A dependency is of one kind: an item cannot wait for a project.
        let mut mixed = item(1, "FRM-001");
        mixed.dependencies.insert(Dependency::On(uid(2)));
        let refused = write(store, 1, |tx| {
            tx.insert_project(&project(2, "PROJ-001"))?;
            tx.insert_item(&mixed)
        });
        assert!(
            matches!(refused, Err(StoreError::Dangling(_))),
            "{refused:?}"
        );
        // After a refusal the store goes on as if nothing had been.
        assert_eq!(
            write(store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).ok(),
            Some(1)
        );
    });
}

#[test]
fn circles_are_refused_with_their_path() {
    on_every_backend(|store| {
        let chain = |number: u64, name: &str, on: u64| {
            let mut item = item(number, name);
            item.dependencies.insert(Dependency::On(uid(on)));
            item
        };
        let refused = write(store, 1, |tx| {
            tx.insert_item(&chain(1, "A", 2))?;
            tx.insert_item(&chain(2, "B", 3))?;
            tx.insert_item(&chain(3, "C", 2))
        });
        assert_eq!(
            refused.map_err(|error| error.to_string()),
            Err("this would go round in a circle: B → C → B".to_owned())
        );
        let mut part = item(1, "A");
        part.parent = Some(uid(1));
        let refused =
            write(store, 1, |tx| tx.insert_item(&part)).map_err(|error| error.to_string());
        assert_eq!(
            refused,
            Err("this would go round in a circle: A → A".to_owned())
        );
        // A part that depends on its whole, which depends on the part: parentage is no dependency.
        let mut part = chain(1, "A-1", 2);
        part.parent = Some(uid(2));
        let allowed = write(store, 1, |tx| {
            tx.insert_item(&part)?;
            tx.insert_item(&chain(2, "A", 1))
        });
        assert_eq!(allowed.ok(), Some(1));
        let mut whole = store
            .read(|tx| tx.item(&uid(2)))
            .expect("reads")
            .expect("there");
        whole.parent = Some(uid(1));
        assert!(matches!(
            write(store, 2, |tx| tx.update_item(&whole)),
            Err(StoreError::Cycle { .. })
        ));
    });
}

#[test]
fn names_resolve_to_one_entity_or_say_why_not() {
    on_every_backend(|store| {
        let mut project = project(1, "PROJ-674C38A1");
        project.prefix = "HS".parse().ok();
        write(store, 1, |tx| {
            tx.insert_project(&project)?;
            tx.insert_repo(&everything().repo)?;
            for (number, name) in [
                (11, "FRM-002"),
                (12, "FRM-002-5"),
                (13, "FRM-020"),
                (14, "HS-001"),
            ] {
                tx.insert_item(&item(number, name))?;
            }
            Ok(())
        })
        .expect("writes");
        let resolve = |kind, given: &str| {
            store
                .read(|tx| tx.resolve(kind, given))
                .map_err(|error| error.to_string())
        };
        let (item, project, repo) = (EntityKind::Item, EntityKind::Project, EntityKind::Repo);
        assert_eq!(resolve(item, "frm-002"), Ok(uid(11)));
        assert_eq!(resolve(item, "frm-020"), Ok(uid(13)));
        assert_eq!(resolve(item, "h"), Ok(uid(14)));
        // Without the zeros, and before what begins so.
        assert_eq!(resolve(item, "frm-2"), Ok(uid(11)));
        assert_eq!(resolve(item, "FRM-2-5"), Ok(uid(12)));
        assert_eq!(resolve(item, "FRM-20"), Ok(uid(13)));
        assert_eq!(
            resolve(item, "FRM-3"),
            Err("no item is called `FRM-3`".to_owned())
        );
        assert_eq!(resolve(item, uid(12).as_str()), Ok(uid(12)));
        assert_eq!(resolve(project, "hs"), Ok(uid(1)));
        assert_eq!(resolve(project, "proj-6"), Ok(uid(1)));
        assert_eq!(resolve(repo, "O/N"), Ok(uid(4)));
        assert_eq!(
            resolve(item, "FRM-0"),
            Err("`FRM-0` could be FRM-002, FRM-002-5, FRM-020".to_owned())
        );
        assert_eq!(
            resolve(item, "FRM-02%"),
            Err("no item is called `FRM-02%`".to_owned())
        );
        assert_eq!(resolve(item, ""), Err("no item is called ``".to_owned()));
        assert_eq!(
            resolve(item, uid(1).as_str()),
            Err(format!("no item is called `{}`", uid(1)))
        );
    });
}

#[test]
fn a_label_once_given_stays_with_its_entity() {
    on_every_backend(|store| {
        write(store, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
        let rename = |store: &mut SqliteStore, ms, name: &str| {
            let mut seen = store
                .read(|tx| tx.item(&uid(1)))
                .expect("reads")
                .expect("there");
            seen.head.label = label(name);
            write(store, ms, |tx| tx.update_item(&seen)).map_err(|error| error.to_string())
        };
        assert_eq!(rename(store, 2, "FRM-002"), Ok(2));
        assert_eq!(rename(store, 3, "Frm-002"), Ok(3));
        assert_eq!(rename(store, 4, "HS-001"), Ok(4));
        let aliases = store.read(|tx| tx.aliases(&uid(1))).expect("reads");
        assert_eq!(aliases, [label("FRM-001"), label("Frm-002")]);
        assert_eq!(
            store
                .read(|tx| tx.resolve(EntityKind::Item, "frm-001"))
                .ok(),
            Some(uid(1))
        );
        let taken = write(store, 5, |tx| tx.insert_item(&item(2, "frm-001")));
        assert_eq!(
            taken.map_err(|error| error.to_string()),
            Err("the item name `frm-001` is taken".to_owned())
        );
        // Minting counts aliases, and an old name may come back.
        let minted = write(store, 6, |tx| {
            tx.mint(EntityKind::Item, &"FRM".parse().expect("a prefix"))
        });
        assert_eq!(minted.ok(), Some(label("FRM-003")));
        assert_eq!(rename(store, 7, "FRM-001"), Ok(5));
        assert_eq!(
            store.read(|tx| tx.label_of(&uid(1))).ok(),
            Some(Some(label("FRM-001")))
        );
    });
}

#[test]
fn an_alias_is_given_once_and_to_one() {
    on_every_backend(|store| {
        let outcome = |result: Result<(), StoreError>| result.map_err(|error| error.to_string());
        write(store, 1, |tx| {
            tx.insert_item(&item(1, "FRM-001"))?;
            tx.insert_item(&item(2, "FRM-002"))
        })
        .expect("writes");
        let mut give = |number: u64, name: &str| {
            outcome(write(store, 2, |tx| {
                tx.add_alias(&uid(number), &label(name))
            }))
        };
        assert_eq!(
            [give(1, "OLD-1"), give(1, "old-1"), give(1, "FRM-001")],
            [Ok(()), Ok(()), Ok(())]
        );
        assert_eq!(
            give(2, "OLD-1"),
            Err("the item name `OLD-1` is taken".to_owned())
        );
        assert!(give(3, "OLD-3").is_err());
        assert_eq!(
            store.read(|tx| tx.aliases(&uid(1))).ok(),
            Some(vec![label("OLD-1")])
        );
    });
}

#[test]
fn what_only_one_may_have_is_refused_to_another() {
    on_every_backend(|store| {
        let all = everything();
        insert_everything(store, &all);
        let mut twin = project(50, "PROJ-002");
        twin.prefix = "frm".to_ascii_uppercase().parse().ok();
        let mut same_issue = item(51, "FRM-009");
        same_issue.github.clone_from(&all.full.github);
        let mut same_name = lab_model::GithubRepo::new(
            crate::scene::head(52, "REPO-002"),
            "O/N".parse().expect("a name"),
        );
        let refused = [
            write(store, 3, |tx| tx.insert_project(&twin)),
            write(store, 3, |tx| tx.insert_item(&same_issue)),
            write(store, 3, |tx| tx.insert_repo(&same_name)),
        ]
        .map(|answer| answer.map_err(|error| error.to_string()));
        assert_eq!(
            refused,
            [
                Err("the project name `FRM` is taken".to_owned()),
                Err("the item name `#7` is taken".to_owned()),
                Err("the repo name `O/N` is taken".to_owned()),
            ]
        );
        same_name.full_name = "o/other".parse().expect("a name");
        same_name.github_id = all.repo.github_id;
        assert!(matches!(
            write(store, 3, |tx| tx.insert_repo(&same_name)),
            Err(StoreError::Taken { .. })
        ));
    });
}

#[test]
fn a_read_cannot_be_half_old_half_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ai_lab.db");
    let open = || SqliteStore::open(&path, &opening(OpenMode::Create)).expect("opens");
    let (reader, mut writer) = (open(), open());
    write(&mut writer, 1, |tx| tx.insert_item(&item(1, "FRM-001"))).expect("writes");
    let counts = reader.read(|tx| {
        let before = tx.item_statuses()?.len();
        write(&mut writer, 2, |tx| tx.insert_item(&item(2, "FRM-002")))?;
        Ok::<_, StoreError>((before, tx.item_statuses()?.len()))
    });
    assert_eq!(counts.expect("reads"), (1, 1));
    assert_eq!(
        reader.read(|tx| tx.item_statuses()).expect("reads").len(),
        2
    );
}
