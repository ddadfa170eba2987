//! Takes out of a screen what differs from run to run.

use std::path::Path;

/// The screen with ids, hashes, durations, process ids and the places of lab and program replaced by their names.
pub(crate) fn redacted(screen: &str, root: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_ai-lab-framework"));
    // A program knows where it really is, whatever links lead there.
    let real = program.canonicalize().expect("it was built");
    let screen = screen.replace(root.to_str().expect("UTF-8"), "");
    let screen = [program, &real].iter().fold(screen, |screen, path| {
        screen.replace(path.to_str().expect("UTF-8"), "PROGRAM")
    });
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("it has a name");
    let mut told: Vec<String> = Vec::new();
    for line in screen.lines() {
        match told.last_mut() {
            // Where a table's cell is broken depends on the widths of the others.
            Some(before) if line.starts_with(&" ".repeat(30)) => {
                *before += " ";
                *before += line.trim_start();
            }
            Some(_) | None => told.push(line_without(line, host.trim())),
        }
    }
    told.join("\n")
}

fn line_without(line: &str, host: &str) -> String {
    let (told, count) = replaced(line);
    let is_head = line.contains("  took ") || line.contains("  p50 ");
    // A table's columns are as wide as what stood there.
    let told = if count.durations > 0 || is_head {
        squeezed(&told)
    } else {
        told
    };
    let host_field = format!("on             {host},");
    told.replace(&host_field, "on             HOST,")
        .replace(&format!("\"host\": \"{host}\""), "\"host\": \"HOST\"")
}

#[derive(Default)]
struct Count {
    durations: u32,
}

fn replaced(line: &str) -> (String, Count) {
    let mut told = String::new();
    let mut count = Count::default();
    let mut rest = line;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let starts_word = !before.is_ascii_alphanumeric();
        if let Some((length, name)) = starts_word.then(|| known(rest)).flatten() {
            told += &name;
            count.durations += u32::from(name == "TIME");
            before = 'X';
            rest = &rest[length..];
            continue;
        }
        told.push(c);
        before = c;
        rest = &rest[c.len_utf8()..];
    }
    (told, count)
}

/// How long a thing that differs is at the start of the text, and its name.
fn known(text: &str) -> Option<(usize, String)> {
    uuid(text)
        .or_else(|| hashed(text))
        .or_else(|| duration(text))
        .map(|(length, name)| (length, name.to_owned()))
        .or_else(|| microseconds(text))
        .or_else(|| after(text, "owner ", "UID"))
        .or_else(|| after(text, "sleep (", "PID"))
        .or_else(|| after(text, "\"pid\": ", "PID"))
        .or_else(|| after(text, "\"start_ticks\": ", "TICKS"))
        .or_else(|| after(text, "SQLite ", "VERSION"))
}

fn hex_digits(text: &str) -> usize {
    text.bytes()
        .take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        .count()
}

/// A whole UUID, or the part of it that a listing shows.
fn uuid(text: &str) -> Option<(usize, &'static str)> {
    let mut length = 0;
    for (index, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        let part = text.get(length..)?;
        if hex_digits(part) != digits {
            return None;
        }
        length += digits;
        if index == 2 && !text[length..].starts_with('-') {
            return Some((length, "ID"));
        }
        if index < 4 {
            length += text[length..].strip_prefix('-').map(|_| 1)?;
        }
    }
    Some((length, "ID"))
}

/// A digest or a hash, whole or cut.
fn hashed(text: &str) -> Option<(usize, &'static str)> {
    match hex_digits(text) {
        64 => Some((64, "HASH")),
        length @ (12 | 16) if text[length..].starts_with('…') => Some((length, "HASH")),
        _ => None,
    }
}

fn number(text: &str) -> usize {
    text.bytes()
        .take_while(|b| matches!(b, b'0'..=b'9' | b'.'))
        .count()
}

/// A duration with its unit.
fn duration(text: &str) -> Option<(usize, &'static str)> {
    let length = number(text);
    let unit = [" µs", " ms", " min", " s"]
        .into_iter()
        .find(|unit| text[length..].starts_with(unit))?;
    let end = length + unit.len();
    let ends_word = !text[end..].starts_with(|c: char| c.is_alphanumeric());
    // How long ago is told by the fixed clock.
    let is_ago = text[end..].starts_with(" ago");
    (length > 0 && ends_word && !is_ago).then_some((end, "TIME"))
}

/// A field of JSON in microseconds.
fn microseconds(text: &str) -> Option<(usize, String)> {
    let field = text.strip_prefix('"')?;
    let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let name = field.bytes().take_while(is_of_name).count();
    let name = field[..name].strip_suffix("_us").map(|_| &field[..name])?;
    after(text, &format!("\"{name}\": "), "TIME")
}

/// A number after a word.
fn after(text: &str, word: &str, name: &str) -> Option<(usize, String)> {
    let digits = number(text.strip_prefix(word)?);
    (digits > 0).then(|| (word.len() + digits, format!("{word}{name}")))
}

/// Every run of blanks as one or two.
fn squeezed(line: &str) -> String {
    let mut told = line.to_owned();
    while told.contains("   ") {
        told = told.replace("   ", "  ");
    }
    told
}
