#!/usr/bin/env python3
"""The tool itself: its actions, and one call that serves them."""

import sys
from dataclasses import dataclass
from typing import Annotated

try:
    from ai_lab_framework import BaseAITool, ToolContext, ToolError, action
except ModuleNotFoundError as missing:
    if missing.name != "ai_lab_framework":
        raise
    sys.exit("the package ai_lab_framework is missing: pip install ai-lab-framework")


@dataclass
class Guest:
    """Whom to greet."""

    name: Annotated[str, "The guest's name, as it is spoken."] = "world"


@dataclass
class Greeting:
    """What to say."""

    text: Annotated[str, "One sentence."]


class @type@(BaseAITool):
    name = "@name@"
    description = @quoted_description@

    @action(description="Greets someone by name.", read_only=True, idempotent=True)
    def hello(self, context: ToolContext, guest: Guest) -> Greeting:
        if not guest.name:
            raise ToolError("nameless_guest", "the guest has no name")
        context.log("info", "a guest has come")
        context.metric("name_letters", len(guest.name))
        return Greeting(f"Hello, {guest.name}.")


if __name__ == "__main__":
    sys.exit(@type@().serve())
