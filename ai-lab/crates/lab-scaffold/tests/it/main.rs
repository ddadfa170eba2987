//! Labs written into temporary folders.

mod existing;
mod faults;
mod fresh;
mod git;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use lab_scaffold::{Act, Answers, FrameworkPin, InitPlan, PlanError, carry_out, plan_init, survey};
use tempfile::TempDir;

/// Every file below a folder with its text, `.git` left out.
type Tree = BTreeMap<String, String>;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder is made")
}

fn answers() -> Answers {
    Answers {
        folder: "/home/jo/lab".into(),
        name: "Home".parse().expect("it is a name"),
        framework: FrameworkPin {
            range: "~0.1",
            version: "0.1.0",
        },
        git: false,
    }
}

fn plan(folder: &Path) -> Result<InitPlan, PlanError> {
    plan_init(
        &answers(),
        &survey(folder, None).expect("the folder is read"),
    )
}

/// Plans and carries out; tells what happened where something happened or was kept.
fn init(folder: &Path) -> Vec<String> {
    let plan = plan(folder).expect("it can be planned");
    carry_out(&plan, folder).expect("it is carried out");
    told(&plan)
}

fn told(plan: &InitPlan) -> Vec<String> {
    plan.steps
        .iter()
        .filter_map(|step| match &step.act {
            Act::Create { .. } => Some(format!("create {}", step.path)),
            Act::Update { .. } => Some(format!("update {}", step.path)),
            Act::Keep { why } => Some(format!("keep {}: {why}", step.path)),
            Act::Unchanged => None,
        })
        .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests write what a person has written before"
)]
fn write(path: &Path, text: &str) {
    let above = path.parent().expect("it lies in a folder");
    fs::create_dir_all(above).expect("the folder is made");
    fs::write(path, text).expect("the file is written");
}

fn program(path: &Path, script: &str) {
    write(path, script);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is made to run");
}

fn tree(folder: &Path) -> Tree {
    let mut files = Tree::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(above) = folders.pop() {
        for entry in fs::read_dir(above).expect("the folder is listed") {
            let path = entry.expect("the entry is read").path();
            if path.is_dir() && !path.ends_with(".git") {
                folders.push(path);
            } else if path.is_file() {
                let below = path.strip_prefix(folder).expect("it lies below");
                let text = fs::read_to_string(&path).expect("it is text");
                files.insert(below.to_string_lossy().into_owned(), text);
            }
        }
    }
    files
}
