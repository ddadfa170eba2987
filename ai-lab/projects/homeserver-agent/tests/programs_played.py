"""Programs that tests put on the PATH."""

import json
import os
from pathlib import Path
from typing import Any

FRAMEWORK = """#!/bin/sh
# Notes how it was called and with what, and answers what lies there for the action.
input=$(cat)
printf '%s\\t%s\\n' "$*" "$input" >>"$(dirname "$0")/framework.called"
action=${3#*.}
cat "$(dirname "$0")/$action.answer"
exit "$(cat "$(dirname "$0")/$action.code" 2>/dev/null || echo 0)"
"""

LAB = """#!/bin/sh
# Answers what lies there for its first two words, and the third where there is such an answer.
folder=$(dirname "$0")
printf '%s\\n' "$*" >>"$folder/lab.called"
for answer in "$1.$2.$4" "$1.$2"; do
    [ -e "$folder/$answer.answer" ] || continue
    cat "$folder/$answer.answer"
    code=$(cat "$folder/$answer.code" 2>/dev/null || echo 0)
    [ "$code" = 0 ] || echo "error: it is $code" >&2
    exit "$code"
done
echo "error: no answer to $*" >&2
exit 70
"""


def program(folder: Path, name: str, script: str) -> str:
    """Writes a program; gives its path."""
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


def answers(folder: Path, name: str, answer: Any, code: int = 0) -> None:
    """What a played program answers from now on."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    (folder / f"{name}.answer").write_text(text)
    (folder / f"{name}.code").write_text(str(code))


def on_the_path(folder: Path) -> dict[str, str]:
    """An environment in which the folder's programs are found before all others."""
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
