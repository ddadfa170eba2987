//! The forms in which a value turns up: as it is, and as programs write it into JSON, addresses, headers and dumps.

use std::collections::BTreeSet;

use crate::limits::{LEAST_LINE, LEAST_PATTERN};

/// All forms of a value that are searched, each at least eight bytes long and valid UTF-8.
///
/// Not among them: the value reversed, cut into pieces, or encrypted.
pub(crate) fn forms_of(value: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::from([value.as_bytes().to_vec()]);
    let lines = value.lines().map(str::trim);
    forms.extend(
        lines
            .filter(|line| line.len() >= LEAST_LINE)
            .map(|line| line.as_bytes().to_vec()),
    );
    if value.contains('\n') {
        forms.insert(value.replace('\n', "\r\n").into_bytes());
    }
    add_json(value, &mut forms);
    add_addresses(value, &mut forms);
    add_markup(value, &mut forms);
    add_hex(value.as_bytes(), &mut forms);
    for alphabet in [STANDARD, ADDRESS] {
        add_base64(value.as_bytes(), alphabet, &mut forms);
    }
    forms.retain(|form| form.len() >= LEAST_PATTERN);
    forms
}

/// How a writer of JSON treats what it need not escape.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four habits, each had or not on its own"
)]
struct JsonStyle {
    ascii: bool,
    slash: bool,
    markup: bool,
    upper: bool,
}

fn add_json(value: &str, forms: &mut BTreeSet<Vec<u8>>) {
    const PLAIN: JsonStyle = JsonStyle {
        ascii: false,
        slash: false,
        markup: false,
        upper: false,
    };
    let ascii = JsonStyle {
        ascii: true,
        ..PLAIN
    };
    let styles = [
        PLAIN,
        ascii,
        JsonStyle {
            upper: true,
            ..ascii
        },
        JsonStyle {
            slash: true,
            ..PLAIN
        },
        JsonStyle {
            slash: true,
            ..ascii
        },
        JsonStyle {
            markup: true,
            ..PLAIN
        },
        JsonStyle {
            markup: true,
            ..ascii
        },
    ];
    for style in styles {
        let once = json(value, style);
        // A text in JSON that is itself put into JSON: what a log of answers holds.
        forms.insert(json(&once, style).into_bytes());
        forms.insert(once.into_bytes());
    }
}

/// The inside of a JSON string.
fn json(value: &str, style: JsonStyle) -> String {
    let mut text = String::with_capacity(value.len() * 2);
    let escape = |text: &mut String, unit: u16| {
        let digits = if style.upper {
            format!("\\u{unit:04X}")
        } else {
            format!("\\u{unit:04x}")
        };
        text.push_str(&digits);
    };
    for c in value.chars() {
        let short = match c {
            '"' | '\\' => Some(c),
            '/' if style.slash => Some(c),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            _ => None,
        };
        let hidden = style.markup && matches!(c, '<' | '>' | '&' | '\'');
        if let Some(short) = short {
            text.push('\\');
            text.push(short);
        } else if c < ' ' || hidden || (style.ascii && !c.is_ascii()) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escape(&mut text, *unit);
            }
        } else {
            text.push(c);
        }
    }
    text
}

fn add_addresses(value: &str, forms: &mut BTreeSet<Vec<u8>>) {
    // What writers of addresses leave as it is, beside letters and digits; and whether a blank becomes a plus.
    let styles: [(&str, bool); 6] = [
        ("-_.~", false),
        ("-_.~", true),
        ("-_.~/", false),
        ("-_.!~*'()", false),
        ("*-._", true),
        ("-_.~!$&'()*+,;=:@/", false),
    ];
    for (kept, plus) in styles {
        for upper in [true, false] {
            forms.insert(percent(
                value,
                |byte| kept.as_bytes().contains(&byte),
                plus,
                upper,
            ));
        }
    }
    for upper in [true, false] {
        let every = value.bytes().flat_map(|byte| percent_digits(byte, upper));
        forms.insert(every.collect());
    }
}

fn percent(value: &str, kept: impl Fn(u8) -> bool, plus: bool, upper: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || kept(byte) {
            text.push(byte);
        } else if byte == b' ' && plus {
            text.push(b'+');
        } else {
            text.extend(percent_digits(byte, upper));
        }
    }
    text
}

fn percent_digits(byte: u8, upper: bool) -> [u8; 3] {
    [b'%', digit(byte >> 4, upper), digit(byte & 15, upper)]
}

fn add_markup(value: &str, forms: &mut BTreeSet<Vec<u8>>) {
    for apostrophe in ["'", "&#39;", "&#x27;", "&apos;"] {
        let text = value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('\'', apostrophe);
        forms.insert(text.replace('"', "&quot;").into_bytes());
        forms.insert(text.into_bytes());
    }
}

fn add_hex(value: &[u8], forms: &mut BTreeSet<Vec<u8>>) {
    for upper in [true, false] {
        let digits = value
            .iter()
            .flat_map(|byte| [digit(byte >> 4, upper), digit(byte & 15, upper)]);
        let digits: Vec<u8> = digits.collect();
        // As `xxd -p` breaks its lines.
        forms.extend(pieces(&digits, 60));
        forms.insert(digits);
    }
}

fn digit(half: u8, upper: bool) -> u8 {
    match (half, upper) {
        (0..=9, _) => b'0' + half,
        (_, true) => b'A' + half - 10,
        (_, false) => b'a' + half - 10,
    }
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ADDRESS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The value alone, with and without padding; and what its bytes decide of the digits wherever it stands in something
/// longer, such as `user:VALUE` of a basic authentication.
fn add_base64(value: &[u8], alphabet: &[u8; 64], forms: &mut BTreeSet<Vec<u8>>) {
    let alone = base64(value, alphabet);
    let mut padded = alone.clone();
    padded.resize(alone.len().next_multiple_of(4), b'=');
    // As `base64` and mail break their lines, and as certificates do.
    forms.extend(pieces(&alone, 76));
    forms.extend(pieces(&alone, 64));
    forms.insert(padded);
    forms.insert(alone);
    for before in 0..3_usize {
        let longer = [&[0; 2][..before], value].concat();
        let decided = (before * 8).div_ceil(6)..longer.len() * 8 / 6;
        forms.insert(base64(&longer, alphabet)[decided].to_vec());
    }
}

/// Without padding.
fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let [a, b, c] = three;
        let digits = [
            a >> 2,
            (a & 3) << 4 | b >> 4,
            (b & 15) << 2 | c >> 6,
            c & 63,
        ];
        let digits = digits.map(|digit| alphabet[usize::from(digit)]);
        text.extend_from_slice(&digits[..=chunk.len()]);
    }
    text
}

/// The lines of a text that is broken at this width; none where it is not.
fn pieces(text: &[u8], width: usize) -> Vec<Vec<u8>> {
    if text.len() <= width {
        return Vec::new();
    }
    text.chunks(width).map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(value: &str, form: &str) -> bool {
        forms_of(value).contains(form.as_bytes())
    }

    #[test]
    fn a_value_is_known_in_the_forms_that_programs_give_it() {
        let value = "pä\"s/s <1>&'\n";
        let expected = [
            "pä\"s/s <1>&'\n",
            r#"pä\"s/s <1>&'\n"#,
            r#"p\u00e4\"s/s <1>&'\n"#,
            r#"p\u00E4\"s/s <1>&'\n"#,
            r#"pä\"s\/s <1>&'\n"#,
            r#"pä\"s/s \u003c1\u003e\u0026\u0027\n"#,
            r#"pä\\\"s/s <1>&'\\n"#,
            "p%C3%A4%22s%2Fs%20%3C1%3E%26%27%0A",
            "p%c3%a4%22s%2fs%20%3c1%3e%26%27%0a",
            "p%C3%A4%22s/s%20%3C1%3E%26%27%0A",
            "p%C3%A4%22s%2Fs+%3C1%3E%26%27%0A",
            "p%C3%A4%22s%2Fs%20%3C1%3E%26'%0A",
            "%70%C3%A4%22%73%2F%73%20%3C%31%3E%26%27%0A",
            "pä&quot;s/s &lt;1&gt;&amp;&#39;\n",
            "70c3a422732f73203c313e26270a",
            "70C3A422732F73203C313E26270A",
            "cMOkInMvcyA8MT4mJwo",
            "cMOkInMvcyA8MT4mJwo=",
            "pä\"s/s <1>&'\r\n",
        ];
        let missing: Vec<&str> = expected
            .into_iter()
            .filter(|form| !has(value, form))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn base64_is_the_standards_own() {
        // RFC 4648, section 10.
        let told = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
            .map(|text| String::from_utf8(base64(text.as_bytes(), STANDARD)).expect("ASCII"));
        assert_eq!(
            told,
            ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]
        );
        assert_eq!(base64(&[0xfb, 0xff], ADDRESS), b"-_8");
    }

    #[test]
    fn the_password_of_a_basic_authentication_is_among_the_forms() {
        for user in ["", "a", "ad", "ada"] {
            let header = base64(format!("{user}:correct horse").as_bytes(), STANDARD);
            let header = String::from_utf8(header).expect("ASCII");
            let found = forms_of("correct horse")
                .iter()
                .any(|form| header.contains(std::str::from_utf8(form).expect("UTF-8")));
            assert!(found, "{header}");
        }
    }

    #[test]
    fn broken_lines_of_long_values_are_forms_and_short_ends_are_not() {
        let value = "x".repeat(60);
        assert!(has(&value, &"eHh4".repeat(19)));
        let shortest = forms_of(&value).iter().map(Vec::len).min();
        assert!(shortest >= Some(LEAST_PATTERN));
        let key = "-----BEGIN KEY-----\n  c2VjcmV0IGxpbmUgb25l\nab\n";
        assert!(has(key, "c2VjcmV0IGxpbmUgb25l") && !has(key, "ab"));
    }
}
