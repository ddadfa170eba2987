"""A lab in a temporary folder, a person's home beside it, and one client that was connected to the lab."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from model import Conversation, Json, Model, Tool
from programs import HERE, PATIENCE_S, Program

FRAMEWORK = os.environ["AI_LAB_FRAMEWORK"]
# The folder of a tool `monitoring` that was built.
MONITORING = pathlib.Path(os.environ["AI_LAB_MONITORING"])

# An execution's id.
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What the lab offers an agent.
OFFERED = {
    "lab_cancel",
    "lab_result",
    "lab_session",
    "monitoring_alerts",
    "monitoring_checks",
    "monitoring_containers",
    "monitoring_drives",
    "monitoring_history",
    "monitoring_host",
    "monitoring_journal",
    "monitoring_metrics",
    "monitoring_units",
    "monitoring_why_slow",
    "slow_wait",
    "tracker_add",
    "tracker_hold",
    "tracker_list",
    "tracker_report",
    "tracker_show",
    "tracker_wipe",
}


@dataclasses.dataclass
class Ended:
    """How a client ended."""

    code: int
    output: str
    errors: str


class Scene:
    """One client in one lab; gone with `close`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._folder = tempfile.TemporaryDirectory(prefix="ai-lab-clients-")
        root = pathlib.Path(self._folder.name).resolve()
        self.home, self.lab = root / "home", root / "lab"
        self.home.mkdir(mode=0o700)
        shutil.copytree(HERE / "lab", self.lab)
        shutil.copytree(MONITORING, self.lab / "tools/monitoring")
        os.mkfifo(self.begun)
        program.prepare(self.home, self.lab)

    @property
    def begun(self) -> pathlib.Path:
        """A pipe that `tracker.hold` opens when it has begun."""
        return self.lab / "tools/tracker/data/begun"

    def close(self) -> None:
        """Ends what is left of it."""
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """The person's environment."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "NO_COLOR": "1"}

    def framework(self, *arguments: str) -> str:
        """What a command of the framework prints; it has to end well."""
        ended = subprocess.run(
            [FRAMEWORK, *arguments],
            cwd=self.lab,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, (
            f"{arguments}: exit {ended.returncode}\n{ended.stdout}{ended.stderr}"
        )
        return ended.stdout

    def record(self) -> list[Json]:
        """The executions, the oldest first."""
        page = json.loads(self.framework("execution", "list", "--json", "--limit", "200"))
        return list(reversed(page["executions"]))

    def talk(self, conversation: Callable[[list[Tool], list[Json]], Conversation]) -> Ended:
        """One prompt to the client; raises what went wrong in the conversation."""
        model = Model(conversation)
        try:
            client = self.program.start(self.home, self.lab, model.port)
            try:
                output, errors = client.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(client.pid, signal.SIGKILL)
                output, errors = client.communicate()
                print(output, errors)
                raise
            try:
                model.outcome()
            except BaseException:
                print(f"{self.program.name} ended with {client.returncode}\n{output}\n{errors}")
                raise
            return Ended(client.returncode, output, errors)
        finally:
            model.close()

    def interrupt_at(self, conversation: Callable[[list[Tool], list[Json]], Conversation]) -> int:
        """One prompt, withdrawn with Ctrl-C as soon as `tracker.hold` runs."""
        model = Model(conversation)
        try:
            client = self.program.start(self.home, self.lab, model.port)
            begun = threading.Thread(target=self.begun.read_bytes, daemon=True)
            begun.start()
            begun.join(timeout=PATIENCE_S)
            assert not begun.is_alive(), "the call never began"
            os.kill(client.pid, signal.SIGINT)
            try:
                client.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(client.pid, signal.SIGTERM)
                client.communicate()
            return client.returncode
        finally:
            model.close()


def processes_of(execution: str) -> list[int]:
    """The processes that carry the mark of an execution."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"AI_LAB_EXECUTION_ID={execution}".encode() in environment:
            found.append(int(entry.name))
    return found


def until(seen: Callable[[], Any], seconds: float = 20) -> Any:
    """Looks until something is there: what another process does has no other end to wait for."""
    pause = threading.Event()
    for _ in range(int(seconds * 10)):
        if value := seen():
            return value
        pause.wait(0.1)
    raise AssertionError("it has not happened")
