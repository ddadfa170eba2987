//! What a document refers to.

use lab_model::{EntityKind, Uid};

use crate::document::Document;
use crate::fields::{Field, Scalar, Shape, fact_name, fields};

impl Document {
    /// Every uid that the document refers to, each once.
    pub fn references(&self) -> Vec<Uid> {
        let mut found: Vec<Uid> = Vec::new();
        for field in fields(self.kind) {
            let uids: Vec<Uid> = match field.shape {
                Shape::One(Scalar::Reference(_)) => {
                    let text = self.record.get(field.name, "");
                    text.and_then(|text| text.parse().ok())
                        .into_iter()
                        .collect()
                }
                Shape::Dependencies(_) => self
                    .record
                    .iter()
                    .filter(|(name, _, _)| *name == field.name)
                    .filter_map(|(_, member, _)| member.parse().ok())
                    .collect(),
                Shape::Object(_) => {
                    let text = self.record.get(&fact_name(field.name, "repo"), "");
                    text.and_then(|text| text.parse().ok())
                        .into_iter()
                        .collect()
                }
                Shape::One(_) | Shape::Tags | Shape::List(_) => Vec::new(),
            };
            found.extend(uids);
        }
        found.sort();
        found.dedup();
        found
    }

    /// The single references that a person wrote as labels: field, kind, label.
    pub fn named_references(&self) -> Vec<(&'static str, EntityKind, String)> {
        let named = |field: &Field| match field.shape {
            Shape::One(Scalar::Reference(kind)) => {
                let text = self.record.get(field.name, "")?;
                let is_uid = text.parse::<Uid>().is_ok();
                (!is_uid).then(|| (field.name, kind, text.to_owned()))
            }
            Shape::One(_)
            | Shape::Tags
            | Shape::Dependencies(_)
            | Shape::List(_)
            | Shape::Object(_) => None,
        };
        fields(self.kind).iter().filter_map(named).collect()
    }
}
