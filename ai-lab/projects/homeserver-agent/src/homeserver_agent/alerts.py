"""What ``monitoring.alerts`` answers, read within bounds. Nothing here has an effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

#: The form of the answer that is understood.
FORMAT = 1

#: How many alerts are asked for, and read of an answer; stops a tool gone wrong from filling the tracker.
MOST_ALERTS = 200

#: The longest text that is taken from an answer, in characters; a title of a work item is a line.
TEXT_CHARACTERS = 200


class BadAnswer(Exception):
    """The answer is not one of ``monitoring.alerts``, or of a form that this version does not know."""


class Severity(Enum):
    """How bad it is."""

    WARNING = "warning"
    CRITICAL = "critical"


class State(Enum):
    """Where an alert stands."""

    #: Over its threshold, but not for long enough yet.
    PENDING = "pending"
    FIRING = "firing"
    #: It has ended; it is listed for a day so that whoever asks now and then sees its end.
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Alert:
    """One alert."""

    #: The same for the same rule and subject, always.
    key: str
    rule: str
    subject: str
    severity: Severity
    state: State
    #: Since when it is in this state, or fires; RFC 3339.
    since: str
    #: When it ended; ``None`` unless resolved.
    resolved_at: str | None
    #: ``None`` where it is no longer known.
    value: float | None
    unit: str
    threshold: float | None
    clears_at: float | None
    #: Whether it fires and ends so often that each time is no news.
    is_flapping: bool
    sentence: str
    #: A command that shows more; empty where there is none.
    next: str

    @property
    def figures(self) -> str:
        """The value with the thresholds that it is judged by."""
        value = "not known" if self.value is None else _amount(self.value, self.unit)
        bounds = [
            f"{word} {_amount(bound, self.unit)}"
            for word, bound in (("fires at", self.threshold), ("ends at", self.clears_at))
            if bound is not None
        ]
        return f"{value}; {', '.join(bounds)}" if bounds else value


@dataclass(frozen=True)
class Alerts:
    """All alerts of one moment."""

    #: RFC 3339.
    at: str
    alerts: tuple[Alert, ...]
    notes: tuple[str, ...]
    #: Whether an alert that is not here does not exist. ``False`` where the answer was cut.
    is_whole: bool


def parse_alerts(data: Any) -> Alerts:
    """The answer's alerts, the first of each key. Raises :class:`BadAnswer`."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        form = data.get("format") if isinstance(data, Mapping) else None
        raise BadAnswer(f"an answer of form {FORMAT} is expected, not of {form!r}")
    rows = data.get("alerts")
    if not isinstance(rows, list):
        raise BadAnswer("the answer has no list `alerts`")
    alerts: dict[str, Alert] = {}
    for row in rows[:MOST_ALERTS]:
        alert = _alert(row)
        alerts.setdefault(alert.key, alert)
    # One that is as long as it may be may have been cut.
    is_whole = len(rows) < MOST_ALERTS
    notes = data.get("notes") or []
    return Alerts(
        at=_text(data, "at"),
        alerts=tuple(alerts.values()),
        notes=tuple(one_line(str(note)) for note in notes[:MOST_ALERTS]),
        is_whole=is_whole,
    )


def _alert(row: Any) -> Alert:
    if not isinstance(row, Mapping):
        raise BadAnswer("an alert is no object")
    key = _text(row, "key")
    try:
        severity, state = Severity(row.get("severity")), State(row.get("state"))
    except ValueError as error:
        raise BadAnswer(f"alert {key}: {error}") from None
    return Alert(
        key=key,
        rule=_text(row, "rule"),
        subject=_text(row, "subject"),
        severity=severity,
        state=state,
        since=_text(row, "since"),
        resolved_at=one_line(str(row["resolved_at"])) if row.get("resolved_at") else None,
        value=_number(row, "value"),
        unit=one_line(str(row.get("unit") or "")),
        threshold=_number(row, "threshold"),
        clears_at=_number(row, "clears_at"),
        is_flapping=row.get("flapping") is True,
        sentence=_text(row, "sentence"),
        next=one_line(str(row.get("next") or "")),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    text = row.get(name)
    line = one_line(text) if isinstance(text, str) else ""
    if not line:
        raise BadAnswer(f"`{name}` is no text: {text!r:.60}")
    return line


def _number(row: Mapping[str, Any], name: str) -> float | None:
    number = row.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise BadAnswer(f"`{name}` is no number: {number!r:.60}")
    return float(number)


def one_line(text: str) -> str:
    """A text from the machine as one harmless line: no control characters, and none of our marks."""
    visible = "".join(c if c.isprintable() else " " for c in text[: 4 * TEXT_CHARACTERS])
    line = " ".join(visible.split()).replace("[", "(").replace("]", ")")
    return line if len(line) <= TEXT_CHARACTERS else line[: TEXT_CHARACTERS - 1] + "…"


def _amount(value: float, unit: str) -> str:
    text = f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"
    return f"{text} {unit}".rstrip()
