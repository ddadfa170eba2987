//! Shell scripts: words, quotes and what stands where a command stands. Enough to find calls, and no more.

use std::ops::Range;

use crate::grammar::{Contracts, Word};
use crate::uses::Uses;

/// How deep substitutions are gone into. Stops a text that only opens them.
const DEPTH: usize = 8;

/// Words that stand before a command and leave it one.
const BEFORE: &[&str] = &[
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "exec", "env", "command",
    "sudo", "doas", "nohup", "nice", "time", "timeout", "xargs", "setsid", "ionice", "chronic",
    "flock", "eval",
];

/// The framework's program, and the variable that names another place of it.
const PROGRAM: &str = "ai-lab-framework";
const VARIABLE: &str = "AI_LAB_FRAMEWORK";

/// Finds the calls in a script. `offset` is where it begins in its file.
pub(super) fn read(text: &str, offset: usize, contracts: Contracts<'_>, uses: &mut Uses) {
    let mut reader = Reader {
        text,
        at: 0,
        offset,
        depth: 0,
        commands: Vec::new(),
    };
    reader.script();
    for words in reader.commands {
        call(&words, contracts, uses);
    }
}

/// Notes the call that a command is, if it is one.
pub(super) fn call(words: &[Word], contracts: Contracts<'_>, uses: &mut Uses) {
    let Some(at) = words.iter().position(is_program) else {
        return;
    };
    let mut before = words[..at]
        .iter()
        .map(|word| word.text.as_str())
        .filter(|word| !is_assignment(word));
    let stands_there = before.next().is_none_or(|first| BEFORE.contains(&first));
    if stands_there {
        contracts.read_call(&words[at + 1..], words[at].span.clone(), uses);
    }
}

/// Whether a word names the framework's program, wherever it lies.
pub(super) fn is_program(word: &Word) -> bool {
    let name = word.text.rsplit('/').next().unwrap_or_default();
    name == PROGRAM || (word.made_up && word.text.contains(VARIABLE) && !word.text.contains(' '))
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    offset: usize,
    depth: usize,
    commands: Vec<Vec<Word>>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn script(&mut self) {
        let mut words: Vec<Word> = Vec::new();
        let mut heredocs: Vec<String> = Vec::new();
        let mut skip_next = false;
        while let Some(c) = self.peek() {
            match c {
                '\n' => {
                    self.next();
                    self.skip_bodies(&mut heredocs);
                    self.commands.push(std::mem::take(&mut words));
                }
                ' ' | '\t' | '\r' => {
                    self.next();
                }
                '\\' if self.text[self.at + 1..].starts_with(['\n', '\r']) => {
                    self.next();
                    self.next();
                }
                '#' => {
                    let rest = &self.text[self.at..];
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                ';' | '|' | '&' | '(' | ')' => {
                    self.next();
                    self.commands.push(std::mem::take(&mut words));
                }
                '<' | '>' => {
                    let heredoc = self.text[self.at..].starts_with("<<")
                        && !self.text[self.at..].starts_with("<<<");
                    while self
                        .peek()
                        .is_some_and(|c| matches!(c, '<' | '>' | '&' | '-'))
                    {
                        self.next();
                    }
                    // A descriptor's number before it is no word of the command.
                    if words.last().is_some_and(|word| {
                        word.span.end == self.at - 1 + self.offset
                            && word.text.parse::<u8>().is_ok()
                    }) {
                        words.pop();
                    }
                    if heredoc {
                        while self.peek() == Some(' ') {
                            self.next();
                        }
                        heredocs.push(self.word().text);
                    } else {
                        skip_next = true;
                    }
                }
                _ => {
                    let word = self.word();
                    if !std::mem::take(&mut skip_next) {
                        words.push(word);
                    }
                }
            }
        }
        self.commands.push(words);
    }

    /// The bodies of here documents are input, not commands.
    fn skip_bodies(&mut self, heredocs: &mut Vec<String>) {
        for end in heredocs.drain(..) {
            while self.at < self.text.len() {
                let rest = &self.text[self.at..];
                let line = rest.lines().next().unwrap_or_default();
                self.at += (line.len() + 1).min(rest.len());
                if line.trim_start_matches('\t').trim_end() == end {
                    break;
                }
            }
        }
    }

    fn word(&mut self) -> Word {
        let mut word = Word {
            text: String::new(),
            span: self.at..self.at,
            made_up: false,
        };
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '&' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    self.next();
                    word.span.start += usize::from(word.text.is_empty());
                    while let Some(c) = self.next().filter(|c| *c != '\'') {
                        word.text.push(c);
                    }
                }
                '"' => {
                    self.next();
                    word.span.start += usize::from(word.text.is_empty());
                    self.quoted(&mut word);
                }
                '\\' => {
                    self.next();
                    word.text.extend(self.next().filter(|c| *c != '\n'));
                }
                '$' | '`' => self.substitution(&mut word),
                '*' | '?' => {
                    word.made_up = true;
                    word.text.extend(self.next());
                }
                _ => word.text.extend(self.next()),
            }
        }
        let end = word.span.start + word.text.len();
        // Escapes and quotes inside of it: then its bytes are more than what it says.
        let is_plain = self.text.get(word.span.start..end) == Some(&word.text);
        word.span.end = if is_plain { end } else { self.at };
        word.span = self.offset + word.span.start..self.offset + word.span.end;
        word
    }

    fn quoted(&mut self, word: &mut Word) {
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.next();
                    return;
                }
                '\\' => {
                    self.next();
                    word.text.extend(self.next());
                }
                '$' | '`' => self.substitution(word),
                _ => word.text.extend(self.next()),
            }
        }
    }

    /// What is put in when it runs; commands in it are commands.
    fn substitution(&mut self, word: &mut Word) {
        let start = self.at;
        let opened = self.next();
        let (open, close) = match (opened, self.peek()) {
            (Some('`'), _) => ('`', '`'),
            (_, Some('(')) => ('(', ')'),
            (_, Some('{')) => ('{', '}'),
            (_, Some(c)) if c.is_ascii_alphanumeric() || "_@*#?$!-".contains(c) => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                self.next();
                while is_name(c) && self.peek().is_some_and(is_name) {
                    self.next();
                }
                word.made_up = true;
                word.text.push_str(&self.text[start..self.at]);
                return;
            }
            _ => {
                word.text.push('$');
                return;
            }
        };
        word.made_up = true;
        if open != '`' {
            self.next();
        }
        let inside = self.at;
        let end = self.closing(open, close);
        if open != '{' && self.depth < DEPTH {
            let text = &self.text[inside..end];
            let mut inner = Reader {
                text,
                at: 0,
                offset: self.offset + inside,
                depth: self.depth + 1,
                commands: Vec::new(),
            };
            inner.script();
            self.commands.append(&mut inner.commands);
        }
        word.text.push_str(&self.text[start..self.at]);
    }

    /// Goes past the end of what was opened; where its inside ends.
    fn closing(&mut self, open: char, close: char) -> usize {
        let mut depth = 1;
        let mut quote = None;
        while let Some(c) = self.next() {
            match (c, quote) {
                ('\\', _) => {
                    self.next();
                }
                ('\'' | '"', None) => quote = Some(c),
                (c, Some(opened)) if c == opened => quote = None,
                (c, None) if c == close => depth -= 1,
                (c, None) if c == open => depth += 1,
                (_, Some(_) | None) => {}
            }
            if depth == 0 {
                return self.at - c.len_utf8();
            }
        }
        self.text.len()
    }
}

/// Words of one line that is no script, such as a unit's.
pub(super) fn words(text: &str, range: Range<usize>) -> Vec<Vec<Word>> {
    let mut reader = Reader {
        text: &text[range.clone()],
        at: 0,
        offset: range.start,
        depth: 0,
        commands: Vec::new(),
    };
    reader.script();
    reader.commands
}
