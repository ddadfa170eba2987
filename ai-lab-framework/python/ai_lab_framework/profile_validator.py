"""Asks the framework whether a tool keeps its profile's rules; there is no second set of rules here."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class FrameworkFailed(Exception):
    """The framework did not do what was asked: its own words, and the class of the failure."""

    def __init__(self, failure: str, message: str) -> None:
        super().__init__(message)
        self.failure = failure


def ask(arguments: list[str], *, lab: Path, program: str = "ai-lab-framework") -> dict[str, Any]:
    """Runs one command of the framework in a lab and gives its JSON answer."""
    ended = subprocess.run(
        [program, *arguments, "--json"], cwd=lab, capture_output=True, text=True, check=False
    )
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        raise FrameworkFailed("internal", ended.stderr.strip() or "no answer") from None
    if not isinstance(answer, dict):
        raise FrameworkFailed("internal", "the answer is no object")
    error = answer.get("error")
    if isinstance(error, dict):
        raise FrameworkFailed(str(error.get("class")), str(error.get("message")))
    return answer


@dataclass(frozen=True)
class Finding:
    """A rule that is not kept."""

    rule: str
    title: str
    message: str
    fix: str


@dataclass(frozen=True)
class Verdict:
    """A tool held against a profile's rules."""

    tool: str
    profile: str
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        """Whether the tool keeps every rule that binds it."""
        return not self.findings


def validate(
    tool: str, *, lab: Path, profile: str | None = None, program: str = "ai-lab-framework"
) -> Verdict:
    """Runs the tool's probe, tests and drills, and holds it against its profile's rules."""
    asked = ["--profile", profile] if profile else []
    told = ask(["profile", "validate", tool, *asked], lab=lab, program=program)
    keys = ("rule", "title", "message", "fix")
    findings = tuple(Finding(**{key: row[key] for key in keys}) for row in told["findings"])
    return Verdict(told["tool"], told["profile"], findings)
