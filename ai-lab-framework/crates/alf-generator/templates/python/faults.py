"""What happens when something fails around the tool."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
GOOD = json.dumps(
    {"contract": 1, "execution_id": "e", "correlation_id": "c", "action": "hello", "input": {}}
)


def answered(text, stderr=subprocess.DEVNULL):
    """The answers to these lines, and how the tool ended."""
    command = [sys.executable, str(FOLDER / "tool.py")]
    ended = subprocess.run(
        command, input=text, stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=30, check=False
    )
    return [json.loads(line) for line in ended.stdout.splitlines()], ended.returncode


class Faults(unittest.TestCase):
    def test_a_broken_line_harms_neither_the_one_before_nor_the_one_after(self):
        answers, code = answered(f'{GOOD}\n{{"contract":\n{GOOD}\n')
        kinds = [answer.get("error", {}).get("kind") for answer in answers]
        self.assertEqual((kinds, code), ([None, "malformed_request", None], 0))

    def test_nothing_at_all_is_no_failure(self):
        self.assertEqual(answered(""), ([], 0))

    def test_a_log_that_nobody_hears_costs_no_answer(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            answers, _ = answered(GOOD + "\n", stderr=full)
        self.assertIn("data", answers[0])


if __name__ == "__main__":
    unittest.main()
