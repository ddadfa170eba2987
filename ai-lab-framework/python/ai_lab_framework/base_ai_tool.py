"""The base of every Python tool, and the loop that serves it."""

from __future__ import annotations

import inspect
import json
import math
import os
import sys
import traceback
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar, TypeVar

from .context import ACTION_NAME, ID, TOOL_NAME, ToolContext, write_log
from .profiles import ErrorClass
from .result import ToolError, ToolResult
from .schemas import Misfit, from_json, root_schema, to_json

#: The contract's major version.
CONTRACT = 1

#: The longest request line, in bytes. Stops a flood from filling the memory.
REQUEST_BYTES = 16 * 1024 * 1024

#: The longest message made of an exception, in characters. Stops a value in it from flooding the record.
_MESSAGE_CHARACTERS = 2000

_Method = TypeVar("_Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class _Declared:
    """What a method's ``@action`` says."""

    description: str
    input_schema: dict[str, Any] | None
    output_schema: dict[str, Any] | None
    effects: dict[str, bool]


def action(
    *,
    description: str,
    input_schema: dict[str, Any] | None = None,
    output_schema: dict[str, Any] | None = None,
    read_only: bool = False,
    destructive: bool = False,
    idempotent: bool = False,
    open_world: bool = False,
) -> Callable[[_Method], _Method]:
    """Makes a method an action of its tool: its name is the action's, it takes ``(context, input)``.

    Schemas come from the method's type hints unless they are given. Only idempotent actions are retried.
    """
    effects = {
        "read_only": read_only,
        "destructive": destructive,
        "idempotent": idempotent,
        "open_world": open_world,
    }

    def declare(method: _Method) -> _Method:
        declared = _Declared(description, input_schema, output_schema, effects)
        method.__ai_lab_action__ = declared  # type: ignore[attr-defined]
        return method

    return declare


class _Action:
    """An action with its types resolved."""

    def __init__(self, declared: _Declared, method: Callable[..., Any]) -> None:
        parameters = list(inspect.signature(method).parameters.values())
        if len(parameters) != 2:
            raise TypeError(f"{method.__qualname__} has to take (self, context, input)")
        hints = typing.get_type_hints(method, include_extras=True)
        self.method = method
        # With a schema of its own, the input is handed over as it came.
        by_hint = declared.input_schema is None
        self.input_hint = hints.get(parameters[1].name, Any) if by_hint else Any
        self.description = {
            "description": declared.description,
            "input": declared.input_schema or root_schema(self.input_hint),
            "output": declared.output_schema or root_schema(_output_hint(hints.get("return", Any))),
            **declared.effects,
        }


def _output_hint(hint: Any) -> Any:
    return Any if hint is ToolResult else hint


class BaseAITool:
    """A tool: subclass it, name it, mark its actions.

    ::

        @dataclass
        class Guest:
            '''Whom to greet.'''
            name: Annotated[str, "The guest's name, as it is spoken."]

        class Greeter(BaseAITool):
            name = "greeter"
            description = "Greets guests."

            @action(description="Greets a guest by name.", read_only=True)
            def hello(self, context: ToolContext, guest: Guest) -> dict[str, str]:
                context.log("info", "a guest has come")
                return {"text": f"Good day, {guest.name}."}

        if __name__ == "__main__":
            sys.exit(Greeter().serve())
    """

    #: The tool's name, the manifest's too.
    name: ClassVar[str]
    #: What the tool is for, for a person and an agent.
    description: ClassVar[str]

    def __init__(self) -> None:
        if not TOOL_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no tool name: 1 to 32 of a-z, 0-9, `_`, `-`")
        self._actions: dict[str, _Action] = {}
        for attribute in sorted(dir(type(self))):
            declared = getattr(getattr(type(self), attribute), "__ai_lab_action__", None)
            if declared is not None:
                if not ACTION_NAME.fullmatch(attribute):
                    raise ValueError(f"{attribute!r} is no action name: 1 to 24 of a-z, 0-9, `_`")
                self._actions[attribute] = _Action(declared, getattr(self, attribute))

    def describe(self) -> dict[str, Any]:
        """What the tool says of itself; ``actions`` is written as a manifest has them."""
        return {
            "contract": CONTRACT,
            "name": self.name,
            "description": self.description,
            "actions": {name: action.description for name, action in self._actions.items()},
        }

    def call(self, action: str, input: Any = None, **context: Any) -> dict[str, Any]:
        """Answers one call made up here: for tests and by hand. ``context`` is the request's."""
        return self.answer(
            {
                "contract": CONTRACT,
                "execution_id": "by-hand",
                "correlation_id": "by-hand",
                "action": action,
                "input": {} if input is None else input,
                "context": context,
            }
        )

    def answer(self, request: Any) -> dict[str, Any]:
        """Answers one request. Raises nothing but :class:`KeyboardInterrupt`."""
        return self._answered(request)[0]

    def _answered(self, request: Any) -> tuple[dict[str, Any], bytes]:
        """The answer, and its line."""
        try:
            answer = self._answer(ToolContext(_checked_request(request)), request)
            return answer, _encoded(answer)
        except ToolError as error:
            return _refused(error)

    def _answer(self, context: ToolContext, request: dict[str, Any]) -> dict[str, Any]:
        try:
            data = self._run(request["action"], request.get("input"), context)
            return {"data": data, **context.told(succeeded=True)}
        except ToolError as error:
            failed = error
        except (Exception, SystemExit) as error:
            # The trace is for the log; the answer goes to whoever called.
            context.log("error", "".join(traceback.format_exception(error)))
            message = f"the action raised {type(error).__name__}: {error}"
            failed = ToolError("exception", message[:_MESSAGE_CHARACTERS])
        return {"error": failed.to_json(), **context.told(succeeded=False)}

    def _run(self, name: str, input: Any, context: ToolContext) -> Any:
        chosen = self._actions.get(name)
        if chosen is None:
            known = ", ".join(self._actions)
            raise ToolError("unknown_action", f"no action `{name}`: there is {known}")
        try:
            built = from_json(chosen.input_hint, input)
        except Misfit as misfit:
            raise ToolError("invalid_input", f"the input does not fit: {misfit}") from misfit
        output = chosen.method(context, built)
        if isinstance(output, ToolResult):
            if output.error is not None:
                raise output.error
            output = output.data
        return to_json(output)

    def serve_lines(self, input: BinaryIO, output: BinaryIO) -> None:
        """Answers every line of the input with one line, until the input ends.

        Raises :class:`OSError` if reading or writing fails.
        """
        while line := input.readline(REQUEST_BYTES + 1):
            try:
                _, encoded = self._answered(_parsed(_whole(line, input)))
            except ToolError as error:
                _, encoded = _refused(error)
            output.write(encoded + b"\n")
            output.flush()

    def serve(self) -> int:
        """Is the whole ``main``: answers request lines, or does what the arguments say.

        ``--describe`` prints name, actions and schemas; ``--call ACTION [JSON]`` runs one action. Returns the
        exit code: 0 if every line was answered, also with an error; 7 if a ``--call`` failed; 2 on arguments
        that it does not know; 8 if standard input or output broke.
        """
        usage = (
            f"{self.name} answers request lines on standard input; by hand: --describe, or "
            "--call ACTION [JSON]"
        )
        try:
            with _answers_alone() as output:
                match sys.argv[1:]:
                    case [] if sys.stdin is None or sys.stdin.isatty():
                        write_log("error", usage)
                        return ErrorClass.USAGE.exit_code
                    case []:
                        self.serve_lines(sys.stdin.buffer, output)
                        return 0
                    case ["--describe"]:
                        output.write(_pretty(self.describe()))
                        return 0
                    case ["--call", name]:
                        return self._call_by_hand(output, name, "{}")
                    case ["--call", name, text]:
                        return self._call_by_hand(output, name, text)
                    case _:
                        write_log("error", f"these arguments are not understood; {usage}")
                        return ErrorClass.USAGE.exit_code
        except OSError as error:
            write_log("error", str(error))
            return ErrorClass.ENVIRONMENT.exit_code

    def _call_by_hand(self, output: BinaryIO, name: str, text: str) -> int:
        try:
            answer = self.call(name, _parsed(text.encode("utf-8", "surrogateescape")))
        except ToolError as error:
            write_log("error", error.message)
            return ErrorClass.USAGE.exit_code
        output.write(_pretty(answer))
        return ErrorClass.TOOL_FAILED.exit_code if "error" in answer else 0


def _answers_alone() -> BinaryIO:
    """Takes standard output for the answers alone.

    What else is printed from now on, also by child processes, goes to standard error.
    """
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _whole(line: bytes, input: BinaryIO) -> bytes:
    """The line, or a refusal after reading a too long one to its end, so that the next is in step."""
    if len(line.removesuffix(b"\n")) <= REQUEST_BYTES:
        return line
    while line and not line.endswith(b"\n"):
        line = input.readline(1024 * 1024)
    raise ToolError("request_too_large", f"the request line is longer than {REQUEST_BYTES} bytes")


def _parsed(line: bytes) -> Any:
    """Strict JSON: UTF-8, no NaN, no number past a double, no lone surrogate."""

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    def finite(text: str) -> float:
        number = float(text)
        return number if math.isfinite(number) else refuse(text)

    try:
        value = json.loads(line.decode("utf-8"), parse_constant=refuse, parse_float=finite)
        if b"\\u" in line:
            # A lone surrogate is an escape that no text can be written from.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ToolError("malformed_request", f"the line is no request: {error}") from error
    return value


def _checked_request(request: Any) -> dict[str, Any]:
    """The request if it is one. The version comes first: a newer one may have a shape of its own."""

    def malformed(why: str) -> ToolError:
        return ToolError("malformed_request", f"the line is no request: {why}")

    if type(request) is not dict or type(request.get("contract")) is not int:
        raise malformed("`contract` is missing")
    if request["contract"] != CONTRACT:
        given = request["contract"]
        raise ToolError(
            "contract_mismatch", f"the request speaks contract {given}, this tool {CONTRACT}"
        )
    for key, rule in (("execution_id", ID), ("correlation_id", ID), ("action", ACTION_NAME)):
        if key not in request:
            raise malformed(f"missing field `{key}`")
        if type(request[key]) is not str or not rule.fullmatch(request[key]):
            raise malformed(f"`{key}` breaks its rule")
    for part in (request, request.get("context", {})):
        for key in ("config", "context", "data"):
            if type(part) is not dict or type(part.get(key, {})) is not dict:
                raise malformed(f"`{key}` is no object")
    for key in ("session_id", "user_id", "project_id", "deadline"):
        if type(request.get("context", {}).get(key, "")) not in (str, type(None)):
            raise malformed(f"`{key}` is no text")
    return request


def _refused(error: ToolError) -> tuple[dict[str, Any], bytes]:
    """The answer that is an error, and its line. Only its detail can be without a form in JSON."""
    answer = {"error": error.to_json()}
    try:
        return answer, _encoded(answer)
    except ToolError as unwritable:
        answer = {"error": unwritable.to_json()}
        return answer, _encoded(answer)


def _encoded(answer: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(answer, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise ToolError("unwritable_output", f"the output has no form in JSON: {error}") from error


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, allow_nan=False, ensure_ascii=False, indent=2) + "\n").encode()
