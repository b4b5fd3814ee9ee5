"""What must not stand in a log line or a span, whoever wrote it: secrets and what identifies a person."""

import re
import unicodedata

REDACTED = "[redacted]"

_NAMES_OF_SECRETS = (
    r"(?:x[-_])?api[-_ ]?key|authorization|cookie|password|passwd|secret|access[-_]token|instrumentationkey|"
    r"sharedaccesskey"
)
# Each with what a text must contain, in small letters, to be worth the search.
_WORDS = (
    (("bearer", "basic"), re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    (
        ("=", ":"),
        re.compile(rf"\b({_NAMES_OF_SECRETS})\b(['\"]?\s*[:=]\s*['\"]?)(?!\[redacted)[^\s'\",;}}]+", re.IGNORECASE),
        rf"\1\2{REDACTED}",
    ),
    (("sk-", "sk_", "pk-", "pk_", "ghp", "xox"), re.compile(r"\b(?:sk|pk|ghp|xox[a-z])[-_][\w-]{8,}"), REDACTED),
    (("@",), re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), REDACTED),
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_CARD = r"\d(?:[ -]?\d){12,18}"
_ABROAD = r"(?:\+|00)\d(?:[ ().-]{0,2}\d){7,14}"
_AT_HOME = r"\(?0\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}"
_NUMBER = re.compile(rf"(?<![\w.-])(?=[\d+(])(?:{_CARD}|{_ABROAD}|{_AT_HOME})(?![\w-])")
_DIGITS = re.compile(r"\d[ ().-]{0,2}\d[ ().-]{0,2}\d[ ().-]{0,2}\d[ ().-]{0,2}\d[ ().-]{0,2}\d")
_CONTROL = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def redact(text: str) -> str:
    lower = text.lower()
    for words, pattern, replacement in _WORDS:
        if any(word in lower for word in words):
            text = pattern.sub(replacement, text)
    if _DIGITS.search(text):
        text = _NUMBER.sub(REDACTED, _IBAN.sub(REDACTED, text))
    return text


def one_line(text: str) -> str:
    """With line breaks and other control characters written out, so that no text can pass for a line of its own."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    is_control = unicodedata.category(character) in _CONTROL
    return character.encode("unicode_escape").decode("ascii") if is_control else character
