//! Standard output belongs to the answers.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

/// Takes standard output for the answers; whatever else is printed from now on, by this process or by its
/// children, lands on standard error.
pub(crate) fn take() -> io::Result<File> {
    let answers = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    redirect_to_stderr()?;
    Ok(answers)
}

#[expect(
    unsafe_code,
    reason = "the standard library cannot put one descriptor in another's place"
)]
fn redirect_to_stderr() -> io::Result<()> {
    unsafe extern "C" {
        fn dup2(old: i32, new: i32) -> i32;
    }
    // SAFETY: dup2 takes two numbers and touches no memory of ours; 1 and 2 are never owned by a Rust
    // object, so no owner is left with a descriptor that changed under it.
    if unsafe { dup2(2, 1) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
