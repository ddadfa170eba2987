//! H105 to H173 of the catalogue of bad input: what comes in over HTTP, byte by byte.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{Answer, Served, call, executions};
use crate::scene::Lab;

/// A right request; each case changes something about it. `{A}` is the address, `{T}` the token, `{B}` the body, `{L}`
/// its length.
const RIGHT: &str = "POST /mcp HTTP/1.1\r\nHost: {A}\r\nAuthorization: Bearer {T}\r\n\
    Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
    MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: probe_look\r\n\
    Connection: close\r\nContent-Length: {L}\r\n\r\n{B}";

/// What is sent and what must come of it.
struct Case {
    number: u32,
    sent: &'static str,
    /// What of [`RIGHT`] is replaced by what.
    changes: &'static [(&'static str, &'static str)],
    /// 0 where the connection is closed without an answer.
    status: u16,
    /// What the answer tells besides other things.
    told: &'static str,
}

const fn case(
    number: u32,
    sent: &'static str,
    changes: &'static [(&'static str, &'static str)],
    status: u16,
    told: &'static str,
) -> Case {
    Case {
        number,
        sent,
        changes,
        status,
        told,
    }
}

const TOKEN: &str = "Authorization: Bearer {T}\r\n";
const HOST: &str = "Host: {A}\r\n";
const LINE: &str = "POST /mcp HTTP/1.1";
const KIND: &str = "Content-Type: application/json\r\n";
const LENGTH: &str = "Content-Length: {L}\r\n";
const NAME: &str = "Mcp-Name: probe_look\r\n";
const MODERN: &str =
    "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: probe_look\r\n";
const ASK: &str = "send a token";

const WHO: &[Case] = &[
    case(105, "no token", &[(TOKEN, "")], 401, ASK),
    case(
        106,
        "an empty token",
        &[(TOKEN, "Authorization: Bearer \r\n")],
        401,
        ASK,
    ),
    case(107, "a token of nobody", &[("{T}", "alt_0000")], 401, ASK),
    case(108, "another scheme", &[("Bearer", "Basic")], 401, ASK),
    case(
        109,
        "the token in the address",
        &[(TOKEN, ""), ("/mcp HTTP", "/mcp?token={T} HTTP")],
        401,
        ASK,
    ),
    case(
        110,
        "two tokens, one of them right",
        &[(
            TOKEN,
            "Authorization: Bearer {T}\r\nAuthorization: Bearer x\r\n",
        )],
        401,
        ASK,
    ),
    case(
        111,
        "a token that ends in white space and more",
        &[("{T}", "{T} x")],
        401,
        ASK,
    ),
    case(112, "no host", &[(HOST, "")], 400, "Host"),
    case(
        113,
        "a stranger's host",
        &[(HOST, "Host: evil.example\r\n")],
        403,
        "",
    ),
    case(
        114,
        "two hosts",
        &[(HOST, "Host: {A}\r\nHost: evil.example\r\n")],
        400,
        "one Host",
    ),
    case(
        115,
        "a stranger's host that begins like ours",
        &[(HOST, "Host: 127.0.0.1.evil.example\r\n")],
        403,
        "",
    ),
    case(
        116,
        "every address as host",
        &[(HOST, "Host: 0.0.0.0\r\n")],
        403,
        "",
    ),
    case(
        117,
        "a host with a user before it",
        &[(HOST, "Host: localhost@evil.example\r\n")],
        403,
        "",
    ),
    case(
        118,
        "a page of a stranger",
        &[(HOST, "Host: {A}\r\nOrigin: http://evil.example\r\n")],
        403,
        "",
    ),
    case(
        119,
        "a page of nowhere",
        &[(HOST, "Host: {A}\r\nOrigin: null\r\n")],
        403,
        "",
    ),
    case(
        120,
        "a page of another port of this machine",
        &[(HOST, "Host: {A}\r\nOrigin: http://localhost:1\r\n")],
        403,
        "",
    ),
    case(
        121,
        "a page whose origin begins like ours",
        &[(HOST, "Host: {A}\r\nOrigin: http://{A}.evil.example\r\n")],
        403,
        "",
    ),
    case(
        122,
        "two origins",
        &[(
            HOST,
            "Host: {A}\r\nOrigin: http://{A}\r\nOrigin: http://evil.example\r\n",
        )],
        400,
        "one Origin",
    ),
    case(
        123,
        "a browser that asks beforehand",
        &[
            (LINE, "OPTIONS /mcp HTTP/1.1"),
            (TOKEN, "Origin: http://evil.example\r\n"),
        ],
        401,
        ASK,
    ),
    case(
        124,
        "a form of a page",
        &[(TOKEN, ""), (KIND, "Content-Type: text/plain\r\n")],
        401,
        ASK,
    ),
];

const WHERE: &[Case] = &[
    case(
        125,
        "GET without sessions",
        &[(LINE, "GET /mcp HTTP/1.1")],
        405,
        "",
    ),
    case(126, "PUT", &[(LINE, "PUT /mcp HTTP/1.1")], 405, ""),
    case(127, "TRACE", &[(LINE, "TRACE /mcp HTTP/1.1")], 405, ""),
    case(
        128,
        "a method of nobody",
        &[(LINE, "FROB /mcp HTTP/1.1")],
        405,
        "",
    ),
    case(
        129,
        "another path",
        &[(LINE, "POST /mcp/ HTTP/1.1")],
        404,
        "/mcp",
    ),
    case(
        130,
        "a path with steps back",
        &[(LINE, "POST /x/../mcp HTTP/1.1")],
        404,
        "/mcp",
    ),
    case(
        131,
        "a path in other letters",
        &[(LINE, "POST /%6dcp HTTP/1.1")],
        404,
        "/mcp",
    ),
    case(
        132,
        "a path with an empty part",
        &[(LINE, "POST //mcp HTTP/1.1")],
        404,
        "/mcp",
    ),
    case(
        133,
        "a stranger's whole address",
        &[(LINE, "POST http://evil.example/mcp HTTP/1.1")],
        400,
        "no proxy",
    ),
    case(
        134,
        "CONNECT, as to a proxy",
        &[(LINE, "CONNECT evil.example:443 HTTP/1.1")],
        400,
        "no proxy",
    ),
    case(
        135,
        "a header with a byte that none has",
        &[(NAME, "X-A: \0\r\n")],
        400,
        "",
    ),
    case(
        136,
        "a header that goes on in the next line",
        &[(NAME, "X-A: a\r\n b\r\n")],
        400,
        "",
    ),
    case(
        137,
        "a header without a name",
        &[(NAME, ": a\r\n")],
        400,
        "",
    ),
];

const WHAT: &[Case] = &[
    case(
        138,
        "no body",
        &[("{B}", "")],
        415,
        "fail to deserialize request body",
    ),
    case(
        139,
        "no JSON",
        &[("{B}", "hello")],
        415,
        "fail to deserialize request body",
    ),
    case(
        140,
        "half a JSON",
        &[("{B}", "{\"jsonrpc\":\"2.0\",")],
        415,
        "fail to deserialize request body",
    ),
    case(
        141,
        "many messages in one",
        &[("{B}", "[{B}]")],
        415,
        "fail to deserialize request body",
    ),
    case(
        142,
        "no version of the messages",
        &[("\"jsonrpc\":\"2.0\"", "\"jsonrpc\":\"1.0\"")],
        415,
        "fail to deserialize request body",
    ),
    case(
        143,
        "a method that is a number",
        &[("\"tools/call\"", "7")],
        415,
        "fail to deserialize request body",
    ),
    case(
        144,
        "an id that is an object",
        &[("\"id\":1", "\"id\":{}")],
        415,
        "fail to deserialize request body",
    ),
    case(
        145,
        "a text that is no message",
        &[("{B}", "\"hello\"")],
        415,
        "fail to deserialize request body",
    ),
    case(
        146,
        "the same name twice",
        &[(
            "{B}",
            "{\"id\":1,\"id\":2,\"jsonrpc\":\"2.0\",\"method\":\"tools/call\"}",
        )],
        415,
        "fail to deserialize request body",
    ),
    case(
        147,
        "a body of another kind",
        &[(KIND, "Content-Type: text/plain\r\n")],
        415,
        "",
    ),
    case(148, "no kind of body", &[(KIND, "")], 415, ""),
    case(
        149,
        "no kind of answer that we give",
        &[("application/json, text/event-stream", "text/html")],
        406,
        "",
    ),
    case(
        150,
        "a method in the head that is not the body's",
        &[("Mcp-Method: tools/call", "Mcp-Method: tools/list")],
        400,
        "",
    ),
    case(
        151,
        "a tool in the head that is not the body's",
        &[(NAME, "Mcp-Name: other\r\n")],
        400,
        "",
    ),
    case(
        152,
        "a version that nobody knows",
        &[("Version: 2026-07-28", "Version: 1999-01-01")],
        400,
        "",
    ),
    case(
        153,
        "a session that nobody has",
        &[
            (MODERN, "Mcp-Session-Id: 7\r\n"),
            (
                "{B}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}",
            ),
        ],
        404,
        "",
    ),
    case(154, "a length below nothing", &[("{L}", "-1")], 400, ""),
    case(
        155,
        "two lengths",
        &[(LENGTH, "Content-Length: {L}\r\nContent-Length: 5\r\n")],
        400,
        "",
    ),
    case(
        156,
        "a length and pieces",
        &[
            (
                LENGTH,
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            ),
            ("{B}", "0\r\n\r\n"),
        ],
        415,
        "fail to deserialize request body",
    ),
    case(
        157,
        "a piece of a length that is no number",
        &[
            (LENGTH, "Transfer-Encoding: chunked\r\n"),
            ("{B}", "zz\r\n{}\r\n0\r\n\r\n"),
        ],
        400,
        "read to its end",
    ),
    case(
        158,
        "a transfer in a way of nobody",
        &[(LENGTH, "Transfer-Encoding: cabbage\r\n")],
        400,
        "",
    ),
    case(
        159,
        "more body than we take",
        &[("{L}", "99999999999")],
        413,
        "8 MiB",
    ),
    case(
        160,
        "a body that says it is packed",
        &[
            (
                KIND,
                "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            ),
            ("{B}", "packed"),
        ],
        415,
        "not packed",
    ),
    case(
        161,
        "the beginning of TLS",
        &[("{W}", "\u{16}\u{3}\u{1}\0\u{5}hello")],
        400,
        "",
    ),
    case(
        162,
        "the beginning of HTTP/2",
        &[("{W}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
        0,
        "",
    ),
    case(
        163,
        "HTTP as it was first",
        &[("{W}", "GET /mcp\r\n\r\n")],
        400,
        "",
    ),
    case(
        164,
        "the wish for another protocol",
        &[
            (LINE, "GET /mcp HTTP/1.1"),
            (
                "Connection: close",
                "Connection: Upgrade\r\nUpgrade: websocket",
            ),
        ],
        405,
        "",
    ),
    case(165, "a message as on a pipe", &[("{W}", "{B}\n")], 400, ""),
    case(
        166,
        "a version of HTTP that is none",
        &[(LINE, "POST /mcp HTTP/7.3")],
        400,
        "",
    ),
];

/// A case as it goes over the wire.
fn bytes(case: &Case, served: &Served) -> Vec<u8> {
    let mut request = RIGHT.to_owned();
    let mut body = call().to_string();
    for (from, to) in case.changes {
        if *from == "{W}" {
            (*to).clone_into(&mut request);
        } else if *from == "{B}" {
            body = to.replace("{B}", &body);
        } else if body.contains(from) {
            body = body.replacen(from, to, 1);
        } else {
            assert!(request.contains(from), "{}: no {from}", case.number);
            request = request.replacen(from, to, 1);
        }
    }
    request
        .replace("{L}", &body.len().to_string())
        .replace("{A}", &served.address.to_string())
        .replace("{T}", &served.token)
        .replace("{B}", &body)
        .into_bytes()
}

fn send(served: &Served, bytes: &[u8]) -> Answer {
    let mut stream = served.connect();
    // A server that refuses by the head alone may be gone before the body is through.
    let _sent = stream.write_all(bytes);
    Served::answer(&mut stream)
}

#[test]
fn whatever_comes_in_over_http_is_refused_by_name_and_runs_nothing() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let mut rows = String::new();
    let mut wrong = Vec::new();
    for case in [WHO, WHERE, WHAT].into_iter().flatten() {
        let answer = send(&served, &bytes(case, &served));
        let first = answer.body.lines().next().unwrap_or("").trim();
        let first: String = first.chars().take(120).collect();
        let first = first.replace('|', "\\|");
        let _never = writeln!(
            rows,
            "| {} | {} | {} | {first} |",
            case.number, case.sent, answer.status
        );
        if answer.status != case.status || !answer.body.contains(case.told) {
            wrong.push(format!(
                "{} {}: {} {}",
                case.number, case.sent, answer.status, answer.body
            ));
        }
        assert!(
            !answer.head.contains("access-control-allow"),
            "{}: {}",
            case.number,
            answer.head
        );
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(executions(&lab), Vec::<Value>::new());
    // It still serves.
    let right = case(0, "", &[], 200, "");
    assert_eq!(send(&served, &bytes(&right, &served)).status, 200);
    assert_eq!(executions(&lab).len(), 1);
    assert_page(&rows);
}

#[expect(
    clippy::disallowed_methods,
    reason = "blessing a page is this test's own door"
)]
fn assert_page(rows: &str) {
    let test =
        "alf-cli http_hostile::whatever_comes_in_over_http_is_refused_by_name_and_runs_nothing";
    let page = format!(
        "# Bad requests over HTTP\n\nWritten by the test `{test}`, which sends each of these and compares. The numbers are \
         those of the catalogue in [BAD_INPUT.md](../BAD_INPUT.md). None of them runs anything; status 0 is a \
         connection closed without an answer.\n\n\
         | number | what is sent | status | what is told |\n| --- | --- | --- | --- |\n{rows}"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bad-input/http.md");
    if std::env::var_os("AI_LAB_BLESS").is_some() {
        fs::write(&path, &page).expect("the tree can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "http.md differs: run with AI_LAB_BLESS=1");
}

/// Reads until the server closes; `None` if it did not within a minute.
fn closed(stream: &mut TcpStream) -> Option<Vec<u8>> {
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .expect("a time");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok().map(|_| bytes)
}

/// H167, H168: who says half a head, or nothing, is closed and keeps nobody else waiting.
#[test]
fn a_connection_that_says_too_little_is_closed() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let mut silent = served.connect();
    let mut slow = served.connect();
    slow.write_all(b"POST /mcp HTTP/1.1\r\nHost: a\r\nX-A: ")
        .expect("it listens");
    let right = case(0, "", &[], 200, "");
    assert_eq!(send(&served, &bytes(&right, &served)).status, 200);
    assert!(closed(&mut silent).is_some());
    assert!(closed(&mut slow).is_some());
}

/// H169: a thousand guesses open nothing and shut nobody out.
#[test]
fn guessing_a_token_opens_nothing_and_shuts_nobody_out() {
    let lab = Lab::new();
    let served = Served::start(&lab, "laptop", &[]);
    let guess = case(0, "", &[("{T}", "alt_guess")], 401, "");
    let guess = bytes(&guess, &served);
    for _ in 0..1_000 {
        assert_eq!(send(&served, &guess).status, 401);
    }
    let right = case(0, "", &[], 200, "");
    assert_eq!(send(&served, &bytes(&right, &served)).status, 200);
    assert_eq!(executions(&lab).len(), 1);
}

/// H173: a call whose client goes is withdrawn, its process ended, its end recorded.
#[test]
fn a_call_whose_client_has_gone_is_withdrawn_and_recorded() {
    let lab = Lab::new();
    lab.shell("mkfifo ../begun");
    lab.tool("slow", "echo >../../../begun; exec tail -f /dev/null\n", "");
    let served = Served::start(&lab, "laptop", &[]);
    let slow = case(
        0,
        "",
        &[
            ("probe_look", "slow_go"),
            ("Mcp-Name: probe_look", "Mcp-Name: slow_go"),
        ],
        0,
        "",
    );
    let mut stream = served.connect();
    stream
        .write_all(&bytes(&slow, &served))
        .expect("it listens");
    fs::read(lab.path("begun")).expect("it runs");
    drop(stream);
    lab.shell(
        "ai-lab-framework execution wait --timeout 60 \
         $(ai-lab-framework execution list slow --json | sed -n 's/.*\"execution_id\": \"\\(.*\\)\".*/\\1/p')",
    );
    assert_eq!(
        executions(&lab)[0]["ended"]["error"]["class"],
        json!("cancelled")
    );
}
