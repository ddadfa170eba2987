//! Where `ai-lab.toml`, `ai-lab.lock` and `requirements.txt` say different things.

use ai_lab_contract::v1::LabLock;
use semver::Version;
use serde::Serialize;

use crate::lock::read_lock;
use crate::wanted::Wanted;

/// One difference. The shape of `--json`: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
    /// The command that sets it right.
    pub next: &'static str,
}

/// The texts, as they are.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// `ai-lab.toml`.
    pub marker: &'a str,
    /// `ai-lab.lock`; `None` where there is none.
    pub lock: Option<&'a str>,
    /// `requirements.txt`; `None` where there is none.
    pub requirements: Option<&'a str>,
}

/// Every difference. `expected` gives `requirements.txt` as it should be for a lock: the lines outside the lab's are the
/// person's, and who knows the lab's knows them.
pub fn drift(texts: &Texts<'_>, expected: impl FnOnce(&LabLock) -> String) -> Vec<Drift> {
    let mut found = Vec::new();
    let wanted = Wanted::read(texts.marker);
    if let Err(error) = &wanted {
        found.push(Drift {
            file: "ai-lab.toml",
            line: error.line,
            what: error.what.clone(),
            next: "mend the line by hand",
        });
    }
    let Some(text) = texts.lock else {
        found.push(Drift {
            file: "ai-lab.lock",
            line: 1,
            what: "there is none".to_owned(),
            next: "`ai-lab lock` writes it",
        });
        return found;
    };
    match read_lock(text) {
        Err(error) => found.push(unreadable(&error)),
        Ok(lock) => {
            found.extend(wanted.ok().and_then(|wanted| outside(&wanted, &lock)));
            found.extend(stale(&expected(&lock), texts.requirements));
        }
    }
    found
}

fn unreadable(error: &crate::LockError) -> Drift {
    use crate::LockError as E;
    let (line, next) = match error {
        E::Conflict { line } => (
            *line,
            "take one side with `git checkout --ours ai-lab.lock` or `--theirs`",
        ),
        E::Wrong { line, .. } => (*line, "`git checkout ai-lab.lock` takes it back"),
        E::TooLong => (1, "`git checkout ai-lab.lock` takes it back"),
        E::Form(_) => (1, "`pip install --upgrade ai-lab` reads it"),
    };
    Drift {
        file: "ai-lab.lock",
        line,
        what: error.to_string(),
        next,
    }
}

/// The locked version is none that is wanted.
fn outside(wanted: &Wanted, lock: &LabLock) -> Option<Drift> {
    let version = &lock.framework.version;
    let fits = Version::parse(version.as_str()).is_ok_and(|it| wanted.accepts.matches(&it));
    let range = wanted.range.as_deref().unwrap_or("*");
    (!fits).then(|| Drift {
        file: "ai-lab.toml",
        line: wanted.line,
        what: format!("it wants {range}, and ai-lab.lock has {version}"),
        next: "`ai-lab update` brings one that is wanted, `ai-lab framework pin` wants the one that is there",
    })
}

fn stale(expected: &str, found: Option<&str>) -> Option<Drift> {
    let (line, what) = match found {
        None => (1, "there is none".to_owned()),
        Some(found) => {
            let line = first_difference(expected, found)?;
            (line, "it is not what ai-lab.lock says".to_owned())
        }
    };
    Some(Drift {
        file: "requirements.txt",
        line,
        what,
        next: "`ai-lab lock` writes it anew",
    })
}

/// The first line, from 1, in which two texts differ; `None` where they are equal.
pub fn first_difference(a: &str, b: &str) -> Option<usize> {
    if a == b {
        return None;
    }
    let equal = a
        .split_inclusive('\n')
        .zip(b.split_inclusive('\n'))
        .take_while(|(a, b)| a == b);
    Some(equal.count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::tests::lock;
    use crate::{requirements, write_lock};

    fn told(texts: &Texts<'_>) -> Vec<String> {
        let show = |it: Drift| format!("{}:{}: {} ({})", it.file, it.line, it.what, it.next);
        drift(texts, requirements).into_iter().map(show).collect()
    }

    #[test]
    fn what_agrees_has_no_drift_and_every_difference_is_named_with_its_line() {
        let lock = lock("1.4.2");
        let (text, pip) = (write_lock(&lock), requirements(&lock));
        let sound = Texts {
            marker: "name = \"home\"\nframework = \"~1.4\"\n",
            lock: Some(&text),
            requirements: Some(&pip),
        };
        assert_eq!(told(&sound), Vec::<String>::new());
        let edited = pip.replace("==1.4.2", "==1.4.1");
        let all = Texts {
            marker: "name = \"home\"\nframework = \"~1.5\"\n",
            requirements: Some(&edited),
            ..sound
        };
        assert_eq!(
            told(&all),
            [
                "ai-lab.toml:2: it wants ~1.5, and ai-lab.lock has 1.4.2 (`ai-lab update` brings one that is wanted, \
                 `ai-lab framework pin` wants the one that is there)",
                "requirements.txt:3: it is not what ai-lab.lock says (`ai-lab lock` writes it anew)",
            ]
        );
        let none = Texts {
            lock: None,
            requirements: None,
            ..sound
        };
        assert_eq!(
            told(&none),
            ["ai-lab.lock:1: there is none (`ai-lab lock` writes it)"]
        );
        let merged = format!("<<<<<<< HEAD\n{text}");
        let broken = Texts {
            marker: "framework = 1\n",
            lock: Some(&merged),
            ..sound
        };
        assert_eq!(
            told(&broken),
            [
                "ai-lab.toml:1: invalid type: integer `1`, expected a string (mend the line by hand)",
                "ai-lab.lock:1: line 1 is a conflict that git left (take one side with `git checkout --ours ai-lab.lock` \
                 or `--theirs`)",
            ]
        );
        let gone = Texts {
            requirements: None,
            ..sound
        };
        assert_eq!(
            told(&gone),
            ["requirements.txt:1: there is none (`ai-lab lock` writes it anew)"]
        );
    }

    #[test]
    fn a_cut_line_and_a_missing_one_differ_where_they_end() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nb"), Some(2));
        assert_eq!(first_difference("a\nb\n", "a\n"), Some(2));
        assert_eq!(first_difference("", "a"), Some(1));
    }
}
