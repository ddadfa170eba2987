"""Runs other programs: each with a deadline and a bound on what it says; at either, its whole group ends."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: The most that a program may say on each of its two outputs, in bytes; stops one from filling the memory.
MOST_BYTES = 8 * 1024 * 1024

#: How much is read at once, in bytes.
_CHUNK = 65_536


class ProgramFailed(Exception):
    """A program could not be started, or had to be ended."""


class ProgramMissing(ProgramFailed):
    """There is no such program."""


class ProgramLate(ProgramFailed):
    """It was still running at its deadline, and was ended."""


class ProgramFlooded(ProgramFailed):
    """It said more than is read, and was ended."""


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    #: The exit code; negative is the signal that ended it.
    code: int
    output: bytes
    errors: bytes

    @property
    def complaint(self) -> str:
        """The first line of what it said of itself."""
        for text in (self.errors, self.output):
            lines = text.decode(errors="replace").strip().splitlines()
            if lines:
                return "".join(c if c.isprintable() else " " for c in lines[0])[:300]
        return f"it ended with {self.code}"


def run(
    command: Sequence[str],
    *,
    deadline_s: float,
    given: bytes = b"",
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    held: Sequence[int] = (),
) -> Ended:
    """Runs a program to its end. Raises :class:`ProgramFailed`; then nothing of its group runs any more.

    The descriptors ``held`` stay open in it, too.
    """
    until = time.monotonic() + deadline_s
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=dict(environment) if environment is not None else None,
            pass_fds=held,
            # A group of its own, so that its children end with it.
            start_new_session=True,
        )
    except (FileNotFoundError, NotADirectoryError):
        raise ProgramMissing(f"there is no program `{command[0]}`") from None
    except OSError as error:
        raise ProgramFailed(f"cannot start `{command[0]}`: {error.strerror}") from error
    try:
        output, errors = _talk(child, command[0], given, until, deadline_s)
        child.wait(timeout=max(0.0, until - time.monotonic()))
    except BaseException as error:
        # Before it is waited for: until then the group's number is nobody else's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            raise _late(command[0], deadline_s) from None
        raise
    finally:
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
    return Ended(child.returncode, output, errors)


def _late(program: str, deadline_s: float) -> ProgramLate:
    return ProgramLate(f"`{program}` had not ended after {deadline_s:g} s, and was ended")


def _talk(
    child: subprocess.Popen[bytes], program: str, given: bytes, until: float, deadline_s: float
) -> tuple[bytes, bytes]:
    """Hands over what is given and reads both outputs, until both are closed."""
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    said: dict[int, bytearray] = {child.stdout.fileno(): bytearray()}
    said[child.stderr.fileno()] = bytearray()
    left = memoryview(given)
    with selectors.DefaultSelector() as waiting:
        for pipe in said:
            waiting.register(pipe, selectors.EVENT_READ)
        stdin = child.stdin.fileno()
        os.set_blocking(stdin, False)
        waiting.register(stdin, selectors.EVENT_WRITE)
        while waiting.get_map():
            rest = until - time.monotonic()
            if rest <= 0:
                raise _late(program, deadline_s)
            for key, _ in waiting.select(rest):
                if key.fd == stdin:
                    left = _hand_over(stdin, left)
                    if not left:
                        waiting.unregister(stdin)
                        child.stdin.close()
                elif chunk := os.read(key.fd, _CHUNK):
                    said[key.fd] += chunk
                    if len(said[key.fd]) > MOST_BYTES:
                        raise ProgramFlooded(f"`{program}` said more than {MOST_BYTES} bytes")
                else:
                    waiting.unregister(key.fd)
    output, errors = said.values()
    return bytes(output), bytes(errors)


def _hand_over(stdin: int, left: memoryview) -> memoryview:
    """What is left after one write; nothing where the program does not want to know."""
    try:
        return left[os.write(stdin, left[:_CHUNK]) :] if left else left
    except BrokenPipeError:
        return left[:0]
