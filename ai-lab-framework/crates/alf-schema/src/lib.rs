//! Compiles JSON Schemas and checks values against them.
