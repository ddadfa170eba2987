"""Which repositories are brought up to date, and how."""

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from homeserver_agent.lab import Lab
from integrations.github.exchange import carry_on
from integrations.github.plan import Linked, linked, to_exchange
from programs_played import LAB, answers, program


def row(**changed: Any) -> dict[str, Any]:
    """A repository as `github status` tells it."""
    return {
        "repo": "octo/lab",
        "project": "PROJ-001",
        "synced": "2026-03-01T11:00:00Z",
        "waiting": 0,
        **changed,
    }


class Planned(unittest.TestCase):
    def test_the_projects_own_repositories(self) -> None:
        status = {
            "repos": [
                row(),
                row(repo="octo/new", synced=None, waiting=2),
                row(project="PROJ-002"),
                7,
            ]
        }
        expected = [Linked("octo/lab", True, 0), Linked("octo/new", False, 2)]
        self.assertEqual(linked(status, "PROJ-001"), expected)
        for nothing in ({}, {"repos": None}):
            self.assertEqual(linked(nothing, "PROJ-001"), [])

    def test_what_changed_or_waits_where_somebody_began_it(self) -> None:
        calm, waits, new = Linked("a/a", True, 0), Linked("b/b", True, 1), Linked("c/c", False, 1)
        told = ["c/c was never exchanged with: `ai-lab github sync` shows how it would begin"]
        for has_changed, expected in [(False, ["b/b"]), (True, ["a/a", "b/b"])]:
            self.assertEqual(to_exchange([calm, waits, new], has_changed), (expected, told))
        self.assertEqual(to_exchange([Linked("c/c", False, 0)], False), ([], []))


class Exchanged(unittest.TestCase):
    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.lab = Lab(self.folder, program=program(self.folder, "ai-lab", LAB))
        answers(self.folder, "github.status", {"repos": [row()]})
        planned = {"plan": "0123", "steps": [{"text": "make an issue of HS-001 there"}]}
        answers(self.folder, "github.sync.--plan", planned)
        answers(self.folder, "github.sync.--apply", {"applied": True})

    def called(self) -> list[str]:
        """The commands, without what every one ends with."""
        return [
            line.removesuffix(f" --lab {self.folder} --json")
            for line in (self.folder / "lab.called").read_text().splitlines()
        ]

    def test_a_plan_is_carried_out_by_its_name(self) -> None:
        exchanged = carry_on(self.lab, "PROJ-001", has_changed=True)
        self.assertEqual(exchanged.done, [("octo/lab", ["make an issue of HS-001 there"])])
        self.assertEqual(
            self.called(),
            ["github status", "github sync octo/lab --plan", "github sync octo/lab --apply 0123"],
        )

    def test_a_plan_of_nothing_is_not_carried_out(self) -> None:
        answers(self.folder, "github.sync.--plan", {"plan": "0123", "steps": []})
        self.assertEqual(carry_on(self.lab, "PROJ-001", True).done, [("octo/lab", [])])
        self.assertEqual(len(self.called()), 2)

    def test_a_plan_that_is_out_of_date_is_made_once_more(self) -> None:
        answers(self.folder, "github.sync.--apply", "", 5)
        exchanged = carry_on(self.lab, "PROJ-001", has_changed=True)
        self.assertEqual((exchanged.done, exchanged.problems), ([], ["octo/lab: error: it is 5"]))
        self.assertEqual(len(self.called()), 5)

    def test_what_fails_is_told(self) -> None:
        answers(self.folder, "github.sync.--apply", "", 8)
        self.assertEqual(
            carry_on(self.lab, "PROJ-001", True).problems, ["octo/lab: error: it is 8"]
        )
        self.assertEqual(len(self.called()), 3)
        answers(self.folder, "github.status", "no JSON")
        problems = carry_on(self.lab, "PROJ-001", True).problems
        self.assertEqual(problems, [f"github: `{self.lab.program}` gave no JSON"])

    def test_nothing_linked_is_nothing_done(self) -> None:
        answers(self.folder, "github.status", {"repos": []})
        self.assertEqual(carry_on(self.lab, "PROJ-001", True).problems, [])
        self.assertEqual(self.called(), ["github status"])
