//! `ai-lab project`, `idea`, `milestone`, `repo`

use insta::assert_snapshot;

use crate::scene::Scene;

#[test]
fn projects() {
    let scene = Scene::new();
    assert_snapshot!(scene.play(r#"
        project list
        project add "AI Lab Framework" --prefix FRM --status active --target 2026-03-01 --owner jo --tag tools --add "objectives=Run tools" --add "objectives=Keep a record" --add "risks=Too much"
        project add "Home server"
        project add "Hot stuff"
        project add "🏠"
        project add "Garden" --prefix frm
        project edit FRM --remove objectives=1 --add "team=sam" --health at_risk --vision "Calm"
        project edit FRM --remove objectives=2
        project edit FRM --add "goals=None"
        project edit HS --status completed
        project edit proj-002 --prefix none
        item add "No label to be had" --project PROJ-002
        item add "Begin" --project frm
        project list
        project list --all
        project show FRM
        project list --json
    "#), @r#"
    $ ai-lab project list
    no projects
    $ ai-lab project add "AI Lab Framework" --prefix FRM --status active --target 2026-03-01 --owner jo --tag tools --add "objectives=Run tools" --add "objectives=Keep a record" --add "risks=Too much"
    PROJ-001  AI Lab Framework
    $ ai-lab project add "Home server"
    PROJ-002  Home server
    $ ai-lab project add "Hot stuff"
    error: the project name `HS` is taken
    next: `--prefix ABC` names another; `ai-lab project list --all` shows what is taken
    [exit 5]
    $ ai-lab project add "🏠"
    error: no prefix for the labels of its items can be made from `🏠`
    next: `--prefix ABC` names one
    [exit 11]
    $ ai-lab project add "Garden" --prefix frm
    error: invalid value 'frm' for '--prefix <PREFIX>': `frm` is no prefix: 1 to 12 of A-Z and 0-9, a letter first

    For more information, try '--help'.
    [exit 2]
    $ ai-lab project edit FRM --remove objectives=1 --add "team=sam" --health at_risk --vision "Calm"
    PROJ-001  AI Lab Framework
    $ ai-lab project edit FRM --remove objectives=2
    error: objectives has 1 entries, no number 2
    next: `ai-lab project show` numbers the entries
    [exit 11]
    $ ai-lab project edit FRM --add "goals=None"
    error: `goals` is no list: team, objectives, deliverables, technologies, risks
    next: `ai-lab project show` numbers the entries
    [exit 11]
    $ ai-lab project edit HS --status completed
    PROJ-002  Home server
    $ ai-lab project edit proj-002 --prefix none
    PROJ-002  Home server
    $ ai-lab item add "No label to be had" --project PROJ-002
    error: project PROJ-002 has no prefix for the labels of its items
    next: `ai-lab project edit PROJ-002 --prefix ABC` gives it one
    [exit 6]
    $ ai-lab item add "Begin" --project frm
    FRM-001  Begin
    $ ai-lab project list
    PROJECT   PREFIX  STATUS  PRIORITY  DONE     NAME
    PROJ-001  FRM     active  medium    0% of 1  AI Lab Framework
    $ ai-lab project list --all
    PROJECT   PREFIX  STATUS     PRIORITY  DONE     NAME
    PROJ-001  FRM     active     medium    0% of 1  AI Lab Framework
    PROJ-002          completed  medium             Home server
    $ ai-lab project show FRM
    PROJ-001  AI Lab Framework
      status      active
      priority    medium
      progress    0%, 0 of 1 items
      prefix      FRM
      visibility  private
      health      at_risk
      owner       jo
      tags        tools
      target      2026-03-01

    team
      1. sam

    objectives
      1. Keep a record

    risks
      1. Too much

    vision
      Calm
    $ ai-lab project list --json
    {
      "format": 1,
      "projects": [
        {
          "label": "PROJ-001",
          "prefix": "FRM",
          "name": "AI Lab Framework",
          "status": "active",
          "priority": "medium",
          "health": "at_risk",
          "target": "2026-03-01",
          "items_done": 0,
          "items_total": 1,
          "percent": 0
        }
      ]
    }
    "#);
}

#[test]
fn ideas() {
    let scene = Scene::new();
    assert_snapshot!(scene.play(r#"
        idea list
        idea add "A quieter house" --effort "1-2 weeks" --for "all of us" --tag calm --add "open_questions=Which pump?" --add "benefits=Sleep"
        idea add "A louder house" --priority low
        idea edit idea-001 --status refining --remove open_questions=1 --add "next_steps=Ask Sam" --notes "soon"
        idea edit IDEA-002 --status archived --title "Not this one"
        idea list
        idea list --all
        idea list --status archived --json
        idea show IDEA-001
        idea show 3
    "#), @r#"
    $ ai-lab idea list
    no ideas
    $ ai-lab idea add "A quieter house" --effort "1-2 weeks" --for "all of us" --tag calm --add "open_questions=Which pump?" --add "benefits=Sleep"
    IDEA-001  A quieter house
    $ ai-lab idea add "A louder house" --priority low
    IDEA-002  A louder house
    $ ai-lab idea edit idea-001 --status refining --remove open_questions=1 --add "next_steps=Ask Sam" --notes "soon"
    IDEA-001  A quieter house
    $ ai-lab idea edit IDEA-002 --status archived --title "Not this one"
    IDEA-002  Not this one
    $ ai-lab idea list
    IDEA      STATUS    PRIORITY  EFFORT     TITLE
    IDEA-001  refining  medium    1-2 weeks  A quieter house
    $ ai-lab idea list --all
    IDEA      STATUS    PRIORITY  EFFORT     TITLE
    IDEA-001  refining  medium    1-2 weeks  A quieter house
    IDEA-002  archived  low                  Not this one
    $ ai-lab idea list --status archived --json
    {
      "format": 1,
      "ideas": [
        {
          "label": "IDEA-002",
          "title": "Not this one",
          "status": "archived",
          "priority": "low",
          "category": null,
          "effort": null,
          "related_project": null,
          "open_question_count": 0
        }
      ]
    }
    $ ai-lab idea show IDEA-001
    IDEA-001  A quieter house
      status    refining
      priority  medium
      effort    1-2 weeks
      for       all of us
      author    jo
      tags      calm
      created   2026-02-03T04:05:06Z
      updated   2026-02-03T04:05:06Z

    next_steps
      1. Ask Sam

    benefits
      1. Sleep

    notes
      soon
    $ ai-lab idea show 3
    error: no idea is called `3`
    next: `ai-lab idea list --all` shows what there is
    [exit 4]
    "#);
}

#[test]
fn milestones_and_repositories() {
    let scene = Scene::new();
    assert_snapshot!(scene.play(r#"
        project add "AI Lab Framework" --prefix FRM
        milestone add "First light" --project FRM --due 2026-02-10
        milestone add "Second light"
        item add "Begin" --project FRM --milestone MS-001
        item add "Go on" --project FRM --milestone MS-001
        item done FRM-001
        milestone list --project FRM
        milestone edit MS-002 --status completed --description "Both lamps"
        milestone list --all
        milestone list --json
        milestone show MS-001
        milestone show MS-002
        repo list
        repo add https://github.com/o/n --project FRM --description "The code" --visibility public
        repo add O/N
        repo add "not a name"
        repo edit o/n --full-name o/new --visibility none
        repo list
        repo show o/new
    "#), @r#"
    $ ai-lab project add "AI Lab Framework" --prefix FRM
    PROJ-001  AI Lab Framework
    $ ai-lab milestone add "First light" --project FRM --due 2026-02-10
    MS-001  First light
    $ ai-lab milestone add "Second light"
    MS-002  Second light
    $ ai-lab item add "Begin" --project FRM --milestone MS-001
    FRM-001  Begin
    $ ai-lab item add "Go on" --project FRM --milestone MS-001
    FRM-002  Go on
    $ ai-lab item done FRM-001
    FRM-001  Begin
      todo → done
    $ ai-lab milestone list --project FRM
    MILESTONE  STATUS   DUE         DONE      TITLE
    MS-001     planned  2026-02-10  50% of 2  First light
    $ ai-lab milestone edit MS-002 --status completed --description "Both lamps"
    MS-002  Second light
    $ ai-lab milestone list --all
    MILESTONE  STATUS     DUE         DONE      TITLE
    MS-001     planned    2026-02-10  50% of 2  First light
    MS-002     completed                        Second light
    $ ai-lab milestone list --json
    {
      "format": 1,
      "milestones": [
        {
          "label": "MS-001",
          "title": "First light",
          "project": "PROJ-001",
          "status": "planned",
          "due": "2026-02-10",
          "items_done": 1,
          "items_total": 2,
          "percent": 50
        }
      ]
    }
    $ ai-lab milestone show MS-001
    MS-001  First light
      status    planned
      progress  50%, 1 of 2 items
      project   PROJ-001
      due       2026-02-10

    items
      FRM-001
      FRM-002
    $ ai-lab milestone show MS-002
    MS-002  Second light
      status     completed
      completed  2026-02-03T04:05:06Z

    description
      Both lamps
    $ ai-lab repo list
    no repositories
    $ ai-lab repo add https://github.com/o/n --project FRM --description "The code" --visibility public
    REPO-001  o/n
    $ ai-lab repo add O/N
    error: the repo name `O/N` is taken
    next: `ai-lab repo list` shows what is taken
    [exit 5]
    $ ai-lab repo add "not a name"
    error: invalid value 'not a name' for '<OWNER/NAME>': `not a name` is no repository such as owner/name

    For more information, try '--help'.
    [exit 2]
    $ ai-lab repo edit o/n --full-name o/new --visibility none
    REPO-001  o/new
    $ ai-lab repo list
    REPO      PROJECT   NAME
    REPO-001  PROJ-001  o/new
    $ ai-lab repo show o/new
    REPO-001  o/new
      page     https://github.com/o/new
      project  PROJ-001

    description
      The code
    "#);
}
