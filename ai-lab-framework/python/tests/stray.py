"""A tool that prints where it should not; started by the tests as a process."""

import os
import subprocess
import sys
from typing import Any

from ai_lab_framework import BaseAITool, ToolContext, ToolError, action


class Stray(BaseAITool):
    name = "stray"
    description = "Prints where it should not."

    @action(description="Prints in three ways.")
    def hello(self, context: ToolContext, input: Any) -> dict[str, Any]:
        print("by print")
        os.write(1, b"by descriptor\n")
        subprocess.run(["echo", "by child"], check=True)
        if input.get("fail"):
            raise ToolError("asked_for", "as asked")
        return {"text": "hello"}

    @action(description="Tells how long its secret is.")
    def measure(self, context: ToolContext, input: Any) -> dict[str, Any]:
        return {"letters": len(context.secret("password"))}


if __name__ == "__main__":
    sys.exit(Stray().serve())
