//! Reads a coverage report: lines that were run, of lines that could be.

use serde_json::Value;

/// What a report says, in lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Lines that were run.
    pub covered: u64,
    /// Lines that could have been.
    pub total: u64,
}

/// Why a text is no coverage report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverageError {
    /// It is none of the three forms.
    #[error("the report is neither LCOV nor Cobertura XML nor the JSON of coverage.py or llvm-cov")]
    UnknownForm,
    /// It counts no line at all: nothing was measured.
    #[error("the report counts no line")]
    NoLines,
    /// It says that more lines were run than there are.
    #[error("the report counts more lines run than there are")]
    Impossible,
}

impl Coverage {
    /// How much of it was run, in percent, rounded down.
    pub const fn percent(self) -> u64 {
        match (self.covered * 100).checked_div(self.total) {
            Some(percent) => percent,
            None => 0,
        }
    }
}

/// Reads a report in any of its three forms, told apart by what is in it.
pub fn read_coverage(text: &str) -> Result<Coverage, CoverageError> {
    let start = text.trim_start();
    let read = if start.starts_with('{') {
        of_json(start)
    } else if start.starts_with('<') {
        of_cobertura(start)
    } else {
        of_lcov(start)
    };
    let coverage = read.ok_or(CoverageError::UnknownForm)?;
    if coverage.total == 0 {
        Err(CoverageError::NoLines)
    } else if coverage.covered > coverage.total {
        Err(CoverageError::Impossible)
    } else {
        Ok(coverage)
    }
}

/// `DA:LINE,COUNT` in each record; sums of the sums, for reports that leave the lines out.
fn of_lcov(text: &str) -> Option<Coverage> {
    if !text.lines().any(|line| line.trim() == "end_of_record") {
        return None;
    }
    let sum = |prefix: &str| -> u64 {
        let counts = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix(prefix));
        counts.filter_map(|count| count.parse::<u64>().ok()).sum()
    };
    let lines: Vec<bool> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("DA:")?.split(',').nth(1))
        .filter_map(|count| count.parse::<u64>().ok())
        .map(|count| count > 0)
        .collect();
    Some(if lines.is_empty() {
        Coverage {
            covered: sum("LH:"),
            total: sum("LF:"),
        }
    } else {
        Coverage {
            covered: lines.iter().filter(|was_run| **was_run).count() as u64,
            total: lines.len() as u64,
        }
    })
}

/// The attributes of the root: `<coverage lines-covered="8" lines-valid="10" …>`.
fn of_cobertura(text: &str) -> Option<Coverage> {
    let from = &text[text.find("<coverage")?..];
    let tag = &from[..from.find('>')?];
    let attribute = |name: &str| -> Option<u64> {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        rest[..rest.find('"')?].parse().ok()
    };
    Some(Coverage {
        covered: attribute("lines-covered")?,
        total: attribute("lines-valid")?,
    })
}

/// coverage.py: `totals.covered_lines`; llvm-cov: `data[0].totals.lines`.
fn of_json(text: &str) -> Option<Coverage> {
    let report: Value = serde_json::from_str(text).ok()?;
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64);
    let python = number("/totals/covered_lines").zip(number("/totals/num_statements"));
    let llvm = number("/data/0/totals/lines/covered").zip(number("/data/0/totals/lines/count"));
    let (covered, total) = python.or(llvm)?;
    Some(Coverage { covered, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_say_the_same() {
        let eight_of_ten = Ok(Coverage {
            covered: 8,
            total: 10,
        });
        let mut lcov = "TN:\nSF:tool.py\n".to_owned();
        for line in 1..=10 {
            lcov += "DA:";
            lcov += &line.to_string();
            lcov += if line > 2 { ",1\n" } else { ",0\n" };
        }
        lcov += "end_of_record\n";
        let reports = [
            lcov.as_str(),
            "SF:a\nLF:10\nLH:8\nend_of_record\n",
            "<?xml version=\"1.0\" ?>\n<coverage version=\"7\" lines-valid=\"10\" lines-covered=\"8\" line-rate=\"0.8\">",
            r#"{"meta":{},"totals":{"covered_lines":8,"num_statements":10}}"#,
            r#"{"data":[{"totals":{"lines":{"count":10,"covered":8}}}],"type":"llvm.coverage.json.export"}"#,
        ];
        for report in reports {
            assert_eq!(read_coverage(report), eight_of_ten, "{report}");
        }
        assert_eq!(eight_of_ten.map(Coverage::percent), Ok(80));
    }

    #[test]
    fn a_text_that_measured_nothing_is_no_report() {
        use CoverageError::{Impossible, NoLines, UnknownForm};
        let told = [
            ("", UnknownForm),
            ("coverage: 100 %", UnknownForm),
            ("{}", UnknownForm),
            ("<coverage lines-valid=\"ten\">", UnknownForm),
            ("SF:a\nend_of_record\n", NoLines),
            ("SF:a\nLF:1\nLH:2\nend_of_record\n", Impossible),
        ];
        for (text, error) in told {
            assert_eq!(read_coverage(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_percentage_is_rounded_down() {
        let of = |covered, total| Coverage { covered, total }.percent();
        assert_eq!([of(799, 1000), of(0, 0), of(3, 3)], [79, 0, 100]);
    }
}
