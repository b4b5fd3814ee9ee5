"""How money, dates and lists are written for British customers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from mcp_servers.months import NAMES

WITH_ARTICLE = frozenset(
    {"Bahamas", "Czech Republic", "Dominican Republic", "Faroe Islands", "Gambia", "Isle of Man", "Maldives"}
    | {"Netherlands", "Philippines", "United Arab Emirates", "United States"}
)


def pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)


def amount(pence: int) -> str:
    """4550 -> "45.50", the form of money in results."""
    return f"{pounds(pence):.2f}"


def money(pence: int) -> str:
    """4550 -> "£45.50", the form of money in sentences."""
    return f"{'-' if pence < 0 else ''}£{pounds(abs(pence)):,.2f}"


def rate(pence: int) -> str:
    """24 -> "24p", 120 -> "£1.20"."""
    return f"{pence}p" if pence < 100 else money(pence)


def long_date(day: date) -> str:
    return f"{day.day} {NAMES[day.month - 1]} {day.year}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {last} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def gigabytes(megabytes: int) -> str:
    return f"{megabytes / 1000:.1f} GB"


def allowance(value: int | None, unit: str = "") -> str:
    return "unlimited" if value is None else f"{value:,} {unit}".strip()


def sentence(text: str) -> str:
    """Capitalised and ended with a full stop."""
    return text[:1].upper() + text[1:].removesuffix(".") + "."


def country(name: str) -> str:
    """ "the Netherlands", but "Spain"."""
    return f"the {name}" if name in WITH_ARTICLE else name


def phrase(text: str) -> str:
    """A sentence as part of another: without its full stop and, unless it starts with "VAT" or "UK", its capital."""
    text = text.removesuffix(".")
    is_abbreviation = len(text) > 1 and text[:2].isalpha() and text[:2].isupper()
    return text if is_abbreviation else text[:1].lower() + text[1:]
