"""What is asked of the framework, and what its answers become."""

import contextlib
import json
import tempfile
import unittest
from pathlib import Path

from ai_lab_framework.measure import executable_lines, main
from ai_lab_framework.profile_validator import Finding, FrameworkFailed, Verdict, validate
from ai_lab_framework.tool_generator import new_tool


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.lab = Path(folder.name)

    def program(self, answer: object, code: int = 0) -> str:
        """A framework that notes how it was called and answers so."""
        path = self.lab / "framework"
        told = answer if isinstance(answer, str) else json.dumps(answer)
        path.write_text(f"#!/bin/sh\necho \"$*\" >called\ncat <<'END'\n{told}\nEND\nexit {code}\n")
        path.chmod(0o755)
        return str(path)

    def called(self) -> str:
        return (self.lab / "called").read_text().strip()

    def test_a_verdict_has_every_finding(self) -> None:
        row = {"rule": "P204", "title": "t", "message": "m", "fix": "f"}
        told = {"format": 1, "tool": "a", "profile": "production", "findings": [row]}
        program = self.program(told, 3)
        verdict = validate("a", lab=self.lab, profile="production", program=program)
        self.assertEqual(verdict, Verdict("a", "production", (Finding(**row),)))
        self.assertFalse(verdict.fits)
        self.assertEqual(self.called(), "profile validate a --profile production --json")

    def test_a_failure_is_told_in_the_frameworks_words(self) -> None:
        program = self.program({"error": {"class": "not_found", "message": "there is no tool"}}, 4)
        with self.assertRaises(FrameworkFailed) as failed:
            validate("a", lab=self.lab, program=program)
        self.assertEqual(
            (failed.exception.failure, str(failed.exception)), ("not_found", "there is no tool")
        )
        for answer in ("nonsense", "[]"):
            with self.assertRaises(FrameworkFailed):
                validate("a", lab=self.lab, program=self.program(answer))

    def test_a_new_tool_is_where_the_framework_put_it(self) -> None:
        program = self.program({"format": 1, "folder": "/lab/tools/a", "files": []})
        folder = new_tool("a", lab=self.lab, language="shell", description="d", program=program)
        self.assertEqual(folder, Path("/lab/tools/a"))
        wanted = "tool new a --language shell --profile standard --description d --json"
        self.assertEqual(self.called(), wanted)


class Measured(unittest.TestCase):
    def test_lines_that_hold_something_to_run(self) -> None:
        source = "# a comment\n\ndef f(a):\n    if a:\n        return 1\n    return 2\n"
        self.assertEqual(executable_lines(source, "f.py"), {3, 4, 5, 6})

    def test_a_run_without_tests_is_no_evidence(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "tool.py").write_text("a = 1\n")
            (folder / "none").mkdir()
            report = folder / "out" / "c.lcov"
            given = ["--source", str(folder / "tool.py"), "--lcov", str(report)]
            with open("/dev/null", "w") as silent, contextlib.redirect_stderr(silent):
                code = main([*given, "discover", "-s", str(folder / "none")])
            self.assertEqual(code, 2)
            expected = f"TN:\nSF:{(folder / 'tool.py').resolve()}\nDA:1,0\nend_of_record\n"
            self.assertEqual(report.read_text(), expected)


if __name__ == "__main__":
    unittest.main()
