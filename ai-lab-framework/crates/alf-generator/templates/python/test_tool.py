"""What the tool answers, and that its schemas are those in the manifest."""

import json
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

from tool import @type@  # noqa: E402


class Hello(unittest.TestCase):
    def test_it_greets_by_name(self):
        answer = @type@().call("hello", {"name": "Ada"})
        self.assertEqual(answer["data"], {"text": "Hello, Ada."})
        self.assertEqual(answer["metrics"][0]["value"], 3)

    def test_a_guest_without_a_name_is_refused(self):
        answer = @type@().call("hello", {"name": ""})
        self.assertEqual(answer["error"]["kind"], "nameless_guest")

    def test_the_schemas_are_those_of_the_types(self):
        described = @type@().describe()["actions"]["hello"]
        for side in ("input", "output"):
            committed = (FOLDER / "schemas" / f"hello.{side}.json").read_text(encoding="utf-8")
            self.assertEqual(described[side], json.loads(committed))


if __name__ == "__main__":
    unittest.main()
