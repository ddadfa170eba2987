//! Which system calls a tool may make: all but a list.
//!
//! It closes what Landlock does not see: sockets that are not TCP, data sent before a connection is asked for, calls
//! that reach into other processes, and the parts of the kernel that a tool has no business with.

mod assembler;
mod numbers;

use assembler::{Assembler, Test, Verdict};

/// What a tool may do with sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sockets {
    /// Whatever the kernel gives.
    Any,
    /// TCP connections that it opens itself.
    Tcp,
    /// None; pairs of connected sockets stay.
    None,
}

const DENIED: Verdict = Verdict::Fail(libc::EPERM);
/// For calls that a program makes without when it seems too new for the kernel.
const UNKNOWN: Verdict = Verdict::Fail(libc::ENOSYS);

/// Every flag of clone(2) that asks for a namespace.
const NEW_NAMESPACES: u32 = 0x7e02_0080;
/// Set-user-id and set-group-id.
const SET_ID: u32 = 0o6000;
/// Flags of open(2) that make it read a mode.
const MAKES_A_FILE: u32 = (libc::O_CREAT | TMPFILE) as u32;
/// `__O_TMPFILE`, without the bit of a folder that is part of its name in the C library.
const TMPFILE: i32 = 0o20_000_000;
/// `MSG_FASTOPEN`: data that goes out with the request to connect, past Landlock's rule for connecting.
const FAST_OPEN: u32 = libc::MSG_FASTOPEN as u32;
/// The kind of a socket without its flags.
const SOCKET_KIND: u32 = 0xf;
/// The kind of a file in a mode.
const FILE_KIND: u32 = libc::S_IFMT;

/// The filter, as the kernel takes it.
pub(crate) fn program(sockets: Sockets) -> Vec<u8> {
    let mut filter = Assembler::only(numbers::ARCHITECTURE);
    if let Some(first) = numbers::OTHER_ABI {
        filter.from(first, UNKNOWN);
    }
    for number in numbers::DENIED {
        filter.always(number_of(*number), DENIED);
    }
    for number in numbers::UNKNOWN {
        filter.always(number_of(*number), UNKNOWN);
    }
    let clone = [any_of(0, NEW_NAMESPACES)];
    filter.when(number_of(libc::SYS_clone), &clone, DENIED);
    set_id(&mut filter);
    devices(&mut filter);
    other_processes(&mut filter);
    network(&mut filter, sockets);
    filter.finish(Verdict::Allow)
}

/// No file gets a bit that lends its owner's rights to whoever starts it.
fn set_id(filter: &mut Assembler) {
    for (number, mode) in numbers::MODE_OF_FILE {
        filter.when(number_of(*number), &[any_of(*mode, SET_ID)], DENIED);
    }
    for (number, flags) in numbers::OPEN {
        let makes = any_of(*flags, MAKES_A_FILE);
        let with = any_of(*flags + 1, SET_ID);
        filter.when(number_of(*number), &[makes, with], DENIED);
    }
}

/// No device is made, and no key pressed on a terminal.
fn devices(filter: &mut Assembler) {
    for (number, mode) in numbers::MAKE_NODE {
        for kind in [libc::S_IFCHR, libc::S_IFBLK] {
            let is_device = Test::Is {
                argument: *mode,
                mask: FILE_KIND,
                value: kind,
            };
            filter.when(number_of(*number), &[is_device], DENIED);
        }
    }
    for request in [libc::TIOCSTI, libc::TIOCLINUX] {
        let is_request = is(1, u32::try_from(request).unwrap_or(u32::MAX));
        filter.when(number_of(libc::SYS_ioctl), &[is_request], DENIED);
    }
}

/// What a user may otherwise do to all of its processes, the framework's among them.
fn other_processes(filter: &mut Assembler) {
    let number = number_of(libc::SYS_prlimit64);
    filter.when(number, &[is_not(0, 0)], DENIED);
    for number in [libc::SYS_setpriority, libc::SYS_ioprio_set] {
        filter.when(number_of(number), &[is_not(1, 0)], DENIED);
    }
}

fn network(filter: &mut Assembler, sockets: Sockets) {
    let socket = number_of(libc::SYS_socket);
    match sockets {
        Sockets::Any => return,
        Sockets::None => filter.always(socket, DENIED),
        Sockets::Tcp => {
            let is_inet = [
                is_not(0, family(libc::AF_INET)),
                is_not(0, family(libc::AF_INET6)),
            ];
            filter.when(socket, &is_inet, DENIED);
            filter.when(socket, &[is_no(libc::SOCK_STREAM)], DENIED);
            // Another protocol of the same kind, such as MPTCP, passes Landlock by.
            let protocol = [is_not(2, 0), is_not(2, family(libc::IPPROTO_TCP))];
            filter.when(socket, &protocol, DENIED);
        }
    }
    for number in [libc::SYS_listen, libc::SYS_accept, libc::SYS_accept4] {
        filter.always(number_of(number), DENIED);
    }
    let pair = number_of(libc::SYS_socketpair);
    filter.when(pair, &[is_not(0, family(libc::AF_UNIX))], DENIED);
    // An end of a pair of datagrams is sent anywhere: to the machine's log, say.
    let kept_together = [is_no(libc::SOCK_STREAM), is_no(libc::SOCK_SEQPACKET)];
    filter.when(pair, &kept_together, DENIED);
    for (number, flags) in [
        (libc::SYS_sendto, 3),
        (libc::SYS_sendmsg, 2),
        (libc::SYS_sendmmsg, 3),
    ] {
        filter.when(number_of(number), &[any_of(flags, FAST_OPEN)], DENIED);
    }
}

/// That a socket is to be of another kind.
const fn is_no(kind: i32) -> Test {
    Test::IsNot {
        argument: 1,
        mask: SOCKET_KIND,
        value: family(kind),
    }
}

const fn any_of(argument: u32, bits: u32) -> Test {
    Test::AnyOf { argument, bits }
}

const fn is(argument: u32, value: u32) -> Test {
    Test::Is {
        argument,
        mask: u32::MAX,
        value,
    }
}

const fn is_not(argument: u32, value: u32) -> Test {
    Test::IsNot {
        argument,
        mask: u32::MAX,
        value,
    }
}

fn number_of(number: libc::c_long) -> u32 {
    u32::try_from(number).expect("because a call's number is small")
}

const fn family(value: libc::c_int) -> u32 {
    value.cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::assembler::tests::judge;
    use super::*;

    const ALLOWED: u32 = 0x7fff_0000;
    const REFUSED: u32 = 0x0005_0000 | libc::EPERM as u32;

    fn given(sockets: Sockets, number: libc::c_long, arguments: &[u32]) -> u32 {
        let filter = program(sockets);
        judge(&filter, numbers::ARCHITECTURE, number_of(number), arguments)
            .expect("every path ends in a verdict")
    }

    #[test]
    fn only_tcp_sockets_can_be_had_and_only_where_ports_are_granted() {
        let [inet, inet6, unix, netlink] = [
            libc::AF_INET,
            libc::AF_INET6,
            libc::AF_UNIX,
            libc::AF_NETLINK,
        ]
        .map(family);
        let stream = family(libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK);
        let datagram = family(libc::SOCK_DGRAM);
        let socket = |sockets, arguments: [u32; 3]| given(sockets, libc::SYS_socket, &arguments);
        for (arguments, expected) in [
            ([inet, stream, 0], ALLOWED),
            ([inet6, stream, 6], ALLOWED),
            ([inet, stream, 262], REFUSED),
            ([inet, datagram, 0], REFUSED),
            ([inet, family(libc::SOCK_RAW), 6], REFUSED),
            ([unix, stream, 0], REFUSED),
            ([netlink, family(libc::SOCK_RAW), 0], REFUSED),
        ] {
            assert_eq!(socket(Sockets::Tcp, arguments), expected, "{arguments:?}");
            assert_eq!(socket(Sockets::None, arguments), REFUSED, "{arguments:?}");
            assert_eq!(socket(Sockets::Any, arguments), ALLOWED, "{arguments:?}");
        }
        let pair = |first, kind| given(Sockets::None, libc::SYS_socketpair, &[first, kind, 0]);
        assert_eq!([pair(unix, stream), pair(inet, stream)], [ALLOWED, REFUSED]);
        assert_eq!(pair(unix, family(libc::SOCK_SEQPACKET)), ALLOWED);
        let raw = family(libc::SOCK_RAW);
        assert_eq!([pair(unix, datagram), pair(unix, raw)], [REFUSED; 2]);
    }

    #[test]
    fn data_does_not_go_out_with_the_request_to_connect() {
        for (number, flags) in [
            (libc::SYS_sendto, 3),
            (libc::SYS_sendmsg, 2),
            (libc::SYS_sendmmsg, 3),
        ] {
            let mut arguments = [0; 6];
            assert_eq!(given(Sockets::Tcp, number, &arguments), ALLOWED);
            arguments[flags] = FAST_OPEN | 0x4000;
            assert_eq!(given(Sockets::Tcp, number, &arguments), REFUSED);
        }
    }

    #[test]
    fn no_file_gets_a_set_id_bit_and_no_device_is_made() {
        for (number, mode) in numbers::MODE_OF_FILE {
            let mut arguments = [0; 6];
            arguments[*mode as usize] = 0o755;
            assert_eq!(given(Sockets::None, *number, &arguments), ALLOWED);
            for bit in [0o4000, 0o2000] {
                arguments[*mode as usize] = 0o755 | bit;
                assert_eq!(
                    given(Sockets::None, *number, &arguments),
                    REFUSED,
                    "{number}"
                );
            }
        }
        for (number, flags) in numbers::OPEN {
            let mut arguments = [0; 6];
            arguments[*flags as usize + 1] = 0o4755;
            assert_eq!(
                given(Sockets::None, *number, &arguments),
                ALLOWED,
                "it makes no file"
            );
            arguments[*flags as usize] = family(libc::O_CREAT | libc::O_WRONLY);
            assert_eq!(given(Sockets::None, *number, &arguments), REFUSED);
        }
        for (number, mode) in numbers::MAKE_NODE {
            let mut arguments = [0; 6];
            arguments[*mode as usize] = libc::S_IFIFO | 0o600;
            assert_eq!(given(Sockets::None, *number, &arguments), ALLOWED);
            arguments[*mode as usize] = libc::S_IFBLK | 0o600;
            assert_eq!(given(Sockets::None, *number, &arguments), REFUSED);
        }
    }

    #[test]
    fn what_reaches_into_the_kernel_or_other_processes_fails() {
        for number in numbers::DENIED {
            assert_eq!(given(Sockets::Any, *number, &[]), REFUSED, "{number}");
        }
        let unknown = 0x0005_0000 | libc::ENOSYS as u32;
        assert_eq!(given(Sockets::Any, libc::SYS_clone3, &[]), unknown);
        let new_user = family(libc::CLONE_NEWUSER | libc::SIGCHLD);
        assert_eq!(given(Sockets::Any, libc::SYS_clone, &[new_user]), REFUSED);
        let thread = family(libc::CLONE_VM | libc::CLONE_THREAD);
        assert_eq!(given(Sockets::Any, libc::SYS_clone, &[thread]), ALLOWED);
        assert_eq!(given(Sockets::Any, libc::SYS_prlimit64, &[0, 7]), ALLOWED);
        assert_eq!(given(Sockets::Any, libc::SYS_prlimit64, &[1, 7]), REFUSED);
    }

    #[test]
    fn another_architecture_ends_the_process_and_another_abi_is_unknown() {
        let filter = program(Sockets::None);
        assert_eq!(judge(&filter, 3, 0, &[]), Some(0x8000_0000));
        if let Some(first) = numbers::OTHER_ABI {
            let verdict = judge(&filter, numbers::ARCHITECTURE, first + 1, &[]);
            assert_eq!(verdict, Some(0x0005_0000 | libc::ENOSYS as u32));
        }
    }

    #[test]
    fn a_filter_is_short_to_go_through() {
        for sockets in [Sockets::Any, Sockets::Tcp, Sockets::None] {
            let instructions = program(sockets).len() / 8;
            assert!(instructions < 300, "{instructions}");
        }
    }
}
