//! What the chain finds.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;

use super::{Home, opening};
use crate::chain_finding::{ChainFinding, ChainProblem, LinkKind};
use crate::conformance::{ended, id, started};
use crate::error::RecordError;
use crate::execution::EndStatus;
use crate::opening::OpenMode;
use crate::sqlite::SqliteStore;
use crate::store::Store;

/// Starts 1, 2, 3 at the positions 1, 2, 3 and the ends of 1 and 2 at 4 and 5.
fn five_links() -> Home {
    let home = Home::new();
    let store = home.store();
    for number in 1..=3 {
        store
            .start_execution(&started(number))
            .expect("because it is new");
    }
    for number in 1..=2 {
        store
            .end_execution(&ended(number, EndStatus::Succeeded))
            .expect("because it runs");
    }
    home
}

fn told(home: &Home) -> Vec<String> {
    let findings = home
        .store()
        .verify_chain()
        .expect("because the file is whole");
    findings.iter().map(ToString::to_string).collect()
}

/// What is told after `sql` was run behind the store's back.
fn check(sql: &str, expected: &[&str]) {
    let home = five_links();
    home.raw()
        .execute_batch(sql)
        .expect("because SQLite lets everybody write");
    assert_eq!(told(&home), expected, "{sql}");
}

#[test]
fn a_change_behind_the_stores_back_is_told_with_its_row() {
    let start_1 = "position 1: the start of e-00000001 was changed after it was written";
    let start_3 = "position 3: the start of e-00000003 was changed after it was written";
    let end_1 = "position 4: the end of e-00000001 was changed after it was written";
    let cases: [(&str, &[&str]); 10] = [
        (
            "UPDATE tool_executions SET answer_kind = 'stale' WHERE started_position = 1",
            &[end_1],
        ),
        (
            "UPDATE tool_executions SET answer_of = 'e-1' WHERE started_position = 3",
            &[start_3],
        ),
        ("SELECT 1", &[]),
        (
            "UPDATE tool_executions SET input = '{}' WHERE started_position = 1",
            &[start_1],
        ),
        (
            "UPDATE tool_executions SET attempt = 2 WHERE started_position = 1",
            &[start_1],
        ),
        (
            "UPDATE tool_executions SET output = '{}' WHERE started_position = 1",
            &[end_1],
        ),
        (
            "UPDATE tool_executions SET status = 'failed' WHERE started_position = 1",
            &[end_1],
        ),
        (
            "UPDATE tool_executions SET output = '{}' WHERE started_position = 3",
            &[start_3],
        ),
        (
            "UPDATE tool_executions SET row_hash = 'x' WHERE started_position = 1",
            &[
                end_1,
                "position 5: the end of e-00000002 does not follow the link before it",
            ],
        ),
        (
            "UPDATE tool_executions SET execution_id = 'x' WHERE started_position = 3",
            &["position 3: the start of x was changed after it was written"],
        ),
    ];
    for (sql, expected) in cases {
        check(sql, expected);
    }
}

#[test]
fn rows_taken_away_are_told_by_their_positions() {
    let delete = |which: &str| {
        format!("DELETE FROM tool_metrics; DELETE FROM tool_executions WHERE {which}")
    };
    let missing = |n: u32| format!("position {n} has no row: it was taken away");
    let cases = [
        (delete("started_position = 1"), vec![1, 4]),
        (delete("started_position = 3"), vec![3]),
        (delete("started_position = 2"), vec![2, 5]),
        (delete("TRUE"), vec![1, 2, 3, 4, 5]),
    ];
    for (sql, positions) in cases {
        let expected: Vec<String> = positions.into_iter().map(missing).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(&sql, &expected);
    }
}

#[test]
fn a_link_in_a_wrong_place_and_a_wrong_head_are_told() {
    check(
        "UPDATE tool_executions SET ended_position = 2 WHERE started_position = 2",
        &[
            "position 2: the end of e-00000002 was changed after it was written",
            "position 2: the end of e-00000002 claims a position that another link has",
            "position 5 has no row: it was taken away",
        ],
    );
    let head = "position 5 is not the link that was written last";
    check("UPDATE chain_head SET hash = 'x'", &[head]);
    check("UPDATE chain_head SET position = 3", &[head]);
}

#[test]
fn a_head_far_away_is_told_in_bounded_time_and_room() {
    let home = five_links();
    home.raw()
        .execute_batch("UPDATE chain_head SET position = 9223372036854775807")
        .expect("because SQLite lets everybody write");
    let findings = home
        .store()
        .verify_chain()
        .expect("because the file is whole");
    let first = ChainFinding {
        position: 6,
        link: None,
        execution_id: String::new(),
        problem: ChainProblem::Missing,
    };
    assert_eq!(
        (findings.len(), &findings[0], findings[0].execution()),
        (1000, &first, None)
    );
}

#[test]
fn every_flipped_bit_of_a_rows_values_is_found() {
    let home = five_links();
    home.raw()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("because nobody else has the file open");
    let whole = std::fs::read(home.database()).expect("because it is there");
    // Long values of each of the three rows, so that every flip hits a value and not the file's structure.
    let texts = [
        "sha256:f0",
        "sha256:c0",
        "opencode",
        "homeserver",
        "devices",
        "asking",
    ];
    let file = OpenOptions::new()
        .write(true)
        .open(home.database())
        .expect("because it is there");
    let (mut flips, mut found) = (0, 0);
    for text in texts {
        for at in places(&whole, text.as_bytes()) {
            for bit in [0, 3, 7] {
                let offset = at as u64;
                file.write_all_at(&[whole[at] ^ (1 << bit)], offset)
                    .expect("because there is room");
                flips += 1;
                found += u32::from(is_noticed(&home));
                file.write_all_at(&[whole[at]], offset)
                    .expect("because there is room");
            }
        }
    }
    assert!(flips >= 30, "{flips}");
    assert_eq!((found, told(&home)), (flips, Vec::new()));
}

/// Where in rows of executions `text` begins: those have the input behind them within a page.
fn places(whole: &[u8], text: &[u8]) -> Vec<usize> {
    let input = "Küche".as_bytes();
    let in_row = |at: &usize| {
        let behind = &whole[*at..whole.len().min(*at + 900)];
        behind.windows(input.len()).any(|window| window == input)
    };
    let starts = whole.windows(text.len()).enumerate();
    starts
        .filter(|(_, window)| *window == text)
        .map(|(at, _)| at)
        .filter(in_row)
        .collect()
}

fn is_noticed(home: &Home) -> bool {
    match SqliteStore::open(&home.database(), &opening(OpenMode::ReadOnly)) {
        Ok(store) => !matches!(store.verify_chain(), Ok(findings) if findings.is_empty()),
        Err(_) => true,
    }
}

#[test]
fn a_row_that_no_version_wrote_is_told_by_its_column() {
    let home = five_links();
    home.raw()
        .execute_batch("UPDATE tool_executions SET profile = 'turbo' WHERE started_position = 1")
        .expect("because SQLite lets everybody write");
    let store = home.store();
    let told = store
        .execution(&id(1))
        .map_err(|error| (error.class().as_str(), error.to_string()));
    let path = home.database();
    let expected = format!("{}: column `profile` holds `turbo`", path.display());
    assert_eq!(told, Err(("internal", expected)));
    let found: Vec<_> = store.verify_chain().expect("because the file is whole");
    assert_eq!(
        found.first().and_then(|finding| finding.link),
        Some(LinkKind::Start)
    );
}

#[test]
fn a_file_cut_off_or_overwritten_is_told_as_damaged() {
    let home = five_links();
    home.raw()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("because nobody else has the file open");
    let whole = std::fs::read(home.database()).expect("because it is there");
    let file = OpenOptions::new()
        .write(true)
        .open(home.database())
        .expect("because it is there");
    file.set_len(8192).expect("because it gets shorter");
    let told = || {
        let opened = SqliteStore::open(&home.database(), &opening(OpenMode::Create));
        opened.map(drop).map_err(|error| error.to_string())
    };
    let damaged = Err(format!("{} is damaged", home.database().display()));
    assert_eq!(told(), damaged);
    file.write_all_at(&whole, 0).expect("because there is room");
    assert_eq!(told(), Ok(()));
    // All of the first page but the file's header.
    file.write_all_at(&[0x55; 3996], 100)
        .expect("because there is room");
    assert_eq!(told(), damaged);
}

#[test]
fn what_was_touched_is_not_pruned_and_a_range_that_was_touched_is_told() {
    use crate::retention::Retention;
    let home = five_links();
    let all = Retention {
        keep_for_ms: 0,
        most_executions: 0,
        most_bytes: 0,
    };
    home.raw()
        .execute_batch("UPDATE tool_executions SET output = '{}' WHERE started_position = 1")
        .expect("because SQLite lets everybody write");
    let pruned = home
        .store()
        .prune(4_000_000_000_000, &all)
        .expect("because it is whole");
    assert_eq!((pruned.executions, pruned.kept_as_evidence), (1, 1));
    let end_1 = "position 4: the end of e-00000001 was changed after it was written";
    assert_eq!(told(&home), [end_1]);
    let cases: [(&str, &[&str]); 2] = [
        (
            "UPDATE chain_pruned SET hash = 'x' WHERE first_position = 2",
            &[
                "position 3: the start of e-00000003 does not follow the link before it",
                end_1,
            ],
        ),
        (
            "DELETE FROM chain_pruned WHERE first_position = 2",
            &["position 2 has no row: it was taken away", end_1],
        ),
    ];
    for (sql, expected) in &cases {
        home.raw()
            .execute_batch(sql)
            .expect("because SQLite lets everybody write");
        assert_eq!(told(&home), *expected, "{sql}");
    }
}

#[test]
fn an_end_whose_start_was_taken_away_meanwhile_says_so() {
    let home = Home::new();
    let store = home.store();
    for number in 1..=2 {
        store
            .start_execution(&started(number))
            .expect("because it is new");
    }
    home.raw()
        .execute_batch("DELETE FROM tool_executions WHERE execution_id = 'e-00000001'")
        .expect("because SQLite lets everybody write");
    // The other one is ended by somebody else: a second store, which does not remember its start.
    home.store()
        .end_execution(&ended(2, EndStatus::Interrupted))
        .expect("because it runs");
    let told = |number| {
        let ending = store.end_execution(&ended(number, EndStatus::Succeeded));
        ending.expect_err("because there is nothing to end")
    };
    assert!(matches!(told(1), RecordError::NotStarted(found) if found == id(1)));
    assert!(matches!(told(2), RecordError::AlreadyEnded(found) if found == id(2)));
}
