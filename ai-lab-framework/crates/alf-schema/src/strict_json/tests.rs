use serde_json::json;

use super::*;

fn refused(bytes: &[u8]) -> String {
    match parse(bytes) {
        Ok(value) => format!("parsed: {value}"),
        Err(error) => {
            assert_eq!(at(bytes, error.offset, error.fault.clone()), error);
            format!("{}: {error}", error.offset)
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn json_that_would_be_changed_or_guessed_is_refused_with_its_place() {
    let table: &[(&[u8], &str)] = &[
        (
            b"",
            "0: no JSON: there is nothing but white space (line 1, column 1)",
        ),
        (
            b" \n ",
            "3: no JSON: there is nothing but white space (line 2, column 2)",
        ),
        (
            b"\xEF\xBB\xBF{}",
            "0: the JSON begins with a byte order mark (line 1, column 1)",
        ),
        (
            b"{\"a\":\"\xFF\"}",
            "6: the JSON is not UTF-8 (line 1, column 7)",
        ),
        (b"\xF0\x9F", "0: the JSON is not UTF-8 (line 1, column 1)"),
        (
            b"{\"a\":1,\n \"a\":2}",
            "11: the key `a` is there twice (line 2, column 4)",
        ),
        (
            b"{\"o\":{\"k\":1,\"k\":1}}",
            "14: the key `k` is there twice (line 1, column 15)",
        ),
        (
            b"{\"\\u0061\":1,\"a\":2}",
            "14: the key `a` is there twice (line 1, column 15)",
        ),
        (
            b"{} {}",
            "3: more follows after the JSON's end (line 1, column 4)",
        ),
        (
            b"{\"a\":1}x",
            "7: more follows after the JSON's end (line 1, column 8)",
        ),
        (
            b"{\"a\":1",
            "6: the JSON ends in the middle (line 1, column 7)",
        ),
        (b"[1,", "3: the JSON ends in the middle (line 1, column 4)"),
        (
            b"\"abc",
            "4: the JSON ends in the middle (line 1, column 5)",
        ),
        (
            b"here: {\"a\":1}",
            "0: no JSON: expected value (line 1, column 1)",
        ),
        (b"NaN", "0: `NaN` is no JSON number (line 1, column 1)"),
        (
            b"[Infinity]",
            "1: `Infinity` is no JSON number (line 1, column 2)",
        ),
        (
            b"{\"a\":-Infinity}",
            "5: `-Infinity` is no JSON number (line 1, column 6)",
        ),
        (
            b"1e999",
            "0: the number 1e999 is out of range (line 1, column 1)",
        ),
        (
            b"[-1e999]",
            "1: the number -1e999 is out of range (line 1, column 2)",
        ),
        (
            b"18446744073709551616",
            "0: the whole number 18446744073709551616 would be changed by reading it: send it as text (line 1, column 1)",
        ),
        (
            b"{\"a\":-9223372036854775809}",
            "5: the whole number -9223372036854775809 would be changed by reading it: send it as text (line 1, column 6)",
        ),
        (
            b"-0",
            "0: the whole number -0 would be changed by reading it: send it as text (line 1, column 1)",
        ),
        (
            b"\"\\ud800\"",
            "7: no JSON: unexpected end of hex escape (line 1, column 8)",
        ),
        (
            b"\"\\udc00\"",
            "6: no JSON: lone leading surrogate in hex escape (line 1, column 7)",
        ),
        (
            b"\"a\x07\"",
            "2: no JSON: control character (\\u0000-\\u001F) found while parsing a string (line 1, column 3)",
        ),
        (
            b"{'a':1}",
            "1: no JSON: key must be a string (line 1, column 2)",
        ),
        (b"[1,]", "3: no JSON: trailing comma (line 1, column 4)"),
        (b"01", "1: no JSON: invalid number (line 1, column 2)"),
        (b"+1", "0: no JSON: expected value (line 1, column 1)"),
        (b"tru", "3: the JSON ends in the middle (line 1, column 4)"),
        (b"nul1", "3: no JSON: expected ident (line 1, column 4)"),
        (
            b"/* a */ 1",
            "0: no JSON: expected value (line 1, column 1)",
        ),
        (b"I", "0: no JSON: expected value (line 1, column 1)"),
        (b"-", "1: the JSON ends in the middle (line 1, column 2)"),
    ];
    for (bytes, expected) in table {
        assert_eq!(refused(bytes), *expected, "{}", bytes.escape_ascii());
    }
}

#[test]
fn json_is_read_as_it_stands() {
    let table: &[(&[u8], Value)] = &[
        (
            b" {\"b\":[1,-2,0.5,true,false,null,\"x\"],\"a\":{}} \r\n\t",
            json!({"a": {}, "b": [1, -2, 0.5, true, false, null, "x"]}),
        ),
        (b"18446744073709551615", json!(u64::MAX)),
        (b"-9223372036854775808", json!(i64::MIN)),
        (b"9007199254740993", json!(9_007_199_254_740_993_u64)),
        (b"1e3", json!(1000.0)),
        (b"0", json!(0)),
        (b"\"NaN [[[ 1e999 \\\" \\\\\"", json!("NaN [[[ 1e999 \" \\")),
        (b"\"\\ud83d\\ude00 \\u0000\"", json!("\u{1F600} \u{0}")),
        ("\"\u{202E}ä\"".as_bytes(), json!("\u{202E}ä")),
        (b"7", json!(7)),
    ];
    for (bytes, expected) in table {
        assert_eq!(
            parse(bytes).as_ref(),
            Ok(expected),
            "{}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn depth_length_and_digits_are_bounded_exactly() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let digits = |count: usize| format!("0.{}", "9".repeat(count - 2));
    assert!(parse(nested(limits::JSON_DEPTH).as_bytes()).is_ok());
    assert_eq!(
        refused(nested(limits::JSON_DEPTH + 1).as_bytes()),
        "127: lists and objects nest deeper than 127 levels (line 1, column 128)"
    );
    assert!(parse(format!("[{}]", "[],{},".repeat(200) + "1").as_bytes()).is_ok());
    assert!(parse(digits(limits::NUMBER_CHARS).as_bytes()).is_ok());
    let told = "0: a number has more than 400 characters: send it as text (line 1, column 1)";
    assert_eq!(refused(digits(limits::NUMBER_CHARS + 1).as_bytes()), told);
    assert_eq!(refused("9".repeat(1_000_000).as_bytes()), told);
    assert_eq!(
        refused(&vec![b' '; limits::JSON_BYTES + 1]),
        "67108864: the JSON is longer than 67108864 bytes (line 1, column 67108865)"
    );
}

#[test]
fn every_float_written_in_full_fits() {
    for float in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -5e-324] {
        let text = format!("{float:?}");
        let full = format!("{float}");
        let full = if full.contains('.') {
            full
        } else {
            full + ".0"
        };
        assert_eq!(parse(text.as_bytes()), Ok(json!(float)));
        assert!(parse(full.as_bytes()).is_ok(), "{full}");
    }
}

#[test]
fn many_keys_take_linear_time() {
    let body: Vec<String> = (0..300_000).map(|i| format!("\"k{i}\":{i}")).collect();
    let value = parse(format!("{{{}}}", body.join(",")).as_bytes());
    assert_eq!(
        value
            .ok()
            .and_then(|v| v.as_object().map(serde_json::Map::len)),
        Some(300_000)
    );
}
