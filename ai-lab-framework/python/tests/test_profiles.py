"""The tables are the contract's."""

import json
import re
import unittest
from pathlib import Path
from typing import Any

from ai_lab_framework import ErrorClass, Profile

CONTRACT = Path(__file__).resolve().parents[2] / "published" / "ai-lab-contract"


def schema(name: str) -> Any:
    text = (CONTRACT / "schemas" / "v1" / f"{name}.schema.json").read_text(encoding="utf-8")
    return json.loads(text)


class Tables(unittest.TestCase):
    def test_the_error_classes_are_the_contracts_in_order(self) -> None:
        words = [one["const"] for one in schema("error-class")["oneOf"]]
        self.assertEqual([one.word for one in ErrorClass], words)

    def test_each_row_is_the_contracts(self) -> None:
        source = (CONTRACT / "src" / "v1" / "error_class.rs").read_text(encoding="utf-8")
        rows = re.findall(r'=> \("(\w+)", (\d+), (-\d+), (\d+), (true|false)\)', source)
        self.assertEqual(
            [
                (
                    one.word,
                    str(one.exit_code),
                    str(one.json_rpc_code),
                    str(one.http_status),
                    str(one.retryable).lower(),
                )
                for one in ErrorClass
            ],
            rows,
        )

    def test_the_profiles_are_the_contracts_in_order(self) -> None:
        words = [one["const"] for one in schema("manifest")["$defs"]["Profile"]["oneOf"]]
        self.assertEqual([profile.value for profile in Profile], words)

    def test_every_profile_says_what_it_owes(self) -> None:
        duties = {profile.duties for profile in Profile}
        self.assertEqual(len(duties), 3)

    def test_a_word_names_its_class(self) -> None:
        self.assertIs(ErrorClass.of_word("timeout"), ErrorClass.TIMEOUT)
        self.assertIsNone(ErrorClass.of_word("from_a_newer_table"))


if __name__ == "__main__":
    unittest.main()
