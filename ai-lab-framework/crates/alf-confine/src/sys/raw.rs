//! The door to the kernel: one instruction, without the C library.
//!
//! The C library's start asks the processor dozens of questions, each of which a virtual machine's host answers: that
//! costs ten times what the whole helper does. So nothing here may need that start: no thread-local error number, no
//! function of the library.

use core::arch::asm;

use super::Errno;

/// The highest error number that the kernel gives back.
const LAST_ERRNO: usize = 4_095;

/// A system call; an error is the kernel's number.
///
/// # Safety
///
/// The arguments must be what the call with this number takes: a pointer among them is read and written as that says.
pub(super) unsafe fn ask(number: libc::c_long, arguments: [usize; 6]) -> Result<usize, Errno> {
    // SAFETY: the caller vouches for number and arguments.
    let result = unsafe { enter(number.cast_unsigned(), arguments) };
    // The last page of numbers are errors, negated.
    let errno = result.wrapping_neg();
    if (1..=LAST_ERRNO).contains(&errno) {
        Err(Errno::try_from(errno).unwrap_or(libc::EIO))
    } else {
        Ok(result)
    }
}

#[cfg(target_arch = "x86_64")]
unsafe fn enter(number: u64, arguments: [usize; 6]) -> usize {
    let result;
    // SAFETY: the registers of the kernel's convention; it changes rax, rcx and r11 and no other.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            in("r8") arguments[4],
            in("r9") arguments[5],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

#[cfg(target_arch = "aarch64")]
unsafe fn enter(number: u64, arguments: [usize; 6]) -> usize {
    let result;
    // SAFETY: the registers of the kernel's convention; it changes x0 and no other.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") arguments[0] => result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            in("x4") arguments[4],
            in("x5") arguments[5],
            options(nostack),
        );
    }
    result
}

/// An argument as the kernel takes it.
pub(super) trait Argument {
    /// In the width of a register.
    fn word(self) -> usize;
}

impl Argument for i32 {
    fn word(self) -> usize {
        // With its sign: the kernel takes the lower half of it.
        isize::try_from(self).unwrap_or_default().cast_unsigned()
    }
}

impl Argument for u32 {
    fn word(self) -> usize {
        usize::try_from(self).unwrap_or_default()
    }
}

impl Argument for u64 {
    fn word(self) -> usize {
        // Both architectures have registers of 64 bits.
        usize::try_from(self).unwrap_or_default()
    }
}

impl Argument for usize {
    fn word(self) -> usize {
        self
    }
}

impl<T> Argument for *const T {
    fn word(self) -> usize {
        self as usize
    }
}

impl<T> Argument for *mut T {
    fn word(self) -> usize {
        self as usize
    }
}

/// `call!(number, arguments…)`: a system call with up to six arguments of any width, the rest zero.
macro_rules! call {
    ($number:expr $(, $argument:expr)* $(,)?) => {{
        let given = [$($crate::sys::raw::Argument::word($argument)),*];
        let mut arguments = [0_usize; 6];
        arguments[..given.len()].copy_from_slice(&given);
        $crate::sys::raw::ask($number, arguments)
    }};
}
pub(super) use call;
