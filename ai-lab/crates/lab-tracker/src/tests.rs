//! What an agent sees, call by call.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ai_lab_tool::{Actions, AiTool as _};
use lab_model::{EntityKind, Head, Prefix, WorkItem};
use lab_ops::Lab;
use lab_ops::item::ItemView;
use lab_store::{Store as _, StoreError};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Tracker;
use crate::answers::Item;
use crate::budget::{ANSWER_BYTES, PRIME_BYTES, fitted};
use crate::door::Door;

/// 2026-02-03, in milliseconds.
const NOW_MS: i64 = 1_770_091_506_000;

struct Desk {
    folder: tempfile::TempDir,
    actions: Actions,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        std::fs::File::create(folder.path().join("ai-lab.toml")).expect("the marker is made");
        let door = Door::fixed(folder.path().to_owned(), NOW_MS);
        let actions = Tracker { door }.actions();
        Self { folder, actions }
    }

    fn call(&self, action: &str, input: Value) -> Value {
        serde_json::to_value(self.actions.call(action, input)).expect("an answer is JSON")
    }

    fn data(&self, action: &str, input: Value) -> Value {
        let mut answer = self.call(action, input);
        assert!(answer.get("error").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// Kind and message of a refusal.
    fn refusal(&self, action: &str, input: Value) -> (String, String) {
        let answer = self.call(action, input);
        let word = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
        (word("kind"), word("message"))
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its calls")]
fn a_day_of_an_agent() {
    let desk = Desk::new();
    let made = desk.data(
        "create",
        json!({
            "title": "Warn before a disk is full", "priority": "high", "type": "feature", "due": "fri",
            "criteria": ["A mail is sent", "A test shows it"], "labels": ["disk"], "estimated_hours": 2.5,
        }),
    );
    let expected = json!({
        "id": "ITEM-001", "version": 1, "title": "Warn before a disk is full", "status": "todo",
        "priority": "high", "type": "feature", "due": "2026-02-06", "estimated_hours": 2.5,
        "labels": ["disk"], "criteria": ["1. [ ] A mail is sent", "2. [ ] A test shows it"],
    });
    assert_eq!(made, expected);

    let next = desk.data("next", json!({ "claim": true, "filter": "label:disk" }));
    assert_eq!(next["item"]["status"], "in_progress");
    assert_eq!(
        next["item"]["claimed"],
        "agent:unknown until 2026-02-03T06:05:06Z"
    );
    assert_eq!(next["item"]["version"], 2);
    let again = desk.data("next", json!({ "claim": true }));
    assert!(again["nothing"].is_string(), "{again}");

    let noted = desk.data(
        "note",
        json!({ "id": "item-001", "text": "statvfs is enough", "version": 2 }),
    );
    assert_eq!(
        noted["notes"],
        "2026-02-03T04:05:06Z agent:unknown: statvfs is enough"
    );
    let noted = desk.data("note", json!({ "id": "ITEM-001", "text": "it is not" }));
    assert_eq!(
        noted["notes"],
        "2026-02-03T04:05:06Z agent:unknown: statvfs is enough\n\n2026-02-03T04:05:06Z agent:unknown: it is not"
    );

    let met = json!([{ "number": 1, "evidence": "commit 1a2b" }]);
    let updated = desk.data(
        "update",
        json!({ "id": "ITEM-001", "version": 4, "met": met, "spent_hours": 1 }),
    );
    assert_eq!(
        updated["criteria"],
        json!([
            "1. [x] A mail is sent (commit 1a2b)",
            "2. [ ] A test shows it"
        ])
    );
    let (kind, message) = desk.refusal("done", json!({ "id": "ITEM-001", "version": 5 }));
    assert_eq!(
        (kind.as_str(), message.as_str()),
        (
            "refused",
            "ITEM-001 cannot be done: 1 acceptance criterion is open: A test shows it; `update` with `met` ticks a criterion off, with what shows it"
        )
    );
    let met = json!([{ "number": 2, "evidence": "cargo test disk" }]);
    let done = desk.data(
        "done",
        json!({ "id": "ITEM-001", "version": 5, "met": met, "spent_hours": 0.5 }),
    );
    assert_eq!(
        (&done["status"], &done["spent_hours"]),
        (&json!("done"), &json!(1.5))
    );
    assert_eq!(done.get("claimed"), None);
}

#[test]
fn prime_tells_what_is_in_hand_what_is_ready_and_what_is_stuck() {
    let desk = Desk::new();
    let lab = Lab::at(desk.folder.path()).expect("a lab");
    let by = lab_ops::By {
        actor: "person:jo".parse().expect("an actor"),
        at: lab_model::Moment::from_ms(NOW_MS).expect("in range"),
        seen_revision: None,
    };
    let mut project = lab_ops::project::NewProject {
        name: "Home".to_owned(),
        ..Default::default()
    };
    project.fields.patch.prefix = lab_model::Patch::Set("HS".parse().expect("a prefix"));
    lab_ops::project::add(&lab, &by, project).expect("added");
    for (title, priority) in [("Watch", "high"), ("Mount", "low"), ("Call", "medium")] {
        let item = json!({ "title": title, "project": "HS", "priority": priority, "due": "fri" });
        desk.data("create", item);
    }
    desk.data("update", json!({ "id": "HS-1", "move": "claim" }));
    desk.data(
        "update",
        json!({ "id": "HS-2", "move": "block", "reason": "no rack" }),
    );
    let lines = desk.data("prime", json!({}))["lines"].take();
    let told: Vec<&str> = lines
        .as_array()
        .expect("lines")
        .iter()
        .skip(2)
        .filter_map(Value::as_str)
        .collect();
    assert!(
        lines[0].as_str().is_some_and(|line| line
            .ends_with("`: 1 ready, 1 under way, 1 blocked, 0 open ideas. You are agent:unknown.")),
        "{lines}"
    );
    assert_eq!(
        told,
        [
            "In your hands (1):",
            "HS-001 in_progress high due 2026-02-06 Watch",
            "Ready (1), the most pressing first:",
            "HS-003 todo due 2026-02-06 Call",
            "Blocked: HS-002 blocked low due 2026-02-06 Mount (no rack)",
            "Project PROJ-001 (HS): Home",
        ]
    );
}

#[test]
fn a_stale_write_is_refused_with_the_item_as_it_is_and_changes_nothing() {
    let desk = Desk::new();
    desk.data("create", json!({ "title": "One" }));
    desk.data(
        "update",
        json!({ "id": "ITEM-001", "title": "Two", "version": 1 }),
    );
    for (action, more) in [
        ("update", json!({ "title": "Three" })),
        ("done", json!({})),
        ("note", json!({ "text": "x" })),
        ("link", json!({ "project": "" })),
        ("split", json!({ "parts": [{ "title": "a" }] })),
    ] {
        let mut input = json!({ "id": "ITEM-001", "version": 1 });
        input
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let answer = desk.call(action, input);
        let error = &answer["error"];
        assert_eq!(error["kind"], "stale", "{action}: {answer:#}");
        let message = error["message"].as_str().expect("a text");
        let told = message.split("; it is now {").next();
        assert_eq!(
            told,
            Some(
                "ITEM-001 was changed in the meantime: revision 2 is stored, 1 was read: title: One → Two by agent:unknown; \
             if the call is still right, make it again with version 2"
            )
        );
        assert_eq!(
            (&error["detail"]["title"], &error["detail"]["version"]),
            (&json!("Two"), &json!(2))
        );
    }
    let shown = desk.data("show", json!({ "id": "ITEM-001" }));
    assert_eq!(
        (&shown["title"], &shown["version"]),
        (&json!("Two"), &json!(2))
    );
}

#[test]
fn a_change_and_its_move_happen_both_or_neither() {
    let desk = Desk::new();
    desk.data("create", json!({ "title": "One" }));
    let blocked =
        json!({ "id": "ITEM-001", "move": "block", "reason": "no power", "priority": "low" });
    let told = desk.data("update", blocked);
    assert_eq!(
        (&told["status"], &told["hindrances"]),
        (&json!("blocked"), &json!(["no power"]))
    );
    let (kind, message) = desk.refusal(
        "update",
        json!({ "id": "ITEM-001", "title": "Other", "move": "start" }),
    );
    assert_eq!(
        (kind.as_str(), message.as_str()),
        (
            "refused",
            "ITEM-001 cannot be started: it is blocked: no power; `update` with move `unblock` and what became of it lets it go on"
        )
    );
    assert_eq!(
        desk.data("show", json!({ "id": "ITEM-001" }))["title"],
        "One"
    );
    for (to, status) in [
        ("unblock", "todo"),
        ("start", "in_progress"),
        ("review", "review"),
        ("reopen", "todo"),
        ("claim", "in_progress"),
        ("release", "todo"),
        ("cancel", "cancelled"),
    ] {
        let told = desk.data("update", json!({ "id": "ITEM-001", "move": to }));
        assert_eq!(told["status"], status, "{to}");
    }
}

#[test]
fn an_item_is_split_and_linked_and_circles_are_refused() {
    let desk = Desk::new();
    desk.data(
        "create",
        json!({ "title": "Move house", "description": "To the lake" }),
    );
    let parts = json!([{ "title": "Pack", "criteria": ["Nothing is left"] }, { "title": "Drive", "estimated_hours": 3 }]);
    let split = desk.data(
        "split",
        json!({ "id": "ITEM-001", "parts": parts, "in_order": true }),
    );
    assert_eq!(split["made"], json!(["ITEM-001-1", "ITEM-001-2"]));
    let part = desk.data("next", json!({ "filter": "parent:ITEM-001" }));
    assert_eq!(part["item"]["id"], "ITEM-001-1");
    assert_eq!(
        part["item"]["parent_description"],
        "Move house\nTo the lake"
    );
    let drive = desk.data("show", json!({ "id": "ITEM-001-2" }));
    assert_eq!(drive["depends_on"], json!(["ITEM-001-1 (todo)"]));
    let (kind, message) = desk.refusal(
        "link",
        json!({ "id": "ITEM-001-1", "depends_on": ["ITEM-001-2"] }),
    );
    assert_eq!(
        (kind.as_str(), message.as_str()),
        (
            "refused",
            "this would go round in a circle: ITEM-001-1 → ITEM-001-2 → ITEM-001-1"
        )
    );
    let linked = json!({ "id": "ITEM-001-2", "independent_of": ["ITEM-001-1"], "parent": "" });
    let linked = desk.data("link", linked);
    assert_eq!(
        (linked.get("depends_on"), linked.get("parent")),
        (None, None)
    );
    let (kind, _) = desk.refusal("split", json!({ "id": "ITEM-001", "parts": [] }));
    assert_eq!(kind, "invalid_input");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its calls")]
fn what_cannot_be_taken_says_what_to_do() {
    let desk = Desk::new();
    desk.data("create", json!({ "title": "One" }));
    desk.data("create", json!({ "title": "Two" }));
    for (action, input, kind, message) in [
        (
            "show",
            json!({ "id": "NO-1" }),
            "not_found",
            "no item is called `NO-1`; `list` and `search` tell what there is",
        ),
        (
            "show",
            json!({ "id": "ITEM-00" }),
            "invalid_input",
            "`ITEM-00` could be ITEM-001, ITEM-002; `search` tells labels apart",
        ),
        (
            "list",
            json!({ "filter": "stat:todo colour:red" }),
            "invalid_input",
            "`colour:` is nothing to filter by: status, prio, type, project, milestone, parent, label, assignee, due, is, text; quote it to look for the text; a filter is words such as `status:todo,review prio:high.. due:<14d pump`",
        ),
        ("list", json!({ "after": "" }), "invalid_input", "after: "),
        (
            "create",
            json!({ "title": " \n" }),
            "invalid_input",
            "title: one line with at least one visible character",
        ),
        (
            "create",
            json!({ "title": "x", "due": "someday" }),
            "invalid_input",
            "due: `someday` is no day: today, tomorrow, fri, +2w, 3d, eom, 12-24, 2026-12-24",
        ),
        (
            "create",
            json!({ "title": "x", "labels": [""] }),
            "invalid_input",
            "labels: `` is no tag: 1 to 100 printable characters, no space at either end",
        ),
        (
            "create",
            json!({ "title": "x", "estimated_hours": -1 }),
            "invalid_input",
            "estimated_hours: `-1` is no amount of hours: a number from 0 to 1,000,000",
        ),
        (
            "update",
            json!({ "id": "ITEM-001", "unmet": [3] }),
            "invalid_input",
            "there are 0 acceptance criteria, no number 3; `show` numbers them from 1",
        ),
        (
            "update",
            json!({ "id": "ITEM-001", "move": "block" }),
            "invalid_input",
            "ITEM-001 cannot be blocked: a reason is missing; give `reason`",
        ),
        (
            "update",
            json!({ "id": "ITEM-001", "move": "release" }),
            "refused",
            "ITEM-001 cannot be released: nobody has claimed it; `show` tells where it stands",
        ),
    ] {
        let (told_kind, told) = desk.refusal(action, input.clone());
        assert_eq!(told_kind, kind, "{action} {input}: {told}");
        assert!(told.starts_with(message), "{action} {input}: {told}");
    }
    assert_eq!(desk.data("list", json!({}))["total"], 2);
}

#[test]
fn twenty_who_ask_at_once_are_given_twenty() {
    const EACH: usize = 20;
    let desk = Desk::new();
    for number in 0..EACH {
        desk.data("create", json!({ "title": format!("{number}") }));
    }
    let taken: Vec<Value> = std::thread::scope(|scope| {
        let ask = || desk.data("next", json!({ "claim": true }))["item"]["id"].take();
        let asked: Vec<_> = (0..EACH).map(|_| scope.spawn(ask)).collect();
        asked
            .into_iter()
            .map(|it| it.join().expect("it answers"))
            .collect()
    });
    let different: BTreeSet<String> = taken.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), EACH, "{taken:?}");
}

/// Many items, every text of which is long and odd.
fn fill(lab: &Lab, count: usize) {
    let at = lab_model::Moment::from_ms(NOW_MS).expect("in range");
    let by = "person:jo".parse().expect("an actor");
    let mut store = lab.open(at).expect("it opens");
    let prefix: Prefix = "ITEM".parse().expect("a prefix");
    let odd = "\"Größe\" \\ 🏠 \u{1b}[2J مرحبا ".repeat(8);
    store
        .write::<_, StoreError>(&by, at, |tx| {
            for number in 0..count {
                let label = tx.mint(EntityKind::Item, &prefix)?;
                let head = Head::new(tx.new_uid(), label, at);
                let mut item = WorkItem::new(head, format!("{number} {odd}"));
                item.description = odd.repeat(if number == 0 { 1_000 } else { 1 });
                item.assignee = (number < 500).then(|| "unknown".to_owned());
                if number % 3 == 1 {
                    item.status = lab_model::ItemStatus::InProgress;
                }
                tx.insert_item(&item)?;
            }
            Ok(())
        })
        .expect("it is filled");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a scene is as long as its calls")]
fn no_answer_is_over_its_budget_at_ten_thousand_items() {
    const COUNT: usize = 10_000;
    let desk = Desk::new();
    fill(&Lab::at(desk.folder.path()).expect("a lab"), COUNT);
    let bytes = |data: &Value| serde_json::to_vec_pretty(data).expect("JSON").len();
    let prime = desk.data("prime", json!({}));
    assert!(bytes(&prime) <= PRIME_BYTES, "{}", bytes(&prime));
    let lines = prime["lines"].as_array().expect("lines");
    assert!(lines.len() >= 10, "{prime:#}");
    for (action, input) in [
        ("next", json!({})),
        ("show", json!({ "id": "ITEM-001" })),
        ("list", json!({ "limit": 100 })),
        ("search", json!({ "text": "größe", "limit": 50 })),
        (
            "note",
            json!({ "id": "ITEM-001", "text": "x".repeat(100_000) }),
        ),
        (
            "update",
            json!({ "id": "ITEM-001", "add_criteria": vec!["y".repeat(5_000); 60] }),
        ),
        (
            "split",
            json!({ "id": "ITEM-001", "parts": vec![json!({ "title": "z".repeat(3_000) }); 50] }),
        ),
    ] {
        let data = desk.data(action, input);
        assert!(bytes(&data) <= ANSWER_BYTES, "{action}: {}", bytes(&data));
        assert!(
            bytes(&data) >= ANSWER_BYTES / 8,
            "{action}: {}",
            bytes(&data)
        );
    }
    // A refusal that quotes what is stored is bounded too.
    desk.data(
        "update",
        json!({ "id": "ITEM-001", "title": "t".repeat(50_000) }),
    );
    let refused = desk.call(
        "update",
        json!({ "id": "ITEM-001", "version": 1, "title": "x" }),
    );
    assert!(
        bytes(&refused["error"]) <= ANSWER_BYTES + ANSWER_BYTES / 4,
        "{}",
        bytes(&refused["error"])
    );
    // Page by page everything is met once.
    let mut met = 0;
    let mut after = Value::Null;
    loop {
        let page = desk.data(
            "list",
            json!({ "after": after, "limit": 100, "filter": "status:in_progress" }),
        );
        met += page["items"].as_array().expect("items").len();
        match page.get("next") {
            Some(next) => after = next.clone(),
            None => break,
        }
    }
    assert_eq!(met, COUNT / 3);
}

#[test]
fn a_long_text_is_read_piece_by_piece() {
    let desk = Desk::new();
    let text: String = (0..3_000)
        .flat_map(|n| [n.to_string(), " ".to_owned()])
        .collect();
    desk.data("create", json!({ "title": "One", "description": text }));
    let mut read = String::new();
    while read.len() < text.len() {
        let shown = desk.data("show", json!({ "id": "ITEM-001", "from": read.len() }));
        let piece = shown["description"].as_str().expect("a text");
        read.push_str(piece.split('…').next().expect("there is one"));
    }
    assert_eq!(read, text);
}

#[test]
fn what_is_found_is_told_page_by_page() {
    let desk = Desk::new();
    for number in 0..5 {
        desk.data(
            "create",
            json!({ "title": format!("Pump {number}"), "description": "It is loud" }),
        );
    }
    let first = desk.data("search", json!({ "text": "pump loud", "limit": 3 }));
    assert_eq!((&first["total"], &first["next"]), (&json!(5), &json!("3")));
    assert_eq!(first["items"][0]["snippet"], "It is loud");
    let rest = desk.data(
        "search",
        json!({ "text": "pump loud", "limit": 3, "skip": 3 }),
    );
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(rest.get("next"), None);
}

/// An item with one of everything.
static VIEW: LazyLock<ItemView> = LazyLock::new(|| {
    let desk = Desk::new();
    desk.data(
        "create",
        json!({ "title": "One", "criteria": ["c"], "labels": ["l"] }),
    );
    let lab = Lab::at(desk.folder.path()).expect("a lab");
    let at = lab_model::Moment::from_ms(NOW_MS).expect("in range");
    lab_ops::item::show(&lab, at, "ITEM-001").expect("it is there")
});

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_item_fits(texts in prop::collection::vec("\\PC{0,200}", 8), size in 0_usize..600, many in 0_usize..130) {
        let mut view = VIEW.clone();
        let text = |at: usize| format!("{}{}", texts[at], "\u{1}\"\\🏠".repeat(size));
        view.row.title = text(0);
        view.row.label = text(1);
        view.row.project = Some(text(2));
        view.row.parent = Some(text(3));
        view.row.milestone = Some(text(3));
        view.row.assignee = Some(text(4));
        view.description = text(5);
        view.notes = Some(text(6));
        view.row.labels = vec![text(7); many];
        view.parts = vec![text(7); many];
        view.hindrances = vec![text(7); many];
        view.criteria = vec![view.criteria[0].clone(); many];
        let told = fitted(ANSWER_BYTES, |room| Item::of(&view, room));
        prop_assert!(crate::budget::size(&told) <= ANSWER_BYTES);
    }
}
