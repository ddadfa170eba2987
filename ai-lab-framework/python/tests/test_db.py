"""Reading a database of the framework's committed schema."""

import os
import re
import sqlite3
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from ai_lab_framework.db import DatabaseUnreadable, default_path, open_framework_db

SCHEMA = Path(__file__).resolve().parents[2] / "crates" / "alf-store" / "schema.sql"


def filled(path: Path) -> None:
    """A database with two executions, a figure and a session; every other column is empty or 0."""
    with sqlite3.connect(path) as db:
        # Python's own SQLite may be older than the search's table needs; the SDK reads the others.
        schema = re.sub(r"CREATE VIRTUAL TABLE [^;]*;", "", SCHEMA.read_text(encoding="utf-8"))
        db.executescript(schema)
        columns = db.execute("PRAGMA table_info(tool_executions)").fetchall()
        for position, (execution, tool, status) in enumerate(
            [("e1", "notes", "succeeded"), ("e2", "monitoring", "started")], start=1
        ):
            row: dict[str, int | str | None] = {
                name: 0 if kind == "INTEGER" else "" for _, name, kind, *_ in columns
            }
            row |= {
                "started_position": position,
                "execution_id": execution,
                "tool": tool,
                "status": status,
                "ended_position": None if status == "started" else 10 + position,
            }
            marks = ", ".join("?" * len(row))
            names = ", ".join(row)
            db.execute(
                f"INSERT INTO tool_executions ({names}) VALUES ({marks})", tuple(row.values())
            )
        db.execute("INSERT INTO tool_metrics VALUES (1, 'e1', 'rows', 2.5, '')")
        db.execute(
            "INSERT INTO tool_sessions VALUES ('s1', 't', 'open', '', '{\"a\": 1}', 1, 5, 6)"
        )
    db.close()


class Reading(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "a ?#% folder" / "framework.db"
        self.path.parent.mkdir()

    def test_executions_come_newest_first_and_by_condition(self) -> None:
        filled(self.path)
        with open_framework_db(self.path) as db:
            self.assertEqual([row["execution_id"] for row in db.executions()], ["e2", "e1"])
            self.assertEqual([row["tool"] for row in db.executions(status="succeeded")], ["notes"])
            self.assertEqual(db.executions(tool="notes", status="started"), [])
            self.assertEqual(len(db.executions(limit=1)), 1)
            self.assertEqual(db.executions(limit=-1), [])

    def test_one_execution_its_figures_and_a_session(self) -> None:
        filled(self.path)
        with open_framework_db(self.path) as db:
            execution = db.execution("e1")
            self.assertEqual(execution and execution["status"], "succeeded")
            self.assertIsNone(db.execution("e3"))
            figure = {"name": "rows", "value": 2.5, "unit": ""}
            self.assertEqual(db.metrics("e1"), [figure])
            session = db.session("s1")
            self.assertEqual(session and session["data"], {"a": 1})
            self.assertIsNone(db.session("s2"))

    def test_nothing_is_written(self) -> None:
        filled(self.path)
        with open_framework_db(self.path) as db, self.assertRaises(sqlite3.OperationalError):
            db._connection.execute("DELETE FROM tool_metrics")

    def test_what_cannot_be_read_is_told_and_not_made(self) -> None:
        with self.assertRaises(DatabaseUnreadable), open_framework_db(self.path):
            pass
        self.assertFalse(self.path.exists())
        self.path.write_text("no database, but long enough to be taken for one " * 9)
        with self.assertRaises(DatabaseUnreadable), open_framework_db(self.path) as db:
            db.executions()

    def test_the_home_may_be_elsewhere(self) -> None:
        with mock.patch.dict(os.environ, {"AI_LAB_HOME": "/elsewhere"}):
            self.assertEqual(default_path(), Path("/elsewhere/framework.db"))
        with mock.patch.dict(os.environ, {"HOME": "/home/ada"}):
            os.environ.pop("AI_LAB_HOME", None)
            self.assertEqual(default_path(), Path("/home/ada/.ai-lab/framework.db"))


if __name__ == "__main__":
    unittest.main()
