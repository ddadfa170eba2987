"""Scans the house."""

import subprocess
import sys

from ai_lab_framework import BaseAITool, ToolContext, ToolResult, action
from ai_lab_framework.measure import Measure  # seeded: the module is gone
from ai_lab_framework import SchemaError as Wrong  # seeded: the name is gone
from ai_lab_framework import Length  # seeded: deprecated, renamed


class Scan(BaseAITool):
    name = "scan"
    description = "Scans the house."

    @action(
        description="Looks.",
        open_world=True,  # seeded: the parameter is gone
    )
    def look(self, context: ToolContext, wanted: dict) -> dict:
        context.log("info", "looking")
        key = context.secret("router")  # seeded: the method is gone
        subprocess.run(["ai-lab-framework", "execution", "verify"], check=True)  # seeded: the command is gone
        return {"key": len(key), "own": self.own()}

    def own(self) -> int:
        return 1


if __name__ == "__main__":
    sys.exit(Scan().serve())
