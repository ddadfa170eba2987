//! A thing as the fields that two sides both know.

use std::collections::{BTreeMap, BTreeSet};

/// What a field holds. A field that holds nothing is not in its [`Image`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// One text; never compared by anything but its characters.
    Text(String),
    /// Members without order.
    Set(BTreeSet<String>),
}

impl Value {
    /// A set; `None` without members, as an empty set is nothing.
    pub fn set<S: Into<String>>(members: impl IntoIterator<Item = S>) -> Option<Self> {
        let members: BTreeSet<String> = members.into_iter().map(Into::into).collect();
        (!members.is_empty()).then_some(Self::Set(members))
    }

    /// A text; `None` where it is empty.
    pub fn text(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.is_empty()).then_some(Self::Text(text))
    }

    /// The text as it stands, or the members with commas between them: for people to read.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Set(members) => members.iter().cloned().collect::<Vec<_>>().join(", "),
        }
    }
}

/// A thing at one moment on one side: its fields by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image(BTreeMap<&'static str, Value>);

impl Image {
    /// What a field holds; `None` is nothing.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// The text of a field; `None` where there is none.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.0.get(field) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Set(_)) | None => None,
        }
    }

    /// The members of a field; none where it holds no set.
    pub fn members(&self, field: &str) -> BTreeSet<String> {
        match self.0.get(field) {
            Some(Value::Set(members)) => members.clone(),
            Some(Value::Text(_)) | None => BTreeSet::new(),
        }
    }

    /// Puts a value into a field; an empty one takes it out.
    pub fn put(&mut self, field: &'static str, value: Option<Value>) {
        let value = value.filter(|value| match value {
            Value::Text(text) => !text.is_empty(),
            Value::Set(members) => !members.is_empty(),
        });
        match value {
            Some(value) => self.0.insert(field, value),
            None => self.0.remove(field),
        };
    }

    /// Every field that holds something, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_nothing() {
        let mut image = Image::default();
        image.put("title", Value::text("Pump"));
        image.put("labels", Value::set(["b", "a"]));
        assert_eq!(
            (image.text("title"), image.text("labels"), image.text("x")),
            (Some("Pump"), None, None)
        );
        assert_eq!(
            image.members("labels"),
            ["a", "b"].map(str::to_owned).into()
        );
        assert!(image.members("title").is_empty());
        let shown: Vec<String> = image.fields().map(|(_, value)| value.shown()).collect();
        assert_eq!(shown, ["a, b", "Pump"]);
        image.put("title", Some(Value::Text(String::new())));
        image.put("labels", Some(Value::Set(BTreeSet::new())));
        assert_eq!(image, Image::default());
        assert_eq!((Value::text(""), Value::set([""; 0])), (None, None));
    }
}
