//! The calls for a network of the tool's own.

use core::ffi::c_int;
use core::{mem, ptr};

use super::raw::call;
use super::{Descriptor, Errno};

/// Control data of sendmsg(2) with one descriptor in it.
#[repr(C)]
struct OneDescriptor {
    header: libc::cmsghdr,
    number: c_int,
    _padding: c_int,
}

/// The machine's own address in network order: 127.0.0.1.
const LOOPBACK: u32 = u32::from_ne_bytes([127, 0, 0, 1]);

/// Makes the loopback of this network one that carries something.
pub(crate) fn raise_loopback() -> Result<(), Errno> {
    /// `struct ifreq`: the name, 16 bytes, then the flags.
    const NAME_BYTES: usize = 16;
    let any = socket(libc::SOCK_DGRAM)?;
    let mut request = [0_u8; mem::size_of::<libc::ifreq>()];
    request[..2].copy_from_slice(b"lo");
    let up = u16::try_from(libc::IFF_UP).map_err(|_| libc::EOVERFLOW)?;
    request[NAME_BYTES..NAME_BYTES + 2].copy_from_slice(&up.to_ne_bytes());
    // SAFETY: points to as many bytes as the request has, which are only read.
    let raised = unsafe {
        call!(
            libc::SYS_ioctl,
            any.number(),
            libc::SIOCSIFFLAGS,
            request.as_ptr()
        )
    };
    raised.map(drop)
}

/// A listener at that port of the loopback.
pub(crate) fn listen(port: u16, waiting: c_int) -> Result<Descriptor, Errno> {
    let listener = socket(libc::SOCK_STREAM)?;
    let address = libc::sockaddr_in {
        sin_family: u16::try_from(libc::AF_INET).map_err(|_| libc::EOVERFLOW)?,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: LOOPBACK },
        sin_zero: [0; 8],
    };
    let length = mem::size_of_val(&address);
    // SAFETY: points to an address of that length, which is only read.
    unsafe {
        call!(
            libc::SYS_bind,
            listener.number(),
            &raw const address,
            length
        )?;
        call!(libc::SYS_listen, listener.number(), waiting)?;
    }
    Ok(listener)
}

fn socket(kind: c_int) -> Result<Descriptor, Errno> {
    let kind = kind | libc::SOCK_CLOEXEC;
    // SAFETY: takes numbers.
    let made = unsafe { call!(libc::SYS_socket, libc::AF_INET, kind, 0)? };
    Descriptor::new(made)
}

/// Passes a descriptor to whoever has the other end of that socket.
pub(crate) fn pass_on(through: &Descriptor, passed: &Descriptor) -> Result<(), Errno> {
    // One byte must go with it.
    let byte = 0_u8;
    let mut part = libc::iovec {
        iov_base: (&raw const byte).cast_mut().cast(),
        iov_len: 1,
    };
    let mut control = OneDescriptor {
        header: libc::cmsghdr {
            cmsg_len: mem::size_of::<libc::cmsghdr>() + mem::size_of::<c_int>(),
            cmsg_level: libc::SOL_SOCKET,
            cmsg_type: libc::SCM_RIGHTS,
        },
        number: passed.number(),
        _padding: 0,
    };
    // SAFETY: all zeros is a message of nothing to nobody.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = (&raw mut control).cast();
    message.msg_controllen = mem::size_of_val(&control);
    // SAFETY: the message points to one byte and to control data of the length that it says; all outlive the call.
    let sent = unsafe {
        call!(
            libc::SYS_sendmsg,
            through.number(),
            &raw const message,
            libc::MSG_NOSIGNAL
        )
    };
    sent.map(drop)
}

/// Waits until the other end says one byte; that it is gone instead is an error.
pub(crate) fn wait_for_word(from: &Descriptor) -> Result<(), Errno> {
    let mut byte = 0_u8;
    // SAFETY: writes one byte.
    match unsafe { call!(libc::SYS_read, from.number(), ptr::from_mut(&mut byte), 1) }? {
        0 => Err(libc::ECONNRESET),
        _ => Ok(()),
    }
}
