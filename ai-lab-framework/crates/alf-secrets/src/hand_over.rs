//! How values reach a tool: one sealed file in memory that it inherits, and variables where it asks for them.

use std::collections::BTreeMap;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::OwnedFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;

use crate::document::exact_json;
use crate::grant::HandOverPlan;
use crate::value::SecretValue;

/// The descriptor at which a tool inherits its secrets.
pub const SECRETS_FD: i32 = 3;

/// The variable that tells a tool the number of that descriptor; not set where nothing is handed over.
pub const SECRETS_FD_VARIABLE: &str = "AI_LAB_SECRETS_FD";

/// Everything a tool is handed. Made for one process: two would share the place up to which they have read.
#[derive(Debug, Default)]
#[must_use]
pub struct HandOver {
    /// A sealed file in memory with one JSON object, name to value, to appear as [`SECRETS_FD`]; `None` when all
    /// secrets go into variables, or there are none.
    pub file: Option<OwnedFd>,
    /// Variables to set; every process of the same user can read them while the tool runs.
    pub environment: Vec<(String, SecretValue)>,
}

impl HandOver {
    /// Whether nothing is handed over.
    pub const fn is_empty(&self) -> bool {
        self.file.is_none() && self.environment.is_empty()
    }
}

/// Makes ready what was decided.
///
/// Fails where the kernel gives no file in memory, and on a value with a NUL for a variable.
pub fn hand_over(plan: &HandOverPlan) -> io::Result<HandOver> {
    let mut inherited = BTreeMap::new();
    let mut environment = Vec::new();
    for (wanted, value) in &plan.secrets {
        match wanted.environment() {
            None => {
                inherited.insert(wanted.name().as_str(), value.expose());
            }
            Some(variable) => {
                if value.expose().contains('\0') {
                    let told = format!(
                        "the secret `{}` contains a NUL, which no variable can hold",
                        wanted.name()
                    );
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
                }
                environment.push((variable.to_owned(), value.clone()));
            }
        }
    }
    let file = if inherited.is_empty() {
        None
    } else {
        Some(sealed_file("ai-lab-secrets", &exact_json(&inherited))?)
    };
    Ok(HandOver { file, environment })
}

/// A file in memory that nobody can write, grow or shrink, read from its beginning; the name is for people who look.
pub fn sealed_file(name: &str, bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = match memfd_create(name, flags | MemfdFlags::NOEXEC_SEAL) {
        // Before Linux 6.3.
        Err(Errno::INVAL) => memfd_create(name, flags)?,
        made => made?,
    };
    let mut file = std::fs::File::from(file);
    file.write_all(bytes)?;
    file.rewind()?;
    let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    fcntl_add_seals(&file, seals)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ai_lab_contract::{SecretInVariable, SecretWanted};
    use std::fs::File;
    use std::io::Read as _;

    fn plan(secrets: &[(&str, Option<&str>, &str)]) -> HandOverPlan {
        let secrets = secrets.iter().map(|(name, variable, value)| {
            let name = name.parse().expect("a valid name");
            let wanted = match variable {
                None => SecretWanted::Named(name),
                Some(variable) => SecretWanted::InVariable(SecretInVariable {
                    name,
                    environment: (*variable).to_owned(),
                }),
            };
            (wanted, SecretValue::new(value).expect("a valid value"))
        });
        HandOverPlan {
            secrets: secrets.collect(),
            changed_since: Vec::new(),
        }
    }

    #[test]
    fn values_come_in_one_file_that_nobody_can_write() {
        let plan = plan(&[("router", None, "pass\"wörd"), ("token", None, "12345678")]);
        let mut file = File::from(hand_over(&plan).expect("made").file.expect("there is one"));
        let mut text = String::new();
        file.read_to_string(&mut text).expect("readable");
        assert_eq!(text, r#"{"router":"pass\"wörd","token":"12345678"}"#);
        file.rewind().expect("it is a file");
        let written = file.write_all(b"x").map_err(|error| error.raw_os_error());
        assert_eq!(written, Err(Some(Errno::PERM.raw_os_error())));
        assert!(file.set_len(0).is_err());
    }

    #[test]
    fn a_variable_is_set_only_where_the_manifest_asks() {
        let made = hand_over(&plan(&[("token", Some("TOKEN"), "12345678")])).expect("made");
        let variables = made.environment.iter();
        let variables: Vec<(&str, &str)> = variables
            .map(|(name, value)| (name.as_str(), value.expose()))
            .collect();
        assert_eq!(
            (made.file.is_none(), variables),
            (true, vec![("TOKEN", "12345678")])
        );
        let nothing = hand_over(&plan(&[])).expect("made");
        assert!(nothing.is_empty() && !made.is_empty());
        assert!(hand_over(&plan(&[("t", Some("T"), "1234567\0")])).is_err());
    }
}
