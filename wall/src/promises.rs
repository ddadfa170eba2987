//! Checks that every test a promise names exists.
//!
//! A test is named in backquotes as `package path::of::test`; for Python `python module::test`.

use crate::Finding;
use crate::checkout::SourceFile;

/// A test as a page names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTest<'a> {
    /// The line of the page, from 1.
    pub line: usize,
    /// The package, or `python`.
    pub package: &'a str,
    /// The modules around it, outermost first.
    pub modules: Vec<&'a str>,
    /// Its function.
    pub function: &'a str,
}

/// The tests that a page names.
pub fn named_tests(page: &str) -> Vec<NamedTest<'_>> {
    let lines = page.lines().enumerate();
    lines
        .flat_map(|(index, line)| {
            let quoted = line.split('`').skip(1).step_by(2);
            quoted.filter_map(move |text| named_test(index + 1, text))
        })
        .collect()
}

fn named_test(line: usize, text: &str) -> Option<NamedTest<'_>> {
    let (package, path) = text.split_once(' ')?;
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    let mut modules: Vec<&str> = path.split("::").collect();
    if !is_word(package) || !modules.iter().copied().all(is_word) || modules.len() < 2 {
        return None;
    }
    let function = modules.pop()?;
    Some(NamedTest {
        line,
        package,
        modules,
        function,
    })
}

/// Checks a page: every test it names is a function of that name in a file of that module of that package. `folder`
/// is where the packages are, such as `ai-lab-framework/`.
pub fn check_promises(place: &str, page: &str, folder: &str, files: &[SourceFile]) -> Vec<Finding> {
    named_tests(page)
        .into_iter()
        .filter(|test| !files.iter().any(|file| holds(file, folder, test)))
        .map(|test| {
            let path = [test.modules.join("::").as_str(), test.function].join("::");
            Finding::new(
                format!("{place}:{}", test.line),
                format!(
                    "names the test `{} {path}`, which does not exist",
                    test.package
                ),
            )
        })
        .collect()
}

fn holds(file: &SourceFile, folder: &str, test: &NamedTest<'_>) -> bool {
    let Some(path) = file.path.strip_prefix(folder) else {
        return false;
    };
    let mut parts: Vec<&str> = path.split('/').collect();
    let Some(stem) = parts.pop().and_then(|name| name.split('.').next()) else {
        return false;
    };
    parts.push(stem);
    // `tests` is the module inside of a file, beside it, or the folder it lies in.
    let mut modules = test.modules.iter().filter(|module| **module != "tests");
    parts.contains(&test.package)
        && modules.all(|module| parts.contains(module))
        && declares(&file.text, test)
}

/// Whether the text has the function, as a test.
fn declares(source: &str, test: &NamedTest<'_>) -> bool {
    if test.package == "python" {
        return source.contains(&format!("def {}(", test.function));
    }
    let declaration = format!("fn {}(", test.function);
    source.match_indices(&declaration).any(|(place, _)| {
        // Between the attribute and its function there are other attributes, and no function.
        let before = source[..place].rsplit_once("#[test]");
        before.is_some_and(|(_, between)| !between.contains("fn "))
    })
}

/// Checks that a page has a row for every numbered guarantee of an `ARCHITECTURE.md`: `| G1 | …`.
pub fn check_guarantees(place: &str, page: &str, architecture: &str) -> Vec<Finding> {
    let guarantees = architecture
        .lines()
        .skip_while(|line| *line != "## Guarantees")
        .skip(1)
        .take_while(|line| !line.starts_with("## "));
    let numbers = guarantees.filter_map(|line| line.split_once(". ")?.0.parse::<u32>().ok());
    numbers
        .filter(|number| {
            !page
                .lines()
                .any(|line| line.starts_with(&format!("| G{number} |")))
        })
        .map(|number| {
            Finding::new(
                place,
                format!("has no row `G{number}`, a guarantee of ARCHITECTURE.md"),
            )
        })
        .collect()
}
