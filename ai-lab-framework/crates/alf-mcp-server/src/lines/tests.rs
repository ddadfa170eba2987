use rmcp::model::ErrorCode;
use tokio::io::AsyncReadExt as _;

use super::*;

/// What is handed on of these bytes, and the refused lines as id and code.
fn check(bytes: &[u8], handed_on: &[u8], refused: &[(Option<&str>, ErrorCode)]) {
    let (tell, mut told) = mpsc::channel(REFUSED);
    let mut lines = Lines::new(bytes, tell);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let mut read = Vec::new();
    runtime
        .block_on(lines.read_to_end(&mut read))
        .expect("readable");
    assert!(read == handed_on, "{}", String::from_utf8_lossy(&read));
    let mut found = Vec::new();
    while let Ok(line) = told.try_recv() {
        found.push((line.id.map(|id| id.to_string()), line.error.code));
    }
    let refused: Vec<_> = refused
        .iter()
        .map(|(id, code)| (id.map(str::to_owned), *code))
        .collect();
    assert_eq!(found, refused);
}

#[test]
fn lines_of_json_are_handed_on_and_others_answered() {
    check(
        b"{\"a\":1}\nnot json\n\n[1]\n{\"b\":\n",
        b"{\"a\":1}\n\n[1]\n",
        &[
            (None, ErrorCode::PARSE_ERROR),
            (None, ErrorCode::PARSE_ERROR),
        ],
    );
}

#[test]
fn half_a_line_at_the_end_is_not_handed_on() {
    check(b"{\"a\":1}\n{\"b\"", b"{\"a\":1}\n", &[]);
}

#[test]
fn a_line_longer_than_a_chunk_is_handed_on() {
    let long = format!("\"{}\"\n", "x".repeat(3 * CHUNK));
    check(long.as_bytes(), long.as_bytes(), &[]);
}

#[test]
fn too_long_a_line_is_answered_under_its_id_wherever_that_stands() {
    let big = "x".repeat(LINE_BYTES);
    let too_long = ErrorCode::INVALID_REQUEST;
    let last =
        format!("{{\"params\":{{\"id\":3,\"a\":\"{big}\"}},\"jsonrpc\":\"2.0\",\"id\":7}}\n{{}}\n");
    check(last.as_bytes(), b"{}\n", &[(Some("7"), too_long)]);
    let first =
        format!("{{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"params\":{{\"a\":\"{big}\"}}}}\n{{}}\n");
    check(first.as_bytes(), b"{}\n", &[(Some("q"), too_long)]);
    let nested = format!("{{\"params\":{{\"id\":3,\"a\":\"{big}\"}}}}\n{{}}\n");
    check(nested.as_bytes(), b"{}\n", &[(None, too_long)]);
}

#[test]
fn too_deep_json_is_answered() {
    let deep = format!("{}\n", "[".repeat(100_000));
    check(deep.as_bytes(), b"", &[(None, ErrorCode::PARSE_ERROR)]);
}
