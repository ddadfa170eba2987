//! Three clones of a lab's repository, changed at random and merged in any order by git itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ended, ai_lab};

const CLONES: [&str; 3] = ["a", "b", "c"];
const ITEMS: usize = 3;

/// What someone does in a clone.
#[derive(Clone, Debug)]
enum Edit {
    Title(usize),
    Label(usize),
    Criterion(usize),
    Time(usize),
    Start(usize),
    Priority(usize, bool),
    DependsOn(usize, usize),
    Add,
}

fn edit() -> impl Strategy<Value = Edit> {
    (0..9_u8, 0..ITEMS, any::<u8>()).prop_map(|(what, item, value)| match what {
        0 => Edit::Title(item),
        1 | 2 => Edit::Label(item),
        3 => Edit::Criterion(item),
        4 => Edit::Time(item),
        5 => Edit::Start(item),
        6 => Edit::Priority(item, value > 99),
        7 => Edit::DependsOn(item, usize::from(value) % ITEMS),
        _ => Edit::Add,
    })
}

struct Clones {
    at: TempDir,
    clock: std::cell::Cell<u32>,
    words: std::cell::Cell<u32>,
}

impl Clones {
    /// A lab in a repository, and two clones of it.
    fn new() -> Self {
        let at = tempfile::tempdir().expect("a folder");
        let clones = Self {
            at,
            clock: std::cell::Cell::new(0),
            words: std::cell::Cell::new(0),
        };
        clones.lab(".", &["init", "a"]);
        clones.lab("a", &["project", "add", "Home", "--prefix", "HS"]);
        for number in 0..ITEMS {
            clones.lab(
                "a",
                &["item", "add", &format!("Item {number}"), "--project", "HS"],
            );
        }
        clones.commit("a");
        for clone in ["b", "c"] {
            clones.git(".", &["clone", "--quiet", "a", clone]);
            clones.lab(clone, &["init"]);
            clones.lab(clone, &["sync"]);
            clones.commit(clone);
        }
        clones
    }

    fn folder(&self, clone: &str) -> PathBuf {
        self.at.path().join(clone)
    }

    fn run(&self, clone: &str, arguments: &[&str]) -> Ended {
        let tick = self.clock.get() + 1;
        self.clock.set(tick);
        let now = format!("2026-02-03T04:{:02}:{:02}Z", tick / 60 % 60, tick % 60);
        let path = search_path();
        let variables = [
            ("USER", Path::new(clone)),
            ("AI_LAB_CLOCK", Path::new(&now)),
            ("PATH", Path::new(&path)),
        ];
        ai_lab(&self.folder(clone), &variables, arguments)
    }

    /// Runs a command that succeeds, or tells of conflicts alone.
    fn lab(&self, clone: &str, arguments: &[&str]) -> String {
        let ended = self.run(clone, arguments);
        let only_conflicts = ended.stderr.contains("to be settled");
        assert!(
            ended.code == Some(0) || only_conflicts,
            "{arguments:?} {ended:?}"
        );
        ended.stdout
    }

    fn git(&self, clone: &str, arguments: &[&str]) -> String {
        #[expect(clippy::disallowed_methods, reason = "git is what is tested with")]
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=jo",
                "-c",
                "user.email=jo@example.org",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .current_dir(self.folder(clone))
            .env_clear()
            .env("PATH", search_path())
            .env("HOME", self.at.path())
            .stdin(Stdio::null())
            .output()
            .expect("git starts");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "git {arguments:?} in {clone}: {told}{said}"
        );
        told
    }

    fn commit(&self, clone: &str) {
        self.git(clone, &["add", "--all"]);
        let changes = self.git(clone, &["status", "--porcelain"]);
        if !changes.is_empty() {
            self.git(clone, &["commit", "--quiet", "--message", "x"]);
        }
    }

    fn word(&self) -> String {
        let word = self.words.get() + 1;
        self.words.set(word);
        format!("w{word}")
    }

    /// Carries an edit out; answers with the words that must not be lost.
    fn edit(&self, clone: &str, edit: &Edit) -> Vec<String> {
        let item = |number: &usize| format!("HS-{:03}", number + 1);
        let word = self.word();
        let on = |number: &usize, rest: &[&str]| {
            let label = item(number);
            let head = ["item", "edit", &label].map(str::to_owned).into_iter();
            head.chain(rest.iter().map(|it| (*it).to_owned()))
                .collect::<Vec<_>>()
        };
        let (arguments, kept) = match edit {
            Edit::Title(number) => (on(number, &["--title", &word]), true),
            Edit::Label(number) => (on(number, &["--label", &word]), true),
            Edit::Criterion(number) => (on(number, &["--criterion", &word]), true),
            Edit::Time(number) => (on(number, &["--spent", "1.5", "--spent-on", &word]), true),
            Edit::Priority(number, true) => (on(number, &["--priority", "high"]), false),
            Edit::Priority(number, false) => (on(number, &["--priority", "low"]), false),
            Edit::DependsOn(number, other) => (on(number, &["--depends-on", &item(other)]), false),
            Edit::Start(number) => (
                ["item", "start", &item(number)].map(str::to_owned).into(),
                false,
            ),
            Edit::Add => {
                let add = ["item", "add", &word, "--project", "HS"];
                (add.map(str::to_owned).into(), true)
            }
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ended = self.run(clone, &arguments);
        // Begun already, or in a circle: then it did not happen.
        let refused = ended.code != Some(0);
        assert!(!(refused && kept), "{arguments:?} {ended:?}");
        if kept { vec![word] } else { Vec::new() }
    }

    /// Every document of a clone; nothing in it may be what a merge leaves.
    fn documents(&self, clone: &str) -> Vec<Value> {
        let mut documents = Vec::new();
        let mut folders = vec![
            self.folder(clone).join("projects"),
            self.folder(clone).join("data"),
        ];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("it is listed") {
                let path = entry.expect("it is read").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "json")
                    && !path.parent().is_some_and(|it| it.ends_with("schemas"))
                {
                    let text = fs::read_to_string(&path).expect("it is read");
                    assert!(!text.contains("<<<<<<<"), "{text}");
                    documents.push(serde_json::from_str(&text).expect("it is JSON"));
                }
            }
        }
        documents
    }
}

/// The folder of the program that is tested, and the system's.
fn search_path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_ai-lab"));
    let folder = program.parent().expect("it lies in a folder");
    format!("{}:/usr/bin:/bin", folder.display())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clones_merged_in_any_order_lose_nothing(
        edits in vec((0..3_usize, edit()), 3..10),
        order in vec((0..3_usize, 0..3_usize), 1..4),
        late in vec((0..3_usize, edit()), 0..4),
    ) {
        let clones = Clones::new();
        let mut words: Vec<String> = Vec::new();
        // Of each title that someone set, only the last of each clone is owed.
        let mut titles: BTreeMap<(usize, usize), String> = BTreeMap::new();
        let merge = |into: usize, from: usize| {
            if into == from {
                return;
            }
            for clone in [into, from] {
                clones.lab(CLONES[clone], &["sync"]);
                clones.commit(CLONES[clone]);
            }
            let (into, from) = (CLONES[into], format!("../{}", CLONES[from]));
            clones.git(into, &["pull", "--quiet", "--no-rebase", "--no-edit", &from, "main"]);
            clones.lab(into, &["sync"]);
            clones.commit(into);
        };
        for (clone, it) in &edits {
            let kept = clones.edit(CLONES[*clone], it);
            match it {
                Edit::Title(item) => { titles.insert((*clone, *item), kept[0].clone()); }
                _ => words.extend(kept),
            }
        }
        for (into, from) in &order {
            merge(*into, *from);
        }
        // After some merges everybody goes on; a new title would rightly be instead of an older one.
        for (clone, it) in late.iter().filter(|(_, it)| !matches!(it, Edit::Title(_))) {
            words.extend(clones.edit(CLONES[*clone], it));
        }
        for (into, from) in [(0, 1), (0, 2), (1, 0), (2, 0)] {
            merge(into, from);
        }
        let documents = clones.documents("a");
        let told = serde_json::to_string(&documents).expect("it is JSON");
        for word in words.iter().chain(titles.values()) {
            prop_assert!(told.contains(&format!("\"{word}\"")), "{word} is lost: {told}");
        }
        for (kind, key) in [("item", "uid"), ("item", "label")] {
            let items: Vec<&str> = documents.iter().filter(|it| it["kind"] == kind).map(|it| it[key].as_str().unwrap_or("")).collect();
            let different: BTreeSet<&&str> = items.iter().collect();
            prop_assert_eq!(different.len(), items.len(), "{:?}", items);
        }
        // All three have the same in the end.
        for clone in ["b", "c"] {
            let mut theirs: Vec<String> = clones.documents(clone).iter().map(Value::to_string).collect();
            let mut ours: Vec<String> = documents.iter().map(Value::to_string).collect();
            theirs.sort();
            ours.sort();
            prop_assert_eq!(theirs, ours);
            let list = |clone: &str| clones.run(clone, &["item", "list", "--all", "--json"]).stdout;
            let bare = |clone: &str| -> BTreeSet<String> {
                let listing: Value = serde_json::from_str(&list(clone)).expect("it is JSON");
                let items = listing["items"].as_array().cloned().unwrap_or_default();
                items.iter().map(|it| format!("{} {} {}", it["label"], it["title"], it["status"])).collect()
            };
            prop_assert_eq!(bare(clone), bare("a"));
        }
    }
}
