//! A temporary folder with tools in it.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use alf_catalog::{Catalog, Discovery, FoundTool, Roots};
use tempfile::TempDir;

/// An instance in `lab`, a home in `home`, programs in `bin`; gone when dropped.
pub(crate) struct Lab {
    root: TempDir,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let lab = Self {
            root: TempDir::new().expect("a temporary folder"),
        };
        lab.write("lab/ai-lab.toml", "");
        lab
    }

    /// The real path of something in the lab.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        let root = self
            .root
            .path()
            .canonicalize()
            .expect("the folder is there");
        root.join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        let mut file = File::create(&path).expect("a file");
        file.write_all(text.as_ref()).expect("room on the disk");
        path
    }

    pub(crate) fn program(&self, relative: &str, text: &str) -> PathBuf {
        let path = self.write(relative, text);
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("it is ours");
        path
    }

    pub(crate) fn link(&self, relative: &str, target: impl AsRef<Path>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a link has a folder")).expect("a folder");
        std::os::unix::fs::symlink(target, path).expect("a link");
    }

    pub(crate) fn fifo(&self, relative: &str) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a pipe has a folder")).expect("a folder");
        mknodat(CWD, &path, FileType::Fifo, Mode::from(0o600), 0).expect("a named pipe");
    }

    /// A tool that loads: a script, an inline and a file schema.
    pub(crate) fn tool(&self, folder: &str, name: &str) {
        self.write(&format!("{folder}/tool.toml"), manifest(name));
        self.program(&format!("{folder}/bin/run"), "#!/bin/sh\n");
        self.write(
            &format!("{folder}/schemas/out.json"),
            r#"{"type": "object"}"#,
        );
        self.write(&format!("{folder}/README.md"), "# A tool\n");
    }

    pub(crate) fn discover(&self) -> Discovery {
        Catalog::discover(&Roots {
            instance: Some(self.path("lab")),
            home: Some(self.path("home")),
        })
    }

    /// The one tool of the lab.
    pub(crate) fn found(&self) -> FoundTool {
        let mut discovery = self.discover();
        let problems: Vec<_> = discovery.problems.iter().map(ToString::to_string).collect();
        assert_eq!((discovery.tools.len(), problems), (1, Vec::new()));
        discovery.tools.remove(0)
    }

    /// A text with the lab's own path taken out.
    pub(crate) fn without_root(&self, text: &str) -> String {
        let root = self.path("");
        text.replace(root.to_str().expect("UTF-8"), "/")
    }
}

/// A right manifest.
pub(crate) fn manifest(name: &str) -> String {
    format!(
        r#"contract = 1
name = "{name}"
version = "1.0.0"
description = "A tool."

[run]
command = ["bin/run"]

[grants]
write = ["data"]

[actions.go]
description = "Goes."
input = {{ type = "object" }}
output = "schemas/out.json"
"#
    )
}
