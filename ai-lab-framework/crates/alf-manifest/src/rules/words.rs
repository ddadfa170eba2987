//! Names, and the texts that people and agents read.

use std::ops::RangeInclusive;

use ai_lab_contract::{ActionName, HostGrant, IdError, SecretName, ToolName};

use super::{Placed, Rules, is_environment_name, shown};
use crate::FindingCode;
use crate::tree::at;

/// Tool names that the command line uses as words of its own.
const RESERVED: [&str; 3] = ["all", "framework", "help"];

/// The beginning of the variables that the framework sets for a tool.
const OWN_VARIABLES: &str = "AI_LAB_";

impl Rules<'_> {
    pub(super) fn check_words(&mut self) {
        self.check_names();
        self.check_hand_offs();
        self.check_hosts();
        self.check_variables();
        let mut texts: Vec<Placed<'_>> = self.text_at(&["description"]).into_iter().collect();
        texts.extend(self.texts_at(&["tags"]));
        for name in self.action_names() {
            texts.extend(self.text_at(&["actions", name, "description"]));
        }
        for (text, span) in texts {
            if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
                let message = format!("a hidden character: U+{:04X}", u32::from(hidden));
                let help = "Take it out: people and agents must read the same text.";
                self.report_with_help(FindingCode::HiddenCharacters, span, message, help);
            } else if !text.is_empty() && text.trim().is_empty() {
                self.report(FindingCode::BadValue, span, "the text is blank".to_owned());
            }
        }
    }

    fn check_names(&mut self) {
        if let Some((name, span)) = self.text_at(&["name"]) {
            if let Err(error) = name.parse::<ToolName>() {
                self.report(FindingCode::BadName, span, told(&error));
            } else if RESERVED.contains(&name) {
                let message = format!("the tool name `{name}` is reserved");
                self.report(FindingCode::BadName, span, message);
            }
        }
        for ((name, span), _) in self.entries_at(&["actions"]) {
            if let Err(error) = name.parse::<ActionName>() {
                self.report(FindingCode::BadName, span, told(&error));
            }
        }
        for (name, span) in self.secrets().0 {
            if let Err(error) = name.parse::<SecretName>() {
                self.report(FindingCode::BadName, span, told(&error));
            }
        }
    }

    fn check_hand_offs(&mut self) {
        for (grant, span) in self.texts_at(&["grants", "handoff"]) {
            let is_address = grant.split_once('.').is_some_and(|(tool, action)| {
                tool.parse::<ToolName>().is_ok()
                    && (action == "*" || action.parse::<ActionName>().is_ok())
            });
            if !is_address {
                let message = format!("`{}` names no action of a tool", shown(grant));
                let help = "Write `TOOL.ACTION`, or `TOOL.*` for all actions of one tool.";
                self.report_with_help(FindingCode::BadGrant, span, message, help);
            }
        }
    }

    fn check_hosts(&mut self) {
        for (grant, span) in self.texts_at(&["grants", "hosts"]) {
            if grant.parse::<HostGrant>().is_err() {
                let message = format!("`{}` names no host with a port", shown(grant));
                let help = "Write `api.example.org:443`, `*.example.org:443`, `192.168.1.4:80` or `[fd00::4]:80`.";
                self.report_with_help(FindingCode::BadGrant, span, message, help);
            }
        }
        let ports = at(self.table, &["grants", "tcp"]).and_then(|value| value.get_ref().as_array());
        let hosts = at(self.table, &["grants", "hosts"]);
        let has_hosts = hosts
            .and_then(|value| value.get_ref().as_array())
            .is_some_and(|hosts| !hosts.is_empty());
        if let (Some(hosts), true, Some(ports)) = (hosts, has_hosts, ports)
            && !ports.is_empty()
        {
            let message = "`hosts` beside `tcp`, which grants its ports on every host".to_owned();
            let help = "Take `tcp` out, and name each host with its port.";
            self.report_with_help(FindingCode::Contradiction, hosts.span(), message, help);
        }
    }

    fn check_variables(&mut self) {
        let set = self.entries_at(&["run", "environment"]);
        let granted = self.texts_at(&["grants", "environment"]);
        let for_secrets = self.secrets().1;
        let names = set.iter().map(|(key, _)| key.clone());
        let names = names.chain(granted).chain(for_secrets);
        for (name, span) in names.collect::<Vec<_>>() {
            if !is_environment_name(name) {
                let message = format!(
                    "`{}` is no environment variable: letters, digits and `_`, no digit first",
                    shown(name)
                );
                self.report(FindingCode::BadVariable, span, message);
            } else if name.starts_with(OWN_VARIABLES) {
                let message = format!("the variable `{name}` belongs to the framework");
                self.report(FindingCode::BadVariable, span, message);
            }
        }
        for ((name, span), value) in set {
            if value.as_str().is_some_and(|value| value.contains('\0')) {
                let message = format!("the value of `{}` contains a NUL", shown(name));
                self.report(FindingCode::BadVariable, span, message);
            }
        }
    }
}

/// The error about a name, cut short where the name is too long to read.
fn told(error: &IdError) -> String {
    const MOST: usize = 64;
    let mut given: String = error.given.chars().take(MOST).collect();
    if given.len() < error.given.len() {
        given.push('…');
    }
    IdError { given, ..*error }.to_string()
}

/// Characters that show nothing or turn the direction of what follows, beside the control characters.
const HIDDEN: [RangeInclusive<char>; 13] = [
    '\u{AD}'..='\u{AD}',       // soft hyphen
    '\u{61C}'..='\u{61C}',     // Arabic letter mark
    '\u{115F}'..='\u{1160}',   // Hangul fillers
    '\u{17B4}'..='\u{17B5}',   // Khmer vowels that show nothing
    '\u{180E}'..='\u{180E}',   // Mongolian vowel separator
    '\u{200B}'..='\u{200F}',   // zero width, direction marks
    '\u{2028}'..='\u{202E}',   // line and paragraph separators, direction overrides
    '\u{2060}'..='\u{206F}',   // joiners, isolates
    '\u{3164}'..='\u{3164}',   // Hangul filler
    '\u{FEFF}'..='\u{FEFF}',   // byte order mark
    '\u{FFA0}'..='\u{FFA0}',   // halfwidth Hangul filler
    '\u{FFF9}'..='\u{FFFB}',   // interlinear marks
    '\u{E0000}'..='\u{E007F}', // tags: a second text that only machines see
];

/// Whether a character shows nothing or turns the direction of what follows; line breaks and tabs do not count.
pub fn is_hidden(c: char) -> bool {
    let line_work = matches!(c, '\n' | '\r' | '\t');
    !line_work && (c.is_control() || HIDDEN.iter().any(|range| range.contains(&c)))
}
