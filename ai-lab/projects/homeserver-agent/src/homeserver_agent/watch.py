"""One watch: ask for the alerts, decide what becomes of their items, carry that out, pass it on to GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ai_lab_framework import ErrorClass

from homeserver_agent.alerts import MOST_ALERTS, BadAnswer, parse_alerts
from homeserver_agent.framework import CallFailed, Framework, Tools
from homeserver_agent.lab import Lab, LabFailed
from integrations.database.plan import Step, plan
from integrations.database.tracker import Outcome, carry_out, present_items
from integrations.github.exchange import Exchanged, carry_on

#: Whom the alerts are asked of.
ALERTS = "monitoring.alerts"


@dataclass
class Watched:
    """What a watch saw and did."""

    #: When the alerts were judged; RFC 3339.
    at: str
    #: The execution that gave them.
    execution_id: str
    #: How many there are that fire, flap or have ended.
    alerts: int
    outcomes: list[Outcome] = field(default_factory=list)
    #: What was decided and not done, as nothing was to be.
    planned: list[Step] = field(default_factory=list)
    github: Exchanged = field(default_factory=Exchanged)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any]:
        """The shape of ``--json``: fields are added, never changed."""
        steps = [(outcome.step, outcome.item, outcome.problem) for outcome in self.outcomes]
        steps += [(step, step.item, "") for step in self.planned]
        return {
            "format": 1,
            "at": self.at,
            "execution_id": self.execution_id,
            "alerts": self.alerts,
            "is_done": not self.planned,
            "steps": [
                {"does": step.does.value, "key": step.key, "item": item, "problem": problem or None}
                for step, item, problem in steps
            ],
            "github": [{"repo": name, "steps": lines} for name, lines in self.github.done],
            "notes": [*self.notes, *self.github.told],
            "problems": self.problems,
        }


class WatchFailed(Exception):
    """Nothing was decided, and nothing was changed."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def watch_once(
    lab: Lab,
    tools: Framework,
    project: str,
    *,
    is_dry_run: bool = False,
    with_github: bool = True,
) -> Watched:
    """Looks once. Raises :class:`WatchFailed`; what goes wrong later is among the problems, and the rest is done."""
    try:
        label, prefix = lab.project(project)
        with lab.alone() as lock:
            tools.hold(lock)
            watched = _follow(tools, prefix, is_dry_run)
    except LabFailed as error:
        raise WatchFailed(error.failure.exit_code, str(error)) from error
    except CallFailed as error:
        raise WatchFailed(error.exit_code, str(error)) from error
    if with_github and not is_dry_run:
        watched.github = carry_on(lab, label, has_changed=bool(watched.outcomes))
        watched.problems += watched.github.problems
    return watched


def _follow(tools: Tools, prefix: str, is_dry_run: bool) -> Watched:
    answer = tools.call(ALERTS, {"most": MOST_ALERTS})
    if answer.stood_in:
        # Of an alert that has ended meanwhile it would say that it fires.
        why = f"{ALERTS} gave no answer of its own ({answer.stood_in}); old alerts are not followed"
        raise WatchFailed(ErrorClass.UNAVAILABLE.exit_code, why)
    try:
        alerts = parse_alerts(answer.data)
    except BadAnswer as error:
        raise WatchFailed(ErrorClass.INVALID_OUTPUT.exit_code, f"{ALERTS}: {error}") from error
    items, problems = present_items(tools, alerts)
    source = f"execution {answer.execution_id}"
    steps = plan(alerts, items, project=prefix, source=source)
    watched = Watched(
        at=alerts.at,
        execution_id=answer.execution_id,
        alerts=len(alerts.alerts),
        notes=list(alerts.notes),
        problems=problems,
    )
    if is_dry_run:
        watched.planned = steps
        return watched
    for outcome in carry_out(tools, steps):
        watched.outcomes.append(outcome)
        if outcome.problem:
            watched.problems.append(outcome.problem)
    return watched
