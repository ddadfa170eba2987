"""A sample tool: it keeps things to do in a file beside it."""

import json
import pathlib
import sys
import threading

STORE = pathlib.Path("data/items.json")


def act(action, given):
    items = json.loads(STORE.read_text()) if STORE.exists() else []
    if action == "list":
        return {"data": {"items": items}}
    if action == "hold":
        pathlib.Path("data/begun").write_text("begun")
        # Longer than a client takes to end on a busy machine, Ctrl-C or not.
        threading.Event().wait(28)
        return {"data": {}}
    if action == "report":
        return {
            "data": {"lines": [f"line {n:04} of the report" for n in range(1, given["lines"] + 1)]}
        }
    if action == "show":
        for item in items:
            if item["id"] == given["id"]:
                return {"data": item}
        return {"error": {"kind": "no_such_item", "message": f"there is no item {given['id']}"}}
    if action == "wipe":
        STORE.write_text("[]")
        return {"data": {"taken": len(items)}}
    item = {"id": f"T-{len(items) + 1:03}", **given}
    STORE.write_text(json.dumps([*items, item]))
    return {"data": item}


request = json.loads(sys.stdin.readline())
print(json.dumps(act(request["action"], request["input"])))
