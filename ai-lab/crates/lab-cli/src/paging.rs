//! Which page of a listing.

use lab_model::Label;
use lab_ops::item::Paging;

use crate::output::Output;

/// How many rows an answer in JSON has unless said otherwise: programs that read for people pay by the byte.
const JSON_ROWS: u32 = 20;

/// How many rows a terminal shows at least, however low it is.
const FEWEST_ROWS: u32 = 10;

/// Lines of a terminal that are not rows: the head, what is left, and the prompt before and after.
const OTHER_LINES: u32 = 4;

/// How much of a listing to show.
#[derive(Debug, clap::Args)]
pub(crate) struct Pages {
    /// At most so many, or `all`; without it as many as the terminal shows, 20 in JSON, all into a pipe.
    #[arg(long, value_name = "COUNT", value_parser = limit)]
    limit: Option<Limit>,

    /// What comes behind this one, as the last page tells it.
    #[arg(long, value_name = "ITEM")]
    after: Option<Label>,
}

/// A count, or all.
#[derive(Clone, Copy, Debug)]
enum Limit {
    All,
    So(u32),
}

fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "all" => Ok(Limit::All),
        _ => match text.parse() {
            Ok(count) if count > 0 => Ok(Limit::So(count)),
            Ok(_) | Err(_) => Err("it is neither `all` nor a number from 1 on".to_owned()),
        },
    }
}

impl Pages {
    /// The page that was asked for, or that fits.
    pub(crate) fn paging(&self, json: bool, output: &Output) -> Paging {
        let fits = || match (json, output.rows()) {
            (true, _) => Some(JSON_ROWS),
            (false, Some(rows)) => {
                Some(u32::from(rows).saturating_sub(OTHER_LINES).max(FEWEST_ROWS))
            }
            (false, None) => None,
        };
        Paging {
            after: self.after.clone(),
            limit: match self.limit {
                Some(Limit::All) => None,
                Some(Limit::So(count)) => Some(count),
                None => fits(),
            },
        }
    }
}
