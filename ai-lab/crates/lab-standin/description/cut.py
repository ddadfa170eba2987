"""Cuts the part that the sync uses out of GitHub's published API description.

    npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
    python3 cut.py package/generated/api.github.com.json > github_api.json

What is cut out is turned from OpenAPI 3.0 schemas into JSON Schemas (`nullable` becomes a type), and an object
that a request sends may have no other member than the described ones. Texts for people are left out.
"""
import json
import sys

USED = {
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/labels": ["get", "post"],
    "/repos/{owner}/{repo}/milestones": ["get", "post"],
    "/repos/{owner}/{repo}/milestones/{milestone_number}": ["patch"],
    "/repos/{owner}/{repo}/issues": ["get", "post"],
    "/repos/{owner}/{repo}/issues/{issue_number}": ["get", "patch"],
    "/repos/{owner}/{repo}/issues/{issue_number}/labels": ["post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}": ["delete"],
    "/repos/{owner}/{repo}/issues/{issue_number}/assignees": ["post", "delete"],
    "/repos/{owner}/{repo}/issues/comments": ["get"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/sub_issues": ["post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/sub_issue": ["delete"],
}
PROSE = {"description", "example", "examples", "title", "externalDocs", "x-github", "deprecated"}
# What answers are made of is described once, under a name of its own.
SHARED_FROM = 400
shared = {}

source = json.load(open(sys.argv[1], encoding="utf-8"))


def resolved(node):
    while "$ref" in node:
        target = source
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def schema(node, closed=False):
    """A schema; large ones that several use stand apart. `closed`: no member but the described ones."""
    out = written_out(node, closed)
    text = json.dumps(out, sort_keys=True)
    if closed or len(text) < SHARED_FROM:
        return out
    name = shared.setdefault(text, f"s{len(shared)}")
    return {"$ref": f"#/$defs/{name}"}


def written_out(node, closed):
    if not isinstance(node, dict):
        return node
    node = resolved(node)
    out = {}
    for key, value in node.items():
        if key in PROSE or key in ("nullable", "default") or key.startswith("x-"):
            continue
        if key == "properties":
            out[key] = {name: schema(part, closed) for name, part in value.items()}
        elif key in ("oneOf", "anyOf", "allOf"):
            out["anyOf" if key == "oneOf" else key] = [schema(part, closed) for part in value]
        elif key in ("items", "not") or key == "additionalProperties" and isinstance(value, dict):
            out[key] = schema(value, closed)
        else:
            out[key] = value
    if closed and "properties" in out and "additionalProperties" not in out:
        out["additionalProperties"] = False
    if node.get("nullable"):
        if "type" in out and "enum" not in out:
            out["type"] = [out["type"], "null"]
        else:
            out = {"anyOf": [out, {"type": "null"}]}
    return out


def operation(path, verb):
    node = source["paths"][path][verb]
    parameters = [resolved(p) for p in node.get("parameters", [])]
    out = {
        "operation": node["operationId"],
        "parameters": [
            {"name": p["name"], "in": p["in"], "required": p.get("required", False), "schema": schema(p["schema"])}
            for p in parameters
        ],
        "answers": {},
    }
    if "requestBody" in node:
        body = node["requestBody"]
        out["body"] = schema(body["content"]["application/json"]["schema"], closed=True)
        out["body_required"] = body.get("required", False)
    for status, answer in node["responses"].items():
        content = resolved(answer).get("content", {}).get("application/json")
        out["answers"][status] = schema(content["schema"]) if content and status.startswith("2") else None
    return out


paths = {path: {verb: operation(path, verb) for verb in verbs} for path, verbs in USED.items()}
document = {
    "source": "@octokit/openapi 23.0.2, generated/api.github.com.json; MIT, Copyright Octokit contributors",
    "version": source["info"]["version"],
    "paths": paths,
    "$defs": {name: json.loads(text) for text, name in shared.items()},
}
json.dump(document, sys.stdout, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
