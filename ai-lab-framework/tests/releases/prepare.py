"""Lays out the sources of a test release: those of this checkout with another version.

    prepare.py VERSION FROM TO

1.0.0 is this tree. 1.1.0 has besides what a minor release may have: one more migration, and one thing that will go.
A file that says the same already keeps its time, so that cargo builds anew only what has changed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

MIGRATION = """CREATE TABLE execution_notes (
    execution_id TEXT PRIMARY KEY,
    noted_at_ms INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE INDEX execution_notes_by_time ON execution_notes (noted_at_ms);
"""

ITEM = "logs --follow"


def sources(half: Path) -> dict[str, bytes]:
    """Every file that git knows, as it lies there now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=half,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [path for path in listed.stdout.split("\0") if path and (half / path).is_file()]
    return {path: (half / path).read_bytes() for path in sorted(paths)}


def changed(files: dict[str, bytes], path: str, old: str, new: str, times: int = 1) -> None:
    """One text for another; a text that is not there is a mistake of this file."""
    text = files[path].decode()
    if old not in text:
        raise SystemExit(f"error: {path} has no {old!r}: prepare.py is behind the tree")
    files[path] = text.replace(old, new, times).encode()


def give_version(files: dict[str, bytes], version: str) -> None:
    """The one place that names it, what refers to it, and the lock."""
    manifest = files["Cargo.toml"].decode()
    now = re.search(r'^version = "([^"]+)"$', manifest, re.MULTILINE)
    assert now is not None
    files["Cargo.toml"] = manifest.replace(f'"{now[1]}"', f'"{version}"').encode()
    ours = {path.split("/")[1] for path in files if path.startswith(("crates/", "published/"))}
    for path, text in list(files.items()):
        if path != "Cargo.lock":
            continue
        packages = text.decode().split("[[package]]\n")
        for place, package in enumerate(packages):
            name = re.match(r'name = "([^"]+)"\nversion = "' + re.escape(now[1]) + '"\n', package)
            if name and name[1] in ours and "\nsource = " not in package:
                packages[place] = package.replace(f'"{now[1]}"', f'"{version}"', 1)
        files[path] = "[[package]]\n".join(packages).encode()


def add_migration(files: dict[str, bytes]) -> int:
    """The next step of the framework's database; its minor."""
    folder = "crates/alf-store/migrations/"
    minor = 1 + max(int(Path(path).name[:4]) for path in files if path.startswith(folder))
    name = f"{folder}{minor:04}_notes.sql"
    files[name] = MIGRATION.encode()
    where = "crates/alf-store/src/sqlite/migrations.rs"
    text = files[where].decode()
    begin = text.index("pub(super) const MIGRATIONS")
    end = text.index("\n];\n", begin)
    step = (
        f'\n    Migration {{\n        minor: {minor},\n        name: "notes",\n'
        f'        text: include_str!("../../migrations/{minor:04}_notes.sql"),\n    }},'
    )
    files[where] = (text[:end] + step + text[end:]).encode()
    return minor


def deprecate(files: dict[str, bytes], minor: int) -> None:
    """One thing that will go, in the code that tells it and in the contract that was written from it."""
    where = "crates/alf-compat/src/promises.rs"
    contract = json.loads(files["contract.json"])
    going = {"since": "1.1.0", "remove_in": "2.0.0", "instead": "Read `logs --json` again and again."}
    contract["items"]["argument"][ITEM]["deprecated"] = going
    contract["schemas"]["framework"]["minor"] = minor
    database = contract["items"]["database"]
    columns = {"execution_id": "TEXT", "noted_at_ms": "INTEGER NOT NULL", "note": "TEXT NOT NULL"}
    for name, of_type in columns.items():
        database[f"execution_notes.{name}"] = {"since": "1.1.0", "types": [of_type]}
    database["execution_notes"] = {"since": "1.1.0", "types": ["table"]}
    contract["items"]["database"] = dict(sorted(database.items()))
    files["contract.json"] = (json.dumps(contract, indent=2, ensure_ascii=False) + "\n").encode()
    row = (
        f"&[Deprecated {{\n    area: Area::Argument,\n    item: {json.dumps(ITEM)},\n    since: \"1.1.0\",\n"
        f"    remove_in: \"2.0.0\",\n    instead: {json.dumps(going['instead'])},\n    renamed_to: None,\n}}];"
    )
    changed(files, where, "pub const DEPRECATIONS: &[Deprecated] = &[];", f"pub const DEPRECATIONS: &[Deprecated] = {row}")


def write(files: dict[str, bytes], to: Path) -> None:
    """What differs is written, what is too much goes."""
    for path, text in files.items():
        file = to / path
        if not file.is_file() or file.read_bytes() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
    there = {str(file.relative_to(to)) for file in to.rglob("*") if file.is_file()}
    for path in there - files.keys():
        (to / path).unlink()


def main() -> None:
    version, half, to = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    files = sources(half)
    give_version(files, version)
    if version == "1.1.0":
        deprecate(files, add_migration(files))
    write(files, to)


if __name__ == "__main__":
    main()
