//! Images as the facts that the database keeps.

use lab_merge::{Image, Value};
use lab_store::GithubFact;

use crate::fields::known;

/// What is kept of an image.
pub(crate) fn facts(image: &Image) -> Vec<GithubFact> {
    let mut facts = Vec::new();
    for (field, value) in image.fields() {
        let field = field.to_owned();
        match value {
            Value::Text(text) => facts.push(GithubFact::Text {
                field,
                text: text.clone(),
            }),
            Value::Set(members) => facts.extend(members.iter().map(|member| GithubFact::Member {
                field: field.clone(),
                member: member.clone(),
            })),
        }
    }
    facts
}

/// The image that was kept. What a later version kept beside is left out.
pub(crate) fn image(facts: &[GithubFact]) -> Image {
    let mut image = Image::default();
    for fact in facts {
        match fact {
            GithubFact::Text { field, text } => {
                if let Some(field) = known(field) {
                    image.put(field, Value::text(text));
                }
            }
            GithubFact::Member { field, member } => {
                if let Some(field) = known(field) {
                    let mut members = image.members(field);
                    members.insert(member.clone());
                    image.put(field, Value::set(members));
                }
            }
        }
    }
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_reads_back_from_its_facts() {
        let mut whole = Image::default();
        whole.put("title", Value::text("Pump"));
        whole.put("labels", Value::set(["a", "b"]));
        assert_eq!(image(&facts(&whole)), whole);
        let later = GithubFact::Text {
            field: "weather".to_owned(),
            text: "x".to_owned(),
        };
        assert_eq!(image(&[later]), Image::default());
    }
}
