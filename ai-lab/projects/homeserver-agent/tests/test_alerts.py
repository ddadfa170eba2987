"""What is read of an answer of `monitoring.alerts`."""

import unittest
from typing import Any

from homeserver_agent.alerts import MOST_ALERTS, BadAnswer, one_line, parse_alerts
from played import AT, alert, as_told, resolved


class Parsed(unittest.TestCase):
    def test_every_field_of_an_alert(self) -> None:
        told = parse_alerts(
            {**as_told(alert(), resolved(key="load")), "notes": ["a note\nof two lines"]}
        )
        self.assertEqual(told.alerts, (alert(), resolved(key="load")))
        self.assertEqual((told.at, told.notes, told.is_whole), (AT, ("a note of two lines",), True))

    def test_a_number_that_is_not_known_and_no_command(self) -> None:
        told = as_told(alert(value=None, threshold=None, clears_at=None, next=""))
        self.assertEqual(parse_alerts(told).alerts[0].figures, "not known")
        self.assertEqual(alert().figures, "93.2 percent; fires at 90 percent, ends at 85 percent")
        self.assertEqual(alert(unit="", value=1e20, clears_at=None).figures, "1e+20; fires at 90")

    def test_the_first_of_two_with_one_key_counts(self) -> None:
        told = as_told(alert())
        told["alerts"] += as_told(alert(value=5.0))["alerts"]
        self.assertEqual(parse_alerts(told).alerts, (alert(),))

    def test_an_answer_that_may_have_been_cut_is_not_whole(self) -> None:
        for count, is_whole in [
            (MOST_ALERTS - 1, True),
            (MOST_ALERTS, False),
            (MOST_ALERTS + 1, False),
        ]:
            told = as_told(alert())
            told["alerts"] = [{**told["alerts"][0], "key": f"k{number}"} for number in range(count)]
            alerts = parse_alerts(told)
            self.assertEqual(
                (len(alerts.alerts), alerts.is_whole), (min(count, MOST_ALERTS), is_whole)
            )

    def test_anything_else_is_refused_by_name(self) -> None:
        def row(**changed: Any) -> dict[str, Any]:
            told = as_told(alert())
            told["alerts"][0].update(changed)
            return told

        for wrong, said in [
            (None, "an answer of form 1 is expected, not of None"),
            ({"format": 2, "alerts": []}, "an answer of form 1 is expected, not of 2"),
            ({"format": 1, "at": AT}, "the answer has no list `alerts`"),
            ({"format": 1, "alerts": []}, "`at` is no text: None"),
            ({"format": 1, "at": AT, "alerts": [1]}, "an alert is no object"),
            (row(key=""), "`key` is no text: ''"),
            (row(severity="bad"), "alert disk_used:/: 'bad' is not a valid Severity"),
            (row(state="ok"), "alert disk_used:/: 'ok' is not a valid State"),
            (row(value="93"), "`value` is no number: '93'"),
            (row(threshold=True), "`threshold` is no number: True"),
        ]:
            with self.subTest(said), self.assertRaisesRegex(BadAnswer, ".") as refused:
                parse_alerts(wrong)
            self.assertEqual(str(refused.exception), said)

    def test_a_text_of_the_machine_is_one_harmless_line(self) -> None:
        self.assertEqual(one_line("a\n\x1b[2J b\t[alert ended]"), "a (2J b (alert ended)")
        self.assertEqual(len(one_line("x" * 5_000)), 200)
