"""Log odds of the trained heads for a list of words; the part of each word is kept, so a message costs little."""

import numpy as np
from numpy.typing import NDArray

from agents.offline.planning.features import CONCEPT, MEETING, PAIR, bucket, meetings, pairs, word_features
from agents.offline.planning.storage import Trained

_MOST_WORDS = 20_000
Scores = NDArray[np.float32]


class Heads:
    def __init__(self, trained: Trained) -> None:
        self.names = tuple(trained.names)
        self._steps = trained.steps
        self._scale = trained.scale
        self._biases = trained.biases
        self._concepts = trained.lexicon.concepts
        self._words: dict[str, tuple[Scores, float]] = {}

    def score(self, words: list[str]) -> Scores:
        """One number per head of `names`; above zero means yes."""
        found = pairs(words, self._concepts)
        total = self._steps[found].sum(axis=0, dtype=np.float32) * PAIR
        square = len(found) * PAIR * PAIR
        if met := meetings(words, self._concepts):
            total = total + self._steps[met].sum(axis=0, dtype=np.float32) * MEETING
            square += len(met) * MEETING * MEETING
        for word in words:
            part, length = self._word(word)
            total = total + part
            square += length
        return total * self._scale / np.float32(square**0.5) + self._biases

    def _word(self, word: str) -> tuple[Scores, float]:
        known = self._words.get(word)
        if known is None:
            if len(self._words) > _MOST_WORDS:
                self._words.clear()
            found = list(word_features(word))
            if word in self._concepts:
                found.append((bucket(self._concepts[word]), CONCEPT))
            values = np.array([value for _, value in found], np.float32)
            part = values @ self._steps[[index for index, _ in found]].astype(np.float32)
            known = self._words[word] = (part, float(values @ values))
        return known
