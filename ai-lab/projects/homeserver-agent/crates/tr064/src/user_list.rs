//! Which user logs in when nobody said: since FRITZ!OS 7.24 there is no login without a name.

use crate::soap::document;

/// The user of the router's list who logged in last, as its own page offers.
///
/// The list is XML in an argument: `<List><Username last_user="1">fritz1234</Username></List>`.
pub(crate) fn last_user(list: &str) -> Option<String> {
    let document = document(list).ok()?;
    let mut users = document
        .descendants()
        .filter(|node| node.tag_name().name() == "Username");
    let marked = users
        .clone()
        .find(|user| user.attribute("last_user") == Some("1"));
    marked.or_else(|| users.next())?.text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_user_is_taken_else_the_first() {
        let list = |last: &str| {
            format!(
                "<List><Username last_user=\"0\">a</Username><Username last_user=\"{last}\">b</Username></List>"
            )
        };
        assert_eq!(last_user(&list("1")).as_deref(), Some("b"));
        assert_eq!(last_user(&list("0")).as_deref(), Some("a"));
        assert_eq!((last_user("<List/>"), last_user("")), (None, None));
    }
}
