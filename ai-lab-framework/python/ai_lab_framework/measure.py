"""Runs a tool's tests and measures which lines of it they run, with nothing but the standard library.

``python3 -m ai_lab_framework.measure --source tool.py --lcov .evidence/coverage.lcov discover -s tests``

What follows the options goes to ``unittest``. The report is LCOV; it is written whole or not at
all. Ends with 1 when a test fails, with 2 when the arguments are wrong or no test was found.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import unittest
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any


def executable_lines(source: str, file: str) -> set[int]:
    """The lines that hold something to run: those of the compiled code, functions and classes included."""
    lines: set[int] = set()
    todo: list[CodeType] = [compile(source, file, "exec")]
    while todo:
        code = todo.pop()
        lines.update(line for _, _, line in code.co_lines() if line)
        todo.extend(inner for inner in code.co_consts if isinstance(inner, CodeType))
    return lines


class Measure:
    """Notes the lines of some files as they are run, in every thread."""

    def __init__(self, files: Sequence[Path]) -> None:
        #: The lines that were run, by file.
        self.run: dict[str, set[int]] = {str(file.resolve()): set() for file in files}
        self._known: dict[str, set[int] | None] = {}

    def _of(self, name: str) -> set[int] | None:
        if name not in self._known:
            self._known[name] = self.run.get(os.path.realpath(name))
        return self._known[name]

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        lines = self._of(frame.f_code.co_filename)
        if lines is None:
            return None
        lines.add(frame.f_lineno)
        return self._trace

    def __enter__(self) -> Measure:
        self._before = sys.gettrace(), threading.gettrace()
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever traced before goes on: a debugger, or another measurement.
        here, threads = self._before
        sys.settrace(here)
        threading.settrace(threads)

    def lcov(self) -> str:
        """The report: each line that could be run, and whether it was."""
        told = ["TN:"]
        for file, run in self.run.items():
            lines = sorted(executable_lines(Path(file).read_text(encoding="utf-8"), file))
            told.append(f"SF:{file}")
            told.extend(f"DA:{line},{int(line in run)}" for line in lines)
            told.append("end_of_record")
        return "\n".join(told) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python3 -m ai_lab_framework.measure")
    parser.add_argument("--source", action="append", required=True, type=Path, metavar="FILE")
    parser.add_argument("--lcov", required=True, type=Path, metavar="FILE")
    parser.add_argument("unittest", nargs=argparse.REMAINDER, metavar="…")
    given = parser.parse_args(arguments)
    missing = [str(file) for file in given.source if not file.is_file()]
    if missing:
        parser.error(f"no such file: {', '.join(missing)}")
    with Measure(given.source) as measure:
        # A loader of its own: the usual one remembers the folder of whoever looked for tests before.
        program = unittest.main(
            module=None,
            argv=["python3 -m unittest", *given.unittest],
            exit=False,
            testLoader=unittest.TestLoader(),
            verbosity=1,
        )
    given.lcov.parent.mkdir(parents=True, exist_ok=True)
    beside = given.lcov.with_name(f".{given.lcov.name}.{os.getpid()}")
    beside.write_text(measure.lcov(), encoding="utf-8")
    beside.replace(given.lcov)
    if program.result.testsRun == 0:
        print("no test was found", file=sys.stderr)
        return 2
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
