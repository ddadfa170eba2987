//! A GitHub to try things on, with one repository, `octo/lab`: prints its address; with the end of its standard input its
//! issues, one a line, and whatever did not fit GitHub's description.

use std::io::{self, Read as _, Write as _};

use lab_standin::{Github, Server};
use serde_json::json;

fn main() -> io::Result<()> {
    let server = Server::start(Github::new("octo/lab"))?;
    let mut output = io::stdout();
    writeln!(output, "{}", server.api())?;
    output.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    let lines: Vec<String> = server.with(|github| {
        let issues = github.forge.issues.iter().map(|(number, issue)| {
            json!({
                "number": number, "title": issue.title, "state": issue.state, "reason": issue.reason,
                "labels": issue.labels,
            })
            .to_string()
        });
        let violations = github.violations.iter().map(ToString::to_string);
        issues.chain(violations).collect()
    });
    for line in lines {
        writeln!(output, "{line}")?;
    }
    Ok(())
}
