"""Labels and marks."""

import random
import unittest

from homeserver_agent.alerts import Severity
from integrations.database.marks import Mark, Told, is_label_of_an_alert, label_of, last_mark


class Labels(unittest.TestCase):
    def test_a_plain_key_is_its_label(self) -> None:
        self.assertEqual(label_of("disk_used:/"), "alert:disk_used:/")
        self.assertTrue(is_label_of_an_alert("alert:x"))
        self.assertFalse(is_label_of_an_alert("alert"))

    def test_any_other_gets_a_digest_and_no_two_are_alike(self) -> None:
        keys = [
            "disk_used:/My Disk",
            "disk_used:/my disk",
            "disk_used:/my,disk",
            "disk_used:/my-disk",
            "ä",
            "~",
            "",
        ]
        keys += ["u" * 44, "u" * 45, "u" * 46]
        die = random.Random(7)
        keys += [
            "".join(die.choices('aA:/," \u00e4~-', k=die.randrange(1, 60))) for _ in range(300)
        ]
        labels = {label_of(key) for key in set(keys)}
        self.assertEqual(len(labels), len(set(keys)))
        self.assertEqual(label_of("disk_used:/My Disk"), "alert:disk_used:/my-disk~8754073941ca")
        for label in labels:
            # As GitHub and the words of a filter take them.
            self.assertRegex(label, r"\Aalert:[a-z0-9_:./@~-]*\Z")
            self.assertLessEqual(len(label), 50)


class Marks(unittest.TestCase):
    def test_a_mark_is_read_as_it_was_written_and_the_last_counts(self) -> None:
        first = Mark(Told.FIRING, Severity.WARNING, "2026-03-01T11:00:00Z")
        last = Mark(Told.ENDED, Severity.CRITICAL, "2026-03-01T12:00:00Z")
        self.assertEqual(str(first), "[alert firing warning 2026-03-01T11:00:00Z]")
        self.assertEqual(last_mark(f"a {first}\n\nb {last} c"), last)
        self.assertTrue(last.is_of_an_end)
        self.assertIsNone(last_mark("[alert: no] [alert firing bad 2026] [alert firing warning ]"))
