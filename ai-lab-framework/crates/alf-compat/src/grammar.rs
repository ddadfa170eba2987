//! What is known of the command line, from one contract or two.

use std::ops::Range;

use crate::contract::{Area, Contract, Item};
use crate::promises::ALWAYS;
use crate::uses::{Call, Use, Uses};

/// The contracts that are compared: the one that a lab is held against, and the one that it lives under.
#[derive(Clone, Copy, Debug)]
pub struct Contracts<'a> {
    /// The one that the lab is held against.
    pub target: &'a Contract,
    /// The one that it lives under now; `None` where that is not known or the same.
    pub present: Option<&'a Contract>,
}

/// A word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What it says, without its quotes.
    pub(crate) text: String,
    /// The bytes of what it says.
    pub(crate) span: Range<usize>,
    /// Whether part of it is made up only when it runs.
    pub(crate) made_up: bool,
}

impl<'a> Contracts<'a> {
    /// The item, as the target has it, else as the present one has it.
    pub(crate) fn item(self, area: Area, name: &str) -> Option<&'a Item> {
        let present = || self.present.and_then(|present| present.item(area, name));
        self.target.item(area, name).or_else(present)
    }

    fn has_commands_below(self, command: &str) -> bool {
        let below = |name: &String| match command {
            "" => true,
            _ => name
                .strip_prefix(command)
                .is_some_and(|rest| rest.starts_with(' ')),
        };
        let both = [Some(self.target), self.present].into_iter().flatten();
        both.flat_map(|contract| contract.area(Area::Command))
            .any(|(name, _)| below(name))
    }

    /// The name of a flag in the contract: the command's own, or that of a command above it.
    fn flag(self, command: &str, word: &str) -> String {
        let mut above = command;
        loop {
            let name = joined(above, word);
            if self.item(Area::Argument, &name).is_some() {
                return name;
            }
            match above.rsplit_once(' ') {
                Some((next, _)) => above = next,
                None if above.is_empty() => return joined(command, word),
                None => above = "",
            }
        }
    }

    /// Reads the words behind the program's name.
    pub(crate) fn read_call(self, words: &[Word], program: Range<usize>, uses: &mut Uses) {
        let mut call = Call {
            command: String::new(),
            given: Vec::new(),
            whole: true,
            span: program,
        };
        let mut positions = 0;
        let mut only_positions = false;
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let is_flag = word.text.starts_with('-') && word.text.len() > 1 && !only_positions;
            let may_be_command =
                positions == 0 && !only_positions && self.has_commands_below(&call.command);
            if word.made_up && (may_be_command || word.text.is_empty() || !is_flag) {
                call.whole = false;
                if may_be_command {
                    break;
                }
                positions += 1;
            } else if word.text == "--" {
                only_positions = true;
            } else if is_flag {
                self.read_flag(&mut call, word, &mut rest, uses);
            } else if may_be_command {
                if ALWAYS.contains(&word.text.as_str()) {
                    call.whole = false;
                    break;
                }
                let name = joined(&call.command, &word.text);
                uses.name(Area::Command, name.clone(), word.span.clone(), true);
                if self.item(Area::Command, &name).is_none() {
                    return;
                }
                call.command = name;
                call.span = word.span.clone();
            } else {
                positions += 1;
                self.read_position(&mut call, positions, word, uses);
            }
        }
        uses.calls.push(call);
    }

    fn read_flag(
        self,
        call: &mut Call,
        word: &Word,
        rest: &mut std::slice::Iter<'_, Word>,
        uses: &mut Uses,
    ) {
        let long = word.text.starts_with("--");
        let cut = if long {
            word.text.find('=').unwrap_or(word.text.len())
        } else {
            word.text
                .char_indices()
                .nth(2)
                .map_or(word.text.len(), |(at, _)| at)
        };
        let (flag, behind) = word.text.split_at(cut);
        if ALWAYS.contains(&flag) {
            call.whole = false;
            return;
        }
        let name = self.flag(&call.command, flag);
        let span = word.span.start..word.span.start + cut;
        let takes = self
            .item(Area::Argument, &name)
            .and_then(|item| item.types.first());
        let is_value = takes.is_some_and(|what| what.starts_with("value"));
        let value = if let Some(value) = behind
            .strip_prefix('=')
            .or((!long && is_value && !behind.is_empty()).then_some(behind))
        {
            // Where quotes stand in the word, the whole word is its place.
            let is_plain = word.span.len() == word.text.len();
            let start = if is_plain {
                word.span.end - value.len()
            } else {
                word.span.start
            };
            (!word.made_up).then(|| (value.to_owned(), start..word.span.end))
        } else if is_value && takes.is_some_and(|what| what != "value or none") {
            let next = rest.next().filter(|next| !next.made_up);
            next.map(|next| (next.text.clone(), next.span.clone()))
        } else {
            None
        };
        call.given.push(name.clone());
        uses.named.push(Use {
            area: Area::Argument,
            item: name,
            value,
            span,
            owned: true,
            binds: false,
        });
    }

    fn read_position(self, call: &mut Call, position: usize, word: &Word, uses: &mut Uses) {
        let name = joined(&call.command, &format!("<{position}>"));
        let known = self.item(Area::Argument, &name);
        let several = |item: &Item| item.types.iter().any(|what| what == "values");
        call.given.push(name.clone());
        // The last position may take all that follows.
        let takes_rest = (1..position).any(|before| {
            let name = joined(&call.command, &format!("<{before}>"));
            self.item(Area::Argument, &name).is_some_and(several)
        });
        if known.is_some() || !takes_rest {
            let value = Some((word.text.clone(), word.span.clone()));
            uses.named.push(Use {
                area: Area::Argument,
                item: name,
                value,
                span: word.span.clone(),
                owned: true,
                binds: false,
            });
        }
    }
}

fn joined(command: &str, word: &str) -> String {
    if command.is_empty() {
        word.to_owned()
    } else {
        format!("{command} {word}")
    }
}
