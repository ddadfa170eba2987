//! Promises and the tests that prove them.

use wall::checkout::{SourceFile, files, root};
use wall::promises::{check_guarantees, check_promises, named_tests};

use crate::{assert_none, texts};

const FOLDER: &str = "ai-lab-framework/";

fn text<'a>(files: &'a [SourceFile], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path);
    &file.expect("the page is there").text
}

#[test]
fn every_promise_names_tests_that_exist() {
    let files = files(root()).expect("the checkout can be read");
    let is_page = |path: &str| {
        path == "ai-lab-framework/docs/PROMISES.md"
            || path == "ai-lab-framework/docs/BAD_INPUT.md"
            || path.starts_with("ai-lab-framework/docs/bad-input/")
    };
    let pages: Vec<&SourceFile> = files.iter().filter(|file| is_page(&file.path)).collect();
    assert!(pages.len() >= 5, "{} pages", pages.len());
    for page in pages {
        assert!(
            !named_tests(&page.text).is_empty(),
            "{} names no test",
            page.path
        );
        assert_none(&check_promises(&page.path, &page.text, FOLDER, &files));
    }
}

#[test]
fn every_guarantee_has_its_row() {
    let files = files(root()).expect("the checkout can be read");
    let page = text(&files, "ai-lab-framework/docs/PROMISES.md");
    let architecture = text(&files, "ai-lab-framework/ARCHITECTURE.md");
    assert_none(&check_guarantees("PROMISES.md", page, architecture));
}

#[test]
fn a_test_that_is_not_there_is_told_with_its_place() {
    let files = [
        SourceFile::new(
            "ai-lab-framework/crates/alf-a/src/one.rs",
            "mod tests { #[test] fn works() {} } fn helps() {}",
        ),
        SourceFile::new("ai-lab-framework/python/tests/test_b.py", "def test_b():\n"),
    ];
    let page = "| `a b` `alf-a one::tests::works` |\n`alf-a two::works` `alf-b one::works` `alf-a one::helps`\n\
                `python test_b::test_b` `python test_c::test_b` `cargo test`\n";
    assert_eq!(
        texts(&check_promises("p.md", page, "ai-lab-framework/", &files)),
        [
            "p.md:2: names the test `alf-a two::works`, which does not exist",
            "p.md:2: names the test `alf-b one::works`, which does not exist",
            "p.md:2: names the test `alf-a one::helps`, which does not exist",
            "p.md:3: names the test `python test_c::test_b`, which does not exist",
        ]
    );
}

#[test]
fn a_guarantee_without_a_row_is_told() {
    let architecture = "1. no\n## Guarantees\n\n1. one\n   more. 3. no\n2. two\n## Next\n4. no\n";
    assert_eq!(
        texts(&check_guarantees("p.md", "| G1 | one |\n", architecture)),
        ["p.md: has no row `G2`, a guarantee of ARCHITECTURE.md"]
    );
}
