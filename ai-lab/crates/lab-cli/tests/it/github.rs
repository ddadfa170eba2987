//! `ai-lab github` against the stand-in on this machine.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use lab_standin::{Github, Server};

use crate::program::Ended;
use crate::scene::Scene;

/// What must show nowhere.
const TOKEN: &str = "ghp_notToBeSeen";

struct Stage {
    scene: Scene,
    server: Server,
}

impl Stage {
    fn new() -> Self {
        let mut github = Github::new("octo/lab");
        github.manners.token = Some(TOKEN.to_owned());
        let stage = Self {
            scene: Scene::new(),
            server: Server::start(github).expect("a free port"),
        };
        stage.scene.prepare(
            r#"project add Framework --prefix FRM
               item add "Pump" --project PROJ-001 --label bug
               item add "Valve" --parent FRM-001"#,
        );
        stage
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let api = self.server.api();
        let more = [
            ("AI_LAB_GITHUB_API", api.as_str()),
            ("AI_LAB_GITHUB_TOKEN", TOKEN),
        ];
        let ended = self.scene.run_with(&more, arguments);
        assert!(!ended.stdout.contains(TOKEN) && !ended.stderr.contains(TOKEN));
        ended
    }

    /// Standard output and exit code of a command.
    fn shown(&self, arguments: &[&str]) -> (String, Option<i32>) {
        let ended = self.run(arguments);
        (format!("{}{}", ended.stdout, ended.stderr), ended.code)
    }

    /// The name of the plan that there is now.
    fn plan(&self) -> String {
        let ended = self.run(&["github", "sync", "--plan", "--json"]);
        let answer: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
        answer["plan"].as_str().expect("a plan").to_owned()
    }
}

#[test]
fn a_repository_is_linked_looked_at_and_then_written() {
    let stage = Stage::new();
    let (told, code) = stage.shown(&["github", "sync"]);
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("no repository is linked"), "{told}");
    assert_eq!(
        stage
            .run(&["github", "link", "octo/lab", "--project", "PROJ-001"])
            .code,
        Some(0)
    );
    let (told, _) = stage.shown(&["github", "sync"]);
    let plan = stage.plan();
    assert_eq!(
        told,
        format!(
            "octo/lab  2 things to do\n  make an issue of FRM-001 there: Pump (labels)\n  \
             make an issue of FRM-001-1 there: Valve (parent)\n\
             `ai-lab github sync octo/lab --apply {plan}` carries it out\n"
        )
    );
    let (told, code) = stage.shown(&["github", "sync", "--apply", "0123456789abcdef"]);
    assert!(
        code == Some(5) && told.contains("the plan is"),
        "{code:?} {told}"
    );
    let (told, _) = stage.shown(&["github", "sync", "--apply", &plan]);
    assert_eq!(told, "octo/lab  2 made there, 1 changed there\n");
    let (told, _) = stage.shown(&["github", "sync"]);
    assert_eq!(told, "octo/lab  both sides are alike\n");
    let (told, _) = stage.shown(&["github", "status"]);
    assert!(
        told.contains("octo/lab") && told.contains("2 of 2"),
        "{told}"
    );
    stage.server.with(|github| {
        assert_eq!(github.violations, Vec::<String>::new());
        assert_eq!(github.forge.issues[&2].parent, Some(1));
    });
    let log = stage.run(&["log", "--json"]).stdout;
    assert!(log.contains("sync") && log.contains("github.push"), "{log}");
}

#[test]
fn conflicts_are_listed_and_settled() {
    let stage = Stage::new();
    stage.run(&["github", "link", "octo/lab", "--project", "PROJ-001"]);
    let plan = stage.plan();
    stage.run(&["github", "sync", "--apply", &plan]);
    stage.run(&["item", "edit", "FRM-001", "--title", "Pump here"]);
    stage.server.with(|github| {
        github.now += 60;
        let now = github.now;
        let issue = github.forge.issues.get_mut(&1).expect("there");
        (issue.title, issue.updated) = ("Pump there".to_owned(), now);
    });
    assert_eq!(stage.shown(&["github", "conflicts"]).0, "no conflicts\n");
    let (told, _) = stage.shown(&["github", "sync"]);
    assert!(told.contains("FRM-001 #1 title"), "{told}");
    let (told, _) = stage.shown(&["github", "conflicts"]);
    assert!(
        told.contains("Pump here") && told.contains("Pump there"),
        "{told}"
    );
    let none = stage.shown(&[
        "github", "resolve", "FRM-001", "--field", "body", "--take", "local",
    ]);
    assert_eq!(none.1, Some(4), "{}", none.0);
    assert_eq!(
        stage
            .run(&["github", "resolve", "FRM-001", "--take", "remote"])
            .code,
        Some(0)
    );
    assert_eq!(
        stage.shown(&["github", "sync"]).0,
        "octo/lab  1 changed here\n"
    );
    assert!(
        stage
            .run(&["item", "show", "FRM-001"])
            .stdout
            .contains("Pump there")
    );
    for listing in ["status", "conflicts"] {
        let json = stage.run(&["github", listing, "--json"]).stdout;
        assert!(
            serde_json::from_str::<serde_json::Value>(&json).is_ok(),
            "{json}"
        );
    }
}

#[test]
fn a_comment_waits_for_the_next_run_and_goes_out_once() {
    let stage = Stage::new();
    stage.run(&["github", "link", "octo/lab", "--project", "PROJ-001"]);
    let plan = stage.plan();
    stage.run(&["github", "sync", "--apply", &plan]);
    assert_eq!(
        stage.shown(&["github", "comments", "FRM-001"]).0,
        "no comments\n"
    );
    stage.run(&["github", "comment", "FRM-001", "Seen, thanks"]);
    assert!(
        stage
            .shown(&["github", "comments", "FRM-001"])
            .0
            .contains("on its way")
    );
    assert_eq!(
        stage.shown(&["github", "sync"]).0,
        "octo/lab  1 commented\n"
    );
    let (told, _) = stage.shown(&["github", "comments", "FRM-001"]);
    assert!(
        told.contains("octocat") && told.contains("  Seen, thanks\n"),
        "{told}"
    );
    let empty = stage.shown(&["github", "comment", "FRM-001", " "]);
    assert_ne!(empty.1, Some(0));
}

#[test]
fn a_wrong_address_token_or_choice_is_told() {
    let stage = Stage::new();
    stage.run(&["github", "link", "octo/lab", "--project", "PROJ-001"]);
    let scene = &stage.scene;
    let api = stage.server.api();
    let said = |more: &[(&str, &str)], arguments: &[&str]| {
        let ended = scene.run_with(more, arguments);
        (ended.stderr, ended.code)
    };
    let sync = &["github", "sync"];
    let (told, code) = said(&[("AI_LAB_GITHUB_API", "http://example.org")], sync);
    assert!(
        code == Some(3) && told.contains("without TLS"),
        "{code:?} {told}"
    );
    let (told, code) = said(
        &[("AI_LAB_GITHUB_API", &api), ("GITHUB_TOKEN", "other")],
        sync,
    );
    assert!(
        code == Some(3) && told.contains("does not take the token"),
        "{code:?} {told}"
    );
    let (told, code) = said(
        &[("AI_LAB_GITHUB_API", &api), ("GITHUB_TOKEN", "two words")],
        sync,
    );
    assert!(
        code == Some(3) && told.contains("GITHUB_TOKEN holds no token"),
        "{code:?} {told}"
    );
    let wrong = stage.run(&["github", "sync", "--prefer", "weather=local"]);
    assert!(
        wrong
            .stderr
            .contains("no field `weather`: title, body, state"),
        "{}",
        wrong.stderr
    );
    let (told, _) = said(
        &[("AI_LAB_GITHUB_WEBHOOK_SECRET", " ")],
        &["github", "webhook", "serve"],
    );
    assert!(told.contains("AI_LAB_GITHUB_WEBHOOK_SECRET"), "{told}");
}

/// Rings with GitHub's own example of a signature.
fn ring(address: &str, signature: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let body = "Hello, World!";
    let letter = format!(
        "POST / HTTP/1.1\r\nX-GitHub-Event: issues\r\nX-GitHub-Delivery: d1\r\n\
         X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(letter.as_bytes()).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("read");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_webhook_makes_the_lab_look_and_writes_nothing_there() {
    let stage = Stage::new();
    stage.run(&["github", "link", "octo/lab", "--project", "PROJ-001"]);
    let plan = stage.plan();
    stage.run(&["github", "sync", "--apply", &plan]);
    stage.run(&["item", "add", "Not to be sent", "--project", "PROJ-001"]);
    stage.server.with(|github| {
        github.now += 60;
        github.forge.add_issue("From there", "ann", github.now);
    });
    #[expect(clippy::disallowed_methods, reason = "a test starts the program")]
    let mut child = Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(["github", "webhook", "serve", "--port", "0", "--rings", "1"])
        .current_dir(stage.scene.folder())
        .env_clear()
        .env("USER", "jo")
        .env("AI_LAB_GITHUB_API", stage.server.api())
        .env("AI_LAB_GITHUB_TOKEN", TOKEN)
        .env("AI_LAB_GITHUB_WEBHOOK_SECRET", "It's a Secret to Everybody")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("text");
    let address = first
        .strip_prefix("listening on http://")
        .expect("an address");
    let right = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(
        ring(address, &right.replace('7', "8")),
        "HTTP/1.1 401 Unauthorized"
    );
    assert_eq!(ring(address, right), "HTTP/1.1 202 Accepted");
    let rest: Vec<String> = lines.map(|line| line.expect("text")).collect();
    assert!(child.wait().expect("it ends").success());
    assert!(
        rest.iter().any(|line| line.contains("1 made here")),
        "{rest:?}"
    );
    assert!(stage.run(&["item", "list"]).stdout.contains("From there"));
    assert_eq!(stage.server.with(|github| github.forge.issues.len()), 3);
}

/// Two items as issues, the one a part of the other: what every end must come to.
fn assert_whole(stage: &Stage) {
    stage.server.with(|github| {
        let titles: Vec<&str> = github
            .forge
            .issues
            .values()
            .map(|issue| issue.title.as_str())
            .collect();
        assert_eq!(titles, ["Pump", "Valve"]);
        assert_eq!(github.forge.issues[&2].parent, Some(1));
        assert_eq!(github.violations, Vec::<String>::new());
    });
    let (told, _) = stage.shown(&["github", "sync"]);
    assert_eq!(told, "octo/lab  both sides are alike\n");
}

/// Runs the program until GitHub has done a request and not answered, and kills it there.
fn kill_at(stage: &Stage, plan: &str, number: usize) {
    stage
        .server
        .with(|github| github.manners.silent_from = Some(number));
    #[expect(clippy::disallowed_methods, reason = "a test starts the program")]
    let mut child = Command::new(env!("CARGO_BIN_EXE_ai-lab"))
        .args(["github", "sync", "--apply", plan])
        .current_dir(stage.scene.folder())
        .env_clear()
        .env("USER", "jo")
        .env("AI_LAB_CLOCK", "2026-02-03T04:04:00Z")
        .env("AI_LAB_GITHUB_API", stage.server.api())
        .env("AI_LAB_GITHUB_TOKEN", TOKEN)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    stage.server.until_silent();
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    stage
        .server
        .with(|github| github.manners.silent_from = None);
}

#[test]
fn a_program_killed_where_github_writes_makes_nothing_twice() {
    let ready = || {
        let stage = Stage::new();
        stage.run(&["github", "link", "octo/lab", "--project", "PROJ-001"]);
        let plan = stage.plan();
        (stage, plan)
    };
    let (stage, plan) = ready();
    stage.run(&["github", "sync", "--apply", &plan]);
    assert_whole(&stage);
    let is_write = |asked: &lab_standin::Asked| asked.verb != "GET";
    let writes: Vec<usize> = stage.server.with(|github| {
        let asked = github.asked.iter().enumerate();
        asked
            .filter(|(_, asked)| is_write(asked))
            .map(|(number, _)| number)
            .collect()
    });
    // A label, two issues, a part.
    assert_eq!(writes.len(), 4);
    for number in writes {
        let (stage, plan) = ready();
        kill_at(&stage, &plan, number);
        let ended = stage.run(&["github", "sync"]);
        assert_eq!(ended.code, Some(0), "{number}: {}", ended.stderr);
        assert_whole(&stage);
    }
}
