//! Who may call what: lists of clients, tokens, confirmations, and the session of each client.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use ai_lab_contract::ErrorClass;
use alf_ops::{
    Call, Client, Failure, Framework, ToolPattern, authenticate, bind_session, bound_session,
    client_allows, create_token, end_session, list_clients, list_tokens, pause_session,
    propose_call, rebind_session, redeem_confirmation, refuse_call, revoke_token,
    session_of_client, start_session,
};
use alf_store::SessionStatus;
use serde_json::json;

use crate::scene::{Lab, NARROW, NOW_MS, WELL, call, run, shown};

fn told<T>(result: Result<T, Failure>) -> Result<T, (ErrorClass, String)> {
    result.map_err(|failure| (failure.class, failure.chain().join(": ")))
}

fn patterns(texts: &[&str]) -> Vec<ToolPattern> {
    let read = texts.iter().map(|text| text.parse().expect("a pattern"));
    read.collect()
}

fn later(lab: &Lab, ms: i64) -> Framework {
    let mut surroundings = lab.surroundings();
    surroundings.clock = alf_ops::Clock::fixed(NOW_MS + ms);
    Framework::new(surroundings)
}

fn kept(lab: &Lab, file: &str) -> PathBuf {
    lab.path("home/access").join(file)
}

fn mode(path: &PathBuf) -> u32 {
    fs::metadata(path)
        .expect("it is there")
        .permissions()
        .mode()
        & 0o777
}

fn may(framework: &Framework, client: &str, address: &str) -> Result<bool, (ErrorClass, String)> {
    let (tool, action) = address.split_once('.').expect("an address");
    let tool = tool.parse().expect("a name");
    told(client_allows(
        framework,
        client,
        &tool,
        &action.parse().expect("a name"),
    ))
}

#[test]
fn a_token_opens_what_it_is_for_until_it_is_taken_back_or_too_old() {
    let lab = Lab::new();
    let framework = lab.framework();
    assert_eq!(told(authenticate(&framework, "ail_anything")), Ok(None));
    let all = create_token(&framework, "all", &[], None).expect("it is made");
    let minute = Duration::from_mins(1);
    let some = create_token(&framework, "some", &patterns(&["probe.look"]), Some(minute));
    let some = some.expect("it is made");
    let scope = |framework: &Framework, token: &str| {
        let scope = authenticate(framework, token).expect("it can be read");
        scope.map(|scope| {
            let may = ["look", "forget"].map(|action| {
                scope.allows(
                    &"probe".parse().expect("a name"),
                    &action.parse().expect("a name"),
                )
            });
            (scope.name, may)
        })
    };
    assert_eq!(
        scope(&framework, &all.token),
        Some(("all".to_owned(), [true, true]))
    );
    assert_eq!(
        scope(&framework, &some.token),
        Some(("some".to_owned(), [true, false]))
    );
    // All but its last digit.
    let digits = &some.token[..some.token.len() - 1];
    let last = if some.token.ends_with('0') { '1' } else { '0' };
    let almost = format!("{digits}{last}");
    for wrong in [
        "",
        "ail_",
        "all",
        &almost,
        &"x".repeat(10_000),
        some.row.name.as_str(),
    ] {
        assert_eq!(scope(&framework, wrong), None, "{wrong}");
    }
    let text = fs::read_to_string(kept(&lab, "tokens.json")).expect("there is one");
    assert!(
        !text.contains(&all.token[4..]) && text.contains("sha256:"),
        "{text}"
    );
    assert!(!format!("{all:?}").contains(&all.token));
    // Another server, with the same home.
    assert_eq!(
        scope(&later(&lab, 59_999), &some.token).map(|scope| scope.0),
        Some("some".into())
    );
    assert_eq!(scope(&later(&lab, 60_000), &some.token), None);
    let listed = list_tokens(&later(&lab, 60_000))
        .expect("they can be read")
        .tokens;
    let listed: Vec<(&str, bool)> = listed.iter().map(|row| (&*row.name, row.expired)).collect();
    assert_eq!(listed, [("all", false), ("some", true)]);
    let other = lab.framework();
    revoke_token(&other, "all").expect("it is there");
    assert_eq!(scope(&framework, &all.token), None);
}

fn refused(result: Result<(), Failure>) -> Result<(), (ErrorClass, String)> {
    let hint = |failure: &Failure| failure.hint().unwrap_or_default().to_owned();
    result.map_err(|failure| (failure.class, hint(&failure)))
}

#[test]
fn names_of_tokens_are_checked_and_the_likely_one_is_told() {
    let lab = Lab::new();
    let framework = lab.framework();
    create_token(&framework, "laptop", &[], None).expect("it is made");
    assert_eq!(
        refused(create_token(&framework, "laptop", &[], None).map(drop)),
        Err((
            ErrorClass::Conflict,
            "`ai-lab-framework mcp token revoke laptop` takes that one back.".to_owned()
        ))
    );
    assert_eq!(
        refused(revoke_token(&framework, "labtop").map(drop)).map_err(|(_, hint)| hint),
        Err("Did you mean `laptop`?".to_owned())
    );
    for name in ["", "a b", "a\nb", &"x".repeat(65)] {
        let class = told(create_token(&framework, name, &[], None)).map_err(|(class, _)| class);
        assert_eq!(class.map(drop), Err(ErrorClass::Usage), "{name}");
    }
}

#[test]
fn what_is_kept_of_clients_is_for_its_owner_alone_and_what_was_tampered_with_is_named() {
    let lab = Lab::new();
    let framework = lab.framework();
    let token = create_token(&framework, "one", &[], None)
        .expect("it is made")
        .token;
    let file = kept(&lab, "tokens.json");
    assert_eq!(
        (mode(&file), mode(&lab.path("home/access"))),
        (0o600, 0o700)
    );
    let text = fs::read_to_string(&file).expect("there is one");
    let refused = |tampered: &str| {
        lab.write("home/access/tokens.json", tampered);
        told(authenticate(&framework, &token))
            .map(drop)
            .map_err(|(class, told)| (class, lab.without_root(&told)))
    };
    let named = "/home/access/tokens.json";
    let no_json = refused("{").expect_err("because it is half a document");
    assert_eq!(no_json.0, ErrorClass::Environment);
    assert!(
        no_json
            .1
            .starts_with(&format!("{named} is not what the framework wrote there"))
    );
    assert_eq!(
        refused(&text.replace("\"format\": 1", "\"format\": 2")),
        Err((
            ErrorClass::Incompatible,
            format!("{named} has the form 2, this framework reads 1")
        ))
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("it is ours");
    assert_eq!(
        refused(&text),
        Err((
            ErrorClass::Environment,
            format!(
                "cannot use what the framework keeps of clients: {named} can be reached by other \
                 accounts"
            )
        ))
    );
    // Nothing is written over it either.
    assert!(create_token(&framework, "two", &[], None).is_err());
    fs::remove_file(&file).expect("it is there");
    std::os::unix::fs::symlink("/etc/passwd", &file).expect("a link");
    assert!(told(authenticate(&framework, &token)).is_err());
}

#[test]
fn a_code_confirms_the_very_call_that_was_shown_once_and_for_ten_minutes() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, NARROW);
    let framework = lab.framework();
    let wanted = call("probe", json!({ "n": 1 }));
    let shown = propose_call(&framework, &wanted, "opencode").expect("it can be planned");
    assert_eq!(shown.expires_at_ms, NOW_MS + 600_000);
    assert_eq!(
        shown.plan[..2],
        ["would run probe.go: Goes.", "input: {\"n\":1}"]
    );
    let kept_text = fs::read_to_string(kept(&lab, "confirmations.json")).expect("there is one");
    assert!(!kept_text.contains(&shown.code), "{kept_text}");
    let redeem = |framework: &Framework, call: &Call, code: &str, client: &str| {
        told(redeem_confirmation(framework, call, code, client))
    };
    let no = |why: &str| Err((ErrorClass::Refused, why.to_owned()));
    let unknown = "this confirmation code was not given, or was used before";
    let another = "this confirmation code was given for another call: tool, action, input, client or \
                   lab differ";
    assert_eq!(redeem(&framework, &wanted, "", "opencode"), no(unknown));
    assert_eq!(redeem(&framework, &wanted, &shown.code, "opencode"), Ok(()));
    assert_eq!(
        redeem(&framework, &wanted, &shown.code, "opencode"),
        no(unknown)
    );
    let code = || {
        propose_call(&framework, &wanted, "opencode")
            .expect("it can be planned")
            .code
    };
    let other_input = call("probe", json!({ "n": 2 }));
    assert_eq!(
        redeem(&framework, &other_input, &code(), "opencode"),
        no(another)
    );
    let tried = code();
    assert_eq!(
        redeem(&framework, &wanted, &tried, "gemini-cli"),
        no(another)
    );
    assert_eq!(redeem(&framework, &wanted, &tried, "opencode"), no(unknown));
    let (in_time, too_late) = (code(), code());
    assert_eq!(
        redeem(&later(&lab, 599_999), &wanted, &in_time, "opencode"),
        Ok(())
    );
    assert_eq!(
        redeem(&later(&lab, 600_000), &wanted, &too_late, "opencode"),
        no("this confirmation code is too old")
    );
    let before = code();
    lab.write("lab/tools/probe/run.sh", "echo other\n");
    assert_eq!(
        redeem(&framework, &wanted, &before, "opencode"),
        no(another)
    );
    let wrong = call("probe", json!({ "n": "one" }));
    let class = propose_call(&framework, &wrong, "opencode").map_err(|failure| failure.class);
    assert_eq!(class, Err(ErrorClass::InvalidInput));
}

#[test]
fn of_many_that_use_one_code_at_once_one_is_let_through() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, NARROW);
    let wanted = call("probe", json!({}));
    for _ in 0..8 {
        let shown = propose_call(&lab.framework(), &wanted, "c").expect("it can be planned");
        let frameworks: Vec<Framework> = (0..8).map(|_| lab.framework()).collect();
        let let_through = std::thread::scope(|scope| {
            let redeemers: Vec<_> = frameworks
                .iter()
                .map(|own| {
                    scope.spawn(|| redeem_confirmation(own, &wanted, &shown.code, "c").is_ok())
                })
                .collect();
            let done = redeemers
                .into_iter()
                .map(|one| one.join().expect("it ends"));
            done.filter(|let_through| *let_through).count()
        });
        assert_eq!(let_through, 1);
    }
}

#[test]
fn so_many_codes_wait_and_the_oldest_goes_first() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, NARROW);
    let framework = lab.framework();
    let wanted = call("probe", json!({}));
    let first = propose_call(&framework, &wanted, "c").expect("it can be planned");
    let mut last = first.clone();
    for _ in 0..256 {
        last = propose_call(&framework, &wanted, "c").expect("it can be planned");
    }
    assert!(redeem_confirmation(&framework, &wanted, &first.code, "c").is_err());
    assert!(redeem_confirmation(&framework, &wanted, &last.code, "c").is_ok());
}

#[test]
fn a_refused_call_is_recorded_with_its_client_and_runs_nothing() {
    let lab = Lab::new();
    lab.tool_with(
        "probe",
        "touch ran; echo '{\"data\":{\"ok\":true}}'\n",
        NARROW,
    );
    let framework = lab.framework();
    let wanted = Call {
        client: Some(Client::told("opencode", "1", "2025-11-25")),
        ..call("probe", json!({}))
    };
    let completed = refuse_call(&framework, &wanted, "nobody confirmed it").expect("recorded");
    let error = completed.error.as_ref().expect("it is refused");
    assert_eq!(
        (error.class, &*error.message),
        (ErrorClass::Refused, "nobody confirmed it")
    );
    let row = shown(&framework, &completed).execution;
    assert_eq!(
        (
            row.status.as_str(),
            row.start.client_name.as_str(),
            row.start.sandbox.as_str()
        ),
        ("failed", "opencode", "none")
    );
    assert!(!lab.path("lab/tools/probe/ran").exists());
}

#[test]
fn a_list_of_a_client_denies_what_is_not_in_it_and_the_labs_can_only_narrow() {
    let lab = Lab::new();
    lab.tool_with("probe", WELL, NARROW);
    let framework = lab.framework();
    assert_eq!(may(&framework, "opencode", "probe.go"), Ok(true));
    let own = "[clients.OpenCode]\nallow = [\"probe\", \"prob.go\", \"other.*\"]\n\n[default]\nallow = []\n";
    lab.write("home/clients.toml", own);
    assert_eq!(may(&framework, "opencode", "probe.go"), Ok(true));
    assert_eq!(may(&framework, "opencode", "third.go"), Ok(false));
    assert_eq!(may(&framework, "gemini-cli", "probe.go"), Ok(false));
    lab.write(
        "lab/config/clients.toml",
        "[clients.opencode]\ndeny = [\"probe.go\"]\n[clients.gemini-cli]\nallow = [\"*\"]\n",
    );
    assert_eq!(may(&framework, "opencode", "probe.go"), Ok(false));
    assert_eq!(may(&framework, "opencode", "other.go"), Ok(true));
    assert_eq!(may(&framework, "gemini-cli", "probe.go"), Ok(false));
    let report = list_clients(&framework).expect("they can be read");
    let rows: Vec<(Option<&str>, String)> = report
        .clients
        .iter()
        .map(|row| {
            (
                row.client.as_deref(),
                lab.without_root(&row.file.display().to_string()),
            )
        })
        .collect();
    let (home, labs) = (
        "/home/clients.toml".to_owned(),
        "/lab/config/clients.toml".to_owned(),
    );
    assert_eq!(
        rows,
        [
            (Some("opencode"), home.clone()),
            (None, home),
            (Some("gemini-cli"), labs.clone()),
            (Some("opencode"), labs),
        ]
    );
    let unmatched: Vec<(String, Option<&str>)> = report
        .unmatched
        .iter()
        .map(|one| (one.pattern.to_string(), one.nearest.as_deref()))
        .collect();
    assert_eq!(
        unmatched,
        [
            ("prob.go".to_owned(), Some("probe")),
            ("other.*".to_owned(), None)
        ]
    );
}

#[test]
fn a_list_that_cannot_be_read_lets_nobody_through() {
    let lab = Lab::new();
    let framework = lab.framework();
    lab.write("home/clients.toml", "[clients.opencode]\nalow = []\n");
    assert_eq!(
        may(&framework, "gemini-cli", "probe.go").map_err(|(class, told)| (class, lab.without_root(&told))),
        Err((
            ErrorClass::Config,
            "/home/clients.toml does not say what clients may call: `clients.opencode.alow`: unknown \
             key `alow`; did you mean `allow`"
                .to_owned()
        ))
    );
}

#[test]
fn a_client_goes_on_in_its_session_until_that_is_put_aside() {
    let lab = Lab::new();
    let framework = lab.framework();
    let session = |client: &str| {
        // Each time another server.
        session_of_client(&lab.framework(), client)
            .expect("there is one")
            .session
    };
    assert_eq!(told(bound_session(&framework, "opencode")), Ok(None));
    let first = session("opencode");
    assert_eq!(first.title, "opencode in lab");
    assert_eq!(session("opencode").id, first.id);
    let other = session("gemini-cli");
    assert_ne!(other.id, first.id);
    pause_session(&framework, first.id.as_str(), "for later").expect("it is active");
    let second = session("opencode");
    assert_ne!(second.id, first.id);
    // Another client takes the first over; both go on in it.
    let taken = rebind_session(&framework, "gemini-cli", first.id.as_str()).expect("it is there");
    assert_eq!(
        (taken.session.status, session("gemini-cli").id),
        (SessionStatus::Active, first.id.clone())
    );
    bind_session(&framework, "opencode", &first.id).expect("it is there");
    assert_eq!(session("opencode").id, first.id);
    end_session(&framework, first.id.as_str()).expect("it is there");
    assert_ne!(session("opencode").id, first.id);
    let class =
        rebind_session(&framework, "opencode", first.id.as_str()).map_err(|failure| failure.class);
    assert_eq!(class.map(drop), Err(ErrorClass::Refused));
    let nowhere = "nowhere".parse().expect("an id");
    assert_eq!(
        told(bind_session(&framework, "opencode", &nowhere)),
        Err((
            ErrorClass::NotFound,
            "there is no session nowhere".to_owned()
        ))
    );
    // In another lab a client has another session.
    let mut elsewhere = lab.surroundings();
    elsewhere.instance = Some(lab.path("elsewhere"));
    let elsewhere =
        session_of_client(&Framework::new(elsewhere), "gemini-cli").expect("there is one");
    assert_ne!(elsewhere.session.id, session("gemini-cli").id);
}

#[test]
fn servers_that_ask_at_once_are_given_one_session() {
    let lab = Lab::new();
    let frameworks: Vec<Framework> = (0..8).map(|_| lab.framework()).collect();
    let mut ids: Vec<String> = std::thread::scope(|scope| {
        let asked: Vec<_> = frameworks
            .iter()
            .map(|own| scope.spawn(|| session_of_client(own, "c").expect("there is one")))
            .collect();
        let given = asked.into_iter().map(|one| one.join().expect("it ends"));
        given.map(|detail| detail.session.id.to_string()).collect()
    });
    ids.dedup();
    assert_eq!(ids.len(), 1);
    // A call in it is a call in that session.
    lab.tool_with("probe", WELL, NARROW);
    let framework = lab.framework();
    let id = start_session(&framework, "by hand", None)
        .expect("it begins")
        .session
        .id;
    bind_session(&framework, "c", &id).expect("it is there");
    let bound = bound_session(&framework, "c").expect("it can be read");
    let completed = run(
        &framework,
        &Call {
            session: bound,
            ..call("probe", json!({}))
        },
    );
    assert_eq!(completed.expect("it runs").session_id, Some(id));
}
