//! Findings in the text they are about.

use alf_manifest::{Finding, Severity};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource,
    Severity as Level,
};

use crate::output::Output;
use crate::render::style::{harmless, is_command};

/// One finding with its lines of the manifest.
pub(crate) fn report(file: &str, source: &str, finding: &Finding, coloured: bool) -> String {
    let level = match finding.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let file = harmless(file);
    let mut labels = vec![LabeledSpan::new_with_span(None, finding.span.clone())];
    if let Some(also) = &finding.also {
        labels.push(LabeledSpan::new_with_span(
            Some(harmless(&also.text)),
            also.span.clone(),
        ));
    }
    let mut diagnostic = MietteDiagnostic::new(harmless(&finding.message))
        .with_code(finding.code.as_str())
        .with_severity(level)
        .with_labels(labels);
    if let Some(help) = &finding.help {
        diagnostic = diagnostic.with_help(harmless(help));
    }
    let theme = if coloured {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(usize::from(Output::width()));
    let report = miette::Report::new(diagnostic)
        .with_source_code(NamedSource::new(&file, same_places(source)));
    let mut text = String::new();
    // Writing into a string fails only if the handler does; then the plain line says the same.
    if handler.render_report(&mut text, report.as_ref()).is_err() {
        return format!("{file}:{finding}");
    }
    text
}

/// The text with nothing in it that is a command to a terminal, and each byte where it was, for the spans.
fn same_places(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    for c in source.chars() {
        match c.len_utf8() {
            _ if matches!(c, '\n' | '\t') || !is_command(c) => text.push(c),
            3 => text.push(char::REPLACEMENT_CHARACTER),
            bytes => text.extend(std::iter::repeat_n('?', bytes)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_of_a_text_leaves_every_byte_in_its_place() {
        let source = "a\u{1b}[2J\tb\r\n\u{9b}c\u{202e}ä";
        let shown = same_places(source);
        assert_eq!(shown, "a?[2J\tb?\n??c\u{fffd}ä");
        assert_eq!(shown.len(), source.len());
    }
}
