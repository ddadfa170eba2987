//! A question at the terminal whose answer is not shown.

use std::io::{self, Read as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The longest answer, in bytes. Stops a file pasted by mistake from filling the memory.
const ANSWER_BYTES: usize = 131_072;

/// How an answer ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With the end of the line, which is no part of it.
    Given(Vec<u8>),
    /// The person thought better of it: Ctrl-C, or Ctrl-D on an empty line.
    Withdrawn,
}

/// Asks on standard error and reads one line from the terminal at standard input, which shows nothing of it.
///
/// Fails where standard input is no terminal.
pub(crate) fn hidden_answer(question: &str) -> io::Result<Answer> {
    let stdin = io::stdin();
    // Before the question: whoever sees it may type.
    let silent = Silence::over(&stdin)?;
    let mut told = io::stderr().lock();
    write!(told, "{question}")?;
    told.flush()?;
    let answer = answer_of(stdin.lock().bytes());
    drop(silent);
    writeln!(told)?;
    answer
}

/// One line out of the keys as they were pressed: without echo, the terminal edits nothing by itself.
fn answer_of(keys: impl Iterator<Item = io::Result<u8>>) -> io::Result<Answer> {
    const INTERRUPT: u8 = 0x03;
    const END: u8 = 0x04;
    const BACKSPACE: u8 = 0x08;
    const ERASE_LINE: u8 = 0x15;
    const DELETE: u8 = 0x7f;
    // At its full size from the start: one that grows leaves copies behind.
    let mut line = Vec::with_capacity(ANSWER_BYTES);
    for key in keys {
        match key? {
            b'\n' | b'\r' => return Ok(Answer::Given(line)),
            INTERRUPT => return Ok(Answer::Withdrawn),
            END if line.is_empty() => return Ok(Answer::Withdrawn),
            END => return Ok(Answer::Given(line)),
            BACKSPACE | DELETE => erase(&mut line),
            ERASE_LINE => line.clear(),
            _ if line.len() == ANSWER_BYTES => {
                let told = format!("it is longer than {ANSWER_BYTES} bytes");
                return Err(io::Error::other(told));
            }
            key => line.push(key),
        }
    }
    // The terminal is gone: what was typed is perhaps not all.
    Ok(Answer::Withdrawn)
}

/// Takes the last character away, however many bytes it has.
fn erase(line: &mut Vec<u8>) {
    while let Some(byte) = line.pop() {
        let is_inside_of_a_character = byte & 0b1100_0000 == 0b1000_0000;
        if !is_inside_of_a_character {
            return;
        }
    }
}

/// The terminal shows nothing, hands over each key and sends no signals; as it was when dropped.
struct Silence<'a> {
    terminal: &'a io::Stdin,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn over(terminal: &'a io::Stdin) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        // Without signals: Ctrl-C would leave the terminal silent.
        let loud = LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        silent.local_modes.remove(loud);
        tcsetattr(terminal, OptionalActions::Drain, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs no echo.
        let _gone = tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_a_line_as_a_terminal_makes_it() {
        let given = |text: &[u8]| Some(Answer::Given(text.to_vec()));
        let too_long = vec![b'x'; ANSWER_BYTES + 1];
        let cases: [(&[u8], Option<Answer>); 9] = [
            (b"correct horse\nmore", given(b"correct horse")),
            (b"abc\r", given(b"abc")),
            (b"ab\x7fc\x08d\n", given(b"ad")),
            ("aä\u{7f}b\n".as_bytes(), given(b"ab")),
            (b"\x7fwrong\x15right\x04", given(b"right")),
            (b"abc\x03\n", Some(Answer::Withdrawn)),
            (b"\x04", Some(Answer::Withdrawn)),
            (b"abc", Some(Answer::Withdrawn)),
            (&too_long, None),
        ];
        for (keys, expected) in cases {
            let answer = answer_of(keys.iter().map(|key| Ok(*key))).ok();
            assert_eq!(answer, expected);
        }
    }
}
