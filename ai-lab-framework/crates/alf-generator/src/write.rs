//! Writes a planned tool: all of it or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::GeneratedFile;

/// Why a tool was not written. What was begun has been taken away again.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is something at that place already.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// A planned file's path is absolute or leaves the folder.
    #[error("the file {0} would lie outside the tool's folder")]
    Outside(PathBuf),
    /// The system refused.
    #[error("cannot write {path}")]
    Refused {
        /// What was being written.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Writes the files into a new folder: first beside it, then by one rename, so that a crash leaves no half
/// tool. Refuses a folder that is there, even an empty one.
pub fn write_new_tool(folder: &Path, files: &[GeneratedFile]) -> Result<(), WriteError> {
    let is_inside = |path: &Path| {
        path.components()
            .all(|c| matches!(c, std::path::Component::Normal(_)))
    };
    if let Some(file) = files.iter().find(|file| !is_inside(&file.path)) {
        return Err(WriteError::Outside(file.path.clone()));
    }
    if folder.symlink_metadata().is_ok() {
        return Err(WriteError::Exists(folder.to_path_buf()));
    }
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(refused(parent))?;
    let beside = unfinished(parent, folder);
    fs::create_dir(&beside).map_err(refused(&beside))?;
    let written = write_all(&beside, files).and_then(|()| move_into_place(&beside, folder, parent));
    if written.is_err() {
        // The first failure is the one to tell.
        let _left_behind = fs::remove_dir_all(&beside);
    }
    written
}

/// The folder's place until it is whole. A dot in front: no listing takes it for a tool.
fn unfinished(parent: &Path, folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    parent.join(format!(".{name}.{}.new", std::process::id()))
}

fn write_all(folder: &Path, files: &[GeneratedFile]) -> Result<(), WriteError> {
    for file in files {
        let path = folder.join(&file.path);
        let within = path.parent().unwrap_or(folder);
        fs::create_dir_all(within).map_err(refused(within))?;
        write_file(&path, file).map_err(refused(&path))?;
    }
    Ok(())
}

fn write_file(path: &Path, file: &GeneratedFile) -> io::Result<()> {
    let mode = if file.executable { 0o755 } else { 0o644 };
    let mut open = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    open.write_all(file.content.as_bytes())?;
    open.sync_all()
}

fn move_into_place(beside: &Path, folder: &Path, parent: &Path) -> Result<(), WriteError> {
    // A rename replaces an empty folder; one with files in it is refused by the system itself.
    if folder.symlink_metadata().is_ok() {
        return Err(WriteError::Exists(folder.to_path_buf()));
    }
    fs::rename(beside, folder).map_err(refused(folder))?;
    File::open(parent)
        .and_then(|parent| parent.sync_all())
        .map_err(refused(parent))
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    move |source| WriteError::Refused {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn file(path: &str) -> GeneratedFile {
        GeneratedFile {
            path: path.into(),
            content: format!("{path}\n"),
            executable: path.starts_with("run"),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_are_there_with_their_rights_and_nothing_else() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("tools/notes");
        write_new_tool(&folder, &[file("run.sh"), file("schemas/a.json")]).expect("it is written");
        assert_eq!(names(&root.path().join("tools")), ["notes"]);
        assert_eq!(names(&folder), ["run.sh", "schemas"]);
        let mode = |path: &str| {
            fs::metadata(folder.join(path))
                .expect("a file")
                .permissions()
                .mode()
                & 0o111
        };
        assert_eq!((mode("run.sh") != 0, mode("schemas/a.json")), (true, 0));
        assert_eq!(
            fs::read_to_string(folder.join("schemas/a.json")).expect("a file"),
            "schemas/a.json\n"
        );
    }

    #[test]
    fn what_is_there_already_is_left_alone() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let told = write_new_tool(root.path(), &[file("a")]).map_err(|e| e.to_string());
        assert_eq!(
            told,
            Err(format!("{} is there already", root.path().display()))
        );
        let dangling = root.path().join("link");
        std::os::unix::fs::symlink("nowhere", &dangling).expect("a link");
        assert!(matches!(
            write_new_tool(&dangling, &[]),
            Err(WriteError::Exists(_))
        ));
        assert_eq!(names(root.path()), ["link"]);
    }

    #[test]
    fn a_failure_in_the_middle_leaves_nothing() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("notes");
        let files = [file("a"), file("a/b")];
        assert!(matches!(
            write_new_tool(&folder, &files),
            Err(WriteError::Refused { .. })
        ));
        assert_eq!(names(root.path()), Vec::<String>::new());
        for path in ["../escape", "/etc/escape"] {
            assert!(matches!(
                write_new_tool(&folder, &[file(path)]),
                Err(WriteError::Outside(_))
            ));
        }
        assert_eq!(names(root.path()), Vec::<String>::new());
    }
}
