//! Big outputs in files.

use std::fs;

use ai_lab_contract::Profile;

use super::Home;
use crate::conformance::{ended, id, started};
use crate::execution::{EndStatus, ExecutionEnd, ExecutionStart};
use crate::output::{Collected, KeptFinding, KeptReport, OutputError, OutputRef};
use crate::retention::Retention;
use crate::sqlite::place::beside;
use crate::store::Store;

const HOUR_MS: i64 = 3_600_000;

/// Far ahead of any file's time.
const LATER_MS: i64 = 4_000_000_000_000;

#[test]
fn what_was_changed_cut_off_or_taken_away_is_told() {
    let home = Home::new();
    let store = home.store();
    let kept = store
        .keep_output(&[b'x'; 5000], Profile::Production)
        .expect("because there is room");
    let place = home.folder().join("home/outputs").join(&kept.digest()[..2]);
    let path = place.join(kept.digest());
    let read = || store.read_output(&kept);
    assert_eq!(read().ok(), Some(vec![b'x'; 5000]));
    let names: Vec<_> = fs::read_dir(&place).expect("because it is made").collect();
    assert_eq!(names.len(), 1);
    let put = |bytes: &[u8]| {
        let draft = beside(&path, ".put");
        fs::remove_file(&path).ok();
        std::io::Write::write_all(
            &mut fs::File::create(&draft).expect("because there is room"),
            bytes,
        )
        .expect("because there is room");
        fs::rename(&draft, &path).expect("because it is there");
    };
    let wrong: [&[u8]; 3] = [&[b'y'; 5000], &[b'x'; 4999], &[b'x'; 5001]];
    for wrong in wrong {
        put(wrong);
        assert!(matches!(read(), Err(OutputError::Changed(found)) if found == path));
    }
    // Kept again, a file of another length is written anew.
    store
        .keep_output(&[b'x'; 5000], Profile::Standard)
        .expect("because there is room");
    assert_eq!(read().ok(), Some(vec![b'x'; 5000]));
    fs::remove_file(&path).expect("because it is there");
    assert!(matches!(read(), Err(OutputError::Gone(found)) if found == path));
}

#[test]
fn files_that_no_row_refers_to_are_collected_after_an_hour() {
    let home = Home::new();
    let store = home.store();
    let keep = |byte| {
        let bytes = [byte; 100];
        store
            .keep_output(&bytes, Profile::Standard)
            .expect("because there is room")
    };
    let (input, output, orphan) = (keep(1), keep(2), keep(3));
    let start = ExecutionStart {
        input: input.to_string(),
        ..started(1)
    };
    store.start_execution(&start).expect("because it is new");
    let end = ExecutionEnd {
        output: Some(output.to_string()),
        ..ended(1, EndStatus::Succeeded)
    };
    store.end_execution(&end).expect("because it runs");
    let draft = home
        .folder()
        .join("home/outputs")
        .join(&orphan.digest()[..2]);
    drop(fs::File::create(draft.join("half.new")).expect("because there is room"));
    let found = draft
        .metadata()
        .expect("because it is made")
        .modified()
        .expect("because it has one");
    let now = found
        .duration_since(std::time::UNIX_EPOCH)
        .expect("because it is later");
    let now = i64::try_from(now.as_millis()).expect("because it is soon");
    let soon = store.collect_outputs(now + HOUR_MS / 2);
    assert_eq!(soon.ok(), Some(Collected::default()));
    let later = store.collect_outputs(LATER_MS);
    assert_eq!(
        later.ok(),
        Some(Collected {
            files: 2,
            bytes: 100
        })
    );
    let left = [&input, &output, &orphan].map(|kept| store.read_output(kept).is_ok());
    assert_eq!(left, [true, true, false]);
}

#[test]
fn every_kept_output_is_read_back_and_what_is_wrong_is_named_with_its_executions() {
    let home = Home::new();
    let store = home.store();
    let keep = |byte: u8| {
        let kept = store.keep_output(&[byte; 9], Profile::Standard);
        kept.expect("because there is room")
    };
    let (whole, changed, gone, orphan) = (keep(1), keep(2), keep(3), keep(4));
    for (number, input, output) in [
        (1, "{}", &whole),
        (2, &*gone.to_string(), &changed),
        (3, "@sha256: is how this text begins", &changed),
    ] {
        let start = ExecutionStart {
            input: input.to_owned(),
            ..started(number)
        };
        store.start_execution(&start).expect("because it is new");
        let end = ExecutionEnd {
            output: Some(output.to_string()),
            ..ended(number, EndStatus::Succeeded)
        };
        store.end_execution(&end).expect("because it runs");
    }
    let untouched = store.verify_outputs().expect("because it is readable");
    let path = |digest: &str| {
        let place = home.folder().join("home/outputs");
        place.join(&digest[..2]).join(digest)
    };
    fs::remove_file(path(gone.digest())).expect("because it is there");
    fs::remove_file(path(orphan.digest())).expect("because it is there");
    let mut file = fs::File::create(path(changed.digest())).expect("because it is there");
    std::io::Write::write_all(&mut file, &[5; 9]).expect("because there is room");
    let mut found = store.verify_outputs().expect("because it is readable");
    found
        .findings
        .sort_by_key(|finding| finding.executions.len());
    let finding = |kept: &OutputRef, numbers: &[u32], end: &str| KeptFinding {
        digest: kept.digest().to_owned(),
        executions: numbers.iter().map(|number| id(*number)).collect(),
        problem: format!("the kept output {} {end}", path(kept.digest()).display()),
    };
    let wrong = vec![
        finding(&gone, &[2], "is gone"),
        finding(&changed, &[2, 3], "was changed after it was written"),
    ];
    assert_eq!(
        wrong[1].to_string(),
        format!("{}: of {}, {}", wrong[1].problem, id(2), id(3))
    );
    let report = |findings| KeptReport { files: 3, findings };
    assert_eq!((untouched, found), (report(vec![]), report(wrong)));
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_nothing_stays() {
    let home = Home::new();
    let store = home.store();
    let place = home.folder().join("home/outputs");
    drop(fs::File::create(&place).expect("because there is room"));
    let told = store.keep_output(b"x", Profile::Standard);
    assert!(
        matches!(
            told,
            Err(OutputError::Unreachable {
                doing: "make the folder",
                ..
            })
        ),
        "{told:?}"
    );
}

#[test]
fn upkeep_collects_once_a_day() {
    let home = Home::new();
    let store = home.store();
    let tend = |now_ms| store.tend(now_ms, &Retention::default());
    let mut there = Vec::new();
    for at_ms in [LATER_MS, LATER_MS + 23 * HOUR_MS, LATER_MS + 24 * HOUR_MS] {
        let orphan = store
            .keep_output(b"nobody's", Profile::Standard)
            .expect("because there is room");
        tend(at_ms).expect("because nothing is in the way");
        there.push(store.read_output(&orphan).is_ok());
    }
    assert_eq!(there, [false, true, false]);
}
