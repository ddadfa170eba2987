//! Classic BPF, as far as a system call filter needs it (seccomp(2)).

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
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const JUMP_IF_ANY: u16 = 0x45;
const RETURN: u16 = 0x06;

/// Offsets in `struct seccomp_data`; both architectures are little-endian.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

/// A filter in the making. What is said first is asked first.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    code: Vec<(u16, u8, u8, u32)>,
}

impl Assembler {
    /// Every other architecture ends the process: its numbers mean other calls.
    pub(crate) fn only_architecture(&mut self, architecture: u32) {
        self.code.push((LOAD, 0, 0, ARCHITECTURE));
        self.code.push((JUMP_IF_EQUAL, 1, 0, architecture));
        self.give(Verdict::Kill);
        self.code.push((LOAD, 0, 0, NUMBER));
    }

    /// Calls with this number or a higher one.
    pub(crate) fn from(&mut self, number: u32, verdict: Verdict) {
        self.code.push((JUMP_IF_AT_LEAST, 0, 1, number));
        self.give(verdict);
    }

    /// The call, whatever its arguments.
    pub(crate) fn always(&mut self, number: u32, verdict: Verdict) {
        self.code.push((JUMP_IF_EQUAL, 0, 1, number));
        self.give(verdict);
    }

    /// The call, when all conditions hold.
    pub(crate) fn when(&mut self, number: u32, tests: &[Test], verdict: Verdict) {
        let body: Vec<(u16, u32, Option<u32>, u32, bool)> =
            tests.iter().map(|test| test.parts()).collect();
        // Of each test: load, perhaps mask, jump. Behind them the verdict, and the number loaded anew.
        let sizes = body.iter().map(|part| if part.2.is_some() { 3 } else { 2 });
        let total: u8 = sizes.sum::<u8>() + 1;
        self.code.push((JUMP_IF_EQUAL, 0, total + 1, number));
        let mut left = total;
        for (jump, argument, mask, value, wanted) in body {
            self.code.push((LOAD, 0, 0, ARGUMENTS + 8 * argument));
            left -= 1;
            if let Some(mask) = mask {
                self.code.push((AND, 0, 0, mask));
                left -= 1;
            }
            left -= 1;
            let (holds, fails) = if wanted { (0, left) } else { (left, 0) };
            self.code.push((jump, holds, fails, value));
        }
        self.give(verdict);
        self.code.push((LOAD, 0, 0, NUMBER));
    }

    /// What holds for every other call, and the filter as the kernel takes it.
    pub(crate) fn finish(mut self, verdict: Verdict) -> Vec<u8> {
        self.give(verdict);
        let mut bytes = Vec::with_capacity(self.code.len() * 8);
        for (code, holds, fails, value) in self.code {
            bytes.extend_from_slice(&code.to_le_bytes());
            bytes.extend_from_slice(&[holds, fails]);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    fn give(&mut self, verdict: Verdict) {
        self.code.push((RETURN, 0, 0, verdict.word()));
    }
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
        let mut assembler = Assembler::default();
        assembler.only_architecture(9);
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
}
