"""Rows of objects as a Markdown table, single facts as a list."""

import re
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from agents.offline.answering.answers.formats import NOTHING, currency_of, heading, readable

type Row = Mapping[str, JsonValue]
_ROWS = 12
_COLUMNS = 6
_HIDDEN = re.compile(
    r"(?:.*_)?(?:id|ids|uuid|key|slug|url|uri|href|etag)|currency(?:_?code)?|object|self", re.IGNORECASE
)
_ONE_OF_SEVERAL = re.compile(r"(?:first|second|third|left|right|one|two)(?:_|$)")
_MARKUP = re.compile(r"[|\\]")


def table(rows: Sequence[Row], currency: str | None, names: Row) -> str:
    """At most twelve rows; of many columns those that tell the rows apart. `names` may say what a column is about."""
    cells = [{name: readable(name, value, currency_of(row) or currency) for name, value in row.items()} for row in rows]
    columns = _columns(cells)
    if len(columns) == 1:
        lines = [f"- {row[columns[0]]}" for row in cells[:_ROWS] if columns[0] in row]
    else:
        lines = [_line([_heading(column, names) for column in columns]), _line(["---"] * len(columns))]
        lines += [_line([row.get(column, NOTHING) for column in columns]) for row in cells[:_ROWS]]
    if len(rows) > _ROWS:
        lines.append(f"\nand {len(rows) - _ROWS} more")
    return "\n".join(lines) if columns else ""


def facts(data: Row, currency: str | None) -> str:
    """The plain values of an object, those of objects within it included."""
    lines = []
    for name, value in data.items():
        if isinstance(value, Mapping):
            lines.append(facts(value, currency_of(value) or currency))
        elif value not in (None, "") and not _HIDDEN.fullmatch(name) and not rows_of(value):
            lines.append(f"- {heading(name)}: {readable(name, value, currency)}")
    return "\n".join(filter(None, lines))


def rows_of(value: JsonValue) -> list[Row]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def is_shown(name: str) -> bool:
    return not _HIDDEN.fullmatch(name)


def _columns(cells: Sequence[Mapping[str, str]]) -> list[str]:
    names = list(dict.fromkeys(name for row in cells for name in row))
    filled = [name for name in names if any(row.get(name, NOTHING) != NOTHING for row in cells)]
    shown = [name for name in filled if is_shown(name)] or filled
    if len(shown) > _COLUMNS and len(cells) > 1:
        differing = [name for name in shown if len({row.get(name) for row in cells}) > 1]
        shown = differing if len(differing) > 1 else shown
    return shown[:_COLUMNS]


def _heading(column: str, names: Row) -> str:
    """A column `first_plan` is headed by the first plan's name where the result gives it."""
    name = names.get(column) if _ONE_OF_SEVERAL.match(column) else None
    return name if isinstance(name, str) and name else heading(column)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(_MARKUP.sub(r"\\\g<0>", cell).split()) for cell in cells) + " |"
