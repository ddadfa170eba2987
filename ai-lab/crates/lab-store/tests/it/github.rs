//! What is known of GitHub reads back as it was kept, and is no entity: the log stays as it was.

use std::collections::BTreeMap;

use lab_model::{GithubLink, GithubRepo, Uid};
use lab_store::{
    GithubComment, GithubConflict, GithubFact, GithubPage, GithubState, GithubThing, Numbering,
    Order, OrderKind, SqliteStore, Store, StoreError, WritesRequest,
};

use crate::conformance::on_every_backend;
use crate::scene::{at, head, item, uid, write};

fn repo_in(store: &mut SqliteStore) -> Uid {
    let repo = GithubRepo::new(head(1, "REPO-001"), "o/n".parse().expect("a name"));
    write(store, 1_000, |tx| {
        tx.insert_repo(&repo)?;
        tx.insert_item(&item(2, "FRM-001"))
    })
    .expect("writes");
    uid(1)
}

fn read<T>(
    store: &SqliteStore,
    body: impl FnOnce(&dyn lab_store::Reader) -> Result<T, StoreError>,
) -> T {
    store.read(body).expect("reads")
}

fn text(field: &str, text: &str) -> GithubFact {
    GithubFact::Text {
        field: field.to_owned(),
        text: text.to_owned(),
    }
}

fn member(field: &str, member: &str) -> GithubFact {
    GithubFact::Member {
        field: field.to_owned(),
        member: member.to_owned(),
    }
}

fn thing(numbering: Numbering, number: u64) -> GithubThing {
    GithubThing {
        numbering,
        number,
        github_id: 900 + number,
        is_gone: false,
        marker: Some(uid(2)),
        author: Some("octocat".to_owned()),
        created_at: Some(at(5)),
        closed_at: None,
        seen_at: at(6),
        remote: vec![
            member("labels", "bug"),
            member("labels", "ui"),
            text("title", "Pump"),
        ],
        base: None,
        refused: Vec::new(),
    }
}

#[test]
fn things_keep_their_three_sides_apart() {
    on_every_backend(|store| {
        let repo = repo_in(store);
        let (mut issue, milestone) = (thing(Numbering::Issue, 7), thing(Numbering::Milestone, 7));
        write(store, 2_000, |tx| {
            tx.keep_github_thing(&repo, &milestone)?;
            tx.keep_github_thing(&repo, &issue)
        })
        .expect("writes");
        let all = read(store, |tx| tx.github_things(&repo));
        assert_eq!(all, [issue.clone(), milestone]);
        issue.base = Some(Vec::new());
        issue.remote = vec![text("title", "Pumpe 🏠")];
        issue.refused = vec![text("assignee", "jo")];
        issue.is_gone = true;
        write(store, 3_000, |tx| tx.keep_github_thing(&repo, &issue)).expect("writes");
        let one = |number| read(store, |tx| tx.github_thing(&repo, Numbering::Issue, number));
        assert_eq!((one(7), one(8)), (Some(issue), None));
        let linked = write(store, 4_000, |tx| {
            let mut item = tx.item(&uid(2))?.expect("it is there");
            item.github = Some(GithubLink {
                repo: Some(repo.clone()),
                number: 7,
                synced_at: None,
            });
            tx.update_item(&item)?;
            tx.github_links(&repo)
        });
        assert_eq!(linked.expect("writes"), [(Numbering::Issue, 7, uid(2))]);
    });
}

#[test]
fn state_pages_labels_and_comments_read_back() {
    on_every_backend(|store| {
        let repo = repo_in(store);
        assert_eq!(
            read(store, |tx| tx.github_state(&repo)),
            GithubState::default()
        );
        let state = GithubState {
            issues_since: Some(at(1)),
            comments_since: None,
            swept_at: Some(at(2)),
            applied_at: Some(at(3)),
        };
        let page = GithubPage {
            etag: "W/\"x\"".to_owned(),
            next: Some("/repositories/1/issues?page=2".to_owned()),
        };
        let labels: BTreeMap<u64, String> = [(1, "bug".to_owned()), (2, "ui/ux".to_owned())].into();
        let comment = |comment_id, number| GithubComment {
            comment_id,
            number,
            author: None,
            body: "ja".to_owned(),
            created_at: at(4),
            updated_at: at(5),
        };
        write(store, 2_000, |tx| {
            tx.keep_github_state(&repo, &state)?;
            tx.keep_github_page(&repo, "/a", Some(&page))?;
            tx.keep_github_page(&repo, "/b", Some(&page))?;
            tx.keep_github_page(&repo, "/b", None)?;
            tx.keep_github_labels(&repo, &[(3, "old".to_owned())].into())?;
            tx.keep_github_labels(&repo, &labels)?;
            tx.keep_github_comment(&repo, &comment(11, 7))?;
            tx.keep_github_comment(&repo, &comment(12, 8))
        })
        .expect("writes");
        read(store, |tx| {
            assert_eq!(tx.github_state(&repo)?, state);
            assert_eq!(tx.github_page(&repo, "/a")?, Some(page));
            assert_eq!(tx.github_page(&repo, "/b")?, None);
            assert_eq!(tx.github_labels(&repo)?, labels);
            assert_eq!(tx.github_comments(&repo, Some(7))?, [comment(11, 7)]);
            assert_eq!(tx.github_comments(&repo, None)?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn orders_wait_until_they_are_dropped_and_conflicts_until_they_are_settled() {
    on_every_backend(|store| {
        let repo = repo_in(store);
        let order = |number, kind, sent_at| Order {
            uid: uid(number),
            of: uid(2),
            kind,
            body: "text".to_owned(),
            queued_at: at(i64::try_from(number).expect("small")),
            sent_at,
        };
        let conflict = |local: &str, opened| GithubConflict {
            uid: uid(2),
            numbering: Numbering::Issue,
            number: 7,
            field: "title".to_owned(),
            base: None,
            local: Some(local.to_owned()),
            remote: Some("r".to_owned()),
            opened_at: at(opened),
        };
        write(store, 2_000, |tx| {
            tx.keep_order(&repo, &order(21, OrderKind::Comment, None))?;
            tx.keep_order(&repo, &order(20, OrderKind::Issue, None))?;
            tx.keep_order(&repo, &order(20, OrderKind::Issue, Some(at(30))))?;
            tx.open_github_conflict(&repo, &conflict("a", 1))?;
            tx.open_github_conflict(&repo, &conflict("b", 2))
        })
        .expect("writes");
        read(store, |tx| {
            let expected = [
                order(20, OrderKind::Issue, Some(at(30))),
                order(21, OrderKind::Comment, None),
            ];
            assert_eq!(tx.github_outbox(&repo)?, expected);
            assert_eq!(tx.github_conflicts(&repo)?, [conflict("b", 1)]);
            Ok(())
        });
        let settled = write(store, 3_000, |tx| {
            tx.drop_order(&uid(20))?;
            let first = tx.settle_github_conflict(&repo, &conflict("b", 1), "local")?;
            Ok((
                first,
                tx.settle_github_conflict(&repo, &conflict("b", 1), "local")?,
            ))
        });
        assert!(matches!(settled, Ok((true, false))));
        read(store, |tx| {
            assert_eq!(tx.github_outbox(&repo)?.len(), 1);
            assert_eq!(tx.github_conflicts(&repo)?, []);
            // Of all this the log has the two entities alone.
            let request = WritesRequest {
                limit: 10,
                operations: 0,
                of: None,
                before: None,
            };
            assert_eq!(tx.writes(&request)?.len(), 1);
            Ok(())
        });
    });
}
