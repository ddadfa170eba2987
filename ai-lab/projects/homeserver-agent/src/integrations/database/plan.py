"""Decides what becomes of the tracker's items. No effect: alerts and items in, calls of the tool ``tracker`` out.

The rules, and why each:

- An item is an alert's by its label. It is looked for before it is made, so a second run makes no second one.
- A run may be cut between any two calls; the next one sees how far it came. When an alert fires, what changes the item
  comes before the note that tells of it: without the note, all is decided anew. When it ends, the note comes first and
  the criterion that it has ended last: a note without it is gone on with, while an item with both that is open was
  opened by somebody.
- A title, a description and labels are written once. A status is changed where it is the one that this plan gave it:
  an item that somebody began, blocked, settled or put away is theirs. Its priority follows the alert while it is the
  one that was given for the severity told last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from homeserver_agent.alerts import Alert, Alerts, Severity, State
from integrations.database.marks import ALERT, CRITERION, Mark, Told, label_of, mark_of

#: How much an item matters.
PRIORITY = {Severity.WARNING: "high", Severity.CRITICAL: "critical"}


@dataclass(frozen=True)
class Present:
    """An item of an alert, as the tracker has it."""

    id: str
    #: Given back with a change: a later one refuses it.
    version: int
    status: str
    priority: str
    #: The label that names its alert.
    label: str
    #: The number of the criterion that the alert has ended; ``None`` where somebody took it away.
    criterion: int | None
    #: Whether that criterion holds.
    is_met: bool
    #: Whether something that is not the alert's keeps it from being done: another criterion, a blocker, a dependency.
    is_hindered: bool
    #: Whether somebody has it in hand, by a claim.
    is_claimed: bool
    #: Whether it was put away.
    is_put_away: bool
    #: What was told last.
    told: Mark | None
    #: Why it is left as it is, as not all of it could be read; empty otherwise. It is there, so no other one is made.
    unreadable: str = ""

    @property
    def is_silenced(self) -> bool:
        """Whether somebody does not want to hear of its alert, or nobody can tell."""
        return self.status == "cancelled" or self.is_put_away or bool(self.unreadable)

    @property
    def is_untouched(self) -> bool:
        """Whether it stands where this plan puts it, and nothing else is to be done."""
        return self.status == "todo" and not (self.is_claimed or self.is_hindered)


class Does(Enum):
    """What a step does."""

    OPEN = "open"
    REOPEN = "reopen"
    UPDATE = "update"
    CLOSE = "close"


@dataclass(frozen=True)
class Call:
    """One call of the tool ``tracker``."""

    action: str
    #: A version is that of the item as it was planned for; after a call before it, that which that one answered.
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """What becomes of one alert's item: all of its calls, in this order."""

    does: Does
    #: The alert's key, or its label where the alert is no longer listed.
    key: str
    #: The item; ``None`` where it is made.
    item: str | None
    calls: tuple[Call, ...] = field(default=())


def plan(alerts: Alerts, items: Iterable[Present], *, project: str, source: str) -> list[Step]:
    """What is to be done. ``source`` says where the alerts stand in the record.

    ``items`` are those of alerts that are not settled, and of every firing alert its newest where none is open.
    """
    by_label = chosen(items)
    steps: list[Step | None] = []
    for alert in alerts.alerts:
        item = by_label.pop(label_of(alert.key), None)
        if alert.state is State.FIRING:
            steps.append(_fires(alert, item, project, source))
        elif alert.state is State.RESOLVED and item is not None:
            steps.append(_resolved(alert, item, source))
    if alerts.is_whole:
        steps += [_gone(item, alerts.at, source) for item in by_label.values()]
    return [step for step in steps if step is not None]


def chosen(items: Iterable[Present]) -> dict[str, Present]:
    """One item a label: an open one before others, then the one made last."""
    by_label: dict[str, Present] = {}
    for item in items:
        other = by_label.get(item.label)
        if other is None or _rank(item) > _rank(other):
            by_label[item.label] = item
    return by_label


def _rank(item: Present) -> tuple[bool, int, str]:
    is_open = item.status not in ("done", "cancelled") and not item.is_put_away
    # HS-100 is younger than HS-20.
    return is_open, len(item.id), item.id


def _fires(alert: Alert, item: Present | None, project: str, source: str) -> Step | None:
    if item is None:
        given = _new(alert, project, source)
        return Step(Does.OPEN, alert.key, None, (Call("create", given),))
    if item.is_silenced:
        return None
    is_done = item.status == "done"
    if is_done and _is_told_of(alert, item.told):
        # Somebody finished it while it fires: theirs to judge, until it fires anew.
        return None
    if not is_done and not _is_news(alert, item.told):
        return None
    change: dict[str, Any] = {"move": "reopen"} if is_done else {}
    if item.is_met and item.criterion is not None:
        change["unmet"] = [item.criterion]
    if item.told is not None and item.priority == PRIORITY[item.told.severity]:
        priority = PRIORITY[alert.severity]
        if item.priority != priority:
            change["priority"] = priority
    calls = [_update(item, change)] if change else []
    calls.append(_note(item, _sentence(alert, source)))
    return Step(Does.REOPEN if is_done else Does.UPDATE, alert.key, item.id, tuple(calls))


def _resolved(alert: Alert, item: Present, source: str) -> Step | None:
    ended = Mark(Told.ENDED, alert.severity, (alert.resolved_at or alert.since).replace(" ", "_"))
    if alert.is_flapping:
        # It will fire again: one item that stays open says more than one that is closed every minute.
        is_told = item.told is None or item.told.told is not Told.FIRING
        if is_told or item.is_silenced or item.status == "done":
            return None
        told = f"{alert.key} flaps: it fires and ends again and again. {_said(alert, source)} {mark_of(alert)}"
        return Step(Does.UPDATE, alert.key, item.id, (_note(item, told),))
    evidence = f"at {alert.resolved_at or alert.since}: {alert.figures} ({source})"
    return _ended(alert.key, item, ended, evidence)


def _gone(item: Present, at: str, source: str) -> Step | None:
    severity = item.told.severity if item.told is not None else Severity.WARNING
    evidence = f"before {at}: it is no longer among the alerts ({source})"
    return _ended(item.label, item, Mark(Told.ENDED, severity, at.replace(" ", "_")), evidence)


def _ended(key: str, item: Present, ended: Mark, evidence: str) -> Step | None:
    """Closes the item of an alert that has ended, or tells whoever has it in hand."""
    if item.told is None or item.is_silenced or item.status == "done":
        # What tells of nothing is somebody's own item with such a label.
        return None
    has_told = item.told.is_of_an_end
    if has_told and (item.is_met or item.criterion is None):
        # All of this was done before: somebody has opened it again.
        return None
    told = f"The alert has ended {evidence}."
    if not item.is_untouched:
        told += " The item is left to whoever has it in hand."
    calls = [] if has_told else [_note(item, f"{told} {ended}")]
    met = [] if item.criterion is None or item.is_met else [_met(item.criterion, evidence)]
    change: dict[str, Any] = {"met": met} if met else {}
    if item.is_untouched:
        calls.append(Call("done", {"id": item.id, "version": item.version, **change}))
    elif change:
        calls.append(_update(item, change))
    return Step(Does.CLOSE if item.is_untouched else Does.UPDATE, key, item.id, tuple(calls))


def _is_told_of(alert: Alert, told: Mark | None) -> bool:
    """Whether what was told last is this very firing, however bad it was then."""
    if told is None or told.is_of_an_end:
        return False
    still_flaps = told.told is Told.FLAPPING and alert.is_flapping
    return still_flaps or told.at == mark_of(alert).at


def _is_news(alert: Alert, told: Mark | None) -> bool:
    """Whether an open item is to tell of it: another state, or another severity. Figures alone are no news."""
    now = mark_of(alert)
    if told is None or told.told is not now.told or told.severity is not now.severity:
        # While it flaps, only that it became worse.
        both_flap = told is not None and told.told is now.told is Told.FLAPPING
        return not both_flap or now.severity is Severity.CRITICAL
    return now.told is Told.FIRING and told.at != now.at


def _new(alert: Alert, project: str, source: str) -> dict[str, Any]:
    lines = [
        _sentence(alert, source),
        "",
        f"Rule `{alert.rule}`, subject `{alert.subject}`.",
    ]
    if alert.next:
        lines.append(f"To look closer: `{alert.next}`")
    lines += [
        "",
        "This item follows the alert: it is closed when the alert ends, and opened again when it fires anew. Cancel it,"
        " and the alert is silent; begin it, and it is yours to close.",
    ]
    return {
        "title": alert.sentence,
        "description": "\n".join(lines),
        "type": "infrastructure",
        "priority": PRIORITY[alert.severity],
        "labels": [ALERT, label_of(alert.key)],
        "criteria": [CRITERION],
        "project": project,
    }


def _sentence(alert: Alert, source: str) -> str:
    verb = "flaps" if alert.is_flapping else "fires"
    return f"{alert.key} {verb}, {alert.severity.value}, since {alert.since}. {_said(alert, source)} {mark_of(alert)}"


def _said(alert: Alert, source: str) -> str:
    return f"{alert.sentence.rstrip('.')}: {alert.figures} ({source})."


def _met(number: int, evidence: str) -> dict[str, Any]:
    return {"number": number, "evidence": evidence}


def _update(item: Present, change: Mapping[str, Any]) -> Call:
    return Call("update", {"id": item.id, "version": item.version, **change})


def _note(item: Present, text: str) -> Call:
    return Call("note", {"id": item.id, "version": item.version, "text": text})
