//! What a program needs where there is no C library: a first instruction, memory, and an end.

#![expect(
    unsafe_code,
    reason = "the first instruction, the allocator and the memory functions are what safe code stands on"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::panic::PanicInfo;
use core::ptr;

use alf_confine::{more_memory, obey_and_end, report_mistake};

// The kernel leaves the stack as its convention says; a function expects it aligned and called.
#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".globl _start",
    "_start:",
    "xor ebp, ebp",
    "and rsp, -16",
    "call {obey}",
    "ud2",
    obey = sym obey,
);
#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".globl _start",
    "_start:",
    "mov x29, #0",
    "mov x30, #0",
    "bl {obey}",
    "brk #1",
    obey = sym obey,
);

extern "C" fn obey() -> ! {
    obey_and_end()
}

/// A mistake of ours: nothing is started, and that is told.
#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    report_mistake()
}

/// How much memory is asked of the kernel at once, in bytes; only what is touched costs.
const CHUNK: usize = 1 << 20;

/// Memory that is given out once and never taken back: the program lives for a moment.
struct Once {
    next: Cell<usize>,
    end: Cell<usize>,
}

// SAFETY: the program has one thread.
unsafe impl Sync for Once {}

#[global_allocator]
static MEMORY: Once = Once {
    next: Cell::new(0),
    end: Cell::new(0),
};

// SAFETY: every piece is aligned as asked, lies in memory that the kernel gave for good, and overlaps no other.
unsafe impl GlobalAlloc for Once {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if let Some(piece) = self.piece(layout) {
            return piece;
        }
        let Some(wanted) = layout.size().checked_add(layout.align() + CHUNK) else {
            return ptr::null_mut();
        };
        let Some(start) = more_memory(wanted) else {
            return ptr::null_mut();
        };
        self.next.set(start.expose_provenance());
        self.end.set(start.expose_provenance() + wanted);
        self.piece(layout).unwrap_or(ptr::null_mut())
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

impl Once {
    fn piece(&self, layout: Layout) -> Option<*mut u8> {
        let start = self.next.get().checked_next_multiple_of(layout.align())?;
        let end = start.checked_add(layout.size())?;
        // Nothing has been asked of the kernel while the end is 0.
        if end > self.end.get() || self.end.get() == 0 {
            return None;
        }
        self.next.set(end);
        Some(ptr::with_exposed_provenance_mut(start))
    }
}

/// What the compiler calls by itself. The crate is `no_builtins`: else it would make of each loop a call of the very
/// function it is in.
mod bytes {
    use core::ffi::c_int;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
        for at in 0..count {
            // SAFETY: the caller vouches for both places and the count.
            unsafe { to.add(at).write(from.add(at).read()) };
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
        if to.addr() <= from.addr() {
            // SAFETY: as the caller vouches; nothing is written before it is read.
            return unsafe { memcpy(to, from, count) };
        }
        for at in (0..count).rev() {
            // SAFETY: the caller vouches for both places and the count.
            unsafe { to.add(at).write(from.add(at).read()) };
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memset(to: *mut u8, byte: c_int, count: usize) -> *mut u8 {
        let [byte, ..] = byte.to_le_bytes();
        for at in 0..count {
            // SAFETY: the caller vouches for the place and the count.
            unsafe { to.add(at).write(byte) };
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, count: usize) -> c_int {
        for at in 0..count {
            // SAFETY: the caller vouches for both places and the count.
            let (one, other) = unsafe { (one.add(at).read(), other.add(at).read()) };
            if one != other {
                return c_int::from(one) - c_int::from(other);
            }
        }
        0
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, count: usize) -> c_int {
        // SAFETY: as the caller vouches.
        unsafe { memcmp(one, other, count) }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn strlen(text: *const u8) -> usize {
        let mut at = 0;
        // SAFETY: the caller vouches that the text ends.
        while unsafe { text.add(at).read() } != 0 {
            at += 1;
        }
        at
    }
}
