//! A record as a busy year leaves it: 20 tools with 3 actions each, about 1 KB a row, 1 of 100 failed.

use std::error::Error;

use ai_lab_contract::{ErrorClass, ExecutionId, Metric, Profile, ToolName};
use alf_store::{
    EndStatus, ExecutionEnd, ExecutionStart, LogLevel, LogLine, Owner, RecordedError, SqliteStore,
};

/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 86_400_000;
/// When the last execution started; a quarter past an hour, so that a part of one is asked for.
pub(super) const END_MS: i64 = 1_750_000_500_000;

/// Executions a day; a short record is that of fewer days.
const A_DAY: i64 = 4_000;
const TOOLS: u64 = 20;
const ACTIONS: u64 = 3;
/// One in so many fails.
const FAILS: u64 = 100;
/// Words of an output.
const WORDS: u64 = 40;
/// Different words; the first ones come often, as in any language.
const VOCABULARY: u32 = 2_000;
/// Executions a transaction.
const BATCH: u32 = 5_000;

/// Records so many executions, the last of them then, in milliseconds since 1970.
pub(super) fn fill(store: &SqliteStore, size: u32, end_ms: i64) -> Result<(), Box<dyn Error>> {
    for first in (0..size).step_by(BATCH as usize) {
        let batch = first..size.min(first + BATCH);
        let executions: Result<Vec<_>, _> = batch.map(|number| execution(number, size)).collect();
        let mut executions = executions?;
        for (start, end) in &mut executions {
            start.started_at_ms += end_ms - END_MS;
            end.ended_at_ms += end_ms - END_MS;
        }
        store.record_together(&executions)?;
    }
    Ok(())
}

/// One of the tools.
pub(super) fn tool(number: u64) -> Result<ToolName, Box<dyn Error>> {
    Ok(format!("tool-{number:02}").parse()?)
}

/// A word of the vocabulary; no word is the beginning of another.
pub(super) fn word(rank: u32) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu",
        "za",
    ];
    let syllable = |shift: u32| SYLLABLES[((rank >> shift) & 15) as usize];
    [syllable(0), syllable(4), syllable(8)].concat()
}

/// The same dice for the same number: two fillings are equal.
struct Dice(u64);

impl Dice {
    /// The next throw (splitmix64).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A word, the common ones more often: the rank grows with the cube of an even throw.
    fn word(&mut self) -> String {
        let throw = self.below(1 << 16);
        let cube = (throw * throw * throw * u64::from(VOCABULARY)) >> 48;
        word(u32::try_from(cube).unwrap_or_default())
    }

    fn digest(&mut self) -> String {
        let four: Vec<String> = (0..4).map(|_| format!("{:016x}", self.next())).collect();
        format!("sha256:{}", four.concat())
    }
}

/// The execution of that number in a record of that size.
pub(crate) fn execution(
    number: u32,
    size: u32,
) -> Result<(ExecutionStart, ExecutionEnd), Box<dyn Error>> {
    let mut dice = Dice(u64::from(number) << 20);
    let execution_id: ExecutionId = format!("{number:08}-{:016x}", dice.next()).parse()?;
    let started_at_ms = END_MS - i64::from(size - 1 - number) * (DAY_MS / A_DAY);
    let start = start(execution_id, number, started_at_ms, &mut dice)?;
    let end = end(&start, &mut dice);
    Ok((start, end))
}

fn start(
    execution_id: ExecutionId,
    number: u32,
    started_at_ms: i64,
    dice: &mut Dice,
) -> Result<ExecutionStart, Box<dyn Error>> {
    // Ids grow with the time, as the framework's own.
    let correlation = format!("{number:08}-{:016x}", dice.next());
    Ok(ExecutionStart {
        execution_id,
        correlation_id: correlation.parse()?,
        parent_id: None,
        session_id: None,
        idempotency_key: None,
        tool: tool(dice.below(TOOLS))?,
        tool_version: "1.2.3".to_owned(),
        tool_digest: "sha256:70".to_owned(),
        action: format!("action-{}", dice.below(ACTIONS)).parse()?,
        profile: Profile::Standard,
        framework_version: "0.1.0".to_owned(),
        framework_digest: "sha256:f0".to_owned(),
        policy_digest: "sha256:90".to_owned(),
        configuration_digest: dice.digest(),
        sandbox: "full".to_owned(),
        client_name: "agent".to_owned(),
        client_version: "1.0".to_owned(),
        protocol_version: "cli/1".to_owned(),
        host: "homeserver".to_owned(),
        owner: Owner {
            pid: 4_000,
            start_ticks: 77,
            boot_id: "b0".to_owned(),
        },
        attempt: 1,
        input: format!(
            r#"{{"name":"{} {}","depth":{}}}"#,
            dice.word(),
            dice.word(),
            dice.below(1_000_000)
        ),
        started_at_ms,
        queue_us: 5,
    })
}

/// Each action has its own usual time, from one to a hundred milliseconds; single runs take from a half to twice
/// as long, few of them the one or the other.
fn run_us(start: &ExecutionStart, dice: &mut Dice) -> u64 {
    let names = [start.tool.as_str(), start.action.as_str()].concat();
    let usual = 1_000
        + names
            .bytes()
            .fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 99_000);
    let throws: u64 = (0..3).map(|_| dice.below(usual / 2)).sum();
    usual / 2 + throws
}

fn end(start: &ExecutionStart, dice: &mut Dice) -> ExecutionEnd {
    let words: Vec<String> = (0..WORDS).map(|_| dice.word()).collect();
    let output = format!(r#"{{"text":"{}"}}"#, words.join(" "));
    let failed = dice.below(FAILS) == 0;
    let run_us = run_us(start, dice);
    let ended_at_ms = start.started_at_ms + i64::try_from(run_us / 1_000).unwrap_or_default();
    let error = failed.then(|| RecordedError {
        class: ErrorClass::ToolFailed,
        kind: "unreachable".to_owned(),
        message: format!("no route to {}", dice.word()),
        retryable: true,
        detail: String::new(),
    });
    ExecutionEnd {
        execution_id: start.execution_id.clone(),
        status: if failed {
            EndStatus::Failed
        } else {
            EndStatus::Succeeded
        },
        error,
        answered: None,
        output_bytes: output.len() as u64,
        output: (!failed).then_some(output),
        log_bytes: 40,
        exit: "exit 0".to_owned(),
        ended_at_ms,
        start_us: 900,
        run_us,
        record_us: 40,
        logs: vec![LogLine {
            at_ms: ended_at_ms,
            level: LogLevel::Info,
            text: format!("asked for {} and {}", dice.word(), dice.word()),
        }],
        metrics: vec![Metric {
            name: "rows".to_owned(),
            value: 7.0,
            unit: String::new(),
        }],
    }
}
