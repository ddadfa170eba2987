//! Items from other programs, and for them.

use std::fs;

use insta::assert_snapshot;

use crate::scene::Scene;

fn put(scene: &Scene, name: &str, text: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "another program writes as it likes"
    )]
    fs::write(scene.folder().join(name), text).expect("written");
}

const LIST: &str = "# Home server\n\n\
    - [ ] Buy a pump · prio:high · #loud · due:2026-03-01\n  \
      A quiet one.\n  \
      - [ ] Measure the pipe\n\
    - [x] Plant a tree\n\n\
    # Somewhere else\n\n\
    - [ ] Roam\n";

#[test]
fn a_list_of_tasks_is_planned_taken_and_taken_again() {
    let scene = Scene::new();
    scene.prepare("project add \"Home server\" --prefix HS");
    put(&scene, "todo.md", LIST);
    assert_snapshot!(scene.play("
        import todo.md --plan
        item list --all
        import todo.md
        item list --all
        export --as markdown again.md
        import again.md
        export --as markdown again.md
        log --limit 1
    "), @r#"
    $ ai-lab import todo.md --plan
    create    HS-001  line 3
    create    HS-001-1  line 5
    create    HS-002  line 6
    create    ITEM-001  line 10
    note: no project is called `Somewhere else`
    4 entries: 4 would be taken, 0 as the lab has them
    $ ai-lab item list --all
    no items
    $ ai-lab import todo.md
    create    HS-001  line 3
    create    HS-001-1  line 5
    create    HS-002  line 6
    create    ITEM-001  line 10
    note: no project is called `Somewhere else`
    4 entries: 4 taken, 0 as the lab has them
    $ ai-lab item list --all
    ITEM      STATUS  PRIORITY  DUE         TITLE
    HS-001    todo    high      2026-03-01  Buy a pump
    HS-001-1  todo    medium                Measure the pipe
    HS-002    done    medium                Plant a tree
    ITEM-001  todo    medium                Roam
    $ ai-lab export --as markdown again.md
    LAB/again.md: 4 written, without what the form has no place for
    $ ai-lab import again.md
    4 entries: 0 taken, 4 as the lab has them
    $ ai-lab export --as markdown again.md
    error: LAB/again.md is there already
    next: name a file that is not there yet
    [exit 6]
    $ ai-lab log --limit 1
    w2  2026-02-03T04:05:06Z  import:jo  import.text
         HS-001 is new
         HS-001-1 is new
         HS-002 is new
         ITEM-001 is new
    --before w2 goes on
    "#);
    let text = fs::read_to_string(scene.folder().join("again.md")).expect("it is read");
    // What is ticked off in the list is done in the lab.
    put(
        &scene,
        "ticked.md",
        &text.replace("[ ] **HS-001**", "[x] **HS-001**"),
    );
    assert_snapshot!(scene.play("
        import ticked.md
        item show HS-001
    "), @r#"
    $ ai-lab import ticked.md
    take      HS-001  line 3
    4 entries: 1 taken, 3 as the lab has them
    $ ai-lab item show HS-001
    HS-001  Buy a pump
      status    done
      priority  high
      type      task
      project   PROJ-001
      labels    loud
      due       2026-03-01
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z
      settled   2026-02-03T04:05:06Z

    parts
      HS-001-1

    description
      A quiet one.
    "#);
}

#[test]
fn a_sheet_and_lines_come_back_without_a_change() {
    let scene = Scene::new();
    scene.prepare(
        "
        project add \"Home server\" --prefix HS
        item add \"Buy a pump\" --project HS --label loud --criterion \"It is quiet\"
        item add \"Größe, \"\"quoted\"\"\" --project HS --depends-on HS-001
        item done HS-001 --force enough
        export --as csv sheet.csv
        export --as jsonl lines.jsonl
    ",
    );
    assert_snapshot!(scene.play("
        import sheet.csv
        import lines.jsonl
    "), @r#"
    $ ai-lab import sheet.csv
    2 entries: 0 taken, 2 as the lab has them
    $ ai-lab import lines.jsonl
    3 entries: 0 taken, 3 as the lab has them
    "#);
    // A lab that is empty becomes the same.
    let other = Scene::new();
    let lines = fs::read_to_string(scene.folder().join("lines.jsonl")).expect("it is read");
    put(&other, "lines.jsonl", &lines);
    assert_snapshot!(other.play("
        import lines.jsonl
        item list --all
    "), @r#"
    $ ai-lab import lines.jsonl
    create    PROJ-001  line 1
    create    HS-001  line 2
    create    HS-002  line 3
    3 entries: 3 taken, 0 as the lab has them
    $ ai-lab item list --all
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-001  done    medium         Buy a pump
    HS-002  todo    medium         Größe, quoted
    "#);
    let mine = scene.run(&["export", "--as", "jsonl", "-"]).stdout;
    assert_eq!(other.run(&["export", "--as", "jsonl", "-"]).stdout, mine);
}

#[test]
fn a_text_that_is_wrong_changes_nothing() {
    let scene = Scene::new();
    put(&scene, "bad.csv", "title,due\nfirst,\nsecond,tomorrow\n");
    put(
        &scene,
        "bad.md",
        "- [ ] first\n- [ ] second · after:HS-999\n- [ ] third · milestone:M9\n",
    );
    put(&scene, "what.txt", "- [ ] first\n");
    assert_snapshot!(scene.play("
        import bad.csv
        import bad.md
        import what.txt
        import what.txt --form markdown
        import what.txt --form markdown --json
        item list --all
    "), @r#"
    $ ai-lab import bad.csv
    error: line 3: `due` is not a date such as 2026-02-03
    next: mend that line, then import again; nothing was taken
    [exit 11]
    $ ai-lab import bad.md
    error: line 3: `milestone`: no milestone is called `M9`
    next: mend that line, then import again; nothing was taken
    [exit 11]
    $ ai-lab import what.txt
    error: nothing says what LAB/what.txt is
    next: `--form markdown|csv|jsonl` says it
    [exit 2]
    $ ai-lab import what.txt --form markdown
    create    ITEM-001  line 1
    1 entry: 1 taken, 0 as the lab has them
    $ ai-lab import what.txt --form markdown --json
    {
      "format": 1,
      "dry_run": false,
      "rows": 1,
      "unchanged": 0,
      "did": [
        {
          "what": "create",
          "label": "ITEM-002",
          "path": "line 1",
          "why": ""
        }
      ],
      "notes": []
    }
    $ ai-lab item list --all
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         first
    ITEM-002  todo    medium         first
    "#);
}
