//! What `create`, `split` and `update` take in common.

use ai_lab_tool::ToolFailure;
use lab_model::when::parse_day;
use lab_model::{Day, Hours, ItemType, Patch, Priority, Tag};
use lab_ops::item::{CriterionEdit, ItemEdit, NewItem};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::refusal::wrong;

/// How much an item matters.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PriorityWord {
    Low,
    Medium,
    High,
    Critical,
}

/// What kind of work it is.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TypeWord {
    Feature,
    Bug,
    Task,
    Research,
    Documentation,
    Infrastructure,
}

/// A piece of work to be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    /// What is to be done, in one line.
    pub(crate) title: String,
    /// What is to be done, at length.
    #[serde(default)]
    pub(crate) description: Option<String>,
    /// How much it matters; medium unless said.
    #[serde(default)]
    pub(crate) priority: Option<PriorityWord>,
    /// What kind of work it is; task unless said.
    #[serde(default, rename = "type")]
    pub(crate) item_type: Option<TypeWord>,
    /// What must hold when it is done, one criterion each.
    #[serde(default)]
    pub(crate) criteria: Vec<String>,
    /// Labels to give it.
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    /// By which day: `2026-12-24`, `fri`, `+2w`, `eom`.
    #[serde(default)]
    pub(crate) due: Option<String>,
    /// How many hours it should take.
    #[serde(default)]
    pub(crate) estimated_hours: Option<f64>,
    /// Items that have to be settled first.
    #[serde(default)]
    pub(crate) depends_on: Vec<String>,
    /// Into which project: its label or prefix.
    #[serde(default)]
    pub(crate) project: Option<String>,
    /// Part of which item.
    #[serde(default)]
    pub(crate) parent: Option<String>,
    /// For which milestone.
    #[serde(default)]
    pub(crate) milestone: Option<String>,
}

impl New {
    /// The item that the fields describe.
    pub(crate) fn item(self, today: Day) -> Result<NewItem, ToolFailure> {
        let mut fields = ItemEdit::default();
        fields.patch.description = self.description;
        fields.patch.priority = self.priority.map(PriorityWord::value);
        fields.patch.item_type = self.item_type.map(TypeWord::value);
        fields.patch.labels.add = tags("labels", &self.labels)?;
        fields.patch.due = day(self.due.as_deref(), today)?;
        fields.patch.estimated_hours = hours("estimated_hours", self.estimated_hours)?;
        let named = |name: Option<String>| name.map_or(Patch::Keep, Patch::Set);
        fields.project = named(self.project);
        fields.parent = named(self.parent);
        fields.milestone = named(self.milestone);
        fields.depends_on = self.depends_on;
        fields.criteria = self.criteria.into_iter().map(CriterionEdit::Add).collect();
        Ok(NewItem {
            title: title(self.title)?,
            fields,
        })
    }
}

/// A title with something in it.
pub(crate) fn title(given: String) -> Result<String, ToolFailure> {
    let is_filled = given.chars().any(|c| !c.is_whitespace() && !c.is_control());
    if is_filled && !given.contains(['\n', '\r']) {
        Ok(given)
    } else {
        Err(ToolFailure::new(
            "invalid_input",
            "title: one line with at least one visible character",
        ))
    }
}

/// Tags of texts.
pub(crate) fn tags(field: &str, given: &[String]) -> Result<Vec<Tag>, ToolFailure> {
    let tags = given.iter().map(|text| text.parse());
    tags.collect::<Result<_, _>>()
        .map_err(|error: lab_model::TagError| wrong(field, &error))
}

/// A day as people say it; `never` takes it away.
pub(crate) fn day(given: Option<&str>, today: Day) -> Result<Patch<Day>, ToolFailure> {
    match given {
        None => Ok(Patch::Keep),
        Some("never") => Ok(Patch::Clear),
        Some(text) => parse_day(text, today)
            .map(Patch::Set)
            .map_err(|error| wrong("due", &error)),
    }
}

/// An amount of hours.
pub(crate) fn hours(field: &str, given: Option<f64>) -> Result<Patch<Hours>, ToolFailure> {
    match given {
        None => Ok(Patch::Keep),
        Some(number) => Hours::try_from(number)
            .map(Patch::Set)
            .map_err(|error| wrong(field, &error)),
    }
}

impl PriorityWord {
    /// The model's word.
    pub(crate) const fn value(self) -> Priority {
        match self {
            Self::Low => Priority::Low,
            Self::Medium => Priority::Medium,
            Self::High => Priority::High,
            Self::Critical => Priority::Critical,
        }
    }
}

impl TypeWord {
    /// The model's word.
    pub(crate) const fn value(self) -> ItemType {
        match self {
            Self::Feature => ItemType::Feature,
            Self::Bug => ItemType::Bug,
            Self::Task => ItemType::Task,
            Self::Research => ItemType::Research,
            Self::Documentation => ItemType::Documentation,
            Self::Infrastructure => ItemType::Infrastructure,
        }
    }
}
