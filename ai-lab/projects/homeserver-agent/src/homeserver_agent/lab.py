"""The lab: where it is, what ``ai-lab`` says of it, and that one watch at a time works in it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_lab_framework import ErrorClass

from homeserver_agent.framework import told
from homeserver_agent.programs import ProgramFailed, run

#: What makes a folder a lab.
MARKER = "ai-lab.toml"

#: What this project is called in a lab.
PROJECT = "homeserver-agent"

#: How long a command that only looks into the lab may take, in seconds.
LOOK_S = 30.0

#: How long a watch waits for another one to end, in seconds; how often it looks.
ALONE_S = 5.0
_PAUSE_S = 0.1


class LabFailed(Exception):
    """There is no lab, or ``ai-lab`` did not do what was asked."""

    def __init__(self, failure: ErrorClass, message: str) -> None:
        super().__init__(message)
        self.failure = failure

    @property
    def is_conflict(self) -> bool:
        """Whether what was asked was out of date."""
        return self.failure is ErrorClass.CONFLICT


@dataclass(frozen=True)
class Lab:
    """A lab's folder, and the program that is asked about it."""

    root: Path
    program: str = "ai-lab"

    def ask(self, arguments: Sequence[str], *, deadline_s: float = LOOK_S) -> Mapping[str, Any]:
        """What a command answers as JSON. Raises :class:`LabFailed`."""
        command = [self.program, *arguments, "--lab", str(self.root), "--json"]
        try:
            ended = run(command, deadline_s=deadline_s)
        except ProgramFailed as error:
            raise LabFailed(ErrorClass.ENVIRONMENT, str(error)) from error
        if ended.code != 0:
            failure = next((one for one in ErrorClass if one.exit_code == ended.code), None)
            raise LabFailed(failure or ErrorClass.INTERNAL, ended.complaint)
        answer = told(ended.output)
        if answer is None:
            raise LabFailed(ErrorClass.INTERNAL, f"`{self.program}` gave no JSON")
        return answer

    def project(self, named: str) -> tuple[str, str]:
        """Label and prefix of the project of that name, label or prefix. Raises :class:`LabFailed`."""
        rows = self.ask(["project", "list"]).get("projects")
        for row in rows if isinstance(rows, list) else []:
            if named in (row.get("name"), row.get("label"), row.get("prefix")):
                if row.get("prefix"):
                    return str(row["label"]), str(row["prefix"])
                mend = f"`ai-lab project edit {row['label']} --prefix HS` gives it one"
                message = f"the project {named} has no prefix for its items; {mend}"
                raise LabFailed(ErrorClass.CONFIG, message)
        message = (
            f"the lab has no project {named}; `ai-lab project add {named} --prefix HS` adds it"
        )
        raise LabFailed(ErrorClass.NOT_FOUND, message)

    @contextmanager
    def alone(self) -> Iterator[int]:
        """For a ``with`` that no other watch is to be in at the same time. Gives the descriptor that says so.

        Waits a little for another one to end. Raises :class:`LabFailed`.
        """
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            until = time.monotonic() + ALONE_S
            while not _is_locked(folder):
                if time.monotonic() > until:
                    at_work = "another watch is at work in this lab"
                    raise LabFailed(ErrorClass.CONFLICT, at_work)
                time.sleep(_PAUSE_S)
            yield folder
        finally:
            os.close(folder)


def _is_locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def find_lab(start: Path) -> Lab:
    """The nearest lab at or above a folder. Raises :class:`LabFailed`."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return Lab(folder)
    raise LabFailed(ErrorClass.NOT_FOUND, f"no lab at or above {start}; `ai-lab init` makes one")
