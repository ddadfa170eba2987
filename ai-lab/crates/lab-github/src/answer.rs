//! What comes back.

use lab_model::Moment;
use serde::de::DeserializeOwned;

use crate::{Call, CallError};

/// An answer as it came: its status, the headers that mean something here, its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// By which the same answer is known again.
    pub etag: Option<String>,
    /// Other pages, as `Link` names them.
    pub link: Option<String>,
    /// Where it is instead.
    pub location: Option<String>,
    /// How many seconds to wait.
    pub retry_after: Option<u64>,
    /// How many calls are left in the hour.
    pub remaining: Option<u64>,
    /// When the hour is over, in seconds since 1970.
    pub reset: Option<i64>,
    /// What was said.
    pub body: Vec<u8>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page<T> {
    /// Nothing changed on it since the answer with the known tag.
    Same {
        /// The path of the next page, where GitHub says it again.
        next: Option<String>,
    },
    /// What is there now.
    Now {
        /// The entries.
        entries: Vec<T>,
        /// By which this page is known again.
        etag: Option<String>,
        /// The path of the next page, word for word as GitHub named it; `None` at the end.
        next: Option<String>,
    },
}

impl Answer {
    /// The address of the next page.
    pub(crate) fn next(&self) -> Option<&str> {
        self.link.as_deref()?.split(',').find_map(|part| {
            let (address, relation) = part.trim().split_once(';')?;
            let is_next = relation
                .split(';')
                .any(|word| matches!(word.trim(), r#"rel="next""# | "rel=next"));
            let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
            is_next.then_some(address)
        })
    }

    /// Reads the body.
    pub(crate) fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| CallError::Unreadable {
            call: call.clone(),
            problem: error.to_string(),
        })
    }

    /// When the hour's limit is lifted.
    pub(crate) fn reset_at(&self) -> Option<Moment> {
        Moment::from_ms(self.reset?.checked_mul(1000)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_one_that_says_so() {
        let next = |link: &str| {
            let answer = Answer {
                link: Some(link.to_owned()),
                ..Answer::default()
            };
            answer.next().map(str::to_owned)
        };
        assert_eq!(
            next(
                r#"<https://api.github.com/repositories/1/issues?page=1>; rel="prev", <https://api.github.com/repositories/1/issues?page=3>; rel="next""#
            ),
            Some("https://api.github.com/repositories/1/issues?page=3".to_owned())
        );
        assert_eq!(next(r#"<x>; rel="last""#), None);
        assert_eq!(next("nonsense"), None);
        assert_eq!(Answer::default().next(), None);
    }
}
