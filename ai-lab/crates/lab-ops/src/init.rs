//! `ai-lab init`: makes a folder a lab.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use lab_scaffold::{
    Answers, CarryOutError, FrameworkPin, InitPlan, NameError, PlanError, SurveyError, carry_out,
    plan_init, survey,
};
use serde::Serialize;

use crate::Failure;

/// The framework that a new lab asks for: what this version of the lab was tested with.
const FRAMEWORK: FrameworkPin = FrameworkPin {
    range: "~0.1",
    version: "0.1.0",
};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct InitRequest<'a> {
    /// The folder, absolute; it need not be there yet.
    pub folder: &'a Path,
    /// The lab's name; the folder's own where `None`.
    pub name: Option<&'a str>,
    /// Whether the folder becomes a git repository, if it can and is not in one.
    pub git: bool,
    /// Whether to plan only.
    pub dry_run: bool,
    /// Where the git program is looked for, as in `PATH`.
    pub search_path: Option<&'a OsStr>,
}

/// What was done, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct InitReport {
    /// The lab's folder.
    pub lab: PathBuf,
    /// Whether nothing was written because only the plan was asked for.
    pub dry_run: bool,
    /// Whether the plan changes anything.
    pub changes_anything: bool,
    /// Step by step.
    #[serde(flatten)]
    pub plan: InitPlan,
}

/// Why the folder is no lab now.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The name that was given is none.
    #[error("the name cannot be used")]
    Name(#[source] NameError),
    /// The folder's own name cannot be the lab's.
    #[error("the folder's name cannot be the lab's")]
    FolderName(#[source] NameError),
    /// The folder could not be looked at.
    #[error("the folder cannot be looked at")]
    Survey(#[source] SurveyError),
    /// What is there leaves no way; nothing was written.
    #[error("nothing was written")]
    Plan(#[source] PlanError),
    /// It was begun and not ended.
    #[error("the lab is not complete")]
    CarryOut(#[source] CarryOutError),
}

impl Failure for InitError {
    fn class(&self) -> ErrorClass {
        match self {
            Self::Name(_) | Self::FolderName(_) => ErrorClass::Usage,
            Self::Plan(_) => ErrorClass::Refused,
            Self::CarryOut(CarryOutError::Changed { .. }) => ErrorClass::Conflict,
            Self::Survey(_)
            | Self::CarryOut(
                CarryOutError::Write { .. }
                | CarryOutError::GitStart { .. }
                | CarryOutError::Git { .. }
                | CarryOutError::GitConfig { .. },
            ) => ErrorClass::Environment,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Name(_) | Self::FolderName(_) => {
                "`ai-lab init --name NAME` gives it another".to_owned()
            }
            Self::Survey(_) => return None,
            Self::Plan(PlanError::Sections(_)) => {
                "mend the markers by hand, then run the same command again".to_owned()
            }
            Self::Plan(PlanError::Blocked(_)) => {
                "move the file away, then run the same command again".to_owned()
            }
            Self::CarryOut(CarryOutError::Git { .. } | CarryOutError::GitStart { .. }) => {
                "`ai-lab init --no-git` does without".to_owned()
            }
            Self::CarryOut(
                CarryOutError::Write { .. }
                | CarryOutError::Changed { .. }
                | CarryOutError::GitConfig { .. },
            ) => "the same command goes on from there".to_owned(),
        })
    }
}

/// Makes a folder a lab, or brings the lab's sections of shared files up to date.
pub fn init(request: &InitRequest<'_>) -> Result<InitReport, InitError> {
    let answers = answers(request)?;
    let existing = survey(request.folder, request.search_path).map_err(InitError::Survey)?;
    let plan = plan_init(&answers, &existing).map_err(InitError::Plan)?;
    if !request.dry_run {
        carry_out(&plan, request.folder).map_err(InitError::CarryOut)?;
    }
    Ok(InitReport {
        lab: request.folder.to_owned(),
        dry_run: request.dry_run,
        changes_anything: plan.changes_anything(),
        plan,
    })
}

fn answers(request: &InitRequest<'_>) -> Result<Answers, InitError> {
    let name = match request.name {
        Some(name) => name.parse().map_err(InitError::Name)?,
        None => request
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .parse()
            .map_err(InitError::FolderName)?,
    };
    Ok(Answers {
        folder: request.folder.to_owned(),
        name,
        framework: FRAMEWORK,
        git: request.git,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(folder: &Path) -> InitRequest<'_> {
        InitRequest {
            folder,
            name: None,
            git: false,
            dry_run: false,
            search_path: None,
        }
    }

    /// What a failing call tells: message, cause, class, hint.
    fn told(request: &InitRequest<'_>) -> (String, String, ErrorClass, Option<String>) {
        let error = init(request).expect_err("it cannot be done");
        let cause = std::error::Error::source(&error).expect("it has a cause");
        (
            error.to_string(),
            cause.to_string(),
            error.class(),
            error.hint(),
        )
    }

    #[test]
    fn a_new_lab_is_found_and_takes_its_folders_name() {
        let at = tempfile::tempdir().expect("a temporary folder is made");
        let folder = at.path().join("home");
        let report = init(&request(&folder)).expect("there is room");
        assert_eq!(report.plan.name.as_str(), "home");
        assert!(report.changes_anything);
        let lab = crate::Lab::find(&folder.join("data")).expect("it is a lab");
        assert_eq!(lab.root(), folder);
    }

    #[test]
    fn a_dry_run_tells_the_same_and_writes_nothing() {
        let at = tempfile::tempdir().expect("a temporary folder is made");
        let folder = at.path().join("home");
        let asked = InitRequest {
            dry_run: true,
            ..request(&folder)
        };
        let planned = init(&asked).expect("it can be planned");
        assert!(!folder.exists());
        let done = init(&request(&folder)).expect("there is room");
        assert_eq!(planned.plan, done.plan);
        let again = init(&request(&folder)).expect("it is there");
        assert!(!again.changes_anything);
    }

    #[test]
    fn a_name_that_cannot_be_one_is_refused_before_anything_is_read() {
        let hint = Some("`ai-lab init --name NAME` gives it another".to_owned());
        let rule = "is no lab name: 1 to 64 letters, digits, spaces, `.`, `_`, `-`, \
                    a letter or digit at both ends";
        let given = InitRequest {
            name: Some("\"x\""),
            ..request(Path::new("/nowhere/home"))
        };
        assert_eq!(
            told(&given),
            (
                "the name cannot be used".to_owned(),
                format!("`\\\"x\\\"` {rule}"),
                ErrorClass::Usage,
                hint.clone()
            )
        );
        assert_eq!(
            told(&request(Path::new("/nowhere/.hidden"))),
            (
                "the folder's name cannot be the lab's".to_owned(),
                format!("`.hidden` {rule}"),
                ErrorClass::Usage,
                hint
            )
        );
    }

    #[test]
    fn a_file_where_the_lab_should_be_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file is made");
        let asked = InitRequest {
            name: Some("home"),
            ..request(file.path())
        };
        assert_eq!(
            told(&asked),
            (
                "nothing was written".to_owned(),
                format!(
                    "a folder is needed at `{}`, where a file is",
                    file.path().display()
                ),
                ErrorClass::Refused,
                Some("move the file away, then run the same command again".to_owned())
            )
        );
    }
}
