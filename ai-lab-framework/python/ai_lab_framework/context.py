"""What an action knows of its call, and what it tells besides its output."""

from __future__ import annotations

import functools
import json
import math
import os
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from .result import ToolError, plain_text
from .schemas import Misfit, from_json

#: How many figures one answer carries. Stops a loop from flooding the record.
METRICS = 64

#: The contract's rules of names and ids.
TOOL_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
ACTION_NAME = re.compile(r"[a-z][a-z0-9_-]{0,23}")
ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")

#: The variable with the number of the inherited descriptor; not set where nothing was handed over.
SECRETS_FD = "AI_LAB_SECRETS_FD"

#: The most that is read of it, in bytes. Stops another file at that descriptor from filling the memory.
_SECRETS_BYTES = 8 * 1024 * 1024

_Config = TypeVar("_Config")

Level = Literal["debug", "info", "warn", "error"]

_one_line_at_a_time = threading.Lock()


def write_log(level: str, message: str, ids: Mapping[str, str] | None = None) -> None:
    """Writes one log line, a JSON object, to standard error in one write.

    A standard error that is gone loses the line: a call does not fail for its log.
    """
    line = {"level": level, "message": plain_text(message), **(ids or {})}
    with _one_line_at_a_time:
        try:
            sys.stderr.write(json.dumps(line) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass


@functools.cache
def _handed_over() -> dict[str, str]:
    """Names and values. Read once: a process is handed its secrets when it starts."""
    descriptor = os.environ.get(SECRETS_FD)
    if descriptor is None:
        return {}
    try:
        # Opened anew: it may be shared, and so its place must not be moved.
        with open(f"/proc/self/fd/{int(descriptor)}", "rb") as file:
            values = json.loads(file.read(_SECRETS_BYTES))
        if isinstance(values, dict) and all(isinstance(value, str) for value in values.values()):
            return values
        why = "it holds no names and values"
    except OSError as error:
        why = str(error.strerror)
    except (ValueError, RecursionError):
        # Not the error itself: it shows what was read.
        why = "it holds no names and values"
    raise ToolError(
        "missing_secret",
        f"the secret was not handed over: the descriptor {descriptor} cannot be read: {why}",
    )


class ToolContext:
    """The surroundings of one call."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        context = request.get("context") or {}
        #: This execution, as recorded.
        self.execution_id: str = request["execution_id"]
        #: The piece of work that this execution is part of.
        self.correlation_id: str = request["correlation_id"]
        #: The session this execution belongs to; ``None`` for the experimental profile.
        self.session_id: str | None = context.get("session_id")
        #: Who asked, as the person's account name.
        self.user_id: str | None = context.get("user_id")
        #: The instance's project that the tool belongs to.
        self.project_id: str | None = context.get("project_id")
        #: When the answer must be out; ``None`` if nobody said.
        self.deadline: datetime | None = _instant(context.get("deadline"))
        #: What the session has kept so far; changed by :meth:`patch` alone.
        self.data: dict[str, Any] = context.get("data") or {}
        #: The tool's configuration, as the framework layered it.
        self.config: dict[str, Any] = request.get("config") or {}
        self._patch: dict[str, Any] = {}
        self._metrics: list[dict[str, Any]] = []
        self._handoff: dict[str, Any] | None = None

    def remaining_s(self) -> float | None:
        """Seconds until the deadline, 0 if it is past; ``None`` without one."""
        if self.deadline is None:
            return None
        return max(0.0, (self.deadline - datetime.now(UTC)).total_seconds())

    def config_as(self, hint: type[_Config]) -> _Config:
        """The tool's configuration as a type, such as a dataclass.

        Raises a :class:`ToolError` of kind ``invalid_config``.
        """
        try:
            built: _Config = from_json(hint, self.config)
        except Misfit as misfit:
            raise ToolError(
                "invalid_config", f"the configuration does not fit: {misfit}"
            ) from misfit
        return built

    def secret(self, name: str) -> str:
        """The value of a secret that the manifest names in ``grants.secrets``.

        One that the manifest asks for in a variable is in that variable alone. Raises a :class:`ToolError`
        of kind ``missing_secret``.
        """
        try:
            return _handed_over()[name]
        except KeyError:
            raise ToolError(
                "missing_secret",
                f"the secret was not handed over: `{name}` is not in `grants.secrets`",
            ) from None

    def log(self, level: Level, message: str) -> None:
        """Writes a log line to standard error."""
        ids = {"execution_id": self.execution_id, "correlation_id": self.correlation_id}
        write_log(level, message, ids)

    def metric(self, name: str, value: float, unit: str = "") -> None:
        """Keeps a figure with the execution: ``unit`` such as ``ms``, empty for a bare count.

        A 65th figure and one that is no finite number are dropped with a log line.
        """
        try:
            figure = float(value)
        except OverflowError:
            figure = math.inf
        if not math.isfinite(figure):
            self.log("warn", f"the metric {name} is no finite number: dropped")
        elif len(self._metrics) == METRICS:
            self.log(
                "warn", f"the metric {name} is past the {METRICS} that an answer carries: dropped"
            )
        else:
            metric = {"name": name, "value": figure}
            self._metrics.append({**metric, "unit": unit} if unit else metric)

    def patch(self, key: str, value: Any) -> None:
        """Changes one key of the session's context; ``None`` removes it (RFC 7396).

        Kept only if the call succeeds.
        """
        self._patch[key] = value

    def hand_off(self, tool: str, action: str, input: Any = None) -> None:
        """Asks for another call as the continuation of this one. The last one asked for counts.

        Raises :class:`ValueError` if ``tool`` or ``action`` is no name.
        """
        if not TOOL_NAME.fullmatch(tool):
            raise ValueError(f"{tool!r} is no tool name")
        if not ACTION_NAME.fullmatch(action):
            raise ValueError(f"{action!r} is no action name")
        self._handoff = {"tool": tool, "action": action, "input": input}

    def told(self, succeeded: bool) -> dict[str, Any]:
        """What the answer holds besides data or error: after a failure, the figures alone."""
        told: dict[str, Any] = {}
        if succeeded and self._patch:
            told["context_patch"] = self._patch
        if succeeded and self._handoff:
            told["handoff"] = self._handoff
        if self._metrics:
            told["metrics"] = self._metrics
        return told


def _instant(text: Any) -> datetime | None:
    """An RFC 3339 instant; ``None`` for anything else, as a deadline is advice to the tool."""
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
