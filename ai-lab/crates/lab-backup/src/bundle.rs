//! Files in one file, to be carried by hand: a plain tar, without any promise about what is in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use crate::Source;

/// How many files a bundle has at most. Stops a made-up one from filling a folder.
const MOST_FILES: usize = 200;

/// How many bytes a bundle's files have at most. Stops a made-up one from filling the disk.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// How deep its folders are at most.
const MOST_DEPTH: usize = 3;

/// Why there is no bundle, or nothing came out of one.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file or folder stood in the way.
    #[error("cannot use {}", path.display())]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no bundle of ours.
    #[error("{} is no bundle: {what}", path.display())]
    Strange {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> BundleError {
    let path = path.to_owned();
    move |source| BundleError::Disk { path, source }
}

/// Puts files into one; it is there when it is whole and on the disk. One that is there is replaced.
pub fn bundle(sources: &[Source], to: &Path) -> Result<u64, BundleError> {
    let mut draft = to.as_os_str().to_owned();
    draft.push(".part");
    let draft = PathBuf::from(draft);
    let file = File::create(&draft).map_err(disk(&draft))?;
    let mut tar = tar::Builder::new(BufWriter::new(file));
    for source in sources {
        let mut file = File::open(&source.file).map_err(disk(&source.file))?;
        let bytes = file.metadata().map_err(disk(&source.file))?.len();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes);
        header.set_mode(0o644);
        let added = tar.append_data(&mut header, &source.path, &mut file);
        added.map_err(disk(&source.file))?;
    }
    let settle = || -> io::Result<u64> {
        let file = tar
            .into_inner()?
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&draft, to)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(fs::metadata(to)?.len())
    };
    settle().map_err(disk(to))
}

/// Takes the files out of a bundle into a folder that is there and empty.
pub fn unbundle(bundle: &Path, into: &Path) -> Result<(), BundleError> {
    let strange = |what: String| BundleError::Strange {
        path: bundle.to_owned(),
        what,
    };
    let file = File::open(bundle).map_err(disk(bundle))?;
    let mut tar = tar::Archive::new(BufReader::new(file));
    let (mut files, mut left) = (0, MOST_BYTES);
    let entries = tar.entries().map_err(disk(bundle))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| strange(error.to_string()))?;
        let path = entry
            .path()
            .map_err(|error| strange(error.to_string()))?
            .into_owned();
        if !entry.header().entry_type().is_file() || !stays_within(&path) {
            return Err(strange(format!("`{}` is no file of one", path.display())));
        }
        files += 1;
        left = left.saturating_sub(entry.size());
        if files > MOST_FILES || left == 0 {
            return Err(strange("it is larger than any".to_owned()));
        }
        let to = into.join(&path);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(disk(folder))?;
        }
        let mut options = OpenOptions::new();
        let placed = options.write(true).create_new(true).mode(0o600).open(&to);
        let mut placed = placed.map_err(disk(&to))?;
        io::copy(&mut entry, &mut placed).map_err(|error| strange(error.to_string()))?;
    }
    if files == 0 {
        return Err(strange("it is empty".to_owned()));
    }
    Ok(())
}

fn stays_within(path: &Path) -> bool {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    path.components().count() <= MOST_DEPTH && path.components().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(path: &Path, text: &str) {
        let mut file = File::create(path).expect("made");
        file.write_all(text.as_bytes()).expect("written");
    }

    #[test]
    fn what_goes_in_comes_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        file(&at("a"), "one");
        file(&at("b"), "");
        let sources = ["index.json", "1.0.0/release.json"].map(str::to_owned);
        let sources: Vec<Source> = sources
            .into_iter()
            .zip([at("a"), at("b")])
            .map(|(path, file)| Source { path, file })
            .collect();
        let bytes = bundle(&sources, &at("bundle.tar")).expect("bundled");
        assert_eq!(bytes, at("bundle.tar").metadata().expect("there").len());
        fs::create_dir(at("out")).expect("made");
        unbundle(&at("bundle.tar"), &at("out")).expect("taken out");
        let read = |path: &str| fs::read_to_string(at("out").join(path)).expect("there");
        assert_eq!(
            (
                read("index.json").as_str(),
                read("1.0.0/release.json").as_str()
            ),
            ("one", "")
        );
    }

    #[test]
    fn what_would_lead_elsewhere_is_no_bundle() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let told = |make: &dyn Fn(&mut tar::Builder<File>)| {
            let mut tar = tar::Builder::new(File::create(at("b.tar")).expect("made"));
            make(&mut tar);
            tar.finish().expect("written");
            let _ = fs::remove_dir_all(at("out"));
            fs::create_dir(at("out")).expect("made");
            unbundle(&at("b.tar"), &at("out"))
                .expect_err("it is refused")
                .to_string()
        };
        let link = told(&|tar| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            tar.append_link(&mut header, "index.json", "/etc/passwd")
                .expect("added");
        });
        assert!(
            link.ends_with("b.tar is no bundle: `index.json` is no file of one"),
            "{link}"
        );
        let up = told(&|tar| {
            let mut header = tar::Header::new_gnu();
            header.set_size(0);
            header.as_gnu_mut().expect("gnu").name[..4].copy_from_slice(b"../a");
            header.set_cksum();
            tar.append(&header, io::empty()).expect("added");
        });
        assert!(up.ends_with("`../a` is no file of one"), "{up}");
        assert!(told(&|_| {}).ends_with("b.tar is no bundle: it is empty"));
        file(&at("b.tar"), "no tar at all");
        assert!(unbundle(&at("b.tar"), &at("out")).is_err());
    }
}
