"""Reads the items of alerts and carries plans out: through the lab's tool ``tracker``, called by the framework.

The tool rather than ``ai-lab item``: each look and each change is an execution of the record, under the same piece of
work as the alerts that it follows from, beside the tracker's own log. A change is refused where somebody was quicker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ai_lab_framework import ErrorClass

from homeserver_agent.alerts import Alerts, State
from homeserver_agent.framework import CallFailed, Tools
from integrations.database.marks import (
    ALERT,
    CRITERION,
    Mark,
    is_label_of_an_alert,
    label_of,
    last_mark,
)
from integrations.database.plan import Present, Step, chosen

#: How many open items are looked at; more are no list of what to do but a flood.
MOST_ITEMS = 500

#: How many pages of one item's notes are read at most; stops an endless one.
MOST_PAGES = 60

#: How many characters at the end of long notes are looked at first: what was told last mostly stands there.
_TAIL_CHARACTERS = 1_500

_PAGE = 100
_CUT = re.compile(r"… \(\+(\d+) characters\)\Z")
_CRITERION = re.compile(r"(\d+)\. \[([ x])\] (.*)\Z", re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """What became of a step."""

    step: Step
    #: The item; ``None`` where none was made.
    item: str | None
    #: Why not all of it was done; the next run goes on. Empty where all was.
    problem: str = ""


def present_items(tools: Tools, alerts: Alerts) -> tuple[list[Present], list[str]]:
    """The items that a plan has to know, and what was wrong with others. Raises :class:`CallFailed`."""
    items: list[Present] = []
    problems: list[str] = []
    for identity in _listed(tools, f"label:{ALERT}"):
        _read(tools, identity, items, problems)
    known = {item.label for item in items}
    for alert in alerts.alerts:
        label = label_of(alert.key)
        if alert.state is State.FIRING and label not in known:
            # Settled ones, too: it is opened again rather than made anew.
            settled: list[Present] = []
            for identity in _listed(tools, f"label:{label} all"):
                _read(tools, identity, settled, problems)
            items += chosen(settled).values()
    return items, problems


def carry_out(tools: Tools, steps: Iterable[Step]) -> Iterator[Outcome]:
    """Makes the calls of each step; one that fails ends its step alone."""
    for step in steps:
        item = step.item
        problem = ""
        newer: dict[str, Any] = {}
        for call in step.calls:
            try:
                answer = tools.call(f"tracker.{call.action}", {**call.given, **newer})
            except CallFailed as error:
                problem = str(error)
                break
            if isinstance(answer.data, Mapping) and isinstance(answer.data.get("id"), str):
                item = answer.data["id"]
                newer = {"version": answer.data.get("version")}
        yield Outcome(step, item, problem)


def _listed(tools: Tools, words: str) -> Iterator[str]:
    given: dict[str, Any] = {"filter": words, "limit": _PAGE}
    told = 0
    while True:
        page = _object(tools.call("tracker.list", given).data, "tracker.list")
        rows = page.get("items")
        for row in rows if isinstance(rows, list) else []:
            yield str(_object(row, "tracker.list").get("id"))
            told += 1
        if not isinstance(page.get("next"), str) or told >= MOST_ITEMS:
            return
        given["after"] = page["next"]


def _read(tools: Tools, identity: str, into: list[Present], problems: list[str]) -> None:
    """Adds the item where it is an alert's; one that cannot be read through is told, and the others go on."""
    data = _object(tools.call("tracker.show", {"id": identity}).data, "tracker.show")
    item = parse_item(data)
    if item is None:
        return
    try:
        item = replace(item, told=told_last(tools, data))
    except ValueError as error:
        problems.append(f"{identity}: {error}")
        item = replace(item, unreadable=str(error))
    into.append(item)


def parse_item(data: Mapping[str, Any]) -> Present | None:
    """The item that ``tracker.show`` tells, without what it told last; ``None`` where it names no alert."""
    labels = [label for label in _texts(data, "labels") if is_label_of_an_alert(label)]
    if not labels:
        return None
    criteria = [found for text in _texts(data, "criteria") if (found := _CRITERION.match(text))]
    ours = next((found for found in criteria if _is_ours(found[3])), None)
    others = [found for found in criteria if found is not ours]
    hindrances = _texts(data, "hindrances")
    return Present(
        id=str(data.get("id")),
        version=int(data.get("version") or 0),
        status=str(data.get("status")),
        priority=str(data.get("priority")),
        label=labels[0],
        criterion=int(ours[1]) if ours else None,
        is_met=ours is not None and ours[2] == "x",
        is_hindered=bool(hindrances) or any(found[2] == " " for found in others),
        is_claimed="claimed" in data,
        is_put_away="it is put away" in hindrances,
        told=None,
    )


def _is_ours(criterion: str) -> bool:
    return criterion == CRITERION or criterion.startswith(f"{CRITERION} (")


def told_last(tools: Tools, data: Mapping[str, Any]) -> Mark | None:
    """What the item's notes, else its description, told last. Long notes are read page by page.

    Raises ``ValueError`` where they do not end.
    """
    description, _ = _shown(data, "description")
    notes, left = _shown(data, "notes")
    if left > _TAIL_CHARACTERS:
        tail = _rest(tools, data, len(notes) + left - _TAIL_CHARACTERS)
        if mark := last_mark(tail):
            return mark
    if left:
        notes += _rest(tools, data, len(notes))
    return last_mark(notes) or last_mark(description)


def _rest(tools: Tools, data: Mapping[str, Any], position: int) -> str:
    text = ""
    for _ in range(MOST_PAGES):
        given = {"id": data.get("id"), "from": position}
        page = _object(tools.call("tracker.show", given).data, "tracker.show")
        notes, left = _shown(page, "notes")
        text += notes
        position += len(notes)
        if not left or not notes:
            return text
    raise ValueError("its notes are too long to be read")


def _shown(data: Mapping[str, Any], name: str) -> tuple[str, int]:
    """A text without the tool's word on how much it left out, and that."""
    text = data.get(name)
    if not isinstance(text, str):
        return "", 0
    cut = _CUT.search(text)
    return (text[: cut.start()], int(cut[1])) if cut else (text, 0)


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    values = data.get(name)
    return [str(value) for value in values] if isinstance(values, list) else []


def _object(value: Any, of: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise CallFailed(ErrorClass.INVALID_OUTPUT.word, f"{of}: its answer is no object")
