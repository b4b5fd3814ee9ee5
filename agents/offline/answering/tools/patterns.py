"""Values that are recognised by their form alone."""

import re
from collections.abc import Iterator

from agents.offline.answering.tools.parameters import Parameter

_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}[ \d]{8,14}\d|0\d[ \d]{8,11}\d)(?!\d)")
_EMAIL = re.compile(r"[^\s@,;]{1,64}@[^\s@,;.]{1,63}(?:\.[^\s@,;.]{1,63}){1,4}")
_IDENTIFIER = re.compile(r"\b(?=[\w-]*\d)[A-Za-z0-9][\w-]{1,40}\b")
_SLUG = re.compile(r"\b([A-Za-z]{4,}) ([a-z]{2,}(?:-[a-z]{2,})+)\b")
_NO_IDENTIFIER = re.compile(
    r"20\d\d|\d+(?:gb|mb|st|nd|rd|th|g)|\d{1,2}|\d{1,2}-\d{1,2}(?:-\d+)?|20\d\d-\d\d.*", re.IGNORECASE
)


def find_postcodes(text: str) -> Iterator[str]:
    return (f"{match[1]} {match[2]}".upper() for match in _POSTCODE.finditer(text))


def find_phones(text: str) -> Iterator[str]:
    return (match[0] for match in _PHONE.finditer(text))


def find_emails(text: str) -> Iterator[str]:
    return (match[0] for match in _EMAIL.finditer(text))


def find_identifiers(parameter: Parameter, text: str) -> Iterator[str]:
    """Words with a digit in them, and `wifi-calling` behind the name of what it identifies."""
    about = parameter.description.lower().split()
    for match in _SLUG.finditer(text):
        if match[1].lower() in about and parameter.allows(match[2]):
            yield match[2]
    for match in _IDENTIFIER.finditer(text):
        if parameter.allows(match[0]) and not _NO_IDENTIFIER.fullmatch(match[0]):
            yield match[0]
