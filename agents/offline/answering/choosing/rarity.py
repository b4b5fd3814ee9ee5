"""How telling the words of a text are among the tools of one server."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from agents.offline.answering.arguments.phrases import is_filler
from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import EMPTY, meanings, stem
from agents.offline.answering.language.words import read_line
from agents.offline.answering.reading.reading import Reading
from agents.offline.answering.tools.schema import PLACES_OF_WORDS, ToolCard

_SENTENCE = 7
_PLAIN_NUMBER = re.compile(r"\d{1,2}|(?:19|20)\d\d")


class Evidence(defaultdict[str, float]):
    """Numbers by name; what is not in it is 0."""

    def __init__(self) -> None:
        super().__init__(float)

    def mark(self, names: Iterable[str]) -> None:
        for name in names:
            self[name] += 1


class Rarity:
    """A meaning weighs more the fewer of the tools speak of it."""

    def __init__(self, tools: Sequence[ToolCard]) -> None:
        known = {tool.name: frozenset[str]().union(*tool.said.values()) for tool in tools}
        self._weights = {
            meaning: math.log(1 + len(tools) / sum(meaning in words for words in known.values()))
            for meaning in frozenset[str]().union(*known.values())
        }

        written = [tool.written for tool in tools]
        self._written = {
            word: math.log(1 + len(tools) / sum(word in words for words in written))
            for word in frozenset[str]().union(*written)
        }

    def knows(self, word: Sequence[str]) -> bool:
        """Whether any tool speaks of one of a word's meanings."""
        return any(meaning in self._weights for meaning in word)

    def of(self, word: Sequence[str]) -> float:
        return max((self._weights.get(meaning, 0.0) for meaning in word), default=0.0)

    def words(self, tool: ToolCard, reading: Reading) -> float:
        """How much the text's words say for the tool by themselves."""
        return sum(
            max(tool.weights.get(meaning, 0.0) * self._weights.get(meaning, 0.0) for meaning in word)
            for word in _told(reading)
        )

    def add_words(self, found: Evidence, tool: ToolCard, reading: Reading) -> None:
        """Where the tool speaks of the text's words, and how many it does not."""
        words = _told(reading)
        hits = 0
        rarest = max((self.of(word) for word in words), default=0.0)
        for word in words:
            place = next((place for place in PLACES_OF_WORDS if not tool.said[place].isdisjoint(word)), None)
            if place:
                found[f"said in {place}"] += self.of([meaning for meaning in word if meaning in tool.said[place]])
                hits += 1
                if self.of(word) == rarest:
                    found[f"the rarest word in {place}"] = 1
            else:
                found["said elsewhere"] += self.of(word)
                if self.of(word) == rarest > 0:
                    found["the rarest word elsewhere"] = 1
        literal = {stem(word.text) for word in reading.line.words if word.text not in EMPTY} & self._written.keys()
        found["in the same word"] = sum(self._written[word] for word in literal & tool.written)
        found["in the same word elsewhere"] = sum(self._written[word] for word in literal - tool.written)
        found["share of the words"] = hits / max(1, len(words))
        found["no word said"] = float(not hits)
        meant = {meaning for word in words for meaning in word}
        named = [not meant.isdisjoint(word) for word in tool.named_by]
        found["share of its name"] = sum(named) / max(1, len(named))
        if not tool.said["name"].isdisjoint(reading.plurals):
            found["plural of its name"] = 1
            found["plural of its name, lists"] = float(tool.lists)
        if tool.acts:
            found["its verb"] = float(any(not tool.acts.isdisjoint(word) for word in words))

    def is_strange(self, name: str) -> bool:
        """Whether it has an amount or a word that neither the tools nor everyday talk know."""
        tables = slot_tables()
        words = read_line(name).words
        for word in words if len(words) < _SENTENCE else ():
            text = word.text
            if text[0] in "£$€" or (text[0].isdigit() and not _PLAIN_NUMBER.fullmatch(text)):
                return True
            known = len(text) < 3 or text.isdigit() or text in EMPTY or is_filler(text) or text in tables.safe
            known = known or text in tables.months or text in tables.countries
            if not known and not self.knows(meanings(text)):
                return True
        return False


def _told(reading: Reading) -> list[tuple[str, ...]]:
    """The latest bill of May is no current one."""
    now = not any(month.shift != 0 for month in reading.named_months)
    return [word for word in reading.meanings if now or word != ("current",)]
