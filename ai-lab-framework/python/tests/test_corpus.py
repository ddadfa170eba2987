"""Every request line that fuzzing kept gets one answer line here too."""

import unittest
from pathlib import Path

from .test_base_ai_tool import served

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus" / "request"


class Corpus(unittest.TestCase):
    def test_every_kept_line_gets_one_answer(self) -> None:
        kept = sorted(CORPUS.iterdir())
        self.assertGreater(len(kept), 10)
        for file in kept:
            lines = file.read_bytes()
            answers, _ = served(lines)
            expected = lines.count(b"\n") + (not lines.endswith(b"\n") and lines != b"")
            self.assertEqual(len(answers), expected, file.name)
            for answer in answers:
                self.assertEqual(("data" in answer) + ("error" in answer), 1, file.name)


if __name__ == "__main__":
    unittest.main()
