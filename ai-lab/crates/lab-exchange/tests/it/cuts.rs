//! A run that is killed at any request goes on where it was, and comes to the same end.

use lab_exchange::Request;
use lab_model::ItemStatus;

use crate::scene::{Cut, Scene, tags};

/// Both sides have what the other has not: whole, parts, states, labels, comments.
fn mixed() -> Scene {
    let mut scene = Scene::new();
    let milestone = scene.add_milestone("First light");
    let whole = scene.add("Whole", |item| {
        item.labels = tags(&["bug"]);
        item.description = String::from("one");
        item.milestone = Some(milestone);
    });
    scene.add("Part", |item| item.parent = Some(whole));
    scene.add("Finished", |item| item.status = ItemStatus::Done);
    scene.github(|github| {
        let now = github.now;
        let forge = &mut github.forge;
        let whole = forge.add_issue("Theirs", "ann", now);
        let part = forge.add_issue("Their part", "ann", now);
        forge.issues.get_mut(&part).expect("made").parent = Some(whole);
        forge.add_comment(whole, "hello", "ann", now);
        // Small pages: a list is several requests.
        github.manners.page_limit = 2;
    });
    scene
}

/// A request that carries out whatever there is to do, as a person does who has seen a plan.
fn go(scene: &mut Scene) -> Request {
    let plan = Request {
        plan_only: true,
        ..Request::default()
    };
    let hash = scene.run(&plan).expect("plans").hash;
    Request {
        hash: Some(hash),
        ..Request::default()
    }
}

/// Everything that people see of both sides, at its end.
fn end(scene: &Scene) -> (Vec<String>, Vec<String>) {
    scene.both()
}

#[test]
fn cut_at_any_request_it_resumes_without_duplicates_to_the_same_end() {
    let mut whole = mixed();
    let request = go(&mut whole);
    whole.run(&request).expect("syncs");
    let requests = whole.sent();
    assert!(requests > 20, "{requests}");
    whole.assert_at_rest();
    let expected = end(&whole);
    assert_eq!(expected.0.len(), 5);
    for number in 0..requests {
        for cut in [Cut::Before(number), Cut::After(number)] {
            let mut scene = mixed();
            let request = go(&mut scene);
            assert!(scene.run_cut(&request, cut).is_err(), "{cut:?}");
            // Whoever resumes looks at what is left, and has it done.
            scene.sync();
            assert_eq!(end(&scene), expected, "{cut:?}");
            scene.assert_at_rest();
        }
    }
}

#[test]
fn cut_twice_in_a_row_it_still_resumes() {
    let mut whole = mixed();
    let request = go(&mut whole);
    whole.run(&request).expect("syncs");
    let (requests, expected) = (whole.sent(), end(&whole));
    for first in (0..requests).step_by(3) {
        for second in (0..requests).step_by(5) {
            let mut scene = mixed();
            let request = go(&mut scene);
            assert!(scene.run_cut(&request, Cut::After(first)).is_err());
            // The second run may be over before its cut.
            let _ = scene.run_cut(&Request::default(), Cut::After(second));
            scene.sync();
            assert_eq!(end(&scene), expected, "{first} {second}");
            scene.assert_at_rest();
        }
    }
}

#[test]
fn a_lost_create_is_waited_for_and_adopted_by_its_marker() {
    let mut scene = Scene::new();
    scene.add("Lost", |_| {});
    let request = go(&mut scene);
    scene.run(&request).expect("syncs");
    let creates = scene.world(|world| {
        let is_create =
            |asked: &lab_standin::Asked| asked.verb == "POST" && asked.target.ends_with("/issues");
        world.github.asked.iter().rev().position(is_create)
    });
    let number = scene.sent() - 1 - creates.expect("it was made");
    let mut scene = Scene::new();
    scene.add("Lost", |_| {});
    let request = go(&mut scene);
    assert!(scene.run_cut(&request, Cut::After(number)).is_err());
    let repo = scene.repo.clone();
    let orders = scene.read(|tx| tx.github_outbox(&repo));
    assert!(orders.len() == 1 && orders[0].sent_at.is_some());
    scene.forget();
    let run = scene.run(&Request::default()).expect("syncs");
    assert_eq!(
        (run.linked, run.made_there, scene.writes().len()),
        (1, 0, 0)
    );
    assert_eq!(scene.read(|tx| tx.github_outbox(&repo)), []);
    scene.assert_at_rest();
}

#[test]
fn a_run_with_a_budget_stops_and_the_next_one_goes_on() {
    let mut scene = mixed();
    let expected = {
        let mut whole = mixed();
        whole.sync();
        end(&whole)
    };
    let mut request = go(&mut scene);
    request.most_writes = Some(1);
    let mut runs = 0;
    loop {
        let run = scene.run(&request).expect("syncs");
        request.hash = None;
        runs += 1;
        if !run.is_left {
            break;
        }
        assert!(runs < 20, "it never ends");
    }
    assert!(runs > 3, "{runs}");
    assert_eq!(end(&scene), expected);
    scene.assert_at_rest();
}
