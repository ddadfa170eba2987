//! The ai-lab-framework command line.
