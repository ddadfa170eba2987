//! The corpus that fuzzing kept holds its promises, on every compiler and without a fuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use alf_fuzz::{TARGETS, check};

/// How many files the corpus may have, and how many bytes: what is kept is what adds coverage.
const MOST_FILES: usize = 500;
const MOST_BYTES: usize = 1_048_576;

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.sort();
    files
}

fn stems(folder: &str) -> BTreeSet<String> {
    files(&fuzz_folder().join(folder))
        .iter()
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn whatever_the_corpus_holds_keeps_every_promise() {
    let (mut count, mut bytes) = (0, 0);
    for target in TARGETS {
        let kept = files(&fuzz_folder().join("corpus").join(target.name));
        assert!(kept.len() > 10, "{} has hardly a corpus", target.name);
        for file in kept {
            let text = fs::read(&file).expect("it can be read");
            bytes += text.len();
            count += 1;
            // The name of what fails stands in the output of the test.
            println!("{}", file.display());
            check(target.name, &text);
        }
    }
    assert!(
        count < MOST_FILES && bytes < MOST_BYTES,
        "{count} files, {bytes} bytes"
    );
}

#[test]
fn every_door_has_its_target_and_its_corpus() {
    let doors: BTreeSet<String> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(
        (stems("fuzz_targets"), stems("corpus")),
        (doors.clone(), doors)
    );
}
