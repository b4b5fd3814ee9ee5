"""How a request asks for JSON of one form: by schema, or in words where a server cannot."""

import json
from collections.abc import Mapping
from typing import Any

from config.settings import StructuredOutput

_IN_WORDS = "Answer with one JSON object of this JSON schema and nothing else, no code fence and no comment: %s"


def ask_for_json(body: dict[str, Any], mode: StructuredOutput) -> None:
    """Changes `body`, which asks by schema, to what the server understands."""
    response_format = body.get("response_format")
    if mode == "json_schema" or not isinstance(response_format, Mapping):
        return
    if mode == "json_schema_without_tools" and "tools" not in body:
        return
    del body["response_format"]
    if mode == "json_object":
        body["response_format"] = {"type": "json_object"}
    schema = json.dumps(response_format["json_schema"]["schema"], separators=(",", ":"))
    first, *others = _plain_roles(body["messages"])
    body["messages"] = [{**first, "content": f"{first['content']}\n\n{_IN_WORDS % schema}"}, *others]


def _plain_roles(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Chat templates of local models want one system message, the first, and users and assistants in turn."""
    plain: list[dict[str, Any]] = messages[:1]
    for message in messages[1:]:
        if message["role"] != "system":
            plain.append(message)
        elif plain[-1]["role"] == "user":
            plain[-1] = {**plain[-1], "content": f"{plain[-1]['content']}\n\n{message['content']}"}
        else:
            plain.append({**message, "role": "user"})
    return plain
