//! Several files of a tool, written together: all of them or none.

use std::fs;
use std::path::{Path, PathBuf};

use alf_profiles::FileEdit;

use crate::failure::Failure;
use crate::new_tool::unwritten;
use crate::tool_lock::replace;

/// What stood in the files before, to be put back when a later step fails.
#[derive(Debug, Default)]
#[must_use = "a failure afterwards has to take the writing back"]
pub(super) struct Undo {
    written: Vec<(PathBuf, Option<String>)>,
}

impl Undo {
    /// Puts back what stood there, the last first.
    pub(super) fn take_back(&self) {
        for (path, before) in self.written.iter().rev() {
            // The failure that led here is the one to tell.
            let _not_taken_back = match before {
                Some(text) => replace(path, text.as_bytes()),
                None => fs::remove_file(path),
            };
        }
    }
}

/// Writes the files in their order, each as a whole; after a failure all is as it was.
pub(super) fn write_files(folder: &Path, edits: &[FileEdit]) -> Result<Undo, Failure> {
    let mut undo = Undo::default();
    for edit in edits {
        let path = folder.join(&edit.path);
        if edit.before.as_ref() == Some(&edit.after) {
            continue;
        }
        if let Err(error) = replace(&path, edit.after.as_bytes()) {
            undo.take_back();
            return Err(unwritten(&path, error));
        }
        undo.written.push((path, edit.before.clone()));
    }
    Ok(undo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(path: &str, before: Option<&str>) -> FileEdit {
        FileEdit {
            path: path.to_owned(),
            before: before.map(str::to_owned),
            after: "new\n".to_owned(),
        }
    }

    #[test]
    fn a_failure_in_the_middle_leaves_all_as_it_was() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        replace(&at("a"), b"old\n").expect("it is written");
        let edits = [
            edit("a", Some("old\n")),
            edit("b", None),
            edit("none/c", None),
        ];
        let failure = write_files(folder.path(), &edits).expect_err("there is no such folder");
        assert_eq!(
            failure.to_string(),
            format!("cannot write {}", at("none/c").display())
        );
        let names: Vec<_> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names, ["a"]);
        assert_eq!(fs::read_to_string(at("a")).expect("a file"), "old\n");

        let undo = write_files(folder.path(), &edits[..2]).expect("they are written");
        assert_eq!(fs::read_to_string(at("b")).expect("a file"), "new\n");
        undo.take_back();
        assert!(!at("b").exists());
        assert_eq!(fs::read_to_string(at("a")).expect("a file"), "old\n");
    }
}
