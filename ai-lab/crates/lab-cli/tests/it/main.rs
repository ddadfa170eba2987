//! The program from outside: arguments in, screen and exit code out.

mod backup;
mod board;
mod clones;
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]
mod entities;
mod files;
mod github;
mod history;
mod import;
mod init;
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]
mod interchange;
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]
mod items;
mod lab;
mod listing;
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]
mod migrate;
mod program;
mod run;
mod scene;
mod screens;
mod terminal;
mod together;
#[expect(clippy::too_many_lines, reason = "a scene is as long as its screen")]
mod update;
mod working;
