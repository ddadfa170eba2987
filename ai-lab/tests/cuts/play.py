#!/usr/bin/env python3
"""Cuts restores, migrations and backups at their system calls, and looks what is left.

    play.py PROGRAMS FOLDER [--releases RELEASES] [--every] [--twice] [--power]

PROGRAMS holds `ai-lab`; RELEASES is what scripts/test-releases made, for the framework's own migration.
Each command is run once under strace; then once for each call that it made, killed before the kernel carries
that out, and once for each with a disk that is full from there on. By default the calls are those that name,
sync, shorten and remove files; with --every, each write too. With --twice, the command that goes on is killed
as well, at each of its own calls of the first kind. With --power, the power goes at each call of the first
kind: a file system of its own shows what was on the disk by then.

What must hold afterwards: the old content or the new, whole; the database is sound; and the same command,
given again, ends well. Prints a table; ends with 1 where anything does not hold.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import power

NAMING = [
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "mkdirat",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
]
WRITING = ["write", "pwrite64"]
# Calls that fail where a disk is full; what is said to the terminal is lost then, too.
FILLING = [
    "write",
    "pwrite64",
    "ftruncate",
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "fsync",
    "fdatasync",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
]
POWER = "power cut"
# A command that takes longer hangs.
SECONDS = 60
AT_ONCE = 3

Point = tuple[str, int]


@dataclass
class Plot:
    """A command that is cut, in a folder that is made for it."""

    name: str
    folder: pathlib.Path
    command: list[str]
    # Whatever goes on after a kill.
    next: list[str]
    # How that may end: 10 where something is still to be done.
    codes: tuple[int, ...]
    # What of the folder's content is in force: "old", "new", or a sentence about what is wrong.
    verdict: Callable[[pathlib.Path], str]


def run(
    command: list[str], cwd: pathlib.Path, home: pathlib.Path
) -> subprocess.CompletedProcess[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AI_LAB_HOME": str(home),
        "NO_COLOR": "1",
        "USER": "jo",
    }
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, timeout=SECONDS, check=False
    )


def must(command: list[str], cwd: pathlib.Path, home: pathlib.Path) -> bytes:
    ended = run(command, cwd, home)
    if ended.returncode != 0:
        raise SystemExit(
            f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr.decode()}"
        )
    return ended.stdout


def traced(
    inject: list[str], calls: list[str], trace: pathlib.Path, command: list[str]
) -> list[str]:
    return [
        "strace",
        "-f",
        "-qq",
        "-o",
        str(trace),
        "-e",
        "trace=" + ",".join(calls),
        *inject,
        *command,
    ]


def points(plot: Plot, folder: pathlib.Path, calls: list[str], command: list[str]) -> list[Point]:
    """The calls that a command makes in that folder, each with its number among those of its name."""
    trace = folder / "trace"
    ended = run(traced([], calls, trace, command), folder / "lab", folder / "home")
    if ended.returncode not in plot.codes:
        raise SystemExit(
            f"{plot.name}: ended with {ended.returncode} uncut: {ended.stderr.decode()}"
        )
    seen: Counter[str] = Counter()
    found = []
    for line in trace.read_text().splitlines():
        name = line.split(None, 1)[1].split("(", 1)[0]
        # What is said to a terminal or a pipe is no point.
        if name not in calls or (name == "write" and line.split("(", 1)[1][:2] in ("1,", "2,")):
            seen[name] += name in calls
            continue
        seen[name] += 1
        found.append((name, seen[name]))
    return found


def killed(point: Point) -> list[str]:
    return ["-e", f"inject={point[0]}:signal=KILL:when={point[1]}"]


def full(point: Point, all_points: list[Point]) -> list[str]:
    """From that point on, no call that takes room succeeds."""
    behind = all_points[all_points.index(point) :]
    first: dict[str, int] = {}
    for name, number in behind:
        first.setdefault(name, number)
    inject = []
    for name in FILLING:
        if name in first:
            inject += ["-e", f"inject={name}:error=ENOSPC:when={first[name]}+"]
    return inject


def fresh(plot: Plot, scratch: pathlib.Path) -> pathlib.Path:
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(plot.folder, scratch, symlinks=True)
    return scratch


def look(plot: Plot, folder: pathlib.Path) -> str:
    """What is in force after the next command, and whether the command, given again, ends well."""
    ended = run(plot.next, folder / "lab", folder / "home")
    if ended.returncode not in plot.codes:
        return f"the next command ended with {ended.returncode}: {ended.stderr.decode()[:200]}"
    found = plot.verdict(folder)
    if found not in ("old", "new"):
        return found
    again = run(plot.command, folder / "lab", folder / "home")
    if again.returncode != 0 and not (found == "new" and b"not empty" in again.stderr):
        return f"given again it ended with {again.returncode}: {again.stderr.decode()[:200]}"
    then = plot.verdict(folder)
    return found if then == "new" else f"given again it left {then}"


def cases(
    plot: Plot, calls: list[str], twice: bool, scratch: pathlib.Path
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Ways to cut: a word for the table, what the command meets, what the next one meets."""
    all_points = points(plot, fresh(plot, scratch), calls, plot.command)
    for point in all_points:
        yield "kill", killed(point), []
    every = [point for point in all_points if point[0] in FILLING]
    for point in every:
        yield "disk full", full(point, all_points), []
    if not twice:
        return
    for point in points(plot, fresh(plot, scratch), NAMING, plot.command):
        folder = fresh(plot, scratch)
        run(
            traced(killed(point), NAMING, folder / "trace", plot.command),
            folder / "lab",
            folder / "home",
        )
        for second in points(plot, folder, NAMING, plot.next):
            yield "kill twice", killed(point), killed(second)


def play(
    plot: Plot, calls: list[str], case: tuple[str, list[str], list[str]], scratch: pathlib.Path
) -> tuple[str, str]:
    way, first, second = case
    folder = fresh(plot, scratch)
    run(traced(first, calls, folder / "trace", plot.command), folder / "lab", folder / "home")
    if second:
        run(traced(second, calls, folder / "trace", plot.next), folder / "lab", folder / "home")
    found = look(plot, folder)
    shutil.rmtree(scratch, ignore_errors=True)
    return way, found if found in ("old", "new") else f"{way} {first} {second}: {found}"


def play_power(
    plot: Plot, point: Point, disk: pathlib.Path, scratch: pathlib.Path
) -> tuple[str, str]:
    """The power goes where the kernel was about to carry that call out."""
    with power.working(disk, scratch) as at:
        run(traced(killed(point), NAMING, scratch / "trace", plot.command), at / "lab", at / "home")
    with power.after(scratch) as at:
        found = look(plot, at)
    shutil.rmtree(scratch, ignore_errors=True)
    return POWER, found if found in ("old", "new") else f"{POWER} {point}: {found}"


def titles(ai_lab: str, folder: pathlib.Path, lab: pathlib.Path) -> str:
    """The titles of a lab's items, if its database is sound; else what is wrong."""
    listed = run(
        [ai_lab, "item", "list", "--all", "--limit", "100", "--json"], lab, folder / "home"
    )
    if listed.returncode != 0:
        return f"the items cannot be listed: {listed.stderr.decode()[:200]}"
    doctor = run([ai_lab, "doctor"], lab, folder / "home").stdout.decode()
    if "sound     yes" not in doctor:
        return f"the database is not sound: {doctor}"
    return ",".join(sorted(item["title"] for item in json.loads(listed.stdout)["items"]))


def which(found: str, old: str, new: str) -> str:
    return {old: "old", new: "new"}.get(found, f"neither the old nor the new: {found}")


def lab_plots(ai_lab: str, folder: pathlib.Path) -> list[Plot]:
    """A restore over a lab, one to a new place, a backup, and the migration of the first schema."""
    base = folder / "restore"
    lab = base / "lab"
    home = base / "home"
    lab.mkdir(parents=True)
    home.mkdir()
    must([ai_lab, "init", ".", "--no-git"], lab, home)
    for title in ("one", "two"):
        must([ai_lab, "item", "add", title], lab, home)
    must([ai_lab, "backup", "create"], lab, home)
    archive = next((lab / "data" / "backups").glob("*.tar.zst"))
    archive.rename(lab / "kept.tar.zst")
    must([ai_lab, "item", "add", "three"], lab, home)
    status = [ai_lab, "status"]

    def restored(at: pathlib.Path) -> str:
        return which(titles(ai_lab, at, at / "lab"), "one,three,two", "one,two")

    def elsewhere(at: pathlib.Path) -> str:
        there = at / "lab" / "elsewhere"
        if titles(ai_lab, at, at / "lab") != "one,three,two":
            return "the lab itself was changed"
        if not there.exists():
            return "old"
        return which(titles(ai_lab, at, there), "nothing is old here", "one,two")

    def backed_up(at: pathlib.Path) -> str:
        if titles(ai_lab, at, at / "lab") != "one,three,two":
            return "the lab itself was changed"
        backups = list((at / "lab" / "data" / "backups").glob("*.tar.zst"))
        for backup in backups:
            if (
                run([ai_lab, "backup", "verify", str(backup)], at / "lab", at / "home").returncode
                != 0
            ):
                return f"{backup.name} is there and not whole"
        return "new" if backups else "old"

    return [
        Plot(
            "restore over the lab",
            base,
            [ai_lab, "backup", "restore", "kept.tar.zst", "--over"],
            status,
            (0,),
            restored,
        ),
        Plot(
            "restore to a new place",
            base,
            [ai_lab, "backup", "restore", "kept.tar.zst", "--to", "elsewhere"],
            status,
            (0,),
            elsewhere,
        ),
        Plot("backup", base, [ai_lab, "backup", "create"], status, (0,), backed_up),
        old_lab(ai_lab, folder),
    ]


def old_lab(ai_lab: str, folder: pathlib.Path) -> Plot:
    """A lab whose database has the first schema and forty items; brought to the last."""
    base = folder / "migrate"
    lab = base / "lab"
    (lab / "data").mkdir(parents=True)
    (base / "home").mkdir()
    (lab / "ai-lab.toml").write_text('framework = "*"\n')
    migrations = pathlib.Path(__file__).resolve().parents[2] / "crates" / "lab-store" / "migrations"
    first = migrations / "0001_keep_the_tracker.sql"
    database = sqlite3.connect(lab / "data" / "ai_lab.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(first.read_text())
    for number in range(1, 41):
        uid = f"01890000-0000-7000-8000-{number:012d}"
        database.execute("INSERT INTO entities VALUES (?, 'item', 1, 1, 1, 0)", (uid,))
        database.execute(
            "INSERT INTO entity_labels (kind, label, uid, is_current, since_ms) VALUES ('item', ?, ?, 1, 1)",
            (f"FRM-{number:03d}", uid),
        )
        database.execute(
            "INSERT INTO work_items (uid, title, description, status, priority, item_type, is_draft)"
            " VALUES (?, ?, 'a text', 'todo', 'low', 'task', 0)",
            (uid, f"item {number}"),
        )
    database.execute(
        "INSERT INTO migrations (number, name, applied_by, applied_ms) VALUES (1, ?, '0.0.1', 1)",
        (first.stem,),
    )
    database.execute("PRAGMA application_id = 0x41494c62")
    database.execute("PRAGMA user_version = 1001")
    database.close()
    whole = ",".join(sorted(f"item {number}" for number in range(1, 41)))

    def schema(at: pathlib.Path) -> str:
        copy = at / "looked-at"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(at / "lab", copy)
        header = sqlite3.connect(copy / "data" / "ai_lab.db")
        minor = header.execute("PRAGMA user_version").fetchone()[0] % 1000
        header.close()
        # Any command brings it to the last schema: the copy is looked at, so that what is cut stays as it is.
        found = titles(ai_lab, at, copy)
        if found != whole:
            return f"rows are missing: {found}"
        return (
            "old"
            if minor == 1
            else "new"
            if minor == len(list(migrations.iterdir()))
            else f"schema 1.{minor}"
        )

    # What a kill leaves is looked at by a command that changes nothing.
    return Plot(
        "migrate-db of the lab",
        base,
        [ai_lab, "migrate-db"],
        [ai_lab, "migrate-db", "--check"],
        (0, 10),
        schema,
    )


def framework_plot(releases: pathlib.Path, folder: pathlib.Path) -> Plot:
    """The framework's own record, from the schema of 1.0.0 to that of 1.1.0, with executions in it."""
    base = folder / "record"
    lab = base / "lab"
    home = base / "home"
    lab.mkdir(parents=True)
    home.mkdir()
    old, new = (str(releases / f".program-{version}") for version in ("1.0.0", "1.1.0"))
    (lab / "ai-lab.toml").write_text('framework = "*"\n')
    must(
        [old, "tool", "new", "greeter", "--language", "shell", "--description", "Greets."],
        lab,
        home,
    )
    for name in ("Ada", "Bo", "Cy"):
        must(
            [old, "tool", "run", "greeter.hello", "--input", json.dumps({"name": name})], lab, home
        )

    def record(at: pathlib.Path) -> str:
        checked = run([new, "migrate-db", "--check"], at / "lab", at / "home").returncode
        listed = run([old, "execution", "list", "--json"], at / "lab", at / "home")
        if listed.returncode != 0 or len(json.loads(listed.stdout)["executions"]) != 3:
            return f"executions are missing: {(listed.stdout + listed.stderr).decode()[:300]}"
        return {0: "new", 10: "old"}.get(checked, f"migrate-db --check ended with {checked}")

    return Plot(
        "migrate-db of the record",
        base,
        [new, "migrate-db"],
        [new, "migrate-db", "--check"],
        (0, 10),
        record,
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--releases", type=pathlib.Path)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("--power", action="store_true")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plots = lab_plots(str((asked.programs / "ai-lab").resolve()), folder)
    if asked.releases:
        plots.append(framework_plot(asked.releases.resolve(), folder))
    calls = NAMING + WRITING * asked.every
    wrong: list[str] = []
    if asked.power and not power.can_be_played():
        raise SystemExit("power cuts take root and mkfs.ext4")
    ways = ["kill", "disk full"] + ["kill twice"] * asked.twice + [POWER] * asked.power
    total = 0
    print("| cut | " + " | ".join(ways) + " |")
    print("|---" * (len(ways) + 1) + "|")
    for plot in plots:
        counts: Counter[tuple[str, str]] = Counter()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            to_play = enumerate(cases(plot, calls, asked.twice, folder / "first"))
            played = [
                pool.submit(play, plot, calls, case, folder / f"case-{number}")
                for number, case in to_play
            ]
            if asked.power:
                disk = folder / "disk.image"
                power.disk_of(plot.folder, disk)
                cut_at = points(plot, fresh(plot, folder / "first"), NAMING, plot.command)
                played += [
                    pool.submit(play_power, plot, point, disk, folder / f"power-{number}")
                    for number, point in enumerate(cut_at)
                ]
            for future in played:
                way, found = future.result()
                total += 1
                if found in ("old", "new"):
                    counts[(way, found)] += 1
                else:
                    wrong.append(f"{plot.name}: {found}")
        cells = [
            ", ".join(f"{counts[(way, it)]} {it}" for it in ("old", "new") if counts[(way, it)])
            for way in ways
        ]
        print(f"| {plot.name} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n{total} cases, {len(wrong)} that ended otherwise.")
    for what in wrong:
        print("WRONG:", what, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
