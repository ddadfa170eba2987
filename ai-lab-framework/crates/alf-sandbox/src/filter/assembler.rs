//! Classic BPF, as far as a system call filter needs it (seccomp(2)).
//!
//! The number is looked for as in a sorted list, by halves. When a filter is put in force the kernel goes through it
//! once for each number there is: asked one after the other, two hundred instructions take ten times as long.

use std::collections::BTreeMap;

/// What the kernel does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes through.
    Allow,
    /// It fails with this error number.
    Fail(i32),
    /// The process ends.
    Kill,
}

impl Verdict {
    const fn word(self) -> u32 {
        match self {
            Self::Allow => 0x7fff_0000,
            Self::Fail(errno) => 0x0005_0000 | errno.cast_unsigned(),
            Self::Kill => 0x8000_0000,
        }
    }
}

/// One condition on an argument, of which the lower 32 bits are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// Some of these bits are set.
    AnyOf {
        /// Which argument, from 0.
        argument: u32,
        /// The bits.
        bits: u32,
    },
    /// Masked by these bits, it is this value.
    Is {
        /// Which argument, from 0.
        argument: u32,
        /// The bits that count.
        mask: u32,
        /// The value.
        value: u32,
    },
    /// Masked by these bits, it is not this value.
    IsNot {
        /// Which argument, from 0.
        argument: u32,
        /// The bits that count.
        mask: u32,
        /// The value.
        value: u32,
    },
}

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const JUMP_IF_ANY: u16 = 0x45;
const RETURN: u16 = 0x06;

/// Offsets in `struct seccomp_data`; both architectures are little-endian.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

/// One instruction: what it does, how far it jumps where its condition holds and where not, its operand.
type Instruction = (u16, u8, u8, u32);

/// What is said of one call: under these conditions, all of them, this verdict. What is said first is asked first.
type Clauses = Vec<(Vec<Test>, Verdict)>;

/// A filter in the making.
#[derive(Debug)]
pub(crate) struct Assembler {
    architecture: u32,
    calls: BTreeMap<u32, Clauses>,
    /// From this number on, this verdict.
    from: Option<(u32, Verdict)>,
}

impl Assembler {
    /// A filter for this architecture. Every other one ends the process: its numbers mean other calls.
    pub(crate) const fn only(architecture: u32) -> Self {
        Self {
            architecture,
            calls: BTreeMap::new(),
            from: None,
        }
    }

    /// Calls with this number or a higher one; nothing else may be said of those.
    pub(crate) const fn from(&mut self, number: u32, verdict: Verdict) {
        self.from = Some((number, verdict));
    }

    /// The call, whatever its arguments.
    pub(crate) fn always(&mut self, number: u32, verdict: Verdict) {
        self.when(number, &[], verdict);
    }

    /// The call, when all conditions hold.
    pub(crate) fn when(&mut self, number: u32, tests: &[Test], verdict: Verdict) {
        let said = self.calls.entry(number).or_default();
        said.push((tests.to_vec(), verdict));
    }

    /// What holds for every other call, and the filter as the kernel takes it.
    pub(crate) fn finish(self, otherwise: Verdict) -> Vec<u8> {
        let mut code = vec![
            (LOAD, 0, 0, ARCHITECTURE),
            (JUMP_IF_EQUAL, 1, 0, self.architecture),
            give(Verdict::Kill),
            (LOAD, 0, 0, NUMBER),
        ];
        code.extend(halves(&self.stretches(otherwise)));
        let mut bytes = Vec::with_capacity(code.len() * 8);
        for (code, holds, fails, value) in code {
            bytes.extend_from_slice(&code.to_le_bytes());
            bytes.extend_from_slice(&[holds, fails]);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// The numbers in stretches of which the same holds: the first of each with what is done there.
    fn stretches(self, otherwise: Verdict) -> Vec<(u32, Vec<Instruction>)> {
        let mut stretches = vec![(0, vec![give(otherwise)])];
        for (number, clauses) in self.calls {
            stretches.push((number, judged(&clauses, otherwise)));
            stretches.push((number + 1, vec![give(otherwise)]));
        }
        if let Some((first, verdict)) = self.from {
            stretches.retain(|(number, _)| *number < first);
            stretches.push((first, vec![give(verdict)]));
        }
        // Of two that begin with the same number the later one holds, and what goes on as before begins nothing.
        stretches.reverse();
        stretches.dedup_by_key(|(number, _)| *number);
        stretches.reverse();
        stretches.dedup_by(|next, before| next.1 == before.1);
        stretches
    }
}

/// Looks for the stretch that the number is in; it is in one of these.
fn halves(stretches: &[(u32, Vec<Instruction>)]) -> Vec<Instruction> {
    let [(_, only)] = stretches else {
        let (lower, upper) = stretches.split_at(stretches.len() / 2);
        let first = upper.first().map_or(u32::MAX, |(number, _)| *number);
        let lower = halves(lower);
        let mut code = match u8::try_from(lower.len()) {
            Ok(over) => vec![(JUMP_IF_AT_LEAST, over, 0, first)],
            // Further than a condition can jump.
            Err(_) => vec![
                (JUMP_IF_AT_LEAST, 0, 1, first),
                (JUMP, 0, 0, u32::try_from(lower.len()).unwrap_or(u32::MAX)),
            ],
        };
        code.extend(lower);
        code.extend(halves(upper));
        return code;
    };
    only.clone()
}

/// Asks the arguments of one call.
fn judged(clauses: &Clauses, otherwise: Verdict) -> Vec<Instruction> {
    let mut code = Vec::new();
    for (tests, verdict) in clauses {
        let parts: Vec<_> = tests.iter().map(|test| test.parts()).collect();
        // Of each test: load, perhaps mask, jump. Behind them the verdict.
        let sizes = parts
            .iter()
            .map(|part| if part.2.is_some() { 3 } else { 2 });
        let mut left = sizes.sum::<u8>() + 1;
        for (jump, argument, mask, value, wanted) in parts {
            code.push((LOAD, 0, 0, ARGUMENTS + 8 * argument));
            left -= 2;
            if let Some(mask) = mask {
                code.push((AND, 0, 0, mask));
                left -= 1;
            }
            let (holds, fails) = if wanted { (0, left) } else { (left, 0) };
            code.push((jump, holds, fails, value));
        }
        code.push(give(*verdict));
        if tests.is_empty() {
            return code;
        }
    }
    code.push(give(otherwise));
    code
}

const fn give(verdict: Verdict) -> Instruction {
    (RETURN, 0, 0, verdict.word())
}

impl Test {
    /// Kind of jump, argument, mask, value, and whether the jump is to hold.
    const fn parts(self) -> (u16, u32, Option<u32>, u32, bool) {
        match self {
            Self::AnyOf { argument, bits } => (JUMP_IF_ANY, argument, None, bits, true),
            Self::Is {
                argument,
                mask,
                value,
            } => (JUMP_IF_EQUAL, argument, Some(mask), value, true),
            Self::IsNot {
                argument,
                mask,
                value,
            } => (JUMP_IF_EQUAL, argument, Some(mask), value, false),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Runs a filter as the kernel would; `None` for a filter that runs off its end.
    pub(crate) fn judge(
        filter: &[u8],
        architecture: u32,
        number: u32,
        arguments: &[u32],
    ) -> Option<u32> {
        let mut at = 0;
        let mut word = 0_u32;
        loop {
            let one = filter.get(at * 8..at * 8 + 8)?;
            let code = u16::from_le_bytes([one[0], one[1]]);
            let value = u32::from_le_bytes([one[4], one[5], one[6], one[7]]);
            let jump = |holds: bool| usize::from(if holds { one[2] } else { one[3] });
            at += 1;
            match code {
                LOAD => {
                    word = match value {
                        NUMBER => number,
                        ARCHITECTURE => architecture,
                        offset => *arguments
                            .get((offset - ARGUMENTS) as usize / 8)
                            .unwrap_or(&0),
                    }
                }
                AND => word &= value,
                JUMP => at += value as usize,
                JUMP_IF_EQUAL => at += jump(word == value),
                JUMP_IF_AT_LEAST => at += jump(word >= value),
                JUMP_IF_ANY => at += jump(word & value != 0),
                RETURN => return Some(value),
                _ => return None,
            }
        }
    }

    #[test]
    fn a_call_fails_only_when_all_its_conditions_hold() {
        let mut assembler = Assembler::only(9);
        assembler.when(
            5,
            &[
                Test::AnyOf {
                    argument: 1,
                    bits: 0x40,
                },
                Test::Is {
                    argument: 2,
                    mask: 0xf,
                    value: 3,
                },
                Test::IsNot {
                    argument: 0,
                    mask: u32::MAX,
                    value: 0,
                },
            ],
            Verdict::Fail(1),
        );
        assembler.always(6, Verdict::Fail(38));
        assembler.from(100, Verdict::Kill);
        let filter = assembler.finish(Verdict::Allow);
        let allowed = Verdict::Allow.word();
        let check = |number, arguments: &[u32], verdict: u32| {
            assert_eq!(
                judge(&filter, 9, number, arguments),
                Some(verdict),
                "{number} {arguments:?}"
            );
        };
        check(5, &[1, 0x40, 0x13], Verdict::Fail(1).word());
        check(5, &[0, 0x40, 0x13], allowed);
        check(5, &[1, 0x20, 0x13], allowed);
        check(5, &[1, 0x40, 0x14], allowed);
        check(6, &[], Verdict::Fail(38).word());
        check(99, &[], allowed);
        check(100, &[], Verdict::Kill.word());
        assert_eq!(judge(&filter, 8, 6, &[]), Some(Verdict::Kill.word()));
    }
    #[test]
    fn every_number_meets_what_is_said_of_it_and_of_no_other() {
        // Close together and far apart, at both ends, and so many that jumps over one half are long.
        let said: Vec<u32> = (0..400)
            .filter(|number| number % 7 < 3 || *number > 380)
            .collect();
        let mut assembler = Assembler::only(9);
        for number in &said {
            let test = Test::IsNot {
                argument: 0,
                mask: 0xf,
                value: number % 16,
            };
            assembler.when(*number, &[test], Verdict::Fail(1));
            if number % 5 == 0 {
                assembler.always(*number, Verdict::Fail(2));
            }
        }
        assembler.from(1_000, Verdict::Fail(3));
        let filter = assembler.finish(Verdict::Allow);
        assert!(
            filter.len() / 8 > 2 * usize::from(u8::MAX),
            "{}",
            filter.len() / 8
        );
        for number in (0..1_200).chain([u32::MAX]) {
            for argument in [0, 3, 8] {
                let expected = match said.contains(&number) {
                    true if argument != number % 16 => Verdict::Fail(1),
                    true if number % 5 == 0 => Verdict::Fail(2),
                    false if number >= 1_000 => Verdict::Fail(3),
                    true | false => Verdict::Allow,
                };
                let met = judge(&filter, 9, number, &[argument]);
                assert_eq!(met, Some(expected.word()), "{number} {argument}");
            }
        }
    }
}
