"""The example in the README runs."""

import re
import sys
import types
import unittest
from pathlib import Path
from unittest import mock

README = Path(__file__).resolve().parents[1] / "README.md"


class Readme(unittest.TestCase):
    def test_its_tool_answers(self) -> None:
        found = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
        assert found is not None
        # Type hints are looked up in the module that a class says it is from.
        module = types.ModuleType("readme_example")
        with mock.patch.dict(sys.modules, {"readme_example": module}):
            exec(compile(found.group(1), str(README), "exec"), module.__dict__)
            answer = module.Greeter().call("hello", {"name": "Ada"})
        self.assertEqual(answer, {"data": {"text": "Good day, Ada."}})


if __name__ == "__main__":
    unittest.main()
