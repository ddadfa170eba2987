//! One operation a file: what the command line calls.
