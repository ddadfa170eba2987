//! The same over HTTP, on this machine's own address.

use std::time::Duration;

use lab_exchange::{Request, sync};
use lab_github::{
    ApiAddress, Call, CallError, Client, Exchange as _, Lost, Pace, Token, Wait, Wire,
};
use lab_model::Moment;
use lab_standin::{Github, Reply, Server};

use crate::scene::{START, Scene, at};

/// A clock that stands still unless someone waits.
#[derive(Debug)]
struct Clock(i64);

impl Pace for Clock {
    fn now(&self) -> Moment {
        at(self.0)
    }

    fn wait(&mut self, time: Duration, _: Wait) {
        self.0 += i64::try_from(time.as_millis()).expect("in range");
    }
}

fn served(token: &str) -> (Server, ApiAddress) {
    let mut github = Github::new("octo/lab");
    github.manners.token = Some(token.to_owned());
    let server = Server::start(github).expect("a free port");
    let api = server.api().parse().expect("an address");
    (server, api)
}

fn wire(token: &str) -> Wire {
    Wire::new(Token::parse(token))
}

#[test]
fn a_whole_run_goes_over_http() {
    let (server, api) = served("secret");
    let mut scene = Scene::new();
    let whole = scene.add("Whole", |item| item.labels = crate::scene::tags(&["ui/ux"]));
    scene.add("Part", |item| item.parent = Some(whole.clone()));
    let (mut wire, mut clock) = (wire("secret"), Clock(START));
    let repo = scene.repo.clone();
    let mut run = |scene: &mut Scene, hash: Option<String>| {
        let mut client = Client::new(&mut wire, &mut clock, api.clone(), Duration::from_mins(1));
        let request = Request {
            plan_only: hash.is_none(),
            hash,
            ..Request::default()
        };
        sync(&mut scene.store, &mut client, &repo, &request).expect("syncs")
    };
    let hash = run(&mut scene, None).hash;
    assert_eq!(run(&mut scene, Some(hash)).made_there, 2);
    // A label and a part are taken away by DELETE, the one by its path and the other by a body.
    server.with(|github| github.now += 10);
    scene.edit(&whole, |item| item.labels.clear());
    let part = scene.items().remove(1).head.uid;
    scene.edit(&part, |item| item.parent = None);
    let hash = run(&mut scene, None).hash;
    assert_eq!(run(&mut scene, Some(hash)).changed_there, 2);
    server.with(|github| {
        assert_eq!(github.violations, Vec::<String>::new());
        let verbs: Vec<&str> = github
            .asked
            .iter()
            .map(|asked| asked.verb.as_str())
            .collect();
        assert_eq!(verbs.iter().filter(|verb| **verb == "DELETE").count(), 2);
        assert!(
            github
                .forge
                .issues
                .values()
                .all(|issue| issue.parent.is_none())
        );
        github.asked.clear();
        github.bytes = 0;
    });
    assert_eq!(run(&mut scene, None).steps, []);
    server.with(|github| {
        assert_eq!(github.bytes, 0);
        assert!(github.asked.iter().all(|asked| asked.known.is_some()));
    });
}

#[test]
fn an_address_where_nobody_listens_got_nothing() {
    let (server, api) = served("secret");
    drop(server);
    let call = Call::get("/x", None);
    let lost = wire("secret").exchange(&api, &call);
    assert!(matches!(lost, Err(Lost::NotSent(_))), "{lost:?}");
    assert!(!format!("{lost:?}").contains("secret"));
}

#[test]
fn a_wrong_token_and_a_limit_come_through() {
    let (server, api) = served("right");
    let call = Call::get("/repos/octo/lab", None);
    let (mut wrong, mut clock) = (wire("wrong"), Clock(START));
    let mut client = Client::new(&mut wrong, &mut clock, api.clone(), Duration::from_mins(1));
    assert_eq!(client.tell(&call), Err(CallError::Unauthorised));
    server.with(|github| {
        let limited = Reply::said(403, "rate limit").with("x-ratelimit-remaining", "0");
        github.manners.instead =
            vec![limited.with("x-ratelimit-reset", &(START / 1000 + 20).to_string())];
    });
    let mut right = wire("right");
    let mut client = Client::new(&mut right, &mut clock, api, Duration::from_mins(1));
    assert_eq!(client.tell(&call), Ok(()));
    assert_eq!(clock.0, START + 21_000);
}
