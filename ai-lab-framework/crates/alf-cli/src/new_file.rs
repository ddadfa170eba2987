//! A file that a person asked for: whole or not at all, and never over another one by surprise.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use alf_ops::Failure;
use rustix::fs::{CWD, RenameFlags, renameat_with};

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// It stays.
    Never,
    /// It gives way, if it is a file.
    Files,
}

impl Overwrite {
    pub(crate) const fn only_if(force: bool) -> Self {
        if force { Self::Files } else { Self::Never }
    }
}

/// A file being written beside its place; without [`NewFile::commit`] nothing of it is left.
#[derive(Debug)]
pub(crate) struct NewFile {
    place: PathBuf,
    beside: PathBuf,
    overwrite: Overwrite,
    file: BufWriter<File>,
    done: bool,
}

impl NewFile {
    /// Begins a file for this place.
    pub(crate) fn create(place: &Path, overwrite: Overwrite) -> Result<Self, Failure> {
        // Asked before the work; asked again by the rename.
        check_place(place, overwrite)?;
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let beside = place.with_file_name(format!(".{name}.{}.new", std::process::id()));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
            .map_err(|error| cannot_write(place, error))?;
        Ok(Self {
            place: place.to_path_buf(),
            beside,
            overwrite,
            file: BufWriter::new(file),
            done: false,
        })
    }

    /// A whole file in one go.
    pub(crate) fn written(place: &Path, overwrite: Overwrite, bytes: &[u8]) -> Result<(), Failure> {
        let mut file = Self::create(place, overwrite)?;
        file.write_all(bytes)
            .map_err(|error| cannot_write(place, error))?;
        file.commit()
    }

    /// Puts the file into its place once it is safely on the disk.
    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        let place = self.place.clone();
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .map_err(|error| cannot_write(&place, error))?;
        let flags = match self.overwrite {
            Overwrite::Never => RenameFlags::NOREPLACE,
            Overwrite::Files => {
                check_place(&place, self.overwrite)?;
                RenameFlags::empty()
            }
        };
        match renameat_with(CWD, &self.beside, CWD, &place, flags) {
            Ok(()) => {
                self.done = true;
                Ok(())
            }
            Err(rustix::io::Errno::EXIST) => Err(is_there(&place)),
            Err(error) => Err(cannot_write(&place, error.into())),
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.done {
            // What failed first is what is told.
            let _left_behind = std::fs::remove_file(&self.beside);
        }
    }
}

fn check_place(place: &Path, overwrite: Overwrite) -> Result<(), Failure> {
    match (place.symlink_metadata(), overwrite) {
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        (Err(error), _) => Err(cannot_write(place, error)),
        (Ok(_), Overwrite::Never) => Err(is_there(place)),
        (Ok(metadata), Overwrite::Files) if metadata.is_file() => Ok(()),
        (Ok(_), Overwrite::Files) => Err(Failure::new(
            ErrorClass::Refused,
            format!("{} is no file", place.display()),
        )
        .with_hint("A folder, a link or a device is never replaced; name a file.")),
    }
}

fn is_there(place: &Path) -> Failure {
    Failure::new(
        ErrorClass::Conflict,
        format!("{} is there already", place.display()),
    )
    .with_hint("Name another file, or replace it with --force.")
}

fn cannot_write(place: &Path, error: io::Error) -> Failure {
    let told = format!("cannot write {}", place.display());
    Failure::caused(ErrorClass::Environment, told, error)
}
