//! The secrets that this process was handed, in a file that it inherits.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;

use crate::failure::Refusal;

/// The variable with the number of the inherited descriptor; not set where nothing was handed over.
const DESCRIPTOR: &str = "AI_LAB_SECRETS_FD";

/// The most that is read, in bytes. Stops another file at that descriptor from filling the memory.
const FILE_BYTES: u64 = 8_388_608;

/// Names and values, or why there are none. Read once: a process is handed its secrets when it starts.
static HANDED: OnceLock<Result<BTreeMap<String, String>, String>> = OnceLock::new();

/// The value of one secret.
pub(crate) fn value_of(name: &str) -> Result<&'static str, Refusal> {
    let handed = HANDED.get_or_init(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the tool's one door to it"
        )]
        let descriptor = std::env::var(DESCRIPTOR).ok();
        descriptor.map_or_else(|| Ok(BTreeMap::new()), |descriptor| read(&descriptor))
    });
    match handed {
        Ok(values) => values.get(name).map(String::as_str).ok_or_else(|| {
            let told = format!("`{}` is not in `grants.secrets`", name.escape_debug());
            Refusal::Secret(told)
        }),
        Err(why) => Err(Refusal::Secret(why.clone())),
    }
}

/// Opens the descriptor anew: it may be shared, and so its place must not be moved. Says nothing of what it holds.
fn read(descriptor: &str) -> Result<BTreeMap<String, String>, String> {
    let number: u32 = descriptor
        .parse()
        .map_err(|_| format!("{DESCRIPTOR} is no number"))?;
    let file = File::open(format!("/proc/self/fd/{number}"))
        .map_err(|error| format!("the descriptor {number} cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the descriptor {number} cannot be read: {error}"))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| format!("the descriptor {number} holds no names and values"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_of_secrets_is_told_by_its_number_alone() {
        let told =
            ["x", "-1", "999999"].map(|descriptor| read(descriptor).expect_err("it is none"));
        assert_eq!(
            told,
            [
                "AI_LAB_SECRETS_FD is no number",
                "AI_LAB_SECRETS_FD is no number",
                "the descriptor 999999 cannot be read: No such file or directory (os error 2)",
            ]
        );
    }
}
