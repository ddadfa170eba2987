//! Writes a lab: folders, files and the managed sections of shared files.
