//! Landlock's rights, by the version of its interface.

use alf_policy::{Access, Opened};

const EXECUTE: u64 = 1;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
const REMOVE_DIR: u64 = 1 << 4;
const REMOVE_FILE: u64 = 1 << 5;
const MAKE_CHAR: u64 = 1 << 6;
const MAKE_DIR: u64 = 1 << 7;
const MAKE_REG: u64 = 1 << 8;
const MAKE_SOCK: u64 = 1 << 9;
const MAKE_FIFO: u64 = 1 << 10;
const MAKE_BLOCK: u64 = 1 << 11;
const MAKE_SYM: u64 = 1 << 12;
/// From version 2.
const REFER: u64 = 1 << 13;
/// From version 3.
const TRUNCATE: u64 = 1 << 14;
/// From version 5.
const IOCTL_DEV: u64 = 1 << 15;

/// Rights that mean something at a file; the kernel takes no others there.
const OF_FILES: u64 = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

/// Binding and connecting, from version 4.
const TCP: u64 = 0b11;
/// Abstract sockets and signals, from version 6.
const SCOPES: u64 = 0b11;

/// Every right over files of that version, all of which are closed.
pub(crate) const fn files(abi: u32) -> u64 {
    let first = EXECUTE
        | WRITE_FILE
        | READ_FILE
        | READ_DIR
        | REMOVE_DIR
        | REMOVE_FILE
        | MAKE_CHAR
        | MAKE_DIR
        | MAKE_REG
        | MAKE_SOCK
        | MAKE_FIFO
        | MAKE_BLOCK
        | MAKE_SYM;
    match abi {
        0 | 1 => first,
        2 => first | REFER,
        3 | 4 => first | REFER | TRUNCATE,
        5.. => first | REFER | TRUNCATE | IOCTL_DEV,
    }
}

/// Every right over the network of that version.
pub(crate) const fn network(abi: u32) -> u64 {
    if abi >= 4 { TCP } else { 0 }
}

/// Every scope, if they are to be closed.
pub(crate) const fn scopes(scoped: bool) -> u64 {
    if scoped { SCOPES } else { 0 }
}

/// What is let through at a path: never devices made, sockets made, or devices controlled.
pub(crate) const fn rights(opened: &Opened, abi: u32) -> u64 {
    let rights = match opened.access {
        Access::Read => READ_FILE | READ_DIR,
        Access::Execute => READ_FILE | READ_DIR | EXECUTE,
        Access::Use => READ_FILE | WRITE_FILE | TRUNCATE,
        Access::Write => {
            READ_FILE
                | READ_DIR
                | WRITE_FILE
                | TRUNCATE
                | REMOVE_DIR
                | REMOVE_FILE
                | MAKE_DIR
                | MAKE_REG
                | MAKE_FIFO
                | MAKE_SYM
                | REFER
        }
    };
    let rights = rights & files(abi);
    if opened.is_folder {
        rights
    } else {
        rights & OF_FILES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(access: Access, is_folder: bool) -> Opened {
        Opened {
            path: "/a".into(),
            is_folder,
            access,
        }
    }

    #[test]
    fn nothing_lets_devices_or_sockets_be_made_or_devices_be_controlled() {
        for access in [Access::Read, Access::Execute, Access::Use, Access::Write] {
            let given = rights(&opened(access, true), 7);
            assert_eq!(
                given & (MAKE_CHAR | MAKE_BLOCK | MAKE_SOCK | IOCTL_DEV),
                0,
                "{access:?}"
            );
        }
    }

    #[test]
    fn a_file_is_given_what_means_something_there() {
        let write = rights(&opened(Access::Write, false), 7);
        assert_eq!(write, READ_FILE | WRITE_FILE | TRUNCATE);
        assert_eq!(rights(&opened(Access::Read, false), 7), READ_FILE);
    }

    #[test]
    fn an_older_version_is_asked_for_nothing_that_it_does_not_know() {
        let write = opened(Access::Write, true);
        assert_eq!(rights(&write, 1) & (REFER | TRUNCATE), 0);
        assert_eq!(
            [files(1), files(2), files(3), files(5)],
            [0x1fff, 0x3fff, 0x7fff, 0xffff]
        );
        assert_eq!([network(3), network(4)], [0, 3]);
        assert_eq!([scopes(false), scopes(true)], [0, 3]);
    }
}
