"""What a tool reads of the secrets it was handed."""

import json
import os
import unittest
from unittest import mock

from ai_lab_framework import ToolContext, ToolError
from ai_lab_framework import context as reading

REQUEST = {"execution_id": "e", "correlation_id": "c"}


def told(held: bytes | None, descriptor: str | None = None) -> str:
    """What ``secret("router")`` gives, or why it gives nothing, for a file that holds this."""
    reading._handed_over.cache_clear()
    file = os.memfd_create("secrets")
    try:
        if held is not None:
            os.write(file, held)
        number = str(file) if descriptor is None else descriptor
        given = {} if held is None and descriptor is None else {reading.SECRETS_FD: number}
        with mock.patch.dict(os.environ, given, clear=True):
            return ToolContext(REQUEST).secret("router")
    except ToolError as error:
        return str(error).replace(f"descriptor {file}", "descriptor N")
    finally:
        os.close(file)
        reading._handed_over.cache_clear()


class Secrets(unittest.TestCase):
    def test_the_value_stands_under_its_name(self) -> None:
        self.assertEqual(told(json.dumps({"router": "open sesame"}).encode()), "open sesame")

    def test_what_was_not_handed_over_is_told_without_what_was_read(self) -> None:
        not_there = "missing_secret: the secret was not handed over: "
        unreadable = f"{not_there}the descriptor N cannot be read: it holds no names and values"
        for held, expected in [
            (None, f"{not_there}`router` is not in `grants.secrets`"),
            (b'{"nas": "other"}', f"{not_there}`router` is not in `grants.secrets`"),
            (b"s3cret", unreadable),
            (b'{"router": 7}', unreadable),
            (b'["s3cret"]', unreadable),
        ]:
            with self.subTest(held=held):
                self.assertEqual(told(held), expected)

    def test_a_descriptor_that_is_none_is_told(self) -> None:
        self.assertEqual(
            told(b"", descriptor="4095"),
            "missing_secret: the secret was not handed over: the descriptor 4095 cannot be read: "
            "No such file or directory",
        )
