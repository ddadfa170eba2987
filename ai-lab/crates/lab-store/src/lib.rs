//! The instance's own database and its operation log.
