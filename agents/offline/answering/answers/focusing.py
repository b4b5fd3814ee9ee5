"""The one fact that a question is about, where the summary does not say it."""

from collections.abc import Iterator, Sequence

from agents.offline.answering.answers.formats import currency_of, readable, sentence
from agents.offline.answering.answers.tabulating import Row, is_shown
from agents.offline.answering.language.vocabulary import EMPTY, meanings, stem, word_set
from agents.offline.answering.language.words import label, read_line
from agents.offline.answering.reading.reading import read

_ENOUGH = 0.6
_FLAG = 0.2
_SMALL = word_set("on at by in of your the is to from until a per")


def focus(request: str, data: Row, rows: Sequence[Row], said: str) -> str:
    """A sentence about a field or a row that the request names, or nothing."""
    asked = _asked(request)
    told = read_line(said).joined
    best: tuple[float, str] = (_ENOUGH, "")
    for names, text, value in (*_fields(data), *_rows(rows, currency_of(data))):
        if value in said or all(word in told for word in names):
            continue
        share = len(asked.intersection(names)) / len(names) + (_FLAG if text.startswith(("Yes, ", "No, ")) else 0)
        best = max(best, (share, text), key=lambda pair: pair[0])
    return best[1]


def _asked(request: str) -> set[str]:
    return {stem(word.text) for word in read(request).line.words if word.text not in EMPTY}


def _names(text: str) -> set[str]:
    return {stem(word) for word in label(text).split() if word not in _SMALL}


def _fields(data: Row) -> Iterator[tuple[set[str], str, str]]:
    for name, value in data.items():
        if not (names := _names(name)) or value is None or not is_shown(name) or isinstance(value, dict | list):
            continue
        text = readable(name, value, currency_of(data))
        if isinstance(value, bool):
            yield names, f"Yes, {label(name)}." if value else f"No, not {label(name)}.", f"{label(name)} {value}"
        elif label(name).split()[-1] in ("on", "at", "by", "until", "from"):
            yield names, f"{sentence(label(name))} {text}.", text
        else:
            yield names, f"{sentence(label(name))}: {text}.", text


def _rows(rows: Sequence[Row], currency: str | None) -> Iterator[tuple[set[str], str, str]]:
    """A row is named by its first text; its other values are the answer."""
    for row in rows:
        shown = [(name, value) for name, value in row.items() if is_shown(name) and value not in (None, "")]
        if len(shown) < 2 or not isinstance(shown[0][1], str):
            continue
        names = {stem(word.text) for word in read_line(shown[0][1]).words if meanings(word.text)}
        values = [readable(name, value, currency) for name, value in shown[1:3]]
        if len(shown) <= 4:
            yield names, f"{shown[0][1]}: {' '.join(values)}.", values[0]
