"""Rows of objects as a Markdown table."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from agents.offline.answering.formats import currency_of, heading, readable

type Row = Mapping[str, JsonValue]
_ROWS = 12
_COLUMNS = 6
_HIDDEN = frozenset({"id", "code", "currency", "currency_code", "slug", "url", "uuid", "key"})


def table(rows: Sequence[Row], currency: str | None) -> str:
    columns = _columns(rows)
    if not columns:
        return ""
    lines = [_line([heading(column) for column in columns]), _line(["---"] * len(columns))]
    for row in rows[:_ROWS]:
        code = currency_of(row) or currency
        lines.append(_line([readable(column, row.get(column), code) for column in columns]))
    if len(rows) > _ROWS:
        lines.append(f"\n… and {len(rows) - _ROWS} more.")
    return "\n".join(lines)


def fields(data: Row, currency: str | None) -> str:
    """A single object as a list of its facts."""
    shown = [
        (name, value) for name, value in data.items() if name not in _HIDDEN and _is_scalar(value) and value is not None
    ]
    return "\n".join(f"- {heading(name)}: {readable(name, value, currency)}" for name, value in shown)


def rows_of(value: JsonValue) -> list[Row]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _columns(rows: Sequence[Row]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    useful = [name for name in names if any(row.get(name) not in (None, "", []) for row in rows)]
    shown = [name for name in useful if name not in _HIDDEN and not name.endswith("_id")] or useful
    return shown[:_COLUMNS]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def _is_scalar(value: JsonValue) -> bool:
    return not isinstance(value, list | dict)
