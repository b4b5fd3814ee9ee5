"""Money, dates and headings as customers read them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency, get_currency_symbol
from pydantic import JsonValue

from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.language.words import label

_MONEY = word_set(
    """
    amount total price cost charge fee balance rate subtotal tax vat payment owed outstanding spend spent difference
    discount pass due
    """
)
_NOT_MONEY = word_set(
    """
    date on at by id number count status name note type days day gb mb minutes method unit currency from to until
    left used allowance percent
    """
)
_CODES = {"gbp": "GBP", "eur": "EUR", "usd": "USD"}
_UNITS = {"gb": "GB", "mb": "MB", "kb": "KB", "mbps": "Mbps", "kbps": "kbps", "c": "°C", "kwh": "kWh", "km": "km"}
_WRITTEN = {"sms": "SMS", "vat": "VAT", "sim": "SIM", "esim": "eSIM", "id": "ID", "eu": "EU", "uk": "UK", "usa": "USA"}
_WRITTEN |= {"url": "URL", "imei": "IMEI", "pac": "PAC", "puk": "PUK", "pin": "PIN", "5g": "5G", "4g": "4G"}
_WRITTEN |= _UNITS
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_SNAKE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
NOTHING = "–"


@lru_cache(maxsize=1024)
def heading(name: str) -> str:
    """`data_per_mb` as `Data per MB`, `speed_mbps` as `Speed (Mbps)`."""
    words = [word for word in label(name).split() if word not in _CODES]
    written = [_WRITTEN.get(word, word) for word in words]
    if len(words) > 1 and words[-1] in _UNITS and words[-2] != "per":
        written[-1] = f"({written[-1]})"
    return sentence(" ".join(written))


def sentence(text: str) -> str:
    return text if text.startswith("eSIM") else text[:1].upper() + text[1:]


def readable(name: str, value: JsonValue, currency: str | None) -> str:
    """One value as text; objects and lists are joined by commas."""
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "Yes" if value else "No"
        case int() | float():
            return _amount(name, str(value), currency) or _plain(value)
        case str():
            return _day(value) or _amount(name, value, currency) or _words(value)
        case list():
            return ", ".join(readable(name, item, currency) for item in value) or NOTHING
        case _:
            return ", ".join(f"{heading(key)}: {readable(key, item, currency)}" for key, item in value.items())


def currency_of(data: Mapping[str, JsonValue]) -> str | None:
    for name in ("currency", "currency_code", "currencyCode"):
        code = data.get(name)
        if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{3}", code):
            return code.upper()
    return None


def _day(value: str) -> str | None:
    """`2026-12-05` as 5 December 2026."""
    if not _DATE.fullmatch(value):
        return None
    try:
        found = date.fromisoformat(value[:10])
    except ValueError:
        return None
    time = f", {value[11:16]}" if len(value) >= 16 else ""
    return f"{found.day} {found:%B %Y}{time}"


def _words(value: str) -> str:
    return heading(value) if _SNAKE.fullmatch(value) else value


def _amount(name: str, value: str, currency: str | None) -> str | None:
    words = label(name).split()
    own = next((_CODES[word] for word in words if word in _CODES), None)
    code = own or currency
    if code is None or not _NUMBER.fullmatch(value):
        return None
    if not own and (not _MONEY.intersection(words) or words[-1] in _NOT_MONEY):
        return None
    return _money(value, code)


@lru_cache(maxsize=4096)
def _money(value: str, code: str) -> str | None:
    """As babel writes it; an unknown code stands before the number."""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    known = get_currency_symbol(code, locale="en_GB") != code
    return format_currency(amount, code, locale="en_GB") if known else f"{code} {amount:,.2f}"


def _plain(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return f"{value:,.2f}".rstrip("0").rstrip(".")
