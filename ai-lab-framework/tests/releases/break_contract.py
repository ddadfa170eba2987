"""Takes a promise out of a contract: the command that everybody uses.

    break_contract.py FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    file = Path(sys.argv[1])
    contract = json.loads(file.read_bytes())
    contract["version"] = "1.1.4"
    gone = [
        (area, item)
        for area, items in contract["items"].items()
        for item in items
        if item.startswith("tool run")
    ]
    if not gone:
        raise SystemExit("error: there is no `tool run` in the contract: break_contract.py is behind the tree")
    for area, item in gone:
        del contract["items"][area][item]
    text = json.dumps(contract, indent=2, ensure_ascii=False) + "\n"
    file.unlink()
    file.write_text(text)


if __name__ == "__main__":
    main()
