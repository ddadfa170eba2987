//! Two thousand issues, and what a second run costs.

use lab_exchange::Request;
use lab_github::Wait;

use crate::scene::Scene;

#[test]
fn two_thousand_issues_come_in_and_a_second_run_transfers_no_body() {
    let mut scene = Scene::new();
    scene.github(|github| {
        for number in 0..2_000 {
            let at = github.now - 100_000 + number;
            let made = github
                .forge
                .add_issue(&format!("Issue {number}"), "ann", at);
            let issue = github.forge.issues.get_mut(&made).expect("made");
            issue.body = Some(format!("Text of {number}"));
            if number % 3 == 0 {
                (issue.state, issue.reason) = ("closed".to_owned(), Some("completed".to_owned()));
            }
            if number % 10 > 0 {
                issue.parent = Some((made - 1) / 10 * 10 + 1);
            }
        }
        for made in 0..2_000 {
            let label = github
                .forge
                .add_label(if made % 2 == 0 { "even" } else { "odd" });
            github
                .forge
                .issues
                .get_mut(&(made + 1))
                .expect("made")
                .labels
                .insert(label);
        }
    });
    let run = scene.sync();
    assert_eq!(
        (run.made_here, run.made_there, run.changed_there),
        (2_000, 0, 0)
    );
    assert_eq!((run.conflicts.len(), run.is_left), (0, false));
    scene.forget();
    let again = scene.run(&Request::default()).expect("syncs");
    let asked = scene.world(|world| world.github.asked.len());
    assert_eq!(
        (again.steps.len(), scene.world(|world| world.github.bytes)),
        (0, 0)
    );
    assert!(asked < 10, "{asked} requests");
    assert_eq!(scene.writes(), Vec::<String>::new());
    assert_eq!(scene.both().0, scene.both().1);
}

#[test]
fn two_thousand_items_go_out_a_second_apart() {
    let mut scene = Scene::new();
    for number in 0..2_000 {
        scene.add(&format!("Item {number}"), |_| {});
    }
    let run = scene.sync();
    assert_eq!((run.made_there, run.is_left), (2_000, false));
    let waited: u64 = scene.world(|world| {
        let between = world
            .waits
            .iter()
            .filter(|(_, why)| *why == Wait::BetweenWrites);
        between.count() as u64
    });
    assert_eq!(waited, 1_999);
    scene.forget();
    let again = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        (again.steps.len(), scene.world(|world| world.github.bytes)),
        (0, 0)
    );
    assert_eq!(scene.both().0, scene.both().1);
}

#[test]
fn a_thing_that_changes_while_a_list_is_read_lets_no_other_slip_by() {
    let mut scene = Scene::new();
    scene.github(|github| {
        github.manners.page_limit = 10;
        for number in 0..60 {
            let at = github.now - 1_000 + number * 5;
            github
                .forge
                .add_issue(&format!("Issue {number}"), "ann", at);
        }
    });
    // The first ones move to the end, page after page.
    for request in 4..9 {
        scene.world(|world| {
            world.meanwhile.insert(request, |github| {
                let now = github.now;
                let first = github
                    .forge
                    .issues
                    .iter()
                    .min_by_key(|(_, issue)| issue.updated);
                let first = first.map(|(number, _)| *number).expect("there");
                github.forge.issues.get_mut(&first).expect("there").updated = now;
            })
        });
    }
    let run = scene.sync();
    assert_eq!(run.made_here, 60);
}
