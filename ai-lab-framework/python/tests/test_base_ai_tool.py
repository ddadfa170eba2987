"""The loop: request lines in, answer lines out, in memory."""

import contextlib
import io
import json
import math
import unittest
from dataclasses import dataclass
from typing import Annotated, Any

from ai_lab_framework import (
    REQUEST_BYTES,
    BaseAITool,
    Range,
    SchemaError,
    ToolContext,
    ToolError,
    ToolResult,
    action,
)


@dataclass
class Pair:
    """Two numbers."""

    a: Annotated[int, "The first.", Range(-10, 10)]
    b: Annotated[int, "The second; 1 when absent."] = 1


@dataclass
class Quotient:
    """What comes out."""

    value: Annotated[int, "`a` by `b`, rounded down."]


@dataclass
class Config:
    retries: int


class Arithmetic(BaseAITool):
    name = "arithmetic"
    description = "Divides."

    @action(description="Divides a by b.", read_only=True, idempotent=True)
    def divide(self, context: ToolContext, pair: Pair) -> Quotient:
        context.metric("operands", 2)
        context.log("debug", "dividing")
        if pair.b == 0 and pair.a != 0:
            raise ToolError("by_zero", "b is 0", detail={"a": pair.a})
        context.patch("last", pair.a)
        return Quotient(pair.a // pair.b)

    @action(
        description="Tells its surroundings.",
        input_schema={"type": "array"},
        output_schema={"type": "object"},
        open_world=True,
    )
    def tell(self, context: ToolContext, input: Any) -> Any:
        for at in range(65):
            context.metric("step", at, "ms")
        context.metric("odd", math.nan)
        context.metric("huge", 10**400)
        context.patch("gone", None)
        context.hand_off("notes", "add", {"text": "hi"})
        return {
            "input": input,
            "config": context.config,
            "ids": [context.execution_id, context.correlation_id, context.session_id],
            "user": context.user_id,
            "project": context.project_id,
            "data": context.data,
            "deadline": context.deadline and context.deadline.isoformat(),
            "remaining": context.remaining_s(),
        }

    @action(description="Tells its configuration.")
    def retries(self, context: ToolContext, input: Any) -> int:
        return context.config_as(Config).retries

    @action(description="Gives or raises what its input names.", destructive=True)
    def give(self, context: ToolContext, what: str) -> Any:
        if what == "exit":
            raise SystemExit(3)
        if what == "name":
            context.hand_off("No Name", "add")
        if what == "bad_detail":
            raise ToolError("odd", "its detail is odd", detail=object())
        if what == "surrogate_message":
            raise ValueError("file \udcff")
        return {
            "nan": math.nan,
            "surrogate": "\ud800",
            "object": object(),
            "keys": {(1, 2): 3},
            "result": ToolResult(data={"ok": True}),
            "null": ToolResult(data=None),
            "failed": ToolResult(error=ToolError("busy", "later", retryable=True)),
        }[what]


def request(action_name: str, input: Any, **context: Any) -> dict[str, Any]:
    return {
        "contract": 1,
        "execution_id": "e1",
        "correlation_id": "c1",
        "action": action_name,
        "input": input,
        "config": {"retries": 3},
        "context": {"user_id": "ada", "data": {"seen": 1}, **context},
    }


def served(lines: bytes) -> tuple[list[Any], list[str]]:
    """The answers to these lines, and the log."""
    output, log = io.BytesIO(), io.StringIO()
    with contextlib.redirect_stderr(log):
        Arithmetic().serve_lines(io.BytesIO(lines), output)
    text = output.getvalue().decode()
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()], log.getvalue().splitlines()


def answer_to(line: Any) -> Any:
    answers, _ = served(json.dumps(line).encode())
    assert len(answers) == 1
    return answers[0]


def kind_and_message(answer: Any) -> tuple[str, str]:
    return answer["error"]["kind"], answer["error"]["message"]


class Serving(unittest.TestCase):
    maxDiff = None

    def test_every_line_is_answered_in_order_until_the_input_ends(self) -> None:
        lines = [request("divide", {"a": 6, "b": 3}), request("divide", {"a": 5})]
        answers, log = served("\n".join(map(json.dumps, lines)).encode())
        metrics = [{"name": "operands", "value": 2.0}]
        self.assertEqual(
            answers,
            [
                {"data": {"value": 2}, "context_patch": {"last": 6}, "metrics": metrics},
                {"data": {"value": 5}, "context_patch": {"last": 5}, "metrics": metrics},
            ],
        )
        line = {"level": "debug", "message": "dividing"}
        ids = {"execution_id": "e1", "correlation_id": "c1"}
        self.assertEqual([json.loads(one) for one in log], [{**line, **ids}] * 2)

    def test_no_line_means_no_answer(self) -> None:
        self.assertEqual(served(b""), ([], []))

    def test_a_failure_keeps_its_figures_and_drops_its_patch(self) -> None:
        self.assertEqual(
            answer_to(request("divide", {"a": 5, "b": 0})),
            {
                "error": {
                    "kind": "by_zero",
                    "message": "b is 0",
                    "retryable": False,
                    "detail": {"a": 5},
                },
                "metrics": [{"name": "operands", "value": 2.0}],
            },
        )

    def test_an_exception_is_an_answer_and_its_trace_is_for_the_log(self) -> None:
        lines = [request("divide", {"a": 0, "b": 0}), request("divide", {"a": 1})]
        answers, log = served("\n".join(map(json.dumps, lines)).encode())
        message = "the action raised ZeroDivisionError: integer division or modulo by zero"
        self.assertEqual(kind_and_message(answers[0]), ("exception", message))
        self.assertEqual(answers[1]["data"], {"value": 1})
        self.assertIn("Traceback (most recent call last)", log[1])
        self.assertNotIn("Traceback", json.dumps(answers))

    def test_a_context_tells_all_and_bounds_what_it_is_told(self) -> None:
        asked = request(
            "tell",
            [1],
            session_id="s1",
            project_id="lab",
            deadline="2001-02-03T04:05:06Z",
        )
        answers, log = served(json.dumps(asked).encode())
        answer = answers[0]
        self.assertEqual(
            answer["data"],
            {
                "input": [1],
                "config": {"retries": 3},
                "ids": ["e1", "c1", "s1"],
                "user": "ada",
                "project": "lab",
                "data": {"seen": 1},
                "deadline": "2001-02-03T04:05:06+00:00",
                "remaining": 0.0,
            },
        )
        self.assertEqual(answer["context_patch"], {"gone": None})
        handoff = {"tool": "notes", "action": "add", "input": {"text": "hi"}}
        self.assertEqual(answer["handoff"], handoff)
        self.assertEqual(len(answer["metrics"]), 64)
        self.assertEqual(
            [json.loads(line)["message"] for line in log],
            [
                "the metric step is past the 64 that an answer carries: dropped",
                "the metric odd is no finite number: dropped",
                "the metric huge is no finite number: dropped",
            ],
        )

    def test_a_deadline_that_is_none_is_no_deadline(self) -> None:
        data = answer_to(request("tell", [], deadline="tomorrow"))["data"]
        self.assertEqual((data["deadline"], data["remaining"]), (None, None))

    def test_a_configuration_is_read_as_a_type(self) -> None:
        asked = request("retries", {})
        self.assertEqual(answer_to(asked), {"data": 3})
        self.assertEqual(
            kind_and_message(answer_to({**asked, "config": {}})),
            ("invalid_config", "the configuration does not fit: missing field `retries`"),
        )

    def test_a_result_may_be_returned(self) -> None:
        self.assertEqual(answer_to(request("give", "result")), {"data": {"ok": True}})
        self.assertEqual(answer_to(request("give", "null")), {"data": None})
        error = {"kind": "busy", "message": "later", "retryable": True}
        self.assertEqual(answer_to(request("give", "failed")), {"error": error})
        with self.assertRaises(ValueError):
            ToolResult()
        with self.assertRaises(ValueError):
            ToolResult(data=1, error=ToolError("a", "b"))

    def test_what_json_cannot_hold_is_refused_by_name(self) -> None:
        for what in ("nan", "surrogate", "object", "keys", "bad_detail"):
            kind, message = kind_and_message(answer_to(request("give", what)))
            self.assertEqual(kind, "unwritable_output", what)
            self.assertTrue(message.startswith("the output has no form in JSON: "), message)

    def test_no_exception_ends_the_loop(self) -> None:
        cases = {
            "exit": "the action raised SystemExit: 3",
            "surrogate_message": "the action raised ValueError: file \\udcff",
            "name": "the action raised ValueError: 'No Name' is no tool name",
            "unheard of": "the action raised KeyError: 'unheard of'",
        }
        for what, message in cases.items():
            answer = answer_to(request("give", what))
            self.assertEqual(kind_and_message(answer), ("exception", message))

    def test_what_is_no_call_is_refused_by_name(self) -> None:
        good = request("divide", {"a": 1})
        line = "the line is no request: "
        misfit = "the input does not fit: "
        cases = [
            (
                {"contract": 2, "action": {"shape": "unknown"}},
                ("contract_mismatch", "the request speaks contract 2, this tool 1"),
            ),
            ({}, ("malformed_request", line + "`contract` is missing")),
            ([], ("malformed_request", line + "`contract` is missing")),
            ({"contract": True}, ("malformed_request", line + "`contract` is missing")),
            ({"contract": 1}, ("malformed_request", line + "missing field `execution_id`")),
            ({**good, "action": "../x"}, ("malformed_request", line + "`action` breaks its rule")),
            ({**good, "action": "x\n"}, ("malformed_request", line + "`action` breaks its rule")),
            ({**good, "config": []}, ("malformed_request", line + "`config` is no object")),
            ({**good, "context": None}, ("malformed_request", line + "`context` is no object")),
            (
                {**good, "context": {"data": 1}},
                ("malformed_request", line + "`data` is no object"),
            ),
            (
                {**good, "context": {"user_id": 1}},
                ("malformed_request", line + "`user_id` is no text"),
            ),
            (
                request("multiply", {}),
                ("unknown_action", "no action `multiply`: there is divide, give, retries, tell"),
            ),
            (
                request("divide", {"a": 1, "c": 2}),
                ("invalid_input", misfit + "unknown field `c`, expected `a`, `b`"),
            ),
            (
                request("divide", {"a": 11}),
                ("invalid_input", misfit + "a: 11 is outside -10 to 10"),
            ),
            (request("divide", {}), ("invalid_input", misfit + "missing field `a`")),
        ]
        for asked, expected in cases:
            self.assertEqual(kind_and_message(answer_to(asked)), expected)

    def test_what_is_no_json_is_refused_with_the_reason(self) -> None:
        for line in (
            b"\n",
            b'{"a":\n',
            b"\xff\n",
            b"[" * 100_000,
            b'{"contract":NaN}',
            b'{"contract":1e999}',
            b'{"contract":1,"x":"\\ud800"}',
            b'{"contract":1,"x":' + b"9" * 5000 + b"}",
        ):
            answers, _ = served(line)
            self.assertEqual(len(answers), 1)
            self.assertEqual(answers[0]["error"]["kind"], "malformed_request", line[:40])

    def test_a_pair_of_surrogates_is_one_character(self) -> None:
        good = json.dumps(request("tell", ["\U0001f600"]))
        self.assertIn("\\ud83d\\ude00", good)
        answers, _ = served(good.encode())
        self.assertEqual(answers[0]["data"]["input"], ["\U0001f600"])

    def test_a_line_past_the_limit_is_refused_and_the_next_is_served(self) -> None:
        longest = b" " * (REQUEST_BYTES + 1) + b"\n"
        answers, _ = served(longest + json.dumps(request("divide", {"a": 8})).encode())
        self.assertEqual(
            kind_and_message(answers[0]),
            ("request_too_large", "the request line is longer than 16777216 bytes"),
        )
        self.assertEqual(answers[1]["data"], {"value": 8})
        answers, _ = served(b" " * REQUEST_BYTES + b"\n")
        self.assertEqual(answers[0]["error"]["kind"], "malformed_request")


class Describing(unittest.TestCase):
    maxDiff = None

    def test_a_tool_describes_itself_as_a_manifest_would(self) -> None:
        described = Arithmetic().describe()
        self.assertEqual(
            described["actions"]["divide"],
            {
                "description": "Divides a by b.",
                "input": {
                    "$schema": "https://json-schema.org/draft/2020-12/schema",
                    "title": "Pair",
                    "description": "Two numbers.",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "a": {
                            "type": "integer",
                            "description": "The first.",
                            "minimum": -10,
                            "maximum": 10,
                        },
                        "b": {
                            "type": "integer",
                            "description": "The second; 1 when absent.",
                            "default": 1,
                        },
                    },
                    "required": ["a"],
                },
                "output": {
                    "$schema": "https://json-schema.org/draft/2020-12/schema",
                    "title": "Quotient",
                    "description": "What comes out.",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "value": {
                            "type": "integer",
                            "description": "`a` by `b`, rounded down.",
                        }
                    },
                    "required": ["value"],
                },
                "read_only": True,
                "destructive": False,
                "idempotent": True,
                "open_world": False,
            },
        )
        tell = described["actions"]["tell"]
        self.assertEqual((tell["input"], tell["output"]), ({"type": "array"}, {"type": "object"}))
        self.assertEqual((described["contract"], described["name"]), (1, "arithmetic"))

    def test_a_mistake_in_a_tool_is_found_at_its_start(self) -> None:
        class Named(BaseAITool):
            name = "Bad Name"
            description = "x"

        class Upper(BaseAITool):
            name = "upper"
            description = "x"

            @action(description="x")
            def Run(self, context: ToolContext, input: Any) -> Any: ...

        class Many(BaseAITool):
            name = "many"
            description = "x"

            @action(description="x")
            def run(self, context: ToolContext, one: Any, two: Any) -> Any: ...

        class Untyped(BaseAITool):
            name = "untyped"
            description = "x"

            @action(description="x")
            def run(self, context: ToolContext, input: set[int]) -> Any: ...

        for tool, error in (
            (Named, ValueError),
            (Upper, ValueError),
            (Many, TypeError),
            (Untyped, SchemaError),
        ):
            with self.assertRaises(error):
                tool()


if __name__ == "__main__":
    unittest.main()
