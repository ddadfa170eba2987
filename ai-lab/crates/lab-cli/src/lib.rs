//! The ai-lab command line.
