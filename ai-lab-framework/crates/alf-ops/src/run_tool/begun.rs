//! Tells whoever started a call that the record has its start.

use std::fmt;
use std::sync::Arc;

/// What is done then; it may be told more than once.
#[derive(Clone)]
pub(crate) struct Begun(Arc<dyn Fn() + Send + Sync>);

impl Begun {
    pub(crate) fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun")
    }
}
