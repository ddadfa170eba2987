//! Taking a write back, fact by fact, where nothing came after.

use crate::{Operation, Record};

/// A fact that was changed again after the write that is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Field and part.
    pub field: String,
    /// The member of a set or list; empty for a single field.
    pub member: String,
    /// What the write made of it.
    pub expected: Option<String>,
    /// What it is now.
    pub found: Option<String>,
}

/// Whether operations of one entity brought it into being.
pub fn is_birth(operations: &[Operation]) -> bool {
    operations
        .iter()
        .any(|operation| operation.field == "label" && operation.before.is_none())
}

/// Takes back what one write did to one entity. Operations stand in the order of the write.
///
/// An entity that came into being is put away, as nothing is ever deleted. Positions in a list are no clash: they
/// move whenever an entry before them does.
pub fn take_back(record: &mut Record, operations: &[Operation]) -> Result<(), Vec<Clash>> {
    if is_birth(operations) {
        return put_away(record, operations);
    }
    let clashes: Vec<Clash> = operations
        .iter()
        .rev()
        .filter_map(|operation| {
            let (field, member) = (&operation.field, &operation.member);
            let found = record.get(field, member).map(str::to_owned);
            if found == operation.after || field.ends_with(".position") {
                record.put(field, member, operation.before.clone());
                return None;
            }
            Some(Clash {
                field: field.clone(),
                member: member.clone(),
                expected: operation.after.clone(),
                found,
            })
        })
        .collect();
    if clashes.is_empty() {
        Ok(())
    } else {
        Err(clashes)
    }
}

/// Puts away what came into being, where it is still as it came.
fn put_away(record: &mut Record, operations: &[Operation]) -> Result<(), Vec<Clash>> {
    let clashes = Record::fold(operations).differences(record);
    if clashes.is_empty() {
        record.put("archived", "", Some("true".to_owned()));
        Ok(())
    } else {
        Err(clashes)
    }
}
