"""The collector, with played programs and with those of this machine."""

import json
import os
import shutil
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from homeserver_agent import collect as collector
from homeserver_agent.collect import (
    Collected,
    Disk,
    Places,
    collect,
    parse_scan,
    parse_show,
    parse_units,
)
from homeserver_agent.main import main
from homeserver_agent.programs import ProgramFailed
from programs_played import program

SYSTEMCTL = """#!/bin/sh
case $1 in
list-units) echo '[{"unit":"a.service","load":"loaded","active":"active","sub":"running","description":"A"},
{"unit":"-b.service","load":"loaded","active":"failed","sub":"failed","description":"B"}]' ;;
show) [ "$4" = -- ] && [ "$5" = -b.service ] || exit 9
    printf 'Id=-b.service\\nResult=exit-code\\nExecMainStatus=3\\nEnvironment=SECRET=x\\n' ;;
esac
"""

SMARTCTL = """#!/bin/sh
case "$*" in
"--json --scan") echo '{"devices":[{"name":"/dev/sda","type":"sat"},{"name":"/dev/sdb","type":"scsi"},
{"name":"/dev/bus/0","type":"megaraid,4"},{"name":"/dev/sdc","type":""},{"name":"odd"}]}' ;;
*"-n standby -a -d sat /dev/sda") echo '{"smart_status":{"passed":true}}'; exit 64 ;;
*"-d scsi /dev/sdb") echo '{"smartctl":{"messages":[{"string":"Device is in STANDBY mode, exit(2)"}]}}'; exit 2 ;;
*"-d megaraid,4 /dev/bus/0") echo '{"a":1}' ;;
*) echo "cannot open $5"; exit 1 ;;
esac
"""


class Stage(unittest.TestCase):
    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.into = self.folder / "collected"

    def places(self, systemctl: str = "exit 1", smartctl: str = "exit 1") -> Places:
        """Programs that do that."""
        scripts = {"systemctl": systemctl, "smartctl": smartctl}
        paths = {
            name: program(
                self.folder, name, text if text.startswith("#!") else f"#!/bin/sh\n{text}\n"
            )
            for name, text in scripts.items()
        }
        return Places(**paths)

    def read(self, name: str) -> Any:
        """A file that was written."""
        return json.loads((self.into / name).read_text())


class Collects(Stage):
    def test_units_and_disks_as_their_programs_tell_them(self) -> None:
        collected = collect(self.into, self.places(SYSTEMCTL, SMARTCTL))
        disks = ["smart/sda.json", "smart/sdb.json", "smart/bus_0-megaraid_4.json"]
        self.assertEqual(collected.written, ["units.json", *disks])
        self.assertEqual(
            collected.notes,
            ["/dev/sdb: Device is in STANDBY mode, exit(2)", "/dev/sdc: cannot open /dev/sdc"],
        )
        units = self.read("units.json")
        self.assertEqual([unit["unit"] for unit in units["units"]], ["a.service", "-b.service"])
        # Only what was asked for: a unit's environment may hold a secret.
        self.assertEqual(
            units["failed"], [{"Id": "-b.service", "Result": "exit-code", "ExecMainStatus": "3"}]
        )
        self.assertEqual(self.read("smart/sda.json"), {"smart_status": {"passed": True}})
        self.assertEqual(sorted(os.listdir(self.into)), ["smart", "units.json"])
        for path in (self.into, self.into / "smart", self.into / "units.json"):
            self.assertEqual(path.stat().st_mode & 0o022, 0)

    def test_a_disk_that_is_gone_and_a_draft_of_a_killed_run_are_removed(self) -> None:
        smart = self.into / "smart"
        smart.mkdir(parents=True)
        for name in ("sdz.json", ".sda.json.0a0b.new", "notes.txt"):
            (smart / name).write_text("{}")
        (smart / "folder.json").mkdir()
        collect(self.into, self.places(SYSTEMCTL, SMARTCTL))
        kept = ["bus_0-megaraid_4.json", "folder.json", "notes.txt", "sda.json", "sdb.json"]
        self.assertEqual(sorted(os.listdir(smart)), kept)

    def test_what_is_absent_old_or_broken_is_told_and_old_files_stay(self) -> None:
        self.into.mkdir()
        (self.into / "units.json").write_text("before")
        old = "no disks: smartctl named no disks as JSON; it is older than version 7"
        not_booted = "System has not been booted with systemd"
        cases = [
            (f"echo '{not_booted}' >&2; exit 1", "exit 1", [f"no units: {not_booted}", old]),
            (
                "echo UNIT LOAD",
                "echo '{}'",
                ["no units: systemctl gave no JSON; it is older than systemd 246", old],
            ),
            (
                "echo '{}'",
                "echo '{\"devices\":[]}'",
                ["no units: systemctl gave no list of units"],
            ),
        ]
        for systemctl, smartctl, notes in cases:
            with self.subTest(notes):
                collected = collect(self.into, self.places(systemctl, smartctl))
                self.assertEqual(collected, Collected([], notes))
        absent = [
            "no units: there is no program `no-such-a`",
            "no disks: there is no program `no-such-b`; the package smartmontools has it",
        ]
        places = Places("no-such-a", "no-such-b")
        self.assertEqual(collect(self.into, places), Collected([], absent))
        self.assertEqual((self.into / "units.json").read_text(), "before")

    def test_a_program_that_hangs_costs_its_deadline_and_no_more(self) -> None:
        disks = """'{"devices":[{"name":"/dev/sda"},{"name":"/dev/sdb"}]}'"""
        scan = f'if [ "$2" = --scan ]; then echo {disks}; else sleep 600; fi'
        with (
            patch.object(collector, "DEADLINE_S", 0.5),
            patch.object(collector, "ALL_DISKS_S", 0.2),
        ):
            collected = collect(self.into, self.places("sleep 600", scan))
        self.assertEqual(collected.written, [])
        units, first, second = collected.notes
        self.assertRegex(
            units, "^no units: `.*systemctl` had not ended after 0.5 s, and was ended$"
        )
        self.assertRegex(first, "^/dev/sda: `.*smartctl` had not ended after 0.[12]")
        self.assertEqual(second, "/dev/sdb: not asked; the disks before took too long")

    def test_more_disks_than_are_asked_are_told(self) -> None:
        with patch.object(collector, "MOST_DISKS", 1):
            notes = collect(self.into, self.places(SYSTEMCTL, SMARTCTL)).notes
        self.assertEqual(notes, ["3 more disks are not asked"])

    def test_no_link_is_followed(self) -> None:
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        self.into.symlink_to(elsewhere)
        with self.assertRaises(OSError):
            collect(self.into, self.places(SYSTEMCTL))
        self.into.unlink()
        self.into.mkdir()
        (self.into / "smart").symlink_to(elsewhere)
        with self.assertRaises(OSError):
            collect(self.into, self.places(SYSTEMCTL, SMARTCTL))
        target = elsewhere / "precious"
        target.write_text("mine")
        (self.into / "units.json").unlink()
        (self.into / "units.json").symlink_to(target)
        collect(self.into, self.places(SYSTEMCTL))
        self.assertEqual((target.read_text(), os.listdir(elsewhere)), ("mine", ["precious"]))
        self.assertFalse((self.into / "units.json").is_symlink())

    def test_a_disk_that_is_full_leaves_the_old_file_and_no_draft(self) -> None:
        self.into.mkdir()
        (self.into / "units.json").write_text("before")
        full = OSError(28, "No space left on device")
        with patch.object(os, "fsync", side_effect=full), self.assertRaises(OSError):
            collect(self.into, self.places(SYSTEMCTL))
        left = os.listdir(self.into), (self.into / "units.json").read_text()
        self.assertEqual(left, (["units.json"], "before"))


class Parsed(unittest.TestCase):
    def test_what_systemctl_shows_of_several_units(self) -> None:
        text = "Id=a\nDescription=x=y\nOther=1\n\n\nId=b\nnothing\n"
        self.assertEqual(parse_show(text), [{"Id": "a", "Description": "x=y"}, {"Id": "b"}])

    def test_names_of_files(self) -> None:
        names = {
            ("/dev/nvme0", "nvme"): "nvme0",
            ("/dev/../etc/x", ""): "_etc_x",
            ("/dev/disk/by-id/a b", "3ware,1"): "disk_by-id_a_b-3ware_1",
        }
        for (name, kind), expected in names.items():
            self.assertEqual(Disk(name, kind).file, f"{expected}.json")

    def test_a_machine_without_disks(self) -> None:
        self.assertEqual(parse_scan(b'{"smartctl": {"exit_status": 0}}'), [])

    def test_rows_that_are_none(self) -> None:
        for text in (b"[1]", b"3"):
            with self.assertRaises(ProgramFailed):
                parse_units(text)
        for text in (b"[]", b'{"devices":[{}]}', b'{"devices":[1]}'):
            with self.assertRaises(ProgramFailed):
                parse_scan(text)


class OfThisMachine(Stage):
    def test_this_machines_own_programs_answer_or_their_absence_is_told(self) -> None:
        collected = collect(self.into, Places())
        for name, what, beginning in [
            ("systemctl", "units.json", "no units: "),
            ("smartctl", "smart", "no disks: "),
        ]:
            told = [note for note in collected.notes if note.startswith(beginning)]
            is_there = (self.into / what).exists()
            self.assertNotEqual(is_there, bool(told), (collected, shutil.which(name)))
            if shutil.which(name) is None:
                self.assertIn(f"there is no program `{name}`", told[0])

    def test_the_command_line_says_what_it_wrote(self) -> None:
        tools = self.folder / "projects/homeserver-agent/tools/monitoring"
        tools.mkdir(parents=True)
        (self.folder / "ai-lab.toml").touch()
        self.places(SYSTEMCTL, SMARTCTL)
        with patch.dict(os.environ, {"PATH": f"{self.folder}:{os.environ['PATH']}"}):
            self.assertEqual(main(["collect", "--lab", str(self.folder)]), 0)
            self.assertTrue((tools / ".collected/units.json").is_file())
            self.assertEqual(main(["collect", "--into", str(self.into), "--json"]), 0)
            self.assertEqual(main(["collect", "--into", "/proc/nothing"]), 8)
        with patch.object(os, "getcwd", return_value="/"):
            self.assertEqual(main(["collect", "--into", str(self.into)]), 0)
            self.assertEqual(main(["collect"]), 4)
