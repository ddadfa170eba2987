//! The framework is killed at random moments while it runs tools, several at once, and the next start sets all right.
//!
//! A test run plays ten rounds; `scripts/kill-rounds 500` plays five hundred, ten a lab.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Read as _;
use std::ops::AddAssign;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::scene::Lab;

/// Writes its execution's id beside it and answers a little later: what is written there is written too early to be
/// an answer, so that counting it as one must show losses.
const HASTY: &str = r#"read -r line
id=${line#*'"execution_id":"'}
echo "${id%%'"'*}" >>state/said
sleep 0.05
echo '{"data":{"ok":true}}'
"#;

/// The tools of a round: three profiles, and one that has to be ended.
const TOOLS: [&str; 4] = ["experimental", "standard", "production", "endless"];

/// How many rounds a test run plays.
const ROUNDS: usize = 10;

/// How long the control is waited for, in rounds.
const MOST_ROUNDS: usize = 200;

/// What came of some rounds.
#[derive(Debug, Default)]
struct Figures {
    rounds: usize,
    /// Framework processes that were killed.
    killed: usize,
    /// Executions that a person was given an answer of.
    acknowledged: usize,
    /// Those of them that the record does not have as succeeded.
    missing: usize,
    /// Executions that a later start closed as interrupted.
    interrupted: usize,
    /// Rows that were still `started` after the next start.
    open: usize,
    /// Databases that could not be read or whose chain was broken.
    corrupt: usize,
    /// Processes in the lab after the next start.
    left: usize,
    /// What would have been lost had the tool's own word counted as an answer.
    control_lost: usize,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, more: Self) {
        self.rounds += more.rounds;
        self.killed += more.killed;
        self.acknowledged += more.acknowledged;
        self.missing += more.missing;
        self.interrupted = more.interrupted;
        self.open += more.open;
        self.corrupt += more.corrupt;
        self.left += more.left;
        self.control_lost = more.control_lost;
    }
}

fn lab() -> Lab {
    let lab = Lab::new();
    for profile in &TOOLS[..3] {
        let more = format!("profile = \"{profile}\"\ngrants = {{ write = [\"state\"] }}");
        lab.tool(profile, HASTY, &more);
        lab.write(&format!("lab/tools/{profile}/state/said"), "");
    }
    lab.tool("endless", "exec sleep 1000", "");
    // Production runs what was approved, and nothing else.
    let locked = lab.shell("ai-lab-framework tool lock");
    assert!(locked.status.success(), "{locked:?}");
    lab
}

/// The framework's program in the lab, past any shell: what is killed is the framework.
#[expect(clippy::disallowed_methods, reason = "plays the person at the shell")]
fn framework(lab: &Lab) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ai-lab-framework"));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", lab.path("home"))
        .env("AI_LAB_HOME", lab.path("home/.ai-lab"))
        .current_dir(lab.path("lab"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Runs the tool and kills the framework after that time, if it still runs. Gives whether it was killed and the
/// execution that was answered.
fn strike(lab: &Lab, tool: &str, after: Duration) -> (bool, Option<String>) {
    let mut command = framework(lab);
    let action = format!("{tool}.go");
    let mut process = command
        .args(["tool", "run", &action, "--json"])
        .spawn()
        .expect("it starts");
    let mut stdout = process.stdout.take().expect("it is piped");
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut told = Vec::new();
            let _cut = stdout.read_to_end(&mut told);
            sender.send(told).expect("somebody waits");
        });
        let ended = receiver.recv_timeout(after).ok();
        let killed = ended.is_none() && process.try_wait().is_ok_and(|status| status.is_none());
        if killed {
            process.kill().expect("it was started here");
        }
        process.wait().expect("it was started here");
        let told = ended.unwrap_or_else(|| receiver.recv().expect("it has ended"));
        (killed, answered(&told))
    })
}

/// The execution of a whole answer with data.
fn answered(told: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(told).ok()?;
    answer.get("data")?;
    Some(answer["execution_id"].as_str()?.to_owned())
}

/// Each execution in the record with its status; `None` when it cannot be read.
fn record(lab: &Lab) -> Option<BTreeMap<String, String>> {
    let mut command = framework(lab);
    let list = command.args(["execution", "list", "--json", "--limit", "1000"]);
    let list: Value = serde_json::from_slice(&list.output().ok()?.stdout).ok()?;
    let rows = list["executions"].as_array()?.iter();
    rows.map(|row| {
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        Some((text("execution_id")?, text("status")?))
    })
    .collect()
}

fn is_whole(lab: &Lab) -> bool {
    let verified = framework(lab).args(["execution", "verify"]).status();
    verified.is_ok_and(|status| status.success())
}

/// Processes whose working folder is in the lab.
fn processes_in(root: &Path) -> usize {
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    entries
        .filter(|entry| {
            fs::read_link(entry.path().join("cwd")).is_ok_and(|folder| folder.starts_with(root))
        })
        .count()
}

/// What the tools wrote too early.
fn said(lab: &Lab) -> BTreeSet<String> {
    let files = TOOLS[..3]
        .iter()
        .map(|tool| lab.path(&format!("lab/tools/{tool}/state/said")));
    files
        .flat_map(|file| {
            let text = fs::read_to_string(file).expect("it is there");
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// A number from 0 to 1, of no quality but that of being another each time.
fn random() -> f64 {
    let [first, second, ..] = RandomState::new().build_hasher().finish().to_le_bytes();
    f64::from(u16::from_le_bytes([first, second])) / f64::from(u16::MAX)
}

/// One round: every tool at once, each with its blow; then the next start, and the look at what is there.
fn round(lab: &Lab, longest: Duration, all: &mut BTreeSet<String>) -> Figures {
    let moment = || longest.mul_f64(random());
    let struck: Vec<(bool, Option<String>)> = std::thread::scope(|scope| {
        let strikes = TOOLS.map(|tool| {
            let after = moment();
            scope.spawn(move || strike(lab, tool, after))
        });
        strikes
            .into_iter()
            .map(|strike| strike.join().expect("no panic"))
            .collect()
    });
    all.extend(struck.iter().filter_map(|(_, answered)| answered.clone()));
    let next = framework(lab)
        .args(["tool", "run", "probe.look", "host=nas"])
        .status()
        .expect("it starts");
    let rows = record(lab);
    let corrupt = !next.success() || rows.is_none() || !is_whole(lab);
    let rows = rows.unwrap_or_default();
    let with = |wanted: &str| rows.values().filter(|status| *status == wanted).count();
    let lost = |ids: &BTreeSet<String>| {
        let succeeded = |id: &&String| rows.get(*id).is_some_and(|status| status == "succeeded");
        ids.len() - ids.iter().filter(succeeded).count()
    };
    Figures {
        rounds: 1,
        killed: struck.iter().filter(|(killed, _)| *killed).count(),
        acknowledged: struck
            .iter()
            .filter(|(_, answered)| answered.is_some())
            .count(),
        missing: lost(all),
        interrupted: with("interrupted"),
        open: with("started"),
        corrupt: usize::from(corrupt),
        left: processes_in(&lab.path("")),
        control_lost: lost(&said(lab)),
    }
}

fn play(rounds: usize) -> Figures {
    let lab = lab();
    let mut longest = Duration::ZERO;
    for profile in &TOOLS[..3] {
        let begun = Instant::now();
        let (_, answered) = strike(&lab, profile, Duration::from_mins(1));
        assert!(
            answered.is_some(),
            "{profile} is not harmed and not answered"
        );
        // A little beyond a whole run: some blows fall too late.
        longest = longest.max(begun.elapsed().mul_f64(1.5));
    }
    let mut all = BTreeSet::new();
    let mut figures = Figures::default();
    // Until the control has shown that a loss would be seen.
    while figures.rounds < rounds || (figures.control_lost == 0 && figures.rounds < MOST_ROUNDS) {
        figures += round(&lab, longest, &mut all);
    }
    let Figures {
        missing,
        open,
        corrupt,
        left,
        ..
    } = figures;
    assert_eq!((missing, open, corrupt, left), (0, 0, 0, 0), "{figures:?}");
    assert!(
        figures.killed > 0 && figures.acknowledged > 0,
        "{figures:?}"
    );
    assert!(
        figures.control_lost > 0,
        "a loss would not be seen: {figures:?}"
    );
    figures
}

#[test]
fn ten_rounds_lose_nothing_that_was_answered() {
    println!("{:?}", play(ROUNDS));
}
