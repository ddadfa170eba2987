"""The official conformance suite against `mcp serve --http`: each verdict is the one that the docs give.

`AI_LAB_BLESS=1` writes the verdicts into docs/MCP_CONFORMANCE.md; the reasons are for a person to write.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from typing import ClassVar

import offline
from authorised import Authorised
from programs import HERE, MODULES, NODE
from scene import FRAMEWORK

IS_OFFLINE = offline.enter()

SUITE = MODULES / "@modelcontextprotocol/conformance/dist/index.js"
PAGE = HERE.parent.parent / "docs/MCP_CONFORMANCE.md"
REVISIONS = ("2025-11-25", "2026-07-28")

# How long the suite may take on one revision, in seconds.
PATIENCE_S = 120

Verdicts = dict[str, str]


def page_of(revision: str) -> tuple[Verdicts, dict[str, str]]:
    """The verdict and the reason of each scenario, as the docs have them."""
    section = PAGE.read_text().split(f"## {revision}\n", 1)[-1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]*) \|$", section, re.MULTILINE)
    return {name: verdict.strip() for name, verdict, _ in rows}, {
        name: why.strip() for name, _, why in rows
    }


def bless(revision: str, found: Verdicts) -> None:
    """Writes the verdicts, with the reasons that are there."""
    _, reasons = page_of(revision)
    rows = [
        f"| `{name}` | {verdict} | {'' if verdict == 'passes' else reasons.get(name, '')} |"
        for name, verdict in found.items()
    ]
    head, _, rest = PAGE.read_text().partition(f"## {revision}\n")
    intro, _, table = rest.partition("|---|---|---|\n")
    behind = re.sub(r"\A(\|.*\n)*", "", table)
    text = f"{head}## {revision}\n{intro}|---|---|---|\n" + "\n".join(rows) + f"\n{behind}"
    # What a test blesses is looked at in the difference, as everything is.
    PAGE.write_text(text)


class Conformance(unittest.TestCase):
    """One server for both revisions."""

    root: ClassVar[pathlib.Path]
    server: ClassVar[subprocess.Popen[str]]
    way: ClassVar[Authorised]
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="ai-lab-conformance-")).resolve()
        lab, home = cls.root / "lab", cls.root / "home"
        home.mkdir(mode=0o700)
        shutil.copytree(HERE / "conformance_lab", lab)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"}
        create = [FRAMEWORK, "mcp", "token", "create", "suite", "--json"]
        told = subprocess.check_output(create, cwd=lab, env=environment, text=True)
        serve = [FRAMEWORK, "mcp", "serve", "--lab", str(lab), "--http", "127.0.0.1:0"]
        cls.server = subprocess.Popen(
            serve, cwd=lab, env=environment, stderr=subprocess.PIPE, text=True
        )
        assert cls.server.stderr is not None
        said = cls.server.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:(\d+)/mcp", said)
        assert address is not None, said
        port = int(address[1])
        cls.way = Authorised(port, json.loads(told)["token"])

    @classmethod
    def tearDownClass(cls) -> None:
        cls.way.close()
        cls.server.terminate()
        cls.server.communicate(timeout=30)
        shutil.rmtree(cls.root)

    def verdicts(self, revision: str) -> Verdicts:
        """What the suite finds, scenario by scenario."""
        out = self.root / revision
        url = f"http://127.0.0.1:{self.way.port}/mcp"
        command = [NODE, str(SUITE), "server", "--url", url, "--requirements", revision]
        told = subprocess.run(
            [*command, "-o", str(out)],
            env={"PATH": os.environ["PATH"], "HOME": str(self.root / "home")},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        found = {}
        for folder in sorted(out.glob("server-*")):
            name = re.sub(r"^server-(.+)-\d{4}-\d\d-\d\dT.*$", r"\1", folder.name)
            checks = json.loads((folder / "checks.json").read_text())
            failed = [check for check in checks if check["status"] == "FAILURE"]
            found[name] = "left out" if failed or not checks else "passes"
            if failed and os.environ.get("AI_LAB_VERBOSE"):
                print(revision, name, [check.get("errorMessage") for check in failed])
        self.assertGreater(len(found), 30, told.stdout + told.stderr)
        return found

    def test_each_verdict_is_the_one_of_the_docs(self) -> None:
        for revision in REVISIONS:
            with self.subTest(revision=revision):
                found = self.verdicts(revision)
                if os.environ.get("AI_LAB_BLESS"):
                    bless(revision, found)
                expected, reasons = page_of(revision)
                self.assertEqual(found, expected)
                silent = [
                    n for n, verdict in found.items() if verdict != "passes" and not reasons[n]
                ]
                self.assertEqual(silent, [], "each scenario that is left out has its reason")


if __name__ == "__main__":
    unittest.main(verbosity=2)
