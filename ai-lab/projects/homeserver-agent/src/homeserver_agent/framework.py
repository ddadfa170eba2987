"""Calls tools through the framework, so that every call is checked, bounded and in its record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ai_lab_framework import ErrorClass

from homeserver_agent.programs import ProgramFailed, run

#: How long one call may take, in seconds, waiting for others included. The tools' own limits are shorter.
CALL_S = 60.0


class CallFailed(Exception):
    """A call gave no data: in the words of the tool, or of the framework."""

    def __init__(self, failure: str, message: str) -> None:
        super().__init__(message)
        #: The word of the failure's class, such as ``timeout``.
        self.failure = failure

    @property
    def exit_code(self) -> int:
        """What a command that ends with this failure exits with."""
        known = ErrorClass.of_word(self.failure) or ErrorClass.INTERNAL
        return known.exit_code


@dataclass(frozen=True)
class Answer:
    """What a call gave."""

    data: Any
    #: Where it stands in the record.
    execution_id: str
    #: Why it is not the tool's own answer of now; empty where it is.
    stood_in: str = ""


class Tools(Protocol):
    """Whoever can call a tool."""

    def call(self, address: str, given: Mapping[str, Any]) -> Answer:
        """The answer of ``TOOL.ACTION``. Raises :class:`CallFailed`."""
        ...


class Framework:
    """The framework of a lab. All calls of one object are one piece of work in the record."""

    def __init__(self, lab: Path, *, program: str = "ai-lab-framework") -> None:
        self._lab = lab
        self._program = program
        self._correlation: str | None = None
        self._held: tuple[int, ...] = ()

    def hold(self, descriptor: int) -> None:
        """Keeps a descriptor open in every call from now on: what it locks stays locked until the call has ended.

        Also where this process is killed in the middle of it and the call goes on alone.
        """
        self._held = (descriptor,)

    @property
    def correlation(self) -> str | None:
        """The piece of work, as ``execution list`` tells it; ``None`` before the first call."""
        return self._correlation

    def call(self, address: str, given: Mapping[str, Any]) -> Answer:
        """The answer of ``TOOL.ACTION``. Raises :class:`CallFailed`."""
        command = [self._program, "tool", "run", address, "--input", "-", "--json", "--yes"]
        if self._correlation is not None:
            command += ["--correlation", self._correlation]
        try:
            ended = run(
                command,
                deadline_s=CALL_S,
                given=json.dumps(given).encode(),
                cwd=self._lab,
                held=self._held,
            )
        except ProgramFailed as error:
            raise CallFailed(ErrorClass.ENVIRONMENT.word, str(error)) from error
        answer = told(ended.output)
        if answer is None:
            raise CallFailed(ErrorClass.INTERNAL.word, ended.complaint)
        if self._correlation is None and isinstance(answer.get("correlation_id"), str):
            self._correlation = answer["correlation_id"]
        failed = answer.get("error")
        if isinstance(failed, Mapping):
            message = f"{address}: {failed.get('message', 'it failed')}"
            raise CallFailed(str(failed.get("class", ErrorClass.INTERNAL.word)), message)
        if "data" not in answer:
            raise CallFailed(ErrorClass.INTERNAL.word, f"{address}: there is no data")
        stood_in = answer.get("fallback")
        why = ""
        if isinstance(stood_in, Mapping):
            failed = stood_in.get("error")
            why = str(failed.get("message") if isinstance(failed, Mapping) else "it failed")
        return Answer(answer["data"], str(answer.get("execution_id", "")), why)


def told(output: bytes) -> dict[str, Any] | None:
    """The one JSON object that a command printed; ``None`` where that is not what it printed."""
    try:
        answer = json.loads(output)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
