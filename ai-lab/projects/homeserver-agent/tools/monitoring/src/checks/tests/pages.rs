//! Pages over HTTP.

use serde_json::json;

use super::server::{break_off, drip, hold, http, lines_of, serve};
use super::*;

fn page(port: u16) -> Value {
    json!({"kind": "http", "url": format!("http://127.0.0.1:{port}/")})
}

/// A server that redirects as the path says: `/to/LOCATION`.
fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

#[test]
fn a_page_answers_with_its_status_and_its_text() {
    let port = serve(http(|_| ok("all is well")));
    let mut probe = page(port);
    let told = run(&probe);
    assert_eq!(
        (told.outcome, told.status, told.redirects, told.certificate),
        (Outcome::Ok, Some(200), Some(0), None)
    );
    assert!(told.connect_ms.is_some());
    probe["contains"] = json!("well");
    assert_eq!(outcome(&probe), Outcome::Ok);
    probe["contains"] = json!("ill");
    let told = run(&probe);
    assert_eq!(
        (told.outcome, told.sentence),
        (
            Outcome::MissingText,
            format!("http://127.0.0.1:{port}/: its page lacks `ill`")
        )
    );
    probe["status"] = json!(204);
    let told = run(&probe);
    assert_eq!(
        (told.outcome, told.sentence),
        (
            Outcome::WrongStatus,
            format!("http://127.0.0.1:{port}/: it answered 200; 204 was expected")
        )
    );
}

#[test]
fn redirects_are_counted_bounded_and_a_loop_is_seen() {
    let port = serve(http(|path| match path {
        "/" => redirect("/a"),
        "/a" => redirect("b?c"),
        "/b?c" => ok(""),
        "/loop" => redirect("/loop/2"),
        "/loop/2" => redirect("/loop"),
        "/away" => redirect("ftp://nas/"),
        endless => redirect(&format!("{endless}x")),
    }));
    let at = |path: &str| json!({"kind": "http", "url": format!("http://127.0.0.1:{port}{path}")});
    let told = run(&at("/"));
    assert_eq!(
        (told.outcome, told.status, told.redirects),
        (Outcome::Ok, Some(200), Some(2))
    );
    let told = run(&at("/loop"));
    assert_eq!(
        (told.outcome, told.redirects, told.sentence),
        (
            Outcome::RedirectLoop,
            Some(1),
            format!(
                "http://127.0.0.1:{port}/loop: after 2 redirects it leads back to http://127.0.0.1:{port}/loop"
            )
        )
    );
    let told = run(&at("/endless"));
    assert_eq!(
        (told.outcome, told.redirects),
        (Outcome::TooManyRedirects, Some(5))
    );
    assert_eq!(outcome(&at("/away")), Outcome::BadRedirect);
    let mut kept = at("/");
    kept["redirects"] = json!(0);
    assert_eq!(outcome(&kept), Outcome::TooManyRedirects);
    kept["status"] = json!(302);
    let told = run(&kept);
    assert_eq!((told.outcome, told.status), (Outcome::Ok, Some(302)));
}

#[test]
fn each_way_to_answer_badly_has_its_own_name() {
    let cases: [(u16, Outcome); 5] = [
        (serve(hold), Outcome::Silent),
        (serve(drip), Outcome::Late),
        (serve(break_off), Outcome::Reset),
        (
            serve(lines_of(
                b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
            )),
            Outcome::Closed,
        ),
        (serve(lines_of(b"SSH-2.0-OpenSSH\r\n")), Outcome::OddAnswer),
    ];
    for (port, wanted) in cases {
        let told = run_with(&page(port), 700, None);
        assert_eq!(told.outcome, wanted);
        assert!(told.took_ms < 5000, "{told:?}");
        assert!(told.outcome.is_reached());
    }
    assert_eq!(outcome(&page(free_port())), Outcome::Refused);
}

#[test]
fn what_never_ends_is_read_no_further_than_needed() {
    let body = "x".repeat(2 * super::super::http::BODY_BYTES);
    let long = serve(http(move |_| ok(&body)));
    assert_eq!(outcome(&page(long)), Outcome::Ok);
    let head = serve(http(|_| {
        format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(64 * 1024))
    }));
    assert_eq!(outcome(&page(head)), Outcome::TooLong);
    let chunks = serve(http(|_| {
        let small = "1\r\nx\r\n".repeat(250_000);
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{small}")
    }));
    assert_eq!(outcome(&page(chunks)), Outcome::TooLong);
}
