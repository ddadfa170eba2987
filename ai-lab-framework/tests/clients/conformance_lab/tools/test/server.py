"""What the conformance suite asks of a server's tools, as a small MCP server over stdio."""

import json
import sys
import threading

# One red pixel, and a sound of no length.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="

TEXT = {"type": "text", "text": "This is a simple text response for testing."}
IMAGE = {"type": "image", "data": PNG, "mimeType": "image/png"}
AUDIO = {"type": "audio", "data": WAV, "mimeType": "audio/wav"}


def resource(uri, mime, text):
    return {"type": "resource", "resource": {"uri": uri, "mimeType": mime, "text": text}}


EMBEDDED = resource(
    "test://embedded-resource", "text/plain", "This is an embedded resource content."
)
MIXED = resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')

ANSWERS = {
    "simple_text": [TEXT],
    "image_content": [IMAGE],
    "audio_content": [AUDIO],
    "embedded_resource": [EMBEDDED],
    "multiple_content_types": [
        {"type": "text", "text": "Multiple content types test:"},
        IMAGE,
        MIXED,
    ],
    "error_handling": [
        {"type": "text", "text": "This tool intentionally returns an error for testing"}
    ],
    "tool_with_logging": [{"type": "text", "text": "Done, and told."}],
    "tool_with_progress": [{"type": "text", "text": "Done, after a while."}],
}


def answer(method, params):
    if method == "initialize":
        version = params["protocolVersion"]
        info = {"name": "conformance", "version": "1.0.0"}
        return {
            "protocolVersion": version,
            "capabilities": {"tools": {}, "logging": {}},
            "serverInfo": info,
        }
    if method == "tools/list":
        schema = {"type": "object"}
        return {
            "tools": [
                {"name": name, "description": f"Does {name}.", "inputSchema": schema}
                for name in ANSWERS
            ]
        }
    if method == "tools/call":
        name = params["name"]
        if name == "tool_with_logging":
            for data in (
                "Tool execution started",
                "Tool processing data",
                "Tool execution completed",
            ):
                told = {"level": "info", "data": data}
                note = {"jsonrpc": "2.0", "method": "notifications/message", "params": told}
                print(json.dumps(note), flush=True)
        if name == "tool_with_progress":
            # Long enough for three of the server's own signs of life.
            threading.Event().wait(4)
        return {"content": ANSWERS[name], "isError": name == "error_handling"}
    return None


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message or "method" not in message:
        continue
    reply = {"jsonrpc": "2.0", "id": message["id"]}
    result = answer(message["method"], message.get("params") or {})
    if result is None:
        reply["error"] = {"code": -32601, "message": "no such method"}
    else:
        reply["result"] = result
    print(json.dumps(reply), flush=True)
