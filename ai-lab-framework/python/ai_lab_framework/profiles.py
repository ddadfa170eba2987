"""The three profiles, and the one table of failures: the contract's, in Python.

Tests compare both with the contract that is committed beside this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Profile(Enum):
    """What a tool owes and what it gets."""

    #: A prototype: no context kept, failures degrade, checked at run time.
    EXPERIMENTAL = "experimental"
    #: The default: persisted session, retries, enforced schemas.
    STANDARD = "standard"
    #: What others depend on: pinned digest, full sandbox, fails closed.
    PRODUCTION = "production"

    @property
    def duties(self) -> Duties:
        """What a tool of this profile owes and gets."""
        return _DUTIES[self]


@dataclass(frozen=True)
class Duties:
    """One profile's row: each is a phrase for a person."""

    logging: str
    context: str
    errors: str
    tests: str
    docs: str
    validation: str


_DUTIES = {
    Profile.EXPERIMENTAL: Duties(
        logging="standard error as it comes",
        context="none kept",
        errors="degrade gracefully",
        tests="by hand",
        docs="optional",
        validation="at run time",
    ),
    Profile.STANDARD: Duties(
        logging="structured, with correlation ids",
        context="persisted session",
        errors="classified, retried with backoff",
        tests="automated, coverage of 80 % or more",
        docs="README with usage, schemas with descriptions",
        validation="input and output schemas enforced",
    ),
    Profile.PRODUCTION: Duties(
        logging="structured, with metrics export",
        context="persisted session, shared store, cached",
        errors="circuit breaker, fallback, deadlines enforced",
        tests="automated, with a load test report and fault tests",
        docs="README with usage, runbook, limits and security notes",
        validation="pinned digest, deny-by-default sandbox, fails closed",
    ),
}


class ErrorClass(Enum):
    """How a command or an execution failed. The table is append-only.

    Each row: name, exit code, JSON-RPC code, HTTP status, whether the same call may succeed later.
    """

    #: The command line was not understood.
    USAGE = ("usage", 2, -32600, 400, False)
    #: A manifest or configuration file is wrong.
    CONFIG = ("config", 3, -32001, 500, False)
    #: No such tool, action, execution, session or file.
    NOT_FOUND = ("not_found", 4, -32002, 404, False)
    #: The state has moved on since the caller last saw it.
    CONFLICT = ("conflict", 5, -32003, 409, True)
    #: Policy says no.
    REFUSED = ("refused", 6, -32004, 403, False)
    #: The tool ran and answered with an error.
    TOOL_FAILED = ("tool_failed", 7, -32005, 502, False)
    #: The machine lacks something: a program, a permission, room on the disk.
    ENVIRONMENT = ("environment", 8, -32006, 503, True)
    #: The two sides speak different versions.
    INCOMPATIBLE = ("incompatible", 9, -32007, 501, False)
    #: The input does not fit the action's input schema.
    INVALID_INPUT = ("invalid_input", 11, -32602, 422, False)
    #: The tool's data does not fit the action's output schema.
    INVALID_OUTPUT = ("invalid_output", 12, -32008, 502, False)
    #: The tool was still running at its time limit and was ended.
    TIMEOUT = ("timeout", 13, -32009, 504, True)
    #: The tool wrote more than its limit and was ended.
    OUTPUT_LIMIT = ("output_limit", 14, -32010, 502, False)
    #: The tool ended by a signal or with an exit code other than 0, without a result.
    CRASHED = ("crashed", 15, -32011, 502, True)
    #: The tool ended well but wrote no result line.
    NO_RESULT = ("no_result", 16, -32012, 502, False)
    #: The tool wrote something that is no result line.
    MALFORMED_RESULT = ("malformed_result", 17, -32013, 502, False)
    #: The caller withdrew the call.
    CANCELLED = ("cancelled", 18, -32014, 499, True)
    #: The framework ended before the tool did; found at the next start.
    INTERRUPTED = ("interrupted", 19, -32015, 503, True)
    #: A mistake of ours.
    INTERNAL = ("internal", 70, -32603, 500, False)
    #: Calls to the tool have stopped for a while, because it failed too often: its circuit breaker is open.
    UNAVAILABLE = ("unavailable", 21, -32016, 503, True)
    #: What is offered or installed is not what was signed, or nobody trusted signed it.
    INTEGRITY = ("integrity", 22, -32017, 500, False)

    def __init__(
        self, word: str, exit_code: int, json_rpc_code: int, http_status: int, retryable: bool
    ) -> None:
        #: The word in records, answers and ``--json``.
        self.word = word
        #: What the command line exits with.
        self.exit_code = exit_code
        #: What a JSON-RPC answer carries.
        self.json_rpc_code = json_rpc_code
        #: What an HTTP answer carries.
        self.http_status = http_status
        #: Whether the same call may succeed later; a tool's own error says so itself.
        self.retryable = retryable

    @classmethod
    def of_word(cls, word: str) -> ErrorClass | None:
        """The class of that word; ``None`` for a word from a newer table."""
        return next((one for one in cls if one.word == word), None)
