//! What `ai-lab.toml` wants of the framework.

use std::fmt;
use std::str::FromStr;

use semver::{Version, VersionReq};
use serde::Deserialize;
use toml::Spanned;

use crate::lock::{conflict, line_at};

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The range as it stands there, such as `~1.4`; `None` where the lab says nothing.
    pub range: Option<String>,
    /// The same, to hold versions against; any version where the lab says nothing.
    pub accepts: VersionReq,
    /// The line that the range stands in; 1 where there is none.
    pub line: usize,
    /// Where releases come from: a folder or a URL; `None` where the lab names none.
    pub from: Option<String>,
    /// Which updates are made by themselves.
    pub auto: Auto,
    /// When; at any time where `None`.
    pub window: Option<Window>,
}

/// Which updates are made without being asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auto {
    /// None.
    #[default]
    Off,
    /// Those that only mend.
    Patch,
    /// Those that add, too.
    Minor,
}

impl Auto {
    /// Whether going from one version to the other is of that kind.
    pub fn allows(self, from: &Version, to: &Version) -> bool {
        let same_major = from.major == to.major;
        match self {
            Self::Off => false,
            Self::Patch => same_major && from.minor == to.minor && to > from,
            Self::Minor => same_major && to > from,
        }
    }

    /// The word in `ai-lab.toml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Patch => "patch",
            Self::Minor => "minor",
        }
    }
}

/// A time of the day, from and until, in minutes after midnight; one that ends earlier than it begins goes over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins.
    pub from: u16,
    /// When it is over.
    pub until: u16,
}

impl FromStr for Window {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let minutes = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            let two = |text: &str| {
                let is_two = text.len() == 2 && text.bytes().all(|c| c.is_ascii_digit());
                is_two.then(|| text.parse::<u16>().ok()).flatten()
            };
            let (hour, minute) = (two(hour)?, two(minute)?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let window = text.split_once('-').and_then(|(from, until)| {
            let (from, until) = (minutes(from)?, minutes(until)?);
            (from != until).then_some(Self { from, until })
        });
        window.ok_or("it is no window such as 03:00-05:00")
    }
}

impl Window {
    /// How many minutes it lasts.
    pub const fn minutes(self) -> u16 {
        (self.until + 24 * 60 - self.from) % (24 * 60)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            from / 60,
            from % 60,
            until / 60,
            until % 60
        )
    }
}

/// What is wrong in `ai-lab.toml`. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct WantedError {
    /// Where.
    pub line: usize,
    /// What.
    pub what: String,
}

#[derive(Deserialize)]
struct Marker {
    framework: Option<Spanned<String>>,
    #[serde(default)]
    update: Update,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Update {
    from: Option<String>,
    #[serde(default)]
    auto: Auto,
    window: Option<Spanned<String>>,
}

impl Wanted {
    /// Reads what is wanted; other tables of the file are others'.
    pub fn read(text: &str) -> Result<Self, WantedError> {
        let marker = marker(text)?;
        let wrong = |at: &Spanned<String>, what: String| WantedError {
            line: line_at(text, at.span().start),
            what,
        };
        let accepts = match &marker.framework {
            None => VersionReq::STAR,
            Some(range) => VersionReq::parse(range.get_ref()).map_err(|error| {
                let range_text = range.get_ref().escape_debug();
                wrong(
                    range,
                    format!("`{range_text}` is no range of versions: {error}"),
                )
            })?,
        };
        let window = match &marker.update.window {
            None => None,
            Some(window) => {
                let parsed = window.get_ref().parse();
                Some(parsed.map_err(|what: &str| wrong(window, what.to_owned()))?)
            }
        };
        let span = marker
            .framework
            .as_ref()
            .map_or(0, |range| range.span().start);
        Ok(Self {
            range: marker.framework.map(Spanned::into_inner),
            accepts,
            line: line_at(text, span),
            from: marker.update.from,
            auto: marker.update.auto,
            window,
        })
    }
}

fn marker(text: &str) -> Result<Marker, WantedError> {
    if let Some(line) = conflict(text) {
        let what = "a conflict that git left".to_owned();
        return Err(WantedError { line, what });
    }
    toml::from_str(text).map_err(|error| WantedError {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        what: error.message().to_owned(),
    })
}

/// The text with another range; every other byte stays. Where there is no range, it is added before the first table.
pub fn with_range(text: &str, range: &str) -> Result<String, WantedError> {
    let quoted = format!("\"{}\"", range.escape_default());
    let Some(there) = marker(text)?.framework else {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if line.trim_start().starts_with('[') {
                break;
            }
            at += line.len();
        }
        let (before, after) = text.split_at(at);
        let end = if before.is_empty() || before.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return Ok(format!("{before}{end}framework = {quoted}\n{after}"));
    };
    let span = there.span();
    Ok(format!(
        "{}{quoted}{}",
        &text[..span.start],
        &text[span.end..]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# mine\nname = \"home\"\nframework = \"~1.4\" # and why\n\n[files]\nmirror = true\n\n[update]\n\
                        from = \"/srv/releases\"\nauto = \"patch\"\nwindow = \"23:30-05:00\"\n";

    #[test]
    fn what_is_wanted_is_read_and_other_tables_are_others() {
        let wanted = Wanted::read(TEXT).expect("it is sound");
        assert_eq!(
            wanted,
            Wanted {
                range: Some("~1.4".to_owned()),
                accepts: VersionReq::parse("~1.4").expect("a range"),
                line: 3,
                from: Some("/srv/releases".to_owned()),
                auto: Auto::Patch,
                window: Some(Window {
                    from: 1410,
                    until: 300
                }),
            }
        );
        assert_eq!(wanted.window.map(Window::minutes), Some(330));
        assert_eq!(
            wanted.window.map(|it| it.to_string()).as_deref(),
            Some("23:30-05:00")
        );
        let none = Wanted::read("").expect("it is sound");
        assert_eq!((none.range, none.auto, none.from), (None, Auto::Off, None));
        assert!(none.accepts.matches(&Version::new(7, 0, 0)));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let told = |from: &str, to: &str| {
            let told = Wanted::read(&TEXT.replace(from, to)).expect_err("it is refused");
            told.to_string()
        };
        assert!(told("~1.4", "one").starts_with("line 3: `one` is no range of versions: "));
        assert!(told("\"patch\"", "\"all\"").starts_with("line 10: unknown variant `all`"));
        for window in [
            "3-5",
            "03:00-03:00",
            "24:00-01:00",
            "03:60-04:00",
            "+1:00-04:00",
        ] {
            assert_eq!(
                told("23:30-05:00", window),
                "line 11: it is no window such as 03:00-05:00"
            );
        }
        assert!(told("auto", "autos").starts_with("line 10: unknown field `autos`"));
        assert_eq!(
            told("[files]", "=======\n[files]"),
            "line 5: a conflict that git left"
        );
    }

    #[test]
    fn another_range_leaves_every_other_byte() {
        let changed = with_range(TEXT, "=1.5.0").expect("changed");
        assert_eq!(changed, TEXT.replace("~1.4", "=1.5.0"));
        assert_eq!(
            with_range("name = \"home\"\n[files]\n", "~2").expect("changed"),
            "name = \"home\"\nframework = \"~2\"\n[files]\n"
        );
        assert_eq!(
            with_range("", "~2").expect("changed"),
            "framework = \"~2\"\n"
        );
        assert_eq!(
            with_range("name = \"home\"", "~2").expect("changed"),
            "name = \"home\"\nframework = \"~2\"\n"
        );
    }

    #[test]
    fn what_is_done_by_itself_is_bounded() {
        let version = |text: &str| Version::parse(text).expect("a version");
        for (auto, from, to, allowed) in [
            (Auto::Off, "1.0.0", "1.0.1", false),
            (Auto::Patch, "1.0.0", "1.0.1", true),
            (Auto::Patch, "1.0.0", "1.1.0", false),
            (Auto::Patch, "1.0.1", "1.0.0", false),
            (Auto::Minor, "1.0.0", "1.1.0", true),
            (Auto::Minor, "1.0.0", "2.0.0", false),
        ] {
            assert_eq!(
                auto.allows(&version(from), &version(to)),
                allowed,
                "{auto:?} {from} {to}"
            );
        }
    }
}
