//! The rule of three: what one side alone has changed is taken, what both have changed is merged or named.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Image, Value};

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// This one.
    Local,
    /// The other one.
    Remote,
}

/// Who wins where both sides changed one field to different ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Nobody: the field stays on both sides as it is until someone says.
    Ask,
    /// Always the same side.
    Take(Side),
}

/// How changes of both sides go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not at all: a single word or line.
    Scalar,
    /// Line by line, where the lines are apart.
    Prose,
    /// Member by member: what either side added is in, what either side removed is out.
    Members,
}

/// How one field is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in an [`Image`].
    pub field: &'static str,
    /// How changes of both sides go together.
    pub kind: Kind,
    /// Who wins where they do not.
    pub policy: Policy,
}

/// Both sides changed one field, and the changes do not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What both once had; `None` is nothing, also where nobody knows.
    pub base: Option<Value>,
    /// What this side has.
    pub local: Option<Value>,
    /// What the other side has.
    pub remote: Option<Value>,
}

/// What came of two copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merge {
    /// What both sides should hold; fields that clash are not in.
    pub agreed: Image,
    /// What nobody has decided, by field.
    pub clashes: BTreeMap<&'static str, Clash>,
}

impl Merge {
    /// The fields in which a side does not hold yet what was agreed, each with what it should hold.
    pub fn wanting<'a>(
        &'a self,
        rules: &'a [Rule],
        side: &'a Image,
    ) -> impl Iterator<Item = (&'static str, Option<&'a Value>)> {
        rules
            .iter()
            .map(|rule| rule.field)
            .filter(|field| !self.clashes.contains_key(field))
            .map(|field| (field, self.agreed.get(field)))
            .filter(|(field, value)| side.get(field) != *value)
    }

    /// What both sides are known to have agreed on, once both hold it: the base of the next merge.
    ///
    /// A field that clashes keeps what it was, so the next merge sees both changes again.
    pub fn next_base(&self, base: Option<&Image>) -> Image {
        let mut next = self.agreed.clone();
        for field in self.clashes.keys() {
            next.put(field, base.and_then(|base| base.get(field)).cloned());
        }
        next
    }
}

/// Merges two copies, field by field. Without a base, nobody knows who changed what: what differs clashes.
pub fn merge(rules: &[Rule], base: Option<&Image>, local: &Image, remote: &Image) -> Merge {
    let mut merged = Merge::default();
    for rule in rules {
        let (ours, theirs) = (local.get(rule.field), remote.get(rule.field));
        match merge_field(rule, base, ours, theirs) {
            Ok(agreed) => merged.agreed.put(rule.field, agreed),
            Err(clash) => {
                merged.clashes.insert(rule.field, *clash);
            }
        }
    }
    merged
}

fn merge_field(
    rule: &Rule,
    base: Option<&Image>,
    local: Option<&Value>,
    remote: Option<&Value>,
) -> Result<Option<Value>, Box<Clash>> {
    let was = |value: Option<&Value>| base.is_some_and(|base| base.get(rule.field) == value);
    if local == remote || was(remote) {
        return Ok(local.cloned());
    }
    if was(local) {
        return Ok(remote.cloned());
    }
    let before = base.and_then(|base| base.get(rule.field));
    let together = match rule.kind {
        Kind::Scalar => None,
        Kind::Prose => prose(before, local, remote),
        Kind::Members => members(before, local, remote),
    };
    match (together, rule.policy) {
        (Some(value), _) => Ok(Some(value)),
        (None, Policy::Take(Side::Local)) => Ok(local.cloned()),
        (None, Policy::Take(Side::Remote)) => Ok(remote.cloned()),
        (None, Policy::Ask) => Err(Box::new(Clash {
            base: before.cloned(),
            local: local.cloned(),
            remote: remote.cloned(),
        })),
    }
}

/// Two changed texts as one; `None` where the same lines changed, or there was no text before.
fn prose(base: Option<&Value>, local: Option<&Value>, remote: Option<&Value>) -> Option<Value> {
    let (Value::Text(base), Value::Text(local), Value::Text(remote)) = (base?, local?, remote?)
    else {
        return None;
    };
    // A last line without its end would clash with whatever is added below it.
    let whole = |text: &str| format!("{text}\n");
    let merged = diffy::merge(&whole(base), &whole(local), &whole(remote)).ok()?;
    Some(Value::Text(merged.trim_end_matches('\n').to_owned()))
}

/// Two changed sets as one; what only one side ever had is kept. `None` where something is no set.
fn members(base: Option<&Value>, local: Option<&Value>, remote: Option<&Value>) -> Option<Value> {
    let set = |value: Option<&Value>| match value {
        Some(Value::Set(members)) => Some(members.clone()),
        Some(Value::Text(_)) => None,
        None => Some(BTreeSet::new()),
    };
    let (base, local, remote) = (set(base)?, set(local)?, set(remote)?);
    let stays = |member: &String| {
        let removed = base.contains(member) && !(local.contains(member) && remote.contains(member));
        !removed
    };
    Some(Value::Set(
        local
            .union(&remote)
            .filter(|member| stays(member))
            .cloned()
            .collect(),
    ))
}

#[cfg(test)]
mod tests;
