"""Money, dates and headings as customers read them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency
from pydantic import JsonValue

from agents.offline.answering.words import label

_MONEY = frozenset(
    [
        "amount",
        "total",
        "price",
        "cost",
        "charge",
        "fee",
        "balance",
        "due",
        "rate",
        "subtotal",
        "tax",
        "vat",
        "payment",
        "paid",
        "owed",
        "outstanding",
        "spend",
        "difference",
        "discount",
        "pass",
    ]
)
_NOT_MONEY = frozenset(
    [
        "date",
        "on",
        "at",
        "by",
        "id",
        "number",
        "count",
        "status",
        "name",
        "note",
        "type",
        "days",
        "day",
        "gb",
        "mb",
        "minutes",
        "method",
        "unit",
        "currency",
        "from",
        "to",
        "until",
        "left",
        "used",
        "allowance",
    ]
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_UPPER = {
    "gb": "GB",
    "mb": "MB",
    "kb": "KB",
    "sms": "SMS",
    "vat": "VAT",
    "sim": "SIM",
    "esim": "eSIM",
    "id": "ID",
    "eu": "EU",
    "uk": "UK",
    "usa": "USA",
    "url": "URL",
    "mbps": "Mbps",
    "kbps": "kbps",
    "imei": "IMEI",
    "pac": "PAC",
    "puk": "PUK",
    "pin": "PIN",
}
_SYMBOLS = {"gbp": "GBP", "eur": "EUR", "usd": "USD"}


def heading(name: str) -> str:
    words = [_UPPER.get(word, word) for word in label(name).split() if word not in _SYMBOLS]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def readable(name: str, value: JsonValue, currency: str | None) -> str:
    """One value as text; objects and lists are joined by commas."""
    match value:
        case None | "":
            return "–"
        case bool():
            return "Yes" if value else "No"
        case int() | float():
            return _amount(name, str(value), currency) or _plain(value)
        case str():
            return day(value) or _amount(name, value, currency) or value
        case list():
            return ", ".join(readable(name, item, currency) for item in value)
        case _:
            return ", ".join(f"{heading(key)}: {readable(key, item, currency)}" for key, item in value.items())


def day(value: str) -> str | None:
    """`2026-12-05` as 5 December 2026."""
    if not _DATE.fullmatch(value):
        return None
    try:
        found = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return f"{found.day} {found:%B %Y}"


@lru_cache(maxsize=2048)
def money(value: str, currency: str) -> str:
    return format_currency(Decimal(value), currency, locale="en_GB")


def currency_of(data: Mapping[str, JsonValue]) -> str | None:
    code = data.get("currency") or data.get("currency_code")
    return code.upper() if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{3}", code) else None


def _amount(name: str, value: str, currency: str | None) -> str | None:
    words = label(name).split()
    code = next((_SYMBOLS[word] for word in words if word in _SYMBOLS), currency)
    if code is None or not _NUMBER.fullmatch(value) or not _is_money(words):
        return None
    try:
        return money(value, code)
    except InvalidOperation:
        return None


def _is_money(words: list[str]) -> bool:
    if any(word in _SYMBOLS for word in words):
        return True
    return bool(_MONEY.intersection(words)) and words[-1] not in _NOT_MONEY


def _plain(value: float) -> str:
    return (
        f"{value:,.2f}".rstrip("0").rstrip(".")
        if isinstance(value, float)
        else f"{value:,}"
        if abs(value) >= 10_000
        else str(value)
    )
