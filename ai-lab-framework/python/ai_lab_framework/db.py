"""Read access to the framework's database: what ran, when and how it ended.

Opens it read-only; writing is the framework's alone. The columns are those of its committed ``schema.sql``.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

#: How many rows a listing gives at most. Stops one call from filling the memory.
MOST_ROWS = 10_000


class DatabaseUnreadable(Exception):
    """The framework's database is not there, or cannot be read, or is no database of the framework."""


def default_path() -> Path:
    """Where the database lies: in ``AI_LAB_HOME``, else in ``~/.ai-lab``."""
    home = os.environ.get("AI_LAB_HOME")
    return (Path(home) if home else Path.home() / ".ai-lab") / "framework.db"


@contextmanager
def open_framework_db(path: str | os.PathLike[str] | None = None) -> Iterator[FrameworkDb]:
    """Opens the database at ``path``, or where it lies by default, for the length of a ``with``.

    Raises :class:`DatabaseUnreadable`.
    """
    place = Path(path) if path is not None else default_path()
    if not place.is_file():
        raise DatabaseUnreadable(f"there is no database at {place}")
    try:
        connection = sqlite3.connect(f"file:{quote(str(place.absolute()))}?mode=ro", uri=True)
        with closing(connection):
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only = ON")
            yield FrameworkDb(connection)
    except sqlite3.Error as error:
        raise DatabaseUnreadable(f"cannot read {place}: {error}") from error


class FrameworkDb:
    """The framework's database, open for reading. Rows come as dicts by column name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def executions(
        self,
        *,
        tool: str | None = None,
        status: str | None = None,
        session_id: str | None = None,
        limit: int = 100,
    ) -> list[dict[str, Any]]:
        """Executions, the newest first, without their input and output."""
        wanted = {"tool": tool, "status": status, "session_id": session_id}
        conditions = {column: value for column, value in wanted.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in conditions)
        rows = self._rows(
            "SELECT execution_id, correlation_id, session_id, tool, tool_version, action, profile,"
            " status, error_class, error_kind, error_message, attempt, started_at_ms, ended_at_ms,"
            " run_us FROM tool_executions"
            + (f" WHERE {where}" if where else "")
            + " ORDER BY started_position DESC LIMIT ?",
            (*conditions.values(), max(0, min(limit, MOST_ROWS))),
        )
        return rows

    def execution(self, execution_id: str) -> dict[str, Any] | None:
        """One execution with all its columns, or ``None``."""
        rows = self._rows("SELECT * FROM tool_executions WHERE execution_id = ?", (execution_id,))
        return rows[0] if rows else None

    def metrics(self, execution_id: str) -> list[dict[str, Any]]:
        """The figures kept with one execution, in the order they were told."""
        return self._rows(
            "SELECT name, value, unit FROM tool_metrics WHERE execution_id = ? ORDER BY position",
            (execution_id,),
        )

    def session(self, session_id: str) -> dict[str, Any] | None:
        """One session with its ``data`` as a dict, or ``None``."""
        rows = self._rows("SELECT * FROM tool_sessions WHERE id = ?", (session_id,))
        return {**rows[0], "data": json.loads(rows[0]["data"])} if rows else None

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        return [dict(row) for row in self._connection.execute(sql, values)]
