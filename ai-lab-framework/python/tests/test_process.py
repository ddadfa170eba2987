"""A tool as a process: what the framework and a person see."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

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
        self.assertEqual(
            (described["name"], list(described["actions"])), ("stray", ["hello", "measure"])
        )
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

    def test_a_secret_comes_from_the_descriptor_that_the_framework_names(self) -> None:
        call = json.dumps({**REQUEST, "action": "measure"}) + "\n"

        def told(content: str, *, named: bool = True) -> list[dict[str, Any]]:
            with tempfile.TemporaryFile() as file:
                file.write(content.encode())
                file.seek(0)
                number = file.fileno()
                handed = {"AI_LAB_SECRETS_FD": str(number)} if named else {}
                done = subprocess.run(
                    [sys.executable, "-B", str(PYTHON / "tests" / "stray.py")],
                    input=call * 2,
                    capture_output=True,
                    text=True,
                    env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PYTHON), **handed},
                    pass_fds=[number],
                    timeout=60,
                    check=False,
                )
            self.assertNotIn("sesame", done.stdout + done.stderr)
            return [
                answer.get("data") or answer["error"]["message"].replace(str(number), "N")
                for answer in map(json.loads, done.stdout.splitlines())
            ]

        good = '{"other":"x","password":"open \\"sesame"}'
        absent = "the secret was not handed over: `password` is not in `grants.secrets`"
        broken = (
            "the secret was not handed over: the descriptor N cannot be read: "
            "it holds no names and values"
        )
        self.assertEqual(told(good), [{"letters": 12}] * 2)
        self.assertEqual(told(good, named=False), [absent] * 2)
        self.assertEqual(told('{"other":"sesame"}'), [absent] * 2)
        for content in ("open sesame", '["sesame"]', '{"password":7,"x":"sesame"}'):
            self.assertEqual(told(content), [broken] * 2)

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
