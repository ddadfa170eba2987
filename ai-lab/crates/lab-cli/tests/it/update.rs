//! Another framework in force, from the command line; the framework is played by a shell script.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use insta::assert_snapshot;

use crate::program::{script, turn};
use crate::scene::Scene;

/// Every release in one script: which one it is, the folder that it lies in says. 1.2.0 is not healthy once it is in force.
const FRAMEWORK: &str = r#"
store=$AI_LAB_HOME/framework
place=$(cd "$(dirname "$0")/.." && pwd)
version=$(basename "$place"); version=${version%-*}
tree=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
case "$1 $2" in
"version --json") echo "{\"format\":1,\"name\":\"ai-lab-framework\",\"version\":\"$version\",\"contract\":1,\"schema\":\"1.1\"}";;
"release resolve")
    shift 4; wanted=$2; shift 2
    newest=1.2.0
    case "$*" in *1.2.0*) newest=1.1.0;; esac
    case "$wanted" in
    =*) newest=${wanted#=};;
    "~7"*) echo '{"format":1,"chosen":null,"others":[{"version":"1.2.0","reason":"out_of_range","detail":null}]}'; exit 4;;
    esac
    echo "{\"format\":1,\"chosen\":{\"version\":\"$newest\",\"changes\":[\"It knows more.\"]},\"others\":[]}";;
"release fetch")
    [ "$3" = 1.9.9 ] && { echo '{"error":{"class":"integrity","message":"the signature is not believed","causes":["no trusted key made it"],"hint":"ask who offers it"}}'; exit 20; }
    mkdir -p "$store/$3-0123456789abcdef/bin" "$store/$3-0123456789abcdef/share" && cp "$0" "$store/$3-0123456789abcdef/bin/"
    case $3 in 1.3.*) more=;; *) more=',"tool run":{}';; esac
    echo "{\"contract\":{\"major\":1,\"minor\":1},\"items\":{\"command\":{\"tool list\":{}$more}}}" >"$store/$3-0123456789abcdef/share/contract.json"
    echo "{\"format\":1,\"version\":\"$3\",\"place\":\"$store/$3-0123456789abcdef\",\"name\":\"$3-0123456789abcdef\",\"release_sha256\":\"$tree\",
    \"lock\":{\"version\":\"$3\",\"release_sha256\":\"$tree\",\"contract\":{\"major\":1,\"minor\":1},\"schemas\":{\"framework\":{\"major\":1,\"minor\":1}},
    \"archive\":[{\"target\":\"x86_64-unknown-linux-gnu\",\"file\":\"a.tar.gz\",\"bytes\":1,\"sha256\":\"$tree\",\"tree\":\"$tree\"}],
    \"wheel\":[{\"file\":\"w.whl\",\"bytes\":1,\"sha256\":\"$tree\"}]}}";;
"backup "*) exit 4;;
"self-test --lab")
    case "$version $AI_LAB_HOME" in "1.2.0 "*/scratch/home) ;; "1.2.0 "*) echo '{"checks":[{"name":"canary","ok":false,"said":"it died"}]}'; exit 7;; esac
    echo '{"checks":[{"name":"database","ok":true},{"name":"canary","ok":true}]}';;
"check-compatibility --json") echo '{"findings":[]}';;
"execution compare") echo '{"executions":[{"outcome":"same"},{"outcome":"cosmetic"}]}';;
*) echo '{}';;
esac
"#;

/// A lab, a framework that is installed, and releases on offer.
struct Stage {
    scene: Scene,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    fn new(marker: &str) -> Self {
        let turn = turn();
        let scene = Scene::new();
        let stage = Self { scene, _turn: turn };
        fs::create_dir_all(stage.at("releases")).expect("made");
        fs::create_dir_all(stage.at("0.0.0-x/bin")).expect("made");
        fs::create_dir_all(stage.at("home")).expect("made");
        script(&stage.at("0.0.0-x/bin/ai-lab-framework"), FRAMEWORK);
        stage.write("ai-lab.toml", marker);
        stage
    }

    fn at(&self, path: &str) -> PathBuf {
        self.scene.folder().join(path)
    }

    #[expect(clippy::disallowed_methods, reason = "the test writes its own lab")]
    fn write(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).expect("written");
    }

    /// Runs a command and shows its screen: times and what is the machine's own are replaced.
    fn run(&self, command: &str) -> String {
        let home = self.at("home").display().to_string();
        let path = format!("{}:/usr/bin:/bin", self.at("0.0.0-x/bin").display());
        let variables = [
            ("AI_LAB_HOME", home.as_str()),
            ("HOME", home.as_str()),
            ("PATH", path.as_str()),
        ];
        let words: Vec<&str> = command.split(' ').collect();
        let ended = self.scene.run_with(&variables, &words);
        let code = match ended.code {
            Some(0) => String::new(),
            Some(code) => format!("[exit {code}]\n"),
            None => "[killed]\n".to_owned(),
        };
        let screen = format!("$ ai-lab {command}\n{}{}{code}", ended.stdout, ended.stderr);
        timeless(&screen)
    }

    fn play(&self, commands: &[&str]) -> String {
        commands.iter().map(|command| self.run(command)).collect()
    }

    fn in_force(&self) -> Option<String> {
        let place = fs::read_link(self.at(".ai-lab/framework")).ok()?;
        Some(place.file_name()?.to_string_lossy().into_owned())
    }
}

/// `(12 ms)` as `(TIME)`.
fn timeless(screen: &str) -> String {
    let line = |line: &str| match line.rfind(" (") {
        Some(at) if line.ends_with(" ms)") || line.ends_with(" s)") => {
            format!("{} (TIME)\n", &line[..at])
        }
        Some(_) | None => format!("{line}\n"),
    };
    screen.lines().map(line).collect()
}

const MARKER: &str = "framework = \"~1\"\n\n[update]\nfrom = \"releases\"\n";

#[test]
fn a_framework_is_brought_updated_taken_back_and_rolled_back() {
    let stage = Stage::new(MARKER);
    assert_snapshot!(stage.play(&["framework status", "update --dry-run", "update --to 1.0.0", "framework status"]), @r#"
    $ ai-lab framework status
      wanted     ~1
      releases   releases
      by itself  off

    TO DO
      no framework is pinned: `ai-lab update` brings the first one
    $ ai-lab update --dry-run
    1.2.0 would be brought in force
      - It knows more.
    nothing was changed
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.2.0 is the newest that fits ~1 (TIME)
    $ ai-lab update --to 1.0.0
    1.0.0 is in force
      - It knows more.
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.0.0 is the newest that fits =1.0.0 (TIME)
      fetch and verify: 1.0.0-0123456789abcdef lies in the store (TIME)
      copy both databases: the lab's; the framework has none yet (TIME)
      migrate the copies: the framework's as the release wants it; the lab's: schema 1.6, sound (TIME)
      self-test on the copies: 2 checks passed (TIME)
      compatibility: the lab fits (TIME)
      backup: LAB/data/backups/ai-lab-20260203T040506Z-regular.tar.zst (TIME)
      drain: nothing runs, nothing begins (TIME)
      migrate both databases: the framework's as the release wants it; the lab's: as this version wants it (TIME)
      switch: .ai-lab/framework leads to LAB/home/framework/1.0.0-0123456789abcdef (TIME)
      trial: 3 times, 2 checks passed (TIME)
      settle: ai-lab.lock and requirements.txt say so (TIME)
    $ ai-lab framework status
      wanted     ~1
      locked     1.0.0
      in force   1.0.0
      place      LAB/home/framework/1.0.0-0123456789abcdef
      releases   releases
      by itself  off
    "#);
    assert_eq!(stage.in_force().as_deref(), Some("1.0.0-0123456789abcdef"));
    assert_snapshot!(stage.play(&["update", "framework quarantine list", "update", "lock --check"]), @r#"
    $ ai-lab update
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.2.0 is the newest that fits ~1, >=1.0.0 (TIME)
      fetch and verify: 1.2.0-0123456789abcdef lies in the store (TIME)
      copy both databases: the lab's; the framework has none yet (TIME)
      migrate the copies: the framework's as the release wants it; the lab's: schema 1.6, sound (TIME)
      self-test on the copies: 2 checks passed (TIME)
      contract: it promises what 1.0.0 does (TIME)
      compatibility: the lab fits (TIME)
      compare recorded executions: 1 same, 1 cosmetic, 0 changed, 0 new errors, 0 fixed (TIME)
      backup: LAB/data/backups/ai-lab-20260203T040506.001Z-regular.tar.zst (TIME)
      drain: nothing runs, nothing begins (TIME)
      migrate both databases: the framework's as the release wants it; the lab's: as this version wants it (TIME)
      switch: .ai-lab/framework leads to LAB/home/framework/1.2.0-0123456789abcdef (TIME)
      switch back: .ai-lab/framework leads to LAB/home/framework/1.0.0-0123456789abcdef (TIME)
      examine the one before: 3 times, 2 checks passed (TIME)
      settle: evidence in LAB/.ai-lab/update/evidence/1770091506001 (TIME)
    error: 1.2.0 was taken back: examination 1 of 3: canary: it died
    next: LAB/.ai-lab/update/evidence/1770091506001 has the evidence; `ai-lab framework quarantine clear VERSION` lets it be tried again
    [exit 9]
    $ ai-lab framework quarantine list
    VERSION  SINCE                 WHY
    1.2.0    2026-02-03T04:05:06Z  examination 1 of 3: canary: it died
    $ ai-lab update
    1.1.0 is in force
      - It knows more.
    1.0.0 was; `ai-lab rollback` brings it back
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.1.0 is the newest that fits ~1, >=1.0.0 (TIME)
      fetch and verify: 1.1.0-0123456789abcdef lies in the store (TIME)
      copy both databases: the lab's; the framework has none yet (TIME)
      migrate the copies: the framework's as the release wants it; the lab's: schema 1.6, sound (TIME)
      self-test on the copies: 2 checks passed (TIME)
      contract: it promises what 1.0.0 does (TIME)
      compatibility: the lab fits (TIME)
      compare recorded executions: 1 same, 1 cosmetic, 0 changed, 0 new errors, 0 fixed (TIME)
      backup: LAB/data/backups/ai-lab-20260203T040506.002Z-regular.tar.zst (TIME)
      drain: nothing runs, nothing begins (TIME)
      migrate both databases: the framework's as the release wants it; the lab's: as this version wants it (TIME)
      switch: .ai-lab/framework leads to LAB/home/framework/1.1.0-0123456789abcdef (TIME)
      trial: 3 times, 2 checks passed (TIME)
      settle: ai-lab.lock and requirements.txt say so (TIME)
    $ ai-lab lock --check
    ai-lab.toml, ai-lab.lock and requirements.txt agree
    "#);
    assert_eq!(stage.in_force().as_deref(), Some("1.1.0-0123456789abcdef"));
    assert_snapshot!(stage.play(&["rollback", "framework history", "rollback --to 7.0.0", "framework quarantine clear"]), @r#"
    $ ai-lab rollback
    1.0.0 is in force
    1.1.0 was; `ai-lab rollback` brings it back
      preflight: room, owner, clock and switch are sound (TIME)
      verify: 1.0.0-0123456789abcdef is as it was released (TIME)
      drain: nothing runs, nothing begins (TIME)
      switch: .ai-lab/framework leads to LAB/home/framework/1.0.0-0123456789abcdef (TIME)
      trial: 3 times, 2 checks passed (TIME)
      settle: ai-lab.lock and requirements.txt say so (TIME)
    $ ai-lab framework history
    OVER                  WHAT      FROM   TO     END         WHY
    2026-02-03T04:05:06Z  rollback  1.1.0  1.0.0  in force
    2026-02-03T04:05:06Z  update    1.0.0  1.1.0  in force
    2026-02-03T04:05:06Z  update    1.0.0  1.2.0  taken back  examination 1 of 3: c…
    2026-02-03T04:05:06Z  update    -      1.0.0  in force
    $ ai-lab rollback --to 7.0.0
    error: 7.0.0 was not in force in this lab before: see `ai-lab framework history`
    [exit 4]
    $ ai-lab framework quarantine clear
    nothing is in quarantine
    "#);
    assert_eq!(stage.in_force().as_deref(), Some("1.0.0-0123456789abcdef"));
}

#[test]
fn what_is_refused_changes_nothing() {
    let stage = Stage::new(MARKER);
    stage.run("update --to 1.1.0");
    let lock = fs::read(stage.at("ai-lab.lock")).expect("there");
    assert_snapshot!(stage.play(&[
        "update --to 1.0.0",
        "update --to 1.9.9",
        "update --to one",
        "update --from nowhere",
        "update --rehearse",
        "rollback",
        "framework install",
        "framework pin ~7",
        "update",
        "lock --check",
    ]), @r#"
    $ ai-lab update --to 1.0.0
    error: 1.0.0 is older than 1.1.0: `ai-lab rollback --to 1.0.0` goes back to one that was in force
    [exit 4]
    $ ai-lab update --to 1.9.9
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.9.9 is the newest that fits =1.9.9 (TIME)
    error: nothing was changed: fetch
    because: the signature is not believed: no trusted key made it
    next: ask who offers it
    [exit 22]
    $ ai-lab update --to one
    error: `one` is no version such as 1.4.2
    [exit 4]
    $ ai-lab update --from nowhere
    error: there are no releases at `nowhere`
    next: `--from FOLDER`, BUNDLE or URL names another place
    [exit 4]
    $ ai-lab update --rehearse
    nothing speaks against 1.2.0; nothing was changed
      - It knows more.
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.2.0 is the newest that fits ~1, >=1.1.0 (TIME)
      fetch and verify: 1.2.0-0123456789abcdef lies in the store (TIME)
      copy both databases: the lab's; the framework has none yet (TIME)
      migrate the copies: the framework's as the release wants it; the lab's: schema 1.6, sound (TIME)
      self-test on the copies: 2 checks passed (TIME)
      contract: it promises what 1.1.0 does (TIME)
      compatibility: the lab fits (TIME)
      compare recorded executions: 1 same, 1 cosmetic, 0 changed, 0 new errors, 0 fixed (TIME)
    $ ai-lab rollback
    error: nothing is known to have been in force before 1.1.0
    [exit 4]
    $ ai-lab framework install
    1.1.0 stays in force
    $ ai-lab framework pin ~7
    ai-lab.toml wants ~7
    `ai-lab update` brings it
    $ ai-lab update
      preflight: room, owner, clock and switch are sound (TIME)
    error: nothing was changed: fetch
    because: no release fits ~7, >=1.1.0: 1.2.0 is out of range
    [exit 4]
    $ ai-lab lock --check
    ai-lab.toml:1: it wants ~7, and ai-lab.lock has 1.1.0
      `ai-lab update` brings one that is wanted, `ai-lab framework pin` wants the one that is there
    error: ai-lab.toml, ai-lab.lock and requirements.txt say different things
    [exit 3]
    "#);
    assert_eq!(fs::read(stage.at("ai-lab.lock")).expect("there"), lock);
    assert_eq!(stage.in_force().as_deref(), Some("1.1.0-0123456789abcdef"));
}

#[test]
fn a_clone_gets_what_its_lock_says_and_a_lock_that_is_wrong_is_named_by_its_line() {
    let stage = Stage::new(MARKER);
    assert_snapshot!(stage.play(&["lock --check", "lock", "framework status", "framework install", "framework install"]), @r#"
    $ ai-lab lock --check
    ai-lab.lock:1: there is none
      `ai-lab lock` writes it
    error: ai-lab.toml, ai-lab.lock and requirements.txt say different things
    [exit 3]
    $ ai-lab lock
    ai-lab.lock has 1.2.0
      - It knows more.
    `ai-lab framework install` brings it in force
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.2.0 is the newest that fits ~1 (TIME)
      fetch and verify: 1.2.0-0123456789abcdef lies in the store (TIME)
      lock: ai-lab.lock and requirements.txt name it (TIME)
    $ ai-lab framework status
      wanted     ~1
      locked     1.2.0
      releases   releases
      by itself  off

    TO DO
      1.2.0 is locked and not in force: `ai-lab framework install` brings it
    $ ai-lab framework install
      preflight: room, owner, clock and switch are sound (TIME)
      fetch and verify: 1.2.0-0123456789abcdef lies in the store (TIME)
      drain: nothing runs, nothing begins (TIME)
      migrate both databases: the framework's as the release wants it; the lab's: as this version wants it (TIME)
      switch: .ai-lab/framework leads to LAB/home/framework/1.2.0-0123456789abcdef (TIME)
      switch back: nothing is in force, as before (TIME)
      settle: evidence in LAB/.ai-lab/update/evidence/1770091506000 (TIME)
    error: 1.2.0 was taken back: examination 1 of 3: canary: it died
    next: LAB/.ai-lab/update/evidence/1770091506000 has the evidence; `ai-lab framework quarantine clear VERSION` lets it be tried again
    [exit 9]
    $ ai-lab framework install
    error: 1.2.0 is in quarantine: examination 1 of 3: canary: it died
    next: `ai-lab framework quarantine clear VERSION` lets it be tried again
    [exit 6]
    "#);
    let text = fs::read_to_string(stage.at("ai-lab.lock")).expect("there");
    stage.write(
        "ai-lab.lock",
        &format!("<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> x\n"),
    );
    stage.write("requirements.txt", "mine==1\n");
    assert_snapshot!(stage.play(&["lock --check", "framework install"]), @r#"
    $ ai-lab lock --check
    ai-lab.lock:1: line 1 is a conflict that git left
      take one side with `git checkout --ours ai-lab.lock` or `--theirs`
    error: ai-lab.toml, ai-lab.lock and requirements.txt say different things
    [exit 3]
    $ ai-lab framework install
    error: ai-lab.lock cannot be read
    because: line 1 is a conflict that git left
    next: `ai-lab lock --check` names what is wrong and what sets it right
    [exit 3]
    "#);
    stage.write("ai-lab.lock", &text);
    assert_snapshot!(stage.play(&["lock --check", "lock", "lock --check"]), @r#"
    $ ai-lab lock --check
    requirements.txt:2: it is not what ai-lab.lock says
      `ai-lab lock` writes it anew
    error: ai-lab.toml, ai-lab.lock and requirements.txt say different things
    [exit 3]
    $ ai-lab lock
    ai-lab.lock has 1.2.0
    `ai-lab framework install` brings it in force
      preflight: room, owner, clock and switch are sound (TIME)
      fetch and verify: 1.2.0-0123456789abcdef lies in the store (TIME)
      lock: ai-lab.lock and requirements.txt name it (TIME)
    $ ai-lab lock --check
    ai-lab.toml, ai-lab.lock and requirements.txt agree
    "#);
    assert!(
        fs::read_to_string(stage.at("requirements.txt"))
            .expect("there")
            .starts_with("mine==1\n")
    );
}

/// A journal in that phase, from 1.0.0 to 1.2.0, and the switch where it is then.
fn left(stage: &Stage, phase: &str, switch: &str) {
    let home = stage.at("home").display().to_string();
    let placed = |version: &str| {
        format!(
            "{{\"name\":\"{version}-0123456789abcdef\",\"place\":\"{home}/framework/{version}-0123456789abcdef\",\"version\":\"{version}\"}}"
        )
    };
    let (old, new) = (placed("1.0.0"), placed("1.2.0"));
    stage.write(".ai-lab/update/journal.json", &format!(
        "{{\"format\":1,\"phase\":\"{phase}\",\"from\":\"1.0.0-0123456789abcdef\",\"to\":\"1.2.0-0123456789abcdef\",\"id\":\"7\",\
         \"kind\":\"update\",\"steps\":3,\"tries\":3,\"started_at_ms\":7,\"old\":{old},\"new\":{new},\"backup\":null,\
         \"services\":null,\"why\":null,\"done\":[]}}"
    ));
    let link = stage.at(".ai-lab/framework");
    fs::remove_file(&link).expect("there");
    symlink(
        Path::new(&home)
            .join("framework")
            .join(format!("{switch}-0123456789abcdef")),
        link,
    )
    .expect("made");
}

#[test]
fn any_command_goes_on_with_an_update_that_was_cut_short() {
    let stage = Stage::new(MARKER);
    stage.run("update --to 1.0.0");
    stage.run("update");
    stage.run("framework quarantine clear");
    left(&stage, "rehearsed", "1.0.0");
    assert_snapshot!(stage.run("item add One"), @r#"
    $ ai-lab item add One
    ITEM-001  One
    note: an update was cut short: it was given up; nothing was changed
    "#);
    left(&stage, "trial", "1.2.0");
    assert_snapshot!(stage.run("item list"), @r#"
    $ ai-lab item list
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         One
      switch back: .ai-lab/framework leads to LAB/home/framework/1.0.0-0123456789abcdef (TIME)
      examine the one before: 3 times, 2 checks passed (TIME)
      settle: evidence in LAB/.ai-lab/update/evidence/7 (TIME)
    note: an update was cut short: 1.2.0 was taken back: examination 1 of 3: canary: it died
    "#);
    assert_eq!(stage.in_force().as_deref(), Some("1.0.0-0123456789abcdef"));
    assert_snapshot!(stage.run("update --recover"), @r#"
    $ ai-lab update --recover
    no update was cut short
    "#);
    left(&stage, "safe_mode", "1.0.0");
    assert_snapshot!(stage.play(&["item list", "update", "framework status", "update --recover", "item list"]), @r#"
    $ ai-lab item list
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         One
    note: neither the new nor the old release of the framework was healthy: the tracker works, tools do not; `ai-lab update --recover` looks again
    $ ai-lab update
    note: neither the new nor the old release of the framework was healthy: the tracker works, tools do not; `ai-lab update --recover` looks again
    error: nothing was changed: begin
    because: an earlier update is not at its end
    next: `ai-lab update --recover` looks at it again
    [exit 5]
    $ ai-lab framework status
      wanted      ~1
      locked      1.0.0
      in force    1.0.0
      place       LAB/home/framework/1.0.0-0123456789abcdef
      releases    releases
      by itself   off
      quarantine  1.2.0

    TO DO
      neither the new nor the old release was healthy: `ai-lab update --recover` looks again
    $ ai-lab update --recover
    1.2.0 was taken back: it was not healthy
      examine the one before: 3 times, 2 checks passed (TIME)
      settle: evidence in LAB/.ai-lab/update/evidence/7 (TIME)
    $ ai-lab item list
    ITEM      STATUS  PRIORITY  DUE  TITLE
    ITEM-001  todo    medium         One
    "#);
    left(&stage, "dreaming", "1.0.0");
    assert_snapshot!(stage.run("update --recover"), @r#"
    $ ai-lab update --recover
    error: the journal of an update cannot be followed
    because: a newer `ai-lab` wrote it (form 1)
    next: `pip install --upgrade ai-lab` brings the version that can
    [exit 9]
    "#);
}

/// A screen without what units are named by: the folder's path, and where this program was built.
fn unnamed(screen: &str) -> String {
    let program = env!("CARGO_BIN_EXE_ai-lab");
    let folder = Path::new(program).parent().expect("it lies in a folder");
    let folder = folder.display().to_string();
    let mut plain = String::new();
    for line in screen.lines() {
        let line = line
            .replace(program, "PROGRAM")
            .replace(&folder, "PROGRAMS");
        let mut rest = line.as_str();
        while let Some(at) = ["update", "mcp", "watch"]
            .iter()
            .filter_map(|what| rest.find(&format!("ai-lab-{what}-")))
            .min()
        {
            let end = rest[at..].find('.').map_or(rest.len(), |dot| at + dot);
            let kept = at
                + rest[at..]
                    .match_indices('-')
                    .nth(2)
                    .map_or(0, |(dash, _)| dash);
            plain.push_str(&rest[..kept]);
            plain.push_str("-NAME");
            rest = &rest[end..];
        }
        plain.push_str(rest);
        plain.push('\n');
    }
    plain
}

#[test]
fn a_timer_watches_the_home_server() {
    let stage = Stage::new("framework = \"~1\"\n");
    let missing = stage.run("service install --watch --dry-run");
    script(&stage.at("0.0.0-x/bin/homeserver-agent"), "exit 0");
    let screen = stage.play(&[
        "service install --watch",
        "service status",
        "service remove",
    ]);
    assert_snapshot!(unnamed(&format!("{missing}{screen}")), @r#"
    $ ai-lab service install --watch --dry-run
    error: there is no program `homeserver-agent` on the PATH
    next: `pip install homeserver-agent` brings it
    [exit 8]
    $ ai-lab service install --watch
    # LAB/home/.config/systemd/user/ai-lab-update-NAME.timer
    [Unit]
    Description=Updates of the lab "LAB"

    [Timer]
    OnCalendar=daily
    RandomizedDelaySec=900

    [Install]
    WantedBy=timers.target
    # LAB/home/.config/systemd/user/ai-lab-update-NAME.service
    [Unit]
    Description=Update of the lab "LAB"

    [Service]
    Type=oneshot
    ExecStart="PROGRAM" --lab "LAB" update --auto
    Nice=10
    IOSchedulingClass=idle
    # LAB/home/.config/systemd/user/ai-lab-watch-NAME.timer
    [Unit]
    Description=Watches of the home server, for the lab "LAB"

    [Timer]
    OnCalendar=*:0/2
    AccuracySec=15

    [Install]
    WantedBy=timers.target
    # LAB/home/.config/systemd/user/ai-lab-watch-NAME.service
    [Unit]
    Description=Watch of the home server, for the lab "LAB"

    [Service]
    Type=oneshot
    Environment="PATH=PROGRAMS:LAB/0.0.0-x/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    ExecStart=-"LAB/0.0.0-x/bin/homeserver-agent" collect --lab "LAB"
    ExecStart="LAB/0.0.0-x/bin/homeserver-agent" watch --once --lab "LAB"
    TimeoutStartSec=600
    Nice=10
    IOSchedulingClass=idle
    NoNewPrivileges=yes
    written; `systemctl --user daemon-reload && systemctl --user enable --now ai-lab-update-NAME.timer ai-lab-watch-NAME.timer` switches them on
    $ ai-lab service status
    updates by themselves: off
    ai-lab-update-NAME.timer
    ai-lab-update-NAME.service
    ai-lab-watch-NAME.timer
    ai-lab-watch-NAME.service
    $ ai-lab service remove
    removed LAB/home/.config/systemd/user/ai-lab-update-NAME.timer
    removed LAB/home/.config/systemd/user/ai-lab-update-NAME.service
    removed LAB/home/.config/systemd/user/ai-lab-watch-NAME.timer
    removed LAB/home/.config/systemd/user/ai-lab-watch-NAME.service
    `systemctl --user disable --now ai-lab-update-NAME.timer ai-lab-update-NAME.service ai-lab-watch-NAME.timer ai-lab-watch-NAME.service; systemctl --user daemon-reload` switches them off
    "#);
}

#[test]
fn units_are_written_named_and_removed() {
    let stage =
        Stage::new("framework = \"~1\"\n\n[update]\nauto = \"patch\"\nwindow = \"03:00-05:00\"\n");
    let screen = stage.play(&[
        "service status",
        "service install --mcp 127.0.0.1:8765 --dry-run",
        "service install --mcp here",
        "service install",
        "service status",
        "service remove",
        "service remove",
    ]);
    assert_snapshot!(unnamed(&screen), @r#"
    $ ai-lab service status
    updates by themselves: patch, 03:00-05:00
    no units; `ai-lab service install` writes them
    $ ai-lab service install --mcp 127.0.0.1:8765 --dry-run
    # LAB/home/.config/systemd/user/ai-lab-update-NAME.timer
    [Unit]
    Description=Updates of the lab "LAB"

    [Timer]
    OnCalendar=*-*-* 03:00:00
    RandomizedDelaySec=900

    [Install]
    WantedBy=timers.target
    # LAB/home/.config/systemd/user/ai-lab-update-NAME.service
    [Unit]
    Description=Update of the lab "LAB"

    [Service]
    Type=oneshot
    ExecStart="PROGRAM" --lab "LAB" update --auto
    Nice=10
    IOSchedulingClass=idle
    # LAB/home/.config/systemd/user/ai-lab-mcp-NAME.service
    [Unit]
    Description=MCP server of the lab "LAB"

    [Service]
    WorkingDirectory=LAB
    ExecStart="LAB/.ai-lab/framework/bin/ai-lab-framework" mcp serve --http 127.0.0.1:8765
    Restart=on-failure
    RestartSec=2

    [Install]
    WantedBy=default.target
    nothing was written
    $ ai-lab service install --mcp here
    error: `here` is no address such as 127.0.0.1:8765
    [exit 2]
    $ ai-lab service install
    # LAB/home/.config/systemd/user/ai-lab-update-NAME.timer
    [Unit]
    Description=Updates of the lab "LAB"

    [Timer]
    OnCalendar=*-*-* 03:00:00
    RandomizedDelaySec=900

    [Install]
    WantedBy=timers.target
    # LAB/home/.config/systemd/user/ai-lab-update-NAME.service
    [Unit]
    Description=Update of the lab "LAB"

    [Service]
    Type=oneshot
    ExecStart="PROGRAM" --lab "LAB" update --auto
    Nice=10
    IOSchedulingClass=idle
    written; `systemctl --user daemon-reload && systemctl --user enable --now ai-lab-update-NAME.timer` switches them on
    $ ai-lab service status
    updates by themselves: patch, 03:00-05:00
    ai-lab-update-NAME.timer
    ai-lab-update-NAME.service
    $ ai-lab service remove
    removed LAB/home/.config/systemd/user/ai-lab-update-NAME.timer
    removed LAB/home/.config/systemd/user/ai-lab-update-NAME.service
    `systemctl --user disable --now ai-lab-update-NAME.timer ai-lab-update-NAME.service; systemctl --user daemon-reload` switches them off
    $ ai-lab service remove
    there were none
    "#);
}

#[test]
fn a_release_is_carried_in_one_file() {
    let stage = Stage::new(MARKER);
    fs::create_dir_all(stage.at("releases/1.1.0")).expect("made");
    for file in ["index.json", "index.json.minisig", "1.1.0/release.json"] {
        stage.write(&format!("releases/{file}"), "{}");
    }
    assert_snapshot!(stage.play(&[
        "framework bundle 1.1.0 one.tar",
        "framework bundle 1.7.0 two.tar",
        "update --to 1.1.0 --from one.tar --dry-run",
        "update --from ai-lab.toml",
    ]), @r#"
    $ ai-lab framework bundle 1.1.0 one.tar
    LAB/one.tar: 3 files, 4 KiB
    $ ai-lab framework bundle 1.7.0 two.tar
    error: there is no release 1.7.0
    [exit 4]
    $ ai-lab update --to 1.1.0 --from one.tar --dry-run
    1.1.0 would be brought in force
      - It knows more.
    nothing was changed
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.1.0 is the newest that fits =1.1.0 (TIME)
    $ ai-lab update --from ai-lab.toml
    error: LAB/ai-lab.toml is no bundle: failed to read entire block
    [exit 11]
    "#);
}

#[test]
fn a_release_that_promises_less_than_the_one_in_force_is_refused() {
    let stage = Stage::new(MARKER);
    stage.run("update --to 1.0.0");
    assert_snapshot!(stage.play(&["update --to 1.3.0", "framework quarantine list"]), @r#"
    $ ai-lab update --to 1.3.0
      preflight: room, owner, clock and switch are sound (TIME)
      resolve: 1.3.0 is the newest that fits =1.3.0 (TIME)
      fetch and verify: 1.3.0-0123456789abcdef lies in the store (TIME)
      copy both databases: the lab's; the framework has none yet (TIME)
      migrate the copies: the framework's as the release wants it; the lab's: schema 1.6, sound (TIME)
      self-test on the copies: 2 checks passed (TIME)
    error: nothing was changed: rehearsal
    because: 1.3.0 does not promise all that 1.0.0 does: command tool run
    next: a release of the same major may only add: another one is needed
    [exit 9]
    $ ai-lab framework quarantine list
    none
    "#);
    assert_eq!(stage.in_force().as_deref(), Some("1.0.0-0123456789abcdef"));
}
