"""opencode and Gemini CLI as agents of a lab, configured by `connect` alone, with nobody else to talk to."""

import functools
import json
import re
import threading
import unittest
from typing import ClassVar

import offline
from model import Conversation, Json, Tool
from programs import GeminiCli, Opencode, Program
from scene import ID, OFFERED, Ended, Scene, processes_of, until

IS_OFFLINE = offline.enter()

LINES = 3_000
REST = re.compile(r"\n\[(\d+) of (\d+) bytes\. The rest: lab_result (\{.*\})\]$")


def lines(value: Json) -> str:
    """A value as the server lays it out."""
    return json.dumps(value, indent=2, sort_keys=True)


class Story:
    """What the agent does in the lab, and what it is told."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.withdrawn = ""
        self.described: dict[str, str] = {}

    def work(self, tools: list[Tool], _requests: list[Json]) -> Conversation:
        program = self.scene.program
        ours = {tool.name: tool for tool in tools if "ai-lab" in tool.name}
        assert set(ours) == {program.tool(name) for name in OFFERED}, sorted(ours)
        self.described = {name: tool.description for name, tool in ours.items()}
        yield from self.figures()
        yield from self.items()
        yield from self.long_output()
        yield from self.error()
        yield from self.destruction()
        yield from self.slow_call()
        return "All done."

    def ask(self, name: str, arguments: Json) -> Conversation:
        given = yield self.scene.program.tool(name), arguments
        return self.scene.program.answer(given)

    def figures(self) -> Conversation:
        host = json.loads((yield from self.ask("monitoring_host", {"interval_ms": 100, "top": 1})))
        assert {"hostname", "kernel", "memory", "load"} <= set(host), sorted(host)
        return ""

    def items(self) -> Conversation:
        disks = {"id": "T-001", "title": "Watch the disks"}
        assert (yield from self.ask("tracker_add", {"title": "Watch the disks"})) == lines(disks)
        router = {"id": "T-002", "priority": 2, "title": "Ask the router"}
        assert (
            yield from self.ask("tracker_add", {"title": "Ask the router", "priority": 2})
        ) == lines(router)
        assert (yield from self.ask("tracker_list", {})) == lines({"items": [disks, router]})
        return ""

    def long_output(self) -> Conversation:
        expected = lines({"lines": [f"line {n:04} of the report" for n in range(1, LINES + 1)]})
        page = yield from self.ask("tracker_report", {"lines": LINES})
        whole = ""
        for _ in range(10):
            assert len(page.encode()) <= 32_200 and page.count("\n") <= 1_501, (
                len(page),
                page.count("\n"),
            )
            rest = REST.search(page)
            if rest is None:
                break
            whole = self.joined(whole, page[: rest.start()])
            assert int(rest[2]) == len(expected), rest[0]
            page = yield from self.ask("lab_result", json.loads(rest[3]))
        whole = self.joined(whole, page)
        assert whole == expected, f"{len(whole)} of {len(expected)} bytes came back"
        return ""

    @staticmethod
    def joined(whole: str, page: str) -> str:
        return f"{whole}\n{page}" if whole else page

    def error(self) -> Conversation:
        told = yield from self.ask("tracker_show", {"id": "T-999"})
        expected = "there is no item T-999. Change the input, or tell a person. (tool_failed, execution ID)"
        assert ID.sub("ID", told) == expected, told
        return ""

    def destruction(self) -> Conversation:
        told = yield from self.ask("tracker_wipe", {})
        assert "confirm" in told, told
        told = yield from self.ask("tracker_wipe", {"confirm": "not-the-code"})
        assert "refused" in told, told
        items = json.loads((yield from self.ask("tracker_list", {})))["items"]
        assert [item["id"] for item in items] == ["T-001", "T-002"], items
        return ""

    def slow_call(self) -> Conversation:
        told = yield from self.ask("slow_wait", {"seconds": 300})
        found = ID.search(told)
        assert found and "lab_result" in told, told
        self.withdrawn = found[0]
        told = yield from self.ask("lab_result", {"execution_id": self.withdrawn})
        assert "still running" in told, told
        told = yield from self.ask("lab_cancel", {"execution_id": self.withdrawn})
        assert self.withdrawn in told, told
        told = yield from self.ask("lab_result", {"execution_id": self.withdrawn})
        assert "(cancelled" in told, told
        return ""

    def hold(self, _tools: list[Tool], _requests: list[Json]) -> Conversation:
        yield self.scene.program.tool("tracker_hold"), {}
        return "It was withdrawn."


class Run:
    """What one client did, once for all its tests; both clients at the same time."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.scene = Scene(program)
        self.story = Story(self.scene)
        self.failure: BaseException | None = None
        self.ended: Ended | None = None
        self.before = self.files()
        self.connected: dict[str, str] = {}
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self) -> None:
        try:
            self.scene.framework("tool", "lock")
            # Without it Gemini CLI offers no tool where nobody can answer its questions.
            self.connect(*(["--trust"] if self.program.name == "gemini-cli" else []))
            self.connected = self.files()
            self.ended = self.scene.talk(self.story.work)
            self.scene.interrupt_at(self.story.hold)
        except BaseException as failure:
            self.failure = failure

    def connect(self, *more: str) -> None:
        self.scene.framework("connect", self.program.name, *more)

    def files(self) -> dict[str, str]:
        """The configuration of the person and of the lab, and what models are given to read."""
        kept = [path for root in (self.scene.home, self.scene.lab) for path in root.glob("**/*")]
        texts = [path for path in kept if path.suffix in {".json", ".jsonc", ".md"}]
        shown = [path for path in texts if not {".ai-lab", "tools"} & set(path.parts)]
        return {str(path): path.read_text() for path in shown}


class Shared:
    """Keeps the tests of every client from being run as those of none."""

    class Works(unittest.TestCase):
        """What holds for every client."""

        program: ClassVar[type[Opencode] | type[GeminiCli]]
        run_: ClassVar[Run]
        maxDiff = None

        @classmethod
        def setUpClass(cls) -> None:
            cls.run_ = RUNS[cls.program]
            cls.run_.thread.join()
            if cls.run_.failure is not None:
                raise cls.run_.failure

        @classmethod
        def tearDownClass(cls) -> None:
            cls.run_.scene.close()

        def test_the_conversation_ends_well_and_without_complaints(self) -> None:
            ended = self.run_.ended
            assert ended is not None
            self.assertEqual(ended.code, 0, ended)
            self.assertIn("All done.", ended.output)
            self.assertNotIn("unknown format", ended.errors)

        def test_every_tool_is_described(self) -> None:
            described = self.run_.story.described
            self.assertEqual([name for name, text in described.items() if not text.strip()], [])

        def test_the_record_shows_what_was_called_and_how_it_ended(self) -> None:
            told = [
                (
                    f"{row['tool']}.{row['action']}",
                    row["status"],
                    ((row["ended"] or {}).get("error") or {}).get("class"),
                )
                for row in self.run_.scene.record()
            ]
            expected = [
                ("monitoring.host", "succeeded", None),
                ("tracker.add", "succeeded", None),
                ("tracker.add", "succeeded", None),
                ("tracker.list", "succeeded", None),
                ("tracker.report", "succeeded", None),
                ("tracker.show", "failed", "tool_failed"),
                ("tracker.wipe", "failed", "refused"),
                ("tracker.list", "succeeded", None),
                ("slow.wait", "failed", "cancelled"),
                ("tracker.hold", "failed", "cancelled"),
            ]
            self.assertEqual(told, expected)

        def test_the_record_shows_who_called_and_in_which_session(self) -> None:
            record = self.run_.scene.record()
            program = self.run_.program
            callers = {
                (row["client_name"], row["client_version"], row["protocol_version"])
                for row in record
            }
            self.assertEqual(callers, {(program.name, program.version, program.protocol)})
            # The second start of the client goes on where the first one stopped.
            sessions = {row["session_id"] for row in record}
            self.assertEqual(len(sessions), 1, sessions)
            self.assertNotIn(None, sessions)
            self.assertNotIn(None, {row["correlation_id"] for row in record})

        def test_a_withdrawn_call_leaves_no_process(self) -> None:
            held = self.run_.scene.record()[-1]["execution_id"]
            for execution in (self.run_.story.withdrawn, held):
                self.assertTrue(execution)
                until(functools.partial(are_gone, execution))

        def test_doctor_finds_the_connection_well(self) -> None:
            checks = json.loads(self.run_.scene.framework("doctor", "--json"))["checks"]
            found = [check for check in checks if check["what"] == "connection"]
            self.assertEqual([check["health"] for check in found], ["well"], found)
            self.assertIn(f"; {len(OFFERED)} tools", found[0]["seen"])

        def test_the_client_changed_nothing_that_was_written_for_it(self) -> None:
            now = self.run_.files()
            kept = {path: now.get(path) for path in self.run_.connected}
            self.assertEqual(kept, self.run_.connected)

        def test_zz_disconnected_the_files_are_what_they_were(self) -> None:
            self.run_.connect("--remove")
            now = self.run_.files()
            self.assertEqual({path: now.get(path) for path in self.run_.before}, self.run_.before)
            made = set(self.run_.connected) - set(self.run_.before)
            self.assertEqual(made & set(now), set())


class TestOpencode(Shared.Works):
    program = Opencode


class TestGeminiCli(Shared.Works):
    program = GeminiCli


RUNS: dict[type[Program], Run] = {}


def are_gone(execution: str) -> bool:
    return not processes_of(execution)


def setUpModule() -> None:
    where = "the machine's own network: it gives no namespace"
    print(f"clients run in {'a network of their own' if IS_OFFLINE else where}", flush=True)
    for program in (Opencode, GeminiCli):
        RUNS[program] = Run(program())


if __name__ == "__main__":
    unittest.main(verbosity=2)
