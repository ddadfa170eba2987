"""The collector: writes what a sandboxed tool may not ask for itself to a folder that it may read.

Like a textfile collector: whole files, written beside their place and renamed. ``units.json`` has systemd's units,
``smart/DEVICE.json`` what ``smartctl`` says of each disk. A program that is not there, or says nothing of use, is told;
its file stays as it was, and its age says the rest.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homeserver_agent.framework import told
from homeserver_agent.programs import ProgramFailed, ProgramMissing, run

#: How long each program may take, in seconds: a disk that hangs must not keep the others from being told.
DEADLINE_S = 20.0

#: How long all disks together may take, in seconds.
ALL_DISKS_S = 120.0

#: How many failed units are told at length, and how many disks are asked.
MOST_FAILED = 50
MOST_DISKS = 64

#: What is told of a failed unit: the names that ``systemctl show`` has for it.
PROPERTIES = (
    "Id",
    "Description",
    "ActiveState",
    "SubState",
    "Result",
    "ExecMainCode",
    "ExecMainStatus",
    "NRestarts",
    "StateChangeTimestamp",
    "FragmentPath",
)

#: Bits of smartctl's exit code that say that it has nothing to say: it was called wrongly, or cannot open the disk.
_NOTHING_SAID = 0b11


@dataclass(frozen=True)
class Places:
    """The programs that are asked."""

    systemctl: str = "systemctl"
    smartctl: str = "smartctl"


@dataclass
class Collected:
    """What was written, and what could not be asked."""

    #: Below the folder.
    written: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any]:
        """The shape of ``--json``: fields are added, never changed."""
        return {"format": 1, "written": self.written, "notes": self.notes}


def collect(into: Path, places: Places) -> Collected:
    """Asks for everything and writes it. Raises ``OSError`` where the folder cannot be written."""
    collected = Collected()
    with _folder(into) as folder:
        _collect_units(folder, places.systemctl, collected)
        _collect_disks(folder, places.smartctl, collected)
    return collected


def _collect_units(folder: int, program: str, collected: Collected) -> None:
    list_units = [program, "list-units", "--all", "--output=json", "--no-pager"]
    try:
        ended = run(list_units, deadline_s=DEADLINE_S)
        if ended.code != 0:
            raise ProgramFailed(ended.complaint)
        units = parse_units(ended.output)
        shown: list[Mapping[str, str]] = []
        if names := failed_units(units):
            properties = f"--property={','.join(PROPERTIES)}"
            # After the two dashes nothing is an option, whatever a unit is called.
            show = [program, "show", "--no-pager", properties, "--", *names]
            shown = parse_show(run(show, deadline_s=DEADLINE_S).output.decode(errors="replace"))
    except ProgramFailed as error:
        collected.notes.append(f"no units: {error}")
        return
    document = {"format": 1, "collected_at": _now(), "units": units, "failed": shown}
    _write(folder, "units.json", json.dumps(document, indent=1).encode())
    collected.written.append("units.json")


def parse_units(output: bytes) -> list[Mapping[str, Any]]:
    """The rows of ``systemctl list-units --output=json``. Raises :class:`ProgramFailed`."""
    try:
        rows = json.loads(output)
    except ValueError:
        raise ProgramFailed("systemctl gave no JSON; it is older than systemd 246") from None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ProgramFailed("systemctl gave no list of units")
    return rows


def failed_units(units: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of those that failed, as far as they are told at length."""
    names = [str(unit.get("unit")) for unit in units if unit.get("active") == "failed"]
    return names[:MOST_FAILED]


def parse_show(text: str) -> list[Mapping[str, str]]:
    """What ``systemctl show`` tells of several units: blocks of ``Name=value``, an empty line between two."""
    blocks = [dict(_pairs(block)) for block in text.split("\n\n")]
    return [block for block in blocks if block]


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    for line in block.splitlines():
        name, equals, value = line.partition("=")
        if equals and name in PROPERTIES:
            yield name, value


def _collect_disks(folder: int, program: str, collected: Collected) -> None:
    try:
        scanned = run([program, "--json", "--scan"], deadline_s=DEADLINE_S)
        disks = parse_scan(scanned.output)
    except ProgramMissing as error:
        collected.notes.append(f"no disks: {error}; the package smartmontools has it")
        return
    except ProgramFailed as error:
        collected.notes.append(f"no disks: {error}")
        return
    until = time.monotonic() + ALL_DISKS_S
    with _folder_in(folder, "smart") as smart:
        for disk in disks[:MOST_DISKS]:
            rest = until - time.monotonic()
            if rest <= 0:
                collected.notes.append(f"{disk.name}: not asked; the disks before took too long")
                continue
            if report := _ask_disk(program, disk, min(rest, DEADLINE_S), collected.notes):
                _write(smart, disk.file, report)
                collected.written.append(f"smart/{disk.file}")
        if len(disks) > MOST_DISKS:
            collected.notes.append(f"{len(disks) - MOST_DISKS} more disks are not asked")
        _forget_others(smart, {disk.file for disk in disks})


@dataclass(frozen=True)
class Disk:
    """A disk as ``smartctl --scan`` names it."""

    name: str
    #: How it is spoken with, such as ``sat`` or ``megaraid,3``.
    type: str

    @property
    def file(self) -> str:
        """The name of its file; disks behind one controller share a name, not a type."""
        name = self.name.removeprefix("/dev/")
        if "," in self.type:
            name += f"-{self.type}"
        return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") + ".json"


def parse_scan(output: bytes) -> list[Disk]:
    """The disks. Raises :class:`ProgramFailed`."""
    try:
        answer = json.loads(output)
        # Where there is no disk, there is no list of them either.
        rows = answer.get("devices", []) if "smartctl" in answer else answer["devices"]
        disks = [Disk(str(row["name"]), str(row.get("type", ""))) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ProgramFailed("smartctl named no disks as JSON; it is older than version 7") from None
    return [disk for disk in disks if disk.name.startswith("/dev/")]


def _ask_disk(program: str, disk: Disk, deadline_s: float, notes: list[str]) -> bytes | None:
    """What smartctl says of the disk; ``None`` where that is no report. A sleeping disk is not woken."""
    command = [program, "--json", "-n", "standby", "-a"]
    if disk.type:
        command += ["-d", disk.type]
    try:
        ended = run([*command, disk.name], deadline_s=deadline_s)
    except ProgramFailed as error:
        notes.append(f"{disk.name}: {error}")
        return None
    if told(ended.output) is None:
        notes.append(f"{disk.name}: {ended.complaint}")
        return None
    if ended.code & _NOTHING_SAID:
        # Written nevertheless: the report says why, and whether the disk only sleeps.
        notes.append(f"{disk.name}: {reason(ended.output) or ended.complaint}")
    return ended.output


def reason(report: bytes) -> str:
    """Why a report says nothing: the messages in it."""
    try:
        messages = json.loads(report)["smartctl"]["messages"]
        texts = [str(message["string"]) for message in messages]
    except (ValueError, KeyError, TypeError):
        return ""
    return "".join(c if c.isprintable() else " " for c in "; ".join(texts))[:300]


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    """A folder, made where it is missing. Through no link at its end: whoever runs this may be root."""
    path.mkdir(mode=0o755, exist_ok=True)
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _folder_in(folder: int, name: str) -> Iterator[int]:
    with suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=folder)
    inner = os.open(
        name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder
    )
    try:
        yield inner
    finally:
        os.close(inner)


def _write(folder: int, name: str, content: bytes) -> None:
    """Writes a file whole: a reader has the old one or this one, also after a kill or a power cut."""
    beside = f".{name}.{secrets.token_hex(4)}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    draft = os.open(beside, flags, 0o644, dir_fd=folder)
    try:
        with os.fdopen(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(beside, dir_fd=folder)
        raise
    os.fsync(folder)


def _forget_others(folder: int, kept: set[str]) -> None:
    """Removes reports of disks that are gone, and drafts that a killed run left."""
    for name in os.listdir(folder):
        is_ours = name.endswith(".json") or (name.startswith(".") and name.endswith(".new"))
        if not is_ours or name in kept:
            continue
        if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=folder)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
