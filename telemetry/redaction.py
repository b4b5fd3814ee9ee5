"""What must not stand in a log line or a span, whoever wrote it: secrets and what identifies a person."""

import re
import unicodedata

REDACTED = "[redacted]"

_NAMES_OF_SECRETS = (
    r"(?:x[-_])?api[-_ ]?key|authorization|cookie|password|passwd|secret|access[-_]token|instrumentationkey|"
    r"sharedaccesskey"
)
_PATTERNS = (
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    (
        re.compile(rf"\b({_NAMES_OF_SECRETS})\b(['\"]?\s*[:=]\s*['\"]?)(?!\[redacted)[^\s'\",;}}]+", re.IGNORECASE),
        rf"\1\2{REDACTED}",
    ),
    (re.compile(r"\b(?:sk|pk|ghp|xox[a-z])[-_][\w-]{8,}"), REDACTED),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), REDACTED),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), REDACTED),
    (re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])"), REDACTED),
    (re.compile(r"(?<![\w.-])(?:\+|00)\d(?:[ ().-]{0,2}\d){7,14}(?![\w-])"), REDACTED),
    (re.compile(r"(?<![\w.-])\(?0\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}(?![\w-])"), REDACTED),
)
_SUSPICIOUS = re.compile(
    rf"@|\d{{4}}|\d[ ().-]{{1,2}}\d{{2}}|bearer|basic|sk-|pk-|ghp|xox|{_NAMES_OF_SECRETS}", re.IGNORECASE
)
_CONTROL = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def redact(text: str) -> str:
    if not _SUSPICIOUS.search(text):
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def one_line(text: str) -> str:
    """With line breaks and other control characters written out, so that no text can pass for a line of its own."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    is_control = unicodedata.category(character) in _CONTROL
    return character.encode("unicode_escape").decode("ascii") if is_control else character
