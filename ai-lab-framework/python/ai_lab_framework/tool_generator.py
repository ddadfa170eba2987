"""Has the framework write a new tool; the templates are the framework's."""

from __future__ import annotations

from pathlib import Path

from .profile_validator import ask


def new_tool(
    name: str,
    *,
    lab: Path,
    language: str = "python",
    profile: str = "standard",
    description: str = "Says hello.",
    program: str = "ai-lab-framework",
) -> Path:
    """Writes a tool that runs at once and fits its profile; gives its folder."""
    wanted = ["--language", language, "--profile", profile, "--description", description]
    return Path(ask(["tool", "new", name, *wanted], lab=lab, program=program)["folder"])
