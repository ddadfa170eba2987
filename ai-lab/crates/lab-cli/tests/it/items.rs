//! `ai-lab item`

use insta::assert_snapshot;

use crate::scene::Scene;

const TWO_PROJECTS: &str = r#"
    project add "AI Lab Framework" --prefix FRM
    project add "Home server"
    milestone add "First light" --project FRM --due 2026-02-10
    item add "Unpack the archive" --project FRM --priority high --milestone MS-001 --criterion "Every file is verified" --criterion "A kill leaves nothing" --estimate 16 --label release --due 2026-03-01
    item add "Verify the archive" --parent FRM-001 --due 2026-01-31
    item add "Write the guide" --project FRM --depends-on FRM-001 --type documentation --label docs --label release
    item add "Buy a pump" --project HS --priority critical --assignee sam
    item add "Think about it" --draft
"#;

#[test]
fn labels_are_minted_from_project_parent_or_neither() {
    let scene = Scene::new();
    assert_snapshot!(scene.play(&format!("{TWO_PROJECTS}
        item add \"Imported\" --id frm-007-COMP
        item add \"After it\" --project FRM
        item add \"Named\" --id HS-050
        item add \"Next\" --project HS
        item add \"Deeper\" --parent FRM-001-1
        item add \"Taken\" --id frm-001
        item add \" \"
    ")), @r#"
    $ ai-lab project add "AI Lab Framework" --prefix FRM
    PROJ-001  AI Lab Framework
    $ ai-lab project add "Home server"
    PROJ-002  Home server
    $ ai-lab milestone add "First light" --project FRM --due 2026-02-10
    MS-001  First light
    $ ai-lab item add "Unpack the archive" --project FRM --priority high --milestone MS-001 --criterion "Every file is verified" --criterion "A kill leaves nothing" --estimate 16 --label release --due 2026-03-01
    FRM-001  Unpack the archive
    $ ai-lab item add "Verify the archive" --parent FRM-001 --due 2026-01-31
    FRM-001-1  Verify the archive
    $ ai-lab item add "Write the guide" --project FRM --depends-on FRM-001 --type documentation --label docs --label release
    FRM-002  Write the guide
    $ ai-lab item add "Buy a pump" --project HS --priority critical --assignee sam
    HS-001  Buy a pump
    $ ai-lab item add "Think about it" --draft
    ITEM-001  Think about it
    $ ai-lab item add "Imported" --id frm-007-COMP
    frm-007-COMP  Imported
    $ ai-lab item add "After it" --project FRM
    FRM-003  After it
    $ ai-lab item add "Named" --id HS-050
    HS-050  Named
    $ ai-lab item add "Next" --project HS
    HS-051  Next
    $ ai-lab item add "Deeper" --parent FRM-001-1
    FRM-001-1-1  Deeper
    $ ai-lab item add "Taken" --id frm-001
    error: the item name `frm-001` is taken
    next: `ai-lab item list --all` shows what is taken
    [exit 5]
    $ ai-lab item add " "
    error: invalid value ' ' for '<TITLE>': it is empty

    For more information, try '--help'.
    [exit 2]
    "#);
}

#[test]
fn a_list_hides_what_is_settled_and_filters_hold_together() {
    let scene = Scene::new();
    scene.prepare(TWO_PROJECTS);
    scene.prepare("item cancel HS-001");
    assert_snapshot!(scene.play("
        item list
        item list --all
        item list --status cancelled
        item list --project frm --label release --priority medium
        item list --milestone ms-001
        item list --parent FRM-001
        item list --text GUIDE
        item list --text nothing
        item list --project nowhere
        item list --status open
    "), @r#"
    $ ai-lab item list
    ITEM       STATUS  PRIORITY  DUE         TITLE
    FRM-001    todo    high      2026-03-01  Unpack the archive
    FRM-001-1  todo    medium    2026-01-31  Verify the archive
    FRM-002    todo    medium                Write the guide
    ITEM-001   todo    medium                Think about it
    $ ai-lab item list --all
    ITEM       STATUS     PRIORITY  DUE         TITLE
    FRM-001    todo       high      2026-03-01  Unpack the archive
    FRM-001-1  todo       medium    2026-01-31  Verify the archive
    FRM-002    todo       medium                Write the guide
    HS-001     cancelled  critical              Buy a pump
    ITEM-001   todo       medium                Think about it
    $ ai-lab item list --status cancelled
    ITEM    STATUS     PRIORITY  DUE  TITLE
    HS-001  cancelled  critical       Buy a pump
    $ ai-lab item list --project frm --label release --priority medium
    ITEM     STATUS  PRIORITY  DUE  TITLE
    FRM-002  todo    medium         Write the guide
    $ ai-lab item list --milestone ms-001
    ITEM     STATUS  PRIORITY  DUE         TITLE
    FRM-001  todo    high      2026-03-01  Unpack the archive
    $ ai-lab item list --parent FRM-001
    ITEM       STATUS  PRIORITY  DUE         TITLE
    FRM-001-1  todo    medium    2026-01-31  Verify the archive
    $ ai-lab item list --text GUIDE
    ITEM     STATUS  PRIORITY  DUE  TITLE
    FRM-002  todo    medium         Write the guide
    $ ai-lab item list --text nothing
    no items
    $ ai-lab item list --project nowhere
    error: no project is called `nowhere`
    next: `ai-lab project list --all` shows what there is
    [exit 4]
    $ ai-lab item list --status open
    error: invalid value 'open' for '--status <WORD>'
      [possible values: todo, in_progress, review, done, blocked, cancelled]

      tip: a similar value exists: 'done'

    For more information, try '--help'.
    [exit 2]
    "#);
}

#[test]
fn work_goes_its_way() {
    let scene = Scene::new();
    scene.prepare(TWO_PROJECTS);
    assert_snapshot!(scene.play(r#"
        item ready
        item ready --limit 1
        item start frm-001-
        item start FRM-001-1
        item block FRM-001-1 "no power"
        item start FRM-001-1
        item done FRM-001-1
        item unblock FRM-001-1 "bought a cable"
        item unblock FRM-001-1
        item review FRM-001-1
        item done FRM-001-1
        item done FRM-001
        item edit FRM-001 --meet 1="commit 1a2b"
        item done FRM-001
        item done FRM-002
        item done FRM-002 --force " "
        item done FRM-001 --force "good enough"
        item done FRM-002
        item reopen FRM-002
        item cancel FRM-002
        item block FRM-002 "why not"
        item ready
    "#), @r#"
    $ ai-lab item ready
    ITEM       STATUS  PRIORITY  DUE         TITLE
    HS-001     todo    critical              Buy a pump
    FRM-001    todo    high      2026-03-01  Unpack the archive
    FRM-001-1  todo    medium    2026-01-31  Verify the archive
    $ ai-lab item ready --limit 1
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  todo    critical       Buy a pump
    1 of 3; --after HS-001 goes on
    $ ai-lab item start frm-001-
    FRM-001-1  Verify the archive
      todo → in_progress
    $ ai-lab item start FRM-001-1
    error: FRM-001-1 cannot be started
    because: it is in_progress
    next: `ai-lab item show FRM-001-1` shows where it stands
    [exit 6]
    $ ai-lab item block FRM-001-1 "no power"
    FRM-001-1  Verify the archive
      in_progress → blocked
    $ ai-lab item start FRM-001-1
    error: FRM-001-1 cannot be started
    because: it is blocked: no power
    next: `ai-lab item unblock FRM-001-1`
    [exit 6]
    $ ai-lab item done FRM-001-1
    error: FRM-001-1 cannot be done
    because: it is blocked: no power
    next: `ai-lab item unblock FRM-001-1`
    [exit 6]
    $ ai-lab item unblock FRM-001-1 "bought a cable"
    FRM-001-1  Verify the archive
      blocked → in_progress
    $ ai-lab item unblock FRM-001-1
    error: FRM-001-1 cannot be unblocked
    because: nothing blocks it
    next: `ai-lab item show FRM-001-1` shows where it stands
    [exit 6]
    $ ai-lab item review FRM-001-1
    FRM-001-1  Verify the archive
      in_progress → review
    $ ai-lab item done FRM-001-1
    FRM-001-1  Verify the archive
      review → done
    $ ai-lab item done FRM-001
    error: FRM-001 cannot be done
    because: 2 acceptance criteria are open: Every file is verified; A kill leaves nothing
    next: `ai-lab item edit FRM-001 --meet NUMBER` ticks one off; `ai-lab item done FRM-001 --force REASON` overrides
    [exit 6]
    $ ai-lab item edit FRM-001 --meet 1="commit 1a2b"
    FRM-001  Unpack the archive
    $ ai-lab item done FRM-001
    error: FRM-001 cannot be done
    because: 1 acceptance criterion is open: A kill leaves nothing
    next: `ai-lab item edit FRM-001 --meet NUMBER` ticks one off; `ai-lab item done FRM-001 --force REASON` overrides
    [exit 6]
    $ ai-lab item done FRM-002
    error: FRM-002 cannot be done
    because: 1 dependency is not done
    next: it waits for FRM-001; `ai-lab item done FRM-002 --force REASON` overrides
    [exit 6]
    $ ai-lab item done FRM-002 --force " "
    error: FRM-002 cannot be done
    because: a reason is missing
    next: give a reason in a few words
    [exit 11]
    $ ai-lab item done FRM-001 --force "good enough"
    FRM-001  Unpack the archive
      todo → done
    $ ai-lab item done FRM-002
    FRM-002  Write the guide
      todo → done
    $ ai-lab item reopen FRM-002
    FRM-002  Write the guide
      done → todo
    $ ai-lab item cancel FRM-002
    FRM-002  Write the guide
      todo → cancelled
    $ ai-lab item block FRM-002 "why not"
    error: FRM-002 cannot be blocked
    because: it is cancelled
    next: `ai-lab item show FRM-002` shows where it stands
    [exit 6]
    $ ai-lab item ready
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  todo    critical       Buy a pump
    "#);
}

#[test]
fn show_tells_everything_about_one() {
    let scene = Scene::new();
    scene.prepare(TWO_PROJECTS);
    assert_snapshot!(scene.play(r#"
        item edit FRM-001 --description "Unpack and\nverify." --spent 1.5 --spent-on "reading" --assignee sam --category refactoring --notes "see IDEA-001"
        item edit FRM-001 --meet 2 --id FRM-100
        item block HS-001 "the shop is closed"
        item show FRM-001
        item show frm-002
        item show hs
        item show FRM
        item show nope
    "#), @r#"
    $ ai-lab item edit FRM-001 --description "Unpack and\nverify." --spent 1.5 --spent-on "reading" --assignee sam --category refactoring --notes "see IDEA-001"
    FRM-001  Unpack the archive
    $ ai-lab item edit FRM-001 --meet 2 --id FRM-100
    FRM-100  Unpack the archive
    $ ai-lab item block HS-001 "the shop is closed"
    HS-001  Buy a pump
      todo → blocked
    $ ai-lab item show FRM-001
    FRM-100  Unpack the archive
      status         todo
      priority       high
      type           task
      category       refactoring
      project        PROJ-001
      milestone      MS-001
      assignee       sam
      author         jo
      labels         release
      due            2026-03-01
      estimate       16 h
      spent          1.5 h
      also known as  FRM-001
      created        2026-02-03T04:05:06Z
      updated        2026-02-03T04:05:06Z

    can be started
      now

    parts
      FRM-001-1

    acceptance criteria
      1. [ ] Every file is verified
      2. [x] A kill leaves nothing

    description
      Unpack and\nverify.

    notes
      see IDEA-001
    $ ai-lab item show frm-002
    FRM-002  Write the guide
      status    todo
      priority  medium
      type      documentation
      project   PROJ-001
      author    jo
      labels    docs, release
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    can be started
      waits for FRM-100

    depends on
      FRM-100 (todo)
    $ ai-lab item show hs
    HS-001  Buy a pump
      status    blocked
      priority  critical
      type      task
      project   PROJ-002
      assignee  sam
      author    jo
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    blocked by
      the shop is closed
    $ ai-lab item show FRM
    error: `FRM` could be FRM-001-1, FRM-002, FRM-100
    next: give more of the label
    [exit 11]
    $ ai-lab item show nope
    error: no item is called `nope`
    next: `ai-lab item list --all` shows what there is
    [exit 4]
    "#);
}

#[test]
fn an_edit_changes_what_it_names_and_nothing_else() {
    let scene = Scene::new();
    scene.prepare(TWO_PROJECTS);
    assert_snapshot!(scene.play(r#"
        item edit FRM-002 --title "Write a guide" --due 2026-02-04 --remove-label docs --label book --independent-of FRM-001 --priority low --project HS
        item edit FRM-001 --due none --estimate none --milestone none --criterion "It is quick" --remove-criterion 1 --unmeet 2
        item edit FRM-001 --meet 3
        item edit FRM-001-1 --parent FRM-001-1
        item edit FRM-001 --depends-on FRM-001-1 --archived true
        item edit FRM-001-1 --depends-on FRM-001
        item edit FRM-001 --due 2026-02-30
        item show FRM-002
        item show FRM-001
    "#), @r#"
    $ ai-lab item edit FRM-002 --title "Write a guide" --due 2026-02-04 --remove-label docs --label book --independent-of FRM-001 --priority low --project HS
    FRM-002  Write a guide
    $ ai-lab item edit FRM-001 --due none --estimate none --milestone none --criterion "It is quick" --remove-criterion 1 --unmeet 2
    FRM-001  Unpack the archive
    $ ai-lab item edit FRM-001 --meet 3
    error: there are 2 acceptance criteria, no number 3
    next: `ai-lab item show` numbers them
    [exit 11]
    $ ai-lab item edit FRM-001-1 --parent FRM-001-1
    error: this would go round in a circle: FRM-001-1 → FRM-001-1
    [exit 6]
    $ ai-lab item edit FRM-001 --depends-on FRM-001-1 --archived true
    FRM-001  Unpack the archive
    $ ai-lab item edit FRM-001-1 --depends-on FRM-001
    FRM-001-1  Verify the archive
    $ ai-lab item edit FRM-001 --due 2026-02-30
    error: --due: `2026-02-30` is no day: today, tomorrow, fri, +2w, 3d, eom, 12-24, 2026-12-24
    next: `--help` shows what the command takes
    [exit 2]
    $ ai-lab item show FRM-002
    FRM-002  Write a guide
      status    todo
      priority  low
      type      documentation
      project   PROJ-002
      author    jo
      labels    book, release
      due       2026-02-04
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    can be started
      now
    $ ai-lab item show FRM-001
    FRM-001  Unpack the archive
      status    todo
      priority  high
      type      task
      project   PROJ-001
      author    jo
      labels    release
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z
      put away  yes

    can be started
      it is put away
      waits for FRM-001-1

    depends on
      FRM-001-1 (todo)

    parts
      FRM-001-1

    acceptance criteria
      1. [ ] A kill leaves nothing
      2. [ ] It is quick
    "#);
}

#[test]
fn a_circle_of_dependencies_is_told_with_its_path() {
    let scene = Scene::new();
    scene.prepare(
        "
        item add a
        item add b --depends-on ITEM-001
        item add c --depends-on ITEM-002
    ",
    );
    assert_snapshot!(scene.play("item edit ITEM-001 --depends-on ITEM-003"), @r#"
    $ ai-lab item edit ITEM-001 --depends-on ITEM-003
    error: this would go round in a circle: ITEM-001 → ITEM-003 → ITEM-002 → ITEM-001
    [exit 6]
    "#);
}

#[test]
fn json_has_a_format_and_every_field() {
    let scene = Scene::new();
    scene.prepare(TWO_PROJECTS);
    assert_snapshot!(scene.play("
        item list --text pump --json
        item start HS-001 --json
        item list --text nothing --json
    "), @r#"
    $ ai-lab item list --text pump --json
    {
      "format": 1,
      "items": [
        {
          "label": "HS-001",
          "title": "Buy a pump",
          "status": "todo",
          "priority": "critical",
          "type": "task",
          "project": "PROJ-002",
          "parent": null,
          "milestone": null,
          "assignee": "sam",
          "due": null,
          "labels": [],
          "updated_at": "2026-02-03T04:05:06Z"
        }
      ],
      "total": 1,
      "total_is_exact": true,
      "next": null
    }
    $ ai-lab item start HS-001 --json
    {
      "format": 1,
      "label": "HS-001",
      "title": "Buy a pump",
      "was": "todo",
      "status": "in_progress"
    }
    $ ai-lab item list --text nothing --json
    {
      "format": 1,
      "items": [],
      "total": 0,
      "total_is_exact": true,
      "next": null
    }
    "#);
}
