//! A lab where nothing was.

use crate::{answers, folder, init, plan, tree};
use lab_scaffold::{GitAct, plan_init, survey};

#[test]
fn a_new_lab_has_its_files_and_nothing_else() {
    let at = folder();
    let lab = at.path().join("deep/home");
    init(&lab);
    let files = tree(&lab);
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            ".agents/skills/ai-lab-tools/SKILL.md",
            ".agents/skills/ai-lab-tracker/SKILL.md",
            ".gitattributes",
            ".gitignore",
            "AGENTS.md",
            "GEMINI.md",
            "README.md",
            "ai-lab.toml",
            "config/.gitkeep",
            "data/backups/.gitkeep",
            "data/schemas/.gitkeep",
            "projects/homeserver-agent/README.md",
            "projects/homeserver-agent/data/work-items/.gitkeep",
            "projects/homeserver-agent/tools/.gitkeep",
            "requirements.txt",
            "tools/global-tools/.gitkeep",
            "tools/tracker/README.md",
            "tools/tracker/tool.toml",
        ]
    );
    assert_eq!(
        files["ai-lab.toml"],
        "# What this lab is, and what it asks for.\n\
         format = 1\n\
         name = \"Home\"\n\
         # The framework versions it runs on; `~0.1` is 0.1.0 up to 0.2.\n\
         framework = \"~0.1\"\n\n[files]\n# Each change of the tracker writes its file at once; `false` leaves that to `ai-lab sync`.\nmirror = true\n"
    );
    assert_eq!(
        files["requirements.txt"],
        "# ai-lab:begin (written by `ai-lab init`, your own text goes outside)\n\
         ai-lab-framework==0.1.0\n\
         # ai-lab:end\n"
    );
    assert!(files["AGENTS.md"].starts_with("# Home\n\n<!-- ai-lab:begin"));
}

#[test]
fn a_second_init_changes_nothing() {
    let at = folder();
    init(at.path());
    let before = tree(at.path());
    let again = plan(at.path()).expect("it can be planned");
    assert!(!again.changes_anything(), "{again:?}");
    assert_eq!(init(at.path()), [""; 0]);
    assert_eq!(tree(at.path()), before);
}

#[test]
fn a_second_init_with_other_answers_keeps_what_is_there() {
    let at = folder();
    init(at.path());
    let before = tree(at.path());
    let other = lab_scaffold::Answers {
        name: "Other".parse().expect("it is a name"),
        git: true,
        ..answers()
    };
    let existing = survey(at.path(), None).expect("the folder is read");
    let plan = plan_init(&other, &existing).expect("it can be planned");
    assert_eq!(
        crate::told(&plan),
        [
            "keep README.md: it is yours",
            "keep ai-lab.toml: it is yours"
        ]
    );
    assert_eq!(plan.git, GitAct::Settled);
    assert_eq!(tree(at.path()), before);
}

#[test]
fn a_plan_alone_writes_nothing_and_reads_as_json() {
    let at = folder();
    let lab = at.path().join("home");
    let plan = plan(&lab).expect("it can be planned");
    assert!(!lab.exists());
    let json = serde_json::to_value(&plan).expect("a plan is JSON");
    assert_eq!(json["name"], "Home");
    assert_eq!(
        json["steps"][0],
        serde_json::json!({ "path": ".gitignore", "act": "create" })
    );
    assert_eq!(json["git"], serde_json::json!({ "act": "not_wanted" }));
}
