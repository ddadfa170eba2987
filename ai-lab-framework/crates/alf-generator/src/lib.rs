//! Writes a new tool that runs at once.
