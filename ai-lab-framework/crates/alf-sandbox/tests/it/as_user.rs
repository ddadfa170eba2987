//! The same scenes as a plain user, when root plays.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Nobody's number.
const NOBODY: u32 = 65_534;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "plays the scenes as another user"
)]
fn a_plain_user_is_kept_in_as_root_is() {
    if !rustix::process::geteuid().is_root() {
        // The scenes have been played as a plain user by the tests beside this one.
        return;
    }
    let stage = tempfile::tempdir_in("/tmp").expect("a folder");
    let program = stage.path().join("scenes");
    let this = std::env::current_exe().expect("the test's own program");
    std::fs::copy(this, &program).expect("room on the disk");
    std::os::unix::fs::chown(stage.path(), Some(NOBODY), Some(NOBODY)).expect("root may");
    let output = Command::new(&program)
        .args(["artifacts", "attacks", "lets_through", "network"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .current_dir(stage.path())
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(told.contains("test result: ok. 30 passed"), "{told}");
}
