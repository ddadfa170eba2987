"""A network namespace with nothing but the loopback: what is tested reaches nobody else."""

import fcntl
import os
import socket
import struct
import sys

MARK = "AI_LAB_TESTS_OFFLINE"
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1


def enter() -> bool:
    """Moves this process into a namespace of its own; false where the machine does not let it."""
    try:
        os.unshare(CLONE_NEWNET)  # type: ignore[attr-defined,unused-ignore]
    except AttributeError:
        return _unshare_by_program()
    except OSError:
        return False
    _raise_loopback()
    return True


def _unshare_by_program() -> bool:
    # Python below 3.12 has no such call.
    if os.environ.get(MARK) == "inside":
        _raise_loopback()
        return True
    if os.environ.get(MARK) == "tried":
        return False
    probe = os.spawnvp(os.P_WAIT, "unshare", ["unshare", "--net", "true"])
    if probe != 0:
        os.environ[MARK] = "tried"
        return False
    os.environ[MARK] = "inside"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.orig_argv[1:]])


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        request = struct.pack("16sH22x", b"lo", 0)
        flags = struct.unpack("16sH22x", fcntl.ioctl(asked, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(asked, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | IFF_UP))
