//! What happened, and taking it back.

use insta::assert_snapshot;

use crate::scene::Scene;

const PUMP: &str = r#"
    project add "Home server" --prefix HS
    item add "Buy a pump" --project HS --label loud
    item start HS-001
    item edit HS-001 --priority high --label wet --criterion "It is quiet"
"#;

#[test]
fn the_log_tells_what_was_done() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    assert_snapshot!(scene.play("
        log
        log HS-001 --limit 1
        log HS-001 --limit 1 --before w3
        log HS --kind project
        log HS-002
    "), @r#"
    $ ai-lab log
    w4  2026-02-03T04:05:06Z  person:jo  item.edit
         HS-001 criteria: nothing → It is quiet
         HS-001 labels: nothing → wet
         HS-001 priority: medium → high
    w3  2026-02-03T04:05:06Z  person:jo  item.start
         HS-001 started_at: nothing → 2026-02-03T04:05:06Z
         HS-001 status: todo → in_progress
    w2  2026-02-03T04:05:06Z  person:jo  item.add
         HS-001 is new
    w1  2026-02-03T04:05:06Z  person:jo  project.add
         PROJ-001 is new
    $ ai-lab log HS-001 --limit 1
    w4  2026-02-03T04:05:06Z  person:jo  item.edit
         HS-001 criteria: nothing → It is quiet
         HS-001 labels: nothing → wet
         HS-001 priority: medium → high
    --before w4 goes on
    $ ai-lab log HS-001 --limit 1 --before w3
    w2  2026-02-03T04:05:06Z  person:jo  item.add
         HS-001 is new
    $ ai-lab log HS --kind project
    w1  2026-02-03T04:05:06Z  person:jo  project.add
         PROJ-001 is new
    $ ai-lab log HS-002
    error: no item is called `HS-002`
    next: `ai-lab item list --all` shows what there is
    [exit 4]
    "#);
}

#[test]
fn what_was_done_is_taken_back_and_done_again() {
    let scene = Scene::new();
    scene.prepare(PUMP);
    assert_snapshot!(scene.play("
        undo
        item list
        undo 2
        item list
        item list --all
        redo
        redo
        redo
        item list
    "), @r#"
    $ ai-lab undo
    taken back:
    w4  2026-02-03T04:05:06Z  person:jo  item.edit
         HS-001 criteria: nothing → It is quiet
         HS-001 labels: nothing → wet
         HS-001 priority: medium → high
    $ ai-lab item list
    ITEM    STATUS       PRIORITY  DUE  TITLE
    HS-001  in_progress  medium         Buy a pump
    $ ai-lab undo 2
    taken back:
    w3  2026-02-03T04:05:06Z  person:jo  item.start
         HS-001 started_at: nothing → 2026-02-03T04:05:06Z
         HS-001 status: todo → in_progress
    w2  2026-02-03T04:05:06Z  person:jo  item.add
         HS-001 is new
    $ ai-lab item list
    no items
    $ ai-lab item list --all
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  todo    medium         Buy a pump
    $ ai-lab redo
    taken back:
    w6  2026-02-03T04:05:06Z  person:jo  undo (w3 w2)
         HS-001 started_at: 2026-02-03T04:05:06Z → nothing
         HS-001 status: in_progress → todo
         HS-001 archived: nothing → true
    $ ai-lab redo
    taken back:
    w5  2026-02-03T04:05:06Z  person:jo  undo (w4)
         HS-001 criteria: It is quiet → nothing
         HS-001 labels: wet → nothing
         HS-001 priority: high → medium
    $ ai-lab redo
    error: there is nothing of person:jo to redo
    next: `ai-lab log` shows what happened
    [exit 4]
    $ ai-lab item list
    ITEM    STATUS       PRIORITY  DUE  TITLE
    HS-001  in_progress  high           Buy a pump
    "#);
}

#[test]
fn a_write_is_named_by_its_id() {
    let scene = Scene::new();
    scene.prepare("item add One\nitem edit ITEM-001 --priority high\nitem edit ITEM-001 --label x");
    assert_snapshot!(scene.play("
        undo w9
        undo w2
        undo w2
        undo soon
        redo 5
        log --limit 2
    "), @r#"
    $ ai-lab undo w9
    error: there is no write w9
    next: `ai-lab log` shows what happened
    [exit 4]
    $ ai-lab undo w2
    taken back:
    w2  2026-02-03T04:05:06Z  person:jo  item.edit
         ITEM-001 priority: medium → high
    $ ai-lab undo w2
    error: w2 was taken back already
    next: `ai-lab log` shows what happened
    [exit 5]
    $ ai-lab undo soon
    error: invalid value 'soon' for '[COUNT|WRITE]': it is neither a number from 1 to 1000 nor an id such as w57

    For more information, try '--help'.
    [exit 2]
    $ ai-lab redo 5
    error: there is nothing of person:jo to redo
    next: `ai-lab log` shows what happened
    [exit 4]
    $ ai-lab log --limit 2
    w4  2026-02-03T04:05:06Z  person:jo  undo (w2)
         ITEM-001 priority: high → medium
    w3  2026-02-03T04:05:06Z  person:jo  item.edit
         ITEM-001 labels: nothing → x
    --before w3 goes on
    "#);
}

#[test]
fn what_was_changed_since_is_not_taken_back() {
    let scene = Scene::new();
    scene.prepare("item add One\nitem edit ITEM-001 --priority high");
    let other = [("AI_LAB_ACTOR", "agent:x")];
    let edited = scene.run_with(&other, &["item", "edit", "ITEM-001", "--priority", "low"]);
    assert_eq!(edited.code, Some(0));
    assert_snapshot!(scene.play("
        undo
        undo w1
        undo w3 --json
        undo
    "), @r#"
    $ ai-lab undo
    error: w2 cannot be taken back: ITEM-001 was changed since: priority
    next: `ai-lab log ITEM-001` shows what came after; take that back first
    [exit 5]
    $ ai-lab undo w1
    error: w1 cannot be taken back: ITEM-001 was changed since: priority
    next: `ai-lab log ITEM-001` shows what came after; take that back first
    [exit 5]
    $ ai-lab undo w3 --json
    {
      "format": 1,
      "took_back": [
        {
          "id": "w3",
          "at": "2026-02-03T04:05:06Z",
          "actor": "agent:x",
          "verb": "item.edit",
          "reason": null,
          "changed": [
            "ITEM-001"
          ],
          "changes": [
            {
              "label": "ITEM-001",
              "is_new": false,
              "field": "priority",
              "before": "high",
              "after": "low"
            }
          ],
          "change_count": 1,
          "takes_back": [],
          "is_taken_back": false
        }
      ]
    }
    $ ai-lab undo
    taken back:
    w2  2026-02-03T04:05:06Z  person:jo  item.edit
         ITEM-001 priority: medium → high
    "#);
}

#[test]
fn a_stale_write_is_refused_with_what_came_between() {
    let scene = Scene::new();
    scene.prepare("item add One");
    scene.prepare(
        "item edit ITEM-001 --priority high --if-revision 1\nitem start ITEM-001 --if-revision 2",
    );
    assert_snapshot!(scene.play("
        item edit ITEM-001 --title Two --if-revision 1
        item done ITEM-001 --if-revision 2
        item done ITEM-001 --if-revision 3
    "), @r#"
    $ ai-lab item edit ITEM-001 --title Two --if-revision 1
    error: ITEM-001 was changed in the meantime: revision 3 is stored, 1 was read
    because: priority: medium → high by person:jo; started_at: nothing → 2026-02-03T04:05:06Z by person:jo; status: todo → in_progress by person:jo
    next: read ITEM-001 again, then give revision 3
    [exit 5]
    $ ai-lab item done ITEM-001 --if-revision 2
    error: ITEM-001 was changed in the meantime: revision 3 is stored, 2 was read
    because: started_at: nothing → 2026-02-03T04:05:06Z by person:jo; status: todo → in_progress by person:jo
    next: read ITEM-001 again, then give revision 3
    [exit 5]
    $ ai-lab item done ITEM-001 --if-revision 3
    ITEM-001  One
      in_progress → done
    "#);
}
