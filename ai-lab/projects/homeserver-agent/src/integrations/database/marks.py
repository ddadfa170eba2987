"""How an alert is known again in the tracker: labels of its item, and a mark behind what was told last."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

from homeserver_agent.alerts import Alert, Severity

#: The label of every item that an alert made.
ALERT = "alert"

#: The criterion of every such item; it holds when the alert has ended.
CRITERION = "The alert has ended"

#: The longest label, in characters: GitHub takes no longer ones.
_LABEL_CHARACTERS = 50

_PLAIN = re.compile(r"[a-z0-9_:./@-]+")


def label_of(key: str) -> str:
    """The label of the alert with that key: never the same for two keys, and such that GitHub takes it."""
    label = f"{ALERT}:{key}"
    if len(label) <= _LABEL_CHARACTERS and _PLAIN.fullmatch(key):
        return label
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    plain = "".join(c if _PLAIN.fullmatch(c) else "-" for c in key.lower())
    # A tilde is in no plain key.
    return f"{label[: len(ALERT) + 1]}{plain[: _LABEL_CHARACTERS - len(ALERT) - 14]}~{digest}"


def is_label_of_an_alert(label: str) -> bool:
    """Whether the label names an alert."""
    return label.startswith(f"{ALERT}:")


class Told(Enum):
    """What was told."""

    FIRING = "firing"
    FLAPPING = "flapping"
    ENDED = "ended"


@dataclass(frozen=True)
class Mark:
    """What an item's notes told last of its alert. It stands there as ``[alert firing critical 2026-…]``."""

    told: Told
    severity: Severity
    #: When that began, or when it ended; as the alert said it.
    at: str

    def __str__(self) -> str:
        return f"[alert {self.told.value} {self.severity.value} {self.at}]"

    @property
    def is_of_an_end(self) -> bool:
        """Whether it told that the alert had ended."""
        return self.told is Told.ENDED


_MARK = re.compile(
    r"\[alert (firing|flapping|ended) (warning|critical) ([^\[\]\s]{1,200})\]", re.ASCII
)


def mark_of(alert: Alert) -> Mark:
    """What there is to tell of an alert that fires or flaps."""
    told = Told.FLAPPING if alert.is_flapping else Told.FIRING
    return Mark(told, alert.severity, alert.since.replace(" ", "_"))


def last_mark(text: str) -> Mark | None:
    """The last mark of a text."""
    last = None
    for last in _MARK.finditer(text):  # noqa: B007
        pass
    return Mark(Told(last[1]), Severity(last[2]), last[3]) if last else None
