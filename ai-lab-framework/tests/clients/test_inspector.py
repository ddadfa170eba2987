"""The inspector's command line over stdio, in both eras of the protocol."""

import json
import subprocess
import unittest
from typing import ClassVar

import offline
from model import Json
from programs import MODULES, NODE, Program
from scene import FRAMEWORK, ID, OFFERED, Scene

IS_OFFLINE = offline.enter()

INSPECTOR = MODULES / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
ERAS = ("legacy", "modern")


class Inspector(unittest.TestCase):
    """One lab for all of it."""

    scene: ClassVar[Scene]

    @classmethod
    def setUpClass(cls) -> None:
        cls.scene = Scene(Program("inspector", "", ""))
        cls.scene.framework("tool", "lock")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.scene.close()

    def inspect(self, *more: str) -> subprocess.CompletedProcess[str]:
        """What the inspector says of the lab."""
        server = [FRAMEWORK, "mcp", "serve", "--client", "inspector", "--lab", str(self.scene.lab)]
        command = [NODE, str(INSPECTOR), "--cli", *server, *more]
        return subprocess.run(
            command,
            cwd=self.scene.lab,
            env=self.scene.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def read(self, *more: str) -> Json:
        """The same as JSON; it has to end well."""
        ended = self.inspect(*more)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        answer: Json = json.loads(ended.stdout)
        return answer

    def test_it_lists_every_tool_and_finds_no_fault_with_a_schema(self) -> None:
        for era in ERAS:
            with self.subTest(era=era):
                ended = self.inspect("--method", "tools/list", "--strict", "--protocol-era", era)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                tools = json.loads(ended.stdout)["tools"]
                self.assertEqual({tool["name"] for tool in tools}, OFFERED)
                self.assertNotIn("Error:", ended.stderr)

    def test_it_calls_a_tool(self) -> None:
        for number, era in enumerate(ERAS, 1):
            with self.subTest(era=era):
                called = ("--method", "tools/call", "--tool-name", "tracker_add")
                arguments = ("--tool-arg", f"title=From the {era} era", "priority=2")
                answer = self.read(*called, *arguments, "--protocol-era", era)
                item = {"id": f"T-{number:03}", "priority": 2, "title": f"From the {era} era"}
                self.assertEqual(answer["structuredContent"], item)
                self.assertEqual(json.loads(answer["content"][0]["text"]), item)
                self.assertIs(answer.get("isError", False), False)
                execution = answer["_meta"]["ai-lab/execution_id"]
                self.assertRegex(execution, ID)
                row = self.scene.record()[-1]
                self.assertEqual((row["execution_id"], row["status"]), (execution, "succeeded"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
