//! Findings in the text they are about.

use alf_manifest::{Finding, Severity};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource,
    Severity as Level,
};

use crate::output::Output;

/// One finding with its lines of the manifest.
pub(crate) fn report(file: &str, source: &str, finding: &Finding, coloured: bool) -> String {
    let level = match finding.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let mut labels = vec![LabeledSpan::new_with_span(None, finding.span.clone())];
    if let Some(also) = &finding.also {
        labels.push(LabeledSpan::new_with_span(
            Some(also.text.clone()),
            also.span.clone(),
        ));
    }
    let mut diagnostic = MietteDiagnostic::new(finding.message.clone())
        .with_code(finding.code.as_str())
        .with_severity(level)
        .with_labels(labels);
    if let Some(help) = &finding.help {
        diagnostic = diagnostic.with_help(help.clone());
    }
    let theme = if coloured {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(usize::from(Output::width()));
    let report =
        miette::Report::new(diagnostic).with_source_code(NamedSource::new(file, source.to_owned()));
    let mut text = String::new();
    // Writing into a string fails only if the handler does; then the plain line says the same.
    if handler.render_report(&mut text, report.as_ref()).is_err() {
        return format!("{file}:{finding}");
    }
    text
}
