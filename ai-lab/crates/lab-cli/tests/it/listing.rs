//! Finding things: words, pages, search.

use insta::assert_snapshot;

use crate::scene::Scene;

const HOUSE: &str = r#"
    project add "Home server" --prefix HS
    project add Garden --prefix GD
    item add "Buy a pump" --project HS --priority critical --assignee sam --label loud --due 2026-02-01
    item add "Mount the pump" --project HS --depends-on HS-001 --priority high --due 2026-02-10
    item add "Wire the sensor" --project HS --assignee jo --label loud --label wire
    item add "Plan the beds" --project GD --draft --notes "ask about the pump"
    item add "Dig" --project GD --due 2026-03-01 --type infrastructure
    item add "Older" --project GD
    item cancel GD-003
    idea add "Rain water" --description "The pump could take rain water from the roof, once there is one."
"#;

#[test]
fn words_say_what_to_list() {
    let scene = Scene::new();
    scene.prepare(HOUSE);
    let shown = |words: &[&str]| {
        let mut arguments = vec!["item", "list"];
        arguments.extend(words);
        let ended = scene.run(&arguments);
        let labels = ended
            .stdout
            .lines()
            .skip(1)
            .filter_map(|line| line.split(' ').next());
        let labels: Vec<&str> = labels.collect();
        labels.join(" ") + &ended.stderr
    };
    for (words, expected) in [
        (&["project:HS", "prio:high.."][..], "HS-001 HS-002"),
        (&["status:todo,review label:loud"], "HS-001 HS-003"),
        (&["label:loud,-wire"], "HS-001"),
        (&["due:<14d"], "HS-001 HS-002"),
        (&["due:eow..eom"], "HS-002"),
        (&["late"], "HS-001"),
        (&["mine"], "HS-003"),
        (&["assignee:none", "type:infra"], "GD-002"),
        (&["ready"], "GD-002 HS-001 HS-003"),
        (&["blocked"], "HS-002"),
        (&["closed"], "GD-003"),
        (&["all", "project:GD"], "GD-001 GD-002 GD-003"),
        (&["pump"], "GD-001 HS-001 HS-002"),
        (&["pump", "--project", "HS", "mount"], "HS-002"),
        (&["draft", "pump"], "GD-001"),
    ] {
        assert_eq!(shown(words), expected, "{words:?}");
    }
}

#[test]
fn a_wrong_word_is_told_with_the_right_one() {
    let scene = Scene::new();
    assert_snapshot!(scene.play("
        item list staus:todo
        item list prio:hihg
        item list due:somewhen
        item list project:nowhere
    "), @r#"
    $ ai-lab item list staus:todo
    error: `staus:` is nothing to filter by, perhaps status: status, prio, type, project, milestone, parent, label, assignee, due, is, text; quote it to look for the text
    next: `ai-lab item list --help` explains the words
    [exit 11]
    $ ai-lab item list prio:hihg
    error: `hihg` is no priority, perhaps high: low, medium, high, critical
    next: `ai-lab item list --help` explains the words
    [exit 11]
    $ ai-lab item list due:somewhen
    error: `somewhen` is no day: today, tomorrow, fri, +2w, 3d, eom, 12-24, 2026-12-24
    next: `ai-lab item list --help` explains the words
    [exit 11]
    $ ai-lab item list project:nowhere
    error: no project is called `nowhere`
    next: `ai-lab project list --all` shows what there is
    [exit 4]
    "#);
}

#[test]
fn a_listing_comes_page_by_page() {
    let scene = Scene::new();
    scene.prepare(HOUSE);
    assert_snapshot!(scene.play("
        item list --limit 2
        item list --limit 2 --after GD-002
        item list --limit 2 --after HS-002
        item list --limit 0
    "), @r#"
    $ ai-lab item list --limit 2
    ITEM    STATUS  PRIORITY  DUE         TITLE
    GD-001  todo    medium                Plan the beds
    GD-002  todo    medium    2026-03-01  Dig
    2 of 5; --after GD-002 goes on
    $ ai-lab item list --limit 2 --after GD-002
    ITEM    STATUS  PRIORITY  DUE         TITLE
    HS-001  todo    critical  2026-02-01  Buy a pump
    HS-002  todo    high      2026-02-10  Mount the pump
    2 of 5; --after HS-002 goes on
    $ ai-lab item list --limit 2 --after HS-002
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-003  todo    medium         Wire the sensor
    $ ai-lab item list --limit 0
    error: invalid value '0' for '--limit <COUNT>': it is neither `all` nor a number from 1 on

    For more information, try '--help'.
    [exit 2]
    "#);
}

#[test]
fn what_is_ready_comes_page_by_page_too() {
    let scene = Scene::new();
    scene.prepare(HOUSE);
    assert_snapshot!(scene.play("
        item ready --limit 2
        item ready --limit 2 --after GD-002
        item ready project:GD
        item ready --after nothing
        item list --limit 1 --json mine
    "), @r#"
    $ ai-lab item ready --limit 2
    ITEM    STATUS  PRIORITY  DUE         TITLE
    HS-001  todo    critical  2026-02-01  Buy a pump
    GD-002  todo    medium    2026-03-01  Dig
    2 of 3; --after GD-002 goes on
    $ ai-lab item ready --limit 2 --after GD-002
    ITEM    STATUS  PRIORITY  DUE  TITLE
    HS-003  todo    medium         Wire the sensor
    $ ai-lab item ready project:GD
    ITEM    STATUS  PRIORITY  DUE         TITLE
    GD-002  todo    medium    2026-03-01  Dig
    $ ai-lab item ready --after nothing
    error: no item is called `nothing`
    next: `ai-lab item list --all` shows what there is
    [exit 4]
    $ ai-lab item list --limit 1 --json mine
    {
      "format": 1,
      "items": [
        {
          "label": "HS-003",
          "title": "Wire the sensor",
          "status": "todo",
          "priority": "medium",
          "type": "task",
          "project": "PROJ-001",
          "parent": null,
          "milestone": null,
          "assignee": "jo",
          "due": null,
          "labels": [
            "loud",
            "wire"
          ],
          "updated_at": "2026-02-03T04:05:06Z"
        }
      ],
      "total": 1,
      "total_is_exact": true,
      "next": null
    }
    "#);
}

#[test]
fn a_terminal_gets_what_it_can_show_and_a_pipe_gets_all() {
    let scene = Scene::new();
    let script: Vec<String> = (0..30)
        .map(|number| format!("item add \"Item {number}\""))
        .collect();
    scene.prepare(&script.join("\n"));
    let lines = |more: &[(&str, &str)], arguments: &[&str]| {
        scene.run_with(more, arguments).stdout.lines().count()
    };
    assert_eq!(lines(&[], &["item", "list"]), 31);
    assert_eq!(lines(&[("LINES", "24")], &["item", "list"]), 22);
    assert_eq!(lines(&[("LINES", "3")], &["item", "list"]), 12);
    assert_eq!(
        lines(&[("LINES", "24")], &["item", "list", "--limit", "all"]),
        31
    );
    let json = scene.run(&["item", "list", "--json"]).stdout;
    assert_eq!(json.matches("\"label\"").count(), 20);
    assert!(
        json.contains("\"total\": 30") && json.contains("\"next\": \"ITEM-020\""),
        "{json}"
    );
}

#[test]
fn a_search_goes_through_items_and_ideas() {
    let scene = Scene::new();
    scene.prepare(HOUSE);
    assert_snapshot!(scene.play("
        search pump
        search PUM rain
        search pump --kind item --limit 1 --skip 1
        search nothing
        search pump --limit 1 --json
    "), @r#"
    $ ai-lab search pump
    HS-002  Mount the pump (todo)
    HS-001  Buy a pump (todo)
    GD-001  Plan the beds (todo)
        ask about the pump
    IDEA-001  Rain water (backlog)
        The pump could take rain water from the roof, once there is one.
    $ ai-lab search PUM rain
    IDEA-001  Rain water (backlog)
        The pump could take rain water from the roof, once there is one.
    $ ai-lab search pump --kind item --limit 1 --skip 1
    HS-001  Buy a pump (todo)
    2 of 3; --skip 2 goes on
    $ ai-lab search nothing
    nothing was found
    $ ai-lab search pump --limit 1 --json
    {
      "format": 1,
      "found": [
        {
          "kind": "item",
          "label": "HS-002",
          "title": "Mount the pump",
          "status": "todo",
          "snippet": ""
        }
      ],
      "total": 4,
      "total_is_exact": true
    }
    "#);
}
