//! The granted UNIX sockets: their names, where they lie, and what may be asked there.

use std::ops::Range;

use ai_lab_contract::{GetPattern, SocketName, SocketPath};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::paths::HOME;
use super::{Rules, shown};
use crate::FindingCode;
use crate::tree::at;

/// How many patterns a socket has at least and at most. Stops a list that nobody reads through.
const PATTERNS: std::ops::RangeInclusive<usize> = 1..=32;

impl<'a> Rules<'a> {
    pub(super) fn check_sockets(&mut self) {
        let sockets = self.sockets();
        let mut names: Vec<&str> = Vec::new();
        for socket in &sockets {
            if let Some((name, span)) = text_in(socket, "name") {
                self.check_socket_name(name, span, &names);
                names.push(name);
            }
            if let Some((path, span)) = text_in(socket, "path") {
                self.check_socket_path(path, span);
            }
            self.check_patterns(socket);
        }
        let ports = at(self.table, &["grants", "tcp"]).and_then(|value| value.get_ref().as_array());
        let sockets_at = at(self.table, &["grants", "sockets"]).map(Spanned::span);
        if let (Some(span), false, Some(ports)) = (sockets_at, sockets.is_empty(), ports)
            && !ports.is_empty()
        {
            let message = "`sockets` beside `tcp`: they are asked from a network of the tool's own"
                .to_owned();
            let help = "Take `tcp` out, and name each host with its port in `hosts`.";
            self.report_with_help(FindingCode::Contradiction, span, message, help);
        }
    }

    /// The tables at `grants.sockets`; other items are left out.
    fn sockets(&self) -> Vec<&'a DeTable<'a>> {
        let list =
            at(self.table, &["grants", "sockets"]).and_then(|value| value.get_ref().as_array());
        let items = list.into_iter().flat_map(|items| items.iter());
        items.filter_map(|item| item.get_ref().as_table()).collect()
    }

    fn check_socket_name(&mut self, name: &str, span: Range<usize>, before: &[&str]) {
        if name.parse::<SocketName>().is_err() {
            let message = format!("`{}` is no name of a socket", shown(name));
            let help = "Write 1 to 32 of a-z, 0-9 and `-`, a letter first and no `-` last.";
            self.report_with_help(FindingCode::BadName, span, message, help);
        } else if before.contains(&name) {
            let message = format!("two sockets are named `{name}`");
            let help = "Name each by a word of its own: the tool asks for it by that.";
            self.report_with_help(FindingCode::Duplicate, span, message, help);
        }
    }

    fn check_socket_path(&mut self, path: &str, span: Range<usize>) {
        if path.parse::<SocketPath>().is_err() {
            let message = format!("`{}` is no path of a socket", shown(path));
            let help = "Write an absolute path of at most 107 bytes, without `.`, `..`, `//` and control characters.";
            self.report_with_help(FindingCode::BadGrant, span, message, help);
        } else if path.split('/').any(|part| part == HOME) {
            let message = format!("the grant `{}` reaches the framework's home", shown(path));
            self.report(FindingCode::BadGrant, span, message);
        }
    }

    fn check_patterns(&mut self, socket: &DeTable<'_>) {
        let Some((list, span)) = socket
            .get("get")
            .and_then(|value| Some((value.get_ref().as_array()?, value.span())))
        else {
            return;
        };
        if !PATTERNS.contains(&list.len()) {
            let message = format!(
                "`get` has {} patterns, allowed are {} to {}",
                list.len(),
                PATTERNS.start(),
                PATTERNS.end()
            );
            self.report(FindingCode::OutOfRange, span, message);
        }
        for item in list {
            let Some(pattern) = item.get_ref().as_str() else {
                continue;
            };
            if pattern.parse::<GetPattern>().is_err() {
                let message = format!("`{}` is no pattern of paths", shown(pattern));
                let help = "Write `/containers/json` or `/containers/*/stats`: letters, digits, `.`, `_`, `~`, `-` \
                            between slashes, `*` for a whole segment that is not the first, no query.";
                self.report_with_help(FindingCode::BadGrant, item.span(), message, help);
            }
        }
    }
}

fn text_in<'t>(table: &'t DeTable<'_>, key: &str) -> Option<(&'t str, Range<usize>)> {
    let value: &Spanned<DeValue<'_>> = table.get(key)?;
    Some((value.get_ref().as_str()?, value.span()))
}
