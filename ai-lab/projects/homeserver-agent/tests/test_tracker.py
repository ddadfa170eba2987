"""Reading items, long ones too, and calls that fail."""

import unittest
from typing import Any

from homeserver_agent.framework import Answer, CallFailed
from homeserver_agent.watch import WatchFailed, _follow
from integrations.database.tracker import MOST_ITEMS, parse_item, present_items
from played import Tracker, alert, as_told, at_once, resolved


class Read(unittest.TestCase):
    def setUp(self) -> None:
        self.tracker = Tracker()

    def watch(self, *alerts: Any) -> list[str]:
        self.tracker.alerts = as_told(*alerts)
        watched = _follow(self.tracker, "HS", is_dry_run=False)
        return watched.problems

    def test_what_was_told_last_is_found_in_long_notes(self) -> None:
        self.tracker.text_characters = 400
        for what_a_person_wrote in ("short", "x" * 1_000, "y" * 9_000):
            with self.subTest(len(what_a_person_wrote)):
                self.tracker.items.clear()
                self.watch(alert())
                item = self.tracker.items["HS-001"]
                self.watch(alert(since="2026-03-01T11:40:00Z"))
                item["notes"] += "\n\n" + what_a_person_wrote
                told = item["notes"]
                self.watch(alert(since="2026-03-01T11:40:00Z"))
                self.assertEqual(item["notes"], told)
                self.watch(resolved())
                self.assertEqual(item["status"], "done")

    def test_an_item_whose_notes_cannot_be_read_through_is_told_and_the_others_go_on(self) -> None:
        self.tracker.text_characters = 10
        self.watch(alert())
        self.tracker.items["HS-001"]["notes"] = "z" * 5_000
        problems = self.watch(alert(), alert(key="load"))
        self.assertIn("HS-001: its notes are too long to be read", problems)
        self.assertEqual(self.tracker.items["HS-002"]["labels"], ["alert", "alert:load"])

    def test_an_item_with_the_label_alone_is_nobodys_alert(self) -> None:
        self.assertIsNone(parse_item({"id": "HS-001", "version": 1, "labels": ["alert"]}))

    def test_criteria_of_others_blockers_and_claims_hinder(self) -> None:
        def read(**more: Any) -> tuple[Any, ...]:
            told = {
                "id": "HS-1",
                "version": 1,
                "labels": ["a", "alert:x"],
                "status": "todo",
                **more,
            }
            item = parse_item(told)
            assert item is not None
            return item.criterion, item.is_met, item.is_hindered, item.is_claimed, item.is_put_away

        ours = "1. [x] The alert has ended (at noon)"
        self.assertEqual(read(criteria=[ours]), (1, True, False, False, False))
        self.assertEqual(
            read(criteria=["1. [ ] Buy a disk", "2. [ ] The alert has ended"]),
            (2, False, True, False, False),
        )
        self.assertEqual(
            read(criteria=["1. [x] The alert has endedly"]), (None, False, False, False, False)
        )
        self.assertEqual(read(hindrances=["it is put away"]), (None, False, True, False, True))
        self.assertEqual(read(claimed="agent:jo until noon"), (None, False, False, True, False))

    def test_many_open_items_are_read_page_by_page_up_to_a_bound(self) -> None:
        for number in range(MOST_ITEMS + 50):
            self.tracker._create(
                title="t",
                labels=["alert", f"alert:k{number}"],
                criteria=[],
                priority="high",
                description="",
            )
        items, problems = present_items(self.tracker, at_once())
        self.assertEqual((len(items), problems), (MOST_ITEMS, []))

    def test_answers_of_another_shape_are_told(self) -> None:
        class Odd:
            def call(self, address: str, given: Any) -> Answer:
                return Answer([] if address == "tracker.list" else {}, "e")

        with self.assertRaisesRegex(CallFailed, "tracker.list: its answer is no object"):
            present_items(Odd(), at_once())


class Failing(unittest.TestCase):
    def test_a_step_that_fails_is_told_and_the_next_watch_goes_on(self) -> None:
        tracker = Tracker()
        tracker.alerts = as_told(alert(), alert(key="load"))
        tracker.failing["tracker.create"] = CallFailed("timeout", "it took too long")
        watched = _follow(tracker, "HS", is_dry_run=False)
        self.assertEqual(watched.problems, ["it took too long"] * 2)
        self.assertEqual(
            watched.as_json()["steps"][0],
            {"does": "open", "key": "disk_used:/", "item": None, "problem": "it took too long"},
        )
        tracker.failing.clear()
        self.assertEqual(_follow(tracker, "HS", is_dry_run=False).problems, [])
        self.assertEqual(sorted(tracker.items), ["HS-001", "HS-002"])

    def test_somebody_who_was_quicker_is_not_overwritten(self) -> None:
        class Quicker(Tracker):
            def _note(self, id_: str, version: int, text: str) -> dict[str, Any]:
                self.items[id_]["version"] += 1
                self.items[id_]["status"] = "in_progress"
                return super()._note(id_, version, text)

        tracker = Quicker()
        tracker.alerts = as_told(alert())
        _follow(tracker, "HS", is_dry_run=False)
        tracker.alerts = as_told(resolved())
        self.assertEqual(
            _follow(tracker, "HS", is_dry_run=False).problems, ["HS-001 was changed since"]
        )
        self.assertEqual(tracker.items["HS-001"]["status"], "in_progress")

    def test_an_old_answer_is_not_followed(self) -> None:
        tracker = Tracker()
        tracker.alerts, tracker.stood_in = as_told(alert()), "it took too long"
        with self.assertRaises(WatchFailed) as failed:
            _follow(tracker, "HS", is_dry_run=False)
        self.assertEqual(
            (failed.exception.exit_code, str(failed.exception)),
            (
                21,
                "monitoring.alerts gave no answer of its own (it took too long); old alerts are not followed",
            ),
        )
        self.assertEqual(len(tracker.calls), 1)

    def test_an_answer_that_is_none_is_not_followed(self) -> None:
        tracker = Tracker()
        tracker.alerts = {"format": 9}
        with self.assertRaises(WatchFailed) as failed:
            _follow(tracker, "HS", is_dry_run=False)
        self.assertEqual((failed.exception.exit_code, len(tracker.calls)), (12, 1))

    def test_a_dry_run_plans_and_changes_nothing(self) -> None:
        tracker = Tracker()
        tracker.alerts = as_told(alert())
        watched = _follow(tracker, "HS", is_dry_run=True)
        self.assertEqual((tracker.changes(), watched.as_json()["is_done"]), ([], False))
        self.assertEqual(
            watched.as_json()["steps"],
            [{"does": "open", "key": "disk_used:/", "item": None, "problem": None}],
        )
