//! Decides what may run and how: manifest, profile and call become a plan with nothing left to choose.
