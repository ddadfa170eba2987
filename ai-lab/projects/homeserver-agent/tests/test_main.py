"""The command line with played programs."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from homeserver_agent import lab as lab_module
from homeserver_agent.framework import CallFailed, Framework
from homeserver_agent.lab import Lab, LabFailed, find_lab
from homeserver_agent.main import main
from played import AT, alert, as_told
from programs_played import FRAMEWORK, LAB, answers, on_the_path, program

PROJECTS = {"projects": [{"name": "homeserver-agent", "label": "PROJ-001", "prefix": "HS"}]}


class Stage(unittest.TestCase):
    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(os.path.realpath(folder.name))
        self.lab = self.folder / "lab"
        self.lab.mkdir()
        (self.lab / "ai-lab.toml").touch()
        program(self.folder, "ai-lab", LAB)
        program(self.folder, "ai-lab-framework", FRAMEWORK)
        answers(self.folder, "project.list", PROJECTS)
        answers(self.folder, "github.status", {"repos": []})
        self.data("alerts", as_told())
        self.data("list", {"items": [], "total": 0})
        self.data("create", {"id": "HS-001", "version": 1})
        environment = patch.dict(os.environ, on_the_path(self.folder))
        environment.start()
        self.addCleanup(environment.stop)

    def data(self, action: str, data: object) -> None:
        """What an action answers from now on."""
        answers(self.folder, action, {"data": data, "execution_id": "e-1", "correlation_id": "c-1"})

    def main(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code and both outputs."""
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = main([*arguments, "--lab", str(self.lab)])
        return code, output.getvalue(), errors.getvalue()

    def called(self) -> list[str]:
        """How the framework was called."""
        return (self.folder / "framework.called").read_text().splitlines()

    def watching(self, *arguments: str) -> subprocess.Popen[str]:
        """A watch in a process of its own."""
        command = [sys.executable, "-m", "homeserver_agent", "watch", *arguments]
        # Its modules are found where this test's are, whatever its folder is.
        paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path)
        environment = {**os.environ, "PYTHONPATH": paths}
        return subprocess.Popen(
            command, cwd=self.lab, env=environment, stdout=subprocess.PIPE, text=True
        )


class Watch(Stage):
    def test_one_watch_is_one_piece_of_work(self) -> None:
        self.data("alerts", as_told(alert()))
        self.assertEqual(self.main("watch", "--once"), (0, "open HS-001: disk_used:/\n", ""))
        alerts, *others = self.called()
        self.assertEqual(alerts, 'tool run monitoring.alerts --input - --json --yes\t{"most": 200}')
        self.assertEqual(
            [line.split("\t")[0] for line in others],
            [
                f"tool run tracker.{action} --input - --json --yes --correlation c-1"
                for action in ("list", "list", "create")
            ],
        )
        self.assertEqual(json.loads(others[2].split("\t")[1])["project"], "HS")

    def test_a_calm_machine_a_dry_run_and_notes(self) -> None:
        self.data("alerts", {**as_told(), "notes": ["no psi"]})
        self.assertEqual(
            self.main("watch", "--once")[1], f"note: no psi\nnothing to do: 0 alerts at {AT}\n"
        )
        self.data("alerts", as_told(alert()))
        self.assertEqual(
            self.main("watch", "--dry-run"), (0, "would open a new item: disk_used:/\n", "")
        )
        self.assertFalse(any("create" in line for line in self.called()))
        code, output, _ = self.main("watch", "--once", "--json", "--no-github")
        step = {"does": "open", "key": "disk_used:/", "item": "HS-001", "problem": None}
        self.assertEqual((code, json.loads(output)["steps"]), (0, [step]))

    def test_what_is_passed_on_to_github_is_told(self) -> None:
        self.data("alerts", as_told(alert()))
        linked = {"repo": "octo/lab", "project": "PROJ-001", "synced": AT, "waiting": 0}
        answers(self.folder, "github.status", {"repos": [linked]})
        answers(self.folder, "github.sync.--plan", {"plan": "0", "steps": [{"text": "a"}]})
        answers(self.folder, "github.sync.--apply", {})
        self.assertEqual(
            self.main("watch", "--once")[1], "open HS-001: disk_used:/\nocto/lab: 1 steps\n"
        )

    def test_each_failure_has_its_exit_code_and_says_what_to_do(self) -> None:
        self.data("alerts", as_told(alert()))
        answers(self.folder, "create", {"error": {"class": "timeout", "message": "too long"}}, 13)
        self.assertEqual(
            self.main("watch", "--once"),
            (7, "open a new item: disk_used:/\n", "error: tracker.create: too long\n"),
        )
        answers(self.folder, "alerts", {"error": {"class": "not_found", "message": "no tool"}}, 4)
        self.assertEqual(
            self.main("watch", "--once"), (4, "", "error: monitoring.alerts: no tool\n")
        )
        answers(self.folder, "project.list", {"projects": []})
        code, _, told = self.main("watch", "--once")
        self.assertEqual(
            (code, "`ai-lab project add homeserver-agent --prefix HS` adds it" in told), (4, True)
        )
        answers(
            self.folder,
            "project.list",
            {"projects": [{"name": "homeserver-agent", "label": "PROJ-001", "prefix": None}]},
        )
        code, _, told = self.main("watch", "--once")
        self.assertEqual((code, "has no prefix" in told), (3, True))
        (self.folder / "ai-lab").unlink()
        with patch.dict(os.environ, {"PATH": str(self.folder)}):
            self.assertEqual(
                self.main("watch", "--once"), (8, "", "error: there is no program `ai-lab`\n")
            )

    def test_a_second_watch_at_the_same_time_is_refused(self) -> None:
        with Lab(self.lab).alone(), patch.object(lab_module, "ALONE_S", 0.2):
            told = "error: another watch is at work in this lab\n"
            self.assertEqual(self.main("watch", "--once"), (5, "", told))
        self.assertEqual(self.main("watch", "--once")[0], 0)

    def test_a_call_that_outlives_its_watch_keeps_the_next_one_waiting(self) -> None:
        hold, begun = self.folder / "hold", self.folder / "begun"
        os.mkfifo(hold)
        os.mkfifo(begun)
        slow = f"#!/bin/sh\necho begun >{begun}\nread -r _ <{hold}\n"
        program(self.folder, "ai-lab-framework", slow)
        with self.watching("--once") as watching:
            self.assertEqual(begun.read_text(), "begun\n")
            watching.kill()
        with patch.object(lab_module, "ALONE_S", 0.2):
            self.assertEqual(self.main("watch", "--once")[0], 5)
        program(self.folder, "ai-lab-framework", FRAMEWORK)
        hold.write_text("go on\n")
        self.assertEqual(self.main("watch", "--once")[0], 0)

    def test_it_goes_on_until_it_is_asked_to_end(self) -> None:
        with self.watching("--every", "3600") as watching:
            assert watching.stdout is not None
            self.assertEqual(watching.stdout.readline(), f"nothing to do: 0 alerts at {AT}\n")
            watching.send_signal(signal.SIGTERM)
            self.assertEqual(watching.wait(timeout=20), 0)

    def test_a_pause_that_is_none_is_refused(self) -> None:
        for pause in ("1", "nan", "x"):
            with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
                main(["watch", "--every", pause])
            self.assertEqual(ended.exception.code, 2)


class Called(Stage):
    def test_what_is_no_answer_is_the_frameworks_failure(self) -> None:
        framework = Framework(self.lab)
        for answer, said in [
            ("nonsense", "nonsense"),
            ({}, "a.alerts: there is no data"),
            ({"error": {}}, "a.alerts: it failed"),
        ]:
            answers(self.folder, "alerts", answer, 70)
            with self.assertRaisesRegex(CallFailed, f"^{said}$") as failed:
                framework.call("a.alerts", {})
            self.assertEqual(
                (failed.exception.failure, failed.exception.exit_code), ("internal", 70)
            )
        self.assertIsNone(framework.correlation)
        with self.assertRaises(CallFailed) as failed:
            Framework(self.lab, program="no-such-program").call("a.b", {})
        self.assertEqual(failed.exception.failure, "environment")

    def test_an_answer_that_stands_in_says_why(self) -> None:
        framework = Framework(self.lab)
        for fallback, why in [
            ({"error": {"message": "late"}}, "late"),
            ({}, "it failed"),
            (None, ""),
        ]:
            answers(self.folder, "alerts", {"data": 1, "fallback": fallback})
            self.assertEqual(framework.call("a.alerts", {}).stood_in, why)

    def test_a_lab_is_found_from_below(self) -> None:
        below = self.lab / "a/b"
        below.mkdir(parents=True)
        self.assertEqual(find_lab(below), Lab(self.lab))
        with self.assertRaisesRegex(LabFailed, "no lab at or above /; `ai-lab init` makes one"):
            find_lab(Path("/"))
