"""How a tool wants days and months written, as its schema shows it: `2026-06`, `06/2026`, `June`, `15/07/2026`."""

import re
from calendar import month_name
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from pydantic import JsonValue

_SAMPLE = date(2026, 6, 15)
_NO_DATES = ("abc-de", "some words", "1234-5678-9", "99", "12345678", "123456", "1/2")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%dT00:00:00Z")
_MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%B %Y", "%b %Y")
_DAY_TEXTS = (
    ("%Y-%m-%d", r"yyyy-mm-dd|\b20\d\d-\d\d-\d\d\b|\biso[- ](?:8601[- ])?(?:format(?:ted)? )?date\b"),
    ("%d/%m/%Y", r"dd/mm/yyyy|\b\d\d/\d\d/20\d\d\b"),
    ("%d-%m-%Y", r"dd-mm-yyyy"),
    ("%Y%m%d", r"\byyyymmdd\b"),
    ("%A", r"\bday of the week\b|\bweekday\b"),
)
_MONTH_TEXTS = (
    ("%Y-%m", r"yyyy-mm(?!-?d)|\b20\d\d-(?:0\d|1[0-2])\b(?!-\d)"),
    ("%Y/%m", r"yyyy/mm(?!/?d)"),
    ("%Y%m", r"\byyyymm\b|\b20\d\d(?:0[1-9]|1[0-2])\b"),
    ("%m/%Y", r"(?<!dd/)\bmm/yyyy\b|(?<!/)\b(?:0[1-9]|1[0-2])/20\d\d\b"),
    ("%m-%Y", r"(?<!dd-)\bmm-yyyy\b"),
    ("%B %Y", rf"\b(?:{'|'.join(month_name[1:]).lower()}) 20\d\d\b|\bmonth and year\b"),
)
_NAMELESS = (
    ("%b", r"\b(?:three|3)[- ]letter\b|\babbreviat|\b(?:jan|feb|oct|nov|dec)\b"),
    ("%m", r"\b0[1-9]\b|\btwo[- ]digits?\b|\bmm\b"),
    ("", r"\b1 ?(?:-|to|\.\.+) ?12\b|\bnumber\b|\bdigit"),
)
_NOUN = re.compile(
    r"^(?:\S+ ){0,4}(?:date|day)\b"
    r"|\b(?:on|from|after|before|until|since|by|this|that|first|last|earliest|latest) (?:this |that |the |a |or \w+ )*"
    r"(?:date|day)\b"
)
_ABOUT_DAYS = re.compile(r"\b(?:dates?|days?|weekday|yyyy-mm-dd|dd/mm/yyyy|dd-mm-yyyy|yyyymmdd)\b")
_A_DATE = re.compile(r"(?:the |an? )?(?:\w+ )?date\b")
_BOUNDS = frozenset(("since", "until", "till", "from", "to", "after", "before", "start", "end", "begin", "on"))


def day_form(name: set[str], description: str, schema: Mapping[str, JsonValue]) -> str | None:
    """None for what is no day."""
    if schema.get("format") == "date-time":
        return "%Y-%m-%dT00:00:00Z"
    if schema.get("format") == "date":
        return "%Y-%m-%d"
    about = name & _BOUNDS or _ABOUT_DAYS.search(description)
    if form := _of_pattern(schema, _DAYS) or (about and _of_text(description, _DAY_TEXTS)):
        return form
    named = name & {"date", "when"} or ("day" in name and "month" not in description)
    if named and not _of_text(description, _MONTH_TEXTS):
        return "%Y-%m-%d"
    told = (name & _BOUNDS and _NOUN.search(description)) or _A_DATE.match(description)
    return "%Y-%m-%d" if told else None


def year_month_form(name: set[str], description: str, schema: Mapping[str, JsonValue]) -> str | None:
    """None for what is no month of a year."""
    if form := _of_pattern(schema, _MONTHS):
        return form
    form = _of_text(description, _MONTH_TEXTS)
    about = bool(name & {"month", "period"}) or "month" in description or "yyyy" in description
    return form if form and about else None


def month_form(description: str) -> str:
    """Of a month without its year, as text; without a form its plain number."""
    if re.search(r"\bnames?\b|\be\.g\.? '?(?:january|march|june)", description):
        return "%B"
    return next((form for form, said in _NAMELESS if re.search(said, description)), "%B")


def written(form: str, day: date) -> str:
    return day.strftime(form) if form else str(day.month)


def read_date(value: JsonValue, form: str) -> date | None:
    """The day that was written in this form before."""
    try:
        return datetime.strptime(str(value), form).replace(tzinfo=UTC).date() if form and value else None
    except ValueError:
        return None


def months_of(values: Sequence[str]) -> tuple[str, ...]:
    """The twelve months as an enumeration writes them, January first; empty when it is none of months."""
    found = {number: value for value in reversed(values) if (number := _month_of(value))}
    return tuple(found[number] for number in sorted(found)) if len(found) == len(month_name) - 1 else ()


def _month_of(value: str) -> int | None:
    text = value.strip().lower()
    if text.isdecimal():
        return int(text) if 1 <= int(text) < len(month_name) else None
    names = (name.lower() for name in month_name)
    return next((n for n, name in enumerate(names) if len(text) > 2 and name.startswith(text[:4].rstrip("t."))), None)


def _of_pattern(schema: Mapping[str, JsonValue], forms: Sequence[str]) -> str | None:
    """The form that a pattern accepts, if it accepts little else."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return None
    try:
        known = re.compile(pattern)
    except re.error:
        return None
    if any(known.search(text) for text in _NO_DATES):
        return None
    return next((form for form in forms if known.fullmatch(_SAMPLE.strftime(form))), None)


def _of_text(text: str, forms: Sequence[tuple[str, str]]) -> str | None:
    return next((form for form, said in forms if re.search(said, text)), None)
