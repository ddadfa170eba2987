"""The command line: parses, calls, shows."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from ai_lab_framework import ErrorClass

from homeserver_agent.collect import Places, collect
from homeserver_agent.framework import Framework
from homeserver_agent.lab import PROJECT, Lab, LabFailed, find_lab
from homeserver_agent.watch import Watched, WatchFailed, watch_once

#: The shortest pause between two watches, in seconds; a shorter one would measure little but itself.
LEAST_PAUSE_S = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries a command out; gives its exit code, of the contract's one table."""
    given = _parser().parse_args(arguments)
    try:
        lab = Lab(given.lab.absolute()) if given.lab else find_lab(Path.cwd())
    except LabFailed as error:
        if given.command != "collect" or given.into is None:
            return _failed(error.failure.exit_code, str(error))
        lab = None
    if given.command == "collect":
        return _collect(given, lab)
    assert lab is not None
    if given.once or given.dry_run:
        return _watch(given, lab)
    return _watch_on(given, lab)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="homeserver-agent", description="Looks after a home server, for a lab of AI Lab."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    lab_option = argparse.ArgumentParser(add_help=False)
    lab_option.add_argument(
        "--lab",
        type=Path,
        metavar="DIR",
        help="the lab, instead of the nearest one above this folder",
    )
    lab_option.add_argument("--json", action="store_true", help="answer in JSON")
    watch = commands.add_parser(
        "watch",
        parents=[lab_option],
        help="make work items of alerts, and close them when they end",
    )
    watch.add_argument("--once", action="store_true", help="look once, and end")
    watch.add_argument(
        "--every", type=_pause, default=60.0, metavar="SECONDS", help="pause between two looks (60)"
    )
    watch.add_argument(
        "--dry-run", action="store_true", help="look once, and only show what would be done"
    )
    watch.add_argument(
        "--project",
        default=PROJECT,
        metavar="P",
        help=f"whose items they are: name, label or prefix ({PROJECT})",
    )
    watch.add_argument("--no-github", action="store_true", help="leave GitHub alone")
    collector = commands.add_parser(
        "collect",
        parents=[lab_option],
        help="write what needs privilege to where the tool monitoring reads it",
    )
    collector.add_argument(
        "--into", type=Path, metavar="DIR", help="the folder (the tool's own, `.collected`)"
    )
    return parser


def _pause(text: str) -> float:
    seconds = float(text)
    if not LEAST_PAUSE_S <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{LEAST_PAUSE_S:g} to 86400 seconds")
    return seconds


def _collect(given: argparse.Namespace, lab: Lab | None) -> int:
    into = given.into
    if into is None:
        assert lab is not None
        into = lab.root / "projects" / PROJECT / "tools" / "monitoring" / ".collected"
    try:
        collected = collect(into, Places())
    except OSError as error:
        return _failed(ErrorClass.ENVIRONMENT.exit_code, f"cannot write to {into}: {error}")
    if given.json:
        _say(json.dumps(collected.as_json(), indent=2))
    else:
        for name in collected.written:
            _say(f"wrote {into / name}")
        for note in collected.notes:
            _say(f"note: {note}")
    return 0


def _watch(given: argparse.Namespace, lab: Lab) -> int:
    try:
        watched = watch_once(
            lab,
            Framework(lab.root),
            given.project,
            is_dry_run=given.dry_run,
            with_github=not given.no_github,
        )
    except WatchFailed as error:
        return _failed(error.exit_code, str(error))
    if given.json:
        _say(json.dumps(watched.as_json(), indent=2))
    else:
        _show(watched)
    for problem in watched.problems:
        print(f"error: {problem}", file=sys.stderr)
    return ErrorClass.TOOL_FAILED.exit_code if watched.problems else 0


def _watch_on(given: argparse.Namespace, lab: Lab) -> int:
    """Looks again and again until it is asked to end; a look that failed is told, and the next one is made."""
    asked_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    while not asked_to_end.is_set():
        _watch(given, lab)
        asked_to_end.wait(given.every)
    return 0


def _show(watched: Watched) -> None:
    told: dict[str, Any] = dict(watched.as_json())
    for step in told["steps"]:
        word = step["does"] if told["is_done"] else f"would {step['does']}"
        _say(f"{word} {step['item'] or 'a new item'}: {step['key']}")
    for repository in told["github"]:
        _say(f"{repository['repo']}: {len(repository['steps'])} steps")
    for note in told["notes"]:
        _say(f"note: {note}")
    if not told["steps"]:
        _say(f"nothing to do: {watched.alerts} alerts at {watched.at}")


def _failed(exit_code: int, message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return exit_code


def _say(text: str, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)
