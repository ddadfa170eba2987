"""Calls ``ai-lab github``: looks, plans, carries the plan of that name out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeserver_agent.lab import Lab, LabFailed
from integrations.github.plan import linked, to_exchange

#: How long one exchange may take, in seconds: GitHub is written to once a second. One that is cut goes on next time.
EXCHANGE_S = 300.0

#: How often a plan is made anew where it was another when it was to be carried out.
_TRIES = 2


@dataclass
class Exchanged:
    """What became of the repositories."""

    #: ``owner/name`` with what was planned there, in sentences.
    done: list[tuple[str, list[str]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def carry_on(lab: Lab, project: str, has_changed: bool) -> Exchanged:
    """Brings the project's repositories up to date, where something changed or waits."""
    exchanged = Exchanged()
    try:
        names, exchanged.told = to_exchange(
            linked(lab.ask(["github", "status"]), project), has_changed
        )
    except LabFailed as error:
        exchanged.problems.append(f"github: {error}")
        return exchanged
    for name in names:
        try:
            exchanged.done.append((name, _exchange(lab, name)))
        except LabFailed as error:
            exchanged.problems.append(f"{name}: {error}")
    return exchanged


def _exchange(lab: Lab, name: str) -> list[str]:
    sync = ["github", "sync", name]
    for left in reversed(range(_TRIES)):
        planned = lab.ask([*sync, "--plan"], deadline_s=EXCHANGE_S)
        steps = planned.get("steps")
        if not steps:
            return []
        try:
            lab.ask([*sync, "--apply", str(planned.get("plan"))], deadline_s=EXCHANGE_S)
        except LabFailed as error:
            # Between the look and the deed somebody changed something.
            if not (error.is_conflict and left):
                raise
        else:
            return [str(step.get("text")) for step in steps if isinstance(step, Mapping)]
    return []
