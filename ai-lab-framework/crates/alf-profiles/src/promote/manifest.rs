//! Adds to a manifest, its text and its values alike; comments stay where they are.

use ai_lab_contract::{
    Action, ActionName, Bounded, Breaker, Fallback, Health, Manifest, Profile, Retry, RunKind,
    SchemaSource,
};
use toml_edit::{DocumentMut, Item, Table, TableLike, value};

use super::schema::may_be_closed;
use super::{PromoteError, PromotionFacts, Steps};

/// How often and how soon a call is made again, where the manifest does not say.
const RETRY: Retry = Retry {
    attempts: Bounded::constant(3),
    backoff_ms: Bounded::constant(200),
    max_backoff_ms: Bounded::constant(2_000),
};

/// When calls stop for a while, where the manifest does not say.
const BREAKER: Breaker = Breaker {
    failures: Bounded::constant(5),
    window_s: Bounded::constant(60),
    open_s: Bounded::constant(30),
};

/// How old an answer may be that stands in for a failure, in seconds, where the manifest does not say.
const LAST_GOOD_S: Bounded<1, 31_536_000> = Bounded::constant(300);

/// A manifest while it is added to.
pub(super) struct ManifestEdit {
    manifest: Manifest,
    document: DocumentMut,
}

impl ManifestEdit {
    pub(super) fn new(facts: &PromotionFacts<'_>) -> Result<Self, PromoteError> {
        let document = facts.manifest_text.parse();
        let document = document.map_err(|error: toml_edit::TomlError| {
            PromoteError::Manifest(error.message().to_owned())
        })?;
        Ok(Self {
            manifest: facts.manifest.clone(),
            document,
        })
    }

    /// The manifest and its text.
    pub(super) fn into_parts(self) -> (Manifest, String) {
        (self.manifest, self.document.to_string())
    }

    /// `[retry]`, where an action may be repeated.
    pub(super) fn add_retry(&mut self, steps: &mut Steps) {
        let may_repeat = self
            .manifest
            .actions
            .values()
            .any(|action| action.idempotent);
        if self.manifest.retry.is_some() || !may_repeat {
            return;
        }
        let rows = [
            ("attempts", RETRY.attempts.get()),
            ("backoff_ms", RETRY.backoff_ms.get()),
            ("max_backoff_ms", RETRY.max_backoff_ms.get()),
        ];
        self.add_table(
            "retry",
            "Calls of idempotent actions that fail with a retryable error are made again.",
            figures(&rows),
        );
        self.manifest.retry = Some(RETRY);
        steps.add("P207", "[retry]: 3 attempts of idempotent actions");
    }

    /// `[health]` with an action that changes nothing and takes nothing.
    pub(super) fn add_health(&mut self, action: Option<&ActionName>, steps: &mut Steps) {
        let Some(action) = action.filter(|_| self.manifest.health.is_none()) else {
            return;
        };
        let row = [("action", value(action.as_str()))];
        self.add_table(
            "health",
            "Called to see whether it is well: it may be called often.",
            row.into_iter().collect(),
        );
        self.manifest.health = Some(Health {
            action: action.clone(),
            input: serde_json::Map::new(),
        });
        steps.add(
            "P210",
            format!("[health]: `{action}`, which changes nothing and takes an empty input"),
        );
    }

    pub(super) fn add_breaker(&mut self, steps: &mut Steps) {
        if self.manifest.breaker.is_some() {
            return;
        }
        let rows = [
            ("failures", BREAKER.failures.get()),
            ("window_s", BREAKER.window_s.get()),
            ("open_s", BREAKER.open_s.get()),
        ];
        self.add_table(
            "breaker",
            "After so many failures within the window, calls stop for a while.",
            figures(&rows),
        );
        self.manifest.breaker = Some(BREAKER);
        steps.add("P302", "[breaker]: 5 failures in 60 s stop calls for 30 s");
    }

    /// `[fallback]`, where an action changes nothing: of any other an old answer would claim that something was done.
    pub(super) fn add_fallback(&mut self, steps: &mut Steps) {
        let reads = self
            .manifest
            .actions
            .values()
            .any(|action| action.read_only);
        if self.manifest.fallback.is_some() || !reads {
            return;
        }
        let seconds = LAST_GOOD_S.get();
        self.add_table(
            "fallback",
            "The last good answer of a read-only action stands in for a failed call, marked stale.",
            figures(&[("last_good_s", seconds)]),
        );
        self.manifest.fallback = Some(Fallback::LastGoodS(LAST_GOOD_S));
        steps.add(
            "P303",
            format!(
                "[fallback]: the last good answer of a read-only action, at most {seconds} s old"
            ),
        );
    }

    /// Closes the input schemas that stand in the manifest itself; those of a server are the server's.
    pub(super) fn close_inline(&mut self, steps: &mut Steps) {
        if self.manifest.run.kind == RunKind::Mcp {
            return;
        }
        let actions = self.manifest.actions.iter_mut();
        let inputs = actions.map(|(name, action): (_, &mut Action)| {
            (vec!["actions", name.as_str(), "input"], &mut action.input)
        });
        let config = self.manifest.config.iter_mut();
        for (place, source) in inputs.chain(config.map(|source| (vec!["config"], source))) {
            let SchemaSource::Inline(schema) = source else {
                continue;
            };
            let written = table_at(self.document.as_table_mut(), &place);
            if let Some(written) = written.filter(|_| may_be_closed(schema)) {
                written.insert("additionalProperties", value(false));
                schema.insert("additionalProperties".to_owned(), false.into());
                steps.add(
                    "P208",
                    format!("`{}` refuses unknown keys", place.join(".")),
                );
            }
        }
    }

    /// Claims the profile: one word, its comment stays.
    pub(super) fn claim(&mut self, profile: Profile) {
        let word = toml_edit::Value::from(profile.as_str());
        match self
            .document
            .get_mut("profile")
            .and_then(Item::as_value_mut)
        {
            Some(old) => {
                let decor = old.decor().clone();
                *old = word;
                *old.decor_mut() = decor;
            }
            None => {
                self.document.insert("profile", Item::Value(word));
            }
        }
        self.manifest.profile = profile;
    }

    fn add_table(&mut self, name: &str, why: &str, mut table: Table) {
        table.decor_mut().set_prefix(format!("\n# {why}\n"));
        self.document.insert(name, Item::Table(table));
    }
}

/// A table of numbers.
fn figures(rows: &[(&'static str, u64)]) -> Table {
    let number = |figure: u64| {
        let figure = i64::try_from(figure).expect("because no bound of a manifest is above 2^63");
        value(figure)
    };
    rows.iter()
        .map(|(name, figure)| (*name, number(*figure)))
        .collect()
}

/// The table at these keys, written in whichever way; `None` where there is none.
fn table_at<'a>(root: &'a mut Table, keys: &[&str]) -> Option<&'a mut dyn TableLike> {
    let mut table: &mut dyn TableLike = root;
    for key in keys {
        table = table.get_mut(key)?.as_table_like_mut()?;
    }
    Some(table)
}
