"""The real clients: how each is started, and what it makes of a tool's name and of an answer."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
MODULES = pathlib.Path(os.environ.get("AI_LAB_CLIENTS", HERE)) / "node_modules"
NODE = os.environ.get("AI_LAB_NODE", "node")

# How long one conversation may take, in seconds: 45 of them are the wait for a slow call.
PATIENCE_S = 240


@dataclasses.dataclass
class Program:
    """One client of the package-lock."""

    name: str
    version: str
    protocol: str

    def tool(self, name: str) -> str:
        """What the model calls a tool of the lab."""
        raise NotImplementedError

    def answer(self, given: str) -> str:
        """What the server answered, out of what the model is given."""
        raise NotImplementedError

    def prepare(self, home: pathlib.Path, lab: pathlib.Path) -> None:
        """Writes what a person has in their home before they connect anything."""

    def start(self, home: pathlib.Path, lab: pathlib.Path, port: int) -> subprocess.Popen[str]:
        """Starts it in the lab, on one prompt, with the stand-in for its model."""
        raise NotImplementedError

    def _run(
        self, command: list[str], more: dict[str, str], home: pathlib.Path, lab: pathlib.Path
    ) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "CI": "1",
            **more,
        }
        return subprocess.Popen(
            command,
            cwd=lab,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


class Opencode(Program):
    """opencode's binary; its provider is injected beside the lab's own configuration."""

    def __init__(self) -> None:
        super().__init__("opencode", "1.18.33", "mcp/2025-11-25")

    def tool(self, name: str) -> str:
        return f"ai-lab_{name}"

    def answer(self, given: str) -> str:
        return given

    def start(self, home: pathlib.Path, lab: pathlib.Path, port: int) -> subprocess.Popen[str]:
        limits = {"context": 200_000, "output": 8_192}
        model = {"tool_call": True, "limit": limits}
        options = {"baseURL": f"http://127.0.0.1:{port}/v1", "apiKey": "none"}
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "options": options,
            "models": {"fake-model": model},
        }
        config = {
            "model": "fake/fake-model",
            "small_model": "fake/fake-model",
            "enabled_providers": ["fake"],
            "autoupdate": False,
            "share": "disabled",
            "provider": {"fake": provider},
        }
        more = {
            "OPENCODE_CONFIG_CONTENT": json.dumps(config),
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
            "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
            "npm_config_offline": "true",
        }
        binary = MODULES / "opencode-linux-x64-baseline/bin/opencode"
        return self._run([str(binary), "run", "Work through the list."], more, home, lab)


class GeminiCli(Program):
    """Gemini CLI's bundle, on a Node of its own."""

    def __init__(self) -> None:
        super().__init__("gemini-cli", "0.61.0", "mcp/2025-06-18")

    def tool(self, name: str) -> str:
        return f"mcp_ai-lab_{name}"

    def answer(self, given: str) -> str:
        if failed := re.search(r"with response: (\[.*\])$", given, re.DOTALL):
            response = json.loads(failed[1])[0]["functionResponse"]["response"]
            return "\n\n".join(block["text"] for block in response["content"])
        blocks = re.findall(r"<untrusted_context>\n?(.*?)\n?</untrusted_context>", given, re.DOTALL)
        return "\n\n".join(blocks) if blocks else given

    def prepare(self, home: pathlib.Path, lab: pathlib.Path) -> None:
        settings = {
            "security": {"auth": {"selectedType": "gemini-api-key"}},
            "general": {"enableAutoUpdate": False},
            "privacy": {"usageStatisticsEnabled": False},
        }
        (home / ".gemini").mkdir()
        (home / ".gemini/settings.json").write_text(json.dumps(settings))
        (home / ".gemini/trustedFolders.json").write_text(json.dumps({str(lab): "TRUST_FOLDER"}))

    def start(self, home: pathlib.Path, lab: pathlib.Path, port: int) -> subprocess.Popen[str]:
        more = {
            "GEMINI_API_KEY": "none",
            "GOOGLE_GEMINI_BASE_URL": f"http://127.0.0.1:{port}",
            "GEMINI_CLI_NO_RELAUNCH": "1",
            "GEMINI_TELEMETRY_ENABLED": "false",
        }
        bundle = MODULES / "@google/gemini-cli/bundle/gemini.js"
        command = [NODE, str(bundle), "-m", "gemini-2.5-flash", "-p", "Work through the list."]
        return self._run(command, more, home, lab)
