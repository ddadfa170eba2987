#![expect(
    clippy::unnecessary_wraps,
    reason = "a script mixes answers with losses"
)]

use std::collections::VecDeque;

use lab_model::RepoName;

use super::*;
use crate::{NewIssue, RepoThere};

/// Answers from a script, and keeps what was asked.
#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Result<Answer, Lost>>,
    asked: Vec<String>,
}

impl Exchange for Script {
    fn exchange(&mut self, _: &ApiAddress, call: &Call) -> Result<Answer, Lost> {
        self.asked.push(call.to_string());
        self.answers.pop_front().expect("the script is long enough")
    }
}

/// A clock that moves by waiting alone.
#[derive(Debug, Default)]
struct Clock {
    ms: i64,
    waits: Vec<(u64, Wait)>,
}

impl Pace for Clock {
    fn now(&self) -> Moment {
        Moment::from_ms(self.ms).expect("in range")
    }

    fn wait(&mut self, time: Duration, why: Wait) {
        self.waits.push((time.as_secs(), why));
        self.ms += i64::try_from(time.as_millis()).expect("in range");
    }
}

fn repo() -> RepoName {
    "o/n".parse().expect("a name")
}

fn status(status: u16) -> Result<Answer, Lost> {
    Ok(Answer {
        status,
        body: br#"{"id": 1, "full_name": "o/n"}"#.to_vec(),
        ..Answer::default()
    })
}

fn said(status: u16, body: &str) -> Result<Answer, Lost> {
    Ok(Answer {
        status,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    })
}

fn unknown() -> Result<Answer, Lost> {
    Err(Lost::Unknown("cut".to_owned()))
}

type Made = (Result<RepoThere, CallError>, Vec<String>, Vec<(u64, Wait)>);

/// What a call comes to, how often it was made, and what was waited for.
fn made(call: &Call, answers: Vec<Result<Answer, Lost>>) -> Made {
    let mut script = Script {
        answers: answers.into(),
        ..Script::default()
    };
    let mut clock = Clock::default();
    let longest = Duration::from_mins(15);
    let mut client = Client::new(&mut script, &mut clock, ApiAddress::default(), longest);
    let came = client.ask(call);
    assert!(script.answers.is_empty(), "the script was longer");
    (came, script.asked, clock.waits)
}

fn create() -> Call {
    Call::create_issue(&repo(), &NewIssue::default())
}

#[test]
fn reading_is_tried_again_with_growing_waits_and_then_given_up() {
    let call = Call::repo(&repo());
    let (came, _, waits) = made(&call, vec![unknown(), status(502), status(200)]);
    assert_eq!(came.map(|repo| repo.id), Ok(1));
    assert_eq!(waits, [(1, Wait::Again), (2, Wait::Again)]);
    let (came, asked, _) = made(&call, vec![unknown(), unknown(), unknown(), unknown()]);
    let lost = Lost::Unknown("cut".to_owned());
    assert_eq!(came, Err(CallError::Lost { call, lost }));
    assert_eq!(asked.len(), 4);
}

#[test]
fn a_create_that_may_have_happened_is_never_sent_again() {
    for answer in [unknown(), status(502)] {
        let (came, asked, _) = made(&create(), vec![answer]);
        assert!(came.is_err_and(|error| error.may_have_happened()));
        assert_eq!(asked.len(), 1);
    }
    let not_sent = || Err(Lost::NotSent("refused".to_owned()));
    let (came, asked, _) = made(&create(), vec![not_sent(), status(201)]);
    assert_eq!((came.is_ok(), asked.len()), (true, 2));
    let error = made(
        &create(),
        vec![not_sent(), not_sent(), not_sent(), not_sent()],
    )
    .0;
    assert!(error.is_err_and(|error| !error.may_have_happened()));
}

#[test]
fn limits_are_waited_for_as_they_say_and_not_for_ever() {
    let limited = |status: u16, retry_after, remaining, reset, text: &str| {
        Ok(Answer {
            status,
            retry_after,
            remaining,
            reset,
            body: format!(r#"{{"message": "{text}"}}"#).into_bytes(),
            ..Answer::default()
        })
    };
    let call = Call::repo(&repo());
    for (answer, expected) in [
        (limited(429, Some(7), None, None, ""), 7),
        (limited(403, Some(30), Some(10), None, ""), 30),
        (limited(403, None, Some(0), Some(100), ""), 101),
        (
            limited(
                403,
                None,
                None,
                None,
                "You have exceeded a secondary rate limit",
            ),
            60,
        ),
        (limited(429, None, None, None, ""), 60),
    ] {
        let (came, _, waits) = made(&call, vec![answer, status(200)]);
        assert_eq!((came.is_ok(), waits), (true, vec![(expected, Wait::Limit)]));
    }
    let untold = || limited(429, None, None, None, "");
    let (came, _, waits) = made(&call, vec![untold(), untold(), untold(), status(200)]);
    assert!(came.is_ok());
    assert_eq!(
        waits.iter().map(|wait| wait.0).collect::<Vec<_>>(),
        [60, 120, 240]
    );
    let (came, _, waits) = made(&call, vec![limited(429, Some(901), None, None, "")]);
    let (wait, why) = (Duration::from_secs(901), Wait::Limit);
    assert_eq!(
        came,
        Err(CallError::Limited {
            call: call.clone(),
            wait,
            why
        })
    );
    assert!(waits.is_empty());
    let six = (0..6)
        .map(|_| limited(429, Some(1), None, None, ""))
        .collect();
    assert!(matches!(made(&call, six).0, Err(CallError::Limited { .. })));
    let plain = limited(403, None, Some(10), None, "Resource not accessible");
    assert!(matches!(
        made(&call, vec![plain]).0,
        Err(CallError::Forbidden { .. })
    ));
}

#[test]
fn writes_keep_a_second_between_them() {
    let mut script = Script {
        answers: [status(201), status(201), status(200)].into(),
        ..Script::default()
    };
    let mut clock = Clock::default();
    let longest = Duration::from_secs(1);
    let mut client = Client::new(&mut script, &mut clock, ApiAddress::default(), longest);
    assert!(client.tell(&create()).is_ok() && client.tell(&create()).is_ok());
    assert!(client.tell(&Call::repo(&repo())).is_ok());
    assert_eq!(client.now().ms(), 1_000);
    client.wait(Duration::from_secs(2), Wait::Settling);
    assert_eq!(clock.waits, [(1, Wait::BetweenWrites), (2, Wait::Settling)]);
}

#[test]
fn a_renamed_repository_is_followed_and_nothing_else() {
    let moved = |status: u16, address: &str| {
        Ok(Answer {
            status,
            location: Some(address.to_owned()),
            ..Answer::default()
        })
    };
    let there = "https://api.github.com/repositories/1";
    let (came, asked, _) = made(&Call::repo(&repo()), vec![moved(301, there), status(200)]);
    assert!(came.is_ok());
    assert_eq!(asked, ["GET /repos/o/n", "GET /repositories/1"]);
    let (came, asked, _) = made(&create(), vec![moved(307, there), status(201)]);
    assert!(came.is_ok());
    assert_eq!(asked, ["POST /repos/o/n/issues", "POST /repositories/1"]);
    let change = Call::change_issue(&repo(), 1, &crate::IssueChange::default());
    assert!(matches!(
        made(&change, vec![moved(301, there)]).0,
        Err(CallError::Gone { .. })
    ));
    let away = "https://example.org/x";
    assert!(matches!(
        made(&Call::repo(&repo()), vec![moved(301, away)]).0,
        Err(CallError::SentOn { address, .. }) if address == away
    ));
    let round = (0..4).map(|_| moved(302, there)).collect();
    assert!(matches!(
        made(&Call::repo(&repo()), round).0,
        Err(CallError::SentOn { .. })
    ));
}

#[test]
fn a_refusal_has_its_own_error() {
    let call = create();
    let text = r#"{"message": "Validation Failed", "errors": [{"field": "name", "code": "already_exists"}, "x"]}"#;
    let (came, ..) = made(&call, vec![said(422, text)]);
    let message = "Validation Failed; name already_exists; x".to_owned();
    assert_eq!(
        came,
        Err(CallError::Invalid {
            call: call.clone(),
            message,
            already_exists: true
        })
    );
    for (answer, expected) in [
        (said(401, ""), CallError::Unauthorised),
        (said(404, ""), CallError::NotFound { call: call.clone() }),
        (said(410, ""), CallError::Gone { call: call.clone() }),
        (
            said(418, r#"{"message": "tea"}"#),
            CallError::Status {
                call: call.clone(),
                status: 418,
                message: "tea".to_owned(),
            },
        ),
    ] {
        assert_eq!(made(&call, vec![answer]).0, Err(expected));
    }
    let (came, ..) = made(&call, vec![said(201, "nonsense")]);
    assert!(came.is_err_and(|error| error.may_have_happened()));
}

#[test]
fn a_page_tells_where_the_next_one_is_or_that_nothing_changed() {
    let mut script = Script {
        answers: [
            Ok(Answer {
                status: 200,
                etag: Some("\"a\"".to_owned()),
                link: Some(
                    "<https://api.github.com/repositories/1/labels?page=2>; rel=\"next\""
                        .to_owned(),
                ),
                body: b"[1, 2]".to_vec(),
                ..Answer::default()
            }),
            status(304),
            Ok(Answer {
                status: 200,
                link: Some("<https://example.org/>; rel=\"next\"".to_owned()),
                body: b"[]".to_vec(),
                ..Answer::default()
            }),
        ]
        .into(),
        ..Script::default()
    };
    let mut clock = Clock::default();
    let longest = Duration::from_secs(1);
    let mut client = Client::new(&mut script, &mut clock, ApiAddress::default(), longest);
    let page = Page::Now {
        entries: vec![1, 2],
        etag: Some("\"a\"".to_owned()),
        next: Some("/repositories/1/labels?page=2".to_owned()),
    };
    assert_eq!(client.page::<u8>("/x", None), Ok(page));
    assert_eq!(
        client.page::<u8>("/x", Some("\"a\"".to_owned())),
        Ok(Page::Same { next: None })
    );
    assert!(matches!(
        client.page::<u8>("/x", None),
        Err(CallError::SentOn { .. })
    ));
}
