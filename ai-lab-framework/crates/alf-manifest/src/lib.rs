//! Reads tool.toml: checked values, findings with their place and the nearest right word.
