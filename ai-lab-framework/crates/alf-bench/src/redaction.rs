//! Taking secrets out of a text, against copying the same bytes.

use std::hint::black_box;

use ai_lab_contract::SecretName;
use alf_secrets::{Redactor, SecretValue};

use crate::{Measured, turns::Turns};

/// How much is searched at a time, in bytes: what a tool may log four times over.
const TEXT_BYTES: usize = 1_048_576;

/// Searches a text as tools log it, in which none of so many secrets stands, beside a copy of it.
pub(crate) fn measure(secrets: usize, rounds: usize) -> Measured {
    let kept = (0..secrets).map(kept).collect::<Result<Vec<_>, _>>()?;
    let redactor = Redactor::new(kept.iter().map(|(name, value)| (name, value)));
    let text = log();
    Turns::take(
        rounds,
        || match redactor.bytes(black_box(&text)) {
            found if found.len() == text.len() => Ok(()),
            _ => Err("a secret was found where none stands".into()),
        },
        || {
            black_box(black_box(&text).clone());
            Ok(())
        },
    )
}

/// A name, and a value that looks like a token.
fn kept(number: usize) -> Result<(SecretName, SecretValue), Box<dyn std::error::Error>> {
    let digits = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let value = SecretValue::new(&format!("Tk/{digits:016x}+{:08x}==", digits >> 17))?;
    Ok((format!("token-{number}").parse()?, value))
}

fn log() -> Vec<u8> {
    let lines = (1_u128..).map(|line| {
        let digest = line.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        format!(
            "{{\"level\":\"info\",\"message\":\"nas-{line} answered in {} ms\",\"sha256\":\"{digest:032x}\"}}\n",
            line % 97
        )
    });
    lines
        .flat_map(String::into_bytes)
        .take(TEXT_BYTES)
        .collect()
}
