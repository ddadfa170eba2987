"""What tests play: alerts, and a tracker that answers as the tool does."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from homeserver_agent.alerts import Alert, Alerts, Severity, State, parse_alerts
from homeserver_agent.framework import Answer, CallFailed

AT = "2026-03-01T12:00:00Z"


def alert(**changed: Any) -> Alert:
    """A disk that is nearly full."""
    values: dict[str, Any] = {
        "key": "disk_used:/",
        "rule": "disk_used",
        "subject": "/",
        "severity": Severity.WARNING,
        "state": State.FIRING,
        "since": "2026-03-01T11:00:00Z",
        "resolved_at": None,
        "value": 93.2,
        "unit": "percent",
        "threshold": 90.0,
        "clears_at": 85.0,
        "is_flapping": False,
        "sentence": "/ is 93 % full",
        "next": "du -xh / | sort -h | tail",
    }
    return Alert(**{**values, **changed})


def resolved(**changed: Any) -> Alert:
    """The same with room again."""
    ended = {"state": State.RESOLVED, "resolved_at": "2026-03-01T11:30:00Z", "value": 71.0}
    return alert(**{**ended, **changed})


def at_once(*alerts: Alert, is_whole: bool = True) -> Alerts:
    """These alerts at one moment."""
    return Alerts(AT, alerts, (), is_whole)


def as_told(*alerts: Alert, at: str = AT) -> dict[str, Any]:
    """The answer of `monitoring.alerts` with these."""
    rows = [
        {
            "key": one.key,
            "rule": one.rule,
            "subject": one.subject,
            "severity": one.severity.value,
            "state": one.state.value,
            "since": one.since,
            "resolved_at": one.resolved_at,
            "value": one.value,
            "unit": one.unit,
            "threshold": one.threshold,
            "clears_at": one.clears_at,
            "times_fired": 1,
            "flapping": one.is_flapping,
            "sentence": one.sentence,
            "next": one.next,
        }
        for one in alerts
    ]
    told = {"format": 1, "at": at, "alerts": rows, "notes": []}
    assert parse_alerts(told).alerts == alerts
    return told


class Cut(BaseException):
    """The run ended here: nothing catches it."""


class Tracker:
    """The tool `tracker`, as far as a watch calls it, and `monitoring.alerts` beside it."""

    #: The longest text that `show` tells.
    text_characters = 6_000

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.alerts: Any = as_told()
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        #: Calls that change something, until the run is cut; with whether the last one is still carried out.
        self.changes_until_cut: int | None = None
        self.is_cut_after = False
        self.stood_in = ""
        self.failing: dict[str, CallFailed] = {}

    def call(self, address: str, given: Mapping[str, Any]) -> Answer:
        self.calls.append((address, copy.deepcopy(dict(given))))
        if address in self.failing:
            raise self.failing[address]
        if address == "monitoring.alerts":
            return Answer(self.alerts, f"e-{len(self.calls)}", self.stood_in)
        action = address.removeprefix("tracker.")
        changes = action not in ("list", "show")
        if changes and self.changes_until_cut is not None:
            self.changes_until_cut -= 1
            if self.changes_until_cut < 0 and not self.is_cut_after:
                raise Cut
        data = getattr(self, f"_{action}")(
            **{("id_" if k == "id" else k): v for k, v in given.items()}
        )
        if changes and self.changes_until_cut is not None and self.changes_until_cut < 0:
            raise Cut
        return Answer(copy.deepcopy(data), f"e-{len(self.calls)}")

    def changes(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The calls that change something."""
        return [
            call
            for call in self.calls
            if call[0].startswith("tracker.") and call[0][8:] not in ("list", "show")
        ]

    def _list(self, filter: str, limit: int, after: str = "") -> dict[str, Any]:
        words = filter.split()
        labels = {word.removeprefix("label:") for word in words if word.startswith("label:")}
        found = [
            one
            for one in self.items.values()
            if labels <= set(one["labels"])
            and ("all" in words or (one["status"] not in ("done", "cancelled") and not one["away"]))
        ]
        names = sorted(one["id"] for one in found)
        page = [name for name in names if name > after][:limit]
        told: dict[str, Any] = {"items": [{"id": name} for name in page], "total": len(names)}
        if page and page[-1] != names[-1]:
            told["next"] = page[-1]
        return told

    def _show(self, id_: str, **more: int) -> dict[str, Any]:
        item, position = self.items[id_], more.get("from", 0)
        told = {
            key: item[key] for key in ("id", "version", "title", "status", "priority", "labels")
        }
        told["criteria"] = [
            f"{number}. [{'x' if met else ' '}] {text}{f' ({evidence})' if evidence else ''}"
            for number, (text, met, evidence) in enumerate(item["criteria"], 1)
        ]
        for name in ("description", "notes"):
            text = item[name][position:]
            if len(text) > self.text_characters:
                text = f"{text[: self.text_characters]}… (+{len(text) - self.text_characters} characters)"
            if text:
                told[name] = text
        hindrances = list(item["hindrances"])
        if item["away"] and item["status"] == "todo":
            hindrances.append("it is put away")
        if hindrances:
            told["hindrances"] = hindrances
        if item["claimed"]:
            told["claimed"] = "agent:jo until 2026-03-02T00:00:00Z"
        return told

    def _create(
        self, title: str, labels: list[str], criteria: list[str], **more: Any
    ) -> dict[str, Any]:
        name = f"HS-{len(self.items) + 1:03}"
        self.items[name] = {
            "id": name,
            "version": 1,
            "title": title,
            "status": "todo",
            "priority": more["priority"],
            "labels": labels,
            "criteria": [(text, False, "") for text in criteria],
            "description": more["description"],
            "notes": "",
            "hindrances": [],
            "away": False,
            "claimed": False,
        }
        return self._show(name)

    def _changed(self, id_: str, version: int) -> dict[str, Any]:
        item = self.items[id_]
        if version != item["version"]:
            raise CallFailed("tool_failed", f"{id_} was changed since")
        item["version"] += 1
        return item

    def _note(self, id_: str, version: int, text: str) -> dict[str, Any]:
        item = self._changed(id_, version)
        item["notes"] += ("\n\n" if item["notes"] else "") + f"{AT} agent:root: {text}"
        return self._show(id_)

    def _update(self, id_: str, version: int, **change: Any) -> dict[str, Any]:
        item = self._changed(id_, version)
        self._tick(item, change.get("met", []), change.get("unmet", []))
        item["priority"] = change.get("priority", item["priority"])
        if change.get("move") == "reopen":
            if item["status"] in ("todo", "blocked"):
                raise CallFailed("tool_failed", f"{id_} is {item['status']}")
            item["status"] = "todo"
        return self._show(id_)

    def _done(
        self, id_: str, version: int, met: list[Mapping[str, Any]] | None = None
    ) -> dict[str, Any]:
        item = self._changed(id_, version)
        self._tick(item, met or [], [])
        if item["status"] in ("done", "cancelled") or not all(
            is_met for _, is_met, _ in item["criteria"]
        ):
            raise CallFailed("tool_failed", f"{id_} cannot be done")
        item["status"] = "done"
        return self._show(id_)

    @staticmethod
    def _tick(item: dict[str, Any], met: list[Mapping[str, Any]], unmet: list[int]) -> None:
        for one in met:
            text, _, _ = item["criteria"][one["number"] - 1]
            item["criteria"][one["number"] - 1] = (text, True, one["evidence"])
        for number in unmet:
            text, _, evidence = item["criteria"][number - 1]
            item["criteria"][number - 1] = (text, False, evidence)
