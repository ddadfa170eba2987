//! A panic in an action becomes an answer, however the tool is built.
//!
//! Built to unwind, the panic is caught. Built to abort, it cannot be: then the panic hook, which still runs,
//! answers in the action's stead and ends the process as after any other answer.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};

use ai_lab_contract::Answer;

use crate::ToolFailure;
use crate::failure::Refusal;

/// Whether a call is out for which the hook may answer. One process serves one tool, one call at a time.
static UNANSWERED: AtomicBool = AtomicBool::new(false);

/// Runs an action; a panic comes back as a failure of kind `panic`.
pub(crate) fn contained<T>(run: impl FnOnce() -> Result<T, ToolFailure>) -> Result<T, ToolFailure> {
    UNANSWERED.store(true, Ordering::SeqCst);
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    if !UNANSWERED.swap(false, Ordering::SeqCst) && cfg!(panic = "abort") {
        // Another thread's hook is answering and about to end the process.
        loop {
            std::thread::park();
        }
    }
    outcome.unwrap_or_else(|payload| Err(Refusal::Panic(words(payload.as_ref())).into()))
}

/// In a build that aborts on panic: lets the hook answer through `write` and end the process with `code`.
pub(crate) fn answer_from_hook(code: u8, write: impl Fn(&Answer) + Send + Sync + 'static) {
    if cfg!(panic = "unwind") {
        return;
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        before(panicked);
        if UNANSWERED.swap(false, Ordering::SeqCst) {
            let refusal = Refusal::Panic(words(panicked.payload()));
            write(&Answer::error(ToolFailure::from(refusal).into_error()));
            end(code);
        }
    }));
}

#[expect(clippy::exit, reason = "after a panic there is no way back to main")]
fn end(code: u8) -> ! {
    std::process::exit(code.into())
}

/// What a panic said.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without words").to_owned()
}
