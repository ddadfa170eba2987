"""A stand-in for the language model: it speaks both clients' wire forms and does what a conversation says.

A conversation is a generator. It is begun with the tools that the client offers, yields the calls that the
model makes, `(tool, arguments)`, and is sent what the client gave the model back. When it returns, the model
says the returned text and the turn is over. What goes wrong in it ends the turn and is raised by
`Model.outcome`.
"""

import dataclasses
import itertools
import json
import threading
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Conversation = Generator[tuple[str, Json], str, str]

CALLS = itertools.count(1)

# How large a request may be. Stops a client that sends without end.
MOST_BYTES = 16 * 1024 * 1024


@dataclasses.dataclass
class Tool:
    """A tool as the client offers it to the model."""

    name: str
    description: str
    schema: Json


class Model:
    """A server on a free port of the loopback; `requests` keeps each request for the tools' turn."""

    def __init__(self, begin: Callable[[list[Tool], list[Json]], Conversation]) -> None:
        self.requests: list[Json] = []
        self._begin = begin
        self._conversation: Conversation | None = None
        self._failure: BaseException | None = None
        self._said: str | None = None
        self._lock = threading.Lock()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)
                body = json.loads(self.rfile.read(length) or b"{}")
                events = model.answer(self.path, body)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for event in events:
                    self.wfile.write(f"data: {event}\n\n".encode())
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """No request is answered any more."""
        self._server.shutdown()
        self._server.server_close()

    def outcome(self) -> str:
        """What the model said last; raises what went wrong in the conversation."""
        if self._failure is not None:
            raise self._failure
        if self._said is None:
            raise AssertionError(
                f"the conversation has not ended, after {len(self.requests)} requests"
            )
        return self._said

    def answer(self, path: str, body: Json) -> list[str]:
        """The events with which a request is answered."""
        with self._lock:
            wire = OpenAi if path.endswith("/chat/completions") else Gemini
            tools = wire.tools(body)
            if not tools:
                # Titles, routing and the like.
                return wire.words("A title")
            self.requests.append(body)
            try:
                call = self._next(tools, body, wire)
            except StopIteration as ended:
                self._said = ended.value
                return wire.words(ended.value)
            except BaseException as failure:
                self._failure = self._failure or failure
                return wire.words("The conversation failed.")
            return wire.call(*call)

    def _next(
        self, tools: list[Tool], body: Json, wire: "type[OpenAi] | type[Gemini]"
    ) -> tuple[str, Json]:
        if self._conversation is None:
            self._conversation = self._begin(tools, self.requests)
            return next(self._conversation)
        return self._conversation.send(wire.given_back(body))


class OpenAi:
    """Chat completions, streamed: what opencode's bundled provider speaks."""

    @staticmethod
    def tools(body: Json) -> list[Tool]:
        functions = [tool["function"] for tool in body.get("tools") or []]
        return [
            Tool(f["name"], f.get("description", ""), f.get("parameters", {})) for f in functions
        ]

    @staticmethod
    def given_back(body: Json) -> str:
        last = body["messages"][-1]
        assert last["role"] == "tool", last
        content = last["content"]
        return (
            content
            if isinstance(content, str)
            else "".join(part.get("text", "") for part in content)
        )

    @staticmethod
    def words(text: str) -> list[str]:
        return OpenAi._events({"role": "assistant", "content": text}, "stop")

    @staticmethod
    def call(name: str, arguments: Json) -> list[str]:
        function = {"name": name, "arguments": json.dumps(arguments)}
        call = {"index": 0, "id": f"call_{next(CALLS)}", "type": "function", "function": function}
        return OpenAi._events({"role": "assistant", "tool_calls": [call]}, "tool_calls")

    @staticmethod
    def _events(delta: Json, reason: str) -> list[str]:
        head = {
            "id": "chat",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "fake-model",
        }
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        first = {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        last = {
            **head,
            "choices": [{"index": 0, "delta": {}, "finish_reason": reason}],
            "usage": usage,
        }
        return [json.dumps(first), json.dumps(last), "[DONE]"]


class Gemini:
    """`streamGenerateContent`: what Gemini CLI speaks."""

    @staticmethod
    def tools(body: Json) -> list[Tool]:
        declared = [
            one
            for tools in body.get("tools") or []
            for one in tools.get("functionDeclarations") or []
        ]
        return [
            Tool(
                f["name"],
                f.get("description", ""),
                f.get("parametersJsonSchema") or f.get("parameters") or {},
            )
            for f in declared
        ]

    @staticmethod
    def given_back(body: Json) -> str:
        parts = body["contents"][-1]["parts"]
        responses = [
            part["functionResponse"]["response"] for part in parts if "functionResponse" in part
        ]
        assert len(responses) == 1, parts
        response = responses[0]
        return str(response.get("output", response.get("error", response)))

    @staticmethod
    def words(text: str) -> list[str]:
        return Gemini._events({"text": text})

    @staticmethod
    def call(name: str, arguments: Json) -> list[str]:
        return Gemini._events({"functionCall": {"name": name, "args": arguments}})

    @staticmethod
    def _events(part: Json) -> list[str]:
        candidate = {
            "content": {"role": "model", "parts": [part]},
            "finishReason": "STOP",
            "index": 0,
        }
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        return [json.dumps({"candidates": [candidate], "usageMetadata": usage})]
