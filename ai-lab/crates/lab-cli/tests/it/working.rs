//! Claims, blocked work, many items at once, ideas that become work, days as people say them.

use insta::assert_snapshot;

use crate::scene::Scene;

const AGENT: [(&str, &str); 1] = [("AI_LAB_ACTOR", "agent:x")];

#[test]
fn a_claim_keeps_others_away_until_it_ends() {
    let scene = Scene::new();
    scene.prepare("item add One\nitem add Two --criterion \"It holds\"");
    assert_snapshot!(scene.play(r"
        item claim ITEM-001 --lease 30m
        item claim ITEM-001 --lease 3h
        item show ITEM-001
        item claim ITEM-002 --lease 31d
        item claim ITEM-002 --lease soon
        item release ITEM-002
        item done ITEM-002
    "), @r#"
    $ ai-lab item claim ITEM-001 --lease 30m
    ITEM-001  One
      todo → in_progress
    $ ai-lab item claim ITEM-001 --lease 3h
    ITEM-001  One
      in_progress → in_progress
    $ ai-lab item show ITEM-001
    ITEM-001  One
      status    in_progress
      priority  medium
      type      task
      assignee  jo
      claimed   by person:jo until 2026-02-03T07:05:06Z
      author    jo
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z
      started   2026-02-03T04:05:06Z
    $ ai-lab item claim ITEM-002 --lease 31d
    error: invalid value '31d' for '--lease <TIME>': it is no time such as 30m, 2h or 3d, of at most 30 days

    For more information, try '--help'.
    [exit 2]
    $ ai-lab item claim ITEM-002 --lease soon
    error: invalid value 'soon' for '--lease <TIME>': it is no time such as 30m, 2h or 3d, of at most 30 days

    For more information, try '--help'.
    [exit 2]
    $ ai-lab item release ITEM-002
    error: ITEM-002 cannot be released
    because: nobody has claimed it
    next: `ai-lab item show ITEM-002` shows where it stands
    [exit 6]
    $ ai-lab item done ITEM-002
    error: ITEM-002 cannot be done
    because: 1 acceptance criterion is open: It holds
    next: `ai-lab item edit ITEM-002 --meet NUMBER` ticks one off; `ai-lab item done ITEM-002 --force REASON` overrides
    [exit 6]
    "#);
}

#[test]
fn what_someone_else_has_is_taken_with_a_reason_or_after_its_end() {
    let scene = Scene::new();
    scene.prepare("item add One\nitem claim ITEM-001 --lease 3h");
    let refused = scene.run_with(&AGENT, &["item", "claim", "ITEM-001"]);
    assert_snapshot!(refused.stderr, @r#"
    error: ITEM-001 cannot be claimed
    because: person:jo is at it until 2026-02-03T07:05:06Z
    next: `ai-lab item ready` shows what else there is; `ai-lab item claim ITEM-001 --steal REASON` takes it
    "#);
    assert_eq!(refused.code, Some(5));
    let later = [AGENT[0], ("AI_LAB_CLOCK", "2026-02-03T07:05:07Z")];
    assert_eq!(
        scene.run_with(&later, &["item", "claim", "ITEM-001"]).code,
        Some(0)
    );
    let stolen = scene.run(&["item", "claim", "ITEM-001", "--steal", "it is urgent"]);
    assert_eq!(stolen.code, Some(0));
    assert_snapshot!(scene.play("
        log ITEM-001 --limit 1
        item release ITEM-001
        item done ITEM-001
    "), @r#"
    $ ai-lab log ITEM-001 --limit 1
    w4  2026-02-03T04:05:06Z  person:jo  item.claim (it is urgent)
         ITEM-001 assignee: x → jo
         ITEM-001 claim: agent:x → person:jo
         ITEM-001 claim.until: 2026-02-03T09:05:07Z → 2026-02-03T06:05:06Z
    --before w4 goes on
    $ ai-lab item release ITEM-001
    ITEM-001  One
      in_progress → todo
    $ ai-lab item done ITEM-001
    ITEM-001  One
      todo → done
    "#);
}

#[test]
fn why_something_is_blocked_is_told_down_to_what_can_start() {
    let scene = Scene::new();
    scene.prepare(
        r#"
        item add "Lay the cable"
        item add "Buy a switch"
        item add "Mount the rack" --depends-on ITEM-001 --depends-on ITEM-002
        item add "Move in" --depends-on ITEM-003 --depends-on ITEM-001
        item block ITEM-002 "the shop is closed"
    "#,
    );
    assert_snapshot!(scene.play("
        item why-blocked ITEM-004
        item why-blocked ITEM-001 --json
        item edit ITEM-001 --depends-on ITEM-003
    "), @r#"
    $ ai-lab item why-blocked ITEM-004
    ITEM-004  Move in (todo)
        waits for ITEM-001
        waits for ITEM-003
      ITEM-001  Lay the cable (todo)
          can be started now
      ITEM-003  Mount the rack (todo)
          waits for ITEM-001
          waits for ITEM-002
        ITEM-002  Buy a switch (blocked)
            blocked: the shop is closed
            it is blocked
    $ ai-lab item why-blocked ITEM-001 --json
    {
      "format": 1,
      "items": [
        {
          "label": "ITEM-001",
          "title": "Lay the cable",
          "status": "todo",
          "depth": 0,
          "hindrances": []
        }
      ],
      "could_start": [
        "ITEM-001"
      ],
      "is_cut": false
    }
    $ ai-lab item edit ITEM-001 --depends-on ITEM-003
    error: this would go round in a circle: ITEM-001 → ITEM-003 → ITEM-001
    [exit 6]
    "#);
}

#[test]
fn short_verbs_and_short_labels_do_the_same() {
    let scene = Scene::new();
    assert_snapshot!(scene.play(r#"
        add "Lay the cable" --due fri
        start item-1
        ls
        done ITEM-1
        item ls --all
    "#), @r#"
    $ ai-lab add "Lay the cable" --due fri
    ITEM-001  Lay the cable
    $ ai-lab start item-1
    ITEM-001  Lay the cable
      todo → in_progress
    $ ai-lab ls
    ITEM      STATUS       PRIORITY  DUE         TITLE
    ITEM-001  in_progress  medium    2026-02-06  Lay the cable
    $ ai-lab done ITEM-1
    ITEM-001  Lay the cable
      in_progress → done
    $ ai-lab item ls --all
    ITEM      STATUS  PRIORITY  DUE         TITLE
    ITEM-001  done    medium    2026-02-06  Lay the cable
    "#);
    let help = scene.run(&["--help"]).stdout;
    assert!(
        help.contains("Without `item`, its verbs do the same: add, list, ready, show, edit,"),
        "{help}"
    );
    assert!(!help.contains("\n  start "), "{help}");
}

#[test]
fn many_are_changed_at_once_after_a_look() {
    let scene = Scene::new();
    scene.prepare(
        r"
        item add One --label old
        item add Two --label old --priority high
        item add Three
    ",
    );
    assert_snapshot!(scene.play(r#"
        item edit --where label:old --priority high --label new --due fri
        item edit --where label:old --priority high --label new --due fri --yes
        item list label:new
        item edit --where label:old --title Same
        item edit --where "" --priority low
        item edit --where label:none --priority low --yes
        undo
        item list label:new
    "#), @r#"
    $ ai-lab item edit --where label:old --priority high --label new --due fri
    ITEM-001  One
         due: nothing → 2026-02-06
         labels: nothing → new
         priority: medium → high
    ITEM-002  Two
         due: nothing → 2026-02-06
         labels: nothing → new
    2 of 2 would change; --yes carries it out
    $ ai-lab item edit --where label:old --priority high --label new --due fri --yes
    ITEM-001  One
         due: nothing → 2026-02-06
         labels: nothing → new
         priority: medium → high
    ITEM-002  Two
         due: nothing → 2026-02-06
         labels: nothing → new
    2 of 2 changed; `ai-lab undo` takes it back
    $ ai-lab item list label:new
    ITEM      STATUS  PRIORITY  DUE         TITLE
    ITEM-001  todo    high      2026-02-06  One
    ITEM-002  todo    high      2026-02-06  Two
    $ ai-lab item edit --where label:old --title Same
    error: a title cannot be the same for many
    [exit 11]
    $ ai-lab item edit --where "" --priority low
    error: no words say which items
    next: `ai-lab item list --help` explains the words
    [exit 11]
    $ ai-lab item edit --where label:none --priority low --yes
    0 of 0 changed; `ai-lab undo` takes it back
    $ ai-lab undo
    taken back:
    w4  2026-02-03T04:05:06Z  person:jo  item.edit
         ITEM-001 due: nothing → 2026-02-06
         ITEM-001 labels: nothing → new
         ITEM-001 priority: medium → high
         ITEM-002 due: nothing → 2026-02-06
         and 1 more
    $ ai-lab item list label:new
    no items
    "#);
}

const RAIN: &str = r#"
    idea add "Rain water" --add "next_steps=Buy a tank" --add "next_steps=Dig a hole" --tag garden
    idea add "Water the beds" --depends-on IDEA-001
"#;

#[test]
fn an_idea_is_refined_question_by_question() {
    let scene = Scene::new();
    scene.prepare(RAIN);
    assert_snapshot!(scene.play(r#"
        idea edit IDEA-001 --depends-on IDEA-002
        idea refine IDEA-001 --question "How much rain?" --question "Where?"
        idea convert IDEA-001
        idea refine IDEA-001 --answer 1="600 mm a year" --answer 2="Behind the shed" --ready
        idea refine IDEA-001 --answer 1=x
    "#), @r#"
    $ ai-lab idea edit IDEA-001 --depends-on IDEA-002
    error: this would go round in a circle: IDEA-001 → IDEA-002 → IDEA-001
    [exit 6]
    $ ai-lab idea refine IDEA-001 --question "How much rain?" --question "Where?"
    IDEA-001  Rain water
      status    refining
      priority  medium
      author    jo
      tags      garden
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    open_questions
      1. How much rain?
      2. Where?

    next_steps
      1. Buy a tank
      2. Dig a hole
    $ ai-lab idea convert IDEA-001
    error: IDEA-001 cannot be converted
    because: 2 questions are open: How much rain?; Where?
    next: `ai-lab idea refine IDEA-001 --answer NUMBER=TEXT` answers one; `--force REASON` overrides
    [exit 6]
    $ ai-lab idea refine IDEA-001 --answer 1="600 mm a year" --answer 2="Behind the shed" --ready
    IDEA-001  Rain water
      status    ready
      priority  medium
      author    jo
      tags      garden
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    next_steps
      1. Buy a tank
      2. Dig a hole

    notes
      How much rain?
      → 600 mm a year
      Where?
      → Behind the shed
    $ ai-lab idea refine IDEA-001 --answer 1=x
    error: there are 0 open questions, no number 1
    next: `ai-lab idea show` numbers them
    [exit 11]
    "#);
}

#[test]
fn a_ready_idea_becomes_a_project_with_items() {
    let scene = Scene::new();
    scene.prepare(RAIN);
    scene.prepare("idea refine IDEA-001 --ready");
    assert_snapshot!(scene.play(r"
        idea convert IDEA-001 --prefix RAIN
        idea convert IDEA-001
        project show RAIN
        item list project:RAIN
        undo
        idea list
        idea convert IDEA-002 --project nowhere
    "), @r#"
    $ ai-lab idea convert IDEA-001 --prefix RAIN
    IDEA-001 → PROJ-001

    items
      RAIN-001
      RAIN-002
    $ ai-lab idea convert IDEA-001
    error: IDEA-001 cannot be converted
    because: it is converted
    next: `ai-lab idea show IDEA-001` shows where it stands
    [exit 6]
    $ ai-lab project show RAIN
    PROJ-001  Rain water
      status       active
      priority     medium
      progress     0%, 0 of 2 items
      prefix       RAIN
      visibility   private
      tags         garden
      source idea  IDEA-001
    $ ai-lab item list project:RAIN
    ITEM      STATUS  PRIORITY  DUE  TITLE
    RAIN-001  todo    medium         Buy a tank
    RAIN-002  todo    medium         Dig a hole
    $ ai-lab undo
    taken back:
    w4  2026-02-03T04:05:06Z  person:jo  idea.convert
         PROJ-001 is new
         RAIN-001 is new
         RAIN-002 is new
         IDEA-001 related_project: nothing → PROJ-001
         and 1 more
    $ ai-lab idea list
    IDEA      STATUS   PRIORITY  EFFORT  TITLE
    IDEA-001  ready    medium            Rain water
    IDEA-002  backlog  medium            Water the beds
    $ ai-lab idea convert IDEA-002 --project nowhere
    error: no project is called `nowhere`
    next: `ai-lab project list --all` shows what there is
    [exit 4]
    "#);
}

#[test]
fn a_milestone_comes_after_others() {
    let scene = Scene::new();
    scene.prepare(
        "milestone add First --due eom\nmilestone add Second --depends-on MS-001 --due +6w",
    );
    assert_snapshot!(scene.play("
        milestone edit MS-001 --depends-on MS-002
        milestone show MS-002
        milestone edit MS-002 --independent-of MS-001 --due someday
        milestone list
    "), @r#"
    $ ai-lab milestone edit MS-001 --depends-on MS-002
    error: this would go round in a circle: MS-001 → MS-002 → MS-001
    [exit 6]
    $ ai-lab milestone show MS-002
    MS-002  Second
      status  planned
      due     2026-03-17

    depends on
      MS-001
    $ ai-lab milestone edit MS-002 --independent-of MS-001 --due someday
    error: --due: `someday` is no day: today, tomorrow, fri, +2w, 3d, eom, 12-24, 2026-12-24
    next: `--help` shows what the command takes
    [exit 2]
    $ ai-lab milestone list
    MILESTONE  STATUS   DUE         DONE  TITLE
    MS-001     planned  2026-02-28        First
    MS-002     planned  2026-03-17        Second
    "#);
}
