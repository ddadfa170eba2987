"""Decides which repositories are brought up to date. No effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Linked:
    """A repository that the project is linked with."""

    #: ``owner/name``.
    name: str
    #: Whether somebody has brought both sides together before.
    is_known: bool
    #: How many changes wait to be written there.
    waiting: int


def linked(status: Mapping[str, Any], project: str) -> list[Linked]:
    """The project's repositories, out of what ``ai-lab github status`` tells. ``project`` is its label."""
    rows = status.get("repos")
    return [
        Linked(str(row.get("repo")), row.get("synced") is not None, _count(row.get("waiting")))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and row.get("project") == project
    ]


def to_exchange(repositories: list[Linked], has_changed: bool) -> tuple[list[str], list[str]]:
    """The repositories to bring up to date now, and what a person has to be told.

    One that nobody ever looked at is left alone: its first exchange would carry every item of the project there, and
    that is a person's to say.
    """
    names: list[str] = []
    told: list[str] = []
    for repository in repositories:
        if not (has_changed or repository.waiting):
            continue
        if repository.is_known:
            names.append(repository.name)
        else:
            told.append(
                f"{repository.name} was never exchanged with: `ai-lab github sync` shows how it would begin"
            )
    return names, told


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0
