//! The helper program; all it does is in the library.
//!
//! It stands without the C library and without the standard library, whose starts would cost ten times what it does:
//! see `bare.rs`. Built by alf-sandbox alone, with the feature `bare`.

#![no_std]
#![no_main]
#![no_builtins]

mod bare;
