"""Other programs: well, late, loud, missing."""

import os
import time
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from homeserver_agent.programs import (
    MOST_BYTES,
    Ended,
    ProgramFailed,
    ProgramFlooded,
    ProgramLate,
    ProgramMissing,
    run,
)


def is_alive(pid: int) -> bool:
    """Whether a process runs, and is no corpse that nobody has buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Run(unittest.TestCase):
    def test_both_outputs_the_code_and_what_was_given(self) -> None:
        script = "cat; echo of itself >&2; exit 3"
        given = b"x" * 300_000
        self.assertEqual(
            run(["sh", "-c", script], deadline_s=20, given=given), Ended(3, given, b"of itself\n")
        )

    def test_the_folder_and_the_environment(self) -> None:
        with TemporaryDirectory() as folder:
            ended = run(
                ["/bin/sh", "-c", 'pwd; echo "$A"'],
                deadline_s=20,
                cwd=Path(folder),
                environment={"A": "b"},
            )
            self.assertEqual(ended.output.decode(), f"{os.path.realpath(folder)}\nb\n")

    def test_what_is_not_wanted_is_not_handed_over(self) -> None:
        ended = run(["sh", "-c", "exec <&-; echo done"], deadline_s=20, given=b"x" * 1_000_000)
        self.assertEqual(ended, Ended(0, b"done\n", b""))

    def test_one_that_does_not_end_ends_with_its_children(self) -> None:
        with TemporaryDirectory() as folder:
            child = Path(folder) / "child"
            script = f"sleep 600 & echo $! >{child}; wait"
            began = time.monotonic()
            with self.assertRaises(ProgramLate) as late:
                run(["sh", "-c", script], deadline_s=0.5)
            self.assertLess(time.monotonic() - began, 20)
            self.assertEqual(str(late.exception), "`sh` had not ended after 0.5 s, and was ended")
            self.assertFalse(is_alive(int(child.read_text())))

    def test_one_that_closes_its_outputs_and_stays_ends_too(self) -> None:
        with self.assertRaises(ProgramLate):
            run(["sh", "-c", "exec >&- 2>&- <&-; sleep 600"], deadline_s=0.5)

    def test_one_that_says_too_much_is_ended(self) -> None:
        with self.assertRaises(ProgramFlooded) as flooded:
            run(["sh", "-c", "exec yes"], deadline_s=60)
        self.assertEqual(str(flooded.exception), f"`sh` said more than {MOST_BYTES} bytes")

    def test_one_that_cannot_be_started(self) -> None:
        with self.assertRaisesRegex(ProgramMissing, "there is no program `no-such-program`"):
            run(["no-such-program"], deadline_s=1)
        with TemporaryDirectory() as folder, self.assertRaisesRegex(ProgramFailed, "cannot start"):
            run([folder], deadline_s=1)

    def test_what_it_complains_of_is_one_line(self) -> None:
        self.assertEqual(Ended(1, b"output\n", b"\n a\x1bb\nmore").complaint, "a b")
        self.assertEqual(Ended(1, b"output\n", b"").complaint, "output")
        self.assertEqual(Ended(-9, b"", b"").complaint, "it ended with -9")
