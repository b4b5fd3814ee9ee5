"""The answer for the customer, out of nothing but what the tools returned."""

import json
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from agents.offline.answering.formats import currency_of
from agents.offline.answering.tabulating import Row, fields, rows_of, table
from agents.offline.answering.values import ToolResult
from models.plan import AgentReply

_FAILED = "This information is not available right now. Please try again later."


def render(request: str, results: Sequence[ToolResult]) -> AgentReply:
    parts = list(dict.fromkeys(_part(result) for result in results))
    return AgentReply(able_to_serve=True, human_input_required=False, text="\n\n".join(parts))


def _part(result: ToolResult) -> str:
    data = _parsed(result.content)
    if isinstance(data, str):
        return data
    if error := data.get("error"):
        return error if isinstance(error, str) else _FAILED
    currency = currency_of(data)
    sections = [_lead(data, currency)]
    for rows in _row_lists(data)[:1]:
        sections.append(table(rows, currency))
    return "\n\n".join(section for section in sections if section)


def _lead(data: Row, currency: str | None) -> str:
    summary = data.get("summary")
    if isinstance(summary, str) and summary:
        return summary
    for name in ("text", "answer", "content", "message", "body"):
        if isinstance(value := data.get(name), str) and value:
            return value
    return fields(data, currency)


def _row_lists(data: Row) -> list[list[Row]]:
    return [rows for value in data.values() if (rows := rows_of(value))]


def _parsed(content: str) -> Mapping[str, JsonValue] | str:
    try:
        data = json.loads(content)
    except ValueError:
        return content
    if isinstance(data, list):
        return {"rows": data}
    return data if isinstance(data, dict) else str(data)
