"""A tool as a process: what the framework and a person see."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

PYTHON = Path(__file__).resolve().parents[1]
REQUEST = {
    "contract": 1,
    "execution_id": "e",
    "correlation_id": "c",
    "action": "hello",
    "input": {},
}


def ran(*arguments: str, input: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", str(PYTHON / "tests" / "stray.py"), *arguments],
        input=input,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PYTHON)},
        timeout=60,
        check=False,
    )


class Process(unittest.TestCase):
    def test_standard_output_carries_answers_and_nothing_else(self) -> None:
        done = ran(input=json.dumps(REQUEST) + "\n" + json.dumps(REQUEST))
        self.assertEqual((done.returncode, done.stdout), (0, '{"data":{"text":"hello"}}\n' * 2))
        for stray in ("by print", "by descriptor", "by child"):
            self.assertEqual(done.stderr.count(stray), 2, done.stderr)

    def test_a_person_can_describe_and_call(self) -> None:
        described = json.loads(ran("--describe").stdout)
        self.assertEqual((described["name"], list(described["actions"])), ("stray", ["hello"]))
        self.assertEqual(json.loads(ran("--call", "hello").stdout), {"data": {"text": "hello"}})
        codes = [
            ran(*arguments).returncode
            for arguments in (
                ("--call", "hello", '{"fail": true}'),
                ("--call", "absent"),
                ("--call", "hello", "{"),
                ("--help",),
            )
        ]
        self.assertEqual(codes, [7, 7, 2, 2])

    def test_an_output_that_is_gone_ends_it_with_its_own_code(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = subprocess.run(
                [sys.executable, "-B", str(PYTHON / "tests" / "stray.py")],
                input=json.dumps(REQUEST).encode(),
                stdout=writing,
                stderr=subprocess.PIPE,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PYTHON)},
                timeout=60,
                check=False,
            )
        finally:
            os.close(writing)
        self.assertEqual(done.returncode, 8)
        self.assertIn(b"Broken pipe", done.stderr)


if __name__ == "__main__":
    unittest.main()
