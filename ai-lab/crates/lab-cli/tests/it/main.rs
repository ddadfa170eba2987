//! The program from outside: arguments in, screen and exit code out.

mod init;
mod program;
mod run;
