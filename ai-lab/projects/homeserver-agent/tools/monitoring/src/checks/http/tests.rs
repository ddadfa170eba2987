use proptest::prelude::*;

use super::*;

#[test]
fn an_address_is_asked_where_it_says_and_nowhere_else() {
    let shown = |text: &str| Url::parse(text).map(|url| url.to_string());
    let good = [
        ("http://Nas", "http://nas:80/"),
        ("HTTPS://nas.lan:8443/a?b#c", "https://nas.lan:8443/a?b"),
        ("https://nas?x=/y", "https://nas:443/?x=/y"),
        ("http://[::1]/a", "http://[::1]:80/a"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
    ];
    for (text, told) in good {
        assert_eq!(shown(text).as_deref(), Some(told));
    }
    let long = format!("http://a/{}", "b".repeat(URL_BYTES));
    for odd in [
        "nas",
        "ftp://nas/",
        "http://",
        "http://user:pw@nas/",
        "http://nas:0/",
        "http://nas:x/",
        "http://nas/a b",
        "http://nas/\r\nX: y",
        "http://näs/",
        &long,
    ] {
        assert_eq!(shown(odd), None, "{odd}");
    }
}

#[test]
fn a_redirect_leads_on_from_where_it_is() {
    let here = Url::parse("https://nas:8443/a/b?c").expect("an address");
    let cases = [
        ("http://other/x", "http://other:80/x"),
        ("//other/x", "https://other:443/x"),
        ("/x?y", "https://nas:8443/x?y"),
        ("x", "https://nas:8443/a/x"),
        ("?x", "https://nas:8443/a/b?x"),
    ];
    for (location, told) in cases {
        assert_eq!(
            here.follow(location).map(|url| url.to_string()).as_deref(),
            Some(told)
        );
    }
    assert_eq!(here.follow("ftp://x/"), None);
    assert_eq!(here.follow("/a b"), None);
}

#[test]
fn a_request_names_its_host_as_browsers_do() {
    let first_two = |text: &str| {
        let request = Url::parse(text).expect("an address").request();
        let text = String::from_utf8(request).expect("it is text");
        text.lines().take(2).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(first_two("https://nas/a"), "GET /a HTTP/1.1 | Host: nas");
    assert_eq!(
        first_two("http://[::1]:81"),
        "GET / HTTP/1.1 | Host: [::1]:81"
    );
}

fn read(text: &str, is_over: bool) -> Result<Option<(u16, String, bool)>, AnswerError> {
    let answer = parse_answer(text.as_bytes(), is_over)?;
    Ok(answer.map(|answer| {
        (
            answer.status,
            String::from_utf8_lossy(&answer.body).into_owned(),
            answer.is_whole,
        )
    }))
}

#[test]
fn the_body_is_as_long_as_the_head_says() {
    let told = |body: &str, is_whole| Ok(Some((200, body.to_owned(), is_whole)));
    let cases = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd",
            false,
            told("abc", true),
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
            true,
            told("ab", false),
        ),
        ("HTTP/1.0 200 OK\r\n\r\nab", false, told("ab", false)),
        ("HTTP/1.0 200 OK\r\n\r\nab", true, told("ab", true)),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            false,
            told("abc", true),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n5\r\nc",
            false,
            told("abc", false),
        ),
        (
            "HTTP/1.1 204 No\r\n\r\n",
            false,
            Ok(Some((204, String::new(), true))),
        ),
        ("HTTP/1.1 200 O", false, Ok(None)),
        ("SSH-2.0-x\r\n", false, Err(AnswerError::NoHttp)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            false,
            Err(AnswerError::NoHttp),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            false,
            Err(AnswerError::NoHttp),
        ),
    ];
    for (text, is_over, wanted) in cases {
        assert_eq!(read(text, is_over), wanted, "{text}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(HEAD_BYTES));
    assert_eq!(read(&endless, false), Err(AnswerError::LongHead));
}

#[test]
fn a_text_is_found_wherever_it_stands() {
    assert!(has_text(b"all is well", "well") && has_text(b"", ""));
    assert!(!has_text(b"all is wel", "well"));
}

proptest! {
    #[test]
    fn nothing_makes_the_parsers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in any::<String>(), is_over: bool) {
        let _ = parse_answer(&bytes, is_over);
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        let _ = parse_answer(&[head, bytes].concat(), is_over);
        let here = Url::parse("http://a/b/c?d").expect("an address");
        if let Some(url) = here.follow(&text) {
            // What is followed is itself an address, and breaks no line of the request.
            prop_assert_eq!(Url::parse(&url.to_string()), Some(url.clone()));
            let request = String::from_utf8(url.request()).expect("it is text");
            prop_assert_eq!(request.matches('\n').count(), 6);
        }
    }
}
