"""What a plan makes of one alert and one item."""

import dataclasses
import unittest
from typing import Any

from homeserver_agent.alerts import Alert, Severity, State
from integrations.database.marks import Mark, Told
from integrations.database.plan import Call, Does, Present, Step, chosen, plan
from played import alert, at_once, resolved

SINCE = "2026-03-01T11:00:00Z"
END = "2026-03-01T11:30:00Z"
EVIDENCE = f"at {END}: 71 percent; fires at 90 percent, ends at 85 percent (execution e-1)"
TOLD = Mark(Told.FIRING, Severity.WARNING, SINCE)
ENDED = Mark(Told.ENDED, Severity.WARNING, END)


def item(**changed: Any) -> Present:
    """The item of that alert as it was made."""
    values: dict[str, Any] = {
        "id": "HS-007",
        "version": 3,
        "status": "todo",
        "priority": "high",
        "label": "alert:disk_used:/",
        "criterion": 1,
        "is_met": False,
        "is_hindered": False,
        "is_claimed": False,
        "is_put_away": False,
        "told": TOLD,
    }
    return Present(**{**values, **changed})


def step(one: Alert | None, present: Present | None, is_whole: bool = True) -> Step | None:
    """The only step, if there is one."""
    alerts = at_once(*([one] if one else []), is_whole=is_whole)
    steps = plan(alerts, [present] if present else [], project="HS", source="execution e-1")
    assert len(steps) <= 1
    return steps[0] if steps else None


def calls(made: Step | None) -> list[tuple[str, Any]]:
    """Its calls without what notes say."""
    return [
        (call.action, {k: v for k, v in call.given.items() if k not in ("id", "version", "text")})
        for call in (made.calls if made else ())
    ]


class Planned(unittest.TestCase):
    maxDiff = None

    def test_what_a_new_item_says(self) -> None:
        given = {
            "title": "/ is 93 % full",
            "description": "disk_used:/ fires, warning, since 2026-03-01T11:00:00Z. / is 93 % full: 93.2 percent;"
            " fires at 90 percent, ends at 85 percent (execution e-1). [alert firing warning 2026-03-01T11:00:00Z]\n\n"
            "Rule `disk_used`, subject `/`.\nTo look closer: `du -xh / | sort -h | tail`\n\n"
            "This item follows the alert: it is closed when the alert ends, and opened again when it fires anew."
            " Cancel it, and the alert is silent; begin it, and it is yours to close.",
            "type": "infrastructure",
            "priority": "high",
            "labels": ["alert", "alert:disk_used:/"],
            "criteria": ["The alert has ended"],
            "project": "HS",
        }
        self.assertEqual(
            step(alert(), None), Step(Does.OPEN, "disk_used:/", None, (Call("create", given),))
        )

    def test_what_an_end_says(self) -> None:
        text = f"The alert has ended {EVIDENCE}. [alert ended warning 2026-03-01T11:30:00Z]"
        done = {"id": "HS-007", "version": 3, "met": [{"number": 1, "evidence": EVIDENCE}]}
        note = Call("note", {"id": "HS-007", "version": 3, "text": text})
        expected = Step(Does.CLOSE, "disk_used:/", "HS-007", (note, Call("done", done)))
        self.assertEqual(step(resolved(), item()), expected)

    def test_each_state_of_an_alert_with_each_of_an_item(self) -> None:
        met = [
            {
                "number": 1,
                "evidence": EVIDENCE,
            }
        ]
        gone = [
            {
                "number": 1,
                "evidence": "before 2026-03-01T12:00:00Z: it is no longer among the alerts (execution e-1)",
            }
        ]
        note: tuple[str, Any] = ("note", {})
        worse = alert(severity=Severity.CRITICAL)
        anew = alert(since="2026-03-01T11:50:00Z")
        flapping = alert(is_flapping=True)
        flapped = Mark(Told.FLAPPING, Severity.WARNING, "2026-03-01T10:00:00Z")
        table: list[tuple[str, Alert | None, Present, list[tuple[str, Any]]]] = [
            ("told already", alert(), item(), []),
            ("other figures are no news", alert(value=94.0), item(), []),
            ("worse", worse, item(), [("update", {"priority": "critical"}), note]),
            ("worse, of another's priority", worse, item(priority="low"), [note]),
            (
                "better",
                alert(),
                item(
                    priority="critical", told=dataclasses.replace(TOLD, severity=Severity.CRITICAL)
                ),
                [("update", {"priority": "high"}), note],
            ),
            ("fires anew, the end was not seen", anew, item(), [note]),
            (
                "fires anew, closed",
                anew,
                item(status="done", is_met=True, told=ENDED),
                [("update", {"move": "reopen", "unmet": [1]}), note],
            ),
            (
                "fires anew, worse, closed",
                dataclasses.replace(anew, severity=Severity.CRITICAL),
                item(status="done", told=ENDED),
                [("update", {"move": "reopen", "priority": "critical"}), note],
            ),
            (
                "fires anew, closed by a person before its end",
                anew,
                item(status="done"),
                [("update", {"move": "reopen"}), note],
            ),
            ("finished by a person while it fires", alert(), item(status="done"), []),
            ("finished by a person, worse since", worse, item(status="done"), []),
            ("cancelled", anew, item(status="cancelled", told=ENDED), []),
            ("put away", anew, item(is_put_away=True, told=ENDED), []),
            (
                "begun",
                worse,
                item(status="in_progress"),
                [("update", {"priority": "critical"}), note],
            ),
            (
                "begun, ended before",
                anew,
                item(status="in_progress", is_met=True, told=ENDED),
                [("update", {"unmet": [1]}), note],
            ),
            ("a note was lost", alert(), item(told=None), [note]),
            (
                "the criterion was taken away",
                anew,
                item(status="done", criterion=None, told=ENDED),
                [("update", {"move": "reopen"}), note],
            ),
            ("begins to flap", flapping, item(), [note]),
            ("flaps on", dataclasses.replace(flapping, since=END), item(told=flapped), []),
            (
                "flaps worse",
                dataclasses.replace(flapping, severity=Severity.CRITICAL),
                item(told=flapped),
                [("update", {"priority": "critical"}), note],
            ),
            (
                "flaps, closed by a person",
                dataclasses.replace(flapping, since=END),
                item(status="done", told=flapped),
                [],
            ),
            ("flaps no more", alert(), item(told=flapped), [note]),
            ("ended", resolved(), item(), [note, ("done", {"met": met})]),
            ("ended, ticked by a person", resolved(), item(is_met=True), [note, ("done", {})]),
            (
                "ended, without a criterion",
                resolved(),
                item(criterion=None),
                [note, ("done", {})],
            ),
            (
                "ended, begun",
                resolved(),
                item(status="in_progress"),
                [note, ("update", {"met": met})],
            ),
            (
                "ended, blocked",
                resolved(),
                item(status="blocked", is_hindered=True),
                [note, ("update", {"met": met})],
            ),
            (
                "ended, claimed",
                resolved(),
                item(is_claimed=True),
                [note, ("update", {"met": met})],
            ),
            (
                "ended, more to do",
                resolved(),
                item(is_hindered=True),
                [note, ("update", {"met": met})],
            ),
            ("ended, begun and ticked", resolved(), item(status="review", is_met=True), [note]),
            ("ended, opened again by a person", resolved(), item(is_met=True, told=ENDED), []),
            ("ended, cut after its note", resolved(), item(told=ENDED), [("done", {"met": met})]),
            (
                "ended, cut after its note, begun",
                resolved(),
                item(status="review", told=ENDED),
                [("update", {"met": met})],
            ),
            ("ended, told, without a criterion", resolved(), item(criterion=None, told=ENDED), []),
            ("ended, somebody's own item", resolved(), item(told=None), []),
            ("ended, closed by a person", resolved(), item(status="done"), []),
            ("ended, cancelled", resolved(), item(status="cancelled"), []),
            ("ended for now, flaps", resolved(is_flapping=True), item(), [note]),
            ("ended for now, flaps on", resolved(is_flapping=True), item(told=flapped), []),
            ("ended for now, flaps, closed", resolved(is_flapping=True), item(status="done"), []),
            (
                "ended after it flapped",
                resolved(),
                item(told=flapped),
                [note, ("done", {"met": met})],
            ),
            ("pending", alert(state=State.PENDING), item(), []),
            ("no longer listed", None, item(), [note, ("done", {"met": gone})]),
            ("no longer listed, opened again", None, item(is_met=True, told=ENDED), []),
            (
                "no longer listed, begun",
                None,
                item(status="in_progress"),
                [note, ("update", {"met": gone})],
            ),
            ("no longer listed, somebody's own item", None, item(told=None), []),
        ]
        for name, one, present, expected in table:
            with self.subTest(name):
                self.assertEqual(calls(step(one, present)), expected)

    def test_nothing_is_made_of_what_is_pending_or_over(self) -> None:
        for one in (alert(state=State.PENDING), resolved(), None):
            self.assertIsNone(step(one, None))

    def test_an_answer_that_was_cut_ends_nothing(self) -> None:
        self.assertIsNone(step(None, item(), is_whole=False))

    def test_two_alerts_have_an_item_each(self) -> None:
        other = item(id="HS-008", label="alert:load")
        steps = plan(at_once(alert(), resolved(key="load")), [other], project="HS", source="e")
        self.assertEqual(
            [(one.does, one.item) for one in steps], [(Does.OPEN, None), (Does.CLOSE, "HS-008")]
        )

    def test_of_several_items_the_open_one_counts_then_the_youngest(self) -> None:
        done, young = item(id="HS-020", status="done"), item(id="HS-100", status="done")
        self.assertEqual(chosen([done, young, item()]), {"alert:disk_used:/": item()})
        self.assertEqual(chosen([young, done])["alert:disk_used:/"], young)
