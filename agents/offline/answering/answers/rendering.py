"""The answer for the customer, out of nothing but what the tools returned."""

import json
import re
from collections.abc import Sequence

from pydantic import JsonValue

from agents.offline.answering.answers.focusing import focus
from agents.offline.answering.answers.formats import currency_of, readable
from agents.offline.answering.answers.tabulating import Row, facts, rows_of, table
from agents.offline.answering.language.words import label
from agents.offline.answering.values import ToolResult
from models.plan import AgentReply

_FAILED = "Sorry, this information is not available right now."
_INTERNAL = re.compile(r"[a-z0-9]+_[a-z0-9_]+|Traceback|Exception|[Aa]rgument|[{}<>]|\b(?:HTTP|null|None)\b")
_PLEASE = re.compile(r"\bPlease ((?:name|choose|pick|give|say|tell|select|specify|enter)\b[^.?!]*)[.!]?$")
_TEXTS = ("text", "answer", "content", "message", "body", "description")
_ASIDE = re.compile(r"other|related|similar|suggest|see also|more|next")
_QUALIFIED = re.compile(r"unpaid|previous|past|overdue|pending|upcoming")


def render(request: str, results: Sequence[ToolResult]) -> AgentReply:
    """Each result answers for itself; a repeated answer stands once."""
    parsed = [_parsed(result.content) for result in results]
    answered = [(_part(request, data), data) for data in parsed]
    parts = list(dict.fromkeys(part for part, _ in answered))
    able = any(not isinstance(data, dict) or data.get("found") is not False for data in parsed) or not parsed
    asks = any(part.endswith("?") and isinstance(data, dict) and "error" in data for part, data in answered)
    return AgentReply(able_to_serve=able, human_input_required=asks, text="\n\n".join(parts) or _FAILED)


def _part(request: str, data: Row | str) -> str:
    if isinstance(data, str):
        return data.strip() or _FAILED
    if "error" in data and len(data) == 1:
        error = data["error"]
        fit = isinstance(error, str) and error.strip() and not _INTERNAL.search(error)
        return _PLEASE.sub(_question, str(error).strip()) if fit else _FAILED
    return _answer(request, data)


def _question(told: re.Match[str]) -> str:
    """What a tool tells the customer to do is asked: "Please name one of them." """
    return "Which one do you mean?" if re.search(r"\bone\b", told[1]) else f"Could you {told[1]}, please?"


def _answer(request: str, data: Row) -> str:
    currency = currency_of(data)
    lists = {name: rows for name, value in data.items() if (rows := rows_of(value))}
    main = next((rows for name, rows in lists.items() if not _ASIDE.search(label(name))), [])
    lead = _lead(data)
    sections = [focus(request, data, main, lead), lead]
    if not lead:
        sections.append(facts({name: value for name, value in data.items() if name not in lists}, currency))
    if main and not _is_told(main, lead, lists):
        sections.append(table(main, currency, data))
    sections += [_aside(name, rows) for name, rows in lists.items() if _ASIDE.search(label(name))]
    return "\n\n".join(section for section in sections if section) or "There is nothing to show."


def _lead(data: Row) -> str:
    """The tool's own sentence, with the text of an article behind it."""
    summary = data.get("summary")
    lead = summary.strip() if isinstance(summary, str) else ""
    for name in _TEXTS:
        text = data.get(name)
        if isinstance(text, str) and text.strip():
            text = text.strip().replace("\n", "\n\n") if "\n\n" not in text and "\n-" not in text else text.strip()
            return text if text.startswith(lead) or lead in text else f"{lead}\n\n{text}"
    return lead


def _is_told(rows: Sequence[Row], lead: str, lists: dict[str, list[Row]]) -> bool:
    """A single row that only repeats the sentence, or that is about something else than the sentence."""
    if len(rows) > 1 or not lead:
        return False
    name = next(name for name, found in lists.items() if found is rows)
    values = [readable(key, value, None) for key, value in rows[0].items()]
    return bool(_QUALIFIED.search(label(name))) or all(value in lead for value in values)


def _aside(name: str, rows: Sequence[Row]) -> str:
    titles = [str(row.get("title") or row.get("name") or "") for row in rows]
    lines = [f"- {title}" for title in titles if title]
    return "\n".join([f"{label(name).capitalize()}:", *lines]) if lines else ""


def _parsed(content: str) -> Row | str:
    try:
        data: JsonValue = json.loads(content)
    except ValueError:
        return content
    if isinstance(data, dict):
        return data
    if isinstance(data, list):
        return {"rows": data} if rows_of(data) else ", ".join(readable("", item, None) for item in data)
    return readable("", data, None)
