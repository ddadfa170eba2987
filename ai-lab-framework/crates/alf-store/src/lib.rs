//! The framework's own database: executions, sessions, configuration, metrics, logs.
