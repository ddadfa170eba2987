//! The text form of Prometheus: families with help and type, samples with labels.

use std::fmt::Write as _;

/// The longest text, in bytes. Stops an answer over its limit; families that come later are left out.
const MOST_BYTES: usize = 190 * 1024;

/// What kind of figure a family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only rises, but for a restart.
    Counter,
    /// It rises and falls.
    Gauge,
}

/// One value with its labels.
pub(crate) type Sample<'a> = (Vec<(&'static str, &'a str)>, f64);

/// A text that grows by families.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    text: String,
    series: usize,
    left_out: usize,
}

impl Exposition {
    /// Adds a family. One without samples is not written; neither is one for which there is no more room.
    pub(crate) fn add<'a>(
        &mut self,
        name: &str,
        kind: Kind,
        help: &str,
        samples: impl IntoIterator<Item = Sample<'a>>,
    ) {
        let mut lines = String::new();
        let mut count = 0;
        for (labels, value) in samples {
            push_sample(&mut lines, name, &labels, value);
            count += 1;
        }
        if count == 0 {
            return;
        }
        if self.text.len() + lines.len() > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        push(
            &mut self.text,
            format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"),
        );
        self.text.push_str(&lines);
        self.series += count;
    }

    /// Adds a family of one sample without labels, if there is one.
    pub(crate) fn add_one(&mut self, name: &str, kind: Kind, help: &str, value: Option<f64>) {
        self.add(name, kind, help, value.map(|value| (vec![], value)));
    }

    /// The text, how many series are in it, and how many families found no room.
    pub(crate) fn into_parts(self) -> (String, usize, usize) {
        (self.text, self.series, self.left_out)
    }
}

fn push_sample(text: &mut String, name: &str, labels: &[(&'static str, &str)], value: f64) {
    text.push_str(name);
    for (at, (label, value)) in labels.iter().enumerate() {
        let before = if at == 0 { '{' } else { ',' };
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        push(text, format_args!("{before}{label}=\"{value}\""));
    }
    if !labels.is_empty() {
        text.push('}');
    }
    push(text, format_args!(" {value}\n"));
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what)
        .expect("because a text grows without an error");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_help_type_and_escaped_labels_and_empty_ones_are_not_there() {
        let mut exposition = Exposition::default();
        exposition.add(
            "node_x_total",
            Kind::Counter,
            "what\nit \\is",
            [
                (vec![("device", "a\"b\\c\nd"), ("mode", "idle")], 1.5),
                (vec![("device", "b"), ("mode", "idle")], 1e21),
            ],
        );
        exposition.add("node_empty", Kind::Gauge, "nothing", []);
        exposition.add_one("node_y", Kind::Gauge, "one", Some(0.0));
        exposition.add_one("node_z", Kind::Gauge, "none", None);
        let expected = "# HELP node_x_total what\\nit \\\\is\n# TYPE node_x_total counter\n\
            node_x_total{device=\"a\\\"b\\\\c\\nd\",mode=\"idle\"} 1.5\n\
            node_x_total{device=\"b\",mode=\"idle\"} 1000000000000000000000\n\
            # HELP node_y one\n# TYPE node_y gauge\nnode_y 0\n";
        assert_eq!(exposition.into_parts(), (expected.to_owned(), 3, 0));
    }

    #[test]
    fn a_family_that_finds_no_room_is_left_out_as_a_whole() {
        let mut exposition = Exposition::default();
        let long = "x".repeat(MOST_BYTES);
        exposition.add(
            "node_long",
            Kind::Gauge,
            "h",
            [(vec![("a", long.as_str())], 1.0)],
        );
        exposition.add_one("node_y", Kind::Gauge, "one", Some(1.0));
        let (text, series, left_out) = exposition.into_parts();
        assert_eq!(
            (text.contains("node_long"), series, left_out),
            (false, 1, 1)
        );
    }
}
