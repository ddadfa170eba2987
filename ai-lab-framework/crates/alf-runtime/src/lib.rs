//! Carries out a run plan: starts, feeds, reads within limits, ends the whole process tree.
