"""What a call comes to: data or an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_ABSENT: Any = object()


def plain_text(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 can hold, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class ToolError(Exception):
    """A failure in the tool's own words: raise it, and it becomes the answer's ``error``.

    ``kind`` is a name that a program may branch on, such as ``router_unreachable``; ``message`` is for a
    person, lower case and without a full stop; ``retryable`` says that the same call may succeed later;
    ``detail`` is anything JSON can hold.
    """

    def __init__(
        self, kind: str, message: str, *, retryable: bool = False, detail: Any = None
    ) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.retryable = retryable
        self.detail = detail

    def to_json(self) -> dict[str, Any]:
        """The error as the contract's answer holds it."""
        error: dict[str, Any] = {
            "kind": plain_text(self.kind),
            "message": plain_text(self.message),
            "retryable": self.retryable,
        }
        if self.detail is not None:
            error["detail"] = self.detail
        return error


@dataclass(frozen=True)
class ToolResult:
    """Data or an error, exactly one of them: an action may return this instead of data or raising."""

    data: Any = _ABSENT
    error: ToolError | None = None

    def __post_init__(self) -> None:
        if (self.data is _ABSENT) == (self.error is None):
            raise ValueError("a result has exactly one of data and error")
