"""A sample tool that takes as long as it is told."""

import json
import sys
import threading

request = json.loads(sys.stdin.readline())
threading.Event().wait(request["input"]["seconds"])
print(json.dumps({"data": {"waited_s": request["input"]["seconds"]}}))
