"""Random lives of alerts, watched by the whole of it but the processes: cut anywhere, and with people about."""

import dataclasses
import random
import unittest

from homeserver_agent.alerts import Alert, Severity, State
from homeserver_agent.watch import _follow
from integrations.database.marks import label_of
from played import Cut, Tracker, alert, as_told

KEYS = ("disk_used:/", "load", "check:My Site, Inc.")


class World:
    """Alerts that come and go, and the moments at which they do."""

    def __init__(self, seed: int) -> None:
        self.die = random.Random(seed)
        self.now = 0
        self.alerts: dict[str, Alert] = {}

    def moment(self) -> str:
        return f"2026-03-01T{self.now // 3600:02}:{self.now // 60 % 60:02}:{self.now % 60:02}Z"

    def go_on(self) -> None:
        """One minute, in which each alert may do what an alert can."""
        self.now += 60
        for key in KEYS:
            before = self.alerts.get(key)
            severity = self.die.choice(list(Severity))
            if before is None or before.state is State.RESOLVED:
                choice = self.die.choice(["pending", "fire", "forget", "stay", "stay"])
                if choice == "forget":
                    self.alerts.pop(key, None)
                elif choice != "stay":
                    self.begin(
                        key, State.PENDING if choice == "pending" else State.FIRING, severity
                    )
            elif before.state is State.PENDING:
                if self.die.random() < 0.5:
                    self.begin(key, State.FIRING, severity)
                else:
                    del self.alerts[key]
            else:
                self.fires_on(before, severity)

    def begin(self, key: str, state: State, severity: Severity) -> None:
        self.alerts[key] = alert(
            key=key,
            state=state,
            severity=severity,
            since=self.moment(),
            is_flapping=state is State.FIRING and self.die.random() < 0.2,
            value=float(self.die.randrange(100)),
        )

    def fires_on(self, before: Alert, severity: Severity) -> None:
        choice = self.die.choice(["end", "worse", "figures", "stay", "vanish"])
        if choice == "end":
            self.end(before)
        elif choice == "worse":
            self.alerts[before.key] = dataclasses.replace(before, severity=severity)
        elif choice == "figures":
            self.alerts[before.key] = dataclasses.replace(before, value=1.5)
        elif choice == "vanish":
            del self.alerts[before.key]

    def end(self, before: Alert) -> None:
        self.alerts[before.key] = dataclasses.replace(
            before, state=State.RESOLVED, resolved_at=self.moment()
        )

    def calm_down(self) -> None:
        """Everything ends and is quiet."""
        self.now += 60
        for one in list(self.alerts.values()):
            if one.state is State.PENDING:
                del self.alerts[one.key]
            else:
                self.end(dataclasses.replace(one, is_flapping=False))

    def watch(self, tracker: Tracker) -> None:
        tracker.alerts = as_told(*self.alerts.values(), at=self.moment())
        _follow(tracker, "HS", is_dry_run=False)

    def watch_and_cut(self, tracker: Tracker) -> None:
        """A watch that ends somewhere: before or after a change, twice, then one that goes on."""
        for _ in range(2):
            tracker.changes_until_cut = self.die.randrange(4)
            tracker.is_cut_after = self.die.random() < 0.5
            try:
                self.watch(tracker)
            except Cut:
                pass
            finally:
                tracker.changes_until_cut = None
        self.watch(tracker)


class Lives(unittest.TestCase):
    def check(self, tracker: Tracker) -> None:
        """Never two items of a key."""
        labels = [item["labels"][1] for item in tracker.items.values()]
        self.assertEqual(len(labels), len(set(labels)), labels)

    def check_follows(self, world: World, tracker: Tracker) -> None:
        """Every item stands where its alert does."""
        self.check(tracker)
        items = {item["labels"][1]: item for item in tracker.items.values()}
        for key in KEYS:
            one, item = world.alerts.get(key), items.get(label_of(key))
            if one is not None and one.state is State.FIRING:
                assert item is not None
                self.assertEqual(
                    (item["status"], item["criteria"][0][1]), ("todo", False), (key, item)
                )
                self.assertIn(item["priority"], ("high", "critical"))
            elif item is not None and not (
                one is not None and (one.is_flapping or one.state is State.PENDING)
            ):
                self.assertEqual(
                    (item["status"], item["criteria"][0][1]), ("done", True), (key, item)
                )

    def test_every_item_follows_its_alert_and_a_second_watch_changes_nothing(self) -> None:
        for seed in range(25):
            with self.subTest(seed=seed):
                world, tracker = World(seed), Tracker()
                for _ in range(20):
                    world.go_on()
                    world.watch(tracker)
                    self.check_follows(world, tracker)
                    tracker.calls.clear()
                    world.watch(tracker)
                    self.assertEqual(tracker.changes(), [])
                world.calm_down()
                world.watch(tracker)
                self.assertEqual(
                    {item["status"] for item in tracker.items.values()} - {"done"}, set()
                )

    def test_a_watch_that_is_cut_anywhere_is_gone_on_with(self) -> None:
        for seed in range(25):
            with self.subTest(seed=seed):
                world, tracker, calm = World(seed), Tracker(), Tracker()
                for _ in range(20):
                    world.go_on()
                    world.watch_and_cut(tracker)
                    world.watch(calm)
                    self.check_follows(world, tracker)
                told = [item["notes"].count("[alert") for item in tracker.items.values()]
                uncut = [item["notes"].count("[alert") for item in calm.items.values()]
                # Nothing is told twice, whatever was cut; the order in which items were made may differ.
                self.assertEqual(sorted(told), sorted(uncut))

    def test_what_people_write_stays(self) -> None:
        for seed in range(25):
            with self.subTest(seed=seed):
                world, tracker = World(seed), Tracker()
                die = random.Random(-seed - 1)
                for _ in range(20):
                    world.go_on()
                    world.watch(tracker)
                    self.check(tracker)
                    self.meddle(die, tracker)
                    before = {name: dict(item) for name, item in tracker.items.items()}
                    world.go_on()
                    world.watch(tracker)
                    self.check_untouched(before, tracker)

    def meddle(self, die: random.Random, tracker: Tracker) -> None:
        """Somebody changes an item."""
        for item in tracker.items.values():
            item["version"] += 1
            choice = die.randrange(8)
            if choice == 0:
                item["title"] += "!"
            elif choice == 1:
                item["labels"] = [*item["labels"][:2], "mine"]
            elif choice == 2:
                item["status"] = die.choice(
                    ["in_progress", "review", "blocked", "cancelled", "done", "todo"]
                )
            elif choice == 3:
                item["priority"] = "low"
            elif choice == 4:
                item["description"] += "\n\nIt is the photos."
            elif choice == 5:
                item["claimed"] = not item["claimed"]

    def check_untouched(self, before: dict[str, dict[str, object]], tracker: Tracker) -> None:
        for name, was in before.items():
            now = tracker.items[name]
            for field in ("title", "labels", "description"):
                self.assertEqual(now[field], was[field])
            self.assertTrue(now["notes"].startswith(str(was["notes"])))
            if was["status"] in ("in_progress", "review", "blocked", "cancelled"):
                self.assertEqual(now["status"], was["status"])
            if was["priority"] == "low":
                self.assertEqual(now["priority"], "low")
            if was["claimed"] and was["status"] == "todo":
                self.assertEqual(now["status"], "todo")
